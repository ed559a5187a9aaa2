"""Running a CTranslate2 model over token sequences: limits, batches, cut output."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from cscl_data.errors import BackendError, ConfigError, RetryableBackendError
from cscl_data.translators.devices import open_model

logger = logging.getLogger(__name__)

_BUCKETS = tuple(sorted(size << shift for size in (16, 24) for shift in range(12)))
_TAIL = 24
_SMALLER = "a smaller --batch-tokens, --beam-size or --workers, or --compute-type int8, needs less memory"

_Key = TypeVar("_Key", bound=Hashable)

HALVINGS = 4
"""How often a batch that runs out of memory is cut in half and tried again, from 4,096 tokens to 256. Our default."""


class Output(NamedTuple):
    """The pieces of one translation without its prefix and end token; `ended` is false where it was cut.

    `others` are the pieces of the other hypotheses of the beam that ended, the best first.
    """

    pieces: list[str]
    score: float | None
    ended: bool
    others: tuple[list[str], ...] = ()


class Decoder:
    """A loaded model and how it searches.

    Args:
        directory: of the model.
        device: see `devices.parse_device`.
        compute_type: as CTranslate2 names them, or `auto`.
        beam_size: 1 or more.
        batch_tokens: tokens of one batch, padding included.
        one_by_one: every sequence in a batch of its own.
        inter_threads: batches at the same time, on each device; 0 is one per core of a CPU and one per GPU.
        intra_threads: threads of one batch (CPU).

    Raises:
        ConfigError: there is no such device or compute type here, or the beam is not positive.
        BackendError: the directory holds no whole CTranslate2 model.
    """

    def __init__(
        self,
        directory: Path,
        *,
        device: str,
        compute_type: str,
        beam_size: int,
        batch_tokens: int,
        one_by_one: bool,
        inter_threads: int,
        intra_threads: int,
    ) -> None:
        if beam_size < 1:
            raise ConfigError(f"--beam-size {beam_size}: must be 1 or more")
        self._directory = directory
        self._model = open_model(directory, device, compute_type, inter_threads, intra_threads)
        self.device = device if ":" in device else str(self._model.device)
        self.compute_type = str(self._model.compute_type)
        self.beam_size = beam_size
        self.one_by_one = one_by_one
        self._batch_tokens = batch_tokens

    def run(
        self,
        sources: Sequence[list[str]],
        prefix: Sequence[str],
        *,
        most: int,
        end: str,
        no_repeat: int = 0,
        never: Sequence[str] = (),
    ) -> list[Output]:
        """Decode each source; one that is cut at its limit is decoded again with three times the room.

        An output that turns in circles (its last 24 pieces are a quarter or less of that many; our default) is not.

        Args:
            sources: tokens, special tokens included, within the model's limit; none empty.
            prefix: tokens that every output begins with.
            most: the longest output that the model's positions hold.
            end: the end token.
            no_repeat: no run of so many pieces comes twice; 0 lets all.
            never: pieces that do not come.

        Returns:
            One output per source, in order.

        Raises:
            BackendError: the model failed.
            RetryableBackendError: it ran out of memory, in batches of a sixteenth too; later calls keep small ones.
        """
        groups: dict[int, list[int]] = {}
        for number, tokens in enumerate(sources):
            groups.setdefault(output_limit(len(tokens), most), []).append(number)

        def start(group: list[int], limit: int) -> list[Any]:
            given = [sources[n] for n in group]
            return self._start(given, [list(prefix)] * len(group), limit, never, no_repeat)

        done = self._decoded(groups, start, list(prefix), end)
        again: dict[int, list[int]] = {}
        for limit, group in groups.items():
            cut = [number for number in group if limit < most and may_end(done[number])]
            if cut:
                again.setdefault(min(most, 3 * limit), []).extend(cut)
        done |= self._decoded(again, start, list(prefix), end)
        return [done[number] for number in range(len(sources))]

    def go_on(
        self,
        sources: Sequence[list[str]],
        begun: Sequence[list[str]],
        never: Sequence[tuple[str, ...]],
        *,
        most: int,
        end: str,
    ) -> list[Output]:
        """Decode sources again behind what is given of their outputs.

        Args:
            sources: as in `run`.
            begun: for each source, the pieces that its output begins with, the prefix of the pair among them.
            never: for each source, the pieces that do not come behind them; sources with the same share batches.
            most: the longest output.
            end: the end token.

        Returns:
            One output per source, in order, what was begun included; without other hypotheses.

        Raises:
            BackendError: the model failed.
            RetryableBackendError: it ran out of memory, see `run`.
        """
        groups: dict[tuple[str, ...], list[int]] = {}
        for number, pieces in enumerate(never):
            groups.setdefault(pieces, []).append(number)

        def start(group: list[int], pieces: tuple[str, ...]) -> list[Any]:
            return self._start([sources[n] for n in group], [begun[n] for n in group], most, pieces)

        done = self._decoded(groups, start, [], end)
        return [done[number]._replace(others=()) for number in range(len(sources))]

    def _decoded(
        self, groups: dict[_Key, list[int]], start: Callable[[list[int], _Key], list[Any]], prefix: list[str], end: str
    ) -> dict[int, Output]:
        """Decode groups of numbers, all at once; what runs out of memory is tried again in smaller batches."""
        done: dict[int, Output] = {}
        for left in range(HALVINGS, -1, -1):
            failed: dict[_Key, list[int]] = {}
            started = [(key, group, start(group, key)) for key, group in groups.items()]
            flat = [(key, *one) for key, group, handles in started for one in zip(group, handles, strict=True)]
            for key, number, handle in flat:
                try:
                    done[number] = self._finish(handle, prefix, end)
                except RetryableBackendError as caught:
                    failed.setdefault(key, []).append(number)
                    error = caught
            if not failed:
                break
            if not left or self.one_by_one or self._batch_tokens == 1:
                raise error
            self._batch_tokens = max(1, self._batch_tokens // 2)
            logger.warning("%s; trying again with batches of %d tokens", error.message, self._batch_tokens)
            groups = failed
        return done

    def _start(
        self,
        sources: list[list[str]],
        prefixes: Sequence[list[str]],
        limit: int,
        never: Sequence[str] = (),
        no_repeat: int = 0,
    ) -> list[Any]:
        handles: list[Any] = self._model.translate_batch(
            sources,
            target_prefix=list(prefixes) if any(prefixes) else None,
            suppress_sequences=[[piece] for piece in never] or None,
            no_repeat_ngram_size=no_repeat,
            beam_size=self.beam_size,
            num_hypotheses=self.beam_size,
            max_input_length=0,
            max_decoding_length=limit,
            max_batch_size=1 if self.one_by_one else self._batch_tokens,
            batch_type="examples" if self.one_by_one else "tokens",
            return_scores=True,
            return_end_token=True,
            asynchronous=True,
        )
        return handles

    def _finish(self, handle: Any, prefix: list[str], end: str) -> Output:
        try:
            answer = handle.result()
        except MemoryError as error:
            raise RetryableBackendError(f"{self._directory}: out of memory", hint=_SMALLER) from error
        except RuntimeError as error:
            if "out of memory" in str(error).lower():
                raise RetryableBackendError(f"{self._directory}: out of memory ({error})", hint=_SMALLER) from error
            raise BackendError(f"{self._directory}: translation failed ({error})") from error
        (pieces, ended), *others = [_bare(list(found), prefix, end) for found in answer.hypotheses]
        score = float(answer.scores[0])
        whole = tuple(other for other, other_ended in others if other_ended)
        return Output(pieces, score if math.isfinite(score) else None, ended, whole)


def _bare(pieces: list[str], prefix: list[str], end: str) -> tuple[list[str], bool]:
    """Take prefix and end token off; tell whether the end token was there."""
    if prefix and pieces[: len(prefix)] == prefix:
        pieces = pieces[len(prefix) :]
    ended = bool(pieces) and pieces[-1] == end
    return (pieces[:-1] if ended else pieces), ended


def may_end(output: Output) -> bool:
    """Tell whether more room could help: the output was cut, and had not begun to turn in circles."""
    tail = output.pieces[-_TAIL:]
    return not output.ended and (len(tail) < _TAIL or len(set(tail)) > _TAIL // 4)


def output_limit(n_source: int, most: int) -> int:
    """Return how many tokens a source of `n_source` tokens may become at first: twice as many and 16 over.

    The length is rounded up to a few steps, so that sources of one limit fill batches; it depends on nothing else, so
    a text's limit is the same in any company. Our default.

    Example:
        >>> output_limit(20, 500), output_limit(24, 500), output_limit(400, 500)
        (64, 64, 500)
    """
    step = next((size for size in _BUCKETS if n_source <= size), n_source)
    return min(most, 2 * step + 16)
