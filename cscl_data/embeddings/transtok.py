"""Trans-tokenization: a row is made of the source tokens that its token stands for in aligned text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cscl_data.embeddings.base import Counts, Materials, MixSettings, Mixture

WordPair = tuple[tuple[int, ...], tuple[int, ...]]
"""Source ids and target ids of two words that translate each other."""


def mix(materials: Materials, settings: MixSettings) -> Iterator[Mixture]:
    """Yield for every new token that was counted, or resembles one that was, the old tokens it stands for.

    Weights are p(old | new), the counts over their sum. A token that was never counted takes the even mixture of what
    its longest counted or shared beginning and its longest counted or shared end are made of.

    Source:
        remy-etal-2024-trans-tokenization, section 3. Deviations: of the smoothing, beginnings and ends alone;
        a number that is not shared is counted as any other token.
    """
    import torch

    shares = _shares(materials)
    by_text = {materials.texts[token]: token for token in sorted(shares, reverse=True) if materials.texts[token]}
    tokens: list[int] = []
    sizes: list[int] = []
    sources: list[int] = []
    weights: list[float] = []
    for token in materials.new.tolist():
        own = shares.get(token) or _smoothed(materials.texts[token], shares, by_text)
        if own:
            tokens.append(token)
            sizes.append(len(own))
            sources += own
            weights += own.values()
    if tokens:
        ends = torch.tensor([0, *sizes], dtype=torch.int64).cumsum(0)
        yield Mixture(torch.tensor(tokens), ends, torch.tensor(sources), torch.tensor(weights, dtype=torch.float64))


def token_counts(pairs: Mapping[WordPair, int], *, min_count: int) -> Counts:
    """Count which tokens stand for each other, from pairs of words that were linked.

    Half of a pair's count goes evenly to all pairs of its tokens, half to pairs by their place in the word: cut into
    as many equal parts as it has tokens, a token stands for those old ones whose parts overlap its own, each by its
    share of it. Either half gives every new token of the word half of the count.

    Args:
        pairs: how often two words, as the ids of their tokens, were linked.
        min_count: rarer pairs are left out.

    Source:
        remy-etal-2024-trans-tokenization, section 3 (halves, minimum), its code (overlap). Deviations: counts are not
        rounded down to whole numbers.
    """
    import torch

    counted: Counter[tuple[int, int]] = Counter()
    for (source, target), count in pairs.items():
        if count < min_count or not source or not target:
            continue
        share = count / 2 / len(source)
        for place, new in enumerate(target):
            for other, old in enumerate(source):
                counted[new, old] += share * (1 + _overlap(place, len(target), other, len(source)))  # type: ignore[assignment]
    keys = sorted(counted)
    return Counts(
        torch.tensor([new for new, _ in keys], dtype=torch.int64),
        torch.tensor([old for _, old in keys], dtype=torch.int64),
        torch.tensor([counted[key] for key in keys], dtype=torch.float64),
    )


def _overlap(place: int, size: int, other_place: int, other_size: int) -> int:
    """Return how far part `place` of `size` equal parts overlaps one of `other_size`, in 1 / (size other_size)."""
    begins = max(place * other_size, other_place * size)
    ends = min((place + 1) * other_size, (other_place + 1) * size)
    return max(0, ends - begins)


def _shares(materials: Materials) -> dict[int, dict[int, float]]:
    """Return p(old | new) of every token that was counted, or is shared, by target id."""
    if materials.counts is None:
        raise ValueError("the method needs counts")
    shares: dict[int, dict[int, float]] = {}
    for new, old, count in zip(*(part.tolist() for part in materials.counts), strict=True):
        shares.setdefault(new, {})[old] = count
    for own in shares.values():
        total = sum(own.values())
        own.update({old: count / total for old, count in own.items()})
    pairs = zip(materials.shared_target.tolist(), materials.shared_source.tolist(), strict=True)
    return shares | {new: {old: 1.0} for new, old in pairs}


def _smoothed(text: str, shares: Mapping[int, Mapping[int, float]], by_text: Mapping[str, int]) -> dict[int, float]:
    beginnings = (text[:end] for end in range(len(text) - 1, 0, -1))
    endings = (text[start:] for start in range(1, len(text)))
    found = [shares[by_text[part]] for part in (_first(beginnings, by_text), _first(endings, by_text)) if part]
    mixed: Counter[int] = Counter()
    for own in found:
        for old, share in own.items():
            mixed[old] += share / len(found)  # type: ignore[assignment]
    return dict(mixed)


def _first(texts: Iterable[str], known: Mapping[str, int] | Sequence[str]) -> str:
    return next((text for text in texts if text in known), "")
