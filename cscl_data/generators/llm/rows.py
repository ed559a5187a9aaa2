"""Makes rows by a language model: asks for all items of a shard, reads the answers, asks again, falls back."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple, Protocol

from cscl_data.generators import token
from cscl_data.generators.amount import TOKEN, how_many, size
from cscl_data.generators.candidates import Candidate
from cscl_data.generators.config import TokenCsConfig
from cscl_data.generators.item import Made, SwitchItem
from cscl_data.generators.llm.cleaning import cleaned
from cscl_data.generators.llm.prompts import GUIDED, Messages, again, first_messages, free_amount, guided_amount
from cscl_data.generators.llm.reading import WordsOf, read_answer
from cscl_data.generators.llm.responses import Answer, Failure
from cscl_data.generators.llm.rules import Fault, reading_faults, wrapping_faults
from cscl_data.generators.llm.settings import ALIGN, LlmSettings
from cscl_data.generators.writing import assembled, row_of
from cscl_data.records import Reject, TokenCsRow

SPELLING = "spelling"
"""Repair of white space, case, quotes and particles: what the matrix sentence has, or the language asks for."""
BY_FALLBACK = "made_by_alignment_instead"
"""Note of a row for which no answer was valid."""
FEWEST_WORDS = 2
"""Words of a matrix sentence in which a model can mix two languages; about a shorter one it is not asked."""


class Asks(Protocol):
    """Gets answers to requests, in order; see `ChatClient`."""

    def ask_all(self, requests: Sequence[Messages]) -> Iterator[Answer | Failure]:
        """Yield an answer or a failure for each request, in order."""
        ...


class Outcome(NamedTuple):
    """One row or reject an item, in order, and the counts of the report (see `add_reports`)."""

    made: list[Made | Reject]
    counts: Counter[str]


class Wanted(NamedTuple):
    """One item with its own generator, and how the words of its matrix language are cut."""

    item: SwitchItem
    rng: Random
    words_of: WordsOf


@dataclass(slots=True)
class _Request:
    """One item on its way: what was asked for it, the last answer, and what was wrong with that."""

    wanted: Wanted
    messages: Messages
    ratio: float
    units: Sequence[Candidate] | None
    align_rng: Random
    answer: str = ""
    faults: Sequence[Fault] = ()


def generate_all(wanted: Sequence[Wanted], config: TokenCsConfig, llm: LlmSettings, client: Asks) -> Outcome:
    """Make a row or a reject of every item.

    An answer that breaks a rule is asked for once more, with what is wrong in it. What is wrong then too, falls back to
    the alignment or becomes a reject `llm_invalid`, as `llm.fallback` says; a request without an answer becomes a
    reject `llm_failed`. Where nothing is to be switched, nothing is asked.

    Args:
        wanted: the items; those of `guided` and of the fallback need alignments.
        config: how to switch.
        llm: how to ask.
        client: gets the answers.

    Raises:
        PartialRunError: the budget is used up.
        BackendError: the server cannot be used.
        SchemaError: a row breaks an invariant (a bug).
    """
    counts: Counter[str] = Counter()
    made: list[Made | Reject | None] = [None] * len(wanted)
    asked: dict[int, _Request] = {}
    for i, each in enumerate(wanted):
        first = _first(each, config, llm)
        if isinstance(first, _Request):
            asked[i] = first
        else:
            made[i] = first
    for is_last in (False, True):
        left: dict[int, _Request] = {}
        for i, outcome in zip(asked, client.ask_all([request.messages for request in asked.values()]), strict=True):
            request = asked[i]
            if isinstance(outcome, Failure):
                made[i] = request.wanted.item.reject("llm_failed", outcome.detail)
                continue
            _count_answer(counts, outcome)
            row = _row(request, outcome, llm, counts)
            if row is not None:
                counts["valid"] += 1
                counts["valid_at_second_try"] += is_last
                made[i] = Made(row)
            elif is_last:
                made[i] = _fallback(request, config, llm)
            else:
                left[i] = request
        for request in left.values():
            request.messages = again(request.messages, request.answer, [fault.says for fault in request.faults])
        asked = left
    return Outcome([each for each in made if each is not None], +counts)


def add_reports(summaries: Iterable[dict[str, int]]) -> dict[str, int]:
    """Add up the counts of shards, by name.

    `answers`, `prompt_tokens` and `answer_tokens` are what the rows took, paid for in this run or in an earlier one;
    `answers_without_usage` those whose tokens the server did not count. `fault:RULE` counts answers that broke a rule,
    `repair:NAME` valid answers that were repaired.
    """
    total: Counter[str] = Counter()
    for summary in summaries:
        total.update(summary)
    return dict(sorted(total.items()))


def _first(each: Wanted, config: TokenCsConfig, llm: LlmSettings) -> _Request | Made | Reject:
    item, amount = each.item, config.amount
    if not amount.switches:
        return token.generate(item, config, each.rng)
    align_rng = copy.copy(each.rng)
    n_words = size(item.frame.words, TOKEN)
    if n_words < FEWEST_WORDS or not size(item.other.words, TOKEN):
        return _too_short(each, config, llm, n_words)
    if llm.mode == GUIDED:
        chosen = token.chosen_units(item, config, each.rng)
        if isinstance(chosen, Reject):
            return chosen
        pairs = [_texts(item, unit) for unit in chosen.units]
        ratio = sum(unit.n_words for unit in chosen.units) / max(1, n_words)
        messages = first_messages(item.frame, item.other, guided_amount(item.frame, item.other, pairs))
        return _Request(each, messages, ratio, chosen.units, align_rng)
    goal = amount.goal(each.rng).value
    asked = min(how_many(goal, n_words, each.rng), n_words)
    messages = first_messages(item.frame, item.other, free_amount(asked, n_words))
    return _Request(each, messages, asked / n_words, None, align_rng)


def _too_short(each: Wanted, config: TokenCsConfig, llm: LlmSettings, n_words: int) -> Made | Reject:
    if llm.fallback == ALIGN:
        made = token.generate(each.item, config, each.rng)
        return made if isinstance(made, Reject) else _by_alignment(made)
    if not (each.item.frame.text.strip() and each.item.other.text.strip()):
        return each.item.reject("empty_side", "a side has no text")
    return each.item.reject("no_candidate", f"{n_words} words; a mixed sentence has at least {FEWEST_WORDS}")


def _texts(item: SwitchItem, unit: Candidate) -> tuple[str, str]:
    frame, other = item.frame, item.other
    ours = frame.text[frame.words[unit.first].start : frame.words[unit.last].stem_end]
    return ours, other.text[other.words[unit.emb_first].start : other.words[unit.emb_last].stem_end]


def _row(request: _Request, outcome: Answer, llm: LlmSettings, counts: Counter[str]) -> TokenCsRow | None:
    """Return the row of an answer; None where it breaks a rule, which is noted in the request."""
    item, words_of = request.wanted.item, request.wanted.words_of
    request.answer = outcome.text
    text, repairs = cleaned(outcome.text, item.frame.text)
    faults = wrapping_faults(text, outcome.finish, item.frame, item.other)
    row = None
    if not faults:
        reading = read_answer(text, item.frame, item.other, words_of)
        row = assembled(item, reading.replacements, reading.replaced, by=TOKEN)
        faults = reading_faults(reading, row.text, item.frame, item.other, request.ratio, llm.ratio_bounds)
    request.faults = faults
    if faults or row is None:
        counts.update(f"fault:{rule}" for rule in {fault.rule for fault in faults})
        return None
    counts.update(f"repair:{name}" for name in (*repairs, *([SPELLING] if row.text.strip() != text else [])))
    return row


def _fallback(request: _Request, config: TokenCsConfig, llm: LlmSettings) -> Made | Reject:
    item = request.wanted.item
    broken = "; ".join(f"{fault.rule}: {fault.says}" for fault in request.faults)
    if llm.fallback != ALIGN:
        return item.reject("llm_invalid", broken)
    if request.units is not None:
        made: Made | Reject = Made(row_of(item, request.units, by=TOKEN))
    else:
        made = token.generate(item, config, request.align_rng)
    if isinstance(made, Reject):
        return item.reject("llm_invalid", f"{broken}; and by alignment: {made.reason}: {made.detail}")
    return _by_alignment(made)


def _by_alignment(made: Made) -> Made:
    return made._replace(method=token.METHOD, notes=(*made.notes, BY_FALLBACK))


def _count_answer(counts: Counter[str], answer: Answer) -> None:
    counts["answers"] += 1
    counts["prompt_tokens"] += answer.prompt_tokens or 0
    counts["answer_tokens"] += answer.answer_tokens or 0
    counts["answers_without_usage"] += answer.prompt_tokens is None or answer.answer_tokens is None
