"""How well shuffled lines are told from documents: `make-sentence-cs` refuses the first and takes the second.

Every corpus is judged as it stands, and twenty times with its lines shuffled into documents of the same lengths.

    python -m benchmarks.line_order --data ../shared/data
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from random import Random

from cscl_data.errors import InputError
from cscl_data.pipelines.bead_documents import BeadDocument
from cscl_data.pipelines.line_order import SAMPLED_SENTENCES, check_line_order
from cscl_data.records import Bead, rng_for
from cscl_data.text.cohesion import Cohesion, cohesion

Documents = list[list[dict[str, str]]]
ROUNDS = 20


def by_document(rows: Sequence[tuple[str, str, str]]) -> Documents:
    """Group rows of document, source and target by neighbouring document."""
    return [[{"src": src, "tgt": tgt} for _, src, tgt in group] for _, group in groupby(rows, key=lambda row: row[0])]


def corpora(data: Path) -> Iterator[tuple[str, Documents]]:
    """Yield the name and the documents of every corpus; one of FLORES is the lines of one source page."""
    table = (data / "flores200" / "metadata_dev.tsv").read_text(encoding="utf-8").splitlines()[1:]
    pages = [line.split("\t")[0] for line in table]
    english = (data / "flores200" / "dev" / "eng_Latn.dev").read_text(encoding="utf-8").splitlines()
    for path in sorted((data / "flores200" / "dev").glob("*.dev")):
        other = path.read_text(encoding="utf-8").splitlines()
        if other != english:
            yield f"flores {path.stem}", by_document(list(zip(pages, english, other, strict=True)))
    for path in sorted((data / "udhr").glob("*.tsv")):
        yield path.stem, by_document([("", row[2], row[3]) for row in table_rows(path)])
    for path in sorted((data / "transread-novels").glob("*.tsv")):
        yield path.name.split(".")[0], by_document([("", row[0], row[1]) for row in table_rows(path)])
    for path in sorted((data / "opensource-guide").glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        yield path.stem, by_document([(row["doc"], row["en"], row["xx"]) for row in rows])


def table_rows(path: Path) -> list[list[str]]:
    """Return the rows of a file without header or quoting."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def shuffled(documents: Documents, seed: int) -> Documents:
    """Return the same lines in documents of the same lengths, in an order without sense."""
    lines = [line for document in documents for line in document]
    Random(seed).shuffle(lines)
    return [[lines.pop() for _ in document] for document in documents]


def is_refused(documents: Documents) -> bool:
    """Tell whether the command would refuse these documents."""
    beads = [
        BeadDocument(str(n), tuple(Bead(id=str(i), texts=line) for i, line in enumerate(document)), len(document))
        for n, document in enumerate(documents)
    ]
    try:
        check_line_order(beads, "")
    except InputError:
        return True
    return False


def measured(documents: Documents) -> Cohesion:
    """Measure the first sentences, as the command does."""
    sample: Documents = []
    for document in documents:
        sample.append(document[: SAMPLED_SENTENCES - sum(map(len, sample))])
    return cohesion(sample, rng_for(0, "", "line_order"))


def main() -> None:
    """Print a line for each corpus."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    data: Path = parser.parse_args().data
    print(f"{'corpus':<36} {'pairs':>6} {'factor':>14}  refused | shuffled: factor, refused")
    for name, documents in corpora(data):
        found = measured(documents)
        rounds = [shuffled(documents, seed) for seed in range(ROUNDS)]
        lifts = [measured(one).lift for one in rounds]
        shown = f"{found.lift:5.2f} +- {2 * found.error:.2f}"
        print(
            f"{name:<36} {found.pairs:6} {shown:>14}  {'yes' if is_refused(documents) else 'no':<7} | "
            f"{min(lifts):.2f} to {max(lifts):.2f}, {sum(map(is_refused, rounds))} of {ROUNDS}"
        )


if __name__ == "__main__":
    main()
