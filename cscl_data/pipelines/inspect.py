"""`inspect`: checks what a job wrote, measures it, and picks rows to show; one pass, in memory that stays constant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cscl_data.errors import InputError
from cscl_data.evaluation.corpus import SwitchingTally
from cscl_data.pipelines.inspection.comparisons import Comparison
from cscl_data.pipelines.inspection.looks import LOOKS
from cscl_data.pipelines.inspection.manifests import check_files, manifest_of
from cscl_data.pipelines.inspection.problems import Problem, Problems
from cscl_data.pipelines.inspection.runs import LOG, read_run
from cscl_data.pipelines.inspection.shards import kind_of, read_rejects, read_rows
from cscl_data.pipelines.inspection.shown import ShownReject, ShownRow
from cscl_data.pipelines.inspection.tagged import TAGGED, read_tagged
from cscl_data.pipelines.inspection.tokens import TokenLook
from cscl_data.pipelines.pace import Pace, read_pace

TRAINING_RUN = "train"
TOKEN_CS = "token_cs/1"
CURRICULUM = "stages.yaml"
"""What a directory of `make-curriculum` is known by."""
EMBEDDINGS = "init-embeddings"
_HINT = "give the directory that was the --out of another cscl-data command"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What was found in one directory.

    Attributes:
        path: the directory, or the file of tagged text, as given.
        kind: the schema of its rows (`token_cs/1`, ..., `bundle/1` for translated records), `train` for a run, or
            `tagged` for a file of tagged text.
        manifest: its manifest; empty where there is none.
        problems: the first broken invariants.
        problem_count: all of them.
        verified: whether the files were hashed.
        counts: rows_in, items, rows, rejects; rows and rejects as counted in the files. Empty for a run.
        statistics: JSON values; which ones depends on `kind`.
        rejects_by_reason: as counted in the files.
        rows: the rows to show.
        rejects: the first rejects of each reason.
        tally: the switching measures as distributions, for kinds that have them; not in `document`.
        comparisons: what it was compared with.
        pace: where the time of its last run went, which differs from run to run; None where nothing is kept of it.
    """

    path: str
    kind: str
    manifest: dict[str, Any]
    problems: tuple[Problem, ...]
    problem_count: int
    verified: bool
    counts: dict[str, int]
    statistics: dict[str, Any]
    rejects_by_reason: dict[str, int]
    rows: tuple[ShownRow, ...]
    rejects: tuple[ShownReject, ...]
    tally: SwitchingTally | None = None
    comparisons: tuple[Comparison, ...] = ()
    pace: Pace | None = None

    @property
    def is_sound(self) -> bool:
        """Whether every invariant holds."""
        return self.problem_count == 0

    def document(self) -> dict[str, Any]:
        """Return all but the manifest as JSON values."""
        return {
            "path": self.path,
            "kind": self.kind,
            "sound": self.is_sound,
            "verified": self.verified,
            "problem_count": self.problem_count,
            "problems": [problem._asdict() for problem in self.problems],
            "sig": self.manifest.get("sig"),
            "counts": self.counts,
            "rejects_by_reason": self.rejects_by_reason,
            "statistics": self.statistics,
            "rows": [row.document() for row in self.rows],
            "rejects": [reject._asdict() for reject in self.rejects],
            "against": [comparison.document() for comparison in self.comparisons],
        }


def inspect_path(
    path: Path,
    *,
    verify: bool = False,
    sample: int = 20,
    seed: int = 0,
    by_word: bool = False,
    counted: Sequence[str] = (),
) -> Inspection:
    """Check and measure a directory, or a file of tagged text.

    Args:
        path: a directory (see `inspect_directory`), or a file with `tags` and `tokens` (see `tagged_texts`).
        verify: hash what the manifest lists.
        sample: rows to show, drawn at random, 0 or more.
        seed: the same seed shows the same rows.
        by_word: measure the words of `token_cs/1` rows instead of their tokens; other kinds are not touched.
        counted: the tags of a tagged file that are languages; without any, all but some well-known ones.

    Raises:
        InputError: there is no such directory or file, or it is none of ours.
    """
    if not path.exists():
        raise InputError(f"{path}: no such file or directory")
    if path.is_dir():
        return inspect_directory(path, verify=verify, sample=sample, seed=seed, by_word=by_word)
    problems = Problems()
    rows = read_tagged(path, counted, problems, sample=sample, seed=seed)
    return Inspection(
        path=str(path),
        kind=TAGGED,
        manifest={},
        problems=problems.listed,
        problem_count=problems.count,
        verified=False,
        counts={"rows": rows.total},
        statistics=rows.statistics,
        rejects_by_reason={},
        rows=tuple(rows.sample),
        rejects=(),
        tally=rows.tally,
    )


