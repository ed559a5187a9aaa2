"""Directories of the Hugging Face Hub, fetched once into the Hub's own cache."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cscl_data.errors import BackendError, ConfigError

HUB = "hub:"
"""How the name of a model on the Hub begins: `hub:ORG/NAME`."""
_NAME = re.compile(r"[\w.-]+/[\w.-]+")


def check_hub_name(name: str, *, flag: str) -> None:
    """Return quietly if a name has the form ORG/NAME; `flag` is the option it was given to.

    Raises:
        ConfigError: it has not.
    """
    if not _NAME.fullmatch(name):
        raise ConfigError(f"{flag} hub:{name}: expected hub:ORG/NAME")


def snapshot(name: str, patterns: Sequence[str], *, flag: str) -> Path:
    """Return the local directory of a Hub repository; the files that match are fetched where they are not cached.

    Args:
        name: `ORG/NAME`.
        patterns: names of the files wanted, with `*`.
        flag: the option that named it, for messages.

    Raises:
        ConfigError: the name is not of this form.
        BackendError: it cannot be fetched, and no copy is in the cache.
    """
    check_hub_name(name, flag=flag)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, allow_patterns=list(patterns)))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise BackendError(
            f"{flag} hub:{name}: cannot be fetched from the Hub ({first})",
            hint=f"fetch it where there is a network and give {flag} its directory",
        ) from error


def cached_snapshot(name: str, *, flag: str) -> Path | None:
    """Return the cached directory of a Hub repository, fetching nothing; None where there is none.

    Raises:
        ConfigError: the name is not of the form ORG/NAME.
    """
    check_hub_name(name, flag=flag)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (LocalEntryNotFoundError, OSError):
        return None


@contextmanager
def quiet_transformers() -> Iterator[None]:
    """Let `transformers` show neither progress bars nor warnings while it loads and saves."""
    from transformers.utils import logging as hub_logging

    shown = hub_logging.is_progress_bar_enabled()
    before = hub_logging.get_verbosity()
    hub_logging.disable_progress_bar()
    hub_logging.set_verbosity_error()
    try:
        yield
    finally:
        hub_logging.set_verbosity(before)
        if shown:
            hub_logging.enable_progress_bar()
