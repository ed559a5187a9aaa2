"""Several inspections at once: each compared with others, and measured row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cscl_data.errors import ConfigError
from cscl_data.pipelines.inspect import TOKEN_CS, Inspection, inspect_path
from cscl_data.pipelines.inspection.comparisons import NATURAL_NAME, Comparison, compare, compare_with_natural
from cscl_data.pipelines.inspection.per_row import check_form, write_per_row
from cscl_data.pipelines.inspection.tagged import TAGGED


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectJob:
    """What to inspect, and how.

    Attributes:
        paths: directories, and files of tagged text; at least one.
        verify: hash what the manifests list.
        sample: rows to show of each, 0 or more.
        seed: of the drawing.
        against: what each path is compared with: paths like them, or `natural`.
        counted: the tags of tagged text that are languages; without any, all but some well-known ones.
        by_word: measure the words of `token_cs/1` rows instead of their tokens.
        per_row: a file for the measures of every row; for one path alone.
    """

    paths: tuple[Path, ...]
    verify: bool = False
    sample: int = 20
    seed: int = 0
    against: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()
    by_word: bool = False
    per_row: Path | None = None


def inspect_all(job: InspectJob) -> list[Inspection]:
    """Inspect every path, compare it, and write the measures of its rows if asked for.

    Raises:
        ConfigError: the options do not fit what was found, or two things cannot be compared.
        InputError: a path does not exist, or is none of ours.
        OutputError: the file of `per_row` cannot be written.
    """
    if job.per_row is not None:
        check_form(job.per_row)
        if len(job.paths) > 1:
            raise ConfigError(
                f"--per-row {job.per_row}: one file for {len(job.paths)} directories", hint="one at a time"
            )
    found = [
        inspect_path(
            path, verify=job.verify, sample=job.sample, seed=job.seed, by_word=job.by_word, counted=job.counted
        )
        for path in job.paths
    ]
    others = {
        name: inspect_path(Path(name), sample=0, by_word=job.by_word, counted=job.counted)
        for name in job.against
        if name != NATURAL_NAME
    }
    _check_kinds(job, [*found, *others.values()])
    compared = [replace(this, comparisons=tuple(_comparisons(this, job.against, others))) for this in found]
    if job.per_row is not None:
        write_per_row(job.per_row, job.paths[0], found[0].kind, by_word=job.by_word, counted=job.counted)
    return compared


def _comparisons(this: Inspection, against: tuple[str, ...], others: dict[str, Inspection]) -> Iterator[Comparison]:
    for name in against:
        yield compare_with_natural(this) if name == NATURAL_NAME else compare(this, others[name])


def _check_kinds(job: InspectJob, found: list[Inspection]) -> None:
    kinds = {inspection.kind for inspection in found}
    if job.by_word and TOKEN_CS not in kinds:
        raise ConfigError(f"--by-word: for rows of make-token-cs; found {', '.join(sorted(kinds))}")
    if job.counted and TAGGED not in kinds:
        raise ConfigError(f"--count: for files of tagged text; found {', '.join(sorted(kinds))}")
