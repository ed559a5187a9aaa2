"""What the files of a tokenizer tell before it is loaded. Nothing here imports transformers or torch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cscl_data.errors import BackendError
from cscl_data.io.hub import HUB, cached_snapshot
from cscl_data.train.config import TrainConfig
from cscl_data.train.speech import default_of

HINT = "--tokenizer DIR"
_VOCABULARIES = ("tokenizer.json", "vocab*", "*.model", "*.tiktoken", "tekken.json")
_SETTINGS = "tokenizer_config.json"
_TEMPLATE = "chat_template.jinja"


def tokenizer_folder(config: TrainConfig) -> Path | None:
    """Return where a run's tokenizer lies; None where it is trained, or on the Hub and not fetched yet.

    Raises:
        BackendError: the directory holds none.
        ConfigError: the name is not hub:ORG/NAME.
    """
    if config.is_preset and config.tokenizer is None:
        return None
    name = config.tokenizer or config.model
    if name.startswith(HUB):
        return cached_snapshot(name.removeprefix(HUB), flag="--tokenizer" if config.tokenizer else "--model")
    check_vocabulary(name)
    return Path(name) if Path(name).is_dir() else None


def check_vocabulary(name: str) -> None:
    """Refuse a directory without a vocabulary.

    Raises:
        BackendError: there is none.
    """
    folder = Path(name)
    if folder.is_dir() and not any(path for pattern in _VOCABULARIES for path in folder.glob(pattern)):
        raise BackendError(f"{name}: no tokenizer in this directory", hint=HINT)


def read_settings(folder: Path) -> dict[str, Any]:
    """Read `tokenizer_config.json`; empty where there is none that can be read."""
    try:
        told = json.loads((folder / _SETTINGS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def written_template(folder: Path) -> str | None:
    """Return the chat template among a tokenizer's files, as `transformers` finds it; None if there is none."""
    try:
        return (folder / _TEMPLATE).read_text(encoding="utf-8") or None
    except (OSError, UnicodeDecodeError):
        pass
    template = read_settings(folder).get("chat_template")
    if isinstance(template, list):
        template = {entry.get("name"): entry.get("template") for entry in template if isinstance(entry, dict)}
    return default_of(template)


def core_of(folder: Path) -> str | None:
    """Return a fast tokenizer as JSON, None where there is none."""
    try:
        return (folder / "tokenizer.json").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def named_token(settings: dict[str, Any], key: str) -> str | None:
    """Return a special token of `tokenizer_config.json`, such as `bos_token`."""
    token = settings.get(key)
    if isinstance(token, dict):
        token = token.get("content")
    return token if isinstance(token, str) and token else None
