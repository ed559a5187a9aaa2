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

Doubles = npt.NDArray[np.float64]


def first_jumps() -> Doubles:
    """Return the jump distribution before the first iteration, see `jumps_from`: it favours short jumps forward."""
    distance = np.abs(np.arange(-MAX_JUMP, MAX_JUMP + 1) - 1.0)
    return jumps_from(np.append(1.0 / (1.0 + distance), 0.1))


def jumps_from(counts: Doubles) -> Doubles:
    """Normalise jump counts.

    Args:
        counts: [2 * MAX_JUMP + 2] expected counts of the jumps -MAX_JUMP to MAX_JUMP, then of all longer ones.

    Returns:
        The same shape: what each jump has beyond the probability of a long one, then that probability.
    """
    smooth = counts + 1e-3 * counts.sum() / counts.size
    far = smooth[-1] / (2 * MAX_JUMP)
    near = np.maximum(smooth[:-1], far)
    total = near.sum() + smooth[-1]
    jumps: Doubles = np.append(near - far, far) / total
    return jumps


@compiled
def hmm_posteriors(
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
        posterior: [n_observed, n_states], filled in.
        null_posterior: [n_observed], filled in.
        jump_counts: [2 * MAX_JUMP + 2] expected jumps, added to; pass an empty array to leave them out.
    """
    n_observed, n_states = emission.shape
    reach = (jumps.size - 2) // 2
    far = jumps[2 * reach + 1]
    backwards = jumps[: 2 * reach + 1][::-1].copy()
    scale_out = _row_scales(n_states, jumps, reach)
    reached = np.empty((n_observed, n_states))  # forward mass per position, real and null states together
    from_null = np.empty((n_observed, n_states))  # the part of it in null states
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
            _spread(leaving, jumps, reach, far, spread)
            for i in range(n_states):
                from_null[j, i] = p_null * null_emission[j] * reached[j - 1, i]
                reached[j, i] = (1.0 - p_null) * emission[j, i] * spread[i]
        for i in range(n_states):
            reached[j, i] += from_null[j, i]
            total += reached[j, i]
        if total > 0.0:
            for i in range(n_states):
                reached[j, i] /= total
                from_null[j, i] /= total
        else:
            for i in range(n_states):
                reached[j, i] = 1.0 / n_states
                from_null[j, i] = 1.0 / n_states
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
            posterior[j, i] = max((reached[j, i] - from_null[j, i]) * ahead[i], 0.0)
        null_posterior[j] = none
        if j == 0:
            break
        total = 0.0
        for i in range(n_states):
            incoming[i] = (1.0 - p_null) * emission[j, i] * ahead[i]
            leaving[i] = reached[j - 1, i] * scale_out[i]
        _spread(incoming, backwards, reach, far, spread)
        if jump_counts.size:
            _count_jumps(leaving, incoming, spread, jumps, reach, far, p_null, null_emission[j], reached[j - 1], ahead,
                         jump_counts)  # fmt: skip
        for i in range(n_states):
            ahead[i] = spread[i] * scale_out[i] + p_null * null_emission[j] * ahead[i]


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
    """Fill `out[i'] = sum over i of mass[i] * P(jump i' - i)`."""
    n = mass.size
    total = 0.0
    for i in range(n):
        total += mass[i]
    for i in range(n):
        out[i] = total * far
    for i in range(n):
        x = mass[i]
        if x > 1e-30:
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
        if x * all_incoming > 1e-9:
            low = max(0, i - reach)
            high = min(n, i + reach + 1)
            row = jump_counts[low - i + reach : high - i + reach]
            weights = jumps[low - i + reach : high - i + reach]
            part = incoming[low:high]
            for d in range(high - low):
                row[d] += x * part[d] * (weights[d] + far)
                near += x * part[d]
    jump_counts[2 * reach + 1] += max(all_leaving * all_incoming / total - near, 0.0) * far
