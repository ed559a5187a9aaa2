"""`init-embeddings`: from two vocabularies and what connects them to a model that has the new one."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from cscl_data import __version__
from cscl_data.aligners.devices import resolve_device
from cscl_data.embeddings import METHODS
from cscl_data.errors import ConfigError, InputError, OutputError
from cscl_data.io.atomic import write_json, write_text
from cscl_data.io.bitext import Bitext
from cscl_data.io.claim import changed_values
from cscl_data.io.dataset import MANIFEST, read_manifest
from cscl_data.io.fingerprints import directory_inputs, file_input, short_digest
from cscl_data.io.hub import HUB, cached_snapshot, quiet_transformers, snapshot
from cscl_data.io.mono import MonoSpec, MonoText
from cscl_data.io.sources import InputFacts
from cscl_data.pipelines.embeddings.reporting import card_text, report_of
from cscl_data.pipelines.embeddings.settings import FLAGS, EmbeddingJob, directories_of, missing_paths
from cscl_data.pipelines.listen import SILENT, Listener
from cscl_data.pipelines.settings import bitext_settings, sig_line

COMMAND = "init-embeddings"
_FILES = ("*.safetensors", "*.bin", "*.json", "*.model", "*.txt", "*.jinja", "*.tiktoken")
_PACKAGES = ("torch", "transformers", "tokenizers")
_TEXTS = ("train_vectors", "train_source_vectors", "train_tokenizer")


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


def plan_of(job: EmbeddingJob, *, dry: bool = False) -> dict[str, Any]:
    """Return what decides the result, as it stands in the manifest; with `dry`, fetch nothing for it.

    Raises:
        InputError: a file cannot be read.
    """
    inputs = _inputs(job, dry=dry)
    numbers = asdict(job.numbers)
    settings: dict[str, Any] = {
        name: value
        for name, value in asdict(job).items()
        if name not in ("out", "numbers", "vectors", "bitext", "save_vectors")
    }
    settings |= {**{f"vector_{name}": value for name, value in asdict(job.vectors).items()}, **numbers}
    settings["bitext"] = None if job.bitext is None else bitext_settings(job.bitext)
    digests = {role: short_digest(inputs, role) for role in dict.fromkeys(item.role for item in inputs)}
    method = METHODS[job.method]
    return {
        "command": COMMAND,
        "settings": json.loads(json.dumps(settings)),
        "sig": sig_line(
            method=f"{job.method}.{method.version}",
            match=job.match,
            rest=method.rest,
            copy=None if job.copy_shared else "none",
            ridge=job.numbers.ridge or None,
            extend=job.extend,
            **digests,
            seed=job.seed,
        ),
        "versions": {"cscl-data": __version__, **{name: version(name) for name in _PACKAGES}},
        "seed": job.seed,
        "deterministic": job.numbers.device == "cpu",
        "inputs": [_input(item) for item in inputs],
    }


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
    build = partial(
        build_rows,
        materials=gathered.materials,
        mixtures=mixtures,
        rows=rows_of(target),
        rest=method.rest,
        generator=torch.Generator().manual_seed(job.seed),
        unknown=source.unk_token_id,
    )
    if job.method == "ofa":
        build = partial(build, transform=partial(low_rank, rank=job.rank or RANK))
    made = build(tables.input)
    output = None if tables.output is None else build(tables.output)
    bias = (
        None if tables.bias is None else build_rows(tables.bias, **{**build.keywords, "transform": lambda rows: rows})
    )
    report = report_of(job, gathered, mixtures, made, tables, (source, target))
    if output is not None:
        report["clipped_output"] = output.clipped
    install(
        model,
        target,
        input_rows=made.table,
        output_rows=None if output is None else output.table,
        bias=None if bias is None else bias.table,
    )
    return _Made(model, target, report)


def ready(job: EmbeddingJob) -> EmbeddingJob:
    """Check a job, settle its device, and have models of the Hub on the disk."""
    job.check()
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


def _inputs(job: EmbeddingJob, *, dry: bool) -> list[InputFacts]:
    facts: list[InputFacts] = []
    for role, name in directories_of(job):
        folder = _directory(name, flag=FLAGS[role], dry=dry)
        facts += directory_inputs(folder, role, _FILES, given=name) if folder is not None else []
    for role, name in job.inputs():
        if role in _TEXTS:
            spec = MonoSpec(path=name, lang="und")
            facts += [item._replace(role=role) for item in MonoText(spec).facts()]
        else:
            facts.append(file_input(Path(name), role))
    if job.bitext is not None:
        facts += [item._replace(role="bitext") for item in Bitext(job.bitext).facts()]
    return facts


def _directory(name: str, *, flag: str, dry: bool) -> Path | None:
    if not name.startswith(HUB):
        return Path(name)
    own = name.removeprefix(HUB)
    return cached_snapshot(own, flag=flag) if dry else snapshot(own, _FILES, flag=flag)


def _input(item: InputFacts) -> dict[str, Any]:
    return {name: value for name, value in item._asdict().items() if value is not None}
