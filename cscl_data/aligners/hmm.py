"""The HMM alignment model: a target word's source word stands near that of the word before it.

Source:
    vogel-etal-1996-hmm (jumps), och-ney-2003-systematic (null states that remember the last position). Deviations:
    jumps beyond `MAX_JUMP` share one probability; the first word's position is uniform; the jump distribution is cut
    to the sentence and normalised.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cscl_data.aligners.kernels import Array, compiled

MAX_JUMP = 40
P_NULL = 0.1
"""Probability of the null word. Our default."""
JUMP_PAIRS = 150
"""Jumps are counted in this many pairs of every block: they are few parameters, and counting doubles the time."""
NEGLIGIBLE = 1e-4
"""A position with less than this share of the mass makes only long jumps. Our default; it saves a tenth of the time."""

Doubles = npt.NDArray[np.float64]


def first_jumps() -> Doubles:
    """Return the jump distribution before the first iteration, see `jumps_from`: it favours short jumps forward."""
    distance = np.abs(np.arange(-MAX_JUMP, MAX_JUMP + 1) - 1.0)
    return jumps_from(np.append(1.0 / (1.0 + distance), 0.1))


def jumps_from(counts: Doubles) -> Doubles:
    """Normalise jump counts; no counts at all make all jumps equal.

    Args:
        counts: [2 * MAX_JUMP + 2] expected counts of the jumps -MAX_JUMP to MAX_JUMP, then of all longer ones.

    Returns:
        The same shape: what each jump has beyond the probability of a long one, then that probability.
    """
    smooth = counts + 1e-3 * counts.sum() / counts.size + 1e-9
    far = smooth[-1] / (2 * MAX_JUMP)
    near = np.maximum(smooth[:-1], far)
    total = near.sum() + smooth[-1]
    jumps: Doubles = np.append(near - far, far) / total
    return jumps


@compiled
def hmm_posteriors(
    src_offsets: Array,
    tgt_offsets: Array,
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
        cells: [n_cells, 2] lexical probabilities of all cells of all pairs, source token by source token: of the
            target token given the source token, and the reverse.
        tgt_none: probability of every target token under the null word.
        src_none: the same for source tokens.
        forward_jumps: what `jumps_from` returns, for source positions.
        backward_jumps: the same, for target positions.
        p_null: probability of the null word.
        moved: [2, 2 * MAX_JUMP + 2] expected jumps, added to; pass a [2, 0] array to leave them out.

    Returns:
        Posteriors of the cells, of the null word for target tokens, and for source tokens; shapes as given.
    """
    out = np.empty(cells.shape, dtype=np.float32)
    tgt_out = np.empty(tgt_none.size, dtype=np.float32)
    src_out = np.empty(src_none.size, dtype=np.float32)
    at = 0
    for p in range(src_offsets.size - 1):
        s0, t0 = src_offsets[p] - src_offsets[0], tgt_offsets[p] - tgt_offsets[0]
        n, m = src_offsets[p + 1] - src_offsets[p], tgt_offsets[p + 1] - tgt_offsets[p]
        ahead, back = np.empty((m, n)), np.empty((n, m))
        for i in range(n):
            for j in range(m):
                ahead[j, i] = cells[at + i * m + j, 0]
                back[i, j] = cells[at + i * m + j, 1]
        tgt_post, src_post = tgt_out[t0 : t0 + m], src_out[s0 : s0 + n]
        counted = moved if p < JUMP_PAIRS else moved[:, :0]
        sentence_posteriors(ahead, tgt_none[t0 : t0 + m], p_null, forward_jumps, ahead, tgt_post, counted[0])
        sentence_posteriors(back, src_none[s0 : s0 + n], p_null, backward_jumps, back, src_post, counted[1])
        for i in range(n):
            for j in range(m):
                out[at + i * m + j, 0] = ahead[j, i]
                out[at + i * m + j, 1] = back[i, j]
        at += n * m
    return out, tgt_out, src_out


