"""Documents cut into rows of equal length, with the place where the next row begins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple


class LoaderState(NamedTuple):
    """The first token not yet handed out: epoch, window, row in the window, token in the row, all 0-based.

    `rows` counts the rows handed out whole since the stage began.
    """

    epoch: int = 0
    window: int = 0
    row: int = 0
    token: int = 0
    rows: int = 0


class Document(NamedTuple):
    """A row's tokens, with the place of its first token and of what comes after its last."""

    id: str
    tokens: Sequence[int]
    begins: LoaderState
    ends: LoaderState


class PackedRow(NamedTuple):
    """Tokens of one row (`context` of them, fewer at the end of the data), their documents, and the place after."""

    tokens: list[int]
    ids: list[str]
    after: LoaderState


def pack_wrapped(documents: Iterable[Document], context: int) -> Iterator[PackedRow]:
    """Fill rows with one document after the other; what does not fit begins the next row.

    Every token comes once, in order. Only the last row may be short.

    Args:
        documents: where `begins.token` is not 0, the tokens before it are left out (they were handed out before).
        context: tokens in a row.
    """
    tokens: list[int] = []
    ids: list[str] = []
    after: LoaderState | None = None
    for document in documents:
        at, end = document.begins.token, len(document.tokens)
        while at < end:
            taken = document.tokens[at : at + context - len(tokens)]
            at += len(taken)
            tokens.extend(taken)
            ids.append(document.id)
            after = document.ends if at == end else document.begins._replace(token=at)
            if len(tokens) == context:
                yield PackedRow(tokens, ids, after)
                tokens, ids = [], []
    if tokens and after is not None:
        yield PackedRow(tokens, ids, after)
