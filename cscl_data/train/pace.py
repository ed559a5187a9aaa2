"""How fast a run is: the only thing here that looks at the clock."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

_STEPS = 50


class Speed(NamedTuple):
    """Tokens a second, and their arithmetic as a share of what the devices can do (MFU); None where it is not known."""

    tokens_per_s: float | None = None
    mfu: float | None = None


class Pace:
    """Measures the speed over the last 50 steps, with all that happens between them.

    Args:
        flops_per_token: arithmetic of one token.
        peak: what all devices together can do a second, None where it is not known.
        clock: tells seconds.
    """

    def __init__(self, flops_per_token: float, peak: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._share = None if peak is None else flops_per_token / peak
        self._seen: deque[tuple[float, int]] = deque(maxlen=_STEPS + 1)

    def after(self, tokens_seen: int) -> Speed:
        """Note a step and return the speed; it is not known after the first."""
        self._seen.append((self._clock(), tokens_seen))
        (began, before), (now, after) = self._seen[0], self._seen[-1]
        if now <= began:
            return Speed()
        rate = (after - before) / (now - began)
        return Speed(rate, None if self._share is None else rate * self._share)
