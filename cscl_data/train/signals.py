"""SIGTERM and Ctrl-C as a wish that the loop grants between two steps; before there is one to ask, they end the run."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from cscl_data.errors import CsclError


class Stopped(CsclError):
    """A signal came while there was nothing to save yet; what is whole is kept."""

    exit_code = 128 + signal.SIGTERM


class StopRequest:
    """Remembers the first signal; `exit_code` is the shell's for it."""

    def __init__(self) -> None:
        self._signum: int | None = None
        self._is_asked = False

    def __call__(self) -> bool:
        """Say whether a signal came. From the first question on, a signal only sets what is answered here."""
        self._is_asked = True
        return self._signum is not None

    @property
    def exit_code(self) -> int:
        """128 + the signal's number, 0 if none came."""
        return 0 if self._signum is None else 128 + self._signum

    def note(self, signum: int, frame: FrameType | None) -> None:
        """Handle a signal; a second one of its kind acts as usual.

        Raises:
            Stopped: nobody has asked yet, and no other error is on its way.
        """
        self._signum = signum
        signal.signal(signum, signal.default_int_handler if signum == signal.SIGINT else signal.SIG_DFL)
        if not self._is_asked and sys.exc_info()[0] is None:
            raise Stopped("stopped before the first step")


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
