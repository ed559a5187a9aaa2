"""Records built by hand, and strategies for texts and rows that a reader, a writer or a generator must survive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from cscl_data.records import Alignment, Link, Pair, Reject, Span, TaggedToken
from cscl_data.text.word_rules.base import Word

_EN_KO = (
    ("tea", "My grandmother drinks green tea every morning.", "우리 할머니는 매일 아침 녹차를 마신다."),
    ("tea", "She boils the water in an old kettle.", "낡은 주전자에 물을 끓인다."),
    ("tea", "The leaves must not burn, she says.", "찻잎이 타면 안 된다고 말씀하신다."),
    ("tea", 'Then she asks: "Do you want a cup?"', "그러고는 묻는다. “너도 한 잔 마실래?”"),
    ("bus", "The last bus leaves at 11:40 p.m.", "막차는 밤 11시 40분에 떠난다."),
    ("bus", "Anna missed it twice this week.", "안나는 이번 주에 두 번이나 놓쳤다."),
    ("bus", "A taxi would cost 18,000 won.", "택시를 타면 18,000원이 든다."),
    ("bus", "So she walked home along the river.", "그래서 강을 따라 걸어서 집에 갔다."),
    ("note", "Please water the plants 🌱 on Friday.", "금요일에 화분에 물 좀 주세요 🌱."),
    ("code", "Run `make test` before you commit.", "커밋하기 전에 `make test`를 실행하세요."),
)


def ten_pairs() -> list[Pair]:
    """Ten English-Korean pairs: two documents of four sentences, and two of one."""
    return [
        make_pair(src_text, tgt_text, id=f"p{i}", doc_id=doc_id)
        for i, (doc_id, src_text, tgt_text) in enumerate(_EN_KO)
    ]


def make_pair(src_text: str = "one two", tgt_text: str = "하나 둘", **fields: Any) -> Pair:
    """A pair, English to Korean unless said otherwise."""
    return Pair(
        **{"id": "p0", "src_lang": "en", "tgt_lang": "ko", "src_text": src_text, "tgt_text": tgt_text, **fields}
    )


def make_spans(text: str) -> tuple[Span, ...]:
    """The spans of what spaces divide."""
    spans, at = [], 0
    for word in text.split(" "):
        if word:
            spans.append(Span(at, at + len(word)))
        at += len(word) + 1
    return tuple(spans)


def make_alignment(
    pair: Pair | None = None, links: Sequence[tuple[int, int]] = ((0, 0), (1, 1)), **fields: Any
) -> Alignment:
    """An alignment over the words that spaces divide."""
    pair = pair or make_pair()
    return Alignment(
        **{
            "pair_id": pair.id,
            "src_tokens": make_spans(pair.src_text),
            "tgt_tokens": make_spans(pair.tgt_text),
            "links": tuple(Link(src, tgt) for src, tgt in links),
            **fields,
        }
    )


def make_tokens(text: str, lang: str = "en") -> list[TaggedToken]:
    """Tagged tokens over the words that spaces divide, none of them switched."""
    return [TaggedToken(start, end, lang, False) for start, end in make_spans(text)]


def make_words(text: str, kinds: str = "") -> tuple[Word, ...]:
    """Words that spaces divide, without particles.

    Args:
        text: the text.
        kinds: a letter a word: `c` content, `f` function, `n` none, `p` protected; content where it ends early.
    """
    names = {"c": "content", "f": "function", "n": "none", "p": "protected"}
    spans = make_spans(text)
    return tuple(
        Word(start=start, end=end, stem_end=end, kind=names[kind])
        for (start, end), kind in zip(spans, kinds.ljust(len(spans), "c"), strict=True)
    )


def make_reject(**fields: Any) -> Reject:
    """A reject of a row that could not be decoded."""
    return Reject(**{"id": "r0", "stage": "read", "reason": "undecodable", "detail": "not UTF-8", **fields})


_TRICKY = (
    "",
    " ",
    "a",
    "The cat",
    "고양이는",
    "각",  # decomposed Hangul
    "e\u0301",  # a combining accent
    "👩‍👩‍👧",
    "🇰🇷",
    "שלום עולם",
    "مرحبا",
    "\u200f",
    "\u00a0",
    "\u2028",
    "\u0085",
    "\x00",
    "\x1c",
    "\ufeff",
    "\U0001f600",
    "ß",
    "İ",
    '"',
    "'",
    "\\",
    ",",
    ";",
    "|",
    "#",
    "{}",
    "日本語。",
    "https://example.org/?q=1",
)


def texts(*, without: str = "", min_size: int = 0, max_size: int = 40) -> st.SearchStrategy[str]:
    """Any text without lone surrogates: arbitrary characters mixed with what usually breaks text tools."""
    plain = st.text(st.characters(exclude_categories=("Cs",), exclude_characters=without), max_size=8)
    tricky = st.sampled_from([text for text in _TRICKY if not set(text) & set(without)])
    joined = st.lists(plain | tricky, max_size=6).map("".join)
    return joined.filter(lambda text: min_size <= len(text) <= max_size)
