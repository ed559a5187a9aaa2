"""The only source of randomness for a row: its seed, its id and the stage that asks."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from random import Random
from typing import TypeVar

T = TypeVar("T")


def rng_for(seed: int, row_id: str, stage: str) -> Random:
    """Return the generator of one row at one stage.

    The result does not depend on shards, workers or order. Draw from it with `Random.random()` alone: no other method
    is promised to give the same numbers in every Python version.

    Args:
        seed: the job's `--seed`.
        row_id: the id of the row that is made (lone surrogates are allowed).
        stage: what the numbers are for, for example `token_cs`.
    """
    key = f"{seed}\x1f{stage}\x1f{row_id}".encode("utf-8", "surrogatepass")
    return Random(int.from_bytes(blake2b(key, digest_size=16).digest(), "big"))


def shuffled(items: Iterable[T], rng: Random) -> list[T]:
    """Return the items in an order drawn with `Random.random()` alone."""
    given = list(items)
    draws = [rng.random() for _ in given]
    return [given[i] for i in sorted(range(len(given)), key=draws.__getitem__)]
