"""Dictionary forms by spelling: the right one is among the candidates, and what it leaves of the parts of speech."""

from __future__ import annotations

import pytest

from cscl_data.text.base_forms import BaseForm, base_forms, verb_base


@pytest.mark.parametrize(
    ("word", "base"),
    [
        *[("studies", "study"), ("boxes", "box"), ("wives", "wife"), ("potatoes", "potato"), ("houses", "house")],
        *[
            ("went", "go"),
            ("making", "make"),
            ("stopped", "stop"),
            ("tried", "try"),
            ("goes", "go"),
            ("fallen", "fall"),
        ],
        *[("children", "child"), ("people", "person"), ("planning", "plan"), ("added", "add")],
    ],
)
def test_english_base_is_among_the_candidates(word: str, base: str) -> None:
    assert base in [found.form for found in base_forms(word, "en")]


@pytest.mark.parametrize("word", ["this", "glass", "bus", "basis", "tea", "is", "a", "bigger"])
def test_english_word_that_is_no_inflection_has_none(word: str) -> None:
    assert [found.form for found in base_forms(word, "en") if found.form in ("thi", "glas", "bu", "basi", "big")] == []


def test_inflections_leave_parts_of_speech() -> None:
    assert base_forms("men", "en") == (BaseForm("man", ("NOUN",)),)
    assert {found.pos for found in base_forms("walked", "en")} == {("VERB",)}
    assert base_forms("walks", "en") == (BaseForm("walk", ("NOUN", "VERB")),)


def test_indonesian_loses_clitics_and_doubling() -> None:
    assert [found.form for found in base_forms("bukunya", "id")] == ["buku"]
    assert [found.form for found in base_forms("buku-bukunya", "id")] == ["buku-buku", "buku"]
    assert base_forms("buku", "id") == ()


def test_other_languages_have_no_rules() -> None:
    assert base_forms("studies", "de") == base_forms("회의들", "ko") == ()


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("told", "tell"),
        ("joining", "join"),
        ("wiped", "wipe"),
        ("knows", "know"),
        ("uses", "use"),
        ("watches", "watch"),
        ("called", "call"),
        ("controlled", "control"),
        ("planned", "plan"),
        ("carried", "carry"),
        ("created", "create"),
        ("associated", "associate"),
        ("mentioned", "mention"),
        ("strengthening", "strengthen"),
        ("bringing", "bring"),
        ("focused", "focus"),
        ("agreed", "agree"),
        ("meeting", "meet"),
        ("tea", None),
        ("bus", None),
        ("string", None),
        ("u.s.", None),
    ],
)
def test_base_of_a_verb_where_spelling_leaves_no_doubt(word: str, expected: str | None) -> None:
    assert verb_base(word) == expected
