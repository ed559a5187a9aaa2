"""A model that several processes train: whole in each (DDP), or a share of it in each (FSDP2)."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, MixedPrecisionPolicy, fully_shard
from torch.distributed.tensor import DTensor
from torch.nn.parallel import DistributedDataParallel

from cscl_data.train.learner import Learner
from cscl_data.train.ranks import Ranks


def spread(
    learner: Learner, ranks: Ranks, how: str, *, device: torch.device, autocast: torch.dtype | None
) -> torch.nn.Module:
    """Return what a step calls in place of the learner; the parameters stay those of the learner.

    Args:
        learner: on its device; for `fsdp` it may still be on the CPU, and its parameters are replaced by shares.
        ranks: the processes.
        how: `ddp` or `fsdp`.
        device: where this process computes.
        autocast: arithmetic of forward passes; the layers' weights are exchanged in it, gradients in float32.
    """
    if ranks.size == 1:
        return learner
    if how == "ddp":
        return DistributedDataParallel(learner, gradient_as_bucket_view=True)
    mesh = init_device_mesh(device.type, (ranks.size,))
    # inputs are not cast: log-probabilities of the start model stand among them
    narrow = MixedPrecisionPolicy(param_dtype=autocast, reduce_dtype=torch.float32, cast_forward_inputs=False)
    for layer in layers_of(learner.model):
        fully_shard(layer, mesh=mesh, mp_policy=narrow)
    # what is left (embedding, head) stays in float32: the head's gradient is summed over chunks
    fully_shard(learner, mesh=mesh, mp_policy=MixedPrecisionPolicy(cast_forward_inputs=False))
    return learner


def kept_weights(module: torch.nn.Module) -> list[torch.nn.Parameter]:
    """Return the parameters that live from step to step: of `fsdp`, this process's shares.

    A forward pass without a backward one leaves whole ones in the place of some, which no step would change.
    """
    if isinstance(module, FSDPModule):
        module.reshard()
    return list(module.parameters())


def layers_of(model: Any) -> list[torch.nn.Module]:
    """Return a decoder's layers: the longest list of modules in it."""
    lists = [module for module in model.modules() if isinstance(module, torch.nn.ModuleList)]
    return max((list(modules) for modules in lists), key=len, default=[])


def gradients_kept_here(module: torch.nn.Module, *, unless: bool) -> AbstractContextManager[None]:
    """Let a backward pass of DDP leave the gradients where they are; the last of a step exchanges them all."""
    if unless or not isinstance(module, DistributedDataParallel):
        return nullcontext()
    return module.no_sync()


def add_up(tensor: Tensor, ranks: Ranks) -> Tensor:
    """Return the sum of all processes' tensors, which replaces this one's."""
    if ranks.size > 1:
        torch.distributed.all_reduce(tensor)
    return tensor


def whole(tensor: Tensor) -> Tensor:
    """Return a tensor without gradient, and put one together of which each process has a share."""
    tensor = tensor.detach()
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def whole_weights(model: Any, ranks: Ranks) -> dict[str, Tensor] | None:
    """Return all weights by name, on the CPU, in the first process; None elsewhere, and where no process has a share.

    Weights that are tied stay one tensor.
    """
    found = model.state_dict(keep_vars=True)
    if not any(isinstance(tensor, DTensor) for tensor in found.values()):
        return None
    joined: dict[int, Tensor] = {}
    for tensor in found.values():
        if id(tensor) not in joined:
            one = whole(tensor)
            joined[id(tensor)] = one.cpu() if ranks.is_first else one.new_empty(0)
    return {name: joined[id(tensor)] for name, tensor in found.items()} if ranks.is_first else None
