import pytest

from cscl_data.pipelines.pretokenized import inner_tokens, lift_to_words
from cscl_data.records import Alignment, Link, Span
from cscl_data.text.tokenizers import tokenizer_for

# 고양이 가|앉 았 다 over the given tokens `고양이가` and `앉았다`.
INNER = (Span(0, 3), Span(3, 4), Span(5, 6), Span(6, 7), Span(7, 8))
MARKS = (False, True, False, True, True)


def lifted(links, **marks):
    made = Alignment(
        pair_id="p", src_tokens=(Span(0, 3), Span(4, 7)), tgt_tokens=INNER, links=tuple(Link(*link) for link in links)
    )
    return lift_to_words(made, "cat sat", "고양이가 앉았다", **marks).links


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([(0, 0, 0.9), (0, 1, 0.95)], [(0, 0, 0.9)]),
        ([(0, 1, 0.9)], []),
        ([(1, 2, 0.5), (1, 4, 0.4), (0, 3, 0.8)], [(1, 1, 0.5)]),
    ],
    ids=["particle beside its noun", "particle alone", "endings"],
)
def test_a_word_is_linked_by_its_content_alone(links, expected):
    assert lifted(links, tgt_marks=MARKS) == tuple(Link(*link) for link in expected)


def test_a_word_of_nothing_but_marks_keeps_its_links():
    assert lifted([(0, 1, 0.9), (1, 4, 0.8)], tgt_marks=(True,) * 5) == (Link(0, 0, 0.9), Link(1, 1, 0.8))


def test_without_marks_every_part_links_its_word_with_the_best_score():
    assert lifted([(0, 0, 0.2), (0, 1, 0.9), (1, 4, None)]) == (Link(0, 0, 0.9), Link(1, 1, None))


def test_marks_of_the_source_side_count_too():
    made = Alignment(pair_id="p", src_tokens=INNER, tgt_tokens=(Span(0, 3),), links=(Link(0, 0), Link(4, 0)))
    assert lift_to_words(made, "고양이가 앉았다", "cat", src_marks=MARKS).links == (Link(0, 0),)


def test_a_span_over_several_given_tokens_is_cut_at_their_borders_and_nothing_is_lost():
    text = "run `pip  install x` now"
    tokens = inner_tokens(text, tokenizer_for("en"))
    assert [text[t.start : t.end] for t in tokens] == ["run", "`pip", "install", "x`", "now"]
