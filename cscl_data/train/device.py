"""Where a run computes, and in which arithmetic."""

from __future__ import annotations

import os

import torch

from cscl_data.errors import BackendError

_DTYPES = {"float32": None, "bfloat16": torch.bfloat16}


def pick_device(name: str) -> torch.device:
    """Return the device called `cpu` or `cuda`; `auto` is CUDA where there is one.

    Of processes that `torchrun` started, each has the GPU with its own number on the machine.

    Raises:
        BackendError: CUDA was asked for and there is none.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise BackendError("device 'cuda': torch sees no CUDA device", hint="--device cpu")
    local = os.environ.get("LOCAL_RANK")
    return torch.device(name) if name == "cpu" or local is None else torch.device(name, int(local))


def pick_dtype(name: str, device: torch.device) -> str:
    """Return `float32` or `bfloat16`; `auto` is bfloat16 on a CUDA device that has it, else float32."""
    if name != "auto":
        return name
    return "bfloat16" if device.type == "cuda" and torch.cuda.is_bf16_supported() else "float32"


def autocast_dtype(dtype: str) -> torch.dtype | None:
    """Return the arithmetic of forward passes, None for that of the float32 weights."""
    return _DTYPES[dtype]


def device_memory(device: torch.device) -> int | None:
    """Return the bytes of a GPU; None on a CPU."""
    return None if device.type == "cpu" else int(torch.cuda.get_device_properties(device).total_memory)
