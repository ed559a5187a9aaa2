"""Programs that draw a run while it goes on, each behind its own extra: TensorBoard, Weights & Biases."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from cscl_data.errors import missing_package
from cscl_data.io.atomic import write_text
from cscl_data.io.claim import STATE
from cscl_data.train.rundir import TENSORBOARD


class Tracker(Protocol):
    """What is told numbers by name."""

    def write(self, step: int, numbers: dict[str, float]) -> None:
        """Show numbers of a step."""
        ...

    def close(self) -> None:
        """Hand over what is not yet shown."""
        ...


class TensorBoard:
    """Writes event files into `tensorboard/`.

    Args:
        out: the run's directory.
        step: the last step that counts; what a killed run wrote of later ones is hidden.
        settings: not shown.
    """

    def __init__(self, out: Path, step: int, settings: dict[str, Any]) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self._writer = SummaryWriter(str(out / TENSORBOARD), purge_step=step + 1 if step else None)

    def write(self, step: int, numbers: dict[str, float]) -> None:
        """Show numbers of a step."""
        for name, value in numbers.items():
            self._writer.add_scalar(name, value, step)

    def close(self) -> None:
        """Write what is left."""
        self._writer.close()


class WeightsAndBiases:
    """Sends to the project `cscl-data`, or to what `wandb`'s own environment names (`WANDB_MODE=offline` to none).

    Args:
        out: the run's directory; its name is the run's, and what goes on there goes on in the same run.
        step: the last step that counts; of steps it has seen, wandb keeps the first word.
        settings: shown beside the run.
    """

    def __init__(self, out: Path, step: int, settings: dict[str, Any]) -> None:
        import wandb

        note = out / STATE / "wandb"
        known = note.read_text(encoding="utf-8") if note.is_file() else None
        self._run = wandb.init(
            project=None if "WANDB_PROJECT" in os.environ else "cscl-data",
            name=out.resolve().name,
            dir=str(out),
            id=known,
            resume="allow",
            config=settings,
        )
        write_text(note, self._run.id)

    def write(self, step: int, numbers: dict[str, float]) -> None:
        """Show numbers of a step."""
        self._run.log(numbers, step=step)

    def close(self) -> None:
        """Hand over what is left."""
        self._run.finish()


TRACKERS: dict[str, Callable[[Path, int, dict[str, Any]], Tracker]] = {
    "tensorboard": TensorBoard,
    "wandb": WeightsAndBiases,
}
"""Trackers by name."""


def check_tracker(name: str | None) -> None:
    """Refuse a tracker whose package is missing, before a run hashes its data and loads its model.

    Raises:
        BackendError: it is not installed.
    """
    if name is not None and find_spec(name) is None:
        raise missing_package("tracker", name, name, name)
