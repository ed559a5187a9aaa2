"""Which fields of a record go into one bundle: as many as the model takes, all of them if it can."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeVar

from cscl_data.translators.desk import Desk
from cscl_data.translators.parts import Part

_Item = TypeVar("_Item")


def divided(desk: Desk, parts: Sequence[Part]) -> list[list[Part]]:
    """Divide parts into bundles that the model takes, in order and of nearly equal numbers of fields.

    A bundle holds at most `desk.max_fields` parts; one whose sequence has more tokens than the model takes is halved
    until each half fits, or is one part alone. So nothing is sent of which it is known that it cannot come back.

    Source:
        our default. moon-etal-2024-translation joins all components of a data point, and says nothing of long ones.
    """
    groups = [list(parts)]
    if desk.max_fields is not None and parts:
        groups = evenly(parts, -(-len(parts) // desk.max_fields))
    fitting: list[list[Part]] = []
    while groups:
        group = groups.pop(0)
        if len(group) > 1 and not desk.fits(desk.sequence([part.sealed.text for part in group], desk.indicators[0])):
            groups = [*evenly(group, 2), *groups]
        elif group:
            fitting.append(group)
    return fitting


def evenly(items: Sequence[_Item], n: int) -> list[list[_Item]]:
    """Cut items into `n` runs, in order, whose lengths differ by one at most; the longer ones come first.

    Example:
        >>> evenly("abcdefg", 3)
        [['a', 'b', 'c'], ['d', 'e'], ['f', 'g']]
    """
    short, more = divmod(len(items), n)
    ends = [short * k + min(k, more) for k in range(n + 1)]
    return [list(items[start:end]) for start, end in pairwise(ends)]
