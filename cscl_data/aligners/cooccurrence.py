"""Which source keys may translate which target keys, and where in the corpus they stand together.

Of all pairs of keys that occur together only those are kept that do so more often than chance explains: in long
sentences of documentation every word meets every other, and nine in ten of these meetings teach nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from cscl_data.aligners.corpus import Corpus, Ints, Longs
from cscl_data.aligners.kernels import Array, compiled

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Result = TypeVar("Result")

SMALL = 20_000_000
"""A corpus of up to this many cells (source tokens x target tokens) keeps every pair of keys. Our default."""
SURPRISE = 6.0
"""Least surprise of a pair of keys in a larger corpus, see `find_candidates`. Our default."""
MOST_CANDIDATES = 150_000_000
"""Where there would be more candidates, the least surprise is doubled until there are not; 8 bytes each."""
_PARTS = 32


def is_small(corpus: Corpus) -> bool:
    """Tell whether a corpus has at most `SMALL` cells."""
    return int((corpus.src.lengths() * corpus.tgt.lengths()).sum()) <= SMALL


class Candidates(NamedTuple):
    """Cells (pairs of keys) and their places in a corpus.

    Row `s` of the cells is `row_offsets[s]:row_offsets[s + 1]`; `targets` gives their target keys, ascending; `prior`
    their pseudo-counts from evidence beside the corpus. The candidates of source token i (counted over the corpus) are
    `offsets[i]:offsets[i + 1]`: `partners` are target tokens, 0-based in their pair and ascending, `cells` their cells.
    """

    row_offsets: Longs
    targets: Ints
    prior: Floats
    offsets: Longs
    partners: Ints
    cells: Ints


class PriorRows(NamedTuple):
    """Pseudo-counts by source key number, rows and columns as in `Candidates`."""

    row_offsets: Longs
    targets: Ints
    counts: Floats


def prior_rows(corpus: Corpus, priors: Mapping[tuple[str, str], float]) -> PriorRows:
    """Number the keys of a table of pseudo-counts; all of them must be in the corpus's vocabulary."""
    src_numbers = {key: i for i, key in enumerate(corpus.src_keys)}
    tgt_numbers = {key: i for i, key in enumerate(corpus.tgt_keys)}
    cells = sorted((src_numbers[s], tgt_numbers[t], count) for (s, t), count in priors.items() if count > 0)
    sizes = np.bincount(np.array([s for s, _, _ in cells], dtype=np.int64), minlength=len(src_numbers))
    return PriorRows(
        _offsets_of(sizes),
        np.array([t for _, t, _ in cells], dtype=np.int32),
        np.array([count for _, _, count in cells], dtype=np.float32),
    )


def find_candidates(corpus: Corpus, priors: PriorRows, *, threads: int) -> Candidates:
    """Choose the cells of a corpus and find their places; cells with a prior are kept in any case.

    The surprise of a pair of keys that meet `c` times where chance makes it `e` is 2 (c ln(c / e) - c + e), for c > e,
    else 0: the likelihood ratio of two Poisson rates. `e` is the target tokens in pairs with the source key, times the
    share of the target key among all target tokens.

    Args:
        corpus: the sentences.
        priors: pseudo-counts from elsewhere.
        threads: never changes the result.

    Source:
        dunning-1993-accurate (likelihood ratios for rare events), moore-2004-association (pruning by them).
    """
    src, tgt = corpus.src, corpus.tgt
    posts = np.argsort(src.ids, kind="stable").astype(np.int64)
    post_offsets = _offsets_of(np.bincount(src.ids, minlength=len(corpus.src_keys)))
    pair_of = np.repeat(np.arange(src.offsets.size - 1, dtype=np.int32), src.lengths())
    shares = np.bincount(tgt.ids, minlength=len(corpus.tgt_keys)) / max(tgt.ids.size, 1)
    sizes = np.zeros(src.ids.size, dtype=np.int64)
    places = post_offsets, posts, pair_of, tgt.ids, tgt.offsets
    parts = _parts(tgt.lengths()[pair_of[posts]], post_offsets)
    surprise = 0.0 if is_small(corpus) else SURPRISE
    known = priors.row_offsets, priors.targets
    while True:
        chosen = _run(parts, threads, partial(_choose, *places, shares, *known, surprise, sizes))
        if sizes.sum() <= MOST_CANDIDATES:
            break
        surprise = 2.0 * max(surprise, SURPRISE)
    row_offsets = _offsets_of(np.concatenate([rows for rows, _ in chosen]))
    targets = np.concatenate([found for _, found in chosen])
    offsets = _offsets_of(sizes)
    partners, cells = np.empty(offsets[-1], dtype=np.int32), np.empty(offsets[-1], dtype=np.int32)
    n_tgt = len(corpus.tgt_keys)
    _run(parts, threads, partial(_place, *places, n_tgt, row_offsets, targets, offsets, partners, cells))
    prior = np.zeros(targets.size, dtype=np.float32)
    _fill_prior(row_offsets, targets, *priors, prior)
    return Candidates(row_offsets, targets, prior, offsets, partners, cells)


