"""How many records come apart at the first try of `translate-bundle`: `python -m benchmarks.first_tries`.

Sections, each by its name in --only; the model is the shipped one, the indicator `@`, and there is no second rung:

    pages   the pages of tldr, whatever language they were translated into, none of whose English sentences is in a
            train split of the pool: in bundles of as many fields as the model says, then all fields in one bundle
    korsts  the pairs of KorSTS dev, lowercased captions, news and forum posts

Each cell is the share that is reversible by the literal count of the paper, and the share that the guards accept too.
A record with an `@` in itself, or with one field, has no such try and is not counted.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.data import pool_rows
from cscl_data.io.recordfile import Record
from cscl_data.pipelines.bundle_fields import texts_of
from cscl_data.pipelines.bundle_settings import BundleSettings, ModelSettings
from cscl_data.pipelines.bundle_shard import loaded
from cscl_data.records import Reject
from cscl_data.translators import BundleJob, translate_bundles

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
TARGETS = ("ko", "ja", "id")
PAGE_FIELDS = ("desc.*.en", "examples.*.en")
PAIR_FIELDS = ("en.sentence1", "en.sentence2")
ONE_BUNDLE = 1000
"""More fields than any record here has."""
GROUPS = ((2, 5), (6, 8), (9, 10))
"""Numbers of fields, the least and the most, for which all in one bundle is told apart."""


class Tried(NamedTuple):
    """The first try of a record of so many fields; `reason` is why the record is a reject, if it is one."""

    fields: int
    strict: bool
    accepted: bool
    reason: str = ""


def plain(text: str) -> str:
    """Return a text by which sentences are compared: without case, and with single spaces."""
    return " ".join(text.casefold().split())


def unseen(records: Iterable[Mapping[str, Any]], seen: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """Yield the English texts of pages none of whose texts was seen, those of equal pages once."""
    done: set[tuple[str, ...]] = set()
    for record in records:
        texts = tuple(item["en"] for item in [*record["desc"], *record["examples"]])
        if texts and texts not in done and not any(plain(text) in seen for text in texts):
            done.add(texts)
            yield texts


def json_lines(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """Yield the records of files, one after the other."""
    for path in paths:
        with path.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def held_out_pages(data: Path) -> Iterator[tuple[str, ...]]:
    """Yield the texts of pages that the shipped model was not trained on."""
    splits = [data / "pool" / f"en-{lang}.train.tsv.gz" for lang in TARGETS]
    seen = frozenset(plain(row.english) for path in splits for row in pool_rows(path))
    return unseen(json_lines(sorted((data / "tldr").glob("tldr.en-*.jsonl"))), seen)


def pairs(data: Path) -> Iterator[tuple[str, ...]]:
    """Yield the English sentences of KorSTS dev."""
    for number, values in enumerate(json_lines([data / "kor-nlu" / "korsts.dev.en-ko.jsonl"])):
        found = texts_of(Record(str(number), values), PAIR_FIELDS)
        if not isinstance(found, Reject):
            yield tuple(found.values())


def first_tries(
    records: Sequence[tuple[str, ...]], fields: tuple[str, ...], target: str, max_fields: int
) -> list[Tried]:
    """Translate records and return the first try of each that had one."""
    settings = BundleSettings(
        fields=fields,
        src_lang="en",
        tgt_lang=target,
        indicators="@",
        fallback="indicator,reject",
        max_fields_per_bundle=max_fields,
    )
    jobs = [BundleJob(id=str(number), texts=texts) for number, texts in enumerate(records)]
    model = loaded(ModelSettings().chosen_for("en", [target]))
    results = translate_bundles(jobs, model, source="en", target=target, config=settings.ladder())
    return [
        Tried(len(texts), result.first.strict, result.first.accepted, result.reason)
        for texts, result in zip(records, results, strict=True)
        if result.first is not None
    ]


def refusals(name: str, tries: Mapping[str, Sequence[Tried]]) -> str:
    """Return a line that says how many first tries were not taken, and why."""
    every = [one for tried in tries.values() for one in tried]
    reasons = Counter(one.reason for one in every if one.reason)
    told = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common())
    return f"rejects of {name}, all languages: {reasons.total()} of {len(every)} ({told or 'none'})"


SECTIONS = {"pages": (held_out_pages, PAGE_FIELDS), "korsts": (pairs, PAIR_FIELDS)}


def line(what: str, tries: Mapping[str, Sequence[Tried]]) -> str:
    """Return a line of the table: how many records were tried, and the shares for each language in %."""
    cells = []
    for tried in tries.values():
        n = max(1, len(tried))
        strict, accepted = sum(one.strict for one in tried), sum(one.accepted for one in tried)
        cells.append(f"{100 * strict / n:.1f} / {100 * accepted / n:.1f}")
    counts = "/".join(dict.fromkeys(str(len(tried)) for tried in tries.values()))
    return f"| {what} | {counts} | {' | '.join(cells)} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SHARED, help="folder with pool/, tldr/ and kor-nlu/")
    parser.add_argument("--only", default="pages,korsts")
    parser.add_argument("--limit", type=int, help="take so many records")
    given = parser.parse_args()
    print(f"| reversible / accepted, % | records | {' | '.join(TARGETS)} |\n|---|---|{'---|' * len(TARGETS)}")
    notes = []
    for name in given.only.split(","):
        read, fields = SECTIONS[name]
        records = list(islice(read(given.data), given.limit))
        tries = {target: first_tries(records, fields, target, 0) for target in TARGETS}
        print(line(name, tries), flush=True)
        notes.append(refusals(name, tries))
        if name == "pages":
            tries = {target: first_tries(records, fields, target, ONE_BUNDLE) for target in TARGETS}
            print(line("pages, all fields in one bundle", tries), flush=True)
            for least, most in GROUPS:
                group = {at: [one for one in tried if least <= one.fields <= most] for at, tried in tries.items()}
                print(line(f"those of {least} to {most} fields", group), flush=True)
    print("", *notes, sep="\n")


if __name__ == "__main__":
    main()
