"""A figure over several seeds: its mean, how far the seeds lie apart, and how many there are."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple


class Spread(NamedTuple):
    """A figure over seeds.

    Attributes:
        mean: over the seeds.
        sd: standard deviation of the sample (n - 1); None for one seed.
        values: of each seed, in the order given.
    """

    mean: float
    sd: float | None
    values: tuple[float, ...]

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"mean": self.mean, "sd": self.sd, "values": list(self.values)}


def spread(values: Iterable[float]) -> Spread:
    """Return mean and sample standard deviation.

    Raises:
        ValueError: there is no value.

    Example:
        >>> spread([1.0, 2.0, 3.0])
        Spread(mean=2.0, sd=1.0, values=(1.0, 2.0, 3.0))
    """
    held = tuple(values)
    if not held:
        raise ValueError("no value")
    mean = math.fsum(held) / len(held)
    if len(held) == 1:
        return Spread(mean, None, held)
    return Spread(mean, math.sqrt(math.fsum((value - mean) ** 2 for value in held) / (len(held) - 1)), held)
