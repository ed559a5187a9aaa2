"""Where the numbers of a run go: its log, the log of its speed, and a tracker if one is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cscl_data.train.pace import Speed
from cscl_data.train.rundir import LOG, SPEED, RunLog
from cscl_data.train.trackers import TRACKERS, Tracker


class Metrics:
    """Writes `log.jsonl`, in which nothing depends on the clock, and `speed.jsonl`, and tells a tracker both.

    Args:
        out: the run's directory; None keeps nothing.
        step: the last step that counts; lines of later ones are cut off.
        track: a tracker's name, None for none.
        settings: shown by the tracker.
    """

    def __init__(self, out: Path | None, *, step: int, track: str | None, settings: dict[str, Any]) -> None:
        self._tracker: Tracker | None = TRACKERS[track](out, step, settings) if out and track else None
        self._log = RunLog(out / LOG if out else None, step=step)
        self._speed = RunLog(out / SPEED if out else None, step=step)

    def write(self, entry: dict[str, Any], speed: Speed) -> None:
        """Note a step: a line of the log, and how fast it was."""
        self._log.write(entry)
        self._speed.write({"step": entry["step"], **speed._asdict()})
        if self._tracker is None:
            return
        numbers = {**entry, **speed._asdict(), **{f"eval/{name}": loss for name, loss in entry.get("eval", {}).items()}}
        shown = {name: value for name, value in numbers.items() if isinstance(value, int | float) and name != "step"}
        self._tracker.write(entry["step"], shown)

    def sync(self) -> None:
        """Make sure that all lines are on the disk, before a checkpoint relies on them."""
        self._log.sync()
        self._speed.sync()

    def close(self) -> None:
        """Close the files, and let the tracker hand over what it has."""
        self._log.close()
        self._speed.close()
        if self._tracker is not None:
            self._tracker.close()
