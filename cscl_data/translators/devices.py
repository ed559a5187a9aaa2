"""On which devices a translation model runs, and in how many copies."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from cscl_data.errors import BackendError, ConfigError


def parse_device(device: str) -> tuple[str, list[int]]:
    """Read `--device`: `auto`, `cpu`, `cuda`, `cuda:1`, or several GPUs as `cuda:0,1`, each with a copy of the model.

    Returns:
        The kind, and the numbers of the devices: 0 where none is given.

    Raises:
        ConfigError: it is of another form, or names a device twice.
    """
    kind, colon, listed = device.partition(":")
    numbers = listed.split(",") if colon else ["0"]
    named = not colon or (kind == "cuda" and all(number.isdecimal() for number in numbers))
    if kind not in ("auto", "cpu", "cuda") or not named or len(set(numbers)) < len(numbers):
        raise ConfigError(f"--device {device!r}: expected auto, cpu, cuda, cuda:N or cuda:N,M")
    return kind, [int(number) for number in numbers]


def first_device(device: str) -> str:
    """Return the first device that `--device` names, for a model that takes one alone: `cuda:0` of `cuda:0,1`.

    Raises:
        ConfigError: see `parse_device`.
    """
    parse_device(device)
    return device.partition(",")[0]


def open_model(directory: Path, device: str, compute_type: str, inter_threads: int, intra_threads: int) -> Any:
    """Open a CTranslate2 model; the arguments are those of `decoding.Decoder`.

    Raises:
        ConfigError: there is no such device or compute type here.
        BackendError: the directory holds no whole model.
    """
    import ctranslate2

    kind, numbers = parse_device(device)
    n_gpus = 0 if kind == "cpu" else ctranslate2.get_cuda_device_count()
    if kind == "cuda" and n_gpus <= max(numbers):
        raise ConfigError(
            f"--device {device}: CTranslate2 sees no such device", hint="--device auto takes what there is"
        )
    try:
        return ctranslate2.Translator(
            str(directory),
            device=kind,
            device_index=numbers,
            compute_type=compute_type,
            inter_threads=inter_threads or (1 if n_gpus else os.cpu_count() or 1),
            intra_threads=intra_threads,
        )
    except ValueError as error:
        raise ConfigError(f"--compute-type {compute_type}: {error}") from error
    except RuntimeError as error:
        raise BackendError(f"{directory}: CTranslate2 cannot load it ({error})") from error
