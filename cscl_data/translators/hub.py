"""Translation models from the Hugging Face Hub."""

from __future__ import annotations

from pathlib import Path

from cscl_data.errors import BackendError
from cscl_data.io.hub import snapshot

FLAG = "--model"
_WANTED = ("*.json", "*.txt", "*.spm", "*.model", "model.bin", "README.md")


def fetch(name: str) -> Path:
    """Return the local directory of a Hub model, fetched once into the Hub's own cache.

    Args:
        name: `ORG/NAME` of a repository that holds a CTranslate2 model.

    Raises:
        ConfigError: the name is not of this form.
        BackendError: it holds none, or it cannot be fetched, and no copy is in the cache.
    """
    directory = snapshot(name, _WANTED, flag=FLAG)
    if not (directory / "model.bin").is_file():
        raise BackendError(
            f"--model hub:{name}: holds no CTranslate2 model",
            hint=f"ct2-transformers-converter --model {name} --output_dir {name.split('/')[1]}-ct2",
        )
    return directory
