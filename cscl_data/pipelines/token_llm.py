"""`make-token-cs --method llm`: the shards of it, and what is said and kept around them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from cscl_data.engine.ray_home import call_home
from cscl_data.errors import ConfigError
from cscl_data.generators.item import Made
from cscl_data.generators.llm.cache import FOLDER
from cscl_data.generators.llm.client import ChatClient
from cscl_data.generators.llm.prompts import Messages
from cscl_data.generators.llm.responses import Answer, Failure
from cscl_data.generators.llm.rows import Asks, Wanted, add_reports, generate_all
from cscl_data.generators.llm.settings import KEY_VARIABLE, LlmRun, LlmSettings
from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.io.stopwatch import ASK, stage
from cscl_data.pipelines.alignment import LinkedPair
from cscl_data.pipelines.listen import Listener
from cscl_data.pipelines.plan import STATE
from cscl_data.pipelines.shard import ShardOutcome
from cscl_data.pipelines.token_shard import Shard, items_of, merge_notes, splitter, with_alignments
from cscl_data.records import Pair, Reject, rng_for

PARTS = 10
"""Of how many parts of a shard's answers is told (our default); shards of fewer requests are not told of."""


def ask_pairs(chunk: list[LinkedPair | Reject], *, shard: Shard, llm: LlmSettings, client: Asks) -> ShardOutcome:
    """Do one shard by a language model. Items are as in `switch_pairs`."""
    unread: list[Reject] = []
    wanted: list[Wanted] = []
    for read, alignment in with_alignments(chunk, shard):
        if isinstance(read, Reject):
            unread.append(read)
            continue
        for item in items_of(read, alignment, shard):
            one = item._replace(row_id=f"{item.row_id}/0")
            words_of = splitter(item.frame.lang, shard.align.settings).words
            wanted.append(Wanted(one, rng_for(shard.seed, one.row_id, "token_cs"), words_of))
    outcome = generate_all(wanted, shard.switching, llm, client)
    made = [each for each in outcome.made if isinstance(each, Made)]
    rejects = [each for each in outcome.made if isinstance(each, Reject)]
    notes = [note for each in made for note in each.notes]
    return ShardOutcome(
        [each.row.row(_sig(shard.sig, each)) for each in made],
        [*unread, *rejects],
        len(chunk),
        len(unread) + len(wanted),
        {"notes": {note: notes.count(note) for note in sorted(set(notes))}, "llm": dict(outcome.counts)},
    )


def merge_llm(summaries: Iterable[dict[str, Any]], *, prices: tuple[float, float] | None) -> dict[str, Any]:
    """Add up what shards counted: `notes` and `llm`, with the cost of all answers where prices are known."""
    listed = list(summaries)
    total = add_reports(summary["llm"] for summary in listed)
    cost: dict[str, float] = {}
    if prices is not None:
        spent = total.get("prompt_tokens", 0) * prices[0] + total.get("answer_tokens", 0) * prices[1]
        cost = {"cost": round(spent / 1e6, 6)}
    return {**merge_notes(listed), "llm": {**total, **cost}}


def llm_settings(llm: LlmSettings) -> dict[str, Any]:
    """Return the settings that decide the text, by the names of their options."""
    return {
        "endpoint": llm.endpoint,
        "llm_model": llm.model,
        "llm_mode": llm.mode,
        "llm_fallback": llm.fallback,
        "llm_answer_tokens": llm.max_answer_tokens,
        "llm_extra": llm.extra,
        "llm_ratio_bounds": None if llm.ratio_bounds is None else list(llm.ratio_bounds),
    }


