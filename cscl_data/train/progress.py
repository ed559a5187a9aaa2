"""A progress bar on a terminal; nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cscl_data.io.telling import is_quiet
from cscl_data.train.ranks import is_first_process

if TYPE_CHECKING:
    from cscl_data.train.loop import OnStep, StepEvent
    from cscl_data.train.pace import Speed


@contextmanager
def progress_bar() -> Iterator[OnStep]:
    """Give what `run_train` calls after each step: one bar a stage on standard error, if that is a terminal."""
    if is_quiet() or not (sys.stderr.isatty() and is_first_process()):
        yield lambda event: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    bars: dict[str, TaskID] = {}

    with Progress(*columns, TextColumn("{task.fields[facts]}"), console=Console(stderr=True)) as progress:

        def on_step(event: StepEvent) -> None:
            if event.stage not in bars:
                bars[event.stage] = progress.add_task(event.stage, total=1.0, facts="")
            facts = f"step {event.state.step}  loss {event.loss:.3f}  {told(event.speed)}"
            progress.update(bars[event.stage], completed=min(event.share, 1.0), facts=facts)

        yield on_step


def told(speed: Speed) -> str:
    """Return a speed as words, as far as it is known."""
    if speed.tokens_per_s is None:
        return ""
    share = "" if speed.mfu is None else f"  MFU {100 * speed.mfu:.0f} %"
    return f"{speed.tokens_per_s:,.0f} tokens/s{share}"
