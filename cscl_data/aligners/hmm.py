"""The HMM alignment model over candidates: a word's states are its candidate partners, and no others.

Source:
    vogel-etal-1996-hmm, och-ney-2003-systematic (null states that remember the last position). Deviations: the first
    word's position is uniform; positions with a negligible share of the mass are forgotten (our default).
"""

from __future__ import annotations

import numpy as np

from cscl_data.aligners.kernels import Array, compiled

P_NULL = 0.1
"""Probability of the null word. Our default."""
JUMP_PAIRS = 150
"""Jumps are counted in this many pairs of every block: they are few parameters, and counting doubles the time."""
NEGLIGIBLE = 1e-3
"""A remembered position with less than this share of the mass is forgotten, and makes no short jumps. Our default."""


@compiled
def hmm_posteriors(
    src_offsets: Array,
    tgt_offsets: Array,
    offsets: Array,
    partners: Array,
    cells: Array,
    tgt_none: Array,
    src_none: Array,
    forward_jumps: Array,
    backward_jumps: Array,
    p_null: float,
    moved: Array,
) -> tuple[Array, Array, Array]:
    """Return the posteriors of a block of pairs under the HMM of either direction.

    Args:
        src_offsets: [n_pairs + 1] where the source tokens of every pair begin; only differences count.
        tgt_offsets: the same for target tokens.
        offsets: [n_src_tokens + 1] where the candidates of every source token begin; only differences count.
        partners: [n_candidates] target tokens, 0-based in their pair, ascending for every source token.
        cells: [n_candidates, 2] lexical probabilities: of the target token given the source token, and the reverse.
        tgt_none: probability of every target token under the null word.
        src_none: the same for source tokens.
        forward_jumps: what `jumps_from` returns, for source positions.
        backward_jumps: the same, for target positions.
        p_null: probability of the null word.
        moved: [2, 2 * MAX_JUMP + 2] expected jumps, added to; pass a [2, 0] array to leave them out.

    Returns:
        Posteriors of the candidates, of the null word for target tokens, and for source tokens; shapes as given.
    """
    out = np.empty(cells.shape, dtype=np.float32)
    tgt_out = np.empty(tgt_none.size, dtype=np.float32)
    src_out = np.empty(src_none.size, dtype=np.float32)
    for p in range(src_offsets.size - 1):
        s0, s1 = src_offsets[p] - src_offsets[0], src_offsets[p + 1] - src_offsets[0]
        t0, t1 = tgt_offsets[p] - tgt_offsets[0], tgt_offsets[p + 1] - tgt_offsets[0]
        first, last = offsets[s0] - offsets[0], offsets[s1] - offsets[0]
        own = offsets[s0 : s1 + 1] - offsets[s0]
        states = partners[first:last]
        counted = moved if p < JUMP_PAIRS else moved[:, :0]
        emission = cells[first:last, 1].astype(np.float64)
        posterior = np.empty(emission.size)
        sentence_posteriors(
            t1 - t0, own, states, emission, src_none[s0:s1], p_null, backward_jumps, posterior, src_out[s0:s1],
            counted[1],
        )  # fmt: skip
        out[first:last, 1] = posterior
        turned, sources, order = _turned(own, states, t1 - t0)
        for k in range(order.size):
            emission[k] = cells[first + order[k], 0]
        sentence_posteriors(
            s1 - s0, turned, sources, emission, tgt_none[t0:t1], p_null, forward_jumps, posterior, tgt_out[t0:t1],
            counted[0],
        )  # fmt: skip
        for k in range(order.size):
            out[first + order[k], 0] = posterior[k]
    return out, tgt_out, src_out


@compiled
def _turned(offsets: Array, partners: Array, n_columns: int) -> tuple[Array, Array, Array]:
    """Turn candidates by row into candidates by column: column offsets, rows, and where each stood before."""
    turned = np.zeros(n_columns + 1, dtype=np.int64)
    for k in range(partners.size):
        turned[partners[k] + 1] += 1
    for j in range(n_columns):
        turned[j + 1] += turned[j]
    at = turned[:n_columns].copy()
    rows = np.empty(partners.size, dtype=np.int32)
    order = np.empty(partners.size, dtype=np.int64)
    for i in range(offsets.size - 1):
        for k in range(offsets[i], offsets[i + 1]):
            j = partners[k]
            rows[at[j]], order[at[j]] = i, k
            at[j] += 1
    return turned, rows, order


