from dataclasses import replace

import pytest

from cscl_data.aligners.attachment import SURE, share_links
from cscl_data.records import Link
from tests.factories import make_alignment, make_pair

PAIR = make_pair("a b c", "x y z")
HEADS = (None, 0, 0)


def aligned(*links):
    return replace(make_alignment(PAIR), links=tuple(Link(*link) for link in links))


@pytest.mark.parametrize(
    ("links", "shared"),
    [
        ((), ()),
        ([(0, 0, 0.9)], [(0, 0, 0.9), (0, 1, 0.9), (0, 2, 0.9)]),
        ([(0, 0, 0.6), (1, 0, 0.5)], [(i, j, s) for i, s in ((0, 0.6), (1, 0.5)) for j in range(3)]),
        ([(0, 0, 0.9), (2, 1, 0.4)], [(0, 0, 0.9), (0, 1, 0.9), (0, 2, 0.9)]),
        ([(0, 0, 0.9), (2, 1, SURE)], [(0, 0, 0.9), (0, 2, 0.9), (2, 1, SURE)]),
        ([(0, 0, 0.3), (2, 1, 0.4)], [(0, 0, 0.3), (0, 2, 0.3), (2, 1, 0.4)]),
        ([(2, 1, 0.4)], [(2, 1, 0.4)]),
        ([(0, 0, None), (2, 1, 0.6)], [(0, 0, None), (0, 1, None), (0, 2, None)]),
        ([(0, 0, 0.9), (2, 1, None)], [(0, 0, 0.9), (0, 2, 0.9), (2, 1, None)]),
    ],
    ids=[
        "none",
        "free",
        "both of the head's",
        "weaker",
        "sure",
        "better",
        "free head",
        "unscored head",
        "unscored own",
    ],
)
def test_what_leans_shares_the_links_of_its_head(links, shared):
    made = aligned(*links)
    found = share_links(made, None, HEADS)
    assert found.links == tuple(Link(*link) for link in shared)
    assert (found.src_tokens, found.tgt_tokens) == (made.src_tokens, made.tgt_tokens)
    mirrored = share_links(aligned(*((j, i, s) for i, j, s in links)), HEADS, None)
    assert sorted((j, i, s or 0) for i, j, s in mirrored.links) == [(i, j, s or 0) for i, j, s in shared]


def test_both_sides_share_so_that_predicates_are_linked_whole():
    made = aligned((0, 0, 0.8))
    found = share_links(made, (None, 0, None), (None, 0, None)).links
    assert [link[:2] for link in found] == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_without_heads_links_stay():
    made = aligned((0, 1, 0.2), (2, 0, 0.9))
    assert share_links(made, None, None) == made
    assert share_links(made, (None,) * 3, (None,) * 3) == made
