"""Lexical priors: what a large bitext taught about single words, small enough to ship and to help a small one."""

from __future__ import annotations

import gzip
import io
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cscl_data.errors import InputError
from cscl_data.io.atomic import write_atomically

if TYPE_CHECKING:
    from cscl_data.aligners.model import Model

STRENGTH = 5.0
"""Pseudo-count of a pair of keys that always translate each other (our default): outweighed by some ten real ones."""
MIN_WEIGHT = 0.02
_FORMAT = "#cscl-data lexical priors 1"


@dataclass(frozen=True, kw_only=True)
class Priors:
    """Weights in [0, 1] of (source key, target key), and what they were learned with.

    Args:
        src_lang: language of the source keys.
        tgt_lang: language of the target keys.
        tokenizers: full names of the source and target tokenizers; keys of other ones do not match.
        weights: the geometric mean of both directions' probabilities.
    """

    src_lang: str
    tgt_lang: str
    tokenizers: tuple[str, str]
    weights: dict[tuple[str, str], float]

    @cached_property
    def digest(self) -> str:
        """8 hexadecimal digits of the sha256 of the content, for `sig`."""
        return sha256(self._text().encode()).hexdigest()[:8]

    def pseudo_counts(self) -> dict[tuple[str, str], float]:
        """Return what `statistical.fit` takes."""
        return {pair: STRENGTH * weight for pair, weight in self.weights.items()}

    def flipped(self) -> Priors:
        """Return the same priors with the sides swapped."""
        return Priors(
            src_lang=self.tgt_lang,
            tgt_lang=self.src_lang,
            tokenizers=self.tokenizers[::-1],
            weights={(t, s): weight for (s, t), weight in self.weights.items()},
        )

    def write(self, path: Path) -> None:
        """Write a gzipped table; the same priors give the same bytes.

        Raises:
            OutputError: the file cannot be written.
        """
        buffer = io.BytesIO()
        with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as packed:
            packed.write(self._text().encode())
        write_atomically(path, lambda partial: _fill(partial, buffer.getvalue()))

    def _text(self) -> str:
        head = "\t".join((_FORMAT, self.src_lang, self.tgt_lang, *self.tokenizers))
        lines = (f"{s}\t{t}\t{weight:.2f}" for (s, t), weight in sorted(self.weights.items()))
        return "\n".join([head, *lines]) + "\n"


def priors_of(model: Model, *, src_lang: str, tgt_lang: str, tokenizers: tuple[str, str]) -> Priors:
    """Take the pairs of keys out of a fitted model that are worth keeping.

    Kept are pairs whose weight is at least `MIN_WEIGHT` (our default), also of words that occurred once. A key beside
    itself is left out: that is evidence enough without a table.
    """
    rows = np.repeat(np.arange(len(model.src_keys)), np.diff(model.row_offsets))
    weights = np.sqrt(model.last.cells[:, 0].astype(np.float64) * model.last.cells[:, 1])
    kept = np.flatnonzero(weights >= MIN_WEIGHT)
    table = {
        (model.src_keys[rows[c]], model.tgt_keys[model.targets[c]]): round(float(weights[c]), 2) for c in kept.tolist()
    }
    table = {(s, t): weight for (s, t), weight in table.items() if s != t and not {"\t", "\n"} & {*s, *t}}
    return Priors(src_lang=src_lang, tgt_lang=tgt_lang, tokenizers=tokenizers, weights=table)


def read_priors(path: Path) -> Priors:
    """Read a file that `Priors.write` wrote.

    Raises:
        InputError: it is missing, damaged, or something else.
    """
    try:
        lines = gzip.decompress(path.read_bytes()).decode().split("\n")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not a gzipped table of priors"
        raise InputError(f"{path}: {reason}", hint="make one with: cscl-data make-priors BITEXT --out FILE") from error
    head = lines[0].split("\t")
    if head[0] != _FORMAT or len(head) != 5:
        raise InputError(f"{path}: not a table of priors", hint="make one with: cscl-data make-priors")
    weights: dict[tuple[str, str], float] = {}
    for number, line in enumerate(lines[1:-1], 2):
        cells = line.split("\t")
        if len(cells) != 3:
            raise InputError(f"{path}:{number}: expected 3 cells, found {len(cells)}")
        try:
            weight = float(cells[2])
        except ValueError:
            weight = -1.0
        if not 0.0 <= weight <= 1.0:
            raise InputError(f"{path}:{number}: {cells[2]!r} is no weight between 0 and 1")
        weights[cells[0], cells[1]] = weight
    return Priors(src_lang=head[1], tgt_lang=head[2], tokenizers=(head[3], head[4]), weights=weights)


def _fill(path: Path, data: bytes) -> None:
    path.write_bytes(data)
