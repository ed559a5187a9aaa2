"""A converted translation model is used only if it is the same model; the conversion is made once."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cscl_data.errors import BackendError, ConfigError
from cscl_data.translators import agreement, load_translator
from cscl_data.translators.agreement import Agreement
from cscl_data.translators.conversion import conversion_facts, convert, is_whole, quantization_for
from cscl_data.translators.description import describe, model_files
from cscl_data.translators.model_cache import cache_home, cached_models, converted
from tests import tiny_models

pytestmark = pytest.mark.backend

FAMILIES = {
    "marian": tiny_models.save_marian,
    "m2m100": tiny_models.save_m2m100,
    "nllb": tiny_models.save_nllb,
    "mbart": tiny_models.save_mbart,
    "mbart-25": lambda work: tiny_models.save_mbart(work, first=True),
    "t5": tiny_models.save_t5,
}
FLOAT32 = {"device": "cpu", "compute_type": "float32"}


@pytest.fixture(scope="module")
def marian(tmp_path_factory) -> Path:
    source = tiny_models.save_marian(tmp_path_factory.mktemp("originals"))
    (source / "README.md").write_text("---\nlicense: cc-by-4.0\n---\n", encoding="utf-8")
    return source


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.parametrize("family", FAMILIES)
def test_families_convert_and_agree(tmp_path, family):
    source = FAMILIES[family](tmp_path)
    translator = load_translator(str(source), device="cpu", compute_type="float32")
    assert translator.settings["family"] == family.partition("-")[0]
    translator.check_pair("en", "ko")
    [made] = cached_models()
    found = conversion_facts(made)["agreement"]
    assert found["sentences"] == 68
    assert min(found["tokens"], found["outputs"]) >= agreement.MIN_SAME
    assert [one.problem for one in translator.translate(["the old model runs", ""], "en", "ko")][1] == ""


def test_conversion_to_another_model_is_refused(tmp_path):
    """Trained from scratch, a Marian starts from the vector of its padding; the converter takes that for zeros."""
    source = tiny_models.save_marian(tmp_path, last_row=1.0)
    with pytest.raises(BackendError, match=r"makes another model of it; greedy outputs are the same for \d+% of 68"):
        load_translator(str(source), **FLOAT32)
    assert list(cache_home().iterdir()) == []


def test_other_tokens_than_those_of_the_tokenizer_are_refused(tmp_path):
    """A SentencePiece model that is not that of tokenizer.json beside it would be ours to cut with."""
    source = tiny_models.save_nllb(tmp_path)
    tiny_models.train_sentencepiece(source / "sentencepiece.bpe.model")
    with pytest.raises(BackendError, match=r"its own tokenizer gives the same tokens as ours for \d+% of 68"):
        load_translator(str(source), **FLOAT32)
    assert list(cache_home().iterdir()) == []


def test_a_compute_type_that_says_other_things_is_refused():
    Agreement(68, tokens=1.0, outputs=1.0, overlap=0.7).check("m", "int8")
    with pytest.raises(BackendError, match=r"m: not used as int8: its outputs share 69% of their pieces") as caught:
        Agreement(68, tokens=1.0, outputs=1.0, overlap=0.69).check("m", "int8")
    assert "--compute-type float32" in caught.value.hint


def test_conversion_is_made_once_and_named_by_weights_and_compute_type(tmp_path, marian):
    first = converted(marian, name="m", **FLOAT32)
    stamp = (first / "model.bin").stat().st_mtime_ns
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(marian, elsewhere)
    assert converted(elsewhere, name="m", **FLOAT32) == first
    assert (first / "model.bin").stat().st_mtime_ns == stamp
    int8 = converted(marian, name="m", device="cpu", compute_type="auto")
    assert conversion_facts(int8)["quantization"] == "int8"
    assert (int8 / "model.bin").stat().st_size < (first / "model.bin").stat().st_size
    assert cached_models() == sorted([first, int8])


def test_damaged_conversion_is_made_anew(tmp_path, marian):
    made = converted(marian, name="m", **FLOAT32)
    whole = (made / "model.bin").read_bytes()
    damages = {"model.bin": (whole[:-100], whole[:-4] + bytes(4), None), "conversion.json": (b"{", b"[]", None)}
    for name, contents in damages.items():
        for content in contents:
            copy = tmp_path / "copy"
            shutil.copytree(made, copy)
            assert is_whole(copy)
            (copy / name).unlink()
            if content is not None:
                (copy / name).write_bytes(content)
            assert not is_whole(copy)
            shutil.rmtree(copy)
    (made / "model.bin").write_bytes(whole[:-100])
    assert converted(marian, name="m", **FLOAT32) == made
    assert is_whole(made)
    assert (made / "model.bin").read_bytes() == whole
    assert list(cache_home().iterdir()) == [made]


def test_a_rival_that_was_faster_keeps_its_place(tmp_path, marian):
    place = tmp_path / "place"
    options = {"name": "m", "quantization": "float32", "compute_type": "float32"}
    convert(marian, place, **options)
    stamp = (place / "model.bin").stat().st_mtime_ns
    convert(marian, place, **options)
    assert (place / "model.bin").stat().st_mtime_ns == stamp
    convert(marian, place, **options, replace=True)
    assert (place / "model.bin").stat().st_mtime_ns > stamp
    assert is_whole(place)
    assert list(tmp_path.iterdir()) == [place]


def test_two_at_the_same_time_leave_one_whole_conversion(marian):
    with ThreadPoolExecutor(2) as pool:
        places = list(pool.map(lambda _: converted(marian, name="m", **FLOAT32), range(2)))
    assert places[0] == places[1]
    assert is_whole(places[0])
    assert list(cache_home().iterdir()) == [places[0]]


def test_a_plan_converts_nothing_and_finds_what_is_converted(marian):
    options = {"tokenizer": None, "beam_size": 1, "deterministic": False, **FLOAT32}
    plan = describe(str(marian), **options)
    assert (plan.sig, plan.settings["family"]) == ("unknown", "unknown")
    assert model_files(str(marian), **FLOAT32) == []
    assert cached_models() == []
    translator = load_translator(str(marian), **FLOAT32)
    plan = describe(str(marian), **options)
    assert (plan.sig, plan.settings["family"]) == (translator.sig, "marian")
    facts = {Path(one.path).name: one for one in model_files(str(marian), **FLOAT32)}
    assert set(facts) >= {"model.bin", "source.spm", "target.spm"}
    assert {one.licence for one in facts.values()} == {"cc-by-4.0"}
    assert facts["model.bin"].path == f"{marian}/model.bin"


@pytest.mark.parametrize(
    ("kind", "told"),
    [("bert", "a model of the kind 'bert', which is not converted"), (None, "its config.json cannot be read")],
)
def test_what_is_no_translation_model_is_one_clear_error(tmp_path, kind, told):
    source = tmp_path / "other"
    source.mkdir()
    (source / "model.safetensors").write_bytes(b"")
    if kind:
        (source / "config.json").write_text(json.dumps({"model_type": kind}), encoding="utf-8")
    with pytest.raises(BackendError, match=told):
        load_translator(str(source), **FLOAT32)


def test_damaged_weights_are_one_clear_error(tmp_path, marian):
    source = tmp_path / "damaged"
    shutil.copytree(marian, source)
    (source / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(BackendError, match="damaged: CTranslate2 does not convert it"):
        convert(source, tmp_path / "out", name="damaged", quantization="float32", compute_type="float32")
    assert not (tmp_path / "out").exists()


def test_weights_are_kept_as_device_and_compute_type_ask():
    assert [quantization_for("cpu", "auto"), quantization_for("cuda:1", "auto")] == ["int8", "float16"]
    assert [quantization_for("cpu", "int16"), quantization_for("cuda", "default")] == ["int16", "float32"]
    with pytest.raises(ConfigError, match="unknown compute type 'int3'"):
        quantization_for("cpu", "int3")
