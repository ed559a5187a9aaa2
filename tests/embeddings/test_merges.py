"""Byte-pair merges that go on where a tokenizer stopped."""

from __future__ import annotations

from cscl_data.embeddings.merges import learn_merges


def test_most_frequent_pair_goes_first_and_merges_build_on_each_other() -> None:
    words = {("a", "b", "c"): 5, ("a", "b"): 2, ("x", "c"): 4}
    assert learn_merges(words, 3, known=()) == ([("a", "b"), ("ab", "c"), ("x", "c")], ["ab", "abc", "xc"])


def test_equal_pairs_go_in_order_of_their_letters() -> None:
    assert learn_merges({("y", "z"): 3, ("a", "b"): 3}, 1, known=())[0] == [("a", "b")]


def test_a_merge_to_a_known_token_makes_no_new_one() -> None:
    merges, tokens = learn_merges({("a", "b", "c"): 5}, 1, known={"ab"})
    assert (merges, tokens) == ([("a", "b"), ("ab", "c")], ["abc"])


def test_pairs_that_stand_once_are_not_merged() -> None:
    assert learn_merges({("a", "b"): 1}, 5, known=()) == ([], [])


def test_a_letter_that_repeats_is_merged_from_the_left() -> None:
    assert learn_merges({("a", "a", "a", "a", "a"): 2}, 2, known=())[1] == ["aa", "aaa"]
