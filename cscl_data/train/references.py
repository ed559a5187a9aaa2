"""Log-probabilities of answers under the start model, computed once and kept beside the run.

They make a second model in memory unnecessary: `.cscl/reference/<stage>-<source>.npy` has a row for every row of a
stage's data, with the chosen and the rejected answer.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from cscl_data.errors import InputError
from cscl_data.io.atomic import write_atomically
from cscl_data.io.claim import STATE
from cscl_data.train.batches import Batch, Counts
from cscl_data.train.data import dealt
from cscl_data.train.forms import FORMS
from cscl_data.train.learner import Learner
from cscl_data.train.likelihood import Likelihood
from cscl_data.train.mixing import LoaderSettings
from cscl_data.train.objectives.clo import sequence_log_probs
from cscl_data.train.order import read_rows
from cscl_data.train.packing import PackedRow, pack_units
from cscl_data.train.pairs import pair_collator
from cscl_data.train.place import LoaderState
from cscl_data.train.plan import StagePlan
from cscl_data.train.ranks import ALONE, Ranks
from cscl_data.train.stream import Chunk, Source
from cscl_data.train.trainer import Trainer
from cscl_data.train.workers import Encoders

logger = logging.getLogger(__name__)
FOLDER = "reference"


class ReferenceEvent(NamedTuple):
    """What a progress display is told after a forward pass: the rows of a stage done so far, and how many it has."""

    stage: str
    rows: int
    of_rows: int


OnReference = Callable[[ReferenceEvent], None]


def compute_references(
    trainer: Trainer, plans: Sequence[StagePlan], should_stop: Callable[[], bool], on_reference: OnReference
) -> bool:
    """Have the log-probabilities that the objective compares with, before any weight changes.

    Args:
        trainer: its model stands at the start; its `references` are filled.
        plans: the stages.
        should_stop: asked before each forward pass.
        on_reference: called after each forward pass.

    Returns:
        Whether all are there; if not, those of whole stages are kept.

    Raises:
        ConfigError: an answer with its prompt is longer than the context.
        OutputError: a file cannot be written.
    """
    if trainer.config.objective != "clo":
        return True
    for plan in plans:
        found = reference_log_probs(
            trainer.config.out / STATE / FOLDER / f"{plan.folder}.npy",
            plan.sources[0],
            trainer.learner,
            trainer.loading,
            trainer.encoders,
            pad=trainer.spec.marks.pad,
            autocast=trainer.autocast,
            ranks=trainer.ranks,
            should_stop=should_stop,
            on_reference=on_reference,
        )
        if found is None:
            return False
        trainer.references[plan.stage.name] = found
    return True


def reference_log_probs(
    path: Path,
    source: Source,
    learner: Learner,
    settings: LoaderSettings,
    encoders: Encoders,
    *,
    pad: int,
    autocast: torch.dtype | None,
    ranks: Ranks = ALONE,
    should_stop: Callable[[], bool] = lambda: False,
    on_reference: OnReference = lambda event: None,
) -> NDArray[np.float32] | None:
    """Return the log-probability of every row's chosen and rejected answer: [rows, 2]; from the file if it is there.

    Args:
        path: the file.
        source: the rows.
        learner: the start model.
        settings: how rows become batches.
        encoders: tokenise.
        pad: the id that fills short rows.
        autocast: arithmetic of the forward pass.
        ranks: the processes, which share the rows.
        should_stop: asked before each forward pass; True in any process returns None.
        on_reference: called after each forward pass.

    Raises:
        ConfigError: an answer with its prompt is longer than the context.
        OutputError: the file cannot be written.
    """
    if path.is_file():
        kept: NDArray[np.float32] = np.load(path)
        if kept.shape == (source.rows, 2):
            return kept
        raise InputError(f"{path}: {len(kept)} rows, the data has {source.rows}", hint="--overwrite starts anew")
    logger.info("stage %s: log-probabilities of %d preferences under the start model", source.name, source.rows)
    collate = pair_collator(None, pad=pad, context=settings.context, packed=True, source_lang="")
    log_probs = np.zeros((source.rows, 2), np.float32)
    done = 0
    was_training = learner.training
    learner.eval()
    device = next(learner.parameters()).device
    with torch.no_grad(), torch.autocast(device.type, dtype=autocast, enabled=autocast is not None):
        for rows in _in_turn(source, settings, encoders, ranks.size):
            if ranks.any(should_stop()):
                return None
            (batch,) = dealt(rows, settings.micro_batch, collate, ranks)
            of_batch = learner(batch.to(device), Counts(1), measure=_log_probs).view(-1, 2)
            own = rows[ranks.rank * settings.micro_batch :][: settings.micro_batch]
            numbers = [piece.row.number for row in own for piece in row.pieces[::2]]
            log_probs[numbers] = of_batch.float().cpu().numpy()
            done += sum(len(row.pieces) // 2 for row in rows)
            on_reference(ReferenceEvent(source.name, done, source.rows))
    learner.train(was_training)
    joined: NDArray[np.float32] = np.sum(ranks.gather(log_probs), axis=0)  # a row is 0 in all processes but one
    if ranks.is_first:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, lambda partial: _save(partial, joined))
    return joined


def _log_probs(likelihood: Likelihood, batch: Batch, counts: Counts) -> torch.Tensor:
    return sequence_log_probs(likelihood, batch)


def _save(path: Path, values: NDArray[np.float32]) -> None:
    with path.open("wb") as file:
        np.save(file, values)


def _in_turn(source: Source, settings: LoaderSettings, encoders: Encoders, turns: int) -> Iterator[Sequence[PackedRow]]:
    """Yield the rows of a source in the order of the files, as many at a time as some forward passes take."""
    form = FORMS[settings.objective]
    place = LoaderState()
    chunks = (Chunk(read_rows(group, form), place, place) for group in source.groups)
    rows = pack_units(encoders.encoded(chunks), settings.context)
    while part := list(islice(rows, turns * settings.micro_batch)):
        yield part
