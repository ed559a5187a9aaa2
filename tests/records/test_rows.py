"""Row types hold their invariants, and say which one is broken."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.errors import SchemaError
from cscl_data.io.shards import table_from_rows
from cscl_data.records import (
    NO_LANGUAGE,
    SCHEMAS,
    Alignment,
    Edit,
    Link,
    Message,
    MonoRow,
    PreferenceRow,
    Segment,
    SentenceCsRow,
    SftRow,
    Span,
    TaggedToken,
    TokenCsRow,
    cmi,
    restore,
    schema_for,
    spans_are_ordered,
)
from tests.factories import make_alignment, make_pair, make_reject

PAIR = make_pair("I drink green tea.", "나는 녹차를 마신다.")
ROW = TokenCsRow(
    id="p0/en/0",
    pair_id="p0",
    doc_id=None,
    text="I drink 녹차.",
    matrix_lang="en",
    embedded_lang="ko",
    tokens=(
        TaggedToken(0, 1, "en", False),
        TaggedToken(2, 7, "en", False),
        TaggedToken(8, 10, "ko", True),
        TaggedToken(10, 11, NO_LANGUAGE, False),
    ),
    edits=(Edit(8, 10, 8, 17, 3, 5),),
    switch_ratio=0.5,
    cmi=100 / 3,
    src_text=PAIR.src_text,
    tgt_text=PAIR.tgt_text,
)


def token_langs(langs: str) -> list[TaggedToken]:
    names = {"e": "en", "k": "ko", "j": "ja", ".": NO_LANGUAGE}
    return [TaggedToken(i, i + 1, names[lang], False) for i, lang in enumerate(langs)]


@pytest.mark.parametrize(
    ("langs", "expected"),
    [
        # 100 * (1 - max w / (n - u)), by hand
        ("", 0.0),
        ("...", 0.0),
        ("eeee", 0.0),
        ("ek", 50.0),
        ("eek", 100 / 3),
        ("eek...", 100 / 3),
        ("ekj", 200 / 3),
        ("eeeeeeeeek", 10.0),
    ],
)
def test_cmi_values(langs: str, expected: float) -> None:
    assert cmi(token_langs(langs)) == pytest.approx(expected)


def test_token_row_that_is_what_it_says_passes() -> None:
    ROW.check(PAIR.src_text, PAIR.tgt_text)
    assert restore(ROW.text, ROW.edits, PAIR.src_text) == PAIR.src_text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"text": "I Drink 녹차."}, "outside the edits differs"),
        ({"edits": ()}, "outside the edits differs"),
        ({"edits": (Edit(8, 10, 8, 17, 3, 55),)}, "outside the embedded text"),
        ({"tokens": (TaggedToken(0, 1, "en", False), TaggedToken(0, 2, "en", False))}, "0-2 is out of place"),
        ({"tokens": (TaggedToken(3, 3, "en", False),)}, "3-3 is out of place"),
        ({"tokens": (TaggedToken(0, 12, "en", False),)}, "0-12 is out of place"),
        ({"tokens": (TaggedToken(-1, 2, "en", False),)}, "-1-2 is out of place"),
    ],
)
def test_token_row_that_is_not_is_refused(changes: dict[str, object], message: str) -> None:
    row = dataclasses.replace(ROW, **changes)
    with pytest.raises(SchemaError, match=f"p0/en/0: .*{message}"):
        row.check(PAIR.src_text, PAIR.tgt_text)


def sentence_row(*segments: Segment, text: str = "One. 둘. Three.", mode: str = "alternate") -> SentenceCsRow:
    return SentenceCsRow(id="d/0", doc_id="d", text=text, mode=mode, segments=segments)


def test_sentence_row_counts_switches() -> None:
    row = sentence_row(Segment(0, 4, "en", "a"), Segment(5, 7, "ko", "b"), Segment(8, 14, "en", "c"))
    row.check()
    assert row.n_switches == 2
    assert row.row("s")["n_switches"] == 2


@pytest.mark.parametrize(
    "segments",
    [
        (Segment(0, 4, "en", "a"), Segment(3, 7, "ko", "b")),
        (Segment(0, 0, "en", "a"),),
        (Segment(0, 15, "en", "a"),),
        (Segment(0, 4, "en", "a"), Segment(5, 7, "ko", "a")),
    ],
)
def test_sentence_row_out_of_place_or_beside_its_translation_is_refused(segments: tuple[Segment, ...]) -> None:
    with pytest.raises(SchemaError, match="sentence_cs row d/0"):
        sentence_row(*segments).check()


def test_sentence_row_may_hold_a_translation_that_says_so() -> None:
    segments = Segment(0, 4, "en", "a"), Segment(6, 8, "ko", "a", "translation"), Segment(10, 15, "en", "b")
    sentence_row(*segments, text="One. (둘.) Three", mode="annotate").check()
    sentence_row(*segments[:2], text="One.\n\n둘.", mode="parallel").check()


@pytest.mark.parametrize(
    ("segments", "text", "mode", "message"),
    [
        ([Segment(0, 4, "en", "a"), Segment(5, 7, "ko", "a", "translation")], "One. 둘.", "block", "no translations"),
        ([Segment(0, 4, "en", "a"), Segment(6, 8, "ko", "b")], "One. x둘.", "block", "text 4-6 belongs to no segment"),
        ([Segment(0, 4, "en", "a"), Segment(5, 7, "ko", "b")], "One. 둘. x", "block", "text 7-9 belongs to no segment"),
        ([Segment(0, 4, "en", "a"), Segment(6, 8, "ko", "b")], "One. (둘.)", "parallel", "text 4-6 belongs to no"),
        (
            [Segment(0, 1, "en", "a"), Segment(2, 3, "ko", "b"), Segment(4, 5, "ko", "a")],
            "a b c",
            "block",
            "both stand",
        ),
        ([Segment(0, 1, "en", "a"), Segment(3, 4, "ko", "b", "translation")], "a (b)", "annotate", "another sentence"),
        ([Segment(0, 1, "en", "a"), Segment(3, 4, "en", "a", "translation")], "a (b)", "annotate", "another sentence"),
        ([Segment(1, 2, "en", "a", "translation")], "(a)", "annotate", "another sentence"),
        ([Segment(0, 1, "en", "a", "translation"), Segment(2, 3, "ko", "b")], "a b", "parallel", "text follows"),
    ],
)
def test_sentence_row_with_stray_text_or_translations_is_refused(
    segments: list[Segment], text: str, mode: str, message: str
) -> None:
    with pytest.raises(SchemaError, match=message):
        sentence_row(*segments, text=text, mode=mode).check()


@pytest.mark.parametrize(
    ("spans", "length", "expected"),
    [
        ([], 0, True),
        ([(0, 1), (1, 3)], 3, True),
        ([(0, 1), (0, 3)], 3, False),
        ([(1, 1)], 3, False),
        ([(2, 4)], 3, False),
        ([(-1, 1)], 3, False),
    ],
)
def test_spans_are_ordered(spans: list[tuple[int, int]], length: int, expected: bool) -> None:
    assert spans_are_ordered([Span(*span) for span in spans], length) is expected


def test_alignment_round_trip() -> None:
    alignment = make_alignment(PAIR, links=[(0, 0), (2, 1)])
    scored = dataclasses.replace(alignment, links=(Link(0, 0, 0.5), Link(2, 1)))
    for each in (alignment, scored, dataclasses.replace(alignment, links=(), skipped="too_long")):
        row = each.row("sig")
        assert Alignment.from_row(row) == each
        assert Alignment.from_row(table_from_rows([row], schema_for("alignment/1")).to_pylist()[0]) == each
    assert scored.row("sig")["pharaoh"] == "0-0 2-1"


@pytest.mark.parametrize(
    "changes",
    [
        {"links": (Link(4, 0),)},
        {"links": (Link(-1, 0),)},
        {"links": (Link(0, 3),)},
        {"src_tokens": (Span(0, 99),)},
        {"tgt_tokens": (Span(3, 5), Span(0, 2))},
    ],
)
def test_alignment_that_does_not_fit_its_texts_is_refused(changes: dict[str, object]) -> None:
    alignment = dataclasses.replace(make_alignment(PAIR), **changes)
    with pytest.raises(SchemaError, match="alignment of p0"):
        alignment.check(PAIR.src_text, PAIR.tgt_text)


@given(st.text(max_size=20), st.text(max_size=20))
def test_restore_of_a_whole_replacement_is_the_matrix(text: str, matrix: str) -> None:
    assert restore(text, [Edit(0, len(text), 0, len(matrix), 0, 0)], matrix) == matrix


def preference_row(**changes: object) -> PreferenceRow:
    whole = {"record_id": "r", "prompt": (Message("system", "s"), Message("user", "p")), "chosen": "a", "rejected": "b"}
    return PreferenceRow(**{**whole, "prompt_lang": "en", "rejected_lang": "ko", **changes})


def test_preference_is_text_or_messages() -> None:
    plain, chat = (preference_row().row("x", chat=chat) for chat in (False, True))
    assert (plain["id"], plain["prompt"], plain["chosen"], plain["rejected"]) == ("r/en", "s\n\np", "a", "b")
    assert chat["prompt"] == [{"role": "system", "content": "s"}, {"role": "user", "content": "p"}]
    assert (chat["chosen"], chat["rejected"]) == tuple([{"role": "assistant", "content": text}] for text in "ab")
    assert (plain["prompt_lang"], plain["chosen_lang"], plain["rejected_lang"]) == ("en", "en", "ko")


@pytest.mark.parametrize("changes", [{"rejected": "a"}, {"chosen": " "}, {"prompt": (Message("user", "\n"),)}])
def test_preference_without_two_different_answers_or_a_prompt_is_refused(changes: dict[str, object]) -> None:
    preference_row().check()
    with pytest.raises(SchemaError, match="preference r/en"):
        preference_row(**changes).check()


def test_instruction_as_messages_keeps_its_last_prompt_as_text() -> None:
    asked = (Message("user", "a"), Message("assistant", "b"), Message("user", "c"))
    row = SftRow(record_id="r", prompt=asked, response="d", lang="ko").row("x", chat=True)
    assert (row["id"], row["prompt"], row["response"]) == ("r/ko", "c", "d")
    assert [message["content"] for message in row["messages"]] == ["a", "b", "c", "d"]


def test_every_row_type_fits_its_schema() -> None:
    rows = {
        "pair/1": make_pair(doc_id="d", sent_index=3).row(),
        "alignment/1": make_alignment().row("s"),
        "token_cs/1": ROW.row("s"),
        "sentence_cs/1": sentence_row(Segment(0, 4, "en", "a")).row("s"),
        "mono/1": MonoRow(id="a", doc_id=None, text="x", lang="en").row("s"),
        "sft/1": SftRow(record_id="r", prompt=(Message("user", "x"),), response="y", lang="en").row("s", chat=True),
        **{name: preference_row().row("s", chat="chat" in name) for name in ("preferences/1", "preferences_chat/1")},
        "reject/1": make_reject(id="\ud83d", detail="\udcff").row(),
    }
    for name, row in rows.items():
        assert table_from_rows([row], schema_for(name)).num_rows == 1
    assert set(SCHEMAS) == set(rows), "a schema without a row type of its own"
