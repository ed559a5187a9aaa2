"""Jump distributions of the HMM: how far the source word of a target word stands from that of the word before it.

Source:
    vogel-etal-1996-hmm. Deviations: jumps beyond `MAX_JUMP` share one probability; the distribution is cut to the
    sentence and normalised.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

MAX_JUMP = 40

Doubles = npt.NDArray[np.float64]


class Jumps(NamedTuple):
    """Jump distributions, as `jumps_from` gives them.

    `forward` is of the source position from one target token to the next, `backward` of the target position.
    """

    forward: Doubles
    backward: Doubles


def first_jumps() -> Jumps:
    """Return the distributions before the first iteration: they favour short jumps forward."""
    distance = np.abs(np.arange(-MAX_JUMP, MAX_JUMP + 1) - 1.0)
    jumps = jumps_from(np.append(1.0 / (1.0 + distance), 0.1))
    return Jumps(jumps, jumps)


def no_counts() -> Doubles:
    """Return room for the expected jumps of both directions, [2, 2 * MAX_JUMP + 2]."""
    return np.zeros((2, 2 * MAX_JUMP + 2))


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
