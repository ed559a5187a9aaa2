from itertools import product

import numpy as np
import pytest

from cscl_data.aligners import cooccurrence
from cscl_data.aligners.cooccurrence import find_candidates, narrowed, prior_rows
from cscl_data.aligners.corpus import read_corpus
from tests.aligners.pairs import corpus_of, toy_corpus


def keys_of(corpus, found):
    rows = np.repeat(np.arange(len(corpus.src_keys)), np.diff(found.row_offsets))
    return {(corpus.src_keys[s], corpus.tgt_keys[t]) for s, t in zip(rows, found.targets, strict=True)}


def test_every_meeting_is_a_candidate_of_a_small_corpus():
    corpus = read_corpus(corpus_of(("a b a", "x y"), ("b", "z y")))
    found = find_candidates(corpus, prior_rows(corpus, {}), threads=1)
    assert keys_of(corpus, found) == {*product("ab", "xy"), ("b", "z")}
    assert found.offsets.tolist() == [0, 2, 4, 6, 8]
    assert found.partners.tolist() == [0, 1] * 4
    own = [(int(found.cells[k]), i) for i in range(4) for k in range(found.offsets[i], found.offsets[i + 1])]
    for cell, token in own:
        s = corpus.src.ids[token]
        assert found.row_offsets[s] <= cell < found.row_offsets[s + 1]
    assert [corpus.tgt_keys[found.targets[cell]] for cell, _ in own] == ["x", "y", "x", "y", "x", "y", "z", "y"]


def test_of_a_large_corpus_only_surprising_pairs_of_keys_are_candidates(monkeypatch):
    monkeypatch.setattr(cooccurrence, "SMALL", 0)
    corpus = read_corpus(toy_corpus())
    found = find_candidates(corpus, prior_rows(corpus, {}), threads=1)
    met = {}
    total = corpus.tgt.ids.size
    sentences = [
        (corpus.src.ids[a:b], corpus.tgt.ids[c:d])
        for a, b, c, d in zip(
            corpus.src.offsets, corpus.src.offsets[1:], corpus.tgt.offsets, corpus.tgt.offsets[1:], strict=False
        )
    ]
    beside = np.zeros(len(corpus.src_keys))
    for src, tgt in sentences:
        for s in set(src.tolist()):
            beside[s] += tgt.size
            for t in tgt.tolist():
                met[s, t] = met.get((s, t), 0) + 1
    expected = set()
    shares = np.bincount(corpus.tgt.ids) / total
    for (s, t), count in met.items():
        chance = beside[s] * shares[t]
        if count > chance and 2 * (count * np.log(count / chance) - count + chance) >= cooccurrence.SURPRISE:
            expected.add((corpus.src_keys[s], corpus.tgt_keys[t]))
    assert 0 < len(expected) < len(met)
    assert keys_of(corpus, found) == expected


def test_a_prior_makes_a_candidate_whatever_chance_says(monkeypatch):
    monkeypatch.setattr(cooccurrence, "SMALL", 0)
    corpus = read_corpus(corpus_of(*[("a b", "x y")] * 9), [("b", "z")])
    found = find_candidates(corpus, prior_rows(corpus, {("a", "x"): 2.0, ("b", "z"): 1.5}), threads=1)
    assert keys_of(corpus, found) == {("a", "x"), ("b", "z")}
    assert found.prior.tolist() == [2.0, 1.5]
    assert found.partners.tolist() == [0] * 9


def test_candidates_are_the_same_on_any_number_of_threads_and_within_bounds(monkeypatch):
    corpus = read_corpus(toy_corpus())
    one, three = (find_candidates(corpus, prior_rows(corpus, {}), threads=n) for n in (1, 3))
    assert all(np.array_equal(a, b) for a, b in zip(one, three, strict=True))
    monkeypatch.setattr(cooccurrence, "MOST_CANDIDATES", one.cells.size // 3)
    fewer = find_candidates(corpus, prior_rows(corpus, {}), threads=2)
    assert 0 < fewer.cells.size <= one.cells.size // 3
    assert keys_of(corpus, fewer) < keys_of(corpus, one)


def test_narrowed_keeps_the_flagged_candidates_in_their_places():
    corpus = read_corpus(corpus_of(("a b", "x y"), ("a", "y")))
    found = find_candidates(corpus, prior_rows(corpus, {}), threads=1)
    kept = narrowed(found, np.array([False, True, True, False, True]))
    assert kept.offsets.tolist() == [0, 1, 2, 3]
    assert kept.partners.tolist() == [1, 0, 0]
    assert np.array_equal(kept.cells, found.cells[[1, 2, 4]])
    assert kept.targets is found.targets


@pytest.mark.parametrize("pairs", [[], [("", "")]])
def test_nothing_gives_no_candidates(pairs):
    corpus = read_corpus(corpus_of(*pairs))
    found = find_candidates(corpus, prior_rows(corpus, {}), threads=2)
    assert found.cells.size == found.targets.size == 0
