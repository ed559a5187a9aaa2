"""Byte-pair encoding taken further: the most frequent neighbours of a text that is cut already are merged."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from itertools import pairwise

Pair = tuple[str, str]


def learn_merges(
    words: Mapping[tuple[str, ...], int], count: int, *, known: Collection[str]
) -> tuple[list[Pair], list[str]]:
    """Merge the most frequent pair of neighbours, again and again, until `count` new tokens are made.

    Args:
        words: how often each word stands in the text, as its tokens.
        count: new tokens.
        known: tokens that exist; a merge that gives one of them makes no new token.

    Returns:
        The merges in order, and the new tokens in the order of their making; fewer where no pair stands twice.

    Source:
        sennrich-etal-2016-neural. Deviations: it starts from tokens, not characters; of equals the smaller pair first.
    """
    spelt = [list(word) for word in words]
    times = list(words.values())
    totals: Counter[Pair] = Counter()
    places: dict[Pair, set[int]] = defaultdict(set)
    for number, tokens in enumerate(spelt):
        for pair in pairwise(tokens):
            totals[pair] += times[number]
            places[pair].add(number)
    heap = [(-total, pair) for pair, total in totals.items()]
    heapq.heapify(heap)
    merges: list[Pair] = []
    made: dict[str, None] = {}
    while heap and len(made) < count:
        total, pair = heapq.heappop(heap)
        if totals[pair] != -total:
            if totals[pair] > 0:
                heapq.heappush(heap, (-totals[pair], pair))
            continue
        if -total < 2:
            break
        token = "".join(pair)
        merges.append(pair)
        if token not in known:
            made[token] = None
        changed: set[Pair] = set()
        for number in places.pop(pair):
            before = spelt[number]
            after = _merged(before, pair, token)
            for old in pairwise(before):
                totals[old] -= times[number]
            for new in pairwise(after):
                totals[new] += times[number]
                places[new].add(number)
                changed.add(new)
            spelt[number] = after
        for new in changed:
            heapq.heappush(heap, (-totals[new], new))
        totals[pair] = 0
    return merges, list(made)


def _merged(tokens: list[str], pair: Pair, token: str) -> list[str]:
    merged: list[str] = []
    place = 0
    while place < len(tokens):
        if place + 1 < len(tokens) and (tokens[place], tokens[place + 1]) == pair:
            merged.append(token)
            place += 2
        else:
            merged.append(tokens[place])
            place += 1
    return merged
