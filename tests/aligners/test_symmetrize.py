import pytest
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.aligners.symmetrize import RULES, symmetrize
from cscl_data.errors import ConfigError, InputError

# Forward and backward links of one 5 x 5 pair, and what each rule makes of them.
FORWARD = {(0, 0), (1, 1), (2, 1), (4, 4)}
BACKWARD = {(0, 0), (1, 1), (1, 2), (4, 0), (4, 3)}
GROWN = [(0, 0), (1, 1), (1, 2), (2, 1)]
TABLE = [
    ("intersection", [(0, 0), (1, 1)]),
    ("union", [*GROWN, (4, 0), (4, 3), (4, 4)]),
    ("posterior", [*GROWN, (4, 0), (4, 3), (4, 4)]),
    ("grow-diag", GROWN),
    ("grow-diag-final", [*GROWN, (4, 3), (4, 4)]),
    ("grow-diag-final-and", [*GROWN, (4, 4)]),
]


@pytest.mark.parametrize(("rule", "links"), TABLE)
def test_symmetrize_follows_its_rule(rule, links):
    assert symmetrize(FORWARD, BACKWARD, rule, n_src=5, n_tgt=5) == links


@pytest.mark.parametrize("rule", sorted(RULES))
def test_symmetrize_of_nothing_is_nothing(rule):
    assert symmetrize(set(), set(), rule, n_src=2, n_tgt=3) == []
    assert symmetrize(set(), set(), rule, n_src=0, n_tgt=0) == []


def test_symmetrize_grows_over_a_diagonal_when_one_word_is_free():
    # (1, 1) has a free target word; (0, 1) would need one of its own, and has none once (1, 1) stands.
    assert symmetrize({(0, 0), (1, 1)}, {(0, 0)}, "grow-diag", n_src=2, n_tgt=2) == [(0, 0), (1, 1)]


def test_symmetrize_refuses_links_outside_the_pair():
    with pytest.raises(InputError, match="link 2-0: outside a pair of 2 and 1 tokens"):
        symmetrize({(2, 0)}, set(), "union", n_src=2, n_tgt=1)


def test_symmetrize_names_the_rules_when_one_is_unknown():
    with pytest.raises(ConfigError, match="grow-diag-final-and"):
        symmetrize(set(), set(), "grow", n_src=1, n_tgt=1)


LINKS = st.sets(st.tuples(st.integers(0, 5), st.integers(0, 4)))


@given(forward=LINKS, backward=LINKS, rule=st.sampled_from(sorted(RULES)))
def test_symmetrize_stays_between_intersection_and_union(forward, backward, rule):
    merged = symmetrize(forward, backward, rule, n_src=6, n_tgt=5)
    assert merged == sorted(set(merged))
    assert forward & backward <= set(merged) <= forward | backward
