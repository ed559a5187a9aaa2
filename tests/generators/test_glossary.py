"""A lexicon asked about a text: inflected forms, parts of speech, senses, capitals, what is not fit."""

from __future__ import annotations

from functools import cache

import pytest

from cscl_data.generators.glossary import Glossary
from cscl_data.generators.item import Offer, Side
from cscl_data.generators.senses import same_capitals
from cscl_data.io.lexicon import Entry
from cscl_data.text.words import WordSplitter

splitter = cache(WordSplitter)


def offers(
    text: str, *entries: tuple[str, ...], src: str = "en", tgt: str = "ko", policy: str = "best", **options: object
) -> list[Offer]:
    glossary = Glossary(
        entries=[Entry(*entry) for entry in entries],
        src_lang=src,
        tgt_lang=tgt,
        cut=splitter(tgt).words,
        max_words=4,
        **options,
    )
    side = Side(src, text, splitter(src).words(text))
    return list(glossary.best_of(side) if policy == "best" else glossary.any_of(side))


def translations(text: str, *entries: tuple[str, ...], **options: object) -> list[str]:
    return [offer.text for offer in offers(text, *entries, **options)]


BANK = (
    ("bank", "둑", "n", "edge of a river or lake"),
    ("bank", "은행", "n", "branch office of an institution for money"),
    ("bank", "은행", "n", "institution"),
)


def test_inflected_forms_are_found() -> None:
    entries = (("city", "도시", "n", ""), ("translate", "번역하다", "v", ""), ("child", "아이", "n", ""))
    assert translations("Children translated cities.", *entries) == ["아이", "번역하다", "도시"]


def test_korean_predicates_are_found_by_their_dictionary_form() -> None:
    entries = (("부르다", "call", "v", ""), ("번역하다", "translate", "v", ""), ("회의", "meeting", "n", ""))
    assert translations("그를 부르는 회의를 번역했다.", *entries, src="ko", tgt="en") == [
        "call",
        "meeting",
        "translate",
    ]


def test_part_of_speech_must_agree() -> None:
    light = (("light", "빛", "n", ""), ("light", "밝히다", "v", ""), ("light", "가볍다", "adj", ""))
    assert translations("He saw the light.", *light) == ["빛"]
    assert translations("They light a fire.", *light) == ["밝히다"]
    assert translations("They light a fire.", light[0]) == []
    assert translations("회의를 했다.", ("회의", "doubt", "v", ""), src="ko", tgt="en") == []


def test_gloss_that_shares_words_decides_the_sense() -> None:
    assert translations("The river has a bank.", *BANK) == ["둑"]
    assert translations("Some money is in the bank.", *BANK) == ["은행"]


def test_else_the_translation_of_more_senses_is_taken_and_scores_their_share() -> None:
    [offer] = offers("I saw the bank.", *BANK)
    assert (offer.text, offer.pos) == ("은행", "NOUN")
    assert offer.score == pytest.approx(2 / 3)


def test_trust_comes_before_the_senses_and_may_leave_nothing() -> None:
    [offer] = offers("I saw the bank.", *BANK, trust=lambda _, translation: 0.9 if translation == "둑" else 0.1)
    assert (offer.text, offer.score) == ("둑", 0.9)
    assert offers("I saw the bank.", *BANK, trust=lambda *_: 0.2) == []


def test_longest_entry_is_taken_and_its_parts_are_left_alone() -> None:
    entries = (("blood type", "혈액형", "n", ""), ("blood", "피", "n", ""), ("type", "종류", "n", ""))
    [offer] = offers("The blood types differ.", *entries)
    assert (offer.text, offer.first, offer.last) == ("혈액형", 1, 2)
    assert translations("The blood differs.", *entries) == ["피"]


@pytest.mark.parametrize(
    "translation", ["blood", "피(血)", "...가 필요", "피 / 혈", "하나 둘 셋 넷 다섯", "피다!", "血"]
)
def test_translation_that_is_not_fit_is_none(translation: str) -> None:
    assert translations("The blood differs.", ("blood", translation, "n", "")) == []


def test_light_verbs_and_function_words_are_left_alone() -> None:
    entries = (("make", "만들다", "v", ""), ("the", "그", "article", ""), ("ish", "적", "suffix", ""))
    assert translations("They make the ish.", *entries) == []


def test_japanese_verb_of_a_noun_goes_without_suru() -> None:
    [offer] = offers("Please translate it.", ("translate", "翻訳する", "v", ""), tgt="ja")
    assert [offer.text[word.start : word.stem_end] for word in offer.words] == ["翻訳"]


def test_the_tag_of_a_pipeline_chooses_the_sense_and_stands_for_one_that_the_lexicon_lacks() -> None:
    text = "They book rooms."
    words = splitter("en").words(text)
    tags = {"book": "VERB", "rooms": "NOUN"}
    tagged = [word._replace(pos=tags.get(text[word.start : word.end], ""), tagged=True) for word in words]
    entries = [Entry("book", "책", "n", ""), Entry("book", "예약하다", "v", ""), Entry("room", "방", "", "")]
    glossary = Glossary(entries=entries, src_lang="en", tgt_lang="ko", cut=splitter("ko").words, max_words=4)
    assert [(offer.text, offer.pos) for offer in glossary.best_of(Side("en", text, tuple(tagged)))] == [
        ("예약하다", "VERB"),
        ("방", "NOUN"),
    ]


def test_random_policy_offers_every_translation_of_the_word_as_it_is_spelt() -> None:
    entries = (*BANK, ("the", "그", "article", ""))
    found = offers("The banks, the bank.", *entries, policy="random")
    assert [(offer.first, offer.text) for offer in found] == [(0, "그"), (3, "그"), (4, "둑"), (4, "은행")]


@pytest.mark.parametrize(
    ("text", "word", "name", "at_start", "same"),
    [
        ("polish", "Polish", False, False, False),
        ("Polish", "polish", True, False, False),
        ("Polish", "polish", False, True, True),
        ("Monday", "Monday", False, False, True),
        ("IT", "it", True, False, False),
        ("IT", "IT", True, False, True),
        ("tea", "차", False, False, True),
    ],
)
def test_capitals_tell_words_apart(text: str, word: str, name: bool, at_start: bool, same: bool) -> None:
    assert same_capitals(text, word, name=name, at_start=at_start) is same
