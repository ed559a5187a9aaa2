"""`align` from the command line: one row for every readable pair, in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import EN_KO, JAPANESE, KOREAN, assert_conserved, bitext_rows, call, make, rows

N = 20
ALIGN = ("align", KOREAN, *EN_KO, "--limit", N)


def test_one_row_a_pair_in_order_with_links_over_its_own_text(tmp_path: Path) -> None:
    make(*ALIGN, "--shard-rows", 8, "--out", tmp_path / "a")
    assert_conserved(tmp_path / "a", N)
    source = bitext_rows(KOREAN, N)
    made = rows(tmp_path / "a")
    assert [row["pair_id"] for row in made] == [row["id"] for row in source]
    for row, pair in zip(made, source, strict=True):
        for side, lang in (("src", "en"), ("tgt", "ko")):
            text = pair["translation"][lang]
            covered = "".join(text[token["start"] : token["end"]] for token in row[f"{side}_tokens"])
            assert covered == "".join(text.split())
        assert row["pharaoh"] == " ".join(f"{link['src']}-{link['tgt']}" for link in row["links"])
    assert sum(bool(row["links"]) for row in made) > N / 2


def test_pharaoh_file_gives_its_links_back(tmp_path: Path) -> None:
    make(*ALIGN, "--out", tmp_path / "a")
    lines = [row["pharaoh"] for row in rows(tmp_path / "a")]
    (tmp_path / "links.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    make(*ALIGN, "--aligner", "pharaoh", "--links", tmp_path / "links.txt", "--shard-rows", 8, "--out", tmp_path / "b")
    assert [row["pharaoh"] for row in rows(tmp_path / "b")] == lines
    ones = [" ".join("-".join(str(int(n) + 1) for n in link.split("-")) for link in line.split()) for line in lines]
    (tmp_path / "ones.txt").write_text("\n".join(ones) + "\n", encoding="utf-8")
    from_one = ("--aligner", "pharaoh", "--links", tmp_path / "ones.txt", "--one-indexed")
    make(*ALIGN, *from_one, "--out", tmp_path / "c")
    assert [row["pharaoh"] for row in rows(tmp_path / "c")] == lines


def test_pretokenized_text_is_linked_by_its_own_tokens(tmp_path: Path) -> None:
    bitext = tmp_path / "b.tsv"
    lines = ["green tea\t녹차 는", "green tea is good\t녹차 는 좋다", "it is good\t그것은 좋다"]
    bitext.write_text("\n".join(lines) + "\n", encoding="utf-8")
    make("align", bitext, *EN_KO, "--pretokenized", "--fit-on", KOREAN, "--out", tmp_path / "a")
    for row, line in zip(rows(tmp_path / "a"), lines, strict=True):
        for side, text in zip(("src", "tgt"), line.split("\t"), strict=True):
            assert [text[token["start"] : token["end"]] for token in row[f"{side}_tokens"]] == text.split(" ")


def test_empty_side_keeps_its_row_and_says_why(tmp_path: Path) -> None:
    bitext = tmp_path / "b.tsv"
    bitext.write_text(
        "green tea is good\t녹차는 맛이 좋다\nnothing\t\nit is good tea\t맛이 좋은 차다\n", encoding="utf-8"
    )
    make("align", bitext, *EN_KO, "--out", tmp_path / "a")
    assert [(row["skipped"], bool(row["links"])) for row in rows(tmp_path / "a")] == [
        (None, True),
        ("empty_side", False),
        (None, True),
    ]


def test_min_score_drops_links(tmp_path: Path) -> None:
    make(*ALIGN, "--out", tmp_path / "a")
    make(*ALIGN, "--min-score", 0.9, "--out", tmp_path / "b")
    for all_links, kept in zip(rows(tmp_path / "a"), rows(tmp_path / "b"), strict=True):
        assert kept["links"] == [link for link in all_links["links"] if link["score"] >= 0.9 - 1e-6]


def test_tokenizers_are_part_of_the_plan(tmp_path: Path) -> None:
    japanese = ("align", JAPANESE, "--src-lang", "en", "--tgt-lang", "ja", "--limit", 3, "--dry-run", "--out", tmp_path)
    assert "segmenter:spacy-en+sudachi-A" in make(*japanese).stderr
    assert (
        "segmenter:moses-en+whitespace" in make(*japanese, "--tokenizer", "moses", "--segmenter", "whitespace").stderr
    )
    assert call(*japanese, "--segmenter", "jieba").code == 2


@pytest.mark.parametrize("aligner", ["lexicon", "statistical"])
def test_align_says_what_it_read_of_a_lexicon(tmp_path: Path, aligner: str) -> None:
    (tmp_path / "lexicon.tsv").write_text("tea\t차, 홍차\nrun\tv\t뛰다\n", encoding="utf-8")
    options = ("--aligner", aligner, "--lexicon", tmp_path / "lexicon.tsv", "--limit", 5, "--out", tmp_path / "a")
    called = make("align", KOREAN, *EN_KO, *options)
    assert "lexicon: 2 entries; 1 lines passed over, the first is" in called.stderr
