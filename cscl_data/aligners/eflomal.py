"""eflomal behind the protocol of aligners: a whole corpus in one run, both directions merged.

It samples without a seed, so two runs differ, and the links of a pair depend on the pairs beside it.

Source: ostling-tiedemann-2016-efficient.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from cscl_data.aligners.base import TokenizedPair, alignment_of, has_empty_side, surfaces
from cscl_data.aligners.eflomal_program import (
    MAX_TOKENS,
    Waiting,
    WordPair,
    read_links,
    run_program,
    write_words,
)
from cscl_data.aligners.rules import WITHOUT_POSTERIORS, rule_without_posteriors
from cscl_data.aligners.symmetrize import rule_number, symmetrize
from cscl_data.errors import BackendError, InputError
from cscl_data.records import Alignment, Link

VERSION = 1
Links = list[tuple[int, int]]


def left_out(pair: TokenizedPair) -> str | None:
    """Return why eflomal does not get a pair, as a reject reason: `empty_side`, `too_long`; None if it does."""
    if has_empty_side(pair):
        return "empty_side"
    return "too_long" if max(len(pair.src_tokens), len(pair.tgt_tokens)) > MAX_TOKENS else None


def links_of_corpus(
    program: str,
    rows: Iterable[TokenizedPair | None],
    work: Path,
    *,
    more: Iterable[TokenizedPair] = (),
    rule: str,
    waiting: Waiting | None = None,
) -> Iterator[Links | None]:
    """Run eflomal once and yield the links of every row, in order; None for a row that it did not get.

    Memory grows by 8 bytes a pair here; eflomal itself holds the corpus in memory.

    Args:
        program: path of eflomal's program.
        rows: pairs; None for a row that is none.
        work: an empty folder for what goes in and out.
        more: pairs that it learns from too.
        rule: how directions are merged, a name of `rules.RULES` other than `posterior`.
        waiting: see `run_program`.

    Raises:
        BackendError: see `run_program`; or it gave a link outside a pair.
    """
    source = work / "eflomal.words"
    sizes, others = array("I"), array("I")
    n_pairs = write_words(chain(_words(rows, sizes), _words(more, others)), source)
    found: Iterator[tuple[Links, Links]] = iter(())
    if n_pairs:
        found = zip(*map(read_links, run_program(program, source, n_pairs, waiting)), strict=True)
    for n_src, n_tgt in zip(sizes[::2], sizes[1::2], strict=True):
        yield _merged(*next(found), rule, n_src, n_tgt) if n_src else None


def _words(rows: Iterable[TokenizedPair | None], sizes: array[int]) -> Iterator[WordPair]:
    """Yield the words of the rows that eflomal gets, and note both sizes of every row, 0 and 0 for the others."""
    for pair in rows:
        if pair is None or left_out(pair) is not None:
            sizes.extend((0, 0))
            continue
        sizes.extend((len(pair.src_tokens), len(pair.tgt_tokens)))
        yield surfaces(pair.src_text, pair.src_tokens), surfaces(pair.tgt_text, pair.tgt_tokens)


def _merged(forward: Links, backward: Links, rule: str, n_src: int, n_tgt: int) -> Links:
    try:
        return symmetrize(forward, backward, rule, n_src=n_src, n_tgt=n_tgt)
    except InputError as error:
        raise BackendError(f"eflomal: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class EflomalAligner:
    """Runs eflomal on the pairs of each call, so one call should hold the whole corpus. Links have no scores.

    Args:
        program: path of eflomal's program.
        rule: how directions are merged, a name of `rules.RULES`; see `rules.rule_without_posteriors`.

    Raises:
        ConfigError: there is no such rule.
    """

    program: str
    rule: str = WITHOUT_POSTERIORS
    name: str = field(default="eflomal", init=False)
    version: int = field(default=VERSION, init=False)
    deterministic: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        rule_number(self.rule)

    def sig_parts(self) -> Mapping[str, str]:
        """Return name, version and rule; what two runs differ in has no name."""
        return {"aligner": f"{self.name}.{self.version}", "symmetrize": rule_without_posteriors(self.rule)}

    def align(self, pairs: Sequence[TokenizedPair]) -> list[Alignment]:
        """Return one alignment per pair, in order; one with an empty or a too long side is skipped.

        Raises:
            BackendError: eflomal failed, or gave other than one line of links for every pair.
        """
        with TemporaryDirectory() as work:
            rule = rule_without_posteriors(self.rule)
            found = links_of_corpus(self.program, pairs, Path(work), rule=rule)
            return [
                alignment_of(pair, [Link(src, tgt) for src, tgt in links or ()], left_out(pair))
                for pair, links in zip(pairs, found, strict=True)
            ]
