"""Links that some other tool made: a Pharaoh file, line n for pair n, `0-0 1-2 ...`, over the pair's own tokens."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from cscl_data.aligners.base import TokenizedPair, alignment_of, has_empty_side
from cscl_data.errors import InputError
from cscl_data.records import Alignment, Link

_LINK = re.compile(r"(\d+)([-p])(\d+)(?::[^\s:]+)*")


def parse_line(line: str, *, one_indexed: bool = False) -> list[tuple[int, int]]:
    """Read one line as sorted (source, target) token indices, 0-based; possible links (`1p2`) count as links.

    Raises:
        ValueError: something is no link; the message says what.

    Example:
        >>> parse_line("0-0 2-1"), parse_line("1-1 3p2", one_indexed=True)
        ([(0, 0), (2, 1)], [(0, 0), (2, 1)])
    """
    sure, possible = parse_gold_line(line, one_indexed=one_indexed)
    return sorted(sure | possible)


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
        match = _LINK.fullmatch(item)
        if match is None:
            raise ValueError(f"{item!r} is not a link such as 0-1")
        src, tgt = int(match[1]) - one_indexed, int(match[3]) - one_indexed
        if src < 0 or tgt < 0:
            raise ValueError(f"link {item} counts from 0, not from 1")
        links[match[2]].add((src, tgt))
    return frozenset(links["-"]), frozenset(links["p"])


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
    version: int = field(default=1, init=False)
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
        where = f"{self.path}:{number + 1}"
        try:
            links = parse_line(self.lines[number], one_indexed=self.one_indexed)
        except ValueError as error:
            raise InputError(f"{where}: {error}") from error
        n_src, n_tgt = len(pair.src_tokens), len(pair.tgt_tokens)
        for src, tgt in links:
            if src >= n_src or tgt >= n_tgt:
                raise InputError(
                    f"{where}: link {src}-{tgt} (counted from 0) points outside a pair of {n_src} and {n_tgt} tokens",
                    hint="the links must be over the same tokens; does the file count from 1?",
                )
        skipped = "empty_side" if has_empty_side(pair) else None
        return alignment_of(pair, [Link(src, tgt) for src, tgt in links], skipped)

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


def load_pharaoh(path: Path, *, one_indexed: bool = False) -> PharaohAligner:
    """Read a Pharaoh file.

    Raises:
        InputError: it is missing or is not text.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise InputError(f"{path}: {reason}") from error
    lines = text.removesuffix("\n").split("\n") if text else []
    return PharaohAligner(path=path, lines=tuple(lines), one_indexed=one_indexed)
