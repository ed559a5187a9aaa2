"""Each method against a short derivation in float64, and what always holds."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm

from cscl_data.embeddings import METHODS
from cscl_data.embeddings.alignment import rotation
from cscl_data.embeddings.base import Counts, Vectors
from cscl_data.embeddings.ofa import low_rank
from cscl_data.embeddings.pieces import even_mixture
from cscl_data.embeddings.rest import spread_of
from cscl_data.embeddings.transtok import token_counts
from tests.embeddings.materials import (
    NEW,
    ROWS,
    SHARED,
    clipped,
    cosines,
    new_rows,
    random_materials,
    source_rows,
    sparsemax_by_the_book,
)

DRAWN = ("multivariate", "random")


def support_of(materials, token: int) -> tuple[np.ndarray, np.ndarray]:
    weights = sparsemax_by_the_book(cosines(materials.static.table[token], materials.static.table[:SHARED]))
    return np.nonzero(weights)[0], weights


@pytest.mark.parametrize("helper_width", [40, 3])
def test_salt_is_the_helper_row_times_the_map_of_its_support(helper_width: int) -> None:
    """Supports have more tokens than the helper's 3 dimensions, and fewer than its 40."""
    materials, source = random_materials(helper_width=helper_width), source_rows()
    made = new_rows("salt", materials, source)
    helper, ours = materials.helper.table.numpy(), source[materials.shared_source].numpy()
    sizes = set()
    for token in range(SHARED, ROWS):
        support, _ = support_of(materials, token)
        sizes.add(len(support))
        the_map = np.linalg.pinv(helper[support]) @ ours[support]
        np.testing.assert_allclose(made.table[token].numpy(), clipped(helper[token] @ the_map, source), atol=1e-6)
    assert len(sizes) > 3
    assert max(sizes) > 3 >= min(sizes)


def test_salt_with_a_ridge_solves_the_regularised_problem() -> None:
    materials, source = random_materials(helper_width=6), source_rows()
    made = new_rows("salt", materials, source, ridge=0.3)
    helper, ours = materials.helper.table.numpy(), source[materials.shared_source].numpy()
    for token in range(SHARED, ROWS):
        support, _ = support_of(materials, token)
        anchors = helper[support]
        eps = 0.3 * (anchors**2).sum() / len(support)
        the_map = np.linalg.solve(anchors.T @ anchors + eps * np.eye(6), anchors.T @ ours[support])
        np.testing.assert_allclose(made.table[token].numpy(), clipped(helper[token] @ the_map, source), atol=1e-6)


def test_salt_gives_a_token_with_the_static_vector_of_a_shared_one_that_ones_map() -> None:
    materials, source = random_materials(), source_rows()
    materials.static.table[SHARED + 2] = materials.static.table[5]
    materials.helper.table[SHARED + 2] = materials.helper.table[5]
    materials.static.table[SHARED + 3] = materials.static.table[5]
    made = new_rows("salt", materials, source)
    support, _ = support_of(materials, 5)
    ours = source[materials.shared_source].numpy()
    the_map = np.linalg.pinv(materials.helper.table[:SHARED].numpy()[support]) @ ours[support]
    expected = materials.helper.table[SHARED + 3].numpy() @ the_map
    np.testing.assert_allclose(made.table[SHARED + 3].numpy(), expected, atol=1e-6)
    np.testing.assert_allclose(made.table[SHARED + 2].numpy(), ours[5], atol=1e-6)


def test_focus_is_the_weighted_sum_of_its_support() -> None:
    materials, source = random_materials(), source_rows()
    made = new_rows("focus", materials, source)
    ours = source[materials.shared_source].numpy()
    for token in range(SHARED, ROWS):
        _, weights = support_of(materials, token)
        np.testing.assert_allclose(made.table[token].numpy(), weights @ ours, atol=1e-6)


