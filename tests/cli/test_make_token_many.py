"""`make-token-cs` with several target languages: a row for each, or all of them in one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cscl_data.records import Edit, restore
from tests.cli.calling import JAPANESE, KOREAN, assert_conserved, call, make, manifest, rows

N = 24


@pytest.fixture(scope="module")
def parallel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """English with Korean and Japanese, from the shipped examples; one row lacks its Japanese."""
    korean, japanese = (
        {row["translation"]["en"]: row["translation"] for row in map(json.loads, path.read_text().splitlines())}
        for path in (KOREAN, JAPANESE)
    )
    path = tmp_path_factory.mktemp("many") / "parallel.jsonl"
    both = [en for en in korean if en in japanese][:N]
    lines = [
        {"id": f"r{i}", "en": en, "ko": korean[en]["ko"], "ja": japanese[en]["ja"] if i else None}
        for i, en in enumerate(both)
    ]
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


MANY = ("--src-lang", "en", "--tgt-lang", "ko", "--tgt-lang", "ja")


def test_every_target_language_has_its_rows(parallel: Path, tmp_path: Path) -> None:
    make("make-token-cs", parallel, *MANY, "--matrix-lang", "both", "--n-variants", 2, "--out", tmp_path / "t")
    made = assert_conserved(tmp_path / "t", N)
    assert made["items"] == 2 * 2 * 2 * N - 2 * 2 + 1, "the row without Japanese is one reject in place of four items"
    found = rows(tmp_path / "t")
    ids = [row["id"] for row in found]
    assert len(set(ids)) == len(ids)
    assert {(row["matrix_lang"], row["embedded_lang"]) for row in found} == {
        ("en", "ko"),
        ("ko", "en"),
        ("en", "ja"),
        ("ja", "en"),
    }
    english = [row for row in found if row["matrix_lang"] == "en"]
    assert {row["id"][-1] for row in english if row["embedded_lang"] == "ja"} <= {"2", "3"}
    assert {row["sig"] for row in found} == {manifest(tmp_path / "t")["sig"]}
    assert "mecab" in made["sig"]
    assert "sudachi" in made["sig"]


def test_rows_of_one_language_are_those_that_it_gets_alone(parallel: Path, tmp_path: Path) -> None:
    make("make-token-cs", parallel, *MANY, "--out", tmp_path / "t", "--shard-rows", 7)
    make("make-token-cs", parallel, "--src-lang", "en", "--tgt-lang", "ko", "--out", tmp_path / "one")
    many = [row["text"] for row in rows(tmp_path / "t") if row["embedded_lang"] == "ko"]
    assert many == [row["text"] for row in rows(tmp_path / "one")]


def test_mix_puts_all_languages_into_one_row(parallel: Path, tmp_path: Path) -> None:
    make("make-token-cs", parallel, *MANY, "--mix", "--ratio", 0.5, "--out", tmp_path / "t")
    found = rows(tmp_path / "t")
    assert manifest(tmp_path / "t")["items"] == N
    switched = [{token["lang"] for token in row["tokens"] if token["switched"]} - {"zxx"} for row in found]
    assert sum(langs == {"ko", "ja"} for langs in switched) > N // 2
    for row in found:
        assert row["embedded_lang"] == "mul"
        edits = [Edit(**edit) for edit in row["edits"]]
        assert restore(row["text"], edits, row["src_text"]) == row["src_text"]
        for edit in edits:
            taken = row["tgt_text"][edit.embedded_start : edit.embedded_end]
            assert taken in row["text"][edit.start : edit.end]
    assert manifest(tmp_path / "t")["report"]["notes"]["fewer_languages_than_asked"] == 1
    assert "|mix:yes" in found[0]["sig"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--tgt-lang", "ko"), "named once"),
        (("--tgt-column", "ko"), "1 --tgt-column for 2"),
        (("--lexicon", "x.tsv"), "is for one target language"),
        (("--mix", "--matrix-lang", "both"), "--matrix-lang src"),
        (("--mix", "--ratio", "0"), "nothing is switched"),
        (("--save-model", "m"), "each --tgt-lang has its own"),
    ],
)
def test_what_goes_with_one_language_is_refused(
    parallel: Path, tmp_path: Path, options: tuple[str, ...], message: str
) -> None:
    called = call("make-token-cs", parallel, *MANY, *options, "--out", tmp_path / "t")
    assert called.code == 2
    assert message in called.stderr


def test_dry_run_shows_one_plan(parallel: Path, tmp_path: Path) -> None:
    called = make("make-token-cs", parallel, *MANY, "--dry-run", "--out", tmp_path / "t")
    assert "tgt_lang = ['ko', 'ja']" in called.stderr
    assert list(tmp_path.iterdir()) == []
