"""A process that waits for another one that failed."""

from __future__ import annotations

import subprocess
import sys

WAITING = """
from torch.distributed import PrefixStore, TCPStore
from cscl_data.train import joining
from cscl_data.train.ranks import Ranks

joining.GRACE_S = 0.1
store = PrefixStore("run", TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False))
joining.Alarm(store, Ranks(rank=1, size=2))
store.set("failed", '[0, "OutputError", "the disk is full", ""]')
store.get("never")  # as where connections are made, which the other process was to answer
"""


def test_process_that_waits_in_the_store_ends_when_another_one_failed():
    """Found when the first process lacked a tracker: its twin waited until torchrun killed it, half a minute later."""
    done = subprocess.run([sys.executable, "-c", WAITING], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 4, done.stderr
    assert "process 0: the disk is full" in done.stderr