@compiled
def sentence_posteriors(
    n_states: int,
    offsets: Array,
    states: Array,
    emission: Array,
    null_emission: Array,
    p_null: float,
    jumps: Array,
    posterior: Array,
    null_posterior: Array,
    jump_counts: Array,
) -> None:
    """Fill in P(state | all observations) for one sentence and one direction, by forward and backward passes.

    Args:
        n_states: tokens of the side that explains.
        offsets: [n_observed + 1] where the candidates of every observed token begin, from 0.
        states: [n_candidates] the positions of the candidates, different ones for each observed token.
        emission: [n_candidates] lexical probabilities.
        null_emission: [n_observed] probabilities under the null word.
        p_null: probability of the null word.
        jumps: what `jumps_from` returns.
        posterior: [n_candidates], filled in.
        null_posterior: [n_observed], filled in.
        jump_counts: [2 * MAX_JUMP + 2] expected jumps, added to; pass an empty array to leave them out.
    """
    reach, far = (jumps.size - 2) // 2, jumps[jumps.size - 1]
    scale_out = _row_scales(n_states, jumps, reach)
    edge = _edge(n_states, jumps, reach)
    starts, where, mass, from_null = _forward_trail(
        n_states, offsets, states, emission, null_emission, p_null, jumps, scale_out, edge
    )
    # What is ahead of a position; the last place stands for "no word yet".
    ahead = np.zeros(n_states + 1)
    incoming = np.empty(n_states)
    behind = np.empty(n_states + 1)
    for q in range(starts[starts.size - 2], starts[starts.size - 1]):
        ahead[where[q]] = edge[n_states - 1 - where[q]] if where[q] >= 0 else 1.0 / n_states
    for j in range(offsets.size - 2, -1, -1):
        first, last, k0 = starts[j + 1], starts[j + 2], offsets[j]
        n_own = offsets[j + 1] - k0
        total, none, arriving, opening = 0.0, 0.0, 0.0, 0.0
        for q in range(first, last):
            total += mass[q] * ahead[where[q]]
        scale = 1.0 / total if total > 0.0 else 0.0
        for q in range(first, last):
            ahead[where[q]] *= scale
            none += from_null[q] * ahead[where[q]]
        null_posterior[j] = none
        for k in range(n_own):
            after = ahead[where[first + k]]
            posterior[k0 + k] = max((mass[first + k] - from_null[first + k]) * after, 0.0)
            incoming[k] = (1.0 - p_null) * emission[k0 + k] * after
            arriving += incoming[k]
            opening += incoming[k] * edge[states[k0 + k]]
        step = 0.0
        for q in range(starts[j], first):
            i = where[q]
            x = p_null * null_emission[j] * ahead[i]
            if i < 0:
                x += opening
            else:
                near = arriving * far
                if mass[q] >= NEGLIGIBLE:
                    for k in range(n_own):
                        jump = states[k0 + k] - i
                        if -reach <= jump <= reach:
                            near += incoming[k] * jumps[jump + reach]
                x += near * scale_out[i]
            behind[q - starts[j]] = x
            step += mass[q] * x
        if jump_counts.size and step > 0.0:
            for q in range(starts[j], first):
                if where[q] >= 0 and mass[q] >= NEGLIGIBLE:
                    weight = mass[q] * scale_out[where[q]] / step
                    _count_jumps(where[q], states[k0 : k0 + n_own], incoming, weight, jumps, arriving, jump_counts)
        for q in range(first, last):
            ahead[where[q]] = 0.0
        for q in range(starts[j], first):
            ahead[where[q]] = behind[q - starts[j]]


