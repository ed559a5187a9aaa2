"""SIGTERM and Ctrl-C as a wish that the loop grants between two steps."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class StopRequest:
    """Remembers the first signal; `exit_code` is the shell's for it."""

    def __init__(self) -> None:
        self._signum: int | None = None

    def __call__(self) -> bool:
        """Say whether a signal came."""
        return self._signum is not None

    @property
    def exit_code(self) -> int:
        """128 + the signal's number, 0 if none came."""
        return 0 if self._signum is None else 128 + self._signum

    def note(self, signum: int, frame: FrameType | None) -> None:
        """Handle a signal; a second one of its kind acts as usual."""
        self._signum = signum
        signal.signal(signum, signal.default_int_handler if signum == signal.SIGINT else signal.SIG_DFL)


@contextmanager
def stop_requests() -> Iterator[StopRequest]:
    """Listen for SIGTERM and SIGINT while the block runs."""
    request = StopRequest()
    before = {signum: signal.signal(signum, request.note) for signum in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield request
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)
