"""What every generator promises: one row or one reject per item, whatever stands in it, and the same from one draw."""

from __future__ import annotations

import copy
import pkgutil
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module
from random import Random
from typing import Any, NamedTuple

import pytest

import cscl_data.generators
from cscl_data.generators import annotate, lexicon, salad, sentence, token
from cscl_data.generators.glossary import Glossary
from cscl_data.generators.item import Made, Side, SwitchItem
from cscl_data.io.lexicon import Entry
from cscl_data.io.shards import table_from_rows
from cscl_data.records import (
    REASONS,
    Alignment,
    Bead,
    Link,
    Pair,
    Reject,
    SentenceCsRow,
    Span,
    TokenCsRow,
    restore,
    rng_for,
    schema_for,
)
from cscl_data.text.words import WordSplitter
from tests.factories import make_pair, ten_pairs
from tests.generators.switching import made_by, make_item

ROW_ID = "row/x/0"
NASTY = (
    ("", "빈 쪽"),
    ("empty", ""),
    ("   ", "\u3000"),
    ("A family 👩‍👩‍👧 eats.", "가족 👩‍👩‍👧이 먹는다."),
    ("The cafe\u0301 serves cre\u0302pes.", "카페는 크레페를 판다."),
    ("He said שָׁלוֹם and left.", "그는 مُحَمَّد 하고 떠났다."),
    ("Price:\u00a020\u00a0€ only.", "가격은\u00a020유로뿐이다."),
    ("One line.\r\nAnother line.\r\n", "한 줄.\r\n다른 줄.\r\n"),
    ("\u200ftabs\tand\u2028separators ", "\ufeff탭과\u2028구분자 "),
    ("NUL \x00 inside a text.", "글 안의 \x00 문자."),
    ("See `x` at https://example.org/?q=1.", "`x`는 https://example.org/?q=1 를 보라."),
    ("7 + 7", "7 + 7"),
    (" ".join(f"word{i % 97}" for i in range(1500)), " ".join(f"낱말{i % 89}을" for i in range(1480))),
)
PAIRS = [*ten_pairs(), *(make_pair(a, b, id=f"n{i}", doc_id=None) for i, (a, b) in enumerate(NASTY))]


class OneMethod(Random):
    """A generator that gives nothing but `random()`: the others differ between versions of Python."""

    def getrandbits(self, k: int, /) -> int:
        raise AssertionError("only Random.random() is promised to stay")

    def choice(self, seq: Sequence[Any]) -> Any:
        raise AssertionError("only Random.random() is promised to stay")

    shuffle = sample = randrange = randint = uniform = gauss = choices = choice  # type: ignore[assignment]


def rng(seed: int) -> Random:
    return OneMethod(rng_for(seed, ROW_ID, "contract").random())


class Case(NamedTuple):
    """A generator under settings: its module, its items, the call, and the check of a row against its item."""

    module: Any
    schema: str
    items: list[Any]
    generate: Callable[[Any, Random], Any]
    check: Callable[[Any, Any], None]


class Aligned(NamedTuple):
    pair: Pair
    alignment: Alignment | None


@cache
def words_of(lang: str, text: str) -> tuple[Any, ...]:
    return _splitter(lang).words(text)


@cache
def _splitter(lang: str) -> WordSplitter:
    return WordSplitter(lang)


