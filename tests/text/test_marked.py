"""What a spaCy pipeline says of words: the tables below hold what each word becomes."""

from __future__ import annotations

from pathlib import Path

import pytest

from cscl_data.records import Span
from cscl_data.text.languages import language
from cscl_data.text.tokenizers import Token
from cscl_data.text.word_rules.base import Word
from cscl_data.text.word_rules.marked import Marks, marked
from cscl_data.text.words import WordSplitter
from tests.spacy_pipelines import german, make_nlp, opened, saved

TEXTS = (
    "Sie sah die Bank von England am Morgen, und St. Gallen.",
    "Er kennt»der alte mann und das meer«!",
    "",
    " \n",
    "Die Tür-Bank\ud800 geht's  `sie` https://x.de/Bank 7,5 Wien🙂.",
)


def of(lang: str, text: str, *, names: tuple[str, ...] = (), tags: str = "") -> dict[str, Word]:
    """The words of a text by themselves, with names where these stand, and tags as `word/TAG`."""
    spans = tuple(Span(text.index(name), text.index(name) + len(name)) for name in names)
    tokens: list[Token] = []
    for one in tags.split():
        piece, tag = one.rsplit("/", 1)
        start = text.index(piece, tokens[-1].end if tokens else 0)
        tokens.append(Token(start, start + len(piece), tag))
    words = WordSplitter(lang).words(text)
    return {text[w.start : w.end]: w for w in marked(text, words, Marks(spans, tuple(tokens)), language(lang))}


@pytest.mark.parametrize(
    ("text", "tags", "expected"),
    [
        ("Haus", "Haus/NOUN", ("content", "NOUN", True)),
        ("auf", "auf/ADP", ("function", "ADP", False)),
        # cannot stand alone either
        ("der", "der/DET", ("function", "ADP", False)),
        # a function word by the tag alone, and one that may be switched for another
        ("sie", "sie/PRON", ("function", "", False)),
        ("Baum", "Baum/SCONJ", ("function", "", False)),
        # on the stop list of German, and yet a noun
        ("Tag", "Tag/NOUN", ("content", "NOUN", True)),
        # the pipeline's tokens are smaller than the word
        ("Haus-Tür", "Haus/NOUN -/PUNCT Tür/PROPN", ("content", "PROPN", True)),
        ("geht's", "geht/VERB 's/PRON", ("content", "VERB", True)),
        # nothing is said of it
        ("Baum", "Baum/PUNCT", ("content", "", False)),
        ("7", "7/NUM", ("none", "", False)),
        ("`sie`", "`sie`/NOUN", ("protected", "", False)),
    ],
)
def test_tags_say_what_words_are(text: str, tags: str, expected: tuple[str, str, bool]) -> None:
    [found] = of("de", text, tags=tags).values()
    assert (found.kind, found.pos, found.tagged) == expected


def test_a_token_may_be_larger_than_a_word() -> None:
    words = WordSplitter("de").words("Baum Haus")
    found = marked("Baum Haus", words, Marks(tags=(Token(0, 9, "NOUN"),)), language("de"))
    assert [word.pos for word in found] == ["NOUN", "NOUN"]


def test_english_lists_say_what_a_function_word_is() -> None:
    found = of("en", "each of them ran by", tags="each/DET of/NOUN them/PRON ran/VERB by/ADV")
    assert {piece: (word.kind, word.pos) for piece, word in found.items()} == {
        "each": ("content", "DET"),
        "of": ("function", "ADP"),
        "them": ("function", ""),
        "ran": ("content", "VERB"),
        "by": ("function", "ADP"),
    }


@pytest.mark.parametrize(("lang", "text"), [("ko", "서울 대학에서 공부를 했다."), ("ja", "東京の大学で勉強した。")])
def test_korean_and_japanese_words_keep_the_tags_of_their_analysers(lang: str, text: str) -> None:
    plain = {text[w.start : w.end]: w for w in WordSplitter(lang).words(text)}
    tags = " ".join(f"{piece}/ADV" for piece in plain)
    assert of(lang, text, tags=tags) == plain
    name = "서울 대학" if lang == "ko" else "東京の大学"
    found = of(lang, text, names=(name,))
    assert [piece for piece, word in found.items() if word.continues] == (
        ["대학에서"] if lang == "ko" else ["の", "大学"]
    )
    assert [(w.kind, w.pos, w.stem_end) for w in found.values()] == [
        (w.kind, w.pos, w.stem_end) for w in plain.values()
    ]


