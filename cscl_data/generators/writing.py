"""From units to a row: texts that fit their places, the new text, its tokens and edits."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

from cscl_data.generators.amount import counts, size
from cscl_data.generators.candidates import Candidate
from cscl_data.generators.endings import what_stays
from cscl_data.generators.item import Side, SwitchItem
from cscl_data.generators.reading import ADJ
from cscl_data.generators.substitution import Replacement, substitute
from cscl_data.records import NO_LANGUAGE, TaggedToken, TokenCsRow, cmi
from cscl_data.text.base_forms import verb_base
from cscl_data.text.english import entry
from cscl_data.text.languages import language
from cscl_data.text.surface import fit_particle, needs_space, recased
from cscl_data.text.words import Word

_QUOTES = tuple('"“‘«„「『')

Write = Callable[[Sequence[Candidate], Side, Side], list[Replacement]]
"""How units become texts in their places: the units in matrix order without overlap, the frame, the other side."""


class Lifted(NamedTuple):
    """A unit's words as they leave the embedded side: `other.text[start:end]`, their case fitted, and their tokens.

    The spans of the tokens are relative to `text`.
    """

    start: int
    end: int
    text: str
    words: list[TaggedToken]


def replacements_of(units: Sequence[Candidate], frame: Side, other: Side) -> list[Replacement]:
    """Turn units into texts that fit their places: case, particle form, space at the joints.

    Args:
        units: in matrix order, without overlap.
        frame: the side that gives the order.
        other: the side that the words come from.
    """
    is_cased = language(frame.lang).cased
    found: list[Replacement] = []
    for n, cand in enumerate(units):
        first, last = frame.words[cand.first], frame.words[cand.last]
        emb_start, emb_end, text, words = lifted(
            cand,
            other,
            opens_result=is_cased and frame.text[first.start].isupper() and opens_sentence(frame, cand.first),
            is_name=first.name or first.pos == "PROPN",
            as_base=what_stays(cand, frame)[0] and last.pos != ADJ,
        )
        end = last.stem_end
        tail = frame.text[end : last.end]
        light = _ending_of(last, frame, text, other.lang_of(cand.emb_last))
        fitted = light or (fit_particle(tail, text) if tail else tail)
        if fitted != tail:
            words.append(TaggedToken(len(text), len(text) + len(fitted), frame.lang, False))
            text, end = text + fitted, last.end
        before = found[-1] if found and found[-1].matrix_end == first.start else None
        left = before.text[-1:] if before else frame.text[first.start - 1 : first.start] if first.start else ""
        if left and needs_space(left, text[0]):
            text, words = " " + text, shifted(words, 1)
        glued = n + 1 < len(units) and frame.words[units[n + 1].first].start == end
        right = "" if glued else frame.text[end : end + 1]
        if right and needs_space(text[-1], right):
            text += " "
        found.append(Replacement(first.start, end, emb_start, emb_end, text, tuple(words)))
    return found


def lifted(cand: Candidate, other: Side, *, opens_result: bool, is_name: bool = False, as_base: bool = False) -> Lifted:
    """Take a unit's words from the embedded side.

    Args:
        cand: the unit.
        other: the side that the words come from.
        opens_result: whether they open the new sentence, in a script with capitals.
        is_name: whether they stand for a name, and are one.
        as_base: whether 하다, 되다 or する follows, before which an English verb stands in its base form.
    """
    start, end = other.words[cand.emb_first].start, other.words[cand.emb_last].stem_end
    text = recased(
        other.text[start:end],
        opens_source=other.running and opens_sentence(other, cand.emb_first),
        opens_result=opens_result,
        is_name=is_name or other.words[cand.emb_first].name or _has_own_capital(other, cand.emb_first),
    )
    words = [
        TaggedToken(word.start - start, min(word.end, end) - start, _tag(word, other.lang_of(index)), True)
        for index, word in enumerate(other.words[cand.emb_first : cand.emb_last + 1], cand.emb_first)
    ]
    base = verb_base(text.lower()) if as_base and language(other.lang_of(cand.emb_first)).primary == "en" else None
    if base is not None and len(words) == 1:
        text, words = base, [words[0]._replace(end=len(base))]
    return Lifted(start, end, text, words)


def _ending_of(word: Word, frame: Side, embedded: str, lang: str) -> str:
    """Return what keeps the endings of a predicate; a noun with 적인 keeps 한 behind an English adjective, else 인."""
    made = unicodedata.normalize("NFC", frame.text[word.start : word.end])
    if not word.light or not made.endswith("적인"):
        return word.light
    is_adjective = language(lang).primary == "en" and ADJ in entry(embedded.rpartition(" ")[2].lower()).pos
    return word.light if is_adjective else "인"


def _has_own_capital(side: Side, index: int) -> bool:
    """Tell whether an English word is written with a capital wherever it stands, by its dictionary (`Japanese`)."""
    word = side.words[index]
    text = side.text[word.start : word.stem_end]
    english = language(side.lang_of(index)).primary == "en"
    return english and text[:1].isupper() and bool(entry(text).pos) and not entry(text.lower()).pos


def shifted(words: Sequence[TaggedToken], by: int) -> list[TaggedToken]:
    """Return tokens whose spans lie `by` code points further on."""
    return [word._replace(start=word.start + by, end=word.end + by) for word in words]


def tagged(side: Side) -> list[TaggedToken]:
    """Return the words of a side as tokens of a row, none of them switched."""
    return [TaggedToken(word.start, word.end, _tag(word, side.lang), False) for word in side.words]


def row_of(item: SwitchItem, units: Sequence[Candidate], *, by: str, write: Write = replacements_of) -> TokenCsRow:
    """Write the row of some units, by default the one in which they stand for the matrix words that they replace.

    Args:
        item: what the row is made from.
        units: in matrix order, without overlap.
        by: what the row's switch ratio counts, a name of `amount.RATIO_BY`.
        write: how units are written.

    Raises:
        SchemaError: the row breaks an invariant (a bug).
    """
    replaced = [word for cand in units for word in item.frame.words[cand.first : cand.last + 1]]
    return assembled(item, write(units, item.frame, item.other), replaced, by=by)


def assembled(
    item: SwitchItem, replacements: Sequence[Replacement], replaced: Sequence[Word], *, by: str
) -> TokenCsRow:
    """Write the row of some replacements and check it.

    Args:
        item: what the row is made from.
        replacements: in matrix order, without overlap.
        replaced: the matrix words that count as switched.
        by: what the row's switch ratio counts, a name of `amount.RATIO_BY`.

    Raises:
        SchemaError: the row breaks an invariant (a bug).
    """
    text, tokens, edits = substitute(item.frame.text, tagged(item.frame), replacements)
    whole = size(item.frame.words, by)
    row = TokenCsRow(
        id=item.row_id,
        pair_id=item.pair.id,
        doc_id=item.pair.doc_id,
        text=text,
        matrix_lang=item.frame.lang,
        embedded_lang=item.other.lang,
        tokens=tokens,
        edits=edits,
        switch_ratio=size(replaced, by) / whole if whole else 0.0,
        cmi=cmi(tokens),
        src_text=item.pair.src_text,
        tgt_text=item.pair.tgt_text,
    )
    row.check(item.frame.text, item.other.text)
    return row


def _tag(word: Word, lang: str) -> str:
    return lang if counts(word) else NO_LANGUAGE


def opens_sentence(side: Side, index: int) -> bool:
    """Tell whether a word opens a sentence or a quotation, where a capital says nothing."""
    before = next((word for word in reversed(side.words[:index]) if counts(word)), None)
    if before is None:
        return True
    between = side.text[before.end : side.words[index].start]
    ends = language(side.lang_of(index)).sentence_ends
    return between[-1:] in _QUOTES or "\n" in between or any(mark in between for mark in ends)
