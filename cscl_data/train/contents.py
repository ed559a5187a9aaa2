"""What stands in a checkpoint: weights, optimizer, random numbers, copied from a run and put back into one.

A tensor of which each process has a share stays one, so that any number of processes can read it.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import torch
from torch.distributed.checkpoint.filesystem import FileSystemReader
from torch.distributed.checkpoint.state_dict_loader import load

from cscl_data.train.ranks import ALONE, Ranks

Contents = dict[str, dict[str, Any]]
"""Tensors by part (`weights`, `optimizer`, `random`) and name."""

warnings.filterwarnings("ignore", "torch.distributed is disabled", UserWarning)  # one process is what we mean


def contents_of(model: Any, optimizer: torch.optim.Optimizer, ranks: Ranks = ALONE) -> Contents:
    """Copy to the CPU what going on needs: weights, optimizer, random numbers of this process."""
    slots = optimizer.state_dict()["state"]
    return {
        "weights": {name: _copied(tensor) for name, tensor in _weights(model).items()},
        "optimizer": {f"{i}.{key}": _copied(value) for i, slot in slots.items() for key, value in slot.items()},
        "random": {f"{ranks.rank}.{key}": value for key, value in _random_states(optimizer).items()},
    }


def load_weights(checkpoint: Path, model: Any, ranks: Ranks = ALONE) -> None:
    """Put the checkpoint's weights into the model."""
    _read(checkpoint, {"weights": _weights(model)}, ranks)


def load_optimizer(checkpoint: Path, optimizer: torch.optim.Optimizer, ranks: Ranks = ALONE) -> None:
    """Put the checkpoint's optimizer state and this process's random numbers back.

    A process that the checkpoint does not know keeps the random numbers it has.
    """
    known = FileSystemReader(checkpoint).read_metadata().state_dict_metadata
    weights = _trained(optimizer)
    slots: dict[int, dict[str, torch.Tensor]] = {}
    for name in (key.removeprefix("optimizer.") for key in known if key.startswith("optimizer.")):
        number, _, slot = name.partition(".")
        empty = torch.zeros(()) if slot == "step" else torch.zeros_like(weights[int(number)])
        slots.setdefault(int(number), {})[slot] = empty.detach()
    states = {key: value for key, value in _random_states(optimizer).items() if f"random.{ranks.rank}.{key}" in known}
    named = {f"{i}.{key}": value for i, slot in slots.items() for key, value in slot.items()}
    numbers = {f"{ranks.rank}.{key}": value for key, value in states.items()}
    _read(checkpoint, {"optimizer": named, "random": numbers}, ranks)
    optimizer.load_state_dict({**optimizer.state_dict(), "state": slots})
    if "cpu" in states:
        torch.set_rng_state(states["cpu"])
    if "cuda" in states:
        torch.cuda.set_rng_state(states["cuda"], weights[0].device)


def _read(checkpoint: Path, contents: Contents, ranks: Ranks) -> None:
    load(contents, storage_reader=FileSystemReader(checkpoint), no_dist=ranks.size == 1)


def _weights(model: Any) -> dict[str, torch.Tensor]:
    """Return the weights and what else a model keeps by name, tied ones once."""
    once = {id(tensor): (name, tensor) for name, tensor in reversed(model.state_dict(keep_vars=True).items())}
    return {name: tensor.detach() for name, tensor in once.values()}


def _copied(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.detach().to("cpu", copy=True)


def _trained(optimizer: torch.optim.Optimizer) -> list[torch.Tensor]:
    return [weight for group in optimizer.param_groups for weight in group["params"]]


def _random_states(optimizer: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
    states = {"cpu": torch.get_rng_state()}
    device = _trained(optimizer)[0].device
    return states if device.type != "cuda" else {**states, "cuda": torch.cuda.get_rng_state(device)}
