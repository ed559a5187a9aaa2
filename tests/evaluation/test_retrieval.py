"""P@1, CSLS and MEXA against loops over single numbers in float64, and by vectors worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cscl_data.evaluation.retrieval import cosines, csls, mexa, precision_at_1, score_layer


def cosine(x, y):
    dot = sum(a * b for a, b in zip(x, y, strict=True))
    lengths = math.sqrt(sum(a * a for a in x)) * math.sqrt(sum(b * b for b in y))
    return dot / lengths if lengths else 0.0


def brute(source, target, k=10):
    """Return P@1 by cosine and by CSLS both ways, and MEXA, by their definitions."""
    n = len(source)
    cos = [[cosine(x, y) for y in target] for x in source]
    r_src = [sum(sorted(row, reverse=True)[:k]) / min(k, n) for row in cos]
    columns = [[cos[i][j] for i in range(n)] for j in range(n)]
    r_tgt = [sum(sorted(column, reverse=True)[:k]) / min(k, n) for column in columns]
    hubs = [[2 * cos[i][j] - r_src[i] - r_tgt[j] for j in range(n)] for i in range(n)]

    def first(scores):
        there = sum(all(scores[i][i] > scores[i][j] for j in range(n) if j != i) for i in range(n)) / n
        back = sum(all(scores[i][i] > scores[j][i] for j in range(n) if j != i) for i in range(n)) / n
        return there, back

    both = [all(cos[i][i] > max(cos[i][j], cos[j][i]) for j in range(n) if j != i) for i in range(n)]
    return first(cos), first(hubs), sum(both) / n, hubs


@pytest.mark.parametrize(("n", "noise"), [(5, 0.5), (24, 0.9), (40, 1.5)])
def test_scores_equal_their_definitions(n, noise):
    rng = np.random.default_rng(n)
    source = rng.normal(size=(n, 6)).astype(np.float32)
    target = (source + noise * rng.normal(size=(n, 6))).astype(np.float32)
    by_cosine, by_csls, share, hubs = brute(source.tolist(), target.tolist())
    score = score_layer(3, source, target)
    assert (score.layer, score.cosine, score.csls, score.mexa) == (3, by_cosine, by_csls, pytest.approx(share))
    assert np.allclose(csls(cosines(source, target)), hubs, atol=1e-12)
    assert score.mean_csls == pytest.approx(sum(by_csls) / 2)


def test_csls_forgives_a_hub():
    """Target 2 is near everything: by cosine it steals sentence 0, by CSLS it does not."""
    similar = np.array([[0.80, 0.10, 0.81], [0.10, 0.90, 0.85], [0.20, 0.20, 0.95]])
    assert precision_at_1(similar)[0] == pytest.approx(2 / 3)
    assert precision_at_1(csls(similar, 2))[0] == 1


def test_mexa_wants_row_and_column():
    similar = np.array([[0.9, 0.1, 0.1], [0.1, 0.5, 0.6], [0.1, 0.4, 0.7]])
    assert precision_at_1(similar) == (pytest.approx(2 / 3), 1)
    assert mexa(similar) == pytest.approx(2 / 3)


def test_vectors_that_are_all_alike_find_nothing():
    same = np.ones((4, 3), dtype=np.float32)
    score = score_layer(0, same, same)
    assert (score.cosine, score.csls, score.mexa) == ((0, 0), (0, 0), 0)
    nothing = np.zeros((4, 3), dtype=np.float32)
    assert score_layer(0, nothing, nothing).mexa == 0


def test_sides_of_different_length_are_refused():
    with pytest.raises(ValueError, match="2 source vectors for 3"):
        cosines(np.ones((2, 2)), np.ones((3, 2)))
    with pytest.raises(ValueError, match="0 source"):
        cosines(np.ones((0, 2)), np.ones((0, 2)))
