"""What is said when memory runs out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from cscl_data.errors import BackendError
from cscl_data.train.config import TrainConfig
from cscl_data.train.ranks import ALONE, Ranks
from cscl_data.train.settings import Settings


@contextmanager
def memory_hints(config: TrainConfig, settings: Settings, ranks: Ranks = ALONE) -> Iterator[None]:
    """Say which option needs less memory when there is none left.

    Raises:
        BackendError: memory ran out.
    """
    try:
        yield
    except (torch.OutOfMemoryError, RuntimeError, MemoryError) as error:
        is_gpu = isinstance(error, torch.OutOfMemoryError)
        if not is_gpu and not isinstance(error, MemoryError) and "can't allocate memory" not in str(error):
            raise
        rows = min(settings.micro_batch, -(-settings.batch_size // ranks.size))
        flags = [f"--micro-batch {rows // 2}"] if rows > 1 else []
        flags += ["--parallel fsdp"] if ranks.size > 1 and config.parallel == "ddp" else []
        flags += [] if config.gradient_checkpointing else ["--gradient-checkpointing"]
        flags += ["--cross-entropy chunked"] if config.cross_entropy == "whole" else []
        flags.append(f"a --context below {settings.context}")
        raise BackendError(f"out of {'GPU memory' if is_gpu else 'memory'}", hint=", or ".join(flags)) from error
