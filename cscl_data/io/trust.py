"""Code that a model's directory ships: it runs where the user said so with a flag, and nowhere else."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cscl_data.errors import BackendError
from cscl_data.io.hub import HUB

logger = logging.getLogger(__name__)

FLAG = "--trust-remote-code"
HELP = "Run the code that a model's directory or repository ships, if it does. Read it first: it may do anything."
_VARIABLE = "CSCL_DATA_TRUST_REMOTE_CODE"
_CONFIGS = ("config.json", "tokenizer_config.json")
_warned: set[str] = set()


def trust_code(said: bool) -> None:
    """Let models run code of their own from now on, or not; in this process and those that it starts."""
    os.environ.pop(_VARIABLE, None)
    _warned.clear()
    if said:
        os.environ[_VARIABLE] = "1"


def may_run_code() -> bool:
    """Say whether models may run code of their own."""
    return os.environ.get(_VARIABLE) == "1"


@contextmanager
def code_of(name: str) -> Iterator[bool]:
    """Give what `transformers` is to be told about the code of a model: whether it may run.

    Args:
        name: a directory, or `hub:ORG/NAME`; where its code may run, a warning names it.

    Raises:
        BackendError: it cannot be loaded without its code, which may not run.
    """
    trusted = may_run_code()
    if trusted and name not in _warned and (name.startswith(HUB) or _ships_code(Path(name))):
        _warned.add(name)
        logger.warning("%s: %s, so its own code runs, with all that you may do here", name, FLAG)
    try:
        yield trusted
    except ValueError as error:
        if "trust_remote_code" not in str(error):
            raise
        raise BackendError(
            f"{name}: needs code of its own, which data and models may not run here",
            hint=f"read its .py files; {FLAG} runs them",
        ) from error


def _ships_code(folder: Path) -> bool:
    """Tell whether a model's configuration names code beside it."""
    for config in _CONFIGS:
        try:
            told = json.loads((folder / config).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(told, dict) and told.get("auto_map"):
            return True
    return False
