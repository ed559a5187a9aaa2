"""Models from the Hugging Face Hub."""

from __future__ import annotations

import re
from pathlib import Path

from cscl_data.errors import BackendError, ConfigError

_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_WANTED = ("*.json", "*.txt", "*.spm", "*.model", "model.bin")


def check_name(name: str) -> None:
    """Return quietly if a name has the form ORG/NAME.

    Raises:
        ConfigError: it has not.
    """
    if not _NAME.fullmatch(name):
        raise ConfigError(f"--model hub:{name}: expected hub:ORG/NAME")


def fetch(name: str) -> Path:
    """Return the local directory of a Hub model, fetched once into the Hub's own cache.

    Args:
        name: `ORG/NAME` of a repository that holds a CTranslate2 model.

    Raises:
        ConfigError: the name is not of this form.
        BackendError: it holds none, or it cannot be fetched, and no copy is in the cache.
    """
    check_name(name)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        directory = Path(snapshot_download(name, allow_patterns=list(_WANTED)))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise BackendError(
            f"--model hub:{name}: cannot be fetched from the Hub ({first})",
            hint="fetch it where there is a network and give --model its directory",
        ) from error
    if not (directory / "model.bin").is_file():
        raise BackendError(
            f"--model hub:{name}: holds no CTranslate2 model",
            hint=f"ct2-transformers-converter --model {name} --output_dir {name.split('/')[1]}-ct2",
        )
    return directory
