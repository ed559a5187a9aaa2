"""Checkpoints: `checkpoints/step-00000012/` and the name of the newest in `checkpoints/latest`.

They are written by torch's distributed checkpoint, each process its own share, and read by any number of processes.
They hold no `config.json`: only the folders called `model` are for `transformers` to load.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import torch.distributed as dist
from torch.distributed.checkpoint.api import CheckpointException
from torch.distributed.checkpoint.filesystem import FileSystemWriter
from torch.distributed.checkpoint.state_dict_saver import save

from cscl_data.errors import InputError
from cscl_data.io.atomic import write_json, write_text
from cscl_data.train.contents import Contents
from cscl_data.train.folders import disk_errors, partial_of, write_folder
from cscl_data.train.ranks import ALONE, Ranks
from cscl_data.train.state import TrainState

FOLDER = "checkpoints"


def write_checkpoint(
    run_dir: Path,
    contents: Contents,
    state: TrainState,
    *,
    keep: int,
    ranks: Ranks = ALONE,
    group: dist.ProcessGroup | None = None,
) -> None:
    """Write a checkpoint, all processes together; then move `latest`; then drop the oldest beyond `keep`.

    Raises:
        OutputError: it cannot be written; the last good checkpoint stays in force.
    """
    folder = run_dir / FOLDER
    path = folder / f"step-{state.step:08d}"

    def fill(partial: Path) -> None:
        if ranks.is_first:
            write_json(partial / "state.json", state.document())
        try:
            save(contents, storage_writer=FileSystemWriter(partial), process_group=group, no_dist=ranks.size == 1)
        except CheckpointException as error:
            raise next(iter(error.failures.values()))[0] from error

    if not ranks.is_first:
        with disk_errors(path):
            fill(partial_of(path))
        return
    write_folder(path, fill)
    write_text(folder / "latest", f"{path.name}\n")
    for old in sorted(folder.glob("step-*"))[:-keep]:
        if old != path:
            shutil.rmtree(old, ignore_errors=True)


def latest_checkpoint(run_dir: Path) -> Path | None:
    """Return the folder that `latest` names, None before the first.

    Raises:
        InputError: it names a folder that is not there.
    """
    pointer = run_dir / FOLDER / "latest"
    if not pointer.is_file():
        return None
    path = pointer.parent / pointer.read_text(encoding="utf-8").strip()
    if not path.is_dir():
        raise InputError(f"{pointer}: names {path.name}, which is not there", hint="--overwrite starts anew")
    return path


def read_state(checkpoint: Path) -> TrainState:
    """Read where the run stood."""
    return TrainState.from_document(json.loads((checkpoint / "state.json").read_text(encoding="utf-8")))