@compiled
def _forward_trail(
    n_states: int,
    offsets: Array,
    states: Array,
    emission: Array,
    null_emission: Array,
    p_null: float,
    jumps: Array,
    scale_out: Array,
    edge: Array,
) -> tuple[Array, Array, Array, Array]:
    """Return where the last aligned word may stand after every observed token.

    Returns:
        `starts` [n_observed + 2]: the positions after token j are `where[starts[j + 1] : starts[j + 2]]` (-1: no word
        yet), its candidates first; `mass` is their share, null states included, `from_null` the part of those.
    """
    reach, far = (jumps.size - 2) // 2, jumps[jumps.size - 1]
    n_observed = offsets.size - 1
    starts = np.zeros(n_observed + 2, dtype=np.int64)
    room = 64 + 4 * states.size + 4 * n_observed
    where, mass, from_null = np.empty(room, dtype=np.int32), np.empty(room), np.empty(room)
    where[0], mass[0], from_null[0], starts[1] = -1, 1.0, 0.0, 1
    slot = np.full(n_states, -1, dtype=np.int64)
    sources, weights = np.empty(n_states, dtype=np.int32), np.empty(n_states)
    at = 1
    for j in range(n_observed):
        before, first, k0, k1 = starts[j], at, offsets[j], offsets[j + 1]
        if at + (k1 - k0) + (first - before) > where.size:
            more = where.size + (k1 - k0) + (first - before)
            where = np.append(where, np.empty(more, dtype=np.int32))
            mass, from_null = np.append(mass, np.empty(more)), np.append(from_null, np.empty(more))
        spread, unplaced, n_sources = 0.0, 0.0, 0
        for q in range(before, first):
            if where[q] < 0:
                unplaced = mass[q]
                continue
            leaving = mass[q] * scale_out[where[q]]
            spread += leaving
            if mass[q] >= NEGLIGIBLE:
                sources[n_sources], weights[n_sources] = where[q], leaving
                n_sources += 1
        everywhere = spread * far
        total = 0.0
        for k in range(k0, k1):
            reached = everywhere + unplaced * edge[states[k]]
            for a in range(n_sources):
                jump = states[k] - sources[a]
                if -reach <= jump <= reach:
                    reached += weights[a] * jumps[jump + reach]
            where[at], mass[at], from_null[at] = states[k], (1.0 - p_null) * emission[k] * reached, 0.0
            total += mass[at]
            slot[states[k]] = at
            at += 1
        none = p_null * null_emission[j]
        if total + none <= 0.0:
            none = 1.0
        for q in range(before, first):
            carried = none * mass[q]
            total += carried
            if where[q] >= 0 and slot[where[q]] >= 0:
                mass[slot[where[q]]] += carried
                from_null[slot[where[q]]] = carried
            else:
                where[at], mass[at], from_null[at] = where[q], carried, carried
                at += 1
        kept = first
        for q in range(first, at):
            if q < first + k1 - k0 or mass[q] >= NEGLIGIBLE * total:
                where[kept], mass[kept], from_null[kept] = where[q], mass[q] / total, from_null[q] / total
                kept += 1
        for k in range(k0, k1):
            slot[states[k]] = -1
        at = kept
        starts[j + 2] = at
    return starts, where, mass, from_null


@compiled
def _row_scales(n_states: int, jumps: Array, reach: int) -> Array:
    """Return 1 / (the probability of all jumps that stay inside the sentence), for every position."""
    upto = np.zeros(2 * reach + 2)
    for d in range(2 * reach + 1):
        upto[d + 1] = upto[d] + jumps[d]
    scales = np.empty(n_states)
    for i in range(n_states):
        low = max(0, reach - i)
        high = min(2 * reach + 1, reach + n_states - i)
        scales[i] = 1.0 / (upto[high] - upto[low] + jumps[2 * reach + 1] * n_states)
    return scales


@compiled
def _edge(n_states: int, jumps: Array, reach: int) -> Array:
    """Return the probability of every position as the first one; counted from the other end, as the last one."""
    edge = np.full(n_states, jumps[2 * reach + 1])
    for i in range(min(n_states, reach)):
        edge[i] += jumps[reach + 1 + i]
    edge /= edge.sum()
    return edge


@compiled
def _count_jumps(
    start: int, states: Array, incoming: Array, weight: float, jumps: Array, arriving: float, jump_counts: Array
) -> None:
    """Add the expected jumps from one position to the candidates of the next token."""
    reach = (jumps.size - 2) // 2
    far, near = jumps[2 * reach + 1], 0.0
    for k in range(states.size):
        jump = states[k] - start
        if -reach <= jump <= reach:
            jump_counts[jump + reach] += weight * incoming[k] * (jumps[jump + reach] + far)
            near += incoming[k]
    jump_counts[2 * reach + 1] += max(arriving - near, 0.0) * weight * far
