"""IBM model 1: which source word made a target word, wherever they stand. It starts the HMM off.

Source:
    brown-etal-1993-mathematics, model 1; the null word has a fixed probability, as in the HMM.
"""

from __future__ import annotations

from cscl_data.aligners.kernels import Array, compiled


@compiled
def ibm1_posteriors(
    emission: Array, null_emission: Array, p_null: float, posterior: Array, null_posterior: Array
) -> None:
    """Fill in P(state | observation) for one sentence and one direction.

    Args:
        emission: [n_observed, n_states] lexical probabilities.
        null_emission: [n_observed] probabilities under the null word.
        p_null: probability of the null word.
        posterior: [n_observed, n_states], filled in.
        null_posterior: [n_observed], filled in.
    """
    n_observed, n_states = emission.shape
    weight = (1.0 - p_null) / n_states
    for j in range(n_observed):
        none = p_null * null_emission[j]
        total = none
        for i in range(n_states):
            total += weight * emission[j, i]
        scale = 1.0 / total if total > 0.0 else 0.0
        null_posterior[j] = none * scale
        for i in range(n_states):
            posterior[j, i] = weight * emission[j, i] * scale
