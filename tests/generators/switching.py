"""Items and rows of token-level switching, made in one line."""

from __future__ import annotations

from random import Random
from typing import Any

from cscl_data.generators import method
from cscl_data.generators.amount import Amount
from cscl_data.generators.config import TokenCsConfig
from cscl_data.generators.exclusions import protect
from cscl_data.generators.item import Made, Side, SwitchItem
from cscl_data.records import Alignment, Pair, Reject, TokenCsRow, rng_for
from cscl_data.text.word_rules.base import Word
from cscl_data.text.words import WordSplitter
from tests.factories import make_words

ROW_ID = "p0/x/0"
_OF_AMOUNT = ("ratio", "ratio_by", "ratio_range", "target_cmi", "target_spf")


def make_config(**options: Any) -> TokenCsConfig:
    """Options of the amount and of the rest, side by side as on the command line."""
    amount = {name: options.pop(name) for name in _OF_AMOUNT if name in options}
    return TokenCsConfig(amount=Amount(**amount), **options)


def make_item(
    pair: Pair,
    alignment: Alignment | None,
    words: tuple[tuple[Word, ...], tuple[Word, ...]],
    *,
    matrix: str = "src",
    row_id: str = ROW_ID,
    patterns: tuple[str, ...] = (),
) -> SwitchItem:
    src = Side(pair.src_lang, pair.src_text, protect(pair.src_text, words[0], patterns))
    tgt = Side(pair.tgt_lang, pair.tgt_text, protect(pair.tgt_text, words[1], patterns))
    frame, other = (src, tgt) if matrix == "src" else (tgt, src)
    return SwitchItem(row_id, pair, alignment, matrix, frame, other)


def made_by(item: SwitchItem, rng: Random, *, name: str = "align", **options: Any) -> Made | Reject:
    return method(name)[0](item, make_config(**options), rng)


def switched(
    pair: Pair,
    alignment: Alignment | None,
    words: tuple[tuple[Word, ...], tuple[Word, ...]] | None = None,
    *,
    matrix: str = "src",
    seed: int = 0,
    **options: object,
) -> TokenCsRow | Reject:
    both = words or (make_words(pair.src_text), make_words(pair.tgt_text))
    item = make_item(pair, alignment, both, matrix=matrix, patterns=options.get("protect", ()))
    made = made_by(item, rng_for(seed, item.row_id, "token_cs"), **options)
    return made.row if isinstance(made, Made) else made


def split(*texts: str) -> tuple[tuple[Word, ...], ...]:
    """The real words of an English and a Korean text."""
    return tuple(WordSplitter(lang).words(text) for lang, text in zip(("en", "ko"), texts, strict=True))


def row_of(*args: object, **options: object) -> TokenCsRow:
    row = switched(*args, **options)
    assert isinstance(row, TokenCsRow), row
    return row
