"""The cheapest way through two documents by beads: a dynamic programme over a band of the table, compiled.

The cost of a bead is the sum of minus the logarithm of the prior of its shape, of what its lengths say, of what its
words say (times `word_weight`) and of what its structure says. Its words say, for every known token t of the one side,

    log(e + (1 - e) m / (l P(t)))

with m the weights of the tokens on the other side that may translate t, l their number, P(t) the share of t in its
document, and e what is left to chance: the log-likelihood ratio of a translation by model 1 against a word drawn by
itself. Both directions are averaged. A bead with an empty side has no words that could speak.

Source:
    gale-church-1993-program, the programme, the priors and the cost of lengths; moore-2002-fast, words in place of a
    second table of lengths. Deviations: beads of up to four sentences on a side, weights from any lexicon, structure,
    and a cap on the cost of leaving a sentence out.
"""

from __future__ import annotations

import math

import numpy as np

from cscl_data.aligners.kernels import Array, compiled

DEEPEST = 4
"""Sentences on one side of a bead, at most."""
HEADING, SOLID = 10, 20
"""Kinds of units from which on they are headings, and blocks that are never cut or joined."""
_NEVER = 1e9


@compiled
def search(
    src_offsets: Array,
    src_ids: Array,
    tgt_offsets: Array,
    tgt_sentence: Array,
    rows: Array,
    partners: Array,
    weights: Array,
    places: Array,
    placed: Array,
    src_known: Array,
    tgt_known: Array,
    src_share: Array,
    tgt_share: Array,
    src_lengths: Array,
    tgt_lengths: Array,
    src_kinds: Array,
    tgt_kinds: Array,
    src_blocks: Array,
    tgt_blocks: Array,
    low: Array,
    high: Array,
    shapes: Array,
    shape_costs: Array,
    numbers: Array,
) -> Array:
    """Fill the band and return, for every cell of it, the number of the shape of the bead that ends there best.

    Args:
        src_offsets: [n + 1] tokens of source unit i are `src_ids[src_offsets[i]:src_offsets[i + 1]]`.
        src_ids: the keys of the source tokens, as numbers.
        tgt_offsets: [m + 1] the same of the target.
        tgt_sentence: the unit that each target token stands in.
        rows: [n_src_keys + 1] partners of source key s are `partners[rows[s]:rows[s + 1]]`.
        partners: target keys that may translate it.
        weights: how well, in [0, 1], for each of them.
        places: [n_tgt_keys + 1] target key t stands at the tokens `placed[places[t]:places[t + 1]]`, in order.
        placed: numbers of target tokens.
        src_known: [n_src_keys] whether the weights know the key, so that its silence says something.
        tgt_known: [n_tgt_keys] the same of the target.
        src_share: [n_src_keys] share of the key among the tokens of its document.
        tgt_share: [n_tgt_keys] the same of the target.
        src_lengths: [n] characters of each unit.
        tgt_lengths: [m] the same of the target.
        src_kinds: [n] kind of each unit; from `HEADING` on it is never joined to another one.
        tgt_kinds: [m] the same of the target.
        src_blocks: [n] number of the block that each unit stands in, ascending by 1.
        tgt_blocks: [m] the same of the target.
        low: [n + 1] the first number of target units that row i of the table looks at, ascending, from 0.
        high: [n + 1] the last one, ascending, up to m; `low[i + 1] <= high[i]`.
        shapes: [n_shapes, 2] source and target units of each shape of bead, at most `DEEPEST`.
        shape_costs: [n_shapes] minus the logarithm of their priors.
        numbers: ratio and variance of the length model, word weight, e, caps on what lengths say against a bead with
            an empty side and against another one, cost of structure.
    """
    ratio, variance, word_weight = numbers[0], numbers[1], numbers[2]
    chance, cap, unlike, structure = numbers[3], numbers[4], numbers[5], numbers[6]
    n, m = src_lengths.size, tgt_lengths.size
    floor, odds = math.log(chance), (1.0 - chance) / chance
    width = 0
    for i in range(n + 1):
        width = max(width, high[i] - low[i] + 1)
    back = np.full((n + 1, width), 255, dtype=np.uint8)
    costs = np.full((DEEPEST + 1, m + 1), np.inf)
    longest = 1
    for i in range(n):
        longest = max(longest, src_offsets[i + 1] - src_offsets[i])
    found = np.zeros((DEEPEST, tgt_sentence.size), dtype=np.float32)
    touched = np.zeros((DEEPEST, tgt_sentence.size), dtype=np.int32)
    n_touched = np.zeros(DEEPEST, dtype=np.int64)
    per_word = np.zeros((longest, m), dtype=np.float32)
    to_tgt = np.zeros((DEEPEST + 1, m))
    to_src = np.zeros((DEEPEST, DEEPEST + 1, m))
    product = np.ones((DEEPEST + 1, m))
    tgt_floor = np.zeros(m)
    key_at = np.zeros(tgt_sentence.size, dtype=np.int32)
    for t in range(places.size - 1):
        for k in range(places[t], places[t + 1]):
            key_at[placed[k]] = t
            tgt_floor[tgt_sentence[placed[k]]] += floor * tgt_known[t]
    for row in range(n + 1):
        now = row % (DEEPEST + 1)
        costs[now, :] = np.inf
        # A bead starts inside the band of its first row, and neither end of a row falls, so that none reaches further.
        first = max(0, low[row] - DEEPEST)
        last = min(m, high[row] + DEEPEST)
        i = row - 1
        if row > 0 and word_weight > 0.0:
            slot = i % DEEPEST
            for k in range(n_touched[slot]):
                found[slot, touched[slot, k]] = 0.0
            n_touched[slot] = 0
            s0, s1 = src_offsets[i], src_offsets[i + 1]
            for k in range(s1 - s0):
                per_word[k, first:last] = 0.0
            begin, end = tgt_offsets[first], tgt_offsets[last]
            for k in range(s1 - s0):
                s = src_ids[s0 + k]
                for cell in range(rows[s], rows[s + 1]):
                    t, weight = partners[cell], weights[cell]
                    a, b = places[t], places[t + 1]
                    while a < b:
                        middle = (a + b) // 2
                        if placed[middle] < begin:
                            a = middle + 1
                        else:
                            b = middle
                    while a < places[t + 1] and placed[a] < end:
                        p = placed[a]
                        if found[slot, p] == 0.0:
                            touched[slot, n_touched[slot]] = p
                            n_touched[slot] += 1
                        found[slot, p] += weight
                        per_word[k, tgt_sentence[p]] += weight
                        a += 1
            for depth in range(1, min(DEEPEST, row) + 1):
                tokens = src_offsets[row] - src_offsets[row - depth]
                to_tgt[depth, first:last] = tgt_floor[first:last]
                for back_by in range(depth):
                    from_slot = (i - back_by) % DEEPEST
                    for k in range(n_touched[from_slot]):
                        p = touched[from_slot, k]
                        if p < begin or p >= end:
                            continue
                        total = 0.0
                        seen = False
                        for nearer in range(depth):
                            value = found[(i - nearer) % DEEPEST, p]
                            total += value
                            if nearer < back_by and value > 0.0:
                                seen = True
                                break
                        if not seen:
                            share = tgt_share[key_at[p]] * tokens
                            to_tgt[depth, tgt_sentence[p]] += math.log(1.0 + odds * total / share)
            known = 0
            for k in range(s1 - s0):
                known += src_known[src_ids[s0 + k]]
            for depth in range(1, DEEPEST + 1):
                to_src[slot, depth, first:last] = known * floor
                product[depth, first:last] = 1.0
            for k in range(s1 - s0):
                share = src_share[src_ids[s0 + k]] / odds
                for j in range(first, last):
                    total = 0.0
                    for depth in range(1, min(DEEPEST, j - first + 1) + 1):
                        total += per_word[k, j - depth + 1]
                        if total > 0.0:
                            tokens = max(1, tgt_offsets[j + 1] - tgt_offsets[j - depth + 1])
                            product[depth, j] *= 1.0 + total / (share * tokens)
                            if product[depth, j] > 1e200:
                                to_src[slot, depth, j] += math.log(product[depth, j])
                                product[depth, j] = 1.0
            for depth in range(1, DEEPEST + 1):
                for j in range(first, last):
                    if product[depth, j] > 1.0:
                        to_src[slot, depth, j] += math.log(product[depth, j])
        for j in range(low[row], high[row] + 1):
            best, chosen = np.inf, 255
            if row == 0 and j == 0:
                costs[now, 0] = 0.0
                continue
            for shape in range(shapes.shape[0]):
                a, b = shapes[shape, 0], shapes[shape, 1]
                if a > row or b > j or j - b < low[row - a] or j - b > high[row - a]:
                    continue
                cost = costs[(row - a) % (DEEPEST + 1), j - b] + shape_costs[shape]
                if cost == np.inf:
                    continue
                one, other = 0.0, 0.0
                for x in range(row - a, row):
                    one += src_lengths[x]
                for y in range(j - b, j):
                    other += tgt_lengths[y]
                mean = 0.5 * (one + other / ratio)
                if mean > 0.0:
                    delta = abs(other - ratio * one) / math.sqrt(mean * variance) / ratio**0.5
                    off = -math.log(max(1e-300, math.erfc(delta / math.sqrt(2.0))))
                    cost += min(off, cap if a == 0 or b == 0 else unlike)
                if a == 0 or b == 0:
                    if cost < best:
                        best, chosen = cost, shape
                    continue
                if word_weight > 0.0:
                    words = 0.0
                    for y in range(j - b, j):
                        words += to_tgt[a, y]
                    for x in range(row - a, row):
                        words += to_src[x % DEEPEST, b, j - 1]
                    cost += min(unlike, -0.5 * word_weight * words)
                if structure > 0.0:
                    odd, crossed = 0.0, 0.0
                    solid = False
                    for x in range(row - a, row):
                        solid = solid or src_kinds[x] >= HEADING
                    for y in range(j - b, j):
                        solid = solid or tgt_kinds[y] >= HEADING
                    src_kind, tgt_kind = src_kinds[row - a], tgt_kinds[j - b]
                    if solid:
                        if a != 1 or b != 1:
                            odd += _NEVER
                        elif src_kind != tgt_kind:
                            both = src_kind < SOLID and tgt_kind < SOLID
                            odd += (1.0 if min(src_kind, tgt_kind) >= HEADING else 4.0) if both else _NEVER
                    elif src_kind != tgt_kind:
                        odd += 1.0
                    opens = (row - a == 0 or src_blocks[row - a] != src_blocks[row - a - 1]) != (
                        j - b == 0 or tgt_blocks[j - b] != tgt_blocks[j - b - 1]
                    )
                    closes = (row == n or src_blocks[row] != src_blocks[row - 1]) != (
                        j == m or tgt_blocks[j] != tgt_blocks[j - 1]
                    )
                    crossed += (src_blocks[row - 1] - src_blocks[row - a]) + (tgt_blocks[j - 1] - tgt_blocks[j - b])
                    cost += structure * (odd + opens + closes + 2.0 * crossed)
                if cost < best:
                    best, chosen = cost, shape
            costs[now, j] = best
            back[row, j - low[row]] = chosen
    return back