@pytest.mark.parametrize(
    ("lang", "text", "name", "expected"),
    [
        ("en", "at the Bank of England.", "Bank of England", "Bank of England"),
        ("en", "they read war and peace.", "war and peace", "war and peace"),
        # an article is no part of it, but where a capital says so
        ("en", "at the United Nations.", "the United Nations", "United Nations"),
        ("en", "The United Nations met.", "The United Nations", "United Nations"),
        ("en", "We met. The Beatles sang.", "The Beatles", "Beatles"),
        ("en", "They met in The Hague.", "The Hague", "The Hague"),
        ("en", "US troops met.", "US", "US"),
        # what stands inside goes with it, what hangs on does not
        ("en", 'He read "Yes, Minister!" twice.', '"Yes, Minister!"', "Yes , Minister"),
        ("en", "They saw Apollo 11 land.", "Apollo 11", "Apollo 11"),
        ("en", "in Paris's streets", "Paris", "Paris's"),
        ("en", "of the", "of the", ""),
        ("de", "die Donau in Wien", "die Donau", "Donau"),
        ("hi", "वह नई दिल्ली में है", "नई दिल्ली", "नई दिल्ली"),
        ("zh-Hans", "我去北京大学。", "北京大学", "北 京 大 学"),
    ],
)
def test_all_words_of_a_name_are_one(lang: str, text: str, name: str, expected: str) -> None:
    found = of(lang, text, names=(name,))
    inside = expected.split()
    assert [piece for piece, word in found.items() if word.continues] == inside[1:]
    lettered = [piece for piece in inside if any(char.isalpha() for char in piece)]
    assert all((found[piece].name, found[piece].kind) == (True, "content") for piece in lettered)
    assert all(found[piece].pos == "PROPN" for piece in lettered)


def test_a_tag_of_a_name_stays_if_it_is_one_of_content_words() -> None:
    found = of("de", "die Bank von England", names=("Bank von England",), tags="Bank/NOUN von/ADP England/PROPN")
    assert [found[piece].pos for piece in ("Bank", "von", "England")] == ["NOUN", "PROPN", "PROPN"]


def test_a_pipeline_cuts_and_joins_no_word(tmp_path: Path) -> None:
    pipeline = opened("de", german(tmp_path))
    for text in TEXTS:
        plain, found = (WordSplitter("de", "auto", one).words(text) for one in (None, pipeline))
        assert [word[:3] for word in found] == [word[:3] for word in plain]
    assert any(word.continues for word in WordSplitter("de", "auto", pipeline).words(TEXTS[0]))


def test_spans_hold_in_long_texts_and_behind_what_no_pipeline_takes(tmp_path: Path) -> None:
    pipeline = opened("de", german(tmp_path))
    text = "\ud800 Sie kennt Wien. 🙂\n" * 1000 + "Bank von England"
    marks = pipeline.marks(text)
    assert [text[name.start : name.end] for name in marks.names] == ["Bank von England"]
    assert {text[tag.start : tag.end] for tag in marks.tags if tag.pos == "PROPN"} == {"Wien", "England"}


def test_dates_and_amounts_are_no_names(tmp_path: Path) -> None:
    names = {"DATE": ("letzte Woche",), "CARDINAL": ("zwei",), "TI": ("Mittag",), "PER": ("Anna",)}
    marks = opened("de", saved(tmp_path, make_nlp("de", names=names))).marks("letzte Woche zwei Mittag Anna")
    assert marks.names == (Span(25, 29),)


def test_a_tagger_that_was_trained_tells_parts_of_speech(tmp_path: Path) -> None:
    import spacy
    from spacy.training import Example

    nlp = spacy.blank("de")
    model = {
        "@architectures": "spacy.Tagger.v2",
        "tok2vec": {
            "@architectures": "spacy.HashEmbedCNN.v2",
            **{"pretrained_vectors": None, "width": 16, "depth": 1, "embed_size": 64, "window_size": 1},
            **{"maxout_pieces": 2, "subword_features": False},
        },
    }
    nlp.add_pipe("morphologizer", config={"model": model})
    known = [Example.from_dict(nlp.make_doc("Katze sieht Hund"), {"pos": ["NOUN", "VERB", "NOUN"]})]
    optimizer = nlp.initialize(lambda: known)
    for _ in range(30):
        nlp.update(known, sgd=optimizer)
    found = WordSplitter("de", "auto", opened("de", saved(tmp_path, nlp))).words("Katze sieht Hund")
    assert [word.pos for word in found] == ["NOUN", "VERB", "NOUN"]