def inspect_directory(
    path: Path, *, verify: bool = False, sample: int = 20, seed: int = 0, by_word: bool = False
) -> Inspection:
    """Check and measure what a job or a training run wrote.

    Every row is read once. Memory stays constant but for 8 bytes a row, which find ids that come twice (these are
    counted, not held to be wrong: an id column may repeat itself). Whatever is wrong is noted, and reading goes on.

    Args:
        path: a job's output directory, or a run's.
        verify: hash every shard (a run's weights) and compare with what was recorded.
        sample: rows to show, drawn at random, 0 or more.
        seed: the same seed shows the same rows.
        by_word: measure words, as they stand between spaces and punctuation, not tokens; for `token_cs/1`.

    Raises:
        InputError: there is no such directory, or it is none of ours.
    """
    if not path.is_dir():
        raise InputError(f"{path}: no such directory" if not path.exists() else f"{path}: is not a directory")
    shards = sorted((path / "data").glob("*.parquet"))
    if not shards and (path / LOG).is_file():
        return _inspect_run(path, verify=verify)
    if not shards and (path / CURRICULUM).is_file():
        parts = " ".join(str(path / name) for name in ("token", "sentence", "mono"))
        raise InputError(f"{path}: a curriculum, which is several directories", hint=f"cscl-data inspect {parts}")
    problems = Problems()
    if not shards and not (path / "manifest.json").is_file():
        raise InputError(f"{path}: not an output of cscl-data (neither data/*.parquet nor {LOG})", hint=_HINT)
    manifest = manifest_of(path, problems)
    if not shards and manifest.get("command") == EMBEDDINGS:
        raise InputError(
            f"{path}: a model of {EMBEDDINGS}, which has no rows",
            hint=f"{path / 'README.md'} says how its embeddings were made; evaluate model --model {path} measures it",
        )
    kind = kind_of(shards, manifest)
    if kind is None:
        raise InputError(f"{path}: its shards have no schema of cscl-data", hint=_HINT)
    check_files(path, manifest, problems, verify=verify)
    look = TokenLook(manifest, by_word=by_word) if kind == TOKEN_CS else LOOKS[kind](manifest)
    rows = read_rows(shards, kind, look, problems, sample=sample, seed=seed)
    rejects = read_rejects(sorted((path / "rejects").glob("*.parquet")), manifest, problems)
    found = {"rows": rows.total, "rejects": sum(rejects.by_reason.values())}
    return Inspection(
        path=str(path),
        kind=kind,
        manifest=manifest,
        problems=problems.listed,
        problem_count=problems.count,
        verified=verify,
        counts={key: manifest[key] for key in ("rows_in", "items") if key in manifest} | found,
        statistics=rows.statistics,
        rejects_by_reason=rejects.by_reason,
        rows=tuple(rows.sample),
        rejects=tuple(rejects.examples),
        tally=rows.tally,
        pace=read_pace(path),
    )


def _inspect_run(path: Path, *, verify: bool) -> Inspection:
    problems = Problems()
    manifest, statistics = read_run(path, problems, verify=verify)
    return Inspection(
        path=str(path),
        kind=TRAINING_RUN,
        manifest=manifest,
        problems=problems.listed,
        problem_count=problems.count,
        verified=verify,
        counts={},
        statistics=statistics,
        rejects_by_reason={},
        rows=(),
        rejects=(),
    )
