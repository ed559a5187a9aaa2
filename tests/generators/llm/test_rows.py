"""Rows by a language model: asked, checked, asked again, made by alignment instead, or rejected."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from cscl_data.generators import token
from cscl_data.generators.item import Made, SwitchItem
from cscl_data.generators.llm.client import ChatClient
from cscl_data.generators.llm.rows import BY_FALLBACK, Outcome, Wanted, generate_all
from cscl_data.generators.llm.settings import LlmRun, LlmSettings
from cscl_data.io.shards import table_from_rows
from cscl_data.pipelines.inspection.tokens import token_faults
from cscl_data.records import Alignment, Reject, Span, rng_for, schema_for
from tests.contracts.test_generators import PAIRS, aligned
from tests.factories import make_alignment, make_pair
from tests.generators.llm.chat_server import Seen, Writer, always, chat_server, fails, in_turn, says
from tests.generators.llm.items import EN, KO, item_of, side, splitter
from tests.generators.switching import make_config

GOOD = "My grandmother drinks 녹차 every morning."
WORSE = "My grandmother drinks 커피 every morning."


def links(*pairs: tuple[int, int]) -> Alignment:
    """Links over the words of the tea sentence."""
    pair = make_pair(EN, KO)
    return make_alignment(
        pair,
        links=pairs,
        src_tokens=tuple(Span(word.start, word.end) for word in side("en", EN).words),
        tgt_tokens=tuple(Span(word.start, word.end) for word in side("ko", KO).words),
    )


LINKS = links((1, 1), (3, 4), (4, 4), (6, 3))


def made_of(
    items: Sequence[SwitchItem], write: Writer, folder: Path, *, ratio: float = 0.3, **options: Any
) -> tuple[Outcome, list[Seen]]:
    wanted = [Wanted(item, rng_for(0, item.row_id, "token_cs"), splitter(item.frame.lang).words) for item in items]
    with chat_server(write) as server:
        llm = LlmSettings(endpoint=server.url, model="m", **options)
        client = ChatClient(llm, LlmRun(backoff_s=0.001), folder, None)
        try:
            return generate_all(wanted, make_config(ratio=ratio), llm, client), server.seen
        finally:
            client.close()


def test_valid_answer_is_a_row(tmp_path: Path) -> None:
    outcome, seen = made_of([item_of()], always(says(GOOD)), tmp_path)
    [made] = outcome.made
    assert isinstance(made, Made)
    assert (made.row.text, made.method, made.notes) == (GOOD, None, ())
    assert outcome.counts == {"answers": 1, "prompt_tokens": 100, "answer_tokens": 10, "valid": 1}
    assert EN in seen[0].asked
    assert KO in seen[0].asked
    assert "Switch about 2 of the 7 words" in seen[0].asked or "Switch about 3 of the 7 words" in seen[0].asked


def test_invalid_answer_is_asked_for_again_with_its_fault(tmp_path: Path) -> None:
    outcome, seen = made_of([item_of()], in_turn(says(WORSE), says(f'"{GOOD}"')), tmp_path)
    [made] = outcome.made
    assert isinstance(made, Made)
    assert made.row.text == GOOD
    assert [message["role"] for message in seen[1].body["messages"]] == ["system", "user", "assistant", "user"]
    assert seen[1].body["messages"][2]["content"] == WORSE
    assert "커피: not in the Korean translation" in seen[1].asked
    counts = outcome.counts
    assert (counts["answers"], counts["prompt_tokens"], counts["valid"]) == (2, 200, 1)
    assert (counts["valid_at_second_try"], counts["fault:provenance"], counts["repair:quotes"]) == (1, 1, 1)


def test_answer_that_stays_invalid_is_rejected_with_its_rules(tmp_path: Path) -> None:
    outcome, seen = made_of([item_of()], always(says(WORSE)), tmp_path, fallback="reject")
    [made] = outcome.made
    assert isinstance(made, Reject)
    assert (made.reason, made.id, made.stage) == ("llm_invalid", "p0/x/0", "token_cs")
    assert "provenance: 커피: not in the Korean translation" in made.detail
    assert len(seen) == 2
    assert outcome.counts["fault:provenance"] == 2


@pytest.mark.parametrize("mode", ["free", "guided"])
def test_answer_that_stays_invalid_falls_back_on_the_alignment(mode: str, tmp_path: Path) -> None:
    item = item_of(alignment=LINKS)
    outcome, _ = made_of([item], always(says(WORSE)), tmp_path, mode=mode)
    [made] = outcome.made
    assert isinstance(made, Made)
    assert (made.method, made.notes) == (token.METHOD, (BY_FALLBACK,))
    same = token.generate(item, make_config(ratio=0.3), rng_for(0, item.row_id, "token_cs"))
    assert isinstance(same, Made)
    assert made.row == same.row, "the row that --method align makes"


def test_fallback_without_a_unit_is_a_reject_of_both(tmp_path: Path) -> None:
    outcome, _ = made_of([item_of(alignment=links())], always(says(WORSE)), tmp_path)
    [made] = outcome.made
    assert isinstance(made, Reject)
    assert made.reason == "llm_invalid"
    assert "provenance: 커피" in made.detail
    assert "by alignment: no_candidate" in made.detail


def test_request_without_an_answer_is_a_reject(tmp_path: Path) -> None:
    outcome, _ = made_of([item_of(alignment=LINKS)], always(fails(400, "too long")), tmp_path)
    [made] = outcome.made
    assert isinstance(made, Reject)
    assert (made.reason, made.detail) == ("llm_failed", "HTTP 400: too long")
    assert outcome.counts == {}


def test_guided_model_is_told_the_units(tmp_path: Path) -> None:
    outcome, seen = made_of(
        [item_of(alignment=links((1, 1)))],
        always(says("My 할머니 drinks green tea every morning.")),
        tmp_path,
        mode="guided",
    )
    [made] = outcome.made
    assert isinstance(made, Made)
    assert "  grandmother = 할머니" in seen[0].asked
    assert "Switch about" not in seen[0].asked


def test_guided_item_without_a_unit_asks_nothing(tmp_path: Path) -> None:
    outcome, seen = made_of([item_of(alignment=links())], always(says(GOOD)), tmp_path, mode="guided")
    [made] = outcome.made
    assert isinstance(made, Reject)
    assert made.reason == "no_candidate"
    assert seen == []


def test_ratio_zero_asks_nothing_and_gives_the_text_back(tmp_path: Path) -> None:
    outcome, seen = made_of([item_of()], always(says(GOOD)), tmp_path, ratio=0.0)
    [made] = outcome.made
    assert isinstance(made, Made)
    assert (made.row.text, made.row.edits, seen) == (EN, (), [])


@pytest.mark.parametrize("fallback", ["align", "reject"])
def test_one_word_alone_is_not_asked_about(fallback: str, tmp_path: Path) -> None:
    pair = make_pair("Number", "숫자")
    alignment = make_alignment(pair, links=[(0, 0)])
    item = item_of(("en", "Number"), ("ko", "숫자"), alignment=alignment)
    outcome, seen = made_of([item], always(says("숫자")), tmp_path, fallback=fallback)
    [made] = outcome.made
    assert seen == []
    if fallback == "align":
        assert isinstance(made, Made)
        assert (made.row.text, made.method) == ("숫자", token.METHOD)
    else:
        assert isinstance(made, Reject)
        assert (made.reason, made.detail) == ("no_candidate", "1 words; a mixed sentence has at least 2")


def test_protected_spans_are_named(tmp_path: Path) -> None:
    item = item_of(("en", "Run `make test` before you commit."), ("ko", "커밋하기 전에 `make test`를 실행하세요."))
    _, seen = made_of([item], always(says("Run `make test` before you 커밋.")), tmp_path)
    assert "These stay as they are: `make test`" in seen[0].asked


@pytest.mark.parametrize(("matrix", "fallback"), [("src", "align"), ("tgt", "reject")])
@pytest.mark.parametrize("answers", ["matrix", "embedded", "both", "nothing", "noise"])
def test_any_item_gives_one_row_or_reject_in_order(matrix: str, fallback: str, answers: str, tmp_path: Path) -> None:
    """The pairs of the contract of generators: empty sides, emoji, right-to-left text, 1,500 words."""
    items = []
    for case in map(aligned, PAIRS):
        sides = side("en", case.pair.src_text), side("ko", case.pair.tgt_text)
        frame, other = sides if matrix == "src" else sides[::-1]
        items.append(SwitchItem(f"{case.pair.id}/0", case.pair, case.alignment, matrix, frame, other))
    by_text = {item.frame.text.strip(): item for item in items}

    def write(seen: Seen, _: int) -> Any:
        asked = seen.body["messages"][1]["content"]
        item = next(item for text, item in by_text.items() if text and f"sentence:\n{text}\n\n" in asked)
        first, _, rest = item.frame.text.strip().partition(" ")
        texts = {
            "matrix": item.frame.text,
            "embedded": item.other.text,
            "both": f"{first} {item.other.text.split()[0]} {rest.partition(' ')[2]}",
            "nothing": None,
            "noise": "\x00 \ud7ff 👩‍👩‍👧 ```",
        }
        return says(texts[answers])

    outcome, _ = made_of(items, write, tmp_path, fallback=fallback)
    assert [made.row.id if isinstance(made, Made) else made.id for made in outcome.made] == [i.row_id for i in items]
    rows = [made.row for made in outcome.made if isinstance(made, Made)]
    assert [fault for row in rows for fault in token_faults(row)] == []
    assert bool(rows) == (fallback == "align" or answers == "both")
    assert table_from_rows([row.row("sig") for row in rows], schema_for("token_cs/1")).num_rows == len(rows)
