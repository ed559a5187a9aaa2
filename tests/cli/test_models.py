"""`models`: what ships, what is cached, a conversion of one's own, and `--model` with a directory of transformers."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from cscl_data.io.licences import stated_licence
from tests import tiny_models
from tests.cli.calling import EN_KO, RECORDS, call, make, manifest, rows

pytestmark = pytest.mark.backend


@pytest.fixture(scope="module")
def m2m100(tmp_path_factory) -> Path:
    source = tiny_models.save_m2m100(tmp_path_factory.mktemp("originals"))
    (source / "README.md").write_text("---\nlicense: mit\n---\n", encoding="utf-8")
    return source


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_list_tells_what_ships_and_what_is_cached(m2m100, tmp_path) -> None:
    assert make("models", "list").stdout.splitlines()[0].startswith("ships  default  cscl, ")
    shipped, _ = json.loads(make("models", "list", "--json").stdout)["shipped"]
    assert shipped["directions"] == [["en", "ko"], ["en", "ja"], ["en", "id"]]
    assert shipped["licence"].startswith("Apache-2.0")
    options = ("--model", m2m100, "--device", "cpu", "--compute-type", "float32", "--fields", "question,answers.*.text")
    make(
        "translate-bundle",
        RECORDS,
        *EN_KO,
        *options,
        "--limit",
        2,
        "--fallback",
        "separate,keep-source",
        "--out",
        tmp_path / "b",
    )
    found = json.loads(make("models", "list", "--json").stdout)
    [cached] = found["cached"]
    assert (cached["name"], cached["family"], cached["licence"]) == (str(m2m100), "m2m100", "mit")
    assert "__ko__" in cached["languages"]
    assert Path(cached["path"]).parent == Path(found["cache"])
    line = make("models", "list").stdout.splitlines()[2]
    assert line.startswith(f"cache  {m2m100}  m2m100, float32, {cached['bytes']:,} bytes; __af__, ")
    assert line.endswith("and 92 more; licence: mit")
    assert json.loads(make("doctor", "--json").stdout)["cache"] == {
        "path": found["cache"],
        "models": 1,
        "bytes": cached["bytes"],
    }
    used = {Path(one["path"]).name: one for one in manifest(tmp_path / "b")["inputs"] if one.get("role") == "model"}
    assert used["model.bin"]["path"] == f"{m2m100}/model.bin"
    assert used["model.bin"]["licence"] == "mit"
    assert len(rows(tmp_path / "b")) == 2


def test_a_pair_that_the_model_has_not_is_refused(m2m100, tmp_path) -> None:
    options = ("--model", m2m100, "--device", "cpu", "--compute-type", "float32", "--fields", "question")
    called = call(
        "translate-bundle", RECORDS, "--src-lang", "en", "--tgt-lang", "tlh", *options, "--out", tmp_path / "b"
    )
    assert called.code == 2
    assert f"error: {m2m100}: this m2m100 model does not have the language tlh. It has: __af__" in called.stderr


def test_convert_writes_a_directory_that_translates(m2m100, tmp_path) -> None:
    out = tmp_path / "ct2"
    made = json.loads(make("models", "convert", m2m100, "--out", out, "--quantization", "int8", "--json").stdout)
    assert (made["quantization"], made["path"], made["licence"]) == ("int8", str(out), "mit")
    assert made["agreement"]["outputs"] >= 0.95
    assert stated_licence(out) == "mit"
    again = call("models", "convert", m2m100, "--out", out)
    assert (again.code, "--overwrite" in again.stderr) == (2, True)
    told = make("models", "convert", m2m100, "--out", out, "--quantization", "float32", "--overwrite").stdout
    assert "agrees on 68 sentences: tokens 100%" in told
    assert told.splitlines()[-1] == f"--model {out}"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ct2"]


def test_convert_refuses_what_it_cannot_do(m2m100, tmp_path) -> None:
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("mine", encoding="utf-8")
    for arguments, told in (
        ((m2m100, "--out", full, "--overwrite"), f"--out {full}: is there already"),
        ((m2m100, "--out", tmp_path / "a", "--quantization", "int3"), "unknown quantization 'int3'"),
        ((full, "--out", tmp_path / "a"), f"{full}: no transformers directory"),
    ):
        called = call("models", "convert", *arguments)
        assert (called.code, told in called.stderr) == (2, True), called.stderr
    assert [path.name for path in full.iterdir()] == ["mine.txt"]


def test_pull_converts_what_the_hub_has_and_says_what_it_cannot_fetch(m2m100, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    place = tmp_path / "hub" / "models--some--model"
    (place / "refs").mkdir(parents=True)
    (place / "refs" / "main").write_text("0" * 40, encoding="utf-8")
    shutil.copytree(m2m100, place / "snapshots" / ("0" * 40))
    made = json.loads(make("models", "pull", "hub:some/model", "--compute-type", "float32", "--json").stdout)
    assert (made["name"], made["family"], made["quantization"]) == ("hub:some/model", "m2m100", "float32")
    [cached] = json.loads(make("models", "list", "--json").stdout)["cached"]
    assert cached == made
    called = call("models", "pull", "hub:nobody/none")
    assert called.code == 4
    assert "hub:nobody/none: cannot be fetched from the Hub" in called.stderr
    called = call("models", "pull", "some/model")
    assert (called.code, "expected hub:ORG/NAME" in called.stderr) == (2, True)
