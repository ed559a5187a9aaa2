"""Processes that tokenise ahead of the training step. Nothing here imports torch.

Each holds one chunk at a time and answers in order, so that the results do not depend on their number.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice, tee
from multiprocessing.connection import Connection, wait
from typing import Any

from cscl_data.errors import BackendError, CsclError
from cscl_data.train.forms.base import Encode, Encoded, Row
from cscl_data.train.packing import EncodedChunk
from cscl_data.train.ranks import ALONE, Ranks
from cscl_data.train.speech import SpeechSpec, open_encoder
from cscl_data.train.stream import Chunk


class Encoders:
    """Tokenises chunks in this process, or in `workers` others.

    Processes that train together each tokenise their share of the chunks and give it to the others, since where a row
    begins is known only once all before it is tokenised.

    Args:
        spec: tokenizer and form of the rows.
        workers: how many processes; 0 is this one.
        ranks: the processes that train.
    """

    def __init__(self, spec: SpeechSpec, *, workers: int, ranks: Ranks = ALONE) -> None:
        self.here: Encode = open_encoder(spec)
        self._ranks = ranks
        self._free: list[Connection] = []
        self._busy: dict[Connection, int] = {}
        self._done: dict[int, Encoded | CsclError] = {}
        self._next = 0
        self._processes = []
        context = multiprocessing.get_context("spawn")
        for _ in range(workers):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, spec), daemon=True)
            process.start()
            theirs.close()
            self._processes.append(process)
            self._free.append(ours)

    def encoded(self, chunks: Iterable[Chunk]) -> Iterator[EncodedChunk]:
        """Yield the chunks with their tokens, in order; with workers some chunks ahead.

        Raises:
            BackendError: a worker died.
        """
        chunks, ahead = tee(chunks)
        own = self._encoded_here(islice(ahead, self._ranks.rank, None, self._ranks.size))
        while turn := list(islice(chunks, self._ranks.size)):
            told = self._ranks.gather(_next_or_error(own))
            for chunk, encoded in zip(turn, told, strict=False):  # the last turn may be short
                if isinstance(encoded, CsclError):
                    raise encoded
                if encoded is not None:
                    yield EncodedChunk(chunk, encoded)

    def _encoded_here(self, chunks: Iterable[Chunk]) -> Iterator[Encoded]:
        """Yield the tokens of chunks, in order."""
        if not self._processes:
            for chunk in chunks:
                yield self.here([row.values for row in chunk.rows])
            return
        pending: deque[int] = deque()
        for chunk in chunks:
            pending.append(self._submit([row.values for row in chunk.rows]))
            if len(pending) > len(self._processes):
                yield self._result(pending.popleft())
        for ticket in pending:
            yield self._result(ticket)

    def close(self) -> None:
        """End the workers."""
        for connection in (*self._free, *self._busy):
            connection.close()
        for process in self._processes:
            process.join(timeout=5)
            if process.is_alive():
                process.kill()

    def _submit(self, rows: list[Row]) -> int:
        while not self._free:
            self._collect()
        connection = self._free.pop(0)
        with suppress(BrokenPipeError):  # a worker that died is noticed when its answer is asked for
            connection.send(rows)
        self._busy[connection] = self._next
        self._next += 1
        return self._next - 1

    def _result(self, ticket: int) -> Encoded:
        while ticket not in self._done:
            self._collect()
        result = self._done.pop(ticket)
        if isinstance(result, CsclError):
            raise result
        return result

    def _collect(self) -> None:
        for connection in wait(list(self._busy)):
            assert isinstance(connection, Connection)  # noqa: S101 # what we asked for
            try:
                answer = connection.recv()
            except (EOFError, ConnectionError) as error:
                raise BackendError(
                    "a process that tokenises died (was memory short?)", hint="--workers 0, or fewer of them"
                ) from error
            self._done[self._busy.pop(connection)] = answer
            self._free.append(connection)


def _next_or_error(encoded: Iterator[Encoded]) -> Encoded | CsclError | None:
    """Return the next tokens, None at the end, or what is wrong with the rows, which all processes are to know."""
    try:
        return next(encoded, None)
    except CsclError as error:
        return error


def _serve(connection: Connection, spec: SpeechSpec) -> None:
    """Answer chunks until the other side closes or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the trainer decides
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    try:
        encode = open_encoder(spec)
        while True:
            rows: Sequence[Any] = connection.recv()
            try:
                answer: Encoded | CsclError = encode(rows)
            except CsclError as error:
                answer = error
            connection.send(answer)
    except (EOFError, ConnectionError):
        return