def aligned(pair: Pair) -> Aligned:
    """Link the words of a pair along its diagonal, some of them twice."""
    src, tgt = words_of("en", pair.src_text), words_of("ko", pair.tgt_text)
    links = {(i, i * len(tgt) // len(src)) for i in range(len(src))} if src and tgt else set()
    links |= {(i, j + 1) for i, j in links if i % 5 == 0 and j + 1 < len(tgt)}
    return Aligned(
        pair,
        Alignment(
            pair_id=pair.id,
            src_tokens=tuple(Span(word.start, word.end) for word in src),
            tgt_tokens=tuple(Span(word.start, word.end) for word in tgt),
            links=tuple(Link(i, j, (i % 10) / 10) for i, j in sorted(links)),
            skipped=None if src and tgt else "empty_side",
        ),
    )


def token_case(matrix: str, module: Any = token, **options: Any) -> Case:
    name = "align" if module is token else module.METHOD.partition(".")[0]

    def generate(item: Aligned, rng: Random) -> TokenCsRow | Reject:
        words = words_of("en", item.pair.src_text), words_of("ko", item.pair.tgt_text)
        made = made_by(
            make_item(item.pair, item.alignment, words, matrix=matrix, row_id=ROW_ID), rng, name=name, **options
        )
        return made.row if isinstance(made, Made) else made

    def check(item: Aligned, row: TokenCsRow) -> None:
        frame, other = item.pair.src_text, item.pair.tgt_text
        if matrix == "tgt":
            frame, other = other, frame
        row.check(frame, other)
        assert restore(row.text, row.edits, frame) == frame
        assert (row.pair_id, row.doc_id) == (item.pair.id, item.pair.doc_id)
        assert (row.src_text, row.tgt_text) == (item.pair.src_text, item.pair.tgt_text)
        assert {row.matrix_lang, row.embedded_lang} == {"en", "ko"}
        assert bool(row.edits) == (options["ratio"] > 0) == any(tagged.switched for tagged in row.tokens)
        assert 0 <= row.switch_ratio <= 1
        assert 0 <= row.cmi <= 100

    items = [*map(aligned, PAIRS), Aligned(PAIRS[0], None)]
    return Case(module, "token_cs/1", items, generate, check)


ENTRIES = tuple(
    Entry(word, translation, pos, gloss)
    for word, translation, pos, gloss in (
        ("tea", "차", "n", "a drink"),
        ("grandmother", "할머니", "n", "mother of a parent"),
        ("water", "물", "n", "clear liquid"),
        ("water", "물을 주다", "v", "to pour water on plants"),
        ("drink", "마시다", "v", "to take a liquid in"),
        ("boil", "끓이다", "v", "to heat a liquid"),
        ("kettle", "주전자", "n", "vessel"),
        ("green tea", "녹차", "n", "tea leaves"),
        ("bus", "버스", "n", "vehicle"),
        ("morning", "아침", "n", "part of the day"),
        ("commit", "위임하다", "v", "to entrust"),
        ("family", "가족", "n", "parents and children"),
        ("the", "그", "article", ""),
    )
)


def lexicon_case(policy: str, **options: Any) -> Case:
    glossary = Glossary(
        entries=ENTRIES, src_lang="en", tgt_lang="ko", cut=lambda text: words_of("ko", text), max_words=4
    )

    def generate(item: Pair, rng: Random) -> TokenCsRow | Reject:
        frame = Side("en", item.src_text, words_of("en", item.src_text))
        offers = glossary.any_of(frame) if policy == "random" else glossary.best_of(frame)
        other = Side("ko", "", (), running=False)
        found = SwitchItem(ROW_ID, replace(item, tgt_text=""), None, "src", frame, other, offers=offers)
        made = made_by(found, rng, name="lexicon", lexicon_policy=policy, **options)
        return made.row if isinstance(made, Made) else made

    def check(item: Pair, row: TokenCsRow) -> None:
        row.check(item.src_text, row.tgt_text)
        assert (row.pair_id, row.src_text) == (item.id, item.src_text)
        assert (row.matrix_lang, row.embedded_lang) == ("en", "ko")
        assert bool(row.edits) == (options["ratio"] > 0) == any(tagged.switched for tagged in row.tokens)
        lines = row.tgt_text.split("\n") if row.tgt_text else []
        assert set(lines) <= {entry.translation for entry in ENTRIES}
        starts = [sum(len(line) + 1 for line in lines[:n]) for n in range(len(lines))]
        assert [edit.embedded_start for edit in row.edits] == starts, "one line an edit, in order"
        assert 0 <= row.switch_ratio <= 1

    return Case(lexicon, "token_cs/1", PAIRS, generate, check)


def sentence_case(**options: Any) -> Case:
    config = sentence.SentenceCsConfig(**options)

    def generate(item: list[Bead], rng: Random) -> SentenceCsRow | Reject:
        made = sentence.generate(ROW_ID.removesuffix("/0"), item, langs=("en", "ko"), config=config, rng=rng)
        return made if isinstance(made, Reject) else made[0]

    def check(item: list[Bead], row: SentenceCsRow) -> None:
        row.check()
        beads = {bead.id: bead for bead in item}
        if config.mode != "parallel":
            assert [segment.pair_id for segment in row.segments if segment.role == "text"] == list(beads)
        assert {segment.lang for segment in row.segments} == {"en", "ko"}
        for segment in row.segments:
            assert row.text[segment.start : segment.end] == beads[segment.pair_id].texts[segment.lang]

    whole = [
        Bead(id=pair.id, texts={"en": pair.src_text.strip(), "ko": pair.tgt_text.strip()})
        for pair in PAIRS
        if pair.src_text.strip() and pair.tgt_text.strip()
    ]
    return Case(sentence, "sentence_cs/1", [[], whole[:1], whole[:2], whole[3:8], whole], generate, check)


CASES = {
    "token word": token_case("src", ratio=0.3, unit="word"),
    "token phrase": token_case("tgt", ratio=0.7, unit="phrase"),
    "token all": token_case("tgt", ratio=1.0, unit="word"),
    "token none": token_case("src", ratio=0.0, unit="phrase"),
    "annotate word": token_case("src", annotate, ratio=0.3, unit="word"),
    "annotate phrase": token_case("tgt", annotate, ratio=0.6, unit="phrase"),
    "annotate spf": token_case("tgt", annotate, ratio=0.3, target_spf=(0.3, 0.1)),
    "salad": token_case("src", salad, ratio=0.3),
    "salad cmi": token_case("tgt", salad, ratio=0.3, target_cmi=(25.0, 10.0)),
    "salad none": token_case("tgt", salad, ratio=0.0),
    "lexicon": lexicon_case("best", ratio=0.1),
    "lexicon phrase": lexicon_case("best", ratio=1.0, unit="phrase", constraints=("none",)),
    "lexicon none": lexicon_case("best", ratio=0.0),
    "lexicon random": lexicon_case("random", ratio=0.5),
    "sentence alternate": sentence_case(mode="alternate"),
    "sentence random": sentence_case(mode="random", share=0.3),
    "sentence block": sentence_case(mode="block", max_run=2),
    "sentence markov": sentence_case(mode="markov", switch_probability=0.4),
    "sentence annotate": sentence_case(mode="annotate", share=0.4),
    "sentence parallel": sentence_case(mode="parallel"),
}


SETTLED = ("token all", "token none", "salad none", "lexicon phrase", "lexicon none")
"""Cases that leave nothing to chance."""


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


def test_every_generator_is_held_to_the_contract() -> None:
    folder = cscl_data.generators
    modules = [import_module(f"{folder.__name__}.{found.name}") for found in pkgutil.iter_modules(folder.__path__)]
    assert {m for m in modules if hasattr(m, "generate")} == {case.module for case in CASES.values()}


def test_generator_gives_a_row_or_a_reject_for_any_item(case: Case) -> None:
    rows = []
    for item in case.items:
        made = case.generate(item, rng(0))
        assert made.id == ROW_ID
        if isinstance(made, Reject):
            assert made.reason in REASONS
            assert made.stage == case.module.STAGE
            assert made.detail
            assert made.source
            continue
        case.check(item, made)
        rows.append(made.row("sig"))
    assert rows
    assert table_from_rows(rows, schema_for(case.schema)).num_rows == len(rows)


def test_generator_draws_the_same_row_from_the_same_numbers(case: Case) -> None:
    for item in case.items:
        assert case.generate(item, rng(3)) == case.generate(item, rng(3))


@pytest.mark.parametrize("name", [name for name in CASES if name not in SETTLED])
def test_generator_draws_other_rows_from_other_numbers(name: str) -> None:
    case = CASES[name]
    drawn = [[case.generate(item, rng(seed)) for item in case.items] for seed in range(4)]
    assert any(made != drawn[0] for made in drawn[1:])


def test_generator_leaves_its_item_and_the_global_generator_alone(case: Case) -> None:
    random.seed(5)
    before = random.getstate()
    for item in case.items:
        kept = copy.deepcopy(item)
        case.generate(item, rng(0))
        assert item == kept
    assert random.getstate() == before


def test_generator_method_has_a_name_and_a_version(case: Case) -> None:
    assert re.fullmatch(r"[a-z]+\.[1-9]\d*", case.module.METHOD)
