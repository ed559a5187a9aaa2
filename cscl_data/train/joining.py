"""How a process joins those that `torchrun` started beside it, and how none waits for one that failed.

A process that fails says why in the store through which all found each other, then ends. The others learn it when the
call that waits for it breaks off (gloo), or, where such a call never returns (NCCL), from a thread that looks there.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count

import torch
import torch.distributed as dist
from torch.distributed.distributed_c10d import PrefixStore, Store
from torch.distributed.rendezvous import rendezvous

from cscl_data import errors
from cscl_data.errors import BackendError, CsclError
from cscl_data.train.ranks import ALONE, Ranks
from cscl_data.train.signals import Stopped

logger = logging.getLogger(__name__)

PATIENCE = timedelta(hours=2)
"""How long a process waits for the others: the first one may hash terabytes of shards meanwhile (our default)."""
GRACE_S = 10.0
"""How long a process may take to notice by itself that another one failed (our default)."""
_FAILED = "failed"
_RUNS = count()


@contextmanager
def joined(device: torch.device) -> Iterator[Ranks]:
    """Join the processes that `torchrun`'s environment tells of; without it this process is alone.

    Args:
        device: where this process computes.

    Raises:
        CsclError: what another process failed with, or that it ended without a word.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield ALONE
        return
    found, rank, size = next(rendezvous("env://", timeout=PATIENCE))
    store = PrefixStore(f"cscl-data/{next(_RUNS)}", found)  # a second run here meets no word of the first
    ranks = Ranks(rank=rank, size=size, local=int(os.environ.get("LOCAL_RANK", rank)))
    backend = "gloo"
    if device.type == "cuda":
        torch.cuda.set_device(device)
        backend = "cpu:gloo,cuda:nccl"
    dist.init_process_group(backend, store=store, rank=rank, world_size=size, timeout=PATIENCE)
    alarm = Alarm(store, ranks)
    if not ranks.is_first:
        logging.getLogger("cscl_data").setLevel(logging.ERROR)  # the first one says what concerns all
    try:
        yield ranks
        ranks.wait()
    except Exception as error:
        cause = alarm.tell(error)
        _let_go(error)
        if cause is None:
            raise
        raise cause from error
    alarm.close()
    _let_go(None)
    dist.destroy_process_group()


def _let_go(error: BaseException | None) -> None:
    """Free the model before the connections: DDP, were it the last to hold them, would wait for itself for ever."""
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__
    gc.collect()


class Alarm:
    """Tells the other processes why this one ends, and ends this one if another failed and it does not notice.

    Args:
        store: shared by all processes.
        ranks: they.
    """

    def __init__(self, store: Store, ranks: Ranks) -> None:
        # a connection of its own: that of the main thread may be waiting
        self._store = store.clone()  # type: ignore[attr-defined] # torch does not declare it
        self._ranks = ranks
        self._over = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def tell(self, error: Exception) -> CsclError | None:
        """Say that this process ends for this reason; return the reason that came first if it was another one."""
        own = error if isinstance(error, CsclError) else _named(error, self._ranks.rank)
        try:
            first = self._store.compare_set(_FAILED, "", _written(own, self._ranks.rank))
        except RuntimeError:  # the store is gone, with the process that kept it
            return None if own is error else own
        rank, cause = _read(first)
        self.close()
        if rank == self._ranks.rank:
            return own if _is_silence(error) else None
        return cause

    def close(self) -> None:
        """Look no more."""
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(1.0):
            try:
                if not self._store.check([_FAILED]):
                    continue
                rank, cause = _read(self._store.get(_FAILED))
            except RuntimeError:  # the store is gone: the run is over
                return
            if rank != self._ranks.rank and not self._over.wait(GRACE_S):
                logger.error("error: process %d: %s", rank, cause)
                os._exit(cause.exit_code)  # the main thread hangs in a call that cannot be broken off
            return


def _named(error: Exception, rank: int) -> CsclError:
    if _is_silence(error):
        return BackendError(
            "another process of this run ended without a word (killed, or short of memory?)",
            hint="the same command goes on from the last checkpoint",
        )
    return BackendError(f"process {rank} failed: {type(error).__name__}: {error}")


def _is_silence(error: Exception) -> bool:
    """Say whether an error is a connection that broke off, which says nothing of the reason."""
    told = isinstance(error, dist.DistError) or "gloo" in str(error)
    return isinstance(error, RuntimeError) and told


def _written(error: CsclError, rank: int) -> str:
    return json.dumps([rank, type(error).__name__, error.message, error.hint])


def _read(text: bytes) -> tuple[int, CsclError]:
    rank, name, message, hint = json.loads(text)
    kind = Stopped if name == Stopped.__name__ else getattr(errors, name, BackendError)
    return rank, kind(message, hint=hint)
