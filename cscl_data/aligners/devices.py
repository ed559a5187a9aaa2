"""Which device and how many threads an encoder gets, in a job of one or of many processes."""

from __future__ import annotations

import multiprocessing
import os

from cscl_data.errors import ConfigError, missing_package


def resolve_device(device: str) -> str:
    """Return `cuda` or `cpu` for `auto`; any other name as it is.

    Raises:
        ConfigError: there is no such device here.
        BackendError: torch is missing.
    """
    if device == "cpu":
        return device
    try:
        import torch
    except ImportError as error:
        raise missing_package("aligner", "simalign", "torch") from error
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, ValueError) as error:
        raise ConfigError(
            f"--device {device}: {(str(error).strip() or 'not available').splitlines()[0]}", hint="give --device cpu"
        ) from error
    return device


def device_of_worker(device: str) -> str:
    """Return the device of this process: workers of a job on `cuda` take the GPUs in turn."""
    device = resolve_device(device)
    if device != "cuda":
        return device
    import torch

    return f"cuda:{_worker_number() % torch.cuda.device_count()}"


def threads_of_worker(workers: int) -> int:
    """Return the cores that each of `workers` processes may use, at least 1."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores // workers)


def _worker_number() -> int:
    """Return the number of a spawned worker, from 0: the engine's processes are named `...-1`, `...-2`, and so on."""
    number = multiprocessing.current_process().name.rpartition("-")[2]
    return int(number) - 1 if number.isdigit() else 0
