"""Contextual vectors of the subwords of sentences, from one layer of an encoder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from cscl_data.aligners.windows import MIN_BATCH_SUBWORDS, Window, batches_of, windows_of

Matrix = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int32]


class Subwords(NamedTuple):
    """A sentence as the encoder sees it: subword ids without special ones, and the token (from 0) each belongs to."""

    ids: tuple[int, ...]
    owners: tuple[int, ...]


class Runner(Protocol):
    """A loaded model: one forward pass gives the states of one layer."""

    batch_subwords: int
    """Padded subwords of a batch that keep the device busy."""

    def __call__(self, ids: Ids, lengths: Ids) -> Matrix:
        """Return the states [n, width, d] of padded rows [n, width] of `lengths` [n]; may be called from threads."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder:
    """One layer of a loaded model and the subwords it takes.

    Args:
        tokenizer: a `tokenizers.Tokenizer` that neither pads nor cuts.
        run: the model.
        layer: 0 for the embeddings, k for the output of the k-th layer.
        prefix: ids of the special subwords before a sentence; there may be none.
        suffix: ids of those behind it; there may be none.
        pad: the id that fills rows.
        limit: the most subwords of a row, special ones counted.
        digest: 8 hex digits of the weights and the vocabulary.
        compute_type: `float32`, `bfloat16` or `int8`.
        device: where the model runs.
        threads: batches at the same time.
    """

    tokenizer: Any
    run: Runner
    layer: int
    prefix: tuple[int, ...]
    suffix: tuple[int, ...]
    pad: int
    limit: int
    digest: str
    compute_type: str
    device: str
    threads: int

    @property
    def max_subwords(self) -> int:
        """The longest sentence that needs no second window."""
        return self.limit - len(self.prefix) - len(self.suffix)

    def subwords(self, sentences: Sequence[Sequence[str]]) -> list[Subwords]:
        """Cut every token of every sentence by itself; a token of which nothing is left owns no subword."""
        filled = [list(words) for words in sentences if words]
        cut = iter(self.tokenizer.encode_batch(filled, is_pretokenized=True, add_special_tokens=False))
        return [_owned(next(cut)) if words else Subwords((), ()) for words in sentences]

    def vectors(self, sentences: Sequence[Subwords]) -> list[Matrix]:
        """Return the subword vectors of every sentence, [n_subwords, d] each, in order.

        A sentence beyond the limit is read in overlapping windows. On a CPU a sentence's vectors are the same to the
        last bit in whatever company it comes: see `windows.WIDTH_STEP`.
        """
        places = [(k, window) for k, sentence in enumerate(sentences) for window in self._windows(sentence)]
        rows = [self._row(sentences[k], window) for k, window in places]
        out: list[Matrix] = [np.zeros((0, 0), dtype=np.float32)] * len(sentences)
        for batch, states in self._states(rows):
            for row, number in enumerate(batch):
                k, (start, stop, own_start, own_stop) = places[number]
                first = len(self.prefix) + own_start - start
                found = states[row, first : first + own_stop - own_start]
                if stop - start == len(sentences[k].ids):
                    out[k] = found
                    continue
                if not out[k].size:
                    out[k] = np.empty((len(sentences[k].ids), states.shape[2]), dtype=np.float32)
                out[k][own_start:own_stop] = found
        return out

    def _windows(self, sentence: Subwords) -> list[Window]:
        return windows_of(len(sentence.ids), self.max_subwords) if sentence.ids else []

    def _row(self, sentence: Subwords, window: Window) -> list[int]:
        return [*self.prefix, *sentence.ids[window.start : window.stop], *self.suffix]

    def _states(self, rows: list[list[int]]) -> Iterator[tuple[list[int], Matrix]]:
        lengths = [len(row) for row in rows]
        for batch, width in batches_of(lengths, self.limit, self.run.batch_subwords):
            filler = [batch[-1]] * -(-max(0, MIN_BATCH_SUBWORDS - sum(lengths[k] for k in batch)) // lengths[batch[-1]])
            ids = np.full((len(batch) + len(filler), width), self.pad, dtype=np.int32)
            for row, k in enumerate([*batch, *filler]):
                ids[row, : lengths[k]] = rows[k]
            yield batch, self.run(ids, np.array([lengths[k] for k in [*batch, *filler]], dtype=np.int32))


def _owned(cut: Any) -> Subwords:
    owned = [(i, word) for i, word in zip(cut.ids, cut.word_ids, strict=True) if word is not None]
    return Subwords(tuple(i for i, _ in owned), tuple(word for _, word in owned))