def narrowed(candidates: Candidates, kept: Flags) -> Candidates:
    """Return the candidates that are flagged; the cells stay."""
    upto = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(kept, dtype=np.int64)])
    return candidates._replace(
        offsets=upto[candidates.offsets], partners=candidates.partners[kept], cells=candidates.cells[kept]
    )


def _offsets_of(sizes: npt.NDArray[np.integer]) -> Longs:
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes, dtype=np.int64)])


def _parts(work: Longs, post_offsets: Longs) -> list[tuple[int, int]]:
    """Cut the source keys into stretches of about equal work."""
    done = _offsets_of(work)[post_offsets]
    marks = np.linspace(0, int(done[-1]), _PARTS + 1)[1:-1]
    bounds = sorted({0, *np.searchsorted(done, marks).tolist(), post_offsets.size - 1})
    return list(pairwise(bounds)) or [(0, 0)]


def _run(parts: list[tuple[int, int]], threads: int, work: Callable[[int, int], Result]) -> list[Result]:
    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        return list(pool.map(lambda part: work(*part), parts))


@compiled
def _choose(
    post_offsets: Array,
    posts: Array,
    pair_of: Array,
    tgt_ids: Array,
    tgt_offsets: Array,
    shares: Array,
    prior_offsets: Array,
    prior_targets: Array,
    surprise: float,
    sizes: Array,
    low: int,
    high: int,
) -> tuple[Array, Array]:
    """Return row sizes and target keys of the source keys `[low, high)`; `sizes` gets their tokens' candidates."""
    counts = np.zeros(shares.size, dtype=np.int32)
    kept = np.zeros(shares.size, dtype=np.bool_)
    met = np.empty(shares.size, dtype=np.int32)
    rows = np.zeros(high - low, dtype=np.int64)
    targets = np.empty(1 << 12, dtype=np.int32)
    at = 0
    for s in range(low, high):
        last, beside, n_met = -1, 0, 0
        for k in range(post_offsets[s], post_offsets[s + 1]):
            p = pair_of[posts[k]]
            if p == last:
                continue
            last = p
            beside += tgt_offsets[p + 1] - tgt_offsets[p]
            for j in range(tgt_offsets[p], tgt_offsets[p + 1]):
                if counts[tgt_ids[j]] == 0:
                    met[n_met] = tgt_ids[j]
                    n_met += 1
                counts[tgt_ids[j]] += 1
        n_prior = prior_offsets[s + 1] - prior_offsets[s]
        if at + n_prior + n_met > targets.size:
            targets = np.append(targets, np.empty(targets.size + n_prior + n_met, dtype=np.int32))
        first = at
        for k in range(prior_offsets[s], prior_offsets[s + 1]):
            kept[prior_targets[k]] = True
            targets[at] = prior_targets[k]
            at += 1
        for k in range(n_met):
            t = met[k]
            count, chance = counts[t], beside * shares[t]
            counts[t] = 0
            if kept[t]:
                continue
            ratio = 2.0 * (count * np.log(count / chance) - count + chance) if count > chance else 0.0
            if ratio >= surprise:
                kept[t] = True
                targets[at] = t
                at += 1
        rows[s - low] = at - first
        targets[first:at].sort()
        for k in range(post_offsets[s], post_offsets[s + 1]):
            p = pair_of[posts[k]]
            size = 0
            for j in range(tgt_offsets[p], tgt_offsets[p + 1]):
                size += kept[tgt_ids[j]]
            sizes[posts[k]] = size
        for k in range(first, at):
            kept[targets[k]] = False
    return rows, targets[:at].copy()


@compiled
def _place(
    post_offsets: Array,
    posts: Array,
    pair_of: Array,
    tgt_ids: Array,
    tgt_offsets: Array,
    n_tgt: int,
    row_offsets: Array,
    targets: Array,
    offsets: Array,
    partners: Array,
    cells: Array,
    low: int,
    high: int,
) -> None:
    """Fill in the candidates of all tokens of the source keys `[low, high)`."""
    slot = np.full(n_tgt, -1, dtype=np.int32)
    for s in range(low, high):
        for c in range(row_offsets[s], row_offsets[s + 1]):
            slot[targets[c]] = c
        for k in range(post_offsets[s], post_offsets[s + 1]):
            p, at = pair_of[posts[k]], offsets[posts[k]]
            for j in range(tgt_offsets[p], tgt_offsets[p + 1]):
                c = slot[tgt_ids[j]]
                if c >= 0:
                    partners[at], cells[at] = j - tgt_offsets[p], c
                    at += 1
        for c in range(row_offsets[s], row_offsets[s + 1]):
            slot[targets[c]] = -1


@compiled
def _fill_prior(
    row_offsets: Array, targets: Array, prior_offsets: Array, prior_targets: Array, counts: Array, prior: Array
) -> None:
    for s in range(row_offsets.size - 1):
        c = row_offsets[s]
        for k in range(prior_offsets[s], prior_offsets[s + 1]):
            while targets[c] < prior_targets[k]:
                c += 1
            prior[c] = counts[k]
