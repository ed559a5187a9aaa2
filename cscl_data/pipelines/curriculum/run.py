"""`make-curriculum`: the three phases, the controls of an ablation, and the files of stages, from one plan."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from cscl_data.errors import InputError
from cscl_data.io.atomic import write_json
from cscl_data.io.claim import RunKind, changed_values, held_directory
from cscl_data.io.dataset import MANIFEST
from cscl_data.pipelines.curriculum.arms import parts_of
from cscl_data.pipelines.curriculum.checks import check_jobs
from cscl_data.pipelines.curriculum.jobs import MADE, Jobs, SubJob
from cscl_data.pipelines.curriculum.plan_file import Curriculum
from cscl_data.pipelines.curriculum.shares import draw_of
from cscl_data.pipelines.curriculum.stages_files import FOLDER, MAIN_FILE, write_stages
from cscl_data.pipelines.curriculum.summary import COMMAND, curriculum_manifest
from cscl_data.pipelines.job import RunOptions
from cscl_data.pipelines.listen import SILENT, Listener
from cscl_data.pipelines.plan import Basics
from cscl_data.pipelines.token_counting import BYTES, token_counter


@dataclass(frozen=True, slots=True, kw_only=True)
class CurriculumJob:
    """A whole `make-curriculum` job; `basics.out` is the directory of everything, and the seed is the plan's."""

    plan: Curriculum
    basics: Basics

    @property
    def jobs(self) -> Jobs:
        """What has to be made."""
        parts = tuple(parts_of(self.plan.controls))
        return Jobs(plan=self.plan, parts=parts, root=self.basics.out, basics=self.basics)


class CurriculumReport(NamedTuple):
    """How it ended: the manifest, and the seconds it took."""

    manifest: dict[str, Any]
    elapsed_s: float


def run_curriculum(job: CurriculumJob, run: RunOptions, listener: Listener = SILENT) -> CurriculumReport:
    """Run what is left of a curriculum, job by job, and write its files of stages and its manifest.

    Raises:
        ConfigError: the plan cannot be run, or the directory holds a curriculum of another plan.
        OutputError: the directory cannot be written or is in use.
        TooManyRejectsError: a job is done, but more than `max_reject_rate` of its items were rejected.
        InputError: an input cannot be read, or a job makes no row at all.
    """
    started = time.monotonic()
    jobs, out = job.jobs, job.basics.out
    check_jobs(jobs)
    quick, parts = jobs.of_documents_and_texts(), jobs.of_parts()
    total = len(quick) + len(jobs.of_pairs(None)) + len(parts)
    options = replace(run, overwrite=False)
    done: list[SubJob] = []

    def do(sub_jobs: Sequence[SubJob], options: RunOptions) -> None:
        for one in sub_jobs:
            done.append(one)
            listener.announce(f"[{len(done)}/{total}] {one.folder}: {one.command}")
            if not one.run(options, listener).manifest["rows_out"]:
                raise InputError(
                    f"{out / one.folder}: no row was made, so there is nothing to train on",
                    hint=f"look into {out / one.folder}/rejects, and give more text or a larger budget",
                )

    with held_directory(out, plan_document(job), _CURRICULA, overwrite=run.overwrite):
        do(quick, options)
        listener.note("weighing the bitext")
        draw = draw_of(job.plan, jobs.wanted_of_pairs, token_counter(job.plan.tokenizer))
        do(jobs.of_pairs(draw), options)
        do(parts, replace(options, workers=1))  # which only copy rows
        manifest = curriculum_manifest(job.plan, out, [(one.folder, one.command) for one in done], jobs.parts, run.argv)
        tokens = {part["name"]: part["tokens"] for part in manifest["parts"]}
        write_stages(out, list(manifest["arms"]), tokens, counted=job.plan.tokenizer != BYTES)
        write_json(out / MANIFEST, manifest)
    return CurriculumReport(manifest, time.monotonic() - started)


def plan_document(job: CurriculumJob) -> dict[str, Any]:
    """Return the plan as it is written to `.cscl/plan.json`; the files of text stand in the plans of the jobs."""
    return {
        "format": 1,
        "command": COMMAND,
        "seed": job.plan.seed,
        "shard_rows": job.basics.shard_rows,
        "rejects_text": job.basics.rejects_text,
        "licence": job.basics.licence,
        "settings": asdict(job.plan),
    }


def differences(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Name what differs between two plan documents, as `name (old -> new)`."""
    return changed_values(_flat(old), _flat(new))


def _flat(document: dict[str, Any]) -> dict[str, Any]:
    """Return the options of all sections side by side, by `section.option`."""
    found = {key: value for key, value in document.items() if key != "settings"}
    for name, value in document.get("settings", {}).items():
        if isinstance(value, dict):
            found |= {f"{name}.{key}": inner for key, inner in value.items()}
        else:
            found[name] = value
    return found


_CURRICULA = RunKind(
    files=(MADE, "token", "sentence", "mono", "controls", FOLDER, MAIN_FILE, MANIFEST),
    is_own=lambda plan: plan.get("command") == COMMAND,
    differences=differences,
    binds=lambda out: Path(out, MADE).exists(),
)
