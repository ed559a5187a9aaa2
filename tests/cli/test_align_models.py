"""`align --save-model`, `--load-model` and `--lexicon`: what the statistical aligner has learned, kept and helped."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import EN_KO, JAPANESE, KOREAN, call, make, manifest, rows

ALIGN = ("align", KOREAN, *EN_KO)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    here = tmp_path_factory.mktemp("models")
    make(*ALIGN, "--save-model", here / "model", "--out", here / "whole")
    return here


def test_loaded_model_gives_the_links_of_the_fit_to_any_text(saved: Path, tmp_path: Path) -> None:
    make(*ALIGN, "--load-model", saved / "model", "--limit", 30, "--out", tmp_path / "part")
    whole, part = rows(saved / "whole"), rows(tmp_path / "part")
    assert [row["links"] for row in part] == [row["links"] for row in whole[:30]]
    made = manifest(tmp_path / "part")
    [used] = [item for item in made["inputs"] if item.get("role") == "aligner"]
    assert f"|model:{used['sha256'][:8]}|" in made["sig"]
    assert "priors:" not in made["sig"]


def test_model_is_saved_again_from_a_job_that_is_done(saved: Path, tmp_path: Path) -> None:
    make(*ALIGN, "--save-model", tmp_path / "again", "--out", saved / "whole")
    assert (tmp_path / "again").read_bytes() == (saved / "model").read_bytes()


def test_model_of_other_languages_is_refused(saved: Path, tmp_path: Path) -> None:
    called = call(
        *("align", JAPANESE, "--src-lang", "en", "--tgt-lang", "ja", "--load-model", saved / "model"),
        *("--out", tmp_path / "j"),
    )
    assert called.code == 2
    assert "a model for en-ko by spacy-en+mecab-ko, not en-ja by spacy-en+sudachi-A" in called.stderr


def test_damaged_model_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "model").write_bytes(b"PK no")
    called = call(*ALIGN, "--load-model", tmp_path / "model", "--out", tmp_path / "a")
    assert called.code == 3
    assert "not a saved alignment model" in called.stderr


def test_lexicon_helps_the_statistical_aligner(tmp_path: Path) -> None:
    (tmp_path / "pairs.tsv").write_text("The blue whale sings\t흰긴수염고래가 노래한다\n", encoding="utf-8")
    (tmp_path / "lexicon.tsv").write_text("whale\t고래\nsing\t노래하다\n", encoding="utf-8")
    command = ("align", tmp_path / "pairs.tsv", *EN_KO, "--priors", "none")
    make(*command, "--lexicon", tmp_path / "lexicon.tsv", "--out", tmp_path / "with")
    [row] = rows(tmp_path / "with")
    text = "The blue whale sings"
    tgt = "흰긴수염고래가 노래한다"
    words = {
        (
            text[row["src_tokens"][link["src"]]["start"] : row["src_tokens"][link["src"]]["end"]],
            tgt[row["tgt_tokens"][link["tgt"]]["start"] : row["tgt_tokens"][link["tgt"]]["end"]],
        )
        for link in row["links"]
    }
    assert ("sings", "노래") in words
    assert "|lexicon:" in manifest(tmp_path / "with")["sig"]
    make(*command, "--out", tmp_path / "without")
    assert "|lexicon:" not in manifest(tmp_path / "without")["sig"]
