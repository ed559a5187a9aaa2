"""What `translate-bundle` wrote, read and matched with references: its texts, what is missing and why."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cscl_data.errors import InputError
from cscl_data.io.dataset import dataset_schema, iter_dataset, read_manifest
from cscl_data.pipelines.bundle_output import suffix_of
from cscl_data.pipelines.translation_evaluation.fields import FieldPair, Place, translated_texts
from cscl_data.pipelines.translation_evaluation.references import References

_SCHEMA = "bundle/1"
_NUMBERED = re.compile(r"(.*):([1-9]\d*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """Translations of the records of a reference.

    Attributes:
        name: what it is called in the table.
        path: its directory.
        target: language tag.
        output_mode: where its translations stand in a row.
        texts: of each record that is there, by its number in the reference, then by place.
        matched: how records were matched: `id` or `order`.
        rejected: records of the reference that the job rejected, by reason.
        absent: records of the reference that the job never saw.
        others: records of the job that the reference does not have.
        kept_source: records compared whose source text stands for a translation.
        reversibility: first tries and how many of them were strict, lenient and accepted, over all records of the job.
    """

    name: str
    path: Path
    target: str
    output_mode: str
    matched: str
    texts: dict[int, dict[Place, str]] = field(default_factory=dict)
    rejected: Counter[str] = field(default_factory=Counter)
    absent: int = 0
    others: int = 0
    kept_source: int = 0
    reversibility: dict[str, int] = field(default_factory=dict)


def bundle_manifest(path: Path) -> dict[str, Any]:
    """Return the manifest of a directory of `translate-bundle`.

    Raises:
        InputError: it is another directory, or the run did not finish.
    """
    schema = dataset_schema(path)
    if schema != _SCHEMA:
        raise InputError(f"{path}: holds {schema or 'shards without a schema'}, not {_SCHEMA}", hint="translate-bundle")
    return read_manifest(path)


def first_tries(manifest: dict[str, Any]) -> dict[str, int]:
    """Return how many first sequences a job made, and how many were `strict`, `lenient` and `accepted`."""
    rows = (manifest.get("report") or {}).get("reversibility") or []
    return {key: sum(int(row[key]) for row in rows) for key in ("tried", "strict", "lenient", "accepted")}


def read_hypothesis(name: str, path: Path, pairs: tuple[FieldPair, ...], references: References) -> Hypothesis:
    """Read the translations of a directory for the records of a reference.

    Records are matched by `bundle.id` where the reference has one of the ids. Otherwise record n of the input belongs
    to record n of the reference, and both must have as many; where the reference holds the source fields too, they
    must be the very texts that were translated.

    Raises:
        InputError: it is no such directory, a field was not translated, or the records are others.
    """
    manifest = bundle_manifest(path)
    settings = manifest["settings"]
    translated = settings.get("fields") or []
    strange = [pair.name for pair in pairs if pair.name not in translated]
    if strange:
        raise InputError(f"{path}: {strange[0]} is not among its fields: {', '.join(translated)}", hint="--fields")
    mode = settings.get("output_mode") or "replaced"
    suffix = suffix_of(mode, settings["src_lang"], settings["tgt_lang"]) if mode == "suffix" else ""
    rejected = {str(row["id"]): str(row["reason"]) for row in iter_dataset(path, ("id", "reason"), "rejects")}
    ids = [str(row["bundle"]["id"]) for row in iter_dataset(path, ("bundle",))]
    matched, numbers = _numbers(ids, rejected, references, path, limited=settings.get("limit") is not None)
    texts: dict[int, dict[Place, str]] = {}
    kept = 0
    for row in iter_dataset(path):
        bundle = row["bundle"]
        number = numbers.get(str(bundle["id"]))
        if number is None:
            continue
        if number in texts:
            raise InputError(f"{path}: the record {bundle['id']!r} comes twice")
        if references.sources[number] not in ("", bundle["source_sha256"]):
            raise InputError(
                f"{path}: record {bundle['id']!r} was translated from another text than "
                f"{references.path} has in record {number + 1}",
                hint="give the reference of this input, and the column of its ids: --ref-id-column",
            )
        kept += bundle["status"] == "kept_source"
        texts[number] = translated_texts(row, pairs, suffix, f"{path}: record {bundle['id']!r}")
    reasons = Counter(reason for given, reason in rejected.items() if given in numbers)
    return Hypothesis(
        name=name,
        path=path,
        target=settings["tgt_lang"],
        output_mode=mode,
        matched=matched,
        texts=texts,
        rejected=reasons,
        absent=len(references.ids) - len(texts) - reasons.total(),
        others=len(ids) + len(rejected) - len(texts) - reasons.total(),
        kept_source=kept,
        reversibility=first_tries(manifest),
    )


def _numbers(
    ids: list[str], rejected: dict[str, str], references: References, path: Path, *, limited: bool
) -> tuple[str, dict[str, int]]:
    """Return how records are matched, and the number in the reference by id."""
    known = references.number_of()
    every = [*ids, *rejected]
    by_id = {given: known[given] for given in every if given in known}
    if by_id:
        return "id", by_id
    n = len(references.ids)
    counted = [_NUMBERED.fullmatch(given) for given in every]
    places = {match[0]: int(match[2]) - 1 for match in counted if match}
    one_input = len(places) == len(every) and len({match[1] for match in counted if match}) == 1
    if not one_input and not rejected:
        places, one_input = {given: number for number, given in enumerate(ids)}, True
    if not one_input or not (len(every) == n or (limited and len(every) < n)) or max(places.values(), default=0) >= n:
        raise InputError(
            f"{path}: none of its {len(every):,} records is in {references.path}, which has {n:,}, by id or by order",
            hint="--ref-id-column names the column whose ids are those of bundle.id",
        )
    return "order", places
