"""What every method takes and gives: vocabularies and vectors in, rows as mixtures of source rows out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor


class Vectors(NamedTuple):
    """A vector for the tokens of a vocabulary.

    Attributes:
        table: [tokens, width], row i for token id i.
        known: [tokens], bool: whether the token has a vector; rows of others mean nothing.
    """

    table: Tensor
    known: Tensor


class Mixture(NamedTuple):
    """Rows of some target tokens, each a weighted sum of source rows; it serves input and output embeddings alike.

    Attributes:
        tokens: [n], int64: target ids, each once over all mixtures of a method.
        offsets: [n + 1], int64: token i is made of entries offsets[i] to offsets[i + 1].
        sources: int64: source ids.
        weights: as many; any real number.
    """

    tokens: Tensor
    offsets: Tensor
    sources: Tensor
    weights: Tensor


class Counts(NamedTuple):
    """How often a target token stood for a source token: three arrays of one length, each pair of ids once."""

    targets: Tensor
    sources: Tensor
    counts: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Materials:
    """What a method may draw on. Ids are 0-based rows of the embeddings.

    Attributes:
        new: [n], int64: target ids that need a row.
        shared_target: [m], int64: target ids whose token the source vocabulary has.
        shared_source: [m], int64: their source ids.
        static: static vectors of the target tokens.
        source_static: static vectors of the source tokens, in the same space.
        helper: embeddings of a target-language model for the target tokens.
        counts: how often tokens stood for each other in aligned text.
        pieces: new tokens as the source tokenizer cuts their text, equal weights.
        texts: text of every target token, for `transtok`.
    """

    new: Tensor
    shared_target: Tensor
    shared_source: Tensor
    static: Vectors | None = None
    source_static: Vectors | None = None
    helper: Vectors | None = None
    counts: Counts | None = None
    pieces: Mixture | None = None
    texts: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MixSettings:
    """Numbers of the methods.

    Attributes:
        ridge: SALT: added to the diagonal of the least squares, in units of the mean squared norm of the support's
            helper rows; 0 takes the minimum-norm solution.
        neighbours: WECHSEL, OFA: source tokens that make a row. Source: minixhofer-etal-2022-wechsel.
        temperature: WECHSEL, OFA: of the softmax over cosines. Source: minixhofer-etal-2022-wechsel.
        device: where similarities and least squares are computed.
        block_cells: similarities that stand in memory at once (our default).
    """

    ridge: float = 0.0
    neighbours: int = 10
    temperature: float = 0.1
    device: str = "cpu"
    block_cells: int = 1 << 25


def needed(value: Vectors | None, name: str) -> Vectors:
    """Return vectors that a method cannot do without; missing ones are a mistake of the caller."""
    if value is None:
        raise ValueError(f"the method needs {name}")
    return value


def select(vectors: Vectors, ids: Tensor) -> Tensor:
    """Return which of the ids have a vector, [len(ids)] bool; ids beyond the table have none."""
    inside = ids < vectors.known.shape[0]
    known = vectors.known[ids.clamp(max=vectors.known.shape[0] - 1)]
    return inside & known


def blocks(rows: Tensor, height: int) -> Iterator[Tensor]:
    """Yield consecutive rows, `height` at a time."""
    for first in range(0, len(rows), height):
        yield rows[first : first + height]
