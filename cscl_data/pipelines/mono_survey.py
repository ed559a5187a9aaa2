"""The first pass of `make-mono` over a text: what each document weighs, what is kept out, and what is drawn."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cscl_data.io.mono import MonoDocument, MonoText
from cscl_data.pipelines.drawing import choose
from cscl_data.pipelines.text_filters import TextFilter
from cscl_data.pipelines.token_counting import TOGETHER, Count
from cscl_data.records import Reject, rng_for

STAGE = "mono"
_FINE, _UNREADABLE = 0, 255

Flags = NDArray[np.bool_]


class Amount(NamedTuple):
    """So many input rows, documents, and tokens in them."""

    rows: int
    documents: int
    tokens: int


class Drawn(NamedTuple):
    """What becomes of a text: which items are read again, what they hold, and what is left over."""

    taken: Flags
    used: Amount
    unused: Amount


class Weighed(NamedTuple):
    """A document with its tokens, or a reject; and how many input rows it was made from."""

    item: MonoDocument | Reject
    rows: int
    tokens: int


class Survey:
    """Everything that is known of a text after one pass: 17 bytes a document, and three times that while it is drawn.

    Args:
        text: the text.
        filters: what keeps documents out.
        count: counts tokens.
        seed: the job's seed; it decides which documents are drawn.
    """

    def __init__(self, text: MonoText, filters: list[TextFilter], count: Count, seed: int) -> None:
        self.text = text
        self._filters = filters
        draws, tokens, rows, verdicts = array("d"), array("I"), array("I"), array("B")
        stage = f"{STAGE}/{text.spec.lang}"
        items = iter(text)
        while batch := list(islice(items, TOGETHER)):
            counted = iter(count([item.text for item in batch if isinstance(item, MonoDocument)]))
            for item in batch:
                draws.append(rng_for(seed, item.id, stage).random())
                size = 0 if isinstance(item, Reject) else max(1, next(counted))
                tokens.append(size)
                rows.append(1 if isinstance(item, Reject) else item.n_rows)
                verdicts.append(_UNREADABLE if isinstance(item, Reject) else self._verdict(item.text, size))
        self._draws = np.array(draws, np.float64)
        self._tokens = np.array(tokens, np.uint32)
        self._rows = np.array(rows, np.uint32)
        self._verdicts = np.array(verdicts, np.uint8)

    @property
    def usable(self) -> Amount:
        """What passes the filters."""
        return self._amount(self._verdicts == _FINE)

    def drawn(self, goal: int) -> Drawn:
        """Draw documents worth so many tokens, and with them what is kept out of the same share of the text."""
        fine = self._verdicts == _FINE
        chosen = choose(self._draws, np.where(fine, self._tokens, 0).astype(np.int64), goal)
        all_of_it = bool(chosen[fine].all())
        last = 1.0 if all_of_it else float(self._draws[chosen].max(initial=0.0))
        taken = np.where(fine, chosen, self._draws <= last)
        return Drawn(taken, self._amount(taken), self._amount(~taken))

    def read(self, taken: Flags) -> Iterator[Weighed]:
        """Read the text again and yield what is taken; documents that were kept out become rejects.

        Raises:
            InputError: a file cannot be read.
        """
        for number, item in enumerate(self.text):
            if not taken[number]:
                continue
            rows, tokens = int(self._rows[number]), int(self._tokens[number])
            verdict = int(self._verdicts[number])
            if isinstance(item, MonoDocument) and verdict != _FINE:
                item = self._rejected(item, tokens, verdict)
            yield Weighed(item, rows, tokens)

    def _verdict(self, text: str, tokens: int) -> int:
        return next((n for n, one in enumerate(self._filters, start=1) if one.check(text, tokens)), _FINE)

    def _rejected(self, item: MonoDocument, tokens: int, verdict: int) -> Reject:
        reason, detail = self._filters[verdict - 1].verdict(item.text, tokens)
        source = {"doc_id": item.doc_id, "text": item.text, "lang": self.text.spec.lang}
        return Reject(id=item.id, stage=STAGE, reason=reason, detail=detail, source=source)

    def _amount(self, which: Flags) -> Amount:
        fine = which & (self._verdicts == _FINE)
        return Amount(int(self._rows[which].sum()), int(fine.sum()), int(self._tokens[fine].sum()))
