"""What decides the result of `init-embeddings`: settings, inputs with their hashes, and the signature."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cscl_data import __version__
from cscl_data.embeddings import METHODS
from cscl_data.embeddings.ofa import RANK
from cscl_data.io.bitext import Bitext
from cscl_data.io.fingerprints import directory_inputs, file_input, short_digest
from cscl_data.io.hub import HUB, cached_snapshot, snapshot
from cscl_data.io.mono import MonoSpec, MonoText
from cscl_data.io.sources import InputFacts
from cscl_data.pipelines.embeddings.settings import FLAGS, EmbeddingJob, directories_of
from cscl_data.pipelines.settings import bitext_settings, sig_line

COMMAND = "init-embeddings"
_FILES = ("*.safetensors", "*.bin", "*.json", "*.model", "*.txt", "*.jinja", "*.tiktoken")
_PACKAGES = ("torch", "transformers", "tokenizers")
_TEXTS = ("train_vectors", "train_source_vectors", "train_tokenizer")


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
    return {
        "command": COMMAND,
        "settings": json.loads(json.dumps(settings)),
        "sig": _sig(job, inputs),
        "versions": {"cscl-data": __version__, **{name: version(name) for name in _PACKAGES}},
        "seed": job.seed,
        "deterministic": job.numbers.device == "cpu",
        "inputs": [_input(item) for item in inputs],
    }


def _sig(job: EmbeddingJob, inputs: Sequence[InputFacts]) -> str:
    """Return the signature: the method and its own numbers, then the inputs by their hashes."""
    method, numbers, vectors = METHODS[job.method], job.numbers, job.vectors
    near = "source_static" in method.needs
    learned = job.train_vectors or job.train_source_vectors
    return sig_line(
        method=f"{job.method}.{method.version}",
        match=job.match,
        copy=None if job.copy_shared else "none",
        rest=method.rest,
        ridge=(numbers.ridge or None) if job.method == "salt" else None,
        neighbours=f"{numbers.neighbours}/{numbers.temperature:g}" if near else None,
        rank=(job.rank or RANK) if job.method == "ofa" else None,
        mean=job.mean_of if job.method == "mean" else None,
        min_count=job.min_count if job.method == "transtok" else None,
        vectors=f"{vectors.width}/{vectors.epochs}/{vectors.min_count}" if learned else None,
        vocabulary=f"{job.tokenizer_kind}/{job.vocab_size}" if job.vocab_size else None,
        extend=job.extend,
        pair=None if job.bitext is None else f"{job.bitext.src_lang}>{job.bitext.tgt_lang}",
        limit=None if job.bitext is None else job.bitext.limit,
        **{f"{role}_file": short_digest(inputs, role) for role in dict.fromkeys(item.role for item in inputs)},
        seed=job.seed,
    )


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
