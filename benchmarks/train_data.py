"""What the training benchmark trains on: shards made of real text, where there is some, and models of a known size."""

from __future__ import annotations

import gzip
import json
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from cscl_data.io.shards import table_from_rows, write_shard
from cscl_data.records import schema_for

EXAMPLE = Path(__file__).resolve().parent.parent / "cscl_data" / "assets" / "example" / "bitext.en-ko.jsonl"
SHARD_ROWS = 10_000
Line = tuple[str, str, str]
"""What was measured, the figure, the bar."""


def pairs(data: Path, n: int) -> list[tuple[str, str]]:
    """Return English and Korean sentences: of the pool, or those of the shipped example over and over."""
    path = data / "pool" / "en-ko.train.tsv.gz"
    if not path.is_file():
        rows = [json.loads(line)["translation"] for line in EXAMPLE.read_text(encoding="utf-8").splitlines()]
        return list(islice(cycle([(row["en"], row["ko"]) for row in rows]), n))
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        fields = (line.rstrip("\n").split("\t") for line in lines)
        return [(row[3], row[4]) for row in islice(fields, n)]


def write_rows(directory: Path, schema: str, rows: list[dict[str, Any]]) -> Path:
    """Write rows as shards of a directory."""
    for number in range(0, len(rows), SHARD_ROWS):
        part = [{"sig": "benchmark", **row} for row in rows[number : number + SHARD_ROWS]]
        path = directory / "data" / f"train-{number // SHARD_ROWS:05d}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_shard(path, table_from_rows(part, schema_for(schema)))
    return directory


def write_text(directory: Path, data: Path, n_pairs: int) -> Path:
    """Write both sides of pairs as running text."""
    texts = [(lang, text) for pair in pairs(data, n_pairs) for lang, text in zip(("en", "ko"), pair, strict=True)]
    rows = [{"id": f"{i}", "doc_id": None, "text": text, "lang": lang} for i, (lang, text) in enumerate(texts)]
    return write_rows(directory, "mono/1", rows)


def write_instructions(directory: Path, data: Path, n: int) -> Path:
    """Write pairs as prompts and responses."""
    rows = [
        {"id": f"{i}", "record_id": f"{i}", "prompt": en, "response": ko, "messages": None, "lang": "ko"}
        for i, (en, ko) in enumerate(pairs(data, n))
    ]
    return write_rows(directory, "sft/1", rows)


def write_preferences(directory: Path, data: Path, n: int) -> Path:
    """Write two pairs after each other as a prompt and an answer in both languages."""
    told = pairs(data, 2 * n)
    rows = []
    for i in range(n):
        asked, answered = (
            dict(zip(("en", "ko"), told[2 * i], strict=True)),
            dict(zip(("en", "ko"), told[2 * i + 1], strict=True)),
        )
        for lang, other in (("en", "ko"), ("ko", "en")):
            langs = {"prompt_lang": lang, "chosen_lang": lang, "rejected_lang": other}
            answers = {"prompt": asked[lang], "chosen": answered[lang], "rejected": answered[other]}
            rows.append({"id": f"{i}/{lang}", "record_id": f"{i}", **answers, **langs})
    return write_rows(directory, "preferences/1", rows)
