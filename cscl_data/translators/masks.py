"""Protected spans behind numbered tokens that a model carries through, and back again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import NamedTuple

from cscl_data.errors import ConfigError
from cscl_data.translators.bundles import variants
from cscl_data.translators.protection import hard_spans

SHAPES = ("{1}", "{{1}}", "[1]", "<1>", "⟦1⟧", "%1%", "$1$", "__1__", "X1X", "`1`")
"""Forms of a mask that are tried, `1` for its number. Our default; each has a mark behind the number, so that no digit
of the text can run into it."""
_DIGITS = re.compile(r"[0-9]+")


class Sealed(NamedTuple):
    """A text as it is sent: `text` has the k-th of `literals` as mask number `first + k`; `source` is what it was."""

    source: str
    text: str
    shape: str = ""
    first: int = 1
    literals: tuple[str, ...] = ()

    def opened(self, translation: str) -> tuple[str, str]:
        """Put the literals back into a translation.

        Full-width and spaced forms of a mask count. Every mask must come back once, with nothing of one beside it: no
        mark of the shape and no number of a mask that the source does not have.

        Returns:
            The text, and what is wrong with it: empty where every mask came back.

        Example:
            >>> seal("Open {file} now", "[1]").opened("지금 ［ 1 ］ 열기")
            ('지금 {file} 열기', '')
        """
        if not self.literals:
            return translation, ""
        pattern = mask_pattern(self.shape)
        counts = Counter(_number(match) for match in pattern.finditer(translation))
        own = range(self.first, self.first + len(self.literals))
        wrong = [f"mask {masked(self.shape, n)} came back {counts[n]} times" for n in own if counts[n] != 1]
        rest, plain = (pattern.sub(partial(_filled, {}, own), text) for text in (translation, self.text))
        wrong += [f"{piece!r} of a mask is left over" for piece in _left_over(self.shape, own, rest, plain)]
        filling = dict(zip(own, self.literals, strict=True))
        return ("", "; ".join(wrong)) if wrong else (pattern.sub(partial(_filled, filling, own), translation), "")


def seal(text: str, shape: str, first: int = 1) -> Sealed:
    """Replace what `hard_spans` finds in a text by masks of a shape, numbered from `first`.

    A text that would not be the same again, for its own marks run into a mask, is sealed as it is.
    """
    out: list[str] = []
    at = 0
    literals: list[str] = []
    for start, end in hard_spans(text):
        out += [text[at:start], masked(shape, first + len(literals))]
        literals.append(text[start:end])
        at = end
    sealed = Sealed(text, "".join(out) + text[at:], shape, first, tuple(literals))
    return sealed if sealed.opened(sealed.text) == (text, "") else Sealed(text, text)


def masked(shape: str, number: int) -> str:
    """Return the mask of a number."""
    return shape.replace("1", str(number))


def free_number(shape: str, texts: Sequence[str]) -> int:
    """Return from which number on the masks of texts can be counted: none of these numbers stands in them already."""
    taken = numbers_in(shape, texts)
    needed = sum(len(hard_spans(text)) for text in texts)
    starts = (1, *(number + 1 for number in sorted(taken)))
    return next(start for start in starts if not taken & set(range(start, start + needed)))


def numbers_in(shape: str, texts: Iterable[str]) -> set[int]:
    """Return the numbers of what looks like a mask in texts."""
    pattern = mask_pattern(shape)
    return {_number(match) for text in texts for match in pattern.finditer(text)}


@lru_cache(maxsize=64)
def mask_pattern(shape: str) -> re.Pattern[str]:
    """Return what counts as a mask of a shape in a translation: full-width and small forms, spaces between."""
    before, behind = (r"\s?".join(f"[{re.escape(variants(char))}]" for char in part) for part in shape.split("1"))
    return re.compile(rf"{before}\s?([0-9０-９]{{1,5}})\s?{behind}", re.IGNORECASE)


def parse_shape(text: str) -> str:
    """Read `--mask-shape`.

    Raises:
        ConfigError: it has not exactly one `1` with marks on both sides, or holds a space or another digit.
    """
    before, one, behind = text.partition("1")
    marks = before + behind
    if not (before and one and behind) or any(char.isspace() or char.isdigit() for char in marks):
        raise ConfigError(
            f"--mask-shape {text!r}: expected marks, 1 for the number, and marks", hint=f"as in {' '.join(SHAPES[:4])}"
        )
    return text


def _filled(filling: Mapping[int, str], own: range, match: re.Match[str]) -> str:
    number = _number(match)
    return filling.get(number, "") if number in own else match.group()


def _left_over(shape: str, own: range, rest: str, plain: str) -> list[str]:
    """Return what of masks is in the rest of a translation and not in the rest of its source."""
    marks = [char for char in dict.fromkeys(shape) if not char.isalnum()]
    found = [char for char in marks if len(re.findall(f"[{re.escape(variants(char))}]", rest)) > plain.count(char)]
    there, before = (Counter(_DIGITS.findall(text)) for text in (rest, plain))
    return found + [str(n) for n in own if there[str(n)] > before[str(n)]]


def _number(match: re.Match[str]) -> int:
    return int(match[1])
