"""Links that some other tool made: a Pharaoh file, line n for pair n, `0-0 1-2:0.9 ...`, over the pair's own tokens."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from cscl_data.aligners.base import TokenizedPair, alignment_of, has_empty_side
from cscl_data.errors import InputError
from cscl_data.records import Alignment, Link

VERSION = 2
_LINK = re.compile(r"(\d+)([-p])(\d+)(?::[^\s:]+)*")
_ZERO = re.compile(r"(?<!\d)0+[-p]\d|\d[-p]0+(?!\d)")


def parse_line(line: str, *, one_indexed: bool = False) -> list[Link]:
    """Read one line as sorted links, token indices 0-based; possible links (`1p2`) count as links.

    What stands behind a colon is the link's score if it is a number in [0, 1]; anything else there is left aside. Of a
    link that comes twice the better score counts.

    Raises:
        ValueError: something is no link; the message says what.

    Example:
        >>> [tuple(link) for link in parse_line("1-1:0.9 3p2", one_indexed=True)]
        [(0, 0, 0.9), (2, 1, None)]
    """
    best: dict[tuple[int, int], float | None] = {}
    for item in line.split():
        _, where = _link_of(item, one_indexed)
        score = _score_of(item)
        known = best.get(where)
        best[where] = score if known is None else max(known, score or 0.0)
    return [Link(*where, score) for where, score in sorted(best.items())]


def parse_gold_line(
    line: str, *, one_indexed: bool = False
) -> tuple[frozenset[tuple[int, int]], frozenset[tuple[int, int]]]:
    """Read one line as its sure (`1-2`) and its possible (`1p2`) links, (source, target) token indices, 0-based.

    Raises:
        ValueError: something is no link; the message says what.

    Example:
        >>> parse_gold_line("1-1 3p2", one_indexed=True)
        (frozenset({(0, 0)}), frozenset({(2, 1)}))
    """
    links: dict[str, set[tuple[int, int]]] = {"-": set(), "p": set()}
    for item in line.split():
        kind, where = _link_of(item, one_indexed)
        links[kind].add(where)
    return frozenset(links["-"]), frozenset(links["p"])


def never_zero(lines: Iterable[str]) -> bool:
    """Tell whether there are links and none of them has a 0: such a file probably counts tokens from 1."""
    links = False
    for line in lines:
        if _ZERO.search(line):
            return False
        links = links or bool(line.strip())
    return links


@dataclass(slots=True, kw_only=True)
class PharaohAligner:
    """Gives pair n the links of line n; pairs must come in the order of the file, in as many calls as you like.

    Args:
        path: where the lines come from, for messages.
        lines: the lines.
        one_indexed: whether they count tokens from 1.
    """

    path: Path
    lines: tuple[str, ...]
    one_indexed: bool = False
    name: str = field(default="pharaoh", init=False)
    version: int = field(default=VERSION, init=False)
    deterministic: bool = field(default=True, init=False)
    _at: int = field(default=0, init=False)

    def sig_parts(self) -> Mapping[str, str]:
        """Return name, version, and the digest of the lines."""
        digest = sha256("\n".join(self.lines).encode("utf-8", "surrogatepass")).hexdigest()[:8]
        base = {"indexed": "1"} if self.one_indexed else {}
        return {"aligner": f"{self.name}.{self.version}", "links": digest, **base}

    def align(self, pairs: Sequence[TokenizedPair]) -> list[Alignment]:
        """Return the next alignments.

        Raises:
            InputError: the file has fewer lines than there are pairs, a line is no Pharaoh line, or a link points at
                no token.
        """
        alignments = [self.align_at(self._at + n, pair) for n, pair in enumerate(pairs)]
        self._at += len(pairs)
        return alignments

    def align_at(self, number: int, pair: TokenizedPair) -> Alignment:
        """Return the alignment of one pair by its 0-based position; see `align` for the errors."""
        if number >= len(self.lines):
            raise InputError(
                f"{self.path}: {len(self.lines)} lines, but there is a pair number {number + 1} ({pair.id})",
                hint="line n of the file belongs to pair n of the input; an unaligned pair has an empty line",
            )
        return aligned_by_line(self.path, number, self.lines[number], pair, one_indexed=self.one_indexed)

    def rewind(self) -> None:
        """Begin again at the first line."""
        self._at = 0

    def finish(self) -> None:
        """Check that every line was used.

        Raises:
            InputError: there are more lines than pairs.
        """
        if self._at < len(self.lines):
            raise InputError(f"{self.path}: {len(self.lines)} lines, but only {self._at} pairs")


def aligned_by_line(path: Path, number: int, line: str, pair: TokenizedPair, *, one_indexed: bool) -> Alignment:
    """Return the alignment of a pair by its line.

    Args:
        path: where the line comes from, for messages.
        number: of the line, from 0.
        line: the line.
        pair: over whose tokens it counts.
        one_indexed: whether it counts them from 1.

    Raises:
        InputError: it is no Pharaoh line, or a link points at no token.
    """
    where = f"{path}:{number + 1}"
    try:
        links = parse_line(line, one_indexed=one_indexed)
    except ValueError as error:
        raise InputError(f"{where}: {error}") from error
    n_src, n_tgt = len(pair.src_tokens), len(pair.tgt_tokens)
    outside = next((link for link in links if link.src >= n_src or link.tgt >= n_tgt), None)
    if outside is not None:
        from_one = not one_indexed and outside.src <= n_src and outside.tgt <= n_tgt and never_zero(read_lines(path))
        raise InputError(
            f"{where}: link {outside.src}-{outside.tgt} (counted from 0) points outside a pair of {n_src} and {n_tgt} "
            "tokens" + (", and no link of the file has a 0" if from_one else ""),
            hint="it seems to count tokens from 1: give --one-indexed"
            if from_one
            else "the links must be over the same tokens; does the file count from 1?",
        )
    return alignment_of(pair, links, "empty_side" if has_empty_side(pair) else None)


def read_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a Pharaoh file, `.gz` or not.

    Raises:
        InputError: it is missing, damaged, or not text.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as handle:
            for line in handle:
                yield line.removesuffix("\n")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise InputError(f"{path}: {getattr(error, 'strerror', None) or 'damaged, or not UTF-8 text'}") from error


def load_pharaoh(path: Path, *, one_indexed: bool = False) -> PharaohAligner:
    """Read a whole Pharaoh file; see `read_lines` for what it raises."""
    return PharaohAligner(path=path, lines=tuple(read_lines(path)), one_indexed=one_indexed)


def has_scores(lines: Iterable[str]) -> bool:
    """Tell whether some link has a score."""
    return any(_score_of(item) is not None for line in lines for item in line.split())


def _link_of(item: str, one_indexed: bool) -> tuple[str, tuple[int, int]]:
    """Return whether a link is sure (`-`) or possible (`p`), and its 0-based token indices."""
    match = _LINK.fullmatch(item)
    if match is None:
        raise ValueError(f"{item!r} is not a link such as 0-1")
    src, tgt = int(match[1]) - one_indexed, int(match[3]) - one_indexed
    if src < 0 or tgt < 0:
        raise ValueError(f"link {item} counts from 0, not from 1")
    return match[2], (src, tgt)


def _score_of(item: str) -> float | None:
    """Return the first number in [0, 1] behind a colon."""
    for cell in item.split(":")[1:]:
        try:
            score = float(cell)
        except ValueError:
            continue
        if 0.0 <= score <= 1.0:
            return score
    return None
