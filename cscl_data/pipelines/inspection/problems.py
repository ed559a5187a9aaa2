"""What an inspection finds wrong: the place and the invariant that does not hold there."""

from __future__ import annotations

from typing import NamedTuple

LISTED = 20


class Problem(NamedTuple):
    """One broken invariant: where (a file, and a row's id where there is one), and what."""

    place: str
    what: str


class Problems:
    """Counts all problems and keeps the first ones, so that a wholly broken corpus needs no memory."""

    def __init__(self) -> None:
        self.count = 0
        self._listed: list[Problem] = []

    def add(self, place: str, what: str) -> None:
        """Note one problem."""
        self.count += 1
        if len(self._listed) < LISTED:
            self._listed.append(Problem(place, what))

    @property
    def listed(self) -> tuple[Problem, ...]:
        """The first problems, in the order found."""
        return tuple(self._listed)
