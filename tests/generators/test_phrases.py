"""Phrases and halves of terms, as the analysers and the lists tell them apart."""

from __future__ import annotations

import pytest

from cscl_data.generators.item import Side
from cscl_data.generators.phrases import Phrases
from cscl_data.text.words import WordSplitter

SPLITTERS = {lang: WordSplitter(lang) for lang in ("en", "ko", "ja", "id", "es")}


def place(lang: str, text: str) -> tuple[Phrases, int, int]:
    """Return the phrases of a text, and the words that `[ ]` holds in its text."""
    before, inside, behind = text.replace("]", "[").split("[")
    side = Side(lang, before + inside + behind, SPLITTERS[lang].words(before + inside + behind))
    found = [i for i, word in enumerate(side.words) if len(before) <= word.start < len(before) + len(inside) and inside]
    return Phrases(side), found[0], found[-1]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("ko", "이 글은 [맥베스 스트리트의 한 아파트]를 다룬다."),
        ("ko", "[특정한 나라]에 간다."),
        ("ko", "[공공 및 사유재산]을 지킨다."),
        ("ko", "그것은 [직접적인 경험]이다."),
        ("ko", "[그들의 언어]를 배운다."),
        ("ja", "昨日は[高い山]に登った。"),
        ("ja", "[戦争の影響]を受けた。"),
        ("ja", "[主要な観光地]である。"),
        ("en", "They kept [the apartment on Macbeth Street] for years."),
        ("en", "We saw [many exotic animals], and left."),
        ("en", "It shaped [literature and popular culture]."),
        ("id", "Dia melihat [ukuran dan panjang] yang sama."),
        ("es", "vieron [casa blanca] ayer"),
    ],
)
def test_a_noun_with_what_belongs_to_it_is_a_phrase(lang: str, text: str) -> None:
    phrases, first, last = place(lang, text)
    assert phrases.is_phrase(first, last)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("ko", "[여행하는 사람]이 많다."),
        ("ko", "[밤에 행진]을 한다."),
        ("ko", "문화가 [있는 도시]에 산다."),
        ("ko", "쾰른과 [같은 도시]에 산다."),
        ("ko", "[카이로의 이집트] 박물관으로 옮겼다."),
        ("ja", "[旅行する人]が多い。"),
        ("ja", "[昔は東京]に住んだ。"),
        ("en", "They will [limit the expenses] soon."),
        ("en", "It is [hard to use] at night."),
        ("en", "They met a [particular phenotypic] trait."),
        ("en", "They go [often], or so."),
        ("id", "mereka [melihat burung] itu"),
        ("id", "di [bandara internasional] baru"),
        ("es", "vieron [casa de campo] ayer"),
    ],
)
def test_clauses_and_halves_are_none(lang: str, text: str) -> None:
    phrases, first, last = place(lang, text)
    assert not phrases.is_phrase(first, last)


@pytest.mark.parametrize(
    ("lang", "text", "half"),
    [
        ("ko", "[운석] 소나기가 내렸다.", True),
        ("ko", "운석 [소나기]가 내렸다.", True),
        ("ko", "[운석]이 소나기처럼 내렸다.", False),
        ("en", "the [geothermal] heat of Iceland", True),
        ("en", "the geothermal [heat] of Iceland", False),
        ("en", "the [team] won it", False),
        ("en", "the [team] quickly won", False),
    ],
)
def test_halves_of_terms(lang: str, text: str, half: bool) -> None:
    phrases, first, last = place(lang, text)
    assert phrases.cuts_term(first, last) is half


def test_without_tags_korean_runs_on_content_words() -> None:
    phrases = Phrases(Side("ko", "여행하는 사람", WordSplitter("ko", "whitespace").words("여행하는 사람")))
    assert phrases.is_phrase(0, 1)
    assert not phrases.cuts_term(0, 0)


@pytest.mark.parametrize(
    ("tags", "is_one"),
    [
        ("NOUN ADJ", True),
        ("NUM NOUN", True),
        ("PROPN NOUN", True),
        ("VERB NOUN", False),
        ("NOUN ADV", False),
        ("ADJ ADJ", False),
    ],
)
def test_tags_of_a_pipeline_tell_phrases_of_other_languages(tags: str, is_one: bool) -> None:
    words = SPLITTERS["es"].words("casa blanca")
    tagged = tuple(word._replace(pos=tag, tagged=True) for word, tag in zip(words, tags.split(), strict=True))
    assert Phrases(Side("es", "casa blanca", tagged)).is_phrase(0, 1) is is_one
