"""Two directional alignments made one.

All rules work on sets of (source, target) token indices, 0-based; `forward` comes from the source-to-target model,
`backward` from the target-to-source model, already turned to (source, target).

- `intersection`: in both directions.
- `union`: in either.
- `grow-diag`: the intersection; then, until nothing changes, links of the union beside a link (diagonals count) of
  which at least one word is free.
- `grow-diag-final`: `grow-diag`, then links of the union of which at least one word is free.
- `grow-diag-final-and`: `grow-diag`, then links of the union of which both words are free.
- `posterior`: links of the union whose score, the mean of both directions' posteriors, is at least 0.5. Only an aligner
  that has posteriors can do it; without them it is the union. Our own rule.

Source:
    koehn-etal-2003-statistical, koehn-etal-2005-edinburgh. Growing needs one free word, as in Moses ("or"); some
    scripts ask for two. Order: by source, then target; the final step takes forward links before backward ones.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from cscl_data.aligners.kernels import Array, compiled
from cscl_data.aligners.rules import POSTERIOR, RULES
from cscl_data.errors import InputError, unknown_name


def rule_number(rule: str) -> int:
    """Return the number of a rule.

    Raises:
        ConfigError: there is no such rule.
    """
    if rule not in RULES:
        raise unknown_name("symmetrization", rule, RULES)
    return RULES[rule]


def symmetrize(
    forward: Iterable[tuple[int, int]], backward: Iterable[tuple[int, int]], rule: str, *, n_src: int, n_tgt: int
) -> list[tuple[int, int]]:
    """Merge two directional alignments.

    Args:
        forward: links of the source-to-target model.
        backward: links of the target-to-source model, as (source, target).
        rule: a name of `RULES`.
        n_src: source length in tokens.
        n_tgt: target length in tokens.

    Returns:
        Sorted links, a superset of the intersection and a subset of the union.

    Raises:
        ConfigError: there is no such rule.
        InputError: an index is outside [0, n_src) or [0, n_tgt).

    Example:
        >>> symmetrize({(0, 0), (1, 1)}, {(0, 0), (1, 0)}, "intersection", n_src=2, n_tgt=2)
        [(0, 0)]
        >>> symmetrize({(0, 0), (1, 1)}, {(0, 0), (1, 0)}, "grow-diag", n_src=2, n_tgt=2)
        [(0, 0), (1, 0), (1, 1)]
    """
    number = rule_number(rule)
    matrices = np.zeros((2, n_src, n_tgt), dtype=np.bool_)
    for matrix, links in zip(matrices, (forward, backward), strict=True):
        for i, j in links:
            if not (0 <= i < n_src and 0 <= j < n_tgt):
                raise InputError(f"link {i}-{j}: outside a pair of {n_src} and {n_tgt} tokens")
            matrix[i, j] = True
    merged = np.zeros((n_src, n_tgt), dtype=np.bool_)
    merge(matrices[0], matrices[1], number, merged)
    return [(int(i), int(j)) for i, j in np.argwhere(merged)]


@compiled
def links_of_block(
    src_offsets: Array,
    tgt_offsets: Array,
    offsets: Array,
    partners: Array,
    cells: Array,
    tgt_none: Array,
    src_none: Array,
    sure: Array,
    rule: int,
) -> tuple[Array, Array, Array]:
    """Turn posteriors of a block of pairs into links: every token's best partner in either direction, merged.

    Args:
        src_offsets: see `hmm.hmm_posteriors`, also for the next ones.
        tgt_offsets: as there.
        offsets: as there.
        partners: as there.
        cells: [n_candidates, 2] posteriors.
        tgt_none: posteriors of the null word; a token that prefers it has no partner.
        src_none: the same for source tokens.
        sure: [n_src_tokens] whether a source token is linked whatever the score: `posterior` keeps its best partners.
        rule: a number of `RULES`.

    Returns:
        The number of links of every pair; then their source tokens and target tokens, pair by pair, sorted.
    """
    sizes = np.zeros(src_offsets.size - 1, dtype=np.int64)
    room = 0
    for p in range(sizes.size):
        n, m = src_offsets[p + 1] - src_offsets[p], tgt_offsets[p + 1] - tgt_offsets[p]
        room += min(n * m, n + m)
    src, tgt = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int32)
    found = 0
    for p in range(sizes.size):
        n, m = src_offsets[p + 1] - src_offsets[p], tgt_offsets[p + 1] - tgt_offsets[p]
        s0, t0 = src_offsets[p] - src_offsets[0], tgt_offsets[p] - tgt_offsets[0]
        pair = np.zeros((n, m, 2), dtype=np.float32)
        for i in range(n):
            for k in range(offsets[s0 + i] - offsets[0], offsets[s0 + i + 1] - offsets[0]):
                pair[i, partners[k]] = cells[k]
        forward, backward = np.zeros((n, m), dtype=np.bool_), np.zeros((n, m), dtype=np.bool_)
        for j in range(m):
            best = np.argmax(pair[:, j, 0])
            forward[best, j] = pair[best, j, 0] > tgt_none[t0 + j]
        for i in range(n):
            best = np.argmax(pair[i, :, 1])
            backward[i, best] = pair[i, best, 1] > src_none[s0 + i]
        merged = np.zeros((n, m), dtype=np.bool_)
        merge(forward, backward, rule, merged)
        first = found
        for i in range(n):
            for j in range(m):
                score = min(0.5 * (pair[i, j, 0] + pair[i, j, 1]), 1.0)
                if merged[i, j] and (rule != POSTERIOR or score >= 0.5 or sure[s0 + i]):
                    src[found], tgt[found] = i, j
                    found += 1
        sizes[p] = found - first
    return sizes, src[:found], tgt[:found]


@compiled
def merge(forward: Array, backward: Array, rule: int, merged: Array) -> None:
    """Fill `merged` from two directional alignments, all [n_src, n_tgt] booleans; `rule` is a number of `RULES`."""
    n, m = forward.shape
    src_taken, tgt_taken = np.zeros(n, dtype=np.bool_), np.zeros(m, dtype=np.bool_)
    either = rule in (1, POSTERIOR)
    for i in range(n):
        for j in range(m):
            merged[i, j] = (forward[i, j] or backward[i, j]) if either else (forward[i, j] and backward[i, j])
            if merged[i, j]:
                src_taken[i] = tgt_taken[j] = True
    if 2 <= rule <= 4:
        _grow_diag(forward, backward, merged, src_taken, tgt_taken)
    if 3 <= rule <= 4:
        _final(forward, rule == 4, merged, src_taken, tgt_taken)
        _final(backward, rule == 4, merged, src_taken, tgt_taken)


@compiled
def _grow_diag(forward: Array, backward: Array, merged: Array, src_taken: Array, tgt_taken: Array) -> None:
    n, m = merged.shape
    added = True
    while added:
        added = False
        for i in range(n):
            for j in range(m):
                if not merged[i, j]:
                    continue
                for di, dj in ((-1, 0), (0, -1), (1, 0), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1)):
                    a, b = i + di, j + dj
                    if not (0 <= a < n and 0 <= b < m) or merged[a, b] or (src_taken[a] and tgt_taken[b]):
                        continue
                    if forward[a, b] or backward[a, b]:
                        merged[a, b] = src_taken[a] = tgt_taken[b] = True
                        added = True


@compiled
def _final(links: Array, both_free: bool, merged: Array, src_taken: Array, tgt_taken: Array) -> None:
    n, m = merged.shape
    for i in range(n):
        for j in range(m):
            if not links[i, j] or merged[i, j]:
                continue
            free = (not src_taken[i] and not tgt_taken[j]) if both_free else (not src_taken[i] or not tgt_taken[j])
            if free:
                merged[i, j] = src_taken[i] = tgt_taken[j] = True
