"""Translation models from the Hugging Face Hub."""

from __future__ import annotations

from pathlib import Path

from cscl_data.errors import BackendError
from cscl_data.io.hub import snapshot
from cscl_data.translators.conversion import is_original

FLAG = "--model"
_SMALL = ("*.json", "*.txt", "*.spm", "*.model", "model.bin", "README.md")
_WEIGHTS = ("*.safetensors", "pytorch_model*.bin")
"""What `transformers` saves weights as; the first that a repository has is fetched."""


def fetch(name: str) -> Path:
    """Return the local directory of a Hub model, fetched once into the Hub's own cache.

    Args:
        name: `ORG/NAME` of a repository that holds a CTranslate2 model or one of `transformers`.

    Raises:
        ConfigError: the name is not of this form.
        BackendError: it holds neither, or it cannot be fetched, and no copy is in the cache.
    """
    directory = snapshot(name, _SMALL, flag=FLAG)
    if (directory / "model.bin").is_file():
        return directory
    for pattern in _WEIGHTS:
        directory = snapshot(name, (*_SMALL, pattern), flag=FLAG)
        if is_original(directory):
            return directory
    raise BackendError(
        f"{FLAG} hub:{name}: holds no translation model of CTranslate2 or transformers, as far as fetched"
    )
