"""What the tests of the trainer share: one thread (faster than several on a busy machine), a model, rows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from cscl_data.train.tokenizer import train_tokenizer
from tests.train.stage_data import sentences, write_preferences, write_sft, write_stage
from tests.train.tiny_models import tiny_model


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


TEMPLATE = (
    "{% for m in messages %}<s>{{ m.role }}\n{{ m.content }}</s>\n{% endfor %}"
    "{% if add_generation_prompt %}<s>assistant\n{% endif %}"
)


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """A directory with a tiny Llama and a tokenizer that has a chat template."""
    directory = tmp_path_factory.mktemp("start")
    tiny_model("llama").save_pretrained(directory)
    tokenizer = train_tokenizer(iter(sentences(100)), vocab_size=320, context=128)
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(directory)
    return directory


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A stage for every objective, `messages` among them."""
    folder = tmp_path_factory.mktemp("data")
    return {
        "causal-lm": write_stage(folder / "text", sentences(90), group_rows=4),
        "sft": write_sft(folder / "sft", 50),
        "messages": write_sft(folder / "messages", 30, messages=True),
        "clo": write_preferences(folder / "clo", 40),
    }
