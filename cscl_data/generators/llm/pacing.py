"""When the next request may go: the rate asked for, and the pause that a busy server asks for."""

from __future__ import annotations

import threading
import time

LONGEST_WAIT_S = 600.0
"""Longest wait before a repetition, whatever the server asks for (our default)."""


class Pace:
    """Lets threads start their requests one after the other; `stop` wakes all that wait.

    Args:
        per_minute: highest rate of requests; None for any.
        backoff_s: wait before the first repetition, doubled for each further one.
    """

    def __init__(self, per_minute: float | None, backoff_s: float) -> None:
        self._gap_s = 60.0 / per_minute if per_minute else 0.0
        self._backoff_s = backoff_s
        self._next = 0.0
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    @property
    def stopped(self) -> bool:
        """Whether nothing is to be sent any more."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Let no further request go."""
        self._stopped.set()

    def wait(self) -> None:
        """Wait for this thread's turn."""
        with self._lock:
            turn = max(self._next, time.monotonic())
            self._next = turn + self._gap_s
        self._stopped.wait(max(0.0, turn - time.monotonic()))

    def pause(self, tries: int, asked_s: float | None) -> None:
        """Wait before a repetition: as long as the server asks, all requests with it, else ever longer.

        Args:
            tries: how often the request has failed, from 1.
            asked_s: seconds that the server asks for.
        """
        if asked_s is None:
            self._stopped.wait(min(LONGEST_WAIT_S, self._backoff_s * 2 ** (tries - 1)))
            return
        with self._lock:
            self._next = max(self._next, time.monotonic() + min(LONGEST_WAIT_S, asked_s))
