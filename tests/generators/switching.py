"""Items and rows of token-level switching, made in one line."""

from __future__ import annotations

from random import Random
from typing import Any

from cscl_data.generators import method
from cscl_data.generators.amount import Amount
from cscl_data.generators.config import TokenCsConfig
from cscl_data.generators.exclusions import protect
from cscl_data.generators.item import Made, Side, SwitchItem
from cscl_data.records import Alignment, Pair, Reject
from cscl_data.text.word_rules.base import Word

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
