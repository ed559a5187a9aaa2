"""Beads after the search: no two neighbours may hold translations of each other in different languages."""

from __future__ import annotations

from collections.abc import Sequence

from cscl_data.aligners.beads.path import BeadSpan
from cscl_data.aligners.beads.trust import Likeness

LEAK = 0.0
"""Mean score of a known word from which on a sentence left over is translated in what stands beside it. Our default: of
3,188 sentences of real documents, 95 % score more beside their translation, 97 % less beside that of the next one."""
WEAK = -0.5
"""Mean score of a known word below which a bead beside a gap is no translation, but a part of the gap. Our default."""
FEWEST_KNOWN = 8
"""Known words that a sentence needs for this, at least. Our default."""


def mended(beads: Sequence[BeadSpan], likeness: Likeness) -> list[BeadSpan]:
    """Join beads whose sides might translate each other across their border.

    A gap in which sentences of both languages are left over may hide a free translation, so it becomes one bead; so it
    does with a bead beside them that the words speak against. A
    sentence left over beside a bead is joined to it if its words are translated there: a bead was too short.

    Args:
        beads: in order, as the search found them.
        likeness: what the words of the two documents say.
    """
    joined: list[BeadSpan] = []
    for bead in beads:
        if joined and _leaks(joined[-1], bead, likeness):
            joined[-1] = _join(joined[-1], bead)
        else:
            joined.append(bead)
    return _without_double_gaps(joined, likeness)


def _without_double_gaps(beads: Sequence[BeadSpan], likeness: Likeness) -> list[BeadSpan]:
    """Join the beads of each gap that holds sentences of both languages.

    A gap is a run of sentences left over, with what stands between them or beside them and is no translation.
    """
    made: list[BeadSpan] = []
    gap: list[BeadSpan] = []
    for bead in (*beads, None):
        if bead is not None and not (bead.is_pair and _holds(bead, likeness)):
            gap.append(bead)
            continue
        lone = any(not one.is_pair for one in gap)
        if lone and any(one.shape[0] for one in gap) and any(one.shape[1] for one in gap):
            gap = [_join(gap[0], gap[-1])]
        made += gap
        gap = []
        if bead is not None:
            made.append(bead)
    return made


def _holds(bead: BeadSpan, likeness: Likeness) -> bool:
    """Tell whether the words of a bead do not speak against it."""
    words = likeness.of(*bead)
    return words.known < FEWEST_KNOWN or words.mean >= WEAK


def _leaks(one: BeadSpan, other: BeadSpan, likeness: Likeness) -> bool:
    """Tell whether a sentence left over is translated in the bead beside it."""
    if one.is_pair == other.is_pair:
        return False
    lone, pair = (other, one) if one.is_pair else (one, other)
    if lone.shape[0]:
        words, _ = likeness.each(lone.src, lone.src_end, pair.tgt, pair.tgt_end)
    else:
        _, words = likeness.each(pair.src, pair.src_end, lone.tgt, lone.tgt_end)
    return words.known >= FEWEST_KNOWN and words.mean >= LEAK


def _join(first: BeadSpan, last: BeadSpan) -> BeadSpan:
    return BeadSpan(first.src, last.src_end, first.tgt, last.tgt_end)
