"""What is trained, and in which way: parts of the model, adapters, less memory."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch._dynamo.utils import counters
from transformers import AutoModelForCausalLM, AutoTokenizer

from cscl_data.errors import BackendError, ConfigError
from cscl_data.train.model import save_model
from cscl_data.train.run import run_train
from cscl_data.train.tokenizer import train_tokenizer
from cscl_data.train.trainable import add_adapters, choose_weights
from tests.train.stage_data import sentences, small_config, write_stage
from tests.train.test_run import log_of, read_log, stop_after, weights_of
from tests.train.tiny_models import FAMILIES, tiny_model


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """A tiny Llama whose embedding has 300 rows, and its tokenizer of 300."""
    directory = tmp_path_factory.mktemp("start")
    tiny_model("llama", vocab_size=300, tie_word_embeddings=False).save_pretrained(directory)
    train_tokenizer(iter(sentences(100)), vocab_size=300, context=64).save_pretrained(directory)
    return directory


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    return f"one={write_stage(tmp_path_factory.mktemp('data') / 's', sentences(90), group_rows=8)}@5steps"


def config_of(start, out, stage, **options):
    return small_config(out, [stage], **{"model": str(start), "vocab_size": None, "lr": 1e-2, **options})


def changed(start, out):
    """Names of the weights that differ, and the rows of the input embedding that do."""
    before = AutoModelForCausalLM.from_pretrained(start).state_dict()
    after = AutoModelForCausalLM.from_pretrained(out / "model").state_dict()
    names = {
        name for name in before if before[name].shape != after[name].shape or not torch.equal(before[name], after[name])
    }
    old, new = (weights["model.embed_tokens.weight"] for weights in (before, after))
    rows = {i for i in range(len(new)) if i >= len(old) or not torch.equal(old[i], new[i])}
    return names, rows


@pytest.mark.parametrize("family", FAMILIES)
def test_attention_of_every_shape_is_found(family):
    model = tiny_model(family)
    assert choose_weights(model, "attention", old_tokens=0) == []
    trained = [name for name, weight in model.named_parameters() if weight.requires_grad]
    assert trained
    assert all("attn" in name for name in trained)
    assert not [name for name, _ in model.named_parameters() if "attn" in name and name not in trained]


def test_attention_that_is_not_found_is_an_error():
    model = torch.nn.Sequential(torch.nn.Linear(2, 2))
    with pytest.raises(ConfigError, match="no weight of this model"):
        choose_weights(model, "attention", old_tokens=0)


def test_train_only_embeddings_leaves_the_rest(tmp_path, start, stage):
    config = config_of(start, tmp_path / "run", stage, train_only="embeddings")
    run_train(config)
    assert changed(start, config.out)[0] == {"model.embed_tokens.weight", "lm_head.weight"}


def test_train_only_new_tokens_leaves_the_old_rows(tmp_path, start, stage):
    config = config_of(start, tmp_path / "run", stage, train_only="new-tokens:280", weight_decay=0.1)
    run_train(config)
    names, rows = changed(start, config.out)
    assert names == {"model.embed_tokens.weight", "lm_head.weight"}
    assert rows
    assert min(rows) >= 280


def test_larger_tokenizer_grows_the_embedding_and_its_rows_are_the_new_ones(tmp_path, start, stage):
    train_tokenizer(iter(sentences(100)), vocab_size=340, context=64).save_pretrained(tmp_path / "large")
    config = config_of(start, tmp_path / "run", stage, train_only="new-tokens", tokenizer=str(tmp_path / "large"))
    run_train(config)
    assert changed(start, config.out)[1] == set(range(300, 340))
    assert len(AutoTokenizer.from_pretrained(config.out / "model")) == 340
    torn = replace(config, out=tmp_path / "torn")
    run_train(torn, should_stop=stop_after(3))
    run_train(torn)
    assert weights_of(torn.out) == weights_of(config.out)


def test_new_tokens_where_nothing_is_new_is_an_error(tmp_path, start, stage):
    with pytest.raises(ConfigError, match="300 rows, none of them is new") as caught:
        run_train(config_of(start, tmp_path / "run", stage, train_only="new-tokens"))
    assert "new-tokens:N" in caught.value.hint


def test_chunks_checkpoints_and_workers_change_memory_but_not_the_losses(tmp_path, start, stage):
    plain = config_of(start, tmp_path / "plain", stage, lr=1e-4)
    run_train(plain)
    losses = [line["loss"] for line in read_log(plain.out / "log.jsonl")]
    for name, options in (
        ("chunked", {"cross_entropy": "chunked"}),
        ("checkpointed", {"gradient_checkpointing": True}),
        ("eager", {"attention": "eager"}),
    ):
        other = replace(plain, out=tmp_path / name, **options)
        run_train(other)
        assert [line["loss"] for line in read_log(other.out / "log.jsonl")] == pytest.approx(losses, rel=1e-5), name
    workers = replace(plain, out=tmp_path / "workers", workers=2)
    run_train(workers)
    assert log_of(workers.out) == log_of(plain.out)


def test_unknown_attention_names_the_known_ones(tmp_path, start, stage):
    with pytest.raises(ConfigError, match="--attention flesh: unknown to transformers") as caught:
        run_train(config_of(start, tmp_path / "run", stage, attention="flesh"))
    assert "sdpa" in caught.value.hint


def test_lora_trains_adapters_and_saves_a_whole_model(tmp_path, start, stage):
    pytest.importorskip("peft")
    for what in ("all", "attention"):
        config = config_of(start, tmp_path / what, stage, lora=4, train_only=what, save_every=2)
        run_train(config)
        names, _ = changed(start, config.out)
        assert names
        assert all(("self_attn" in name) if what == "attention" else ("proj" in name) for name in names)
    torn = replace(config, out=tmp_path / "torn")
    run_train(torn, should_stop=stop_after(3))
    run_train(torn)
    assert log_of(torn.out) == log_of(config.out)
    assert weights_of(torn.out) == weights_of(config.out)


@pytest.mark.parametrize("family", ["llama", "gemma2", "gpt2"])  # the last two tie their embeddings; gpt2 transposes
def test_lora_is_saved_as_peft_merges_it_and_the_trained_model_stays(tmp_path, family):
    peft = pytest.importorskip("peft")
    torch.manual_seed(0)
    model = add_adapters(tiny_model(family), 4, "all")
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    save_model(tmp_path / "model", model, train_tokenizer(iter(sentences(20)), vocab_size=300, context=64))
    assert isinstance(model, peft.PeftModel)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    saved = AutoModelForCausalLM.from_pretrained(tmp_path / "model").state_dict()
    merged = model.merge_and_unload().state_dict()
    assert saved.keys() == merged.keys()
    assert all(torch.equal(tensor, saved[name]) for name, tensor in merged.items())


def test_lora_without_peft_names_the_extra(tmp_path, start, stage, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "peft", None)
    with pytest.raises(BackendError, match="needs the package peft") as caught:
        run_train(config_of(start, tmp_path / "run", stage, lora=4))
    assert "cscl-data[peft]" in caught.value.hint


@pytest.mark.slow
def test_compiled_decoder_has_the_same_losses(tmp_path, start, stage, monkeypatch):
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path / "inductor"))
    plain = config_of(start, tmp_path / "plain", stage, lr=1e-4, cross_entropy="chunked")
    run_train(plain)
    assert not counters["frames"]["ok"]
    compiled = replace(plain, out=tmp_path / "compiled", compile=True)
    run_train(compiled)
    assert counters["frames"]["ok"]
    for one, other in zip(*(read_log(c.out / "log.jsonl") for c in (plain, compiled)), strict=True):
        assert one["loss"] == pytest.approx(other["loss"], rel=1e-5)
