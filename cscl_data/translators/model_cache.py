"""The cache of converted translation models: each is converted once, and found again by its weights."""

from __future__ import annotations

import logging
import os
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from threading import Lock

from cscl_data.io.shards import file_facts
from cscl_data.translators.conversion import MARKER, convert, is_whole, quantization_for, weight_files

logger = logging.getLogger(__name__)

_ONE_AT_A_TIME = Lock()
"""transformers cannot load two models in two threads."""
_DECIDING = ("config.json", "generation_config.json", "tokenizer*.json", "vocab*.json", "*.spm", "*.model")


def cache_home() -> Path:
    """Return where converted models are kept: `cscl-data/models` under XDG_CACHE_HOME, or under ~/.cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cscl-data" / "models"


def converted(source: Path, *, name: str, device: str, compute_type: str) -> Path:
    """Return the conversion of a `transformers` directory; made where there is none, or a damaged one.

    Args:
        source: the directory.
        name: what messages call the model: a path, or `hub:ORG/NAME`.
        device: `auto`, `cpu`, `cuda`, `cuda:1` or `cuda:0,1`.
        compute_type: as CTranslate2 names them, or `auto`.

    Raises:
        ConfigError: there is no such compute type.
        BackendError: it cannot be converted, or the conversion does not agree; see `conversion.convert`.
        OutputError: the cache cannot be written.
        InputError: the directory cannot be read.
    """
    place = _place(source, device, compute_type)
    with _ONE_AT_A_TIME:
        if _checked(place):
            return place
        logger.info("%s: converted for CTranslate2, once; kept in %s", name, place)
        convert(
            source,
            place,
            name=name,
            quantization=quantization_for(device, compute_type),
            device=device,
            compute_type=compute_type,
        )
        return place


def found_conversion(source: Path, *, device: str, compute_type: str) -> Path | None:
    """Return the conversion that the cache holds of a `transformers` directory, or None; converts nothing.

    Raises:
        ConfigError: there is no such compute type.
        InputError: the directory cannot be read.
    """
    place = _place(source, device, compute_type)
    return place if _checked(place) else None


def cached_models() -> list[Path]:
    """Return the directories of all conversions in the cache, by name."""
    return sorted(marker.parent for marker in cache_home().glob(f"[!.]*/{MARKER}"))


def _place(source: Path, device: str, compute_type: str) -> Path:
    named = [path for pattern in _DECIDING for path in source.glob(pattern) if path.is_file()]
    digest = sha256()
    for path in sorted({*weight_files(source), *named}):
        digest.update(f"{path.name}\0{_sha256(path, *_stamp(path))}\n".encode())
    kept = quantization_for(device, compute_type)
    checked = "" if compute_type in ("auto", kept) else f"-{compute_type}"
    return cache_home() / f"{digest.hexdigest()[:32]}-{version('ctranslate2')}-{kept}{checked}"


def _checked(place: Path) -> bool:
    """Tell whether a conversion is whole; its files are read once as long as they stay as they are."""
    try:
        stamps = tuple((path.name, *_stamp(path)) for path in sorted(place.iterdir()))
    except OSError:
        return False
    return _is_whole(place, stamps)


@lru_cache(maxsize=16)
def _is_whole(place: Path, stamps: tuple[tuple[str, int, int], ...]) -> bool:
    return bool(stamps) and is_whole(place)


@lru_cache(maxsize=256)
def _sha256(path: Path, size: int, changed: int) -> str:
    return file_facts(path)[1]


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns
