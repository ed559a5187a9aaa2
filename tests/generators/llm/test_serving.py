"""A real OpenAI-compatible server, `transformers serve`, on loopback with a tiny model of random weights."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from cscl_data.generators import token
from cscl_data.generators.llm.client import ChatClient
from cscl_data.generators.llm.responses import Answer
from cscl_data.generators.llm.settings import LlmRun, LlmSettings
from tests.cli.calling import EN_KO, assert_conserved, call, make, manifest, rows
from tests.factories import ten_pairs

pytestmark = [pytest.mark.backend, pytest.mark.slow]
_NEEDED = ("fastapi", "uvicorn", "openai", "pydantic")
_STARTS_IN_S = 120.0
_TEMPLATE = (
    "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)


class Serving(NamedTuple):
    url: str
    model: str


def build_chat_model(folder: Path) -> Path:
    """A one-layer model over bytes, with a chat template; it writes noise."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {"</s>": 0, **{char: i + 1 for i, char in enumerate(alphabet)}}
    bytewise = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    bytewise.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bytewise.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bytewise, eos_token="</s>", pad_token="</s>")
    tokenizer.chat_template = _TEMPLATE
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=8192,
        eos_token_id=0,
        bos_token_id=None,
        pad_token_id=0,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"no {', '.join(missing)}: pip install 'cscl-data[serving]'")
    folder = tmp_path_factory.mktemp("serving")
    model = build_chat_model(folder / "model")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "transformers.cli.transformers", "serve", str(model), "--device", "cpu"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)],
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, "HF_HUB_OFFLINE": "1"},
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/health", process, folder / "log")
        yield Serving(f"http://127.0.0.1:{port}/v1", str(model))
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _STARTS_IN_S
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.3)
    pytest.fail(f"transformers serve did not start:\n{log.read_text(errors='replace')[-3000:]}")


def test_answer_comes_with_its_tokens_counted(serving: Serving, tmp_path: Path) -> None:
    settings = LlmSettings(endpoint=serving.url, model=serving.model, max_answer_tokens=8)
    client = ChatClient(settings, LlmRun(), tmp_path, None)
    try:
        answer = client.ask([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "tea"}])
    finally:
        client.close()
    assert isinstance(answer, Answer), answer
    assert answer.finish in ("stop", "length")
    assert answer.prompt_tokens == len("system: Be brief.\nuser: tea\nassistant: ")
    assert answer.answer_tokens is not None
    assert 0 < answer.answer_tokens <= 8
    assert client.spent == (1, answer.prompt_tokens, answer.answer_tokens)


def test_noise_is_counted_refused_and_made_by_alignment_instead(serving: Serving, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.tsv"
    corpus.write_text("".join(f"{pair.src_text}\t{pair.tgt_text}\n" for pair in ten_pairs()), encoding="utf-8")
    command = (
        *("make-token-cs", corpus, *EN_KO, "--method", "llm", "--limit", 4),
        *("--endpoint", serving.url, "--llm-model", serving.model, "--llm-answer-tokens", 24),
    )
    make(*command, "--constraint", "none", "--out", tmp_path / "t")
    assert_conserved(tmp_path / "t", 4)
    made = manifest(tmp_path / "t")
    assert made["report"]["llm"]["answers"] == 8, "each item was asked for twice"
    assert made["report"]["llm"]["prompt_tokens"] > 4000
    assert 0 < made["report"]["llm"]["answer_tokens"] <= 8 * 24
    assert made["report"]["notes"]["made_by_alignment_instead"] == made["rows_out"] > 0
    assert all(row["sig"].endswith(f"|fallback:{token.METHOD}") for row in rows(tmp_path / "t"))
    rejecting = call(*command, "--llm-fallback", "reject", "--out", tmp_path / "r")
    assert rejecting.code == 3, "nothing but rejects"
    assert {reject["reason"] for reject in rows(tmp_path / "r", "rejects")} == {"llm_invalid"}


def test_model_that_the_server_has_not_is_named(serving: Serving, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.tsv"
    corpus.write_text("I drink tea.\t나는 차를 마신다.\n", encoding="utf-8")
    called = call(
        *("make-token-cs", corpus, *EN_KO, "--method", "llm", "--llm-fallback", "reject"),
        *("--endpoint", f"{serving.url}/nowhere", "--llm-model", "m", "--out", tmp_path / "t"),
    )
    assert called.code == 4
    assert "HTTP 404 (no such path or model)" in called.stderr
