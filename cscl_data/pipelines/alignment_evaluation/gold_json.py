"""One pair of gold from one JSON object."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from cscl_data.evaluation.alignment import GoldAlignment, Indices

_UNALIGNED = ("src_unaligned_content", "tgt_unaligned_content")


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldPair:
    """One pair of a gold set.

    Attributes:
        gold: its links.
        id: its id, None where the form has none.
        src: its source words; None where they are not known.
        tgt: its target words.
        lists_unaligned: whether its form lists words that were left without a link.
    """

    gold: GoldAlignment
    id: str | None = None
    src: tuple[str, ...] | None = None
    tgt: tuple[str, ...] | None = None
    lists_unaligned: bool = False

    @property
    def sizes(self) -> tuple[int, int] | None:
        """Words on both sides; None where they are not known."""
        return None if self.src is None or self.tgt is None else (len(self.src), len(self.tgt))

    @property
    def links_outside(self) -> int:
        """Gold links that point beyond the words; 0 where the words are not known."""
        if self.sizes is None:
            return 0
        n_src, n_tgt = self.sizes
        return sum(src >= n_src or tgt >= n_tgt for src, tgt in self.gold.all_links)


def pair_of_json(text: str, where: str, base: int) -> GoldPair:
    """Read one line; `gold.read_gold` says what may stand in it.

    Args:
        text: the line.
        where: its place, for messages.
        base: what its words are counted from, 0 or 1.

    Raises:
        ValueError: it is not such an object; the message says where and what.

    Example:
        >>> pair_of_json('{"alignment": [[0, 1]], "src_unaligned_content": [2]}', "gold:1", 0).gold.annotated_src
        frozenset({0, 2})
    """
    try:
        record = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"{where}: not JSON ({error})") from error
    if not isinstance(record, dict) or "alignment" not in record:
        raise ValueError(f"{where}: expected an object with `alignment`")
    gold = GoldAlignment(
        sure=_links(record, "alignment", where, base),
        possible=_links(record, "possible", where, base),
        unaligned_src=_numbers(record, _UNALIGNED[0], where, base),
        unaligned_tgt=_numbers(record, _UNALIGNED[1], where, base),
    )
    src, tgt = _words(record, "src", where), _words(record, "tgt", where)
    lists_unaligned = any(key in record for key in _UNALIGNED)
    pair_id = None if record.get("id") is None else str(record["id"])
    return GoldPair(gold=gold, id=pair_id, src=src, tgt=tgt, lists_unaligned=lists_unaligned)


def _links(record: dict[str, Any], key: str, where: str, base: int) -> frozenset[Indices]:
    value = record.get(key, [])
    if not isinstance(value, list) or not all(_is_link(item) for item in value):
        raise ValueError(f"{where}: `{key}` is not a list of [source, target] word numbers")
    found = frozenset((src - base, tgt - base) for src, tgt in value)
    if any(src < 0 or tgt < 0 for src, tgt in found):
        raise ValueError(f"{where}: a link of `{key}` counts from 0, not from 1")
    return found


def _is_link(item: Any) -> bool:
    return isinstance(item, list) and len(item) == 2 and all(_is_number(number) for number in item)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _numbers(record: dict[str, Any], key: str, where: str, base: int) -> frozenset[int]:
    value = record.get(key, [])
    if not isinstance(value, list) or not all(_is_number(number) for number in value):
        raise ValueError(f"{where}: `{key}` is not a list of word numbers")
    if any(number < base for number in value):
        raise ValueError(f"{where}: a word of `{key}` counts from 0, not from 1")
    return frozenset(number - base for number in value)


def _words(record: dict[str, Any], key: str, where: str) -> tuple[str, ...] | None:
    value = record.get(key)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise ValueError(f"{where}: `{key}` is not a list of words")
    return tuple(value)
