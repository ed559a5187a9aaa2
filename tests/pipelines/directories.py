"""Output directories written by hand, so that an inspection is tested against what it must find."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from cscl_data.io.shards import table_from_rows, write_shard
from cscl_data.records import (
    BUNDLE,
    Edit,
    Reject,
    Segment,
    SentenceCsRow,
    TaggedToken,
    TokenCsRow,
    cmi,
    schema_for,
)

SIG = "schema:test|method:hand"
ENGLISH, KOREAN = "I like green tea.", "나는 녹차를 좋아한다."


def token_row(row_id: str = "p0/en/0", **changes: Any) -> dict[str, Any]:
    """`I like 녹차.`: the last two words of the English sentence replaced by one Korean word."""
    tokens = (
        TaggedToken(0, 1, "en", False),
        TaggedToken(2, 6, "en", False),
        TaggedToken(7, 9, "ko", True),
        TaggedToken(9, 10, "zxx", False),
    )
    row = TokenCsRow(
        id=row_id,
        pair_id=row_id.split("/")[0],
        doc_id=None,
        text="I like 녹차.",
        matrix_lang="en",
        embedded_lang="ko",
        tokens=tokens,
        edits=(Edit(7, 9, 7, 16, 3, 5),),
        switch_ratio=0.5,
        cmi=cmi(tokens),
        src_text=ENGLISH,
        tgt_text=KOREAN,
    )
    return row.row(SIG) | changes


def sentence_row(row_id: str = "d0/0", **changes: Any) -> dict[str, Any]:
    """A document of three sentences, the second one Korean."""
    text = "One. 둘이다. Three."
    segments = (Segment(0, 4, "en", "p0"), Segment(5, 9, "ko", "p1"), Segment(10, 16, "en", "p2"))
    row = SentenceCsRow(id=row_id, doc_id="d0", text=text, mode="alternate", segments=segments)
    return row.row(SIG) | changes


def bundle_struct(record_id: str = "r0", **changes: Any) -> dict[str, Any]:
    """The column `bundle` of a record that held at once."""
    struct = {
        "id": record_id,
        "status": "ok",
        "level": "indicator",
        "indicator": "@",
        "catalyst": "relation",
        "attempts": 1,
        "flags": [],
        "score": None,
        "source_sha256": "0" * 64,
        "sig": SIG,
        "reason": None,
    }
    return struct | changes


def bundle_schema(*columns: pa.Field) -> pa.Schema:
    """The record's own columns, and `bundle`."""
    return pa.schema([*columns, pa.field("bundle", BUNDLE, nullable=False)])


def write_directory(
    out: Path,
    kind: str,
    shards: Sequence[Sequence[dict[str, Any]]],
    rejects: Sequence[Reject] = (),
    *,
    schema: pa.Schema | None = None,
    **manifest: Any,
) -> Path:
    """Write a whole output directory; the rejects belong to the first shard."""
    facts = []
    for number, rows in enumerate(shards):
        name = f"train-{number:05d}.parquet"
        refused = [reject.row() for reject in rejects] if number == 0 else []
        data = write_shard(out / "data" / name, table_from_rows(list(rows), schema or schema_for(kind)))
        rejects_file = write_shard(out / "rejects" / name, table_from_rows(refused, schema_for("reject/1")))
        facts.append({"path": f"data/{name}", "rows": len(rows), "rejects": len(refused), **data._asdict()})
        record = out / ".cscl" / "shards" / f"{number:05d}.json"
        record.parent.mkdir(parents=True, exist_ok=True)
        record.write_text(json.dumps({"rejects_file": rejects_file._asdict()}))
    rows_out = sum(len(rows) for rows in shards)
    whole = {
        "schema": kind,
        "command": "test",
        "argv": [],
        "settings": {},
        "sig": SIG,
        "versions": {},
        "seed": 0,
        "deterministic": True,
        "inputs": [],
        "rows_in": rows_out + len(rejects),
        "items": rows_out + len(rejects),
        "rows_out": rows_out,
        "rejects": len(rejects),
        "rejects_by_reason": dict(sorted(Counter(reject.reason for reject in rejects).items())),
        "shards": facts,
    }
    (out / "manifest.json").write_text(json.dumps(whole | manifest))
    return out


def write_run(out: Path, stages: Sequence[str] = ("token", "sentence", "mono"), steps: int = 5) -> Path:
    """Write a training run's manifest and log: each stage begins at a loss of 4 and falls by 0.5 a step."""
    out.mkdir(parents=True)
    lines, step = [], 0
    for name in stages:
        for done in range(1, steps + 1):
            step += 1
            lines.append(
                {
                    "step": step,
                    "stage": name,
                    "tokens": 100 * step,
                    "stage_tokens": 100 * done,
                    "epoch": 0.1,
                    "loss": 4.5 - 0.5 * done,
                    "grad_norm": 1.0,
                    "lr": 0.001,
                }
            )
    (out / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    manifest = {
        "command": "train",
        "tokens": 100 * step,
        "steps": step,
        "model": {"parameters": 1000},
        "tokenizer": {"vocab_size": 300},
        "stages": [{"name": name} for name in stages],
    }
    (out / "manifest.json").write_text(json.dumps(manifest))
    return out
