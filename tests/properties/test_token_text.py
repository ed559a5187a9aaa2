"""Whatever a pair holds and whichever side is the frame, a switch changes its own span and parts no character."""

from __future__ import annotations

import unicodedata
from functools import cache

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from cscl_data.generators.item import Made
from cscl_data.records import Alignment, Link, Pair, Reject, Span, TokenCsRow, rng_for
from cscl_data.text.words import Word, WordSplitter
from tests.factories import make_pair
from tests.generators.switching import made_by, make_item

NASTY = {
    "emoji": ["👩‍👩‍👧 family", "thumbs 👍🏽", "🇰🇷🇯🇵 flags", "1️⃣ ❤️ done", "a👍b"],
    "combining marks": ["q\u0307\u0323 x\u0336y\u0336", "\u0301 alone", unicodedata.normalize("NFD", "déjà-vu được")],
    "right to left": ["שָׁלוֹם עולם", "مُحَمَّد قال", "\u200fabc\u200e", "(שלום)"],
    "no-break space": ["20\u00a0€", "\u00a0", "a\u00a0b", "10\u202f000"],
    "line ends": ["one\r\ntwo", "\r\n", "three\r", "\u2028four\x85"],
    "joiners": ["می‌خواهم کتاب", "क्‍ष हिन्दी", "x\u200dy", "\ufeffstart", "a\u200bb"],
    "decomposed Hangul": [unicodedata.normalize("NFD", "학교에서 공부를"), "각을 옛 ᄀᆞᆯ", "가\u11a8은"],
    "protected": ["`x`\u0301", "see https://a.org/?q=1.", "{n}개를", "<b>é</b>"],
}
PLAIN = {
    "en": ["The", "green", "tea's", "ready", "well-known", "."],
    "ko": ["학교에서", "친구와", "녹차를", "마셨다", "에대한", "."],
    "ja": ["学校で", "お茶を", "飲みました", "新しい", "。"],
    "id": ["Saya", "minum", "teh-hijau", "di", "pasar", "."],
    "ar": ["في", "المدرسة", "كتابا", "."],
    "hi": ["विद्यालय", "में", "पुस्तक", "।"],
    "th": ["โรงเรียน", "น้ำชา", "กำลัง"],
}
ALL_NASTY = [text for texts in NASTY.values() for text in texts]


@cache
def splitter(lang: str) -> WordSplitter:
    return WordSplitter(lang)


def sentences(lang: str) -> st.SearchStrategy[str]:
    """Ordinary words of a language with nasty pieces between them, with and without spaces."""
    piece = st.sampled_from(PLAIN[lang]) | st.sampled_from(ALL_NASTY)
    return st.lists(st.tuples(piece, st.sampled_from(["", " ", " ", "\u00a0"])), min_size=1, max_size=8).map(
        lambda parts: "".join(text + gap for text, gap in parts)
    )


def aligned(pair: Pair, links: list[tuple[int, int]]) -> tuple[Alignment, tuple[Word, ...], tuple[Word, ...]]:
    """Link the words of a pair; the numbers stand for words, counted round and round."""
    src, tgt = (splitter(lang).words(text) for lang, text in pair_sides(pair))
    found = {(i % len(src), j % len(tgt)) for i, j in links if src and tgt}
    alignment = Alignment(
        pair_id=pair.id,
        src_tokens=tuple(Span(word.start, word.end) for word in src),
        tgt_tokens=tuple(Span(word.start, word.end) for word in tgt),
        links=tuple(Link(i, j) for i, j in sorted(found)),
    )
    return alignment, src, tgt


def pair_sides(pair: Pair) -> list[tuple[str, str]]:
    return [(pair.src_lang, pair.src_text), (pair.tgt_lang, pair.tgt_text)]


def switched(
    pair: Pair,
    links: list[tuple[int, int]],
    *,
    matrix: str,
    ratio: float,
    unit: str,
    seed: int = 0,
    constraint: str = "free-morpheme",
) -> TokenCsRow | Reject:
    alignment, src, tgt = aligned(pair, links)
    item = make_item(pair, alignment, (src, tgt), matrix=matrix, row_id="r")
    rng = rng_for(seed, "r", "token_cs")
    made = made_by(item, rng, ratio=ratio, unit=unit, constraints=(constraint,))
    return made.row if isinstance(made, Made) else made


def inside_characters(text: str) -> set[int]:
    """Places inside what Unicode takes for one character, and around a joiner; a mark behind whitespace is alone."""
    clusters = regex.finditer(r"\X(?:(?<=\u200d)\S)*", text)
    found = {at for match in clusters for at in range(match.start() + 1, match.end())}
    return {at for at in found if not text[at - 1].isspace()}


def assert_only_edits_differ(row: TokenCsRow, pair: Pair, matrix: str) -> None:
    frame, other = (pair.src_text, pair.tgt_text) if matrix == "src" else (pair.tgt_text, pair.src_text)
    at = in_frame = 0
    for edit in row.edits:
        untouched = row.text[at : edit.start]
        assert untouched.encode() == frame[in_frame : edit.matrix_start].encode()
        at, in_frame = edit.end, edit.matrix_end
        assert not {edit.matrix_start, edit.matrix_end} & inside_characters(frame)
        assert not {edit.embedded_start, edit.embedded_end} & inside_characters(other)
    assert row.text[at:].encode() == frame[in_frame:].encode()


@settings(max_examples=150, deadline=None)
@given(
    data=st.data(),
    langs=st.permutations(list(PLAIN)).map(lambda order: order[:2]),
    links=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=20),
    matrix=st.sampled_from(["src", "tgt"]),
    ratio=st.floats(0.01, 1),
    unit=st.sampled_from(["word", "phrase"]),
)
def test_text_outside_the_edits_is_byte_identical(
    data: st.DataObject, langs: list[str], links: list[tuple[int, int]], matrix: str, ratio: float, unit: str
) -> None:
    texts = [data.draw(sentences(lang), label=lang) for lang in langs]
    pair = make_pair(*texts, src_lang=langs[0], tgt_lang=langs[1])
    row = switched(pair, links, matrix=matrix, ratio=ratio, unit=unit)
    if isinstance(row, TokenCsRow):
        assert_only_edits_differ(row, pair, matrix)


@pytest.mark.parametrize("matrix", ["src", "tgt"])
@pytest.mark.parametrize("kind", NASTY)
@pytest.mark.parametrize(("src_lang", "tgt_lang"), [("en", "ko"), ("en", "ja"), ("en", "id"), ("ar", "hi")])
def test_words_beside_nasty_text_are_switched(src_lang: str, tgt_lang: str, kind: str, matrix: str) -> None:
    """Every kind of nasty text stays as it is in both frames, with a switch on either side of it."""
    for nasty in NASTY[kind]:
        texts = [f"{PLAIN[lang][1]} {nasty} {PLAIN[lang][2]}" for lang in (src_lang, tgt_lang)]
        pair = make_pair(*texts, src_lang=src_lang, tgt_lang=tgt_lang)
        _, src, tgt = aligned(pair, [])
        row = switched(
            pair, [(0, 0), (len(src) - 1, len(tgt) - 1)], matrix=matrix, ratio=1.0, unit="word", constraint="none"
        )
        assert isinstance(row, TokenCsRow), row
        assert len(row.edits) == 2
        assert f" {nasty} ".encode() in row.text.encode()
        assert_only_edits_differ(row, pair, matrix)