@pytest.mark.parametrize("method", ["wechsel", "ofa"])
def test_nearest_source_tokens_are_weighted_by_softmax(method: str) -> None:
    materials, source = random_materials(), source_rows()
    rank = 3 if method == "ofa" else 8
    made = new_rows(method, materials, source, transform=lambda rows: low_rank(rows, rank), neighbours=4)
    _, _, right = np.linalg.svd(source.numpy())
    mixed_from = source.numpy() @ right[:rank].T @ right[:rank]
    for token in range(SHARED, ROWS):
        near = cosines(materials.static.table[token], materials.source_static.table)
        best = np.argsort(-near)[:4]
        weights = np.exp(near[best] / 0.1)
        np.testing.assert_allclose(made.table[token].numpy(), weights / weights.sum() @ mixed_from[best], atol=1e-6)


def test_rotation_brings_a_turned_space_back() -> None:
    generator = torch.Generator().manual_seed(1)
    turn, _ = torch.linalg.qr(torch.randn(6, 6, generator=generator, dtype=torch.float64))
    words = torch.randn(40, 6, generator=generator, dtype=torch.float64)
    torch.testing.assert_close(rotation(words @ turn.T, 3 * words), turn)


def test_transtok_halves_counts_between_all_tokens_and_their_places() -> None:
    counts = token_counts({((1, 2), (30, 31)): 10, ((3,), (30,)): 20, ((4,), (32,)): 9}, min_count=10)
    found = {(new, old): count for new, old, count in zip(*(part.tolist() for part in counts), strict=True)}
    assert found == {(30, 1): 7.5, (30, 2): 2.5, (31, 1): 2.5, (31, 2): 7.5, (30, 3): 20.0}


