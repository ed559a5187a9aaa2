import pytest

from cscl_data.aligners import TokenizedPair
from cscl_data.aligners.base import alignment_of
from cscl_data.aligners.copies import with_copies
from cscl_data.records import Link
from cscl_data.text.tokenizers import tokenizer_for
from tests.aligners.pairs import whitespace_tokens


def words(src: str, tgt: str) -> TokenizedPair:
    return TokenizedPair("p", src, tgt, whitespace_tokens(src), whitespace_tokens(tgt))


def linked(src: str, tgt: str, *found: Link, scored: bool = True) -> list[tuple[int, int, float | None]]:
    pair = words(src, tgt)
    return [tuple(link) for link in with_copies(pair, alignment_of(pair, found), scored=scored).links]


@pytest.mark.parametrize("copied", ["1,234", "v2.1", "`git-add`", "{{path}}", "https://a.org/b", "%s"])
def test_what_stands_verbatim_on_both_sides_is_linked(copied):
    assert linked(f"open {copied} now", f"지금 {copied} 열기") == [(1, 1, 1.0)]


def test_words_and_signs_are_no_copies():
    assert linked("Windows . ( a", "( Windows a .") == []


def test_the_nth_copy_is_linked_to_the_nth():
    assert linked("7 a 7 b 7", "x 7 7 y") == [(0, 1, 1.0), (2, 2, 1.0)]


def test_links_of_the_aligner_stay_and_only_what_lacks_a_copy_is_paired():
    found = Link(0, 3, 0.4), Link(2, 0, 0.9)
    assert linked("7 a 7", "x 7 y 7", *found) == [(0, 3, 0.4), (2, 0, 0.9), (2, 1, 1.0)]


def test_copies_get_no_score_where_the_aligner_gives_none():
    assert linked("7", "7", scored=False) == [(0, 0, None)]


def test_a_skipped_pair_stays_without_links():
    pair = words("7", "7")
    assert with_copies(pair, alignment_of(pair, (), "too_long")).links == ()


def test_a_protected_name_that_looks_like_a_word_is_a_copy():
    src, tgt = "the camelCase name", "nama camelCase"
    pair = TokenizedPair("p", src, tgt, tokenizer_for("en").tokens(src), tokenizer_for("id").tokens(tgt))
    assert [link[:2] for link in with_copies(pair, alignment_of(pair, ())).links] == [(1, 1)]
