"""How often the checks of `translate-bundle` speak against translations that people made: false alarms, by set.

    python -m benchmarks.human_checks --data ../shared/data

Each text is judged alone with every check, as by `--on-fail flag`; a percentage is of the texts of a set that are not
blank. `language` wants the extra `filters`.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.data import pool_rows
from cscl_data.io.recordfile import Record
from cscl_data.pipelines.bundle_fields import texts_of
from cscl_data.records import Reject
from cscl_data.translators.guards import CHECKS, Guards

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
FLORES = {
    "ko": "kor_Hang",
    "ja": "jpn_Jpan",
    "id": "ind_Latn",
    "de": "deu_Latn",
    "fr": "fra_Latn",
    "es": "spa_Latn",
    "zh": "zho_Hans",
    "hi": "hin_Deva",
}
SHOWN = (*(check for check in CHECKS if check != "truncated"), "more_numbers", "protected")
"""All that a finished text can be flagged for."""


class Pair(NamedTuple):
    """An English text and its translation into a language."""

    lang: str
    english: str
    other: str


def flores(data: Path) -> Iterator[Pair]:
    """Yield the sentences of FLORES dev in eight languages."""
    folder = data / "flores200" / "dev"
    english = (folder / "eng_Latn.dev").read_text(encoding="utf-8").splitlines()
    for lang, name in FLORES.items():
        other = (folder / f"{name}.dev").read_text(encoding="utf-8").splitlines()
        yield from (Pair(lang, *texts) for texts in zip(english, other, strict=True))


def xquad(data: Path) -> Iterator[Pair]:
    """Yield contexts, questions and answers."""

    def texts(lang: str) -> list[str]:
        tree = json.loads((data / "xquad" / f"xquad.{lang}.json").read_text(encoding="utf-8"))
        paths = ("data.*.paragraphs.*.context", "data.*.paragraphs.*.qas.*.question")
        found = texts_of(Record("", tree), paths)
        return [] if isinstance(found, Reject) else list(found.values())

    english = texts("en")
    for lang in ("de", "es", "hi", "zh"):
        yield from (Pair(lang, *both) for both in zip(english, texts(lang), strict=True))


def korsts(data: Path) -> Iterator[Pair]:
    """Yield the sentences of KorSTS dev, translated by people."""
    for record in _lines(data / "kor-nlu" / "korsts.dev.en-ko.jsonl"):
        yield from (Pair("ko", record["en"][name], record["ko"][name]) for name in ("sentence1", "sentence2"))


def tldr(data: Path) -> Iterator[Pair]:
    """Yield descriptions of pages and of examples in eight languages."""
    for lang in FLORES:
        for record in _lines(data / "tldr" / f"tldr.en-{lang}.jsonl"):
            yield from (Pair(lang, item["en"], item["xx"]) for item in [*record["desc"], *record["examples"]])


def pool_dev(data: Path) -> Iterator[Pair]:
    """Yield the documentation and everyday sentences of pool dev."""
    for lang in ("ko", "ja", "id"):
        rows = pool_rows(data / "pool" / f"en-{lang}.dev.tsv.gz")
        yield from (Pair(lang, row.english, row.other) for row in rows)


SETS: dict[str, Callable[[Path], Iterator[Pair]]] = {
    "FLORES dev": flores,
    "XQuAD": xquad,
    "KorSTS dev": korsts,
    "tldr": tldr,
    "pool dev": pool_dev,
}


def alarms(pairs: Iterable[Pair]) -> tuple[int, Counter[str]]:
    """Count texts, and those that each check has something against."""
    judges: dict[str, Guards] = {}
    counted: Counter[str] = Counter()
    total = 0
    for lang, english, other in pairs:
        if not english or not other or not english.strip() or not other.strip():
            continue
        judge = judges.setdefault(lang, Guards(source="en", target=lang, checks=CHECKS, on_fail="flag"))
        total += 1
        counted.update(judge.judge(english, other).flags)
    return total, counted


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SHARED, help="folder with flores200/, xquad/, tldr/ and so on")
    data = parser.parse_args().data
    print(f"| % of texts | texts | {' | '.join(SHOWN)} |\n|---|---|{'---|' * len(SHOWN)}")
    for name, read in SETS.items():
        total, counted = alarms(read(data))
        shares = (f"{100 * counted[check] / max(1, total):.2f}" for check in SHOWN)
        print(f"| {name} | {total:,} | {' | '.join(shares)} |", flush=True)


if __name__ == "__main__":
    main()
