"""A model that ships code of its own is refused by name without the flag, and runs with a warning with it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cscl_data.errors import BackendError
from cscl_data.io.trust import FLAG, code_of, trust_code
from tests.aligners.tiny_encoders import build_bert
from tests.cli.calling import EN_KO, KOREAN, call, make
from tests.language_models import save_language_model

CODE = """
from pathlib import Path
from transformers import BertConfig, BertModel, LlamaConfig, LlamaForCausalLM
Path({mark!r}).touch()
class OwnLlamaConfig(LlamaConfig):
    model_type = "own-llama"
class OwnLlama(LlamaForCausalLM):
    config_class = OwnLlamaConfig
class OwnBertConfig(BertConfig):
    model_type = "own-bert"
class OwnBert(BertModel):
    config_class = OwnBertConfig
"""


@pytest.fixture(autouse=True)
def modules(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Keep the code of these models out of the user's cache, and the flag out of other tests."""
    from transformers import dynamic_module_utils

    folder = tmp_path / "modules"
    folder.mkdir()
    monkeypatch.setattr(dynamic_module_utils, "HF_MODULES_CACHE", str(folder))
    monkeypatch.syspath_prepend(str(folder))
    yield
    trust_code(False)


def with_own_code(folder: Path, kind: str, autos: tuple[str, ...]) -> Path:
    """Let a saved model be of a kind that only its own code knows; the code leaves a mark where it runs."""
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    name = f"Own{kind.title()}"
    own = {"AutoConfig": f"modelling.{name}Config", **dict.fromkeys(autos, f"modelling.{name}")}
    path.write_text(json.dumps({**config, "model_type": f"own-{kind}", "auto_map": own}), encoding="utf-8")
    (folder / "modelling.py").write_text(CODE.format(mark=str(mark_of(folder))), encoding="utf-8")
    return folder


def mark_of(folder: Path) -> Path:
    return folder / "it-ran"


@pytest.fixture
def language_model(tmp_path: Path) -> Path:
    return with_own_code(save_language_model(tmp_path / "llm"), "llama", ("AutoModelForCausalLM", "AutoModel"))


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text("the water in the kettle\n\nmorning tea, a cup of it\n", encoding="utf-8")
    return path


def test_code_of_a_language_model_runs_only_with_the_flag(language_model: Path, text: Path, caplog) -> None:
    run = ("evaluate", "model", "--model", f"m={language_model}", "--device", "cpu", "--text", f"en={text}")
    called = call(*run)
    assert (called.code, mark_of(language_model).exists()) == (4, False), called.stderr
    assert f"{language_model}: needs code of its own" in called.stderr
    assert f"hint: read its .py files; {FLAG} runs them" in called.stderr
    make(*run, FLAG)
    assert mark_of(language_model).exists()
    assert [f"{language_model}: {FLAG}, so its own code runs" in line for line in caplog.messages].count(True) == 1
    mark_of(language_model).unlink()
    assert call(*run).code == 4, "the flag is for one command"


def test_training_and_new_vocabularies_take_the_flag(language_model: Path, text: Path, tmp_path: Path) -> None:
    make("make-mono", text, text, "--src-lang", "en", "--tgt-lang", "id", "--out", tmp_path / "mono")
    train = ("train", "--model", language_model, "--stage", f"mono={tmp_path / 'mono'}@1steps", "--device", "cpu")
    train = (*train, "--context", "32", "--batch-size", "1", "--threads", "1")
    tokens = ("init-embeddings", "--method", "mean", "--model", language_model, "--tokenizer", language_model)
    tokens = (*tokens, "--no-copy-shared")
    for command in (train, tokens):
        out = tmp_path / command[0]
        refused = call(*command, "--out", out)
        assert (refused.code, FLAG in refused.stderr) == (4, True), refused.stderr
        make(*command, FLAG, "--out", out)


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_code_of_an_encoder_runs_only_with_the_flag(tmp_path: Path, workers: int) -> None:
    encoder = with_own_code(build_bert(tmp_path / "bert"), "bert", ("AutoModel",))
    run = ("align", KOREAN, *EN_KO, "--aligner", "simalign", "--encoder", encoder, "--layer", 2, "--limit", 4)
    run = (*run, "--device", "cpu", "--workers", workers, "--shard-rows", 2, "--out", tmp_path / "out")
    refused = call(*run)
    assert (refused.code, mark_of(encoder).exists()) == (4, False), refused.stderr
    assert FLAG in refused.stderr
    make(*run, FLAG)
    assert mark_of(encoder).exists()


def test_trust_is_refused_where_nothing_could_bring_code(tmp_path: Path) -> None:
    called = call("train", "--model", "tiny", "--stage", f"mono={tmp_path}", FLAG, "--out", tmp_path / "run")
    assert (called.code, f"{FLAG} is for a model or tokenizer of yours" in called.stderr) == (2, True), called.stderr
    text = {"source": str(KOREAN), "target": str(KOREAN)}
    plan = {"src_lang": "en", "tgt_lang": "ko", "budget": "1k", "mono": text}
    plan |= {"bitext": {"input": str(KOREAN), "doc_column": "doc"}}
    refusal = f"{FLAG} is for the encoder of aligner: simalign, and the plan has statistical"
    simalign = {"aligner": "simalign", "encoder": str(tmp_path / "none")}
    for align, said in (({}, refusal), (simalign, f"encoder {tmp_path / 'none'}: no directory")):
        (tmp_path / "plan.json").write_text(json.dumps({**plan, "align": align}), encoding="utf-8")
        called = call("make-curriculum", tmp_path / "plan.json", FLAG, "--out", tmp_path / "out")
        assert (called.code, said in called.stderr) == (2, True), called.stderr
    assert not (tmp_path / "out").exists()


def test_tokenizer_of_a_preset_may_bring_code(language_model: Path, tmp_path: Path) -> None:
    run = ("--model", "tiny", "--tokenizer", language_model, "--stage", f"mono={tmp_path}@1steps", FLAG)
    called = call("train", *run, "--out", tmp_path / "run")
    assert (called.code, "not a shard directory" in called.stderr) == (3, True), called.stderr


def test_other_faults_stay_what_they_are_and_the_environment_alone_decides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: Path, language_model: Path
) -> None:
    with pytest.raises(ValueError, match="broken"), code_of("x"):
        raise ValueError("broken")
    with pytest.raises(BackendError), code_of("x"):
        raise ValueError("set trust_remote_code=True")
    monkeypatch.setenv("CSCL_DATA_TRUST_REMOTE_CODE", "1")
    called = call("evaluate", "model", "--model", f"m={language_model}", "--text", f"en={text}")
    assert called.code == 4
    assert "CSCL_DATA_TRUST_REMOTE_CODE" not in os.environ
