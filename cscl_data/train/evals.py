"""Loss on text that is not trained on, by name: a language, a kind of text."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import NamedTuple

import torch

from cscl_data.io.dataset import shard_paths
from cscl_data.io.shards import open_parquet
from cscl_data.train.batches import Collate, Counts
from cscl_data.train.data import dealt
from cscl_data.train.forms import FORMS, form_of_columns
from cscl_data.train.learner import Learner
from cscl_data.train.objectives import causal_lm
from cscl_data.train.order import list_row_groups, read_rows
from cscl_data.train.packing import EncodedChunk, PackedRow, pack_none
from cscl_data.train.place import LoaderState
from cscl_data.train.ranks import ALONE, Ranks
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


def eval_loss(learner: Learner, rows: list[PackedRow], collate: Collate, size: int, ranks: Ranks = ALONE) -> float:
    """Return the mean loss a target, in nats; the model's mode and the random numbers stay as they are.

    Args:
        learner: is set to evaluation meanwhile.
        rows: what is measured.
        collate: makes a batch of them.
        size: rows in a forward pass.
        ranks: the processes, which share the rows; the sum is the same however many they are.
    """
    was_training = learner.training
    learner.eval()
    device = next(learner.parameters()).device
    own: list[tuple[float, int]] = []
    with torch.no_grad():
        for batch in dealt(rows, size, collate, ranks) if rows else ():
            loss = learner(batch.to(device), Counts(1), measure=causal_lm.loss)
            own.append((loss.item(), batch.counts.targets))
    learner.train(was_training)
    total, targets = 0.0, 0
    for turn in zip(*ranks.gather(own), strict=True):
        for loss, count in turn:
            total, targets = total + loss, targets + count
    return total / max(targets, 1)
