"""What was made of a vocabulary: sizes of supports, norms of rows, and what lies near a new token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cscl_data.embeddings.base import Mixture
from cscl_data.embeddings.similarity import unit

if TYPE_CHECKING:
    from torch import Tensor

NEIGHBOURS = 10


def support_sizes(mixtures: Sequence[Mixture]) -> dict[str, float] | None:
    """Return least, median, mean and most source rows that a mixed row is made of; None where none is mixed."""
    import torch

    sizes = torch.cat([mixture.offsets.diff() for mixture in mixtures]) if mixtures else torch.zeros(0)
    if not len(sizes):
        return None
    return {
        "least": int(sizes.min()),
        "median": int(sizes.median()),
        "mean": round(float(sizes.double().mean()), 2),
        "most": int(sizes.max()),
    }


def norms(rows: Tensor) -> dict[str, float] | None:
    """Return least, mean and greatest norm of rows; None where there are none."""
    if not len(rows):
        return None
    lengths = rows.float().norm(dim=1)
    return {
        "least": round(float(lengths.min()), 4),
        "mean": round(float(lengths.mean()), 4),
        "most": round(float(lengths.max()), 4),
    }


def spread_out(numbers: Sequence[int], count: int) -> list[int]:
    """Return `count` of the numbers, evenly spread, or all where there are no more."""
    if count >= len(numbers):
        return list(numbers)
    return [numbers[place * len(numbers) // count] for place in range(count)]


def nearest_source_tokens(
    rows: Tensor, source: Tensor, names: Sequence[str], labels: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the ten source tokens nearest to each row by cosine.

    Args:
        rows: [n, width], new rows.
        source: [source tokens, width].
        names: of the rows.
        labels: of the source tokens.
    """
    if not len(rows):
        return []
    best: Tensor | None = None
    found: Tensor | None = None
    import torch

    wanted = unit(rows.float())
    for first in range(0, len(source), 1 << 14):
        cosines = wanted @ unit(source[first : first + (1 << 14)].float()).T
        numbers = torch.arange(first, first + cosines.shape[1]).expand_as(cosines)
        both = cosines if best is None else torch.cat([best, cosines], dim=1)
        numbers = numbers if found is None else torch.cat([found, numbers], dim=1)
        best, places = both.topk(min(NEIGHBOURS, both.shape[1]), dim=1)
        found = numbers.gather(1, places)
    if best is None or found is None:
        return []
    return [
        {
            "token": name,
            "nearest": [[labels[number], round(cosine, 3)] for number, cosine in zip(ids, near, strict=True)],
        }
        for name, ids, near in zip(names, found.tolist(), best.tolist(), strict=True)
    ]
