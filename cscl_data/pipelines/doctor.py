"""What is installed, and whether it is what the commands need."""

from __future__ import annotations

import platform
import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from cscl_data.aligners.eflomal_program import PROGRAM
from cscl_data.translators.model_cache import cache_home, cached_models
from cscl_data.translators.shipped import shipped_models

_PACKAGES = {
    # distribution: (licence, what uses it)
    "pyarrow": ("Apache-2.0", "every command"),
    "numpy": ("BSD-3-Clause", "every command"),
    "typer": ("MIT", "every command"),
    "rich": ("MIT", "every command"),
    "pyyaml": ("MIT", "every command"),
    "lemminflect": ("MIT", "make-token-cs, English forms from NIH's SPECIALIST lexicon"),
    "numba": ("BSD-2-Clause", "align --aligner statistical"),
    "spacy": ("MIT", "tokenizer of most languages"),
    "python-mecab-ko": ("BSD-3-Clause", "Korean morphemes"),
    "httpx": ("BSD-3-Clause", "make-token-cs --method llm, an extra"),
    "datasketch": ("MIT", "make-mono --dedup near, an extra"),
    "py3langid": ("BSD-3-Clause", "make-mono --language-id, evaluate model --prompts, an extra"),
    "kiwipiepy": ("Apache-2.0, LGPL-3.0 before 0.24", "--segmenter kiwi, an extra"),
    "lm-eval": ("MIT", "evaluate model --lm-eval, an extra"),
    "peft": ("Apache-2.0", "train --lora, an extra"),
    "tensorboard": ("Apache-2.0", "train --track tensorboard, an extra"),
    "wandb": ("MIT", "train --track wandb, an extra"),
    "gensim": ("LGPL-2.1", "init-embeddings --train-vectors and .bin vectors, an extra"),
    "sudachipy": ("Apache-2.0", "Japanese morphemes"),
    "sudachidict-core": ("Apache-2.0", "Japanese morphemes"),
    "sacremoses": ("MIT", "--tokenizer moses"),
    "simalign": ("MIT", "align --aligner simalign"),
    "ctranslate2": ("MIT", "translate-bundle"),
    "sentencepiece": ("Apache-2.0", "translate-bundle"),
    "sacrebleu": ("Apache-2.0", "evaluate translation, an extra"),
    "torch": ("BSD-3-Clause", "train, simalign"),
    "transformers": ("Apache-2.0", "train, simalign"),
    "tokenizers": ("Apache-2.0", "train"),
    "ray": ("Apache-2.0", "--engine ray, an extra"),
    "fsspec": ("BSD-3-Clause", "input and output behind URLs, an extra"),
    "s3fs": ("BSD-3-Clause", "s3:// paths, an extra"),
    "gcsfs": ("BSD-3-Clause", "gs:// paths, an extra"),
    "matplotlib": ("PSF-like", "inspect --html"),
    "jinja2": ("BSD-3-Clause", "inspect --html"),
}

_PROGRAMS = {
    # name on PATH: (licence, what uses it)
    PROGRAM: ("GPL-3.0", "align --aligner eflomal (optional)"),
}


def check_installation() -> dict[str, Any]:
    """Return what is there: packages and programs with licences, the Python version, the GPU, the models."""
    packages = {
        name: {"version": _version(name), "licence": licence, "for": purpose}
        for name, (licence, purpose) in _PACKAGES.items()
    }
    programs = {
        name: {"path": shutil.which(name), "licence": licence, "for": purpose}
        for name, (licence, purpose) in _PROGRAMS.items()
    }
    found = {"python": platform.python_version(), "packages": packages, "programs": programs}
    return {**found, "gpu": _gpu(), "models": _models(), "cache": _cache()}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _gpu() -> str | None:
    try:
        import torch
    except ImportError:
        return None
    return str(torch.cuda.get_device_name(0)) if torch.cuda.is_available() else None


def _models() -> dict[str, int]:
    return {spec: _size(directory) for spec, directory in shipped_models().items()}


def _cache() -> dict[str, Any]:
    models = cached_models()
    return {"path": str(cache_home()), "models": len(models), "bytes": sum(_size(path) for path in models)}


def _size(directory: Path) -> int:
    return sum(file.stat().st_size for file in directory.rglob("*") if file.is_file())
