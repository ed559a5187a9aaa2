"""What is computed from a model, against one text at a time and transformers' own loss, in float64."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from cscl_data.errors import ConfigError
from cscl_data.evaluation.refusals import load_refusals
from cscl_data.pipelines.model_evaluation.answers import answer
from cscl_data.pipelines.model_evaluation.judging import AnswerJudge
from cscl_data.pipelines.model_evaluation.loaded import LoadedModel
from cscl_data.pipelines.model_evaluation.losses import cut, mean_nats, text_loss
from cscl_data.pipelines.model_evaluation.runs import model_of, parse_groups
from cscl_data.pipelines.model_evaluation.settings import ModelSettings
from cscl_data.pipelines.model_evaluation.vectors import sentence_vectors
from tests.language_models import save_language_model

SETTINGS = ModelSettings(device="cpu", batch_size=2, threads=1, max_new_tokens=6)
TEXTS = ["the water", "물", "주전자 속의 물이 끓는다, and the kettle sings.", "bus 4"]


def quiet(_):
    pass


@pytest.fixture(scope="module", params=["llama", "gpt2", "gemma2"])
def place(request, tmp_path_factory):
    return save_language_model(tmp_path_factory.mktemp(request.param) / "model", family=request.param)


@pytest.fixture(scope="module")
def model(place):
    return LoadedModel(str(place), SETTINGS)


@pytest.fixture(scope="module")
def doubled(model):
    """The same model in float64, and a function from a text to its ids with the beginning mark."""
    from cscl_data.train.model import load_model

    return load_model(model.tokenizer.name_or_path).double().eval(), lambda text: model.tokenizer(text)["input_ids"]


def own_loss(whole, ids):
    """The sum over all tokens but the first, by transformers' labels."""
    tensor = torch.tensor([ids])
    with torch.no_grad():
        return whole(input_ids=tensor, labels=tensor).loss.item() * (len(ids) - 1)


def test_loss_is_transformers_own_of_each_text(model, doubled):
    whole, encode = doubled
    loss = text_loss(model, TEXTS, quiet)
    assert loss.nats == pytest.approx(sum(own_loss(whole, encode(text)) for text in TEXTS), rel=1e-5)
    assert loss.tokens == sum(len(encode(text)) - 1 for text in TEXTS)
    assert (loss.n_bytes, loss.texts, loss.unknown) == (sum(len(text.encode()) for text in TEXTS), 4, 0)


def test_long_text_is_read_in_windows_and_every_token_counts_once(place, doubled):
    whole, encode = doubled
    short = LoadedModel(str(place), ModelSettings(device="cpu", context=8))
    ids = encode(TEXTS[2])
    assert len(ids) > 16
    windows = list(cut(ids[1:], ids[0], 8))
    assert [token for window in windows for token in window[1:]] == ids[1:]
    assert text_loss(short, TEXTS, quiet).tokens == sum(len(encode(text)) - 1 for text in TEXTS)
    expected = sum(own_loss(whole, window) for window in windows)
    assert text_loss(short, [TEXTS[2]], quiet).nats == pytest.approx(expected, rel=1e-5)


def test_mean_loss_ranks_texts_and_an_empty_one_is_last(model, doubled):
    whole, encode = doubled
    found = mean_nats(model, ["the water", "", "물"], quiet)
    assert found[1] == math.inf
    for text, nats in (("the water", found[0]), ("물", found[2])):
        ids = encode(text)
        assert nats == pytest.approx(own_loss(whole, ids) / (len(ids) - 1), rel=1e-5)


