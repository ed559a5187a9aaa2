"""Which records the benchmark of first tries takes, and what it counts."""

from __future__ import annotations

from benchmarks.first_tries import Tried, first_tries, line, plain, refusals, unseen


def page(*texts: str) -> dict[str, list[dict[str, str]]]:
    return {"desc": [{"en": texts[0]}], "examples": [{"en": text} for text in texts[1:]]}


def test_pages_of_which_a_sentence_was_seen_are_left_out_and_equal_ones_count_once() -> None:
    pages = [
        page("List files.", "Show all."),
        page("New.", "show  ALL."),
        page("New."),
        page("New.", "Other."),
        page("New."),
    ]
    assert list(unseen(pages, frozenset({plain("Show all.")}))) == [("New.",), ("New.", "Other.")]


def test_first_tries_are_those_of_records_with_several_fields_and_no_indicator() -> None:
    records = [("Show the file.",), ("List files.", "Show all."), ("Mail a@b.", "Show all.")]
    tried = first_tries(records, ("desc.*.en",), "ko", 0)
    assert [one.fields for one in tried] == [2]
    assert tried[0].strict


def test_a_line_gives_both_shares_of_each_language() -> None:
    tries = {"ko": [Tried(2, True, True), Tried(3, True, False)], "ja": [Tried(2, False, False), Tried(3, True, True)]}
    assert line("pages", tries) == "| pages | 2 | 100.0 / 50.0 | 50.0 / 50.0 |"
    assert line("none", {"ko": []}) == "| none | 0 | 0.0 / 0.0 |"


def test_rejects_are_told_by_their_reason() -> None:
    tries = {"ko": [Tried(2, True, False, "a")], "ja": [Tried(2, True, True), *[Tried(3, False, False, "b")] * 2]}
    assert refusals("pages", tries) == "rejects of pages, all languages: 3 of 4 (b 2, a 1)"
    assert refusals("pages", {"ko": []}) == "rejects of pages, all languages: 0 of 0 (none)"
