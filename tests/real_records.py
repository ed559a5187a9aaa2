"""Turns the raw files of ../shared/data into record JSON lines for `translate-bundle`.

Run it with the folder of the data and one for the output: python -m tests.real_records ../shared/data OUT
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

Rows = Iterator[dict[str, Any]]


_PAIR = ("en.sentence1", "en.sentence2")


class Source(NamedTuple):
    """One set of records: its name, the fields to translate, source and target language, and how it is read."""

    name: str
    fields: tuple[str, ...]
    source: str
    target: str
    read: Callable[[Path], Rows]


def sources() -> list[Source]:
    """Return every set: tldr in eight languages, XQuAD, XCOPA, KorSTS and xSID."""
    pages = [
        Source(f"tldr.{lang}", ("desc.*.en", "examples.*.en"), "en", lang, _lines(f"tldr/tldr.en-{lang}.jsonl"))
        for lang in ("ko", "ja", "id", "de", "fr", "es", "hi", "zh")
    ]
    choices = ("premise", "choice1", "choice2")
    return [
        *pages,
        Source("xquad", ("context", "question", "answers.*.text"), "en", "ko", _squad),
        Source("xcopa.id", choices, "id", "en", _lines("xcopa/data.id.test.jsonl")),
        Source("xcopa.en", choices, "en", "id", _lines("xcopa/data-gmt.id.test.jsonl")),
        Source("xcopa.zh", choices, "zh", "en", _lines("xcopa/data.zh.test.jsonl")),
        *(
            Source(f"korsts.{part}", _PAIR, "en", "ko", _lines(f"kor-nlu/korsts.{part}.en-ko.jsonl"))
            for part in ("dev", "train")
        ),
        *(
            Source(f"xsid.{lang}", ("text", "slots.*.text"), lang, "ko", _slots(f"xsid/{lang}.valid.conll"))
            for lang in ("en", "de", "id", "zh", "ja")
        ),
    ]  # fmt: skip


def _lines(name: str) -> Callable[[Path], Rows]:
    def read(data: Path) -> Rows:
        with (data / name).open(encoding="utf-8") as lines:
            yield from (json.loads(line) for line in lines)

    return read


def _squad(data: Path) -> Rows:
    """Return a record a question, as SQuAD's readers do."""
    tree = json.loads((data / "xquad/xquad.en.json").read_text(encoding="utf-8"))
    for article in tree["data"]:
        for paragraph in article["paragraphs"]:
            for asked in paragraph["qas"]:
                yield {"title": article.get("title"), "context": paragraph["context"], **asked}


def _slots(name: str) -> Callable[[Path], Rows]:
    """Return a record an utterance, with the text of each slot beside its label."""

    def read(data: Path) -> Rows:
        for number, block in enumerate((data / name).read_text(encoding="utf-8").strip().split("\n\n"), start=1):
            told = dict(line[2:].partition(" = ")[::2] for line in block.splitlines() if line.startswith("# "))
            words = [line.split("\t") for line in block.splitlines() if line and not line.startswith("# ")]
            slots: list[dict[str, str]] = []
            for _, word, _, label in words:
                kind, _, slot = label.partition("-")
                if kind == "B":
                    slots.append({"label": slot, "text": word})
                elif kind == "I" and slots:
                    slots[-1]["text"] += f" {word}"
            yield {"id": f"{name}:{number}", "text": told["text"], "intent": told["intent"], "slots": slots}

    return read


def write(source: Source, data: Path, folder: Path) -> Path:
    """Write one set as JSON lines and return the file."""
    path = folder / f"{source.name}.jsonl"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in source.read(data))
    return path


if __name__ == "__main__":
    Path(sys.argv[2]).mkdir(parents=True, exist_ok=True)
    for one in sources():
        write(one, Path(sys.argv[1]), Path(sys.argv[2]))