@compiled
def sentence_posteriors(
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
        emission: [n_observed, n_states] lexical probabilities.
        null_emission: [n_observed] probabilities under the null word.
        p_null: probability of the null word.
        jumps: what `jumps_from` returns.
        posterior: [n_observed, n_states], filled in; may be the same array as `emission`.
        null_posterior: [n_observed], filled in.
        jump_counts: [2 * MAX_JUMP + 2] expected jumps, added to; pass an empty array to leave them out.
    """
    n_observed, n_states = emission.shape
    reach = (jumps.size - 2) // 2
    far = jumps[2 * reach + 1]
    backwards = jumps[: 2 * reach + 1][::-1].copy()
    scale_out = _row_scales(n_states, jumps, reach)
    reached, from_null = _forward_pass(emission, null_emission, p_null, jumps, scale_out)
    spread = np.empty(n_states)
    leaving = np.empty(n_states)
    ahead = np.ones(n_states)
    incoming = np.empty(n_states)
    for j in range(n_observed - 1, -1, -1):
        total = 0.0
        for i in range(n_states):
            total += reached[j, i] * ahead[i]
        scale = 1.0 / total if total > 0.0 else 0.0
        none = 0.0
        for i in range(n_states):
            ahead[i] *= scale
            none += from_null[j, i] * ahead[i]
            incoming[i] = (1.0 - p_null) * emission[j, i] * ahead[i]
            posterior[j, i] = max((reached[j, i] - from_null[j, i]) * ahead[i], 0.0)
        null_posterior[j] = none
        if j == 0:
            break
        for i in range(n_states):
            leaving[i] = reached[j - 1, i] * scale_out[i]
        _spread(incoming, backwards, reach, far, spread)
        if jump_counts.size:
            _count_jumps(leaving, incoming, spread, jumps, reach, far, p_null, null_emission[j], reached[j - 1], ahead,
                         jump_counts)  # fmt: skip
        for i in range(n_states):
            ahead[i] = spread[i] * scale_out[i] + p_null * null_emission[j] * ahead[i]


@compiled
def _forward_pass(
    emission: Array, null_emission: Array, p_null: float, jumps: Array, scale_out: Array
) -> tuple[Array, Array]:
    """Return the forward mass per position, real and null states together, and the part of it in null states."""
    n_observed, n_states = emission.shape
    reach = (jumps.size - 2) // 2
    reached = np.empty((n_observed, n_states))
    from_null = np.empty((n_observed, n_states))
    spread = np.empty(n_states)
    leaving = np.empty(n_states)
    for j in range(n_observed):
        total = 0.0
        if j == 0:
            for i in range(n_states):
                reached[0, i] = (1.0 - p_null) * emission[0, i] / n_states
                from_null[0, i] = p_null * null_emission[0] / n_states
        else:
            for i in range(n_states):
                leaving[i] = reached[j - 1, i] * scale_out[i]
            _spread(leaving, jumps, reach, jumps[2 * reach + 1], spread)
            for i in range(n_states):
                from_null[j, i] = p_null * null_emission[j] * reached[j - 1, i]
                reached[j, i] = (1.0 - p_null) * emission[j, i] * spread[i]
        for i in range(n_states):
            reached[j, i] += from_null[j, i]
            total += reached[j, i]
        if total > 0.0:
            scale = 1.0 / total
            for i in range(n_states):
                reached[j, i] *= scale
                from_null[j, i] *= scale
        else:
            for i in range(n_states):
                reached[j, i] = 1.0 / n_states
                from_null[j, i] = 1.0 / n_states
    return reached, from_null


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
def _spread(mass: Array, jumps: Array, reach: int, far: float, out: Array) -> None:
    """Fill `out[i'] = sum over i of mass[i] * P(jump i' - i)`, near jumps from negligible positions left out."""
    n = mass.size
    total = 0.0
    for i in range(n):
        total += mass[i]
    for i in range(n):
        out[i] = total * far
    for i in range(n):
        x = mass[i]
        if x > total * NEGLIGIBLE:
            low = max(0, i - reach)
            high = min(n, i + reach + 1)
            row = jumps[low - i + reach : high - i + reach]
            part = out[low:high]
            for d in range(high - low):
                part[d] += x * row[d]


@compiled
def _count_jumps(
    leaving: Array,
    incoming: Array,
    spread: Array,
    jumps: Array,
    reach: int,
    far: float,
    p_null: float,
    null_emission: float,
    before: Array,
    ahead: Array,
    jump_counts: Array,
) -> None:
    """Add the expected jumps of one step; `spread` is what `incoming` gives to every position before."""
    n = leaving.size
    total = 0.0
    for i in range(n):
        total += leaving[i] * spread[i] + p_null * null_emission * before[i] * ahead[i]
    if total <= 0.0:
        return
    all_leaving = 0.0
    all_incoming = 0.0
    near = 0.0
    for i in range(n):
        all_leaving += leaving[i]
        all_incoming += incoming[i]
    for i in range(n):
        x = leaving[i] / total
        if leaving[i] > all_leaving * NEGLIGIBLE:
            low = max(0, i - reach)
            high = min(n, i + reach + 1)
            row = jump_counts[low - i + reach : high - i + reach]
            weights = jumps[low - i + reach : high - i + reach]
            part = incoming[low:high]
            for d in range(high - low):
                row[d] += x * part[d] * (weights[d] + far)
                near += x * part[d]
    jump_counts[2 * reach + 1] += max(all_leaving * all_incoming / total - near, 0.0) * far
