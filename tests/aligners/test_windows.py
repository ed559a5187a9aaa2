import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cscl_data.aligners.windows import batches_of, padded_width, windows_of


@settings(deadline=None)
@given(st.integers(1, 5_000), st.integers(1, 600))
def test_windows_own_every_subword_once_and_fit(n_subwords, longest):
    windows = windows_of(n_subwords, longest)
    owned = [at for window in windows for at in range(window.own_start, window.own_stop)]
    assert owned == list(range(n_subwords))
    for window in windows:
        assert 0 <= window.start <= window.own_start
        assert window.own_stop <= window.stop <= n_subwords
        assert window.stop - window.start == min(longest, n_subwords)


@settings(deadline=None)
@given(st.integers(8, 600), st.data())
def test_windows_give_inner_subwords_context_on_both_sides(longest, data):
    n_subwords = data.draw(st.integers(longest + 1, 5_000))
    for window in windows_of(n_subwords, longest):
        assert window.own_start - window.start >= (longest // 8 - 1 if window.start else 0)
        assert window.stop - window.own_stop >= (longest // 8 - 1 if window.stop < n_subwords else 0)


@pytest.mark.parametrize(("n_subwords", "limit", "width"), [(1, 64, 16), (16, 64, 16), (17, 64, 32), (50, 50, 50)])
def test_padded_width_is_a_multiple_of_16_within_the_limit(n_subwords, limit, width):
    assert padded_width(n_subwords, limit) == width


@settings(deadline=None)
@given(st.lists(st.integers(1, 512), max_size=200), st.integers(16, 2_000))
def test_batches_hold_every_row_once_within_the_budget(lengths, budget):
    batches = list(batches_of(lengths, 512, budget))
    assert sorted(row for batch, _ in batches for row in batch) == list(range(len(lengths)))
    for batch, width in batches:
        assert max(lengths[row] for row in batch) <= width
        assert len(batch) * width <= budget or len(batch) == 1
