"""What the benchmark of false alarms counts."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.human_checks import Pair, alarms, flores, tldr


def test_each_check_is_counted_on_its_own_and_blank_texts_are_not() -> None:
    pairs = [
        Pair("id", "Open the `notes` of 2019.", "Buka `catatan` itu."),
        Pair("id", "Kupang", "Kupang"),
        Pair("ko", "The goat eats the roof of the old house.", "The goat eats what it finds on the way."),
        Pair("ko", "A blank one.", " "),
        Pair("ko", "", "빈 것."),
    ]
    total, counted = alarms(pairs)
    assert total == 3
    assert (counted["protected"], counted["numbers"], counted["copy"]) == (1, 1, 1)
    assert counted["length"] == counted["repetition"] == 0


def test_texts_of_a_set_stand_beside_their_translations(tmp_path: Path) -> None:
    (tmp_path / "tldr").mkdir()
    page = {"desc": [{"en": "List files.", "xx": "Daftar berkas."}], "examples": [{"en": "Show all.", "xx": "Semua."}]}
    for lang in ("ko", "ja", "id", "de", "fr", "es", "zh", "hi"):
        line = json.dumps(page) + "\n" if lang == "id" else ""
        (tmp_path / "tldr" / f"tldr.en-{lang}.jsonl").write_text(line, encoding="utf-8")
    assert list(tldr(tmp_path)) == [Pair("id", "List files.", "Daftar berkas."), Pair("id", "Show all.", "Semua.")]
    folder = tmp_path / "flores200" / "dev"
    folder.mkdir(parents=True)
    for name in ("eng_Latn", "kor_Hang", "jpn_Jpan", "ind_Latn", "deu_Latn", "fra_Latn", "spa_Latn", "zho_Hans"):
        (folder / f"{name}.dev").write_text(f"{name}\n", encoding="utf-8")
    (folder / "hin_Deva.dev").write_text("hin\n", encoding="utf-8")
    assert next(flores(tmp_path)) == Pair("ko", "eng_Latn", "kor_Hang")
