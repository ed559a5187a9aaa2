"""The learning rate as a function of where the run stands; nothing here remembers anything."""

from __future__ import annotations

import math
from typing import NamedTuple


class Schedule(NamedTuple):
    """Peak rate, warm-up (a share below 1, else steps) and the last rate over the peak."""

    peak: float
    warmup: float
    min_ratio: float


def learning_rate(schedule: Schedule, *, step: int, share: float) -> float:
    """Return the rate of one step: up in a line, then down along a cosine to `min_ratio * peak`.

    Args:
        schedule: its shape.
        step: 1-based number of the step that is about to be taken.
        share: how much of the stage (or run) is spent once that step is taken, in [0, 1]; more counts as 1.

    Source:
        macaroni-2026: cosine with a minimum, warm-up ratio 0.01. Deviations: the share is of tokens (or steps, or
        rows) and not of steps alone, since a stage's length may be given in each.
    """
    share = min(share, 1.0)
    if schedule.warmup >= 1:
        risen, start = step / schedule.warmup, 0.0
    else:
        risen, start = (share / schedule.warmup if schedule.warmup else 1.0), schedule.warmup
    if risen < 1:
        return schedule.peak * risen
    fallen = (share - start) / (1 - start)
    cosine = 0.5 * (1 + math.cos(math.pi * fallen))
    return schedule.peak * (schedule.min_ratio + (1 - schedule.min_ratio) * cosine)
