"""`init-embeddings`: from two vocabularies and what connects them to a model that has the new one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from cscl_data.aligners.devices import resolve_device
from cscl_data.embeddings import METHODS
from cscl_data.errors import ConfigError, InputError, OutputError
from cscl_data.io.atomic import write_json, write_text
from cscl_data.io.claim import changed_values
from cscl_data.io.dataset import MANIFEST, read_manifest
from cscl_data.io.hub import quiet_transformers
from cscl_data.pipelines.embeddings.materials import Gathered
from cscl_data.pipelines.embeddings.planning import COMMAND, plan_of
from cscl_data.pipelines.embeddings.reporting import card_text, reasons_of, report_of
from cscl_data.pipelines.embeddings.settings import FLAGS, EmbeddingJob, directories_of, missing_paths
from cscl_data.pipelines.language_check import settle
from cscl_data.pipelines.listen import SILENT, Listener


class EmbeddingReport(NamedTuple):
    """The end of a job: its manifest, how long it took, and whether it was there already."""

    manifest: dict[str, Any]
    elapsed_s: float
    was_there: bool


def run_embeddings(
    job: EmbeddingJob,
    *,
    argv: Sequence[str] = (),
    overwrite: bool = False,
    listener: Listener = SILENT,
) -> EmbeddingReport:
    """Make the model directory, whole or not at all.

    Raises:
        ConfigError: the job cannot be done as asked, or the directory holds one with other settings.
        InputError: something that is given cannot be read, or vocabulary and embedding do not fit.
        BackendError: a model, a tokenizer or a package is missing.
        OutputError: the directory holds something else, or cannot be written.
    """
    began = time.monotonic()
    job = ready(job)
    plan = plan_of(job)
    found = _finished(job.out, plan, overwrite=overwrite)
    if found is not None:
        return EmbeddingReport(found, time.monotonic() - began, True)
    with quiet_transformers():
        made = _make(job, listener)
    manifest = {**plan, "argv": list(argv), "report": made.report}
    from cscl_data.train.folders import write_folder
    from cscl_data.train.report import weight_files

    def fill(partial_: Path) -> None:
        with quiet_transformers():
            made.model.save_pretrained(partial_)
        made.tokenizer.save_pretrained(partial_)
        manifest["weights"] = [{**item, "path": Path(item["path"]).name} for item in weight_files(partial_)]
        write_text(partial_ / "README.md", card_text(manifest))
        write_json(partial_ / MANIFEST, manifest)

    write_folder(job.out, fill)
    return EmbeddingReport(manifest, time.monotonic() - began, False)


class _Made(NamedTuple):
    model: Any
    tokenizer: Any
    report: dict[str, Any]


def _make(job: EmbeddingJob, listener: Listener) -> _Made:
    import torch

    from cscl_data.embeddings.ofa import RANK, low_rank
    from cscl_data.embeddings.rows import build_rows
    from cscl_data.pipelines.embeddings.installing import install
    from cscl_data.pipelines.embeddings.materials import gather
    from cscl_data.pipelines.embeddings.source import source_tables
    from cscl_data.pipelines.embeddings.vocabularies import rows_of, target_tokenizer
    from cscl_data.train.model import load_model
    from cscl_data.train.tokenizer import load_tokenizer

    source = load_tokenizer(job.model, needs_end=False)
    target = target_tokenizer(job, source)
    gathered = gather(job, source, target, listener)
    listener.note(f"embeddings: {job.method} on {job.numbers.device}")
    model = load_model(job.model, dtype="auto")
    tables = source_tables(model, source, job.model)
    method = METHODS[job.method]
    mixtures = list(method.mix(gathered.materials, job.numbers))
    _check_made(job, gathered, sum(len(mixture.tokens) for mixture in mixtures))
    build = partial(
        build_rows,
        materials=gathered.materials,
        mixtures=mixtures,
        rows=rows_of(target),
        rest=method.rest,
        generator=torch.Generator().manual_seed(job.seed),
        unknown=source.unk_token_id,
    )
    transform = partial(low_rank, rank=job.rank or RANK) if job.method == "ofa" else None
    made = build(tables.input, transform=transform)
    output = None if tables.output is None else build(tables.output, transform=transform)
    bias = None if tables.bias is None else build(tables.bias)
    report = report_of(job, gathered, mixtures, made, tables, (source, target))
    if output is not None:
        report["clipped_output"] = output.clipped
    install(
        model,
        None if job.extend is not None else target,
        input_rows=made.table,
        output_rows=None if output is None else output.table,
        bias=None if bias is None else bias.table,
    )
    return _Made(model, target, report)


def _check_made(job: EmbeddingJob, gathered: Gathered, made: int) -> None:
    """Refuse a method that draws on something, and got nothing from it for any new token that has a text."""
    new = gathered.materials.new.tolist()
    if made or not METHODS[job.method].needs or not any(gathered.materials.texts[number] for number in new):
        return
    reasons = [f"{count:,} {name.replace('_', ' ')}" for name, count in reasons_of(job, gathered, 0).items()]
    raise InputError(
        f"--method {job.method} could make none of the {len(new):,} new tokens: {', '.join(reasons)}",
        hint="give vectors, a helper or bitext of the target language",
    )


def ready(job: EmbeddingJob) -> EmbeddingJob:
    """Check a job and its languages, and settle its device; see `run_embeddings` for what it raises."""
    job.check()
    settle(*filter(None, (job.src_lang, job.tgt_lang)))
    own = [f"{FLAGS[role]} {name}" for role, name in directories_of(job) if Path(name).resolve() == job.out.resolve()]
    if own:
        raise ConfigError(
            f"--out {job.out}: is what {own[0]} names, and would take its place", hint="choose another --out"
        )
    problems = missing_paths(job)
    if problems:
        raise problems[0]
    return replace(job, numbers=replace(job.numbers, device=resolve_device(job.numbers.device)))


def _finished(out: Path, plan: dict[str, Any], *, overwrite: bool) -> dict[str, Any] | None:
    """Return the manifest of the same job if it is done; refuse what else stands there."""
    if out.exists() and not out.is_dir():
        raise OutputError(f"{out}: is a file, not a directory")
    if not out.is_dir() or not any(out.iterdir()):
        return None
    try:
        old = read_manifest(out)
    except InputError:
        old = {}
    if old.get("command") != COMMAND:
        raise OutputError(f"{out}: holds files that are not from {COMMAND}", hint="choose another --out")
    if overwrite:
        return None
    differ = changed_values(_decisive(old), _decisive(plan))
    if differ:
        raise ConfigError(
            f"{out}: holds a model made otherwise: {'; '.join(differ)}",
            hint="--overwrite starts anew, or choose another --out",
        )
    return old


def _decisive(plan: dict[str, Any]) -> dict[str, Any]:
    hashes = {f"sha256 of {item['path']}": item["sha256"][:16] for item in plan["inputs"]}
    return {**plan["settings"], **hashes}
