from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.text.plug import extract_answer, instruction_cue, response_cue, two_answers

EN, KO = "English response:", "한국어 응답:"


def extracted(text: str) -> tuple[str, str]:
    return tuple(extract_answer(text, pivot_cue=EN, target_cue=KO))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{EN} Yes.\n\n{KO} 네.\n", ("네.", "both")),
        (f"{KO} 네.\n맞아요.\n\n{EN} Yes.", ("네.\n맞아요.", "both")),
        (f"{KO} 네.", ("네.", "target")),
        (f"{EN} Yes.", ("", "pivot")),
        ("Yes. 네.", ("", "neither")),
        (f"{EN} The words {KO} are a cue.\n\n{KO} 신호입니다.", ("신호입니다.", "both")),
        (f"  {EN}\nYes.\n  {KO}\n네.", ("네.", "both")),
        (f"{EN} Yes.\n\n{KO}", ("", "both")),
        ("", ("", "neither")),
    ],
)
def test_answer_is_taken_out_by_its_cues(text: str, expected: tuple[str, str]) -> None:
    assert extracted(text) == expected


@given(st.text(), st.text(max_size=40))
def test_what_was_written_is_found_again_unless_an_answer_holds_a_cue(pivot: str, target: str) -> None:
    text = two_answers(pivot, target, pivot_cue=EN, target_cue=KO, instruction="English instruction: x")
    assert extracted(text) == (target.strip(), "both")


def test_cues_of_languages_and_of_the_user() -> None:
    assert [response_cue(tag) for tag in ("en-GB", "ko", "zh-Hant")] == [EN, KO, "中文回复："]
    assert response_cue("de") == "German response:"
    assert response_cue("KO", {"ko": "답:"}) == "답:"
    assert instruction_cue("ko") == "한국어 지시:"
