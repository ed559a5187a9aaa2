"""Which part of an answer in two languages is the answer, told from the options alone."""

from __future__ import annotations

from cscl_data.pipelines.model_evaluation.extraction import read_extraction


def test_answer_is_the_part_in_the_language_of_the_prompt() -> None:
    extraction = read_extraction("plug", None, (), {"en", "ko"})
    assert extraction is not None
    said = "English response: Boil it.\n\n한국어 응답: 끓이세요."
    assert extraction.take(said, "ko") == ("끓이세요.", "both")
    assert extraction.take(said, "en") is None


def test_pivot_and_cues_are_those_given() -> None:
    extraction = read_extraction("plug", "ko", ("en=A:", "ko=답:"), {"en"})
    assert extraction is not None
    assert extraction.take("답: 네.\nA: Yes.", "en") == ("Yes.", "both")
    assert read_extraction(None, None, (), {"en"}) is None
