"""The HMM against a sum over every possible path, on sentences short enough to write them all out."""

from itertools import product

import numpy as np
import pytest

from cscl_data.aligners import hmm
from cscl_data.aligners.hmm import hmm_posteriors, sentence_posteriors
from cscl_data.aligners.jumps import MAX_JUMP, first_jumps, jumps_from, no_counts

P_NULL = 0.2


def transition(jumps, n_states, start, end):
    far = jumps[-1]

    def weight(position):
        jump = position - start
        return far + (jumps[jump + MAX_JUMP] if abs(jump) <= MAX_JUMP else 0.0)

    return weight(end) / sum(weight(position) for position in range(n_states))


def first(jumps, n_states, position):
    return transition(jumps, n_states, -1, position)


def last(jumps, n_states, position):
    return 1.0 / n_states if position is None else first(jumps, n_states, n_states - 1 - position)


def by_all_paths(n_states, candidates, null_emission, jumps):
    """Posteriors {(observed, state): p} of real states, and of the null word, by enumeration."""
    total, real, null = 0.0, {}, np.zeros(len(candidates))
    for path in product(*([None, *found] for found in candidates)):
        weight, at = 1.0, None
        for j, state in enumerate(path):
            if state is None:
                weight *= P_NULL * null_emission[j]
            else:
                reached = first(jumps, n_states, state) if at is None else transition(jumps, n_states, at, state)
                weight *= (1 - P_NULL) * candidates[j][state] * reached
                at = state
        weight *= last(jumps, n_states, at)
        total += weight
        for j, state in enumerate(path):
            if state is None:
                null[j] += weight
            else:
                real[j, state] = real.get((j, state), 0.0) + weight
    return {place: weight / total for place, weight in real.items()}, null / total


def sentence(seed):
    rng = np.random.default_rng(seed)
    n_states, n_observed = int(rng.integers(1, 6)), int(rng.integers(1, 6))
    candidates = [
        {int(i): float(rng.random()) for i in range(n_states) if rng.random() < 0.6} for _ in range(n_observed)
    ]
    jumps = jumps_from(rng.random(2 * MAX_JUMP + 2))
    return n_states, candidates, rng.random(n_observed), jumps


@pytest.mark.parametrize("seed", range(25))
def test_posteriors_are_those_of_all_paths(monkeypatch, seed):
    n_states, candidates, null_emission, jumps = sentence(seed)
    offsets = np.concatenate([[0], np.cumsum([len(found) for found in candidates])]).astype(np.int64)
    states = np.array([i for found in candidates for i in found], dtype=np.int32)
    emission = np.array([p for found in candidates for p in found.values()])
    posterior, null = np.empty(states.size), np.empty(len(candidates))
    counts = np.zeros(2 * MAX_JUMP + 2)
    sentence_posteriors(n_states, offsets, states, emission, null_emission, P_NULL, jumps, posterior, null, counts)
    real, expected_null = by_all_paths(n_states, candidates, null_emission, jumps)
    expected = [real[j, i] for j, found in enumerate(candidates) for i in found]
    # Positions below `NEGLIGIBLE` are forgotten: what they weigh is the tolerance.
    assert posterior == pytest.approx(expected, abs=20 * hmm.NEGLIGIBLE)
    assert null == pytest.approx(expected_null, abs=20 * hmm.NEGLIGIBLE)
    per_token = null + np.add.reduceat(np.append(posterior, 0.0), offsets[:-1]) * (np.diff(offsets) > 0)
    assert per_token == pytest.approx(np.ones(len(candidates)), abs=1e-6)
    assert counts.sum() <= len(candidates) - 1 + 1e-6


def test_a_block_is_its_pairs_in_both_directions():
    src, tgt = np.array([0, 2, 3]), np.array([0, 2, 5])
    offsets = np.array([0, 2, 3, 6])
    partners = np.array([0, 1, 1, 0, 1, 2], dtype=np.int32)
    cells = np.array([[0.9, 0.8], [0.1, 0.2], [0.7, 0.6], [0.2, 0.3], [0.5, 0.4], [0.1, 0.1]], dtype=np.float32)
    tgt_none, src_none = np.full(5, 0.05, dtype=np.float32), np.full(3, 0.05, dtype=np.float32)
    jumps = first_jumps()
    whole = hmm_posteriors(src, tgt, offsets, partners, cells, tgt_none, src_none, *jumps, P_NULL, no_counts())
    first = hmm_posteriors(
        src[:2], tgt[:2], offsets[:3], partners[:3], cells[:3], tgt_none[:2], src_none[:2], *jumps, P_NULL, no_counts()
    )
    second = hmm_posteriors(
        src[1:], tgt[1:], offsets[2:], partners[3:], cells[3:], tgt_none[2:], src_none[2:], *jumps, P_NULL, no_counts()
    )
    for together, one, other in zip(whole, first, second, strict=True):
        assert np.array_equal(together, np.concatenate([one, other]))
    ahead = whole[0][:, 0]
    assert ahead[0] + whole[1][0] == pytest.approx(1.0, abs=1e-5)
    assert ahead[1] + ahead[2] + whole[1][1] == pytest.approx(1.0, abs=1e-5)
    back = whole[0][:, 1]
    assert back[0] + back[1] + whole[2][0] == pytest.approx(1.0, abs=1e-5)


def test_a_token_without_candidates_is_the_null_words():
    posterior, null = np.empty(1), np.empty(2)
    jumps = first_jumps().forward
    sentence_posteriors(
        3, np.array([0, 0, 1]), np.array([2], dtype=np.int32), np.array([0.5]), np.array([0.0, 0.1]), P_NULL, jumps,
        posterior, null, np.zeros(0),
    )  # fmt: skip
    assert null[0] == pytest.approx(1.0)
    assert posterior[0] + null[1] == pytest.approx(1.0)
