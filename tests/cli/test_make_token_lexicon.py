"""`make-token-cs --method lexicon` from the command line, on text and lexicons of a few lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calling import EN_KO, assert_conserved, call, hashes, make, manifest, rows

TEXT = """\
My grandmother drinks green tea in the kitchen.
The bus leaves the station in the morning.

The kettle stands on the table near the window.
Run `make test` now: 7 + 7.
"""
ENTRIES = (
    ("grandmother", "할머니", "n", "mother of a parent"),
    ("tea", "차", "n", "drink"),
    ("bus", "버스", "n", "vehicle"),
    ("station", "역", "n", "place where buses stop"),
    ("morning", "아침", "n", "part of the day"),
    ("kettle", "주전자", "n", "vessel for water"),
    ("window", "창문", "n", "opening"),
    ("table", "표", "n", "grid of data"),
    ("table", "탁자", "n", "furniture that stands in a kitchen"),
)


@pytest.fixture
def command(tmp_path: Path) -> list[object]:
    text, lexicon = tmp_path / "text.txt", tmp_path / "lexicon.tsv"
    text.write_text(TEXT, encoding="utf-8")
    lines = ("\t".join((word, pos, translation, gloss)) + "\n" for word, translation, pos, gloss in ENTRIES)
    lexicon.write_text("".join(lines), encoding="utf-8")
    return ["make-token-cs", text, *EN_KO, "--method", "lexicon", "--lexicon", lexicon, "--priors", "none"]


def test_rows_rejects_and_sig(tmp_path: Path, command: list[object]) -> None:
    called = make(*command, "--ratio", 1, "--workers", 1, "--json", "--out", tmp_path / "t")
    made = assert_conserved(tmp_path / "t", 4)
    assert made["rejects_by_reason"] == {"no_candidate": 1}
    assert "lexicon: 9 entries" in called.stderr
    assert made["sig"] == (
        "schema:token_cs/1|method:lexicon.3|"
        f"lexicon:{next(item['sha256'] for item in made['inputs'] if item.get('role') == 'lexicon')[:8]}"
        "|policy:best|priors:none|segmenter:spacy-en+mecab-ko|unit:phrase|ratio:1.0|matrix:src|constraints:free-morpheme"
        "|seed:0"
    )
    first, second, third = rows(tmp_path / "t")
    assert first["text"] == "My 할머니 drinks green 차 in the kitchen."
    assert (first["tgt_text"], first["doc_id"]) == ("할머니\n차", f"{tmp_path}/text.txt#1")
    assert second["id"] == f"{tmp_path}/text.txt:2/en/0"
    assert third["text"] == "The 주전자 stands on the 탁자 near the 창문."
    make("inspect", tmp_path / "t")


def test_without_a_limit_no_row_is_counted_as_riskier(tmp_path: Path, command: list[object]) -> None:
    (tmp_path / "text.txt").write_text("The table stands near the kitchen.\n", encoding="utf-8")
    called = make(*command, "--out", tmp_path / "t")
    [row] = rows(tmp_path / "t")
    assert row["tgt_text"] == "탁자", "one sense of two, and so not sure"
    assert "riskier" not in called.stderr
    assert "riskier_than_the_limit" not in json.dumps(manifest(tmp_path / "t"))


def test_shards_and_a_second_run_change_nothing(tmp_path: Path, command: list[object]) -> None:
    make(*command, "--out", tmp_path / "a")
    make(*command, "--shard-rows", 1, "--out", tmp_path / "b")
    texts = [[row["text"] for row in rows(tmp_path / name)] for name in ("a", "b")]
    assert texts[0] == texts[1]
    before = hashes(tmp_path / "a")
    assert "1 of 1 shards were there already" in make(*command, "--out", tmp_path / "a").stderr
    assert hashes(tmp_path / "a") == before


def test_either_column_may_be_the_language_of_the_text(tmp_path: Path, command: list[object]) -> None:
    korean = tmp_path / "ko.jsonl"
    korean.write_text(json.dumps({"id": "k1", "text": "할머니가 아침에 차를 마신다."}) + "\n", encoding="utf-8")
    swapped = [korean, "--src-lang", "ko", "--tgt-lang", "en", *command[6:]]
    make("make-token-cs", *swapped, "--ratio", 1, "--out", tmp_path / "t")
    [row] = rows(tmp_path / "t")
    assert (row["id"], row["text"]) == ("k1/ko/0", "grandmother가 morning에 tea를 마신다.")
    assert row["tgt_text"] == "grandmother\nmorning\ntea"
    assert ".flipped|" in row["sig"]
    assert manifest(tmp_path / "t")["settings"]["lexicon_flipped"] is True


def test_random_policy_and_ratio_zero(tmp_path: Path, command: list[object]) -> None:
    less = command[:-2]
    make(*less, "--lexicon-policy", "random", "--ratio", 1, "--out", tmp_path / "r")
    assert rows(tmp_path / "r")[0]["text"] == "My 할머니 drinks green 차 in the kitchen."
    assert "|policy:random|segmenter:" in rows(tmp_path / "r")[0]["sig"]
    make(*command, "--ratio", 0, "--out", tmp_path / "z")
    assert [row["text"] for row in rows(tmp_path / "z")] == [line for line in TEXT.split("\n") if line]
    assert {row["tgt_text"] for row in rows(tmp_path / "z")} == {""}


def test_dry_run_shows_the_plan(tmp_path: Path, command: list[object]) -> None:
    called = make(*command, "--dry-run", "--out", tmp_path / "t")
    assert "lexicon_policy = best" in called.stderr
    assert not (tmp_path / "t").exists()


def test_broken_lexicon_is_named(tmp_path: Path, command: list[object]) -> None:
    (tmp_path / "lexicon.tsv").write_text("one\n", encoding="utf-8")
    called = call(*command, "--out", tmp_path / "t")
    assert (called.code, "lexicon.tsv:1" in called.stderr) == (3, True)
