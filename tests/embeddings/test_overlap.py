"""Which tokens two vocabularies share."""

from __future__ import annotations

import pytest

from cscl_data.embeddings.overlap import find_overlap
from tests.embeddings.vocabularies import WORDS, byte_level, sentencepiece_bpe, unigram, wordpiece

MAKERS = {"byte-level": byte_level, "unigram": unigram, "sentencepiece-bpe": sentencepiece_bpe, "wordpiece": wordpiece}


def names(source, target, **options) -> dict[str, str]:
    found = find_overlap(source, target, **options)
    return {target.convert_ids_to_tokens(new): source.convert_ids_to_tokens(old) for new, old in found.pairs.items()}


@pytest.mark.parametrize("source", MAKERS)
@pytest.mark.parametrize("target", MAKERS)
def test_whole_words_are_shared_across_families(source: str, target: str) -> None:
    one, other = MAKERS[source](), MAKERS[target]()
    found = names(one, other)
    whole = {"byte-level": "Ġhouse", "wordpiece": "house"}
    assert found[whole.get(target, "▁house")] == whole.get(source, "▁house")


@pytest.mark.parametrize("family", MAKERS)
def test_a_vocabulary_shares_every_token_with_itself(family: str) -> None:
    """A Unigram model has the comma as a piece and as a byte."""
    tokenizer = MAKERS[family]()
    assert find_overlap(tokenizer, tokenizer).pairs == {n: n for n in tokenizer.get_vocab().values()}


def test_inside_and_beginning_of_a_word_are_two_tokens() -> None:
    found = names(byte_level(), wordpiece())
    assert (found["house"], found["##house"]) == ("Ġhouse", "house")


@pytest.mark.parametrize(("match", "comma"), [("exact", None), ("symbols", ","), ("loose", ",")])
def test_symbols_match_without_regard_to_the_space(match: str, comma: str | None) -> None:
    """The first has no comma behind a space; WordPiece does not know whether there was one."""
    source = byte_level(words=("house",))
    assert names(source, wordpiece(), match=match).get(",") == comma


def test_loose_matches_words_without_regard_to_the_space() -> None:
    source, target = unigram(words=("the",)), unigram(words=("the",))
    lacking = wordpiece(words=("the",))
    assert find_overlap(source, target).kinds[target.convert_tokens_to_ids("the")] == "exact"
    only_first = names(lacking, byte_level(words=("thehouse", "the")), match="loose")
    assert only_first["the"] == "##the"


def test_special_tokens_are_matched_by_role() -> None:
    assert names(unigram(), wordpiece())["[CLS]"] == "<s>"
    assert names(unigram(), wordpiece())["[SEP]"] == "</s>"
    assert names(unigram(), wordpiece())["[UNK]"] == "<unk>"
    assert names(unigram(), wordpiece())["[PAD]"] == "</s>"


def test_special_tokens_without_a_counterpart_are_told() -> None:
    target = wordpiece()
    unmatched = find_overlap(byte_level(), target).unmatched_special
    assert target.convert_ids_to_tokens(list(unmatched)) == ["[UNK]", "[MASK]"]


def test_a_word_that_is_spelt_like_a_special_token_is_none() -> None:
    source = byte_level(words=(*WORDS, "[MASK]"))
    assert "[MASK]" not in names(source, wordpiece())


def test_a_token_goes_before_the_byte_that_spells_the_same_text() -> None:
    """The byte tokens of such a model stand first in the vocabulary, and are hardly ever trained."""
    source = unigram(words=("a", "s", "▁"))
    found = names(source, wordpiece(words=("the", "s")))
    assert (found["##s"], found["##a"]) == ("s", "a")
    assert names(source, byte_level())["Ġ"] == "▁"
    assert names(source, byte_level())["Ċ"] == "<0x0A>"
