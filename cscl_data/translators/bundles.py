"""Several texts as one sequence: catalyst statement, then each text behind an indicator; and apart again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from cscl_data.errors import ConfigError

DEFAULT_INDICATORS = ("@", "#", "*")
"""Candidates in the order in which they are tried.

Source:
    moon-etal-2024-translation (the family `@ # *`; its exact list is not published). The order is our default.
"""

_SMALL_FORMS = {"#": "﹟", "$": "﹩", "%": "﹪", "&": "﹠", "*": "﹡", "<": "﹤", ">": "﹥", "@": "﹫"}
_FULL_WIDTH = 0xFEE0
_WHOLE_LINE = re.compile(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")


class Split(NamedTuple):
    """A translated sequence taken apart.

    `parts` has one non-blank part per component, without spaces around it, or is None and `reason` says why.
    `strict`: the indicator itself came back exactly once per component (the paper's reversibility); `lenient`: so did
    it when full-width, doubled and unspaced forms of it count. `parts` is there where `lenient` is true.
    """

    parts: tuple[str, ...] | None
    strict: bool
    lenient: bool
    reason: str = ""


def build_sequence(texts: Sequence[str], indicator: str, catalyst: str = "") -> str:
    """Join texts into one sequence, each behind the indicator, the catalyst statement before all.

    Args:
        texts: the components, not blank, without spaces around them and without the indicator in them.
        indicator: the marker, for example `@`.
        catalyst: the statement; empty for none.

    Example:
        >>> build_sequence(["A man runs.", "Somebody runs."], "@", "Two sentences.")
        'Two sentences. @ A man runs. @ Somebody runs.'

    Source:
        moon-etal-2024-translation, data to sequence. Deviations: the paper's code is not public; prefix markers with
        single spaces are our reading.
    """
    return " ".join(([catalyst] if catalyst else []) + [part for text in texts for part in (indicator, text)])


def split_sequence(output: str, n: int, indicator: str, *, catalyst: bool) -> Split:
    """Take a translated sequence apart; what stands before the first indicator is the statement and thrown away.

    Args:
        output: the translation of a sequence of `n` components.
        n: the number of components, 1 or more.
        indicator: the marker it was built with.
        catalyst: whether the sequence began with a statement; without one, nothing may stand before the first marker.

    Example:
        >>> split_sequence("두 문장. ＠한 남자가 달린다. @ @ 누군가 달린다.", 2, "@", catalyst=True).parts
        ('한 남자가 달린다.', '누군가 달린다.')

    Source:
        moon-etal-2024-translation, sequence to data: reversible if it splits into exactly the original number of
        components. Deviations: blank components are irreversible too; the lenient count is ours.
    """
    literal = output.split(indicator)
    strict = len(literal) == n + 1 and all(part.strip() for part in literal[1:])
    strict = strict and (catalyst or not literal[0].strip())
    head, *rest = (part.strip() for part in marker_pattern(indicator).split(output))
    if len(rest) != n:
        return Split(None, False, False, f"{len(rest)} indicators {indicator!r} came back for {n} fields")
    if not all(rest):
        return Split(None, False, False, f"nothing stands behind indicator {rest.index('') + 1} of {n}")
    if head and not catalyst:
        return Split(None, False, False, "text stands before the first indicator")
    return Split(tuple(rest), strict, True)


@lru_cache(maxsize=64)
def marker_pattern(indicator: str) -> re.Pattern[str]:
    """Return what counts as the indicator in a translation: full-width and small forms, spaced out, repeated."""
    one = r"\s*".join(f"[{re.escape(variants(char))}]" for char in indicator)
    return re.compile(rf"{one}(?:\s*{one})*")


def choose_indicator(candidates: Sequence[str], texts: Sequence[str], catalyst: str = "") -> str | None:
    """Return the first candidate that no text holds in any form and that splits the very sequence; None without one."""
    for indicator in candidates:
        if any(marker_pattern(indicator).search(text) for text in texts):
            continue
        whole = build_sequence(texts, indicator, catalyst)
        if split_sequence(whole, len(texts), indicator, catalyst=bool(catalyst)).parts == tuple(texts):
            return indicator
    return None


def parse_indicators(text: str) -> tuple[str, ...]:
    """Read `--indicators`: candidates with commas between them.

    Raises:
        ConfigError: there is none, one twice, or one with a space or made of letters and digits alone.
    """
    candidates = tuple(part.strip() for part in text.split(","))
    for candidate in candidates:
        if not candidate or candidate.isalnum() or any(char.isspace() for char in candidate):
            raise ConfigError(
                f"--indicators {text!r}: {candidate!r} cannot be an indicator; a symbol such as @ or # can",
                hint=f"--indicators '{','.join(DEFAULT_INDICATORS)}'",
            )
    if len(set(candidates)) != len(candidates):
        raise ConfigError(f"--indicators {text!r}: the same indicator twice")
    return candidates


def has_inner_breaks(text: str) -> bool:
    """Tell whether line breaks or tabs stand inside a text: a model knows one line, and would lose them."""
    return _WHOLE_LINE.search(text.strip()) is not None


def variants(char: str) -> str:
    """Return a character with its full-width and small forms."""
    full_width = chr(ord(char) + _FULL_WIDTH) if "!" <= char <= "~" else ""
    return char + full_width + _SMALL_FORMS.get(char, "")
