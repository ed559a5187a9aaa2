"""Counts of answers that were taken out of what was said."""

from __future__ import annotations

from cscl_data.evaluation.answers import count_extracted


def test_answers_taken_out_are_counted_by_their_cues() -> None:
    found = count_extracted(["both", "target", "both", "pivot", "neither"])
    assert found == (5, 2, 1, 2)
    assert found.shares() == {"both": 0.4, "monolingual": 0.2, "not found": 0.4}
