"""`init-embeddings` as it is typed: output, plan, errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calling import call, make
from tests.embeddings.vocabularies import byte_level, unigram
from tests.train.tiny_models import tiny_model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("source")
    tokenizer = byte_level()
    tiny_model("llama", vocab_size=len(tokenizer)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("target")
    unigram(words=("the", "나무", "강")).save_pretrained(folder)
    return folder


def test_summary_manifest_and_a_second_time(model: Path, target: Path, tmp_path: Path) -> None:
    arguments = ("init-embeddings", "--method", "mean", "--model", model, "--tokenizer", target, "--json")
    done = make(*arguments, "--out", tmp_path / "out")
    manifest = json.loads(done.stdout)
    assert manifest["command"] == "init-embeddings"
    assert manifest["report"]["target_tokens"] == 265
    assert manifest["elapsed_s"] > 0
    assert f"265 tokens: {manifest['report']['shared']['copied']} shared" in done.stderr
    assert "--out" not in manifest["argv"]
    again = make(*arguments, "--out", tmp_path / "out")
    assert "the same model was there already" in again.stderr
    assert json.loads(again.stdout)["weights"] == manifest["weights"]


def test_options_from_a_file(model: Path, target: Path, tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(f"method: random\nmodel: {model}\ntokenizer: {target}\n", encoding="utf-8")
    done = make("init-embeddings", "--config", tmp_path / "c.yaml", "--seed", 3, "--json", "--out", tmp_path / "out")
    assert json.loads(done.stdout)["settings"]["seed"] == 3


def test_dry_run_tells_signature_and_memory_and_writes_nothing(model: Path, target: Path, tmp_path: Path) -> None:
    for quiet in (("--quiet",), ()):
        done = make(
            *(*quiet, "init-embeddings", "--method", "random", "--model", model, "--tokenizer", target),
            *("--out", tmp_path / "out", "--dry-run"),
        )
        assert "method:random.1" in done.stderr
        assert "memory: about" in done.stderr
    assert not (tmp_path / "out").exists()


def test_two_directions_of_a_bitext_have_two_signatures(model: Path, target: Path, tmp_path: Path) -> None:
    (tmp_path / "b.tsv").write_text("a\tb\n", encoding="utf-8")
    made = ("init-embeddings", "--method", "transtok", "--model", model, "--tokenizer", target)
    for src, tgt in (("en", "ko"), ("ko", "en")):
        languages = ("--src-lang", src, "--tgt-lang", tgt)
        done = make(*made, "--bitext", tmp_path / "b.tsv", *languages, "--out", tmp_path / "out", "--dry-run")
        assert f"|pair:{src}>{tgt}|" in done.stderr


def test_tokenizer_of_the_model_itself_is_nothing_to_do(model: Path, tmp_path: Path) -> None:
    """It was copied in silence. Without copies there is something to do: the rows are made anew."""
    made = ("init-embeddings", "--method", "random", "--model", model, "--tokenizer", model, "--out", tmp_path / "out")
    done = call(*made)
    assert (done.code, "already, so every row would be copied" in done.stderr) == (2, True)
    assert "hint: give the tokenizer of the target language" in done.stderr
    assert not (tmp_path / "out").exists()
    make(*made, "--no-copy-shared")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--method", "saltt"), 2, "unknown method 'saltt'"),
        (("--method", "salt"), 2, "--helper-model DIR"),
        (("--method", "focus", "--static-vectors", "none.vec"), 3, "none.vec: no such file"),
        (("--method", "transtok", "--bitext", "b.tsv"), 2, "--src-lang en --tgt-lang ko"),
        (("--method", "salt", "--helper-model", __file__, "--static-vectors", __file__), 4, "a file, not a directory"),
        (("--method", "mean", "--extend", "4"), 2, "--train-tokenizer TEXT"),
        (("--method", "salt", "--helper-model", "none", "--static-vectors", "v"), 4, "none: no such directory"),
    ],
)
def test_error_names_the_cause_and_its_exit_code(
    model: Path, target: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    done = call("init-embeddings", "--model", model, "--tokenizer", target, "--out", tmp_path / "out", *arguments)
    assert done.code == code
    assert words in done.stderr
    assert not (tmp_path / "out").exists()


def test_output_that_would_take_the_place_of_the_model_is_refused(model: Path, target: Path, tmp_path: Path) -> None:
    made = ("init-embeddings", "--method", "mean", "--tokenizer", target)
    make(*made, "--model", model, "--out", tmp_path / "first")
    done = call(*made, "--model", tmp_path / "first", "--out", tmp_path / "first", "--overwrite")
    assert (done.code, "would take its place" in done.stderr) == (2, True)
