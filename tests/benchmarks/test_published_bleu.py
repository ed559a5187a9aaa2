"""Which outputs the benchmark of published scores compares."""

from __future__ import annotations

from pathlib import Path

from benchmarks.published_bleu import Compared, compared


def test_every_system_with_a_score_is_compared_with_the_reference(tmp_path: Path) -> None:
    folder = tmp_path / "ko-en"
    folder.mkdir()
    text = "The goat eats the roof of the house.\nIt rains on the island today.\n"
    for name in ("flores-dev.en", "flores-dev.same.en", "flores-dev.unscored.en"):
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "flores-dev.same.en.bleu").write_text("99.9\n", encoding="utf-8")
    [row] = compared(folder)
    assert (row.pair, row.system, row.published) == ("ko-en", "same", 99.9)
    assert row.is_near
    assert not Compared("ko-en", "x", 30.0, 30.2).is_near
    assert not Compared("en-ja", "x", 30.0, None).is_near
