"""Batches of preferences: prompts with a chosen and a rejected answer, laid out so that little is filled up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from cscl_data.errors import ConfigError
from cscl_data.train.batches import Batch, Collate, Preferences, lay_out
from cscl_data.train.forms.preferences import PROMPT_LANG
from cscl_data.train.packing import PackedRow, Piece, best_fit


def pair_collator(
    references: NDArray[np.float32] | None, *, pad: int, context: int, packed: bool, source_lang: str
) -> Collate:
    """Return what makes a batch of records, each a `PackedRow` of its answers in turn: chosen, rejected, chosen, ...

    Args:
        references: log-probability of the chosen and the rejected answer under the start model, by the row's number;
            None before they are known.
        pad: the id that fills short rows.
        context: the most tokens in a sequence.
        packed: lay several sequences into a row, where they do not see each other.
        source_lang: rows whose prompt is in this language are compared only; the others' chosen answers are learned.
    """

    def collate(rows: Sequence[PackedRow]) -> Batch:
        pieces = [piece for row in rows for piece in row.pieces]
        for piece in pieces:
            _check_length(piece, context)
        numbers = {id(piece): number for number, piece in enumerate(pieces)}
        width = -(-max(len(piece.tokens) for piece in pieces) // 8) * 8
        laid = [row.pieces for row in best_fit(pieces, width)] if packed else [[piece] for piece in pieces]
        batch = lay_out(laid, pad=pad, context=width, separate=True, pairs=len(pieces) // 2)
        sequence_BT = np.full(batch.input_ids_BT.shape, len(pieces), np.int64)
        for of_row, in_row in zip(sequence_BT, laid, strict=True):
            at = 0
            for piece in in_row:
                of_row[at : (at := at + len(piece.tokens))] = numbers[id(piece)]
        learned = [i % 2 == 0 and p.row.values[PROMPT_LANG] != source_lang for i, p in enumerate(pieces)]
        targets = sum(
            int(p.targets[1:].sum()) for p, own in zip(pieces, learned, strict=True) if own and p.targets is not None
        )
        reference = np.zeros(len(pieces), np.float32)
        if references is not None:
            reference = references[[piece.row.number for piece in pieces[::2]]].reshape(-1)
        preferences = Preferences(
            torch.from_numpy(sequence_BT), torch.from_numpy(reference), torch.tensor(learned, dtype=torch.bool)
        )
        return batch._replace(counts=batch.counts._replace(targets=targets), preferences=preferences)

    return collate


def _check_length(piece: Piece, context: int) -> None:
    if len(piece.tokens) > context:
        raise ConfigError(
            f"row {piece.row.id}: prompt and answer have {len(piece.tokens)} tokens, --context is {context}",
            hint=f"--context {len(piece.tokens)} or more, or leave the row out: an answer that is cut is no answer",
        )
