"""Token-level code-switching: replaces aligned words of one sentence by their translations in the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from cscl_data.errors import ConfigError
from cscl_data.generators.candidates import Candidate
from cscl_data.generators.exclusions import protect
from cscl_data.generators.placement import Side, UnitConfig, units_of
from cscl_data.generators.selection import LAST_SHARE, choose, how_many
from cscl_data.generators.substitution import Replacement, substitute
from cscl_data.records import NO_LANGUAGE, Alignment, Pair, Reject, TaggedToken, TokenCsRow, cmi
from cscl_data.text.languages import language
from cscl_data.text.surface import fit_particle, needs_space, recased
from cscl_data.text.words import Word

STAGE = "token_cs"
METHOD = "align.3"
"""Name and version of the method; the version rises when the text it generates changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCsConfig(UnitConfig):
    """How to switch: what may be, see `UnitConfig`, and how much.

    Attributes:
        ratio: share of matrix words to replace, in [0, 1].

    Raises:
        ConfigError: a value is out of range, or a name is unknown.
    """

    ratio: float = 0.3

    def __post_init__(self) -> None:
        if not 0.0 <= self.ratio <= 1.0:
            raise ConfigError(f"--ratio must be between 0 and 1, not {self.ratio}")
        UnitConfig.__post_init__(self)


def generate(
    pair: Pair,
    alignment: Alignment | None,
    src_words: tuple[Word, ...],
    tgt_words: tuple[Word, ...],
    *,
    matrix: str,
    row_id: str,
    config: TokenCsConfig,
    rng: Random,
) -> TokenCsRow | Reject:
    """Make one code-switched row from an aligned pair.

    The number of words replaced is floor(r n) plus one with probability frac(r n), at least 1 when r > 0, with n the
    matrix words (punctuation, digits, symbols and protected spans left out). Fewer candidates than asked for: all of
    them. With ratio 0 the matrix text comes back as it is and no alignment is needed.

    Args:
        pair: the pair, verbatim.
        alignment: its word alignment; may be None when the ratio is 0.
        src_words: words of the source text.
        tgt_words: words of the target text.
        matrix: `src` or `tgt`, the side that gives the order and the frame.
        row_id: id of the new row.
        config: how to switch.
        rng: the row's own generator.

    Returns:
        The row, or a reject: `no_candidate` when no word may be switched, or what `alignment.skipped` says.

    Raises:
        SchemaError: the row breaks an invariant (a bug).
    """
    if config.protect:
        src_words = protect(pair.src_text, src_words, config.protect)
        tgt_words = protect(pair.tgt_text, tgt_words, config.protect)
    source, target = Side(pair.src_lang, pair.src_text, src_words), Side(pair.tgt_lang, pair.tgt_text, tgt_words)
    frame, other = (source, target) if matrix == "src" else (target, source)
    n_words = sum(_counts(word) for word in frame.words)
    wanted = how_many(config.ratio, n_words, rng)
    chosen: list[Candidate] = []
    if config.ratio > 0:
        if alignment is None or alignment.skipped:
            reason = alignment.skipped if alignment and alignment.skipped else "unaligned"
            return Reject(id=row_id, stage=STAGE, reason=reason, detail="the pair was not aligned", source=pair.row())
        candidates = units_of(alignment, frame, other, matrix=matrix, config=config)
        if not candidates:
            detail = f"{len(alignment.links)} links, none of them a unit that may be switched"
            return Reject(id=row_id, stage=STAGE, reason="no_candidate", detail=detail, source=pair.row())
        chosen = choose(candidates, wanted, rng, last_share=max(LAST_SHARE, config.ratio))
    replacements = _replacements(chosen, frame, other)
    text, tokens, edits = substitute(frame.text, _tagged(frame), replacements)
    row = TokenCsRow(
        id=row_id,
        pair_id=pair.id,
        doc_id=pair.doc_id,
        text=text,
        matrix_lang=frame.lang,
        embedded_lang=other.lang,
        tokens=tokens,
        edits=edits,
        switch_ratio=sum(cand.n_words for cand in chosen) / n_words if n_words else 0.0,
        cmi=cmi(tokens),
        src_text=pair.src_text,
        tgt_text=pair.tgt_text,
    )
    row.check(frame.text, other.text)
    return row


def _replacements(chosen: Sequence[Candidate], frame: Side, other: Side) -> list[Replacement]:
    """Turn units into texts that fit their places: case, particle form, space at the joints."""
    is_cased = language(frame.lang).cased
    found: list[Replacement] = []
    for n, cand in enumerate(chosen):
        first, last = frame.words[cand.first], frame.words[cand.last]
        emb_start, emb_end = other.words[cand.emb_first].start, other.words[cand.emb_last].stem_end
        text = recased(
            other.text[emb_start:emb_end],
            opens_source=cand.emb_first == _opening(other.words),
            opens_result=is_cased and cand.first == _opening(frame.words),
            is_name=other.words[cand.emb_first].name,
        )
        words = [
            TaggedToken(word.start - emb_start, min(word.end, emb_end) - emb_start, _tag(word, other.lang), True)
            for word in other.words[cand.emb_first : cand.emb_last + 1]
        ]
        end = last.stem_end
        tail = frame.text[end : last.end]
        fitted = last.light or (fit_particle(tail, text) if tail else tail)
        if fitted != tail:
            words.append(TaggedToken(len(text), len(text) + len(fitted), frame.lang, False))
            text, end = text + fitted, last.end
        before = found[-1] if found and found[-1].matrix_end == first.start else None
        left = before.text[-1:] if before else frame.text[first.start - 1 : first.start] if first.start else ""
        if left and needs_space(left, text[0]):
            text, words = " " + text, [_shifted(word) for word in words]
        glued = n + 1 < len(chosen) and frame.words[chosen[n + 1].first].start == end
        right = "" if glued else frame.text[end : end + 1]
        if right and needs_space(text[-1], right):
            text += " "
        found.append(Replacement(first.start, end, emb_start, emb_end, text, tuple(words)))
    return found


def _tagged(side: Side) -> list[TaggedToken]:
    return [TaggedToken(word.start, word.end, _tag(word, side.lang), False) for word in side.words]


def _tag(word: Word, lang: str) -> str:
    return lang if _counts(word) else NO_LANGUAGE


def _counts(word: Word) -> bool:
    return word.kind in ("content", "function")


def _opening(words: Sequence[Word]) -> int:
    return next((i for i, word in enumerate(words) if _counts(word)), -1)


def _shifted(word: TaggedToken) -> TaggedToken:
    return word._replace(start=word.start + 1, end=word.end + 1)
