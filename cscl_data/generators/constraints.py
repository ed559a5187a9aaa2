"""Linguistic constraints on what may be switched, by name; all of those in force must hold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from cscl_data.errors import ConfigError, unknown_name
from cscl_data.generators.candidates import LAST_TIER, Candidate
from cscl_data.generators.word_links import WordLinks
from cscl_data.text.words import Word

DEFAULT = ("free-morpheme",)
NONE = "none"


class Context(NamedTuple):
    """The sentence that units come from: its word links, and the words of the matrix and of the embedded side."""

    links: WordLinks
    matrix: Sequence[Word]
    embedded: Sequence[Word]


_Test = Callable[[Candidate], bool]


def _free_morpheme(context: Context) -> _Test:
    return lambda cand: cand.tier <= LAST_TIER


def _matrix_frame(context: Context) -> _Test:
    def holds(cand: Candidate) -> bool:
        sides = context.matrix[cand.first : cand.last + 1], context.embedded[cand.emb_first : cand.emb_last + 1]
        return all(word.kind == "content" for side in sides for word in side)

    return holds


def _equivalence(context: Context) -> _Test:
    size = len(context.matrix)
    before, behind = [-1] * (size + 1), [len(context.embedded)] * (size + 1)
    for i, j in context.links:
        before[i + 1] = max(before[i + 1], j)
        behind[i] = min(behind[i], j)
    for i in range(size):
        before[i + 1] = max(before[i + 1], before[i])
        behind[size - 1 - i] = min(behind[size - 1 - i], behind[size - i])
    monotone = [low <= high for low, high in zip(before, behind, strict=True)]
    return lambda cand: monotone[cand.first] and monotone[cand.last + 1]


CONSTRAINTS: dict[str, Callable[[Context], _Test]] = {
    "free-morpheme": _free_morpheme,
    "equivalence": _equivalence,
    "matrix-frame": _matrix_frame,
    NONE: lambda _: lambda _: True,
}
"""Constraint by name.

- `free-morpheme`: no switch inside a word, but that the particles, the copula and the endings of the matrix language
  stay: a Korean verb is switched only where 하다 can keep its endings, and a content word is never switched for a
  function word.
- `equivalence`: no link crosses the borders of the unit: both languages agree on the order around it.
- `matrix-frame`: function words stay in the matrix language.
- `none`: any closed block of the alignment.

Source:
    poplack-1980-sometimes (free morpheme, equivalence), myers-scotton-1993-duelling (matrix language frame);
    equivalence over alignments as in kuwanto-etal-2024-linguistics. The exceptions of `free-morpheme` are our default.
"""


def check_constraints(names: Collection[str]) -> None:
    """Check that constraints are known and go together.

    Raises:
        ConfigError: one is unknown, none is named, or `none` stands beside another.
    """
    for name in names:
        if name not in CONSTRAINTS:
            raise unknown_name("constraint", name, CONSTRAINTS)
    if not names or (NONE in names and len(set(names)) > 1):
        raise ConfigError("--constraint none goes with no other constraint")


def constrained(candidates: Sequence[Candidate], names: Collection[str], context: Context) -> list[Candidate]:
    """Return the units that obey all constraints named."""
    tests = [CONSTRAINTS[name](context) for name in names]
    return [cand for cand in candidates if all(holds(cand) for holds in tests)]
