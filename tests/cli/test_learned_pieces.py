"""`--segmenter learned`: learned once a job, kept and loaded with the aligner, the same however the job is run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calling import EN_KO, EXAMPLE, JAPANESE, KOREAN, bitext_rows, call, hashes, make, manifest, rows

LEARN = ("align", KOREAN, *EN_KO, "--segmenter", "learned", "--limit", 60)
NAMES = "learned-8000-spacy-en+learned-8000-spacy-ko"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    here = tmp_path_factory.mktemp("learned")
    make(*LEARN, "--save-model", here / "model", "--out", here / "whole")
    return here


def test_tokens_are_pieces_and_sig_plan_and_manifest_name_them(made: Path) -> None:
    found = manifest(made / "whole")
    assert f"|segmenter:{NAMES}|" in found["sig"]
    assert "|priors:none|" in found["sig"]
    assert found["settings"]["segmenter"] == "learned"
    assert found["settings"]["tgt_tokenizer"] == "learned-8000-spacy-ko"
    plan = json.loads((made / "whole" / ".cscl" / "plan.json").read_text(encoding="utf-8"))
    assert plan["settings"]["src_tokenizer"] == "learned-8000-spacy-en"
    touching = sum(
        a["end"] == b["start"]
        for row in rows(made / "whole")
        for a, b in zip(row["tgt_tokens"], row["tgt_tokens"][1:], strict=False)
    )
    assert touching > 200


@pytest.mark.parametrize(("shard_rows", "workers"), [(20, 1), (9, 2)])
def test_shards_and_workers_change_no_row(made: Path, tmp_path: Path, shard_rows: int, workers: int) -> None:
    make(
        *LEARN,
        "--shard-rows",
        shard_rows,
        "--workers",
        workers,
        "--save-model",
        tmp_path / "m",
        "--out",
        tmp_path / "a",
    )
    assert rows(tmp_path / "a") == rows(made / "whole")
    assert len(manifest(tmp_path / "a")["shards"]) == -(-60 // shard_rows)
    assert (tmp_path / "m").read_bytes() == (made / "model").read_bytes()


def test_resumed_job_takes_the_pieces_it_has(made: Path, tmp_path: Path) -> None:
    command = (*LEARN, "--shard-rows", 20, "--out", tmp_path / "a")
    make(*command)
    before = hashes(tmp_path / "a")
    kept = tmp_path / "a" / ".cscl" / "aligner.model"
    written = kept.stat().st_mtime_ns
    for left in ("manifest.json", "data/train-00001.parquet", ".cscl/shards/00001.json", ".cscl/shards/00002.json"):
        (tmp_path / "a" / left).unlink()
    assert "segmenter: learning pieces" not in make(*command).stderr
    assert (hashes(tmp_path / "a"), kept.stat().st_mtime_ns) == (before, written)


def test_saved_model_cuts_and_links_other_text_alike(made: Path, tmp_path: Path) -> None:
    load = ("--segmenter", "learned", "--load-model", made / "model")
    make("align", KOREAN, *EN_KO, *load, "--limit", 25, "--out", tmp_path / "part")
    whole, part = rows(made / "whole")[:25], rows(tmp_path / "part")
    assert [(row["tgt_tokens"], row["links"]) for row in part] == [(row["tgt_tokens"], row["links"]) for row in whole]
    new = tmp_path / "new.tsv"
    new.write_text("An entirely new sentence\t아주 새로운 문장입니다\n", encoding="utf-8")
    make("align", new, *EN_KO, *load, "--out", tmp_path / "new")
    assert len(rows(tmp_path / "new")[0]["tgt_tokens"]) > 3


def test_model_without_pieces_and_pieces_without_the_segmenter_are_refused(made: Path, tmp_path: Path) -> None:
    without = call("align", KOREAN, *EN_KO, "--load-model", made / "model", "--out", tmp_path / "a")
    assert without.code == 2
    assert f"a model for en-ko by {NAMES}, not en-ko by spacy-en+mecab-ko" in without.stderr
    assert "hint: give --segmenter learned" in without.stderr
    make("align", KOREAN, *EN_KO, "--limit", 20, "--save-model", tmp_path / "usual", "--out", tmp_path / "b")
    usual = call(*LEARN, "--load-model", tmp_path / "usual", "--out", tmp_path / "c")
    assert usual.code == 2
    assert f"a model for en-ko by spacy-en+mecab-ko, not en-ko by {NAMES}" in usual.stderr
    moses = call(*LEARN, "--tokenizer", "moses", "--load-model", made / "model", "--out", tmp_path / "d")
    assert (moses.code, "not en-ko by learned-8000-moses-en" in moses.stderr) == (2, True)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--aligner", "lexicon", "--lexicon", "l.tsv"), "the aligner is 'lexicon'"),
        (("--aligner", "simalign", "--encoder", "e"), "the aligner is 'simalign'"),
        (("--aligner", "pharaoh", "--links", "l.txt"), "links made before are given"),
    ],
)
def test_aligners_that_learn_nothing_refuse_it(options: tuple[str, ...], says: str, tmp_path: Path) -> None:
    called = call(*LEARN, *options, "--out", tmp_path / "a")
    assert called.code == 2
    assert f"--segmenter learned is learned where the statistical aligner is fitted, and {says}" in called.stderr
    assert not (tmp_path / "a").exists()


def test_priors_are_not_made_of_pieces(tmp_path: Path) -> None:
    called = call("make-priors", KOREAN, *EN_KO, "--segmenter", "learned", "--out", tmp_path / "p.tsv.gz")
    assert (called.code, "every corpus has its own pieces" in called.stderr) == (2, True)


def test_pretokenized_links_are_over_the_given_tokens(tmp_path: Path) -> None:
    make(*LEARN, "--pretokenized", "--fit-on", KOREAN, "--out", tmp_path / "a")
    for given, row in zip(bitext_rows(KOREAN, 60), rows(tmp_path / "a"), strict=True):
        assert len(row["tgt_tokens"]) == len(given["translation"]["ko"].split())


@pytest.mark.parametrize(
    ("file", "lang"), [(KOREAN, "ko"), (JAPANESE, "ja"), (EXAMPLE / "bitext.en-id.jsonl", "id")], ids=["ko", "ja", "id"]
)
def test_words_are_switched_whole(tmp_path: Path, file: Path, lang: str) -> None:
    command = ("make-token-cs", file, "--src-lang", "en", "--tgt-lang", lang, "--limit", 40, "--matrix-lang", "tgt")
    make(*command, "--segmenter", "learned", "--out", tmp_path / "a")
    found = rows(tmp_path / "a")
    assert len(found) + len(rows(tmp_path / "a", "rejects")) == 40
    assert len(found) >= 35
    if lang == "ko":
        assert any("라는" in row["text"] or "을 " in row["text"] for row in found)
