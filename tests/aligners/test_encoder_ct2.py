"""A converted encoder is used only if it is the same model; the conversion is made once."""

import json

import numpy as np
import pytest

from cscl_data.aligners import encoder_ct2
from cscl_data.aligners.encoder_ct2 import Ct2Runner, cache_home
from cscl_data.aligners.encoder_loading import load_encoder
from cscl_data.aligners.encoder_torch import TorchRunner
from cscl_data.errors import BackendError
from tests.aligners.test_encoder import SENTENCES, configurations, subwords_of
from tests.aligners.tiny_encoders import build_bert, build_encoder

pytestmark = pytest.mark.backend


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.parametrize("family", ["bert", "distilbert", "roberta", "xlm-roberta"])
def test_families_convert_and_agree(tmp_path, family):
    path = tmp_path / family
    path = str(build_bert(path) if family == "bert" else build_encoder(path, configurations()[family]))
    fast, plain = load_encoder(path, layer=3), load_encoder(path, layer=3, compute_type="bfloat16")
    assert isinstance(fast.run, Ct2Runner)
    assert isinstance(plain.run, TorchRunner)
    for one, two in zip(fast.vectors(subwords_of(fast)), plain.vectors(subwords_of(plain)), strict=True):
        cosine = (one * two).sum(axis=1) / np.linalg.norm(one, axis=1) / np.linalg.norm(two, axis=1)
        assert cosine.min() > 0.99


def test_conversion_is_made_once_and_keyed_by_weights_and_layer(tmp_path, monkeypatch):
    monkeypatch.setattr(encoder_ct2, "MIN_LINK_F1", 0.5)  # so small a model suffers from int8
    path = str(build_bert(tmp_path / "bert"))
    load_encoder(path, layer=2)
    [made] = cache_home().iterdir()
    stamp = (made / "model.bin").stat().st_mtime_ns
    load_encoder(path, layer=2, compute_type="int8")
    assert [made] == list(cache_home().iterdir())
    assert (made / "model.bin").stat().st_mtime_ns == stamp
    assert json.loads((made / "int8.json").read_text())["link_f1"] > 0.5
    load_encoder(path, layer=3)
    load_encoder(str(build_bert(tmp_path / "other", seed=1)), layer=2)
    assert len(list(cache_home().iterdir())) == 3


@pytest.mark.parametrize("trap", ["causal", "pad"])
def test_conversion_to_another_model_is_refused(tmp_path, caplog, trap):
    """Both convert without an error: a causal BERT into one that sees what comes after, and a RoBERTa whose padding has
    id 0 into one with its positions off by one."""
    if trap == "causal":
        path = str(build_bert(tmp_path / trap, is_decoder=True))
    else:
        path = str(build_encoder(tmp_path / trap, configurations()["roberta"], pad=0))
    encoder = load_encoder(path, layer=2)
    assert isinstance(encoder.run, TorchRunner)
    assert "another one" in caplog.text
    with pytest.raises(BackendError, match=r"int8 is not to be had \(the converted model is another one") as caught:
        load_encoder(path, layer=2, compute_type="int8")
    assert caught.value.hint == "give --compute-type bfloat16"
    assert list(cache_home().iterdir()) == []


def test_int8_that_finds_other_links_is_refused(tmp_path):
    """32 numbers a vector are too few to survive 8 bits."""
    path = str(build_bert(tmp_path / "bert"))
    with pytest.raises(BackendError, match=r"link F1 against float32 is 0\.\d+ on real sentences, below") as caught:
        load_encoder(path, layer=2, compute_type="int8")
    assert caught.value.hint == "give --compute-type bfloat16"


def test_cache_that_cannot_be_written_costs_float32_only_speed(tmp_path, monkeypatch, caplog):
    path = str(build_bert(tmp_path / "bert"))
    expected = load_encoder(path, layer=2)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    encoder = load_encoder(path, layer=2)
    assert isinstance(encoder.run, TorchRunner)
    assert "float32 runs in torch" in caplog.text
    for one, two in zip(encoder.vectors(subwords_of(encoder)), expected.vectors(subwords_of(encoder)), strict=True):
        assert np.allclose(one, two, atol=1e-5 * np.abs(two).max())
    with pytest.raises(BackendError, match="int8 is not to be had"):
        load_encoder(path, layer=2, compute_type="int8")


def test_torn_conversion_is_made_anew(tmp_path):
    """A directory without its model is what no finished conversion leaves; an empty one stands in nobody's way."""
    path = str(build_bert(tmp_path / "bert"))
    load_encoder(path, layer=2)
    [made] = cache_home().iterdir()
    for file in made.iterdir():
        file.unlink()
    encoder = load_encoder(path, layer=2)
    assert isinstance(encoder.run, Ct2Runner)
    assert len(encoder.vectors(subwords_of(encoder))) == len(SENTENCES)
