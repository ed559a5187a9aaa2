"""Learned pieces: what is learned, where words are cut, and that no text is lost in it."""

from __future__ import annotations

import pickle
import unicodedata
from functools import cache
from itertools import chain

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from cscl_data.text.attachment import has_heads, heads_of
from cscl_data.text.tokenizers import learned_tokenizer_for
from cscl_data.text.tokenizers.learned import ENDING_POS, LearnedTokenizer
from cscl_data.text.tokenizers.learning import PieceCounts

STEMS = ("öğretmen", "kalem", "çiçek", "şehir", "kitap", "bilet", "resim", "deniz", "müzik", "yemek")
ENDINGS = ("", "lerde", "lerden")
UNSEEN = ("kalemlerde", "öğretmenlerden", "çiçeklerden")
TURKISH = [stem + ending for stem in STEMS for ending in ENDINGS if stem + ending not in UNSEEN]
THAI = ["กำลัง" * 3, "กินข้าว", "กิน", "น้ำ", "ข้าว", "แล้ว", "ไป", "กำลัง"]
MIXED = st.text(
    st.sampled_from("aBlrRdne .,'’-()&<`\n\u00a0\u200d\u0301İßﬁ가한는각東京のを、。ไปกิน้ำكت😀🏽🇰\x00\u2028\ud800"),
    max_size=60,
)


def learned_from(words: list[str], lang: str) -> bytes:
    counts, cutter = PieceCounts(), learned_tokenizer_for(lang)
    for word in words:
        counts.add(word, cutter.tokens(word))
    return counts.learn()


@cache
def cutter_of(lang: str) -> LearnedTokenizer:
    words = {"tr": TURKISH * 3, "th": THAI * 5, "ko": ["가한", "가한는", "각는", "각한는"] * 5}[lang]
    return learned_tokenizer_for(lang, model=learned_from(words, lang))


def shown(lang: str, text: str) -> str:
    return " ".join(text[start:end] for start, end in cutter_of(lang).spans(text))


def test_a_word_is_cut_into_a_stem_and_an_ending_at_most() -> None:
    assert (
        shown("tr", "öğretmenlerden kalemlerde, deniz! çiçeklerden")
        == "öğretmen lerden kalem lerde , deniz ! çiçeklerden"
    )
    assert [token.pos for token in cutter_of("tr").tokens("öğretmenlerden deniz")] == ["", ENDING_POS, ""]


def test_an_ending_leans_on_its_stem() -> None:
    cutter = cutter_of("tr")
    tokens = cutter.tokens("öğretmenlerden deniz")
    assert has_heads(cutter.name)
    assert heads_of("öğretmenlerden deniz", tokens, cutter.name) == (None, 0, None)


def test_what_stands_between_punctuation_is_cut_where_words_have_no_spaces() -> None:
    cutter = cutter_of("th")
    text = "กำลังไป, ไปกินน้ำ"
    assert shown("th", text) == "กำลัง ไป , ไป กิน น้ำ"
    assert not any(token.pos for token in cutter.tokens(text))
    assert learned_tokenizer_for("th").spans(text) == ((0, 7), (7, 8), (9, 17))


def test_only_words_of_letters_are_cut_and_protected_spans_stay_whole() -> None:
    text = "`kalemlerde` https://kalemlerde.tr/kalemlerde kalemler2 kalem-lerde {{kalemlerde}} kalemlerde"
    assert shown("tr", text).split(" ")[:3] == ["`kalemlerde`", "https://kalemlerde.tr/kalemlerde", "kalemler2"]
    assert shown("tr", text).split(" ")[-3:] == ["{{kalemlerde}}", "kalem", "lerde"]


def test_decomposed_and_capital_letters_are_cut_like_others() -> None:
    plain, loud = "öğretmenlerden Çiçek", unicodedata.normalize("NFD", "KALEMLERDE kalem")
    assert shown("tr", plain) == "öğretmen lerden Çiçek"
    assert unicodedata.normalize("NFC", shown("tr", loud)) == "KALEM LERDE kalem"


def test_without_a_model_words_are_whole() -> None:
    cutter = learned_tokenizer_for("tr")
    assert cutter.tokens("kalemlerde, okul") == cutter.words.tokens("kalemlerde, okul")


def test_name_tells_size_and_words() -> None:
    names = [learned_tokenizer_for(*key).name for key in (("tr",), ("tr", "moses"), ("th",), ("ko",))]
    assert names == ["learned-8000-spacy-tr", "learned-8000-moses-tr", "learned-8000-runs", "learned-8000-spacy-ko"]


@pytest.mark.parametrize("words", [[], ["1", "`ev`", "..."], ["a"], ["ab", "ab"], ["ﬁ"], ["x" * 3_000], ["漢" * 1_500]])
def test_any_corpus_can_be_learned_from(words: list[str]) -> None:
    model = learned_from(words, "tr")
    assert bool(model) == any(word.isalpha() for word in words)
    for word in [*words, "kalemlerde", "żółw", "y" * 2_500]:
        spans = learned_tokenizer_for("tr", model=model).spans(word)
        assert [span.start for span in spans][1:] == [span.end for span in spans][:-1]


def test_more_characters_than_pieces_are_no_hindrance() -> None:
    model = learned_from([chr(0x4E00 + i) for i in range(9_000)], "zh")
    assert learned_tokenizer_for("zh", model=model).spans("一丁") == ((0, 1), (1, 2))


def test_order_of_the_corpus_changes_no_byte() -> None:
    assert learned_from(TURKISH, "tr") == learned_from(TURKISH[::-1], "tr")
    assert learned_from(TURKISH, "tr") != learned_from(TURKISH[:-9], "tr")


def test_it_pickles() -> None:
    again = pickle.loads(pickle.dumps(cutter_of("tr")))
    assert again.tokens("öğretmenlerden kalemlerde") == cutter_of("tr").tokens("öğretmenlerden kalemlerde")


@pytest.mark.parametrize("lang", ["tr", "th", "ko"])
@settings(max_examples=60, deadline=None)
@given(text=st.one_of(st.text(st.characters(), max_size=60), MIXED))
def test_pieces_cover_any_text_once_keep_the_words_and_part_no_character(lang: str, text: str) -> None:
    cutter = cutter_of(lang)
    spans = cutter.spans(text)
    words = cutter.words.spans(text)
    assert list(chain.from_iterable(range(*span) for span in spans)) == list(
        chain.from_iterable(range(*span) for span in words)
    )
    covered = set(chain.from_iterable(range(*span) for span in spans))
    assert all(char.isspace() for i, char in enumerate(text) if i not in covered)
    assert {word.start for word in words} <= {span.start for span in spans}
    new = {span.start for span in spans} - {word.start for word in words}
    clusters = {at for match in regex.finditer(r"\X", text) for at in range(match.start() + 1, match.end())}
    assert not new & clusters
