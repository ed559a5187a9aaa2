"""What two processes do in `test_ranks.py`; run by torchrun: `-m tests.train.in_ranks FOLDER JOB...`.

FOLDER holds the stages. A job is `NAME:PARALLEL:OBJECTIVE:DTYPE:STEPS`: train FOLDER/NAME until this many more steps
are taken. In a job called `short` the second process runs out of memory after its second step, in one called `full` its
disk is full from the fourth on; in `untracked` the first lacks a module. What a process ends with stands in
`FOLDER/NAME-RANK`. `RANKS_DEVICE` is cpu or cuda.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from cscl_data.errors import CsclError
from cscl_data.train.config import TrainConfig
from tests.train.stage_data import small_config


def config_of(
    folder: Path, name: str, parallel: str = "ddp", objective: str = "causal-lm", dtype: str = "float32"
) -> TrainConfig:
    """A run of two stages, an epoch whose last step is short, and five steps whose rows do not divide by two."""
    stages = [f"one={folder / objective}@1epochs", f"two={folder / objective}@5steps,lr=1e-3"]
    options: dict[str, object] = {"batch_size": 5, "micro_batch": 2, "save_every": 3}
    options |= {"parallel": parallel, "dtype": dtype, "device": os.environ.get("RANKS_DEVICE", "cpu")}
    options |= {"cross_entropy": "chunked"}  # as of a vocabulary of usual size
    if objective == "clo":
        options |= {"objective": "clo", "chat_template": "plain", "context": 128}
    else:
        options |= {"evals": (("dev", folder / "dev"),), "eval_every": 4}
    return small_config(folder / name, stages, **options)


def check_freed() -> None:
    """Refuse to go on with a wrapper of DDP that would be the last to hold its connections: it waits for itself."""
    from torch.nn.parallel import DistributedDataParallel

    if any(isinstance(thing, DistributedDataParallel) for thing in gc.get_objects()):
        raise SystemExit("DDP outlives its run")


def main() -> None:
    folder, rank = Path(sys.argv[1]), int(os.environ["RANK"])
    import torch

    from cscl_data.train.run import run_train
    from cscl_data.train.signals import stop_requests
    from tests.train.test_care import small_files
    from tests.train.test_run import stop_after

    if rank == 0:
        sys.modules["torch.utils.tensorboard"] = None  # as if it were broken
    destroy = torch.distributed.destroy_process_group
    torch.distributed.destroy_process_group = lambda: (check_freed(), destroy())
    disk = ExitStack()
    for job in sys.argv[2:]:
        name, parallel, objective, dtype, steps = job.split(":")
        config = config_of(folder, name, parallel, objective, dtype)
        config = replace(config, track="tensorboard" if name == "untracked" else None)

        def meet(event, name=name, config=config) -> None:
            if (name, rank, event.state.step) == ("short", 1, 2):
                torch.empty(2**52, device=config.device)
            if (name, rank, event.state.step) == ("full", 1, 4):
                disk.enter_context(small_files(1000))

        try:
            # torchrun sends SIGTERM to the others when one ends, as the command line expects
            with stop_requests() as stop:
                enough = stop_after(int(steps))
                run_train(config, on_step=meet, should_stop=lambda stop=stop, enough=enough: stop() | enough())
        except CsclError as error:
            check_freed()
            (folder / f"{name}-{rank}").write_text(f"{type(error).__name__}: {error} ({error.hint})")
            raise SystemExit(error.exit_code) from error


if __name__ == "__main__":
    main()
