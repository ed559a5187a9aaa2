"""What is shown while a run goes on: bars on a terminal, elsewhere a line for each tenth."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from cscl_data.io.telling import is_quiet, tell
from cscl_data.train.ranks import is_first_process

if TYPE_CHECKING:
    from cscl_data.train.loop import OnStep, StepEvent
    from cscl_data.train.pace import Speed
    from cscl_data.train.references import OnReference, ReferenceEvent

Show = Callable[[str, float, str], None]
"""Takes what is worked on, which share of it is done, and facts."""


class Watchers(NamedTuple):
    """What `run_train` calls: after each step, and after each forward pass of the start model."""

    on_step: OnStep
    on_reference: OnReference


@contextmanager
def progress_shown() -> Iterator[Watchers]:
    """Show progress on standard error while the block runs; with `--quiet`, and in further processes, not at all."""
    if is_quiet() or not is_first_process():
        yield watchers(lambda name, share, facts: None, say=lambda text: None)
    elif not sys.stderr.isatty():
        yield watchers(tenths())
    else:
        with _bars() as show:
            yield watchers(show)


def watchers(show: Show, *, say: Callable[[str], None] = tell) -> Watchers:
    """Return what tells `show` of events, and `say` of losses on the evaluation sets."""

    def on_step(event: StepEvent) -> None:
        if event.measured:
            losses = ", ".join(f"{name} {loss:.4f}" for name, loss in event.measured.items())
            say(f"{event.stage}, step {event.state.step}: nats a target on --eval {losses}")
        show(event.stage, event.share, f"step {event.state.step}  loss {event.loss:.3f}  {told(event.speed)}".rstrip())

    def on_reference(event: ReferenceEvent) -> None:
        facts = f"{event.rows} of {event.of_rows} preferences"
        show(f"{event.stage}: start model", event.rows / event.of_rows, facts)

    return Watchers(on_step, on_reference)


def tenths() -> Show:
    """Return what prints a line when another tenth of something is done."""
    last: dict[str, int] = {}

    def show(name: str, share: float, facts: str) -> None:
        tenth = int(10 * min(share, 1.0))
        if tenth > last.get(name, 0):
            last[name] = tenth
            tell(f"{name}: {100 * min(share, 1.0):.0f} %  {facts}")

    return show


@contextmanager
def _bars() -> Iterator[Show]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

    # narrow enough that 80 columns hold the time that is left and the facts
    columns = (TextColumn("{task.description}"), BarColumn(16), TaskProgressColumn(), TimeRemainingColumn())
    bars: dict[str, TaskID] = {}

    with Progress(*columns, TextColumn("{task.fields[facts]}"), console=Console(stderr=True)) as progress:

        def show(name: str, share: float, facts: str) -> None:
            if name not in bars:
                bars[name] = progress.add_task(name, total=1.0, facts="")
            progress.update(bars[name], completed=min(share, 1.0), facts=facts)

        yield show


def told(speed: Speed) -> str:
    """Return a speed as words, as far as it is known."""
    if speed.tokens_per_s is None:
        return ""
    share = "" if speed.mfu is None else f"  MFU {100 * speed.mfu:.0f} %"
    return f"{speed.tokens_per_s:,.0f} tokens/s{share}"
