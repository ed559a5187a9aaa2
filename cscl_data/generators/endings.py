"""What stays of a Korean or Japanese word when its stem is replaced."""

from __future__ import annotations

from cscl_data.generators.candidates import PREDICATES, Candidate
from cscl_data.generators.item import Side
from cscl_data.text.languages import language
from cscl_data.text.surface import opens_with_suru


def what_stays(cand: Candidate, frame: Side) -> tuple[bool, bool]:
    """Tell whether 하다 or する stands behind a unit of Korean or Japanese, and whether anything does."""
    last, primary = frame.words[cand.last], language(frame.lang).primary
    if primary == "ko":
        marked = last.stem_end < last.end or bool(last.light)
        return marked and last.pos in PREDICATES, marked
    if primary == "ja" and cand.last + 1 < len(frame.words):
        following = frame.words[cand.last + 1]
        marked = following.start == last.end and following.kind == "function"
        return marked and opens_with_suru(frame.text[following.start : following.end]), marked
    return False, False
