"""The switching measures of every row as a table in a file, written as a stream."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from cscl_data.errors import ConfigError
from cscl_data.evaluation.switching import switching_scores
from cscl_data.io.atomic import write_atomically
from cscl_data.io.shards import ROW_GROUP_ROWS, iter_shard
from cscl_data.pipelines.inspection.tagged import tagged_texts
from cscl_data.pipelines.inspection.words import without_mixed, word_tags
from cscl_data.records import TaggedToken

FORMS = (".parquet", ".tsv", ".jsonl")
_SPANS = {"token_cs/1": "tokens", "sentence_cs/1": "segments"}
_WHOLE = ("tokens", "tokens_with_language", "languages", "switches")
_MEASURES = (
    "cmi", "complexity", "m_index", "language_entropy", "i_index", "spf", "burstiness", "burstiness_sample", "memory",
    "memory_sample", "span_entropy", "switch_entropy", "switch_surprisal",
)  # fmt: skip
SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        *(pa.field(name, pa.int32(), nullable=False) for name in _WHOLE),
        pa.field("runs", pa.list_(pa.int32()), nullable=False),
        *(pa.field(name, pa.float64()) for name in _MEASURES),
    ]
)
"""One line a row, in the order of the rows. A measure that is not defined is null, in `.tsv` empty."""


def check_form(path: Path) -> None:
    """Refuse a file name whose ending names no form.

    Raises:
        ConfigError: it ends otherwise.
    """
    if path.suffix not in FORMS:
        raise ConfigError(f"--per-row {path}: its name has to end in {', '.join(FORMS)}")


def write_per_row(path: Path, source: Path, kind: str, *, by_word: bool, counted: Sequence[str]) -> int:
    """Measure every row and write one line for each; rows are read once more, and few are held at a time.

    Args:
        path: the file to write; its ending says in which form.
        source: the directory or the file of tagged text.
        kind: `token_cs/1`, `sentence_cs/1` (a sentence counts as one token) or `tagged`.
        by_word: measure words instead of the tokens of `token_cs/1`.
        counted: as for `tagged_texts`.

    Returns:
        Lines written.

    Raises:
        ConfigError: the ending names no form, or the kind has no switching measures.
        InputError: the source is damaged.
        OutputError: the file cannot be written.
    """
    check_form(path)
    rows = _measured(source, kind, by_word=by_word, counted=counted)
    written = 0

    def fill(partial: Path) -> None:
        nonlocal written
        with ExitStack() as stack:
            write = _writer(partial, path.suffix, stack)
            while chunk := list(islice(rows, ROW_GROUP_ROWS)):
                write(chunk)
                written += len(chunk)

    write_atomically(path, fill)
    return written


def _measured(source: Path, kind: str, *, by_word: bool, counted: Sequence[str]) -> Iterator[dict[str, Any]]:
    if kind == "tagged":
        for text in tagged_texts(source, counted):
            if text.fault is None:
                yield measured_row(text.id, text.langs)
        return
    column = _SPANS.get(kind)
    if column is None:
        raise ConfigError(f"--per-row: {source} ({kind}) has no switching measures")
    for shard in sorted((source / "data").glob("*.parquet")):
        for row in iter_shard(shard, ["id", column]):
            langs = [span["lang"] for span in row[column]]
            if by_word and column == "tokens":
                langs = without_mixed(word_tags(TaggedToken(**token) for token in row[column]))
            yield measured_row(row["id"], langs)


def measured_row(row_id: str, tags: Sequence[str]) -> dict[str, Any]:
    """Return the columns of `SCHEMA` for one text, given the language of each of its tokens (`zxx` for none).

    `complexity` is C_u; `spf` and `i_index` are the same on one text.
    """
    scores = switching_scores(tags)
    return {
        "id": row_id,
        "tokens": len(tags),
        "tokens_with_language": sum(scores.runs),
        "languages": len(scores.languages),
        "switches": scores.switches,
        "runs": list(scores.runs),
        **{name: scores.i_index if name == "spf" else getattr(scores, name) for name in _MEASURES},
    }


def _writer(path: Path, form: str, stack: ExitStack) -> Callable[[list[dict[str, Any]]], None]:
    if form == ".parquet":
        import pyarrow.parquet as pq

        file = stack.enter_context(pq.ParquetWriter(path, SCHEMA, compression="zstd"))
        return lambda rows: file.write_table(pa.Table.from_pylist(rows, schema=SCHEMA))
    text = stack.enter_context(path.open("w", encoding="utf-8", newline="\n"))
    if form == ".jsonl":
        return lambda rows: text.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    text.write("\t".join(SCHEMA.names) + "\n")
    return lambda rows: text.writelines("\t".join(map(_cell, row.values())) + "\n" for row in rows)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(map(str, value))
    return value.translate(_ESCAPED) if isinstance(value, str) else str(value)


_ESCAPED = str.maketrans({"\t": "\\t", "\n": "\\n", "\r": "\\r"})
