"""A progress bar on a terminal; nothing elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cscl_data.train.ranks import is_first_process

if TYPE_CHECKING:
    from cscl_data.train.loop import OnStep, StepEvent


@contextmanager
def progress_bar() -> Iterator[OnStep]:
    """Give what `run_train` calls after each step: one bar a stage on standard error, if that is a terminal."""
    if not (sys.stderr.isatty() and is_first_process()):
        yield lambda event: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    bars: dict[str, TaskID] = {}
    latest: list[tuple[float, int]] = []

    with Progress(*columns, TextColumn("{task.fields[facts]}"), console=Console(stderr=True)) as progress:

        def on_step(event: StepEvent) -> None:
            if event.stage not in bars:
                bars[event.stage] = progress.add_task(event.stage, total=1.0, facts="")
            latest.append((time.monotonic(), event.state.tokens_seen))
            del latest[:-50]
            seconds = latest[-1][0] - latest[0][0]
            rate = f"{(latest[-1][1] - latest[0][1]) / seconds:,.0f} tokens/s" if seconds else ""
            facts = f"step {event.state.step}  loss {event.loss:.3f}  {rate}"
            progress.update(bars[event.stage], completed=min(event.share, 1.0), facts=facts)

        yield on_step
