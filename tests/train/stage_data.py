"""Small stages and settings for the tests of the trainer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from cscl_data.io.shards import table_from_rows, write_shard
from cscl_data.records import schema_for
from cscl_data.train.config import TrainConfig
from cscl_data.train.stages import parse_stage


class ByteSpeech:
    """A tokenizer whose ids are bytes. With `template`, messages are written as `<role>content;`."""

    def __init__(self, marks, *, template=False):
        self.marks = marks
        self.has_template = template

    def ids(self, texts):
        return [list(text.encode()) for text in texts]

    template_ids = ids

    def render(self, messages, *, ask):
        return "".join(f"<{m['role']}>{m['content']};" for m in messages) + ("<assistant>" if ask else "")


_WORDS = ("tea", "water", "kettle", "cup", "morning", "할머니", "녹차", "아침", "주전자", "물", "river", "bus", "taxi")
_WORDS += ("막차", "강", "🌱", "お茶", "teh", "pagi")


def sentences(n: int, *, start: int = 0) -> list[str]:
    """Sentences of 3 to 9 words with some order in them, no two alike."""
    made = []
    for i in range(start, start + n):
        words = [_WORDS[(i * k + k) % len(_WORDS)] for k in range(1, 4 + i % 7)]
        made.append(f"{' '.join(words)} {i}.")
    return made


def write_stage(directory: Path, texts: Sequence[str], *, shards: int = 2, group_rows: int | None = None) -> Path:
    """Write texts as `mono/1` shards; `group_rows` makes row groups smaller than those that the package writes."""
    rows = [
        {"id": f"{directory.name}-{i}", "doc_id": None, "text": text, "lang": "en", "sig": "test"}
        for i, text in enumerate(texts)
    ]
    size = -(-len(rows) // shards)
    (directory / "data").mkdir(parents=True, exist_ok=True)
    for number in range(shards):
        table = table_from_rows(rows[number * size : (number + 1) * size], schema_for("mono/1"))
        path = directory / "data" / f"train-{number:05d}.parquet"
        if group_rows is None:
            write_shard(path, table)
        else:
            pq.write_table(table, path, row_group_size=group_rows)
    return directory


def three_stages(directory: Path) -> list[str]:
    """Write three stages and return their `--stage` values: 6, 8 and as many steps as one epoch takes."""
    token = write_stage(directory / "token", sentences(60))
    sentence = write_stage(directory / "sentence", sentences(40, start=60))
    mono = write_stage(directory / "mono", sentences(25, start=100))
    return [f"token={token}@6steps", f"sentence={sentence}@1000", f"mono={mono}@1epochs,lr=1e-3,warmup=2"]


def small_config(out: Path, stages: Sequence[str], **options: Any) -> TrainConfig:
    """The preset `tiny` over short rows: a step takes some ten milliseconds."""
    small: dict[str, Any] = {"model": "tiny", "context": 32, "batch_size": 4, "vocab_size": 400}
    small |= {"device": "cpu", "threads": 1}
    return TrainConfig(**{**small, "out": out, "stages": tuple(parse_stage(s) for s in stages), **options})


def write_rows(directory: Path, schema: str, rows: Sequence[dict[str, Any]], *, group_rows: int = 8) -> Path:
    """Write rows of a schema as one shard; `id` and `sig` are filled in."""
    whole = [{"id": f"{directory.name}-{i}", "sig": "test", **row} for i, row in enumerate(rows)]
    (directory / "data").mkdir(parents=True, exist_ok=True)
    table = table_from_rows(whole, schema_for(schema))
    pq.write_table(table, directory / "data" / "train-00000.parquet", row_group_size=group_rows)
    return directory


def write_sft(directory: Path, n: int, *, messages: bool = False) -> Path:
    """Write instructions: every second one as messages, if asked for."""
    texts = sentences(2 * n)
    rows = []
    for i in range(n):
        said = [("user", texts[i]), ("assistant", texts[n + i]), ("user", texts[i]), ("assistant", texts[i])]
        talk = [{"role": role, "content": content} for role, content in said]
        row = {"record_id": f"r{i}", "prompt": texts[i], "response": texts[n + i], "lang": "en"}
        rows.append({**row, "messages": talk if messages and i % 2 else None})
    return write_rows(directory, "sft/1", rows)


def write_preferences(directory: Path, n: int) -> Path:
    """Write records of two preferences each; the first lacks its English one."""
    texts = sentences(4 * n)
    rows = []
    for i in range(n):
        sides = {"en": (texts[4 * i], texts[4 * i + 1]), "ko": (texts[4 * i + 2], texts[4 * i + 3])}
        for lang, other in (("en", "ko"), ("ko", "en")):
            langs = {"prompt_lang": lang, "chosen_lang": lang, "rejected_lang": other}
            answers = {"prompt": sides[lang][0], "chosen": sides[lang][1], "rejected": sides[other][1]}
            rows.append({"record_id": f"r{i}", **answers, **langs})
    return write_rows(directory, "preferences/1", rows[1:])