@pytest.mark.parametrize(("n_old", "n_new"), [(3, 2), (2, 3), (4, 6), (1, 4), (5, 1), (7, 5), (3, 3)])
def test_transtok_spreads_a_token_over_the_old_ones_that_overlap_its_place(n_old: int, n_new: int) -> None:
    """As the published code does it: both words repeated to their least common length, then side by side."""
    old, new = list(range(n_old)), list(range(100, 100 + n_new))
    length = math.lcm(n_old, n_new)
    expected: Counter[tuple[int, int]] = Counter()
    for ours, theirs in zip(np.repeat(new, length // n_new), np.repeat(old, length // n_old), strict=True):
        expected[int(ours), int(theirs)] += 12 / 2 / (length // n_new)
    for ours in new:
        for theirs in old:
            expected[ours, theirs] += 12 / 2 / n_old
    counts = token_counts({(tuple(old), tuple(new)): 12}, min_count=10)
    assert list(zip(counts.targets.tolist(), counts.sources.tolist(), strict=True)) == sorted(expected)
    np.testing.assert_allclose(counts.counts.numpy(), [expected[key] for key in sorted(expected)], atol=1e-12)


def test_transtok_mixes_by_counts_and_smooths_by_beginnings_and_ends() -> None:
    texts = [f"shared{n}" for n in range(SHARED)] + [f"new{n}" for n in range(NEW)]
    texts[30], texts[31], texts[32], texts[33] = " foot", "ball", " football", "zzz"
    counts = Counts(torch.tensor([30, 30, 31]), torch.tensor([2, 3, 4]), torch.tensor([1.0, 3.0, 5.0]).double())
    materials, source = random_materials(counts=counts, texts=texts), source_rows()
    made = new_rows("transtok", materials, source, unknown=11)
    foot, ball = (source[2] + 3 * source[3]) / 4, source[4]
    torch.testing.assert_close(made.table[30], foot)
    torch.testing.assert_close(made.table[31], ball)
    torch.testing.assert_close(made.table[32], (foot + ball) / 2)
    torch.testing.assert_close(made.table[33], source[11])


def test_mean_is_that_of_the_vocabulary_or_of_the_pieces() -> None:
    source = source_rows()
    plain = new_rows("mean", random_materials(), source)
    torch.testing.assert_close(plain.table[SHARED], source.mean(0))
    pieces = even_mixture([24, 25, 26], [[0, 1, 1], [], [5]])
    made = new_rows("mean", random_materials(pieces=pieces), source)
    torch.testing.assert_close(made.table[24], (source[0] + 2 * source[1]) / 3)
    torch.testing.assert_close(made.table[25], source.mean(0))
    torch.testing.assert_close(made.table[26], source[5])


@pytest.mark.parametrize("method", DRAWN)
def test_drawn_rows_are_the_noise_turned_to_the_source_rows_spread(method: str) -> None:
    source = source_rows()
    made = new_rows(method, random_materials(), source)
    noise = torch.randn(NEW, 8, generator=torch.Generator().manual_seed(7), dtype=torch.float64).numpy()
    values = source.numpy()
    covariance = np.cov(values.T, bias=True)
    if method == "random":
        expected = values.mean(0) + noise * values.std(0)
    else:
        expected = values.mean(0) + noise @ sqrtm(covariance)
    np.testing.assert_allclose(made.table[SHARED:].numpy(), expected, atol=1e-6)


def test_multivariate_rows_have_the_covariance_of_the_source_rows() -> None:
    source = source_rows(4)
    draw = METHODS["multivariate"]
    from cscl_data.embeddings.rest import RESTS

    rows = RESTS[draw.rest](spread_of(source), None, 20_000, torch.Generator().manual_seed(0))
    torch.testing.assert_close(rows.T.cov(), source.T.cov(correction=0), atol=0.05, rtol=0.05)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("method", METHODS)
def test_rows_of_shared_tokens_are_the_source_rows_to_the_bit(method: str, dtype: torch.dtype) -> None:
    counts = Counts(torch.tensor([24]), torch.tensor([1]), torch.tensor([1.0]).double())
    materials = random_materials(counts=counts, texts=[str(n) for n in range(ROWS)])
    source = source_rows().to(dtype)
    made = new_rows(method, materials, source)
    assert made.table.dtype == dtype
    assert torch.equal(made.table[:SHARED], source[materials.shared_source])
    assert bool(made.table.isfinite().all())


@pytest.mark.parametrize("method", ["salt", "focus", "wechsel", "ofa"])
def test_tokens_without_a_static_vector_are_drawn(method: str) -> None:
    materials, source = random_materials(), source_rows()
    unknown = torch.zeros(ROWS, dtype=torch.bool).index_fill(0, torch.tensor([25, 27]), True)
    without = Vectors(materials.static.table, ~unknown)
    made = new_rows(method, random_materials(static=without), source)
    assert made.rest == 2
    noise = torch.randn(2, 8, generator=torch.Generator().manual_seed(7), dtype=torch.float64)
    torch.testing.assert_close(made.table[[25, 27]], source.mean(0) + noise * source.std(0, correction=0))


def test_salt_draws_tokens_that_the_helper_lacks() -> None:
    materials = random_materials()
    known = torch.ones(ROWS, dtype=torch.bool)
    known[[3, 30]] = False
    lacking = random_materials(helper=Vectors(materials.helper.table, known))
    made = new_rows("salt", lacking, source_rows())
    assert made.rest == 1
    assert torch.equal(made.table[3], source_rows()[26])


def test_rows_that_are_too_long_are_scaled_and_counted() -> None:
    materials, source = random_materials(), source_rows()
    materials.helper.table[30] *= 1e6
    made = new_rows("salt", materials, source)
    assert made.clipped == 1
    assert made.table[30].norm() == pytest.approx(3 * float(source.float().norm(dim=1).max()), rel=1e-5)


@pytest.mark.parametrize("method", ["salt", "focus", "wechsel", "multivariate"])
def test_same_input_gives_the_same_rows(method: str) -> None:
    one, other = (new_rows(method, random_materials(), source_rows()).table for _ in range(2))
    assert torch.equal(one, other)
