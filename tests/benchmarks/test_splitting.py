"""What the benchmark of sentence splitting counts, on lines whose ends are known."""

from __future__ import annotations

from benchmarks.splitting import Score, joined, of_spacy, ours


def test_lines_are_joined_as_their_language_asks_and_their_ends_are_known():
    assert joined(["A b.", "C d."], "en") == ("A b. C d.", {4})
    assert joined(["一つ。", "二つ。"], "ja") == ("一つ。二つ。", {3})


def test_ends_found_and_cuts_within_lines_are_counted_apart():
    text, ends = joined(["See Dr. Kim. Then rest.", "Go on."], "en")
    assert ours(text, "en") == {12, 23}
    assert of_spacy("en")(text) >= {12, 23}
    assert Score().plus(ours(text, "en"), ends) == Score(ends=1, found=1, within=1)
