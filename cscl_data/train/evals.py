"""Loss on text that is not trained on, by name: a language, a kind of text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import torch

from cscl_data.io.dataset import shard_paths
from cscl_data.io.shards import open_parquet
from cscl_data.train.batches import Collate
from cscl_data.train.forms import FORMS, form_of_columns
from cscl_data.train.likelihood import Likelihood
from cscl_data.train.order import list_row_groups, read_rows
from cscl_data.train.packing import EncodedChunk, PackedRow, pack_none
from cscl_data.train.place import LoaderState
from cscl_data.train.speech import SpeechSpec, open_encoder
from cscl_data.train.stream import Chunk


class EvalSet(NamedTuple):
    """Rows whose loss is measured: packed once, kept in memory."""

    name: str
    rows: list[PackedRow]


def open_eval_set(name: str, directory: Path, spec: SpeechSpec, *, context: int, most_rows: int) -> EvalSet:
    """Read and tokenise the first rows of a directory.

    Args:
        name: what it is called in the log.
        directory: shards; their columns tell whether they hold text, instructions or preferences (of which the chosen
            answers are measured).
        spec: the run's tokenizer.
        context: longer rows are cut into several.
        most_rows: how many rows are read.

    Raises:
        InputError: the directory holds no shards, or none of these forms.
    """
    path = shard_paths(directory)[0]
    with open_parquet(path) as file:
        objective = form_of_columns(file.schema_arrow.names, str(path))
    form = FORMS[objective]
    encode = open_encoder(spec._replace(objective=objective))
    rows = list(
        islice((row for group in list_row_groups(directory, form) for row in read_rows(group, form)), most_rows)
    )
    place = LoaderState()
    encoded = EncodedChunk(Chunk(rows, place, place), encode([row.values for row in rows]))
    packed = list(pack_none([encoded], context))
    if encoded.encoded.per_row == 2:
        packed = packed[::2]
    return EvalSet(name, packed)


def eval_loss(
    likelihood: Likelihood, model: torch.nn.Module, rows: list[PackedRow], collate: Collate, size: int
) -> float:
    """Return the mean loss a target, in nats; the model's mode and the random numbers stay as they are.

    Args:
        likelihood: of the model.
        model: is set to evaluation meanwhile.
        rows: what is measured.
        collate: makes a batch of them.
        size: rows in a forward pass.
    """
    was_training = model.training
    model.eval()
    device = next(model.parameters()).device
    total, targets = 0.0, 0
    with torch.no_grad():
        for batch in (collate(part) for part in _parts(rows, size)):
            total += likelihood.total(batch.to(device)).item()
            targets += batch.counts.targets
    model.train(was_training)
    return total / max(targets, 1)


def _parts(rows: list[PackedRow], size: int) -> Iterator[list[PackedRow]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