class Connection:
    """The client of a job, opened when its first shard needs it.

    Args:
        llm: how to ask.
        run: how answers are fetched.
        out: the job's output directory.
        listener: is told what is about to be asked, and what was paid for.
    """

    def __init__(self, llm: LlmSettings, run: LlmRun, out: Path, listener: Listener) -> None:
        self._llm, self._run, self._listener = llm, run, listener
        self._folder = run.cache or out / STATE / FOLDER
        self._client: ChatClient | None = None

    def opened(self, bitext: BitextSpec, items_a_pair: int) -> Told:
        """Say what is about to be asked, and open the client.

        Raises:
            ConfigError: the key cannot be sent.
            BackendError: the package that sends requests is not installed.
        """
        client = self._open()
        n_rows = items_a_pair * sum(isinstance(item, Pair) for item in Bitext(bitext))
        key = api_key(os.environ.get(KEY_VARIABLE))
        self._listener.announce(
            f"llm: {n_rows:,} rows by model {self._llm.model} at {self._llm.host}, "
            f"{'with' if key else 'without'} a key; answers are kept in {self._folder}"
        )
        return Told(client, self._listener)

    def _open(self) -> ChatClient:
        if self._client is None:
            self._client = ChatClient(self._llm, self._run, self._folder, api_key(os.environ.get(KEY_VARIABLE)))
        return self._client

    def answers(self, requests: Sequence[Messages]) -> list[Answer | Failure]:
        """Return what the opened client answers; several threads may ask.

        Raises:
            PartialRunError: the budget is used up.
            BackendError: the server cannot be used.
        """
        return list(Told(self._open(), self._listener).ask_all(requests))

    @contextmanager
    def closing(self) -> Iterator[None]:
        """Close the client after the block, and say what was paid for."""
        try:
            yield
        finally:
            if self._client is not None:
                self._client.close()
                self._listener.announce(self._paid(self._client))

    def _paid(self, client: ChatClient) -> str:
        spent = client.spent
        cost = "" if self._run.prices is None else f" (cost {spent.cost(self._run.prices):,.4g} at the prices given)"
        return (
            f"llm: this run paid for {spent.answers:,} answers, {spent.prompt_tokens:,} prompt tokens and "
            f"{spent.answer_tokens:,} answer tokens{cost}; {client.from_cache:,} answers were there already"
        )


def api_key(value: str | None) -> str | None:
    """Return the key to send; None where there is none.

    Raises:
        ConfigError: it has characters that no HTTP header can carry; it is not shown.
    """
    if not value:
        return None
    if not (value.isascii() and value.isprintable() and " " not in value):
        raise ConfigError(f"{KEY_VARIABLE}: holds characters that no key has", hint=f"export {KEY_VARIABLE}=KEY")
    return value


def llm_work(shard: Shard, llm: LlmSettings, client: Asks) -> Callable[[list[LinkedPair | Reject]], ShardOutcome]:
    """Return the work on one shard."""
    return partial(ask_pairs, shard=shard, llm=llm, client=client)


class Told:
    """A client that says how far it is.

    Args:
        client: the client.
        listener: is told.
    """

    def __init__(self, client: Asks, listener: Listener) -> None:
        self._client, self._listener = client, listener

    def ask_all(self, requests: Sequence[Messages]) -> Iterator[Answer | Failure]:
        """Yield what the client yields."""
        answers = self._client.ask_all(requests)
        for number in count(1):
            with stage(ASK):
                answer = next(answers, None)  # to the end, which tells the client that nobody waits any more
            if answer is None:
                return
            yield answer
            if len(requests) > PARTS and number * PARTS // len(requests) > (number - 1) * PARTS // len(requests):
                self._listener.note(f"llm: {number:,} of {len(requests):,} answers")


class AskedAtHome:
    """A client in a worker on Ray: the process that runs the command asks, and keeps budget, rate, key and answers."""

    def ask_all(self, requests: Sequence[Messages]) -> Iterator[Answer | Failure]:
        """Yield an answer or a failure for each request, in order."""
        with stage(ASK):
            answers: list[Answer | Failure] = call_home([*requests]) if requests else []
        yield from answers


def _sig(sig: str, made: Made) -> str:
    """Return the signature of a row; one that another method made says which."""
    return sig if made.method is None else f"{sig}|fallback:{made.method}"