@pytest.mark.parametrize("pooling", ["weighted", "mean", "last"])
def test_vectors_are_pooled_states_of_each_text_alone(place, doubled, pooling):
    whole, encode = doubled
    model = LoadedModel(str(place), ModelSettings(device="cpu", batch_size=3, pooling=pooling))
    vectors = sentence_vectors(model, TEXTS, quiet)
    for number, text in enumerate(TEXTS):
        with torch.no_grad():
            states = whole(input_ids=torch.tensor([encode(text)]), output_hidden_states=True).hidden_states
        for layer, of_layer in enumerate(states):
            tokens = of_layer[0, 1:].numpy()
            n = len(tokens)
            by_hand = {
                "weighted": sum((i + 1) * token for i, token in enumerate(tokens)) / sum(range(1, n + 1)),
                "mean": sum(tokens) / n,
                "last": tokens[-1],
            }[pooling]
            assert np.allclose(vectors[layer, number], by_hand, rtol=1e-3, atol=1e-3 * np.abs(by_hand).max())
    assert len(vectors) == model.model.config.num_hidden_layers + 1


def test_answers_are_the_likeliest_token_each_time(model, doubled):
    whole, _ = doubled
    prompts = ["the kettle", "아침에 마시는 녹차"]
    expected = []
    for prompt in prompts:
        ids = model.tokenizer(prompt + "\n")["input_ids"]
        said = []
        for _ in range(SETTINGS.max_new_tokens):
            with torch.no_grad():
                said.append(int(whole(input_ids=torch.tensor([ids + said])).logits[0, -1].argmax()))
            if said[-1] == model.tokenizer.eos_token_id:
                break
        expected.append(model.tokenizer.decode(said, skip_special_tokens=True).strip())
    assert answer(model, prompts, quiet) == expected
    assert any(expected)


def test_large_vocabulary_is_computed_in_chunks_and_the_same(tmp_path):
    place = save_language_model(tmp_path / "model", vocab_size=4096)
    model = LoadedModel(str(place), SETTINGS)
    nats = text_loss(model, TEXTS, quiet).nats
    with torch.no_grad():
        losses = [own_loss(model.model, model.tokenizer(text)["input_ids"]) for text in TEXTS]
    assert nats == pytest.approx(sum(losses), rel=1e-5)


def test_bfloat16_is_read_as_such_and_near_float32(place, model):
    half = LoadedModel(str(place), ModelSettings(device="cpu", dtype="bfloat16"))
    assert {weight.dtype for weight in half.model.parameters()} == {torch.bfloat16}
    assert text_loss(half, TEXTS, quiet).nats == pytest.approx(text_loss(model, TEXTS, quiet).nats, rel=0.05)


def test_context_beyond_the_model_is_refused(place):
    with pytest.raises(ConfigError, match=r"--context 4000: .* reads at most 128 tokens"):
        LoadedModel(str(place), ModelSettings(device="cpu", context=4000))


def test_language_of_an_answer():
    judge = AnswerJudge(load_refusals(), ["en", "id", "ja", "ko"])
    for text, lang, fits in (
        ("파일을 열려면 먼저 이름을 적으세요.", "ko", True),
        ("You can open the file with this command.", "ko", False),
        ("You can open the file with this command.", "en", True),
        ("Berkas ini dapat dibuka dengan perintah berikut.", "en", False),
        ("Berkas ini dapat dibuka dengan perintah berikut.", "id", True),
        ("このファイルは次のコマンドで開けます。", "ja", True),
        ("12 + 4 = 16", "en", False),
        ("", "ko", False),
    ):
        judged = judge.judge(text, lang)
        assert (text, judged.in_language) == (text, fits)
        assert judged.empty is not any(char.isalpha() for char in text)


def test_groups_are_models_runs_and_seeds(tmp_path, monkeypatch):
    for name in ("a/model", "b/model", "plain"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "config.json").write_text("{}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    groups = parse_groups(["cscl=a,b", "plain"])
    assert groups == (("cscl", ("a/model", "b/model")), ("plain", ("plain",)))
    assert model_of("hub:org/name") == "hub:org/name"
    for wrong, what in (
        (["a,a"], "comes twice"),
        (["x=a", "x=b"], "two are called"),
        (["nowhere"], "no such directory"),
    ):
        with pytest.raises(ConfigError, match=what):
            parse_groups(wrong)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError, match="no model in it"):
        parse_groups(["empty"])
    with pytest.raises(ConfigError, match="no model is given"):
        parse_groups([])
