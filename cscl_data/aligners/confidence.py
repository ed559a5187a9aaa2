"""How far a link can be trusted: what its score says, beside that the model prefers it.

EM makes nearly every posterior of the last tables close to 1, right or wrong. Three things tell links apart better: the
posterior under the tables of the first HMM iteration; how probable the two keys make each other; and what speaks for
the pair besides the text: priors, a lexicon, spelling or sound. Without that, a pair is worth what its rarer key's
sentences are: a word that stands once in a corpus takes whatever its sentence leaves over, and one that stands in a
single report goes with its other words.
"""

from __future__ import annotations

import math

import numpy as np

from cscl_data.aligners.kernels import Array, compiled

HALF_SURE = 0.05
"""Translation probability (geometric mean of both directions) at which a score is half the posterior.

Our default, chosen on the dev splits of PUD-CLMD, English to Korean and Japanese.
"""
HALF_SEEN = 1.0
"""How often the rarer key of a pair with nothing else behind it is seen where its score is half of that.

Our default, chosen by what readers reject of rows made from FLORES-200 dev, Park dev and NusaX.
"""
BACKED = 0.25
"""Pseudo-counts that a pair needs to be backed by more than the text (our default: a prior of weight 0.05)."""
ALWAYS = 1 << 30
"""Stands for how often a pair was seen that needs no more behind it: its score is not lessened."""


@compiled
def trust_of(ahead: float, back: float, seen: int) -> float:
    """Return how far a link can be trusted if its posterior is 1, in [0, 1].

    With e the geometric mean of the two probabilities, `e / (e + HALF_SURE) * seen / (seen + HALF_SEEN)`.

    Args:
        ahead: translation probability of the target key.
        back: that of the source key.
        seen: how often the rarer of both keys stood in the text of the fit, at least 1; `ALWAYS` where priors, a
            lexicon, spelling or sound speak for the pair.
    """
    both = math.sqrt(ahead * back)
    return both / (both + HALF_SURE) * seen / (seen + HALF_SEEN)


@compiled
def scores_of_links(
    sizes: Array,
    src: Array,
    tgt: Array,
    src_offsets: Array,
    offsets: Array,
    partners: Array,
    posteriors: Array,
    probabilities: Array,
    seen: Array,
) -> Array:
    """Return the score of every link in [0, 1]: the mean of both directions' posteriors, times `trust_of`.

    The posteriors are those under the first tables, the probabilities those of the last ones. A link that is no
    candidate (growing can add one) has a score of 0.

    Args:
        sizes: number of links of every pair.
        src: source tokens of all links, 0-based in their pair, pair by pair.
        tgt: target tokens of all links.
        src_offsets: [n_pairs + 1] where the source tokens of every pair begin.
        offsets: [n_src_tokens + 1] where the candidates of every source token begin.
        partners: [n_candidates] target tokens, 0-based in their pair.
        posteriors: [n_candidates, 2] under the first tables.
        probabilities: [n_candidates, 2] of the last ones; 1 for equal strings.
        seen: [n_candidates] see `trust_of`.
    """
    scores = np.zeros(src.size, dtype=np.float32)
    at = 0
    for p in range(sizes.size):
        for x in range(at, at + sizes[p]):
            i = src_offsets[p] + src[x]
            for k in range(offsets[i], offsets[i + 1]):
                if partners[k] == tgt[x]:
                    posterior = min(0.5 * (posteriors[k, 0] + posteriors[k, 1]), 1.0)
                    scores[x] = posterior * trust_of(probabilities[k, 0], probabilities[k, 1], seen[k])
        at += sizes[p]
    return scores
