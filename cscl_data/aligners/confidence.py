"""How far a link can be trusted: what its score says, beside that the model prefers it.

EM makes nearly every posterior of the last tables close to 1, right or wrong. Three things tell links apart better: the
posterior under the tables of the first HMM iteration; how probable the two keys make each other; and whether both keys
were seen more than once, for a word that stands once in a corpus takes whatever its sentence leaves over.
"""

from __future__ import annotations

import math

import numpy as np

from cscl_data.aligners.kernels import Array, compiled

HALF_SURE = 0.05
"""Translation probability (geometric mean of both directions) at which a score is half the posterior."""
SEEN_ONCE = 0.3
"""Factor for that probability where a key was seen once.

Both are our defaults, chosen on PUD-CLMD dev (en-ko, en-ja): of the units that `make-token-cs` switches, a third fewer
are wrong than with the last tables' posterior as the score.
"""


@compiled
def evidence_of(ahead: float, back: float, seen_once: bool) -> float:
    """Return what two probabilities say for a link: their geometric mean, less where one of the keys was seen once."""
    both = math.sqrt(ahead * back)
    return both * SEEN_ONCE if seen_once else both


@compiled
def scores_of_links(
    sizes: Array,
    src: Array,
    tgt: Array,
    src_offsets: Array,
    offsets: Array,
    partners: Array,
    posteriors: Array,
    evidence: Array,
) -> Array:
    """Return the score of every link, `p e / (e + HALF_SURE)`, in [0, 1].

    p is the mean of both directions' posteriors under the first tables, e the evidence under the last ones. A link that
    is no candidate (growing can add one) has a score of 0.

    Args:
        sizes: number of links of every pair.
        src: source tokens of all links, 0-based in their pair, pair by pair.
        tgt: target tokens of all links.
        src_offsets: [n_pairs + 1] where the source tokens of every pair begin.
        offsets: [n_src_tokens + 1] where the candidates of every source token begin.
        partners: [n_candidates] target tokens, 0-based in their pair.
        posteriors: [n_candidates, 2] under the first tables.
        evidence: [n_candidates] see `evidence_of`; 1 for equal strings.
    """
    scores = np.zeros(src.size, dtype=np.float32)
    at = 0
    for p in range(sizes.size):
        for x in range(at, at + sizes[p]):
            i = src_offsets[p] + src[x]
            for k in range(offsets[i], offsets[i + 1]):
                if partners[k] == tgt[x]:
                    posterior = min(0.5 * (posteriors[k, 0] + posteriors[k, 1]), 1.0)
                    scores[x] = posterior * evidence[k] / (evidence[k] + HALF_SURE)
        at += sizes[p]
    return scores
