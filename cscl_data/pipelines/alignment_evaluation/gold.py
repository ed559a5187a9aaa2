"""Gold alignments as they are published: links a line, a link a line, or JSON lines; the form is told by the file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from cscl_data.aligners.pharaoh import parse_gold_line
from cscl_data.errors import ConfigError, InputError
from cscl_data.evaluation.alignment import GoldAlignment, Indices, Scoring
from cscl_data.io.rawrows import iter_lines
from cscl_data.io.sources import text_source
from cscl_data.pipelines.alignment_evaluation.gold_json import GoldPair, pair_of_json

_WPT = re.compile(r"(\d+)\s+(\d+)\s+(\d+)(?:\s+([SP]))?(?:\s+[\d.]+)?")
_WORDS = re.compile(r"[^ \t]+")
_BASES = {"pharaoh": 1, "wpt": 1, "jsonl": 0}


class Line(NamedTuple):
    """A line of a file: where it stands, for messages, and its text without the line end."""

    where: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldSet:
    """A gold file that was read.

    Attributes:
        name: what it is called in the table.
        path: where it lies.
        form: `pharaoh`, `wpt` or `jsonl`.
        index: the base that its word numbers had, 0 or 1.
        scoring: how its form wants links to be scored.
        pairs: its pairs, in order.
    """

    name: str
    path: Path
    form: str
    index: int
    scoring: Scoring
    pairs: tuple[GoldPair, ...]

    def number_of(self, wanted: str) -> int | None:
        """Return the 0-based place of a pair by its id, or else by its number from 1; None where there is none."""
        for number, pair in enumerate(self.pairs):
            if pair.id == wanted:
                return number
        return int(wanted) - 1 if wanted.isascii() and wanted.isdigit() and 0 < int(wanted) <= len(self.pairs) else None


def read_gold(name: str, path: Path, *, index: int | None = None, text: Path | None = None) -> GoldSet:
    """Read a gold file.

    - `pharaoh`: line n holds the links of pair n, `1-2` sure and `1p3` possible (Naacl, awesome-align).
    - `wpt`: a line holds a link, pair number, source word, target word, S or P (sure where neither stands), and maybe
      a confidence, which is left aside. A number that does not occur is a pair without links.
    - `jsonl`: an object a pair: `alignment`, and where they are known `possible`, `id`, the words `src` and `tgt`, and
      `src_unaligned_content` and `tgt_unaligned_content`, the words that the annotators left without a link. A file
      with such lists is scored on annotated words.

    Args:
        name: what to call it.
        path: the file, also as .gz or .zst.
        index: what its words are counted from, 0 or 1; by default 1, and 0 for `jsonl`.
        text: a file of `source ||| target` lines, their words between spaces, for gold that has no words of its own.

    Raises:
        InputError: it cannot be read, holds no pair, is in none of these forms, or counts from 0 where 1 was expected.
        ConfigError: the text is given though the gold has words.
    """
    lines = _lines(path)
    form = _form_of(path, lines)
    base = _BASES[form] if index is None else index
    try:
        if form == "wpt":
            pairs = _wpt_pairs(lines, base)
        else:
            read = pair_of_json if form == "jsonl" else _pharaoh_pair
            pairs = [read(line.text, line.where, base) for line in lines]
    except ValueError as error:
        hint = "is it counted from 0? then give --gold-index 0" if base and "counts from 0" in str(error) else None
        raise InputError(str(error), hint=hint) from error
    twins = [pair_id for pair_id, count in Counter(pair.id for pair in pairs if pair.id).items() if count > 1]
    if twins:
        raise InputError(f"{path}: the id {twins[0]!r} comes twice")
    if text is not None:
        pairs = _with_words(pairs, text, path)
    partly = any(pair.lists_unaligned for pair in pairs)
    scoring: Scoring = "annotated" if partly else "all"
    return GoldSet(name=name, path=path, form=form, index=base, scoring=scoring, pairs=tuple(pairs))


def _lines(path: Path) -> list[Line]:
    lines = []
    for number, text, _ in iter_lines(text_source(str(path))):
        if text is None:
            raise InputError(f"{path}:{number}: not UTF-8 text")
        lines.append(Line(f"{path}:{number}", text))
    return lines


def _form_of(path: Path, lines: Sequence[Line]) -> str:
    first = next((line.text.strip() for line in lines if line.text.strip()), None)
    if first is None:
        raise InputError(f"{path}: no gold links in it")
    if first.startswith("{"):
        return "jsonl"
    return "wpt" if _WPT.fullmatch(first) else "pharaoh"


def _pharaoh_pair(text: str, where: str, base: int) -> GoldPair:
    try:
        sure, possible = parse_gold_line(text, one_indexed=bool(base))
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from error
    return GoldPair(gold=GoldAlignment(sure=sure, possible=possible))


def _wpt_pairs(lines: Sequence[Line], base: int) -> list[GoldPair]:
    links: dict[int, dict[str, set[Indices]]] = {}
    for where, text in lines:
        if not text.strip():
            continue
        match = _WPT.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"{where}: {text.strip()!r} is not pair number, source word, target word, S or P")
        number, src, tgt = (int(match[group]) for group in (1, 2, 3))
        if number < 1:
            raise ValueError(f"{where}: pairs are numbered from 1")
        if src < base or tgt < base:
            raise ValueError(f"{where}: link {src} {tgt} counts from 0, not from 1")
        links.setdefault(number, {"S": set(), "P": set()})[match[4] or "S"].add((src - base, tgt - base))
    pairs = []
    for number in range(1, max(links) + 1):
        marked = links.get(number, {"S": set(), "P": set()})
        gold = GoldAlignment(sure=frozenset(marked["S"]), possible=frozenset(marked["P"]))
        pairs.append(GoldPair(gold=gold))
    return pairs


def _with_words(pairs: Sequence[GoldPair], text: Path, gold: Path) -> list[GoldPair]:
    if any(pair.src for pair in pairs):
        raise ConfigError(f"--text {text}: the gold {gold} has words of its own")
    lines = _lines(text)
    if len(lines) != len(pairs):
        raise InputError(f"{text}: {len(lines)} lines for {len(pairs)} pairs of gold in {gold}")
    found = []
    for pair, line in zip(pairs, lines, strict=True):
        src, bars, tgt = line.text.partition("|||")
        if not bars:
            raise InputError(f"{line.where}: expected source ||| target")
        found.append(replace(pair, src=tuple(_WORDS.findall(src)), tgt=tuple(_WORDS.findall(tgt))))
    return found
