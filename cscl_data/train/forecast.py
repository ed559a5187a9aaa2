"""How many steps and tokens a stage will take: its first rows are read, tokenised and packed as the run does it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from cscl_data.train.forms.base import Encode
from cscl_data.train.mixing import LoaderSettings, mix, packed_rows
from cscl_data.train.packing import EncodedChunk
from cscl_data.train.place import Place
from cscl_data.train.stages import Stage
from cscl_data.train.state import StageProgress, beginning
from cscl_data.train.stream import Chunk, Source, passes

SAMPLE_TOKENS = 2**18
"""Tokens after which the rest of a stage is taken to be like its beginning (our default): about a second."""


class Forecast(NamedTuple):
    """What a stage will use, exact where it is no longer than the sample and the tokenizer is known.

    `repeats` tells whether data is handed out a second time though no epochs were asked for.
    """

    tokens: int
    steps: int
    epochs: float
    repeats: bool


def forecast(stage: Stage, sources: Sequence[Source], settings: LoaderSettings, encode: Encode) -> Forecast:
    """Follow a stage until its budget is spent, or, if that takes long, reckon from the sample.

    Args:
        stage: its budget counts.
        sources: what it draws from.
        settings: how rows become batches.
        encode: rows to token ids.
    """

    def encoded(chunks: Iterable[Chunk]) -> Iterator[EncodedChunk]:
        return (EncodedChunk(chunk, encode([row.values for row in chunk.rows])) for chunk in chunks)

    begins = place = beginning(len(sources))
    streams = [packed_rows(source, settings, encoded, start) for source, start in zip(sources, begins, strict=True)]
    packed = tokens = 0
    scale = 1.0
    for packed, (row, place) in enumerate(mix(streams, [source.share for source in sources], begins), start=1):
        tokens += sum(len(piece.tokens) for piece in row.pieces)
        steps, rest = divmod(packed, settings.batch_size)
        share = StageProgress(steps=steps, tokens=tokens, loader=place).share(stage.budget, sources[0].rows)
        if not rest and share >= 1:
            break
        if tokens >= SAMPLE_TOKENS:
            scale = _scale(stage, sources[0].rows, packed / settings.batch_size, tokens, place)
            break
    repeats = any(
        source.epochs is None and here.rows * scale > source.rows for source, here in zip(sources, place, strict=True)
    )
    steps = math.ceil(round(packed * scale / settings.batch_size, 6))
    return Forecast(round(tokens * scale), steps, passes(stage, sources, place) * scale, repeats)


def _scale(stage: Stage, rows: int, steps: float, tokens: int, place: Place) -> float:
    """Return how much longer a stage is than what was read of it."""
    used = {"steps": steps, "tokens": float(tokens), "epochs": max(place[0].rows, 1) / rows}
    return max(stage.budget.amount / used[stage.budget.unit], 1.0)
