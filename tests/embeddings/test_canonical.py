"""The same text is one form, whichever family of tokenizers wrote it."""

from __future__ import annotations

import pytest
from tokenizers import Tokenizer, decoders, models, normalizers
from transformers import PreTrainedTokenizerFast

from cscl_data.embeddings.canonical import Form, canonical_form, covers_all_text, family_of, forms_of, text_of
from tests.embeddings.vocabularies import byte_level, sentencepiece_bpe, unigram, wordpiece

FAMILIES = {
    "byte-level": byte_level,
    "sentencepiece": unigram,
    "wordpiece": wordpiece,
}


@pytest.mark.parametrize(
    ("token", "family", "form"),
    [
        ("Ġthe", "byte-level", Form(True, "the")),
        ("the", "byte-level", Form(False, "the")),
        ("íķľêµŃ", "byte-level", Form(False, "한국")),
        ("Ġíķľ", "byte-level", Form(True, "한")),
        ("Ã©", "byte-level", Form(False, "é")),
        ("ĊĊ", "byte-level", Form(False, "\n\n")),
        ("ĠĠ", "byte-level", Form(True, " ")),
        ("▁the", "sentencepiece", Form(True, "the")),
        ("▁", "sentencepiece", Form(True, "")),
        ("<0x0A>", "sentencepiece", Form(False, "\n")),
        ("the", "wordpiece", Form(True, "the")),
        ("##the", "wordpiece", Form(False, "the")),
        ("##", "wordpiece", Form(True, "##")),
        ("한", "sentencepiece", Form(False, "한")),
    ],
)
def test_form_of_a_token(token: str, family: str, form: Form) -> None:
    assert canonical_form(token, family) == form


def test_bytes_that_are_no_text_are_the_same_in_both_families() -> None:
    one, other = canonical_form("ì", "byte-level"), canonical_form("<0xEC>", "sentencepiece")
    assert one == other
    assert one.readable == "<0xEC>"
    assert text_of(one) == ""
    assert "\ufffd" not in one.text
    one.text.encode("utf-8")


@pytest.mark.parametrize("family", FAMILIES)
def test_family_is_told_from_the_tokenizer(family: str) -> None:
    assert family_of(FAMILIES[family]()) == family


def test_bpe_without_a_pre_tokenizer_is_of_the_sentencepiece_family() -> None:
    assert family_of(sentencepiece_bpe()) == "sentencepiece"


def test_family_is_told_from_the_description_before_the_vocabulary() -> None:
    """One space, and headings of Markdown that look like WordPiece."""
    tokens = ["<unk>", "▁", "#", "##", "###", "####"]
    merges = [("#", "#"), ("##", "#"), ("##", "##")]
    core = Tokenizer(models.BPE(vocab={token: n for n, token in enumerate(tokens)}, merges=merges, unk_token="<unk>"))
    core.normalizer, core.decoder = normalizers.Replace(" ", "▁"), decoders.Replace("▁", " ")
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=core, unk_token="<unk>")
    assert family_of(tokenizer) == "sentencepiece"


@pytest.mark.parametrize("family", FAMILIES)
def test_words_and_insides_are_found_in_every_family(family: str) -> None:
    forms = set(forms_of(FAMILIES[family]()).values())
    assert {Form(True, "the"), Form(False, "the"), Form(True, "한국"), Form(False, "한국")} <= forms


@pytest.mark.parametrize("family", FAMILIES)
def test_special_tokens_have_no_form(family: str) -> None:
    tokenizer = FAMILIES[family]()
    assert not set(tokenizer.all_special_ids) & forms_of(tokenizer).keys()


def test_who_can_write_every_text() -> None:
    assert covers_all_text(byte_level())
    assert covers_all_text(unigram())
    assert not covers_all_text(unigram(byte_fallback=False))
    assert not covers_all_text(wordpiece())
