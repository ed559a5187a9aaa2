"""What `make-preferences` writes, read by the trainer most people have: `pip install trl`, which is no dependency."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import EN_KO, RECORDS, make

pytestmark = pytest.mark.slow
TEXTS = ("--prompt-field", "context,question", "--response-field", "answers.0.text")
GOLD = ("--tgt-prompt-field", "reference.context,reference.question", "--tgt-response-field", "reference.answers.0")
TEMPLATE = (
    "{% for m in messages %}<{{ m.role }}>{{ m.content }};{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)


@pytest.mark.parametrize("form", ["plain", "chat"])
def test_dpo_trainer_of_trl_reads_the_rows_and_starts_at_log_two(tmp_path: Path, form: str) -> None:
    trl = pytest.importorskip("trl", reason="trl is not installed")
    datasets = pytest.importorskip("datasets", reason="datasets is not installed")
    from transformers import AutoModelForCausalLM, AutoTokenizer

    make("make-preferences", RECORDS, *TEXTS, *GOLD, *EN_KO, "--limit", 4, "--form", form, "--out", tmp_path / "p")
    small = ("--model", "tiny", "--vocab-size", 400, "--device", "cpu", "--threads", 1, "--context", 256)
    clo = ("--objective", "sft", "--chat-template", "plain", "--stage", f"s={tmp_path / 's'}@1steps")
    make("make-preferences", RECORDS, *TEXTS, *GOLD, *EN_KO, "--scheme", "sft-both", "--out", tmp_path / "s")
    make("train", *small, *clo, "--batch-size", 2, "--out", tmp_path / "run")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "run" / "model")
    tokenizer.chat_template = TEMPLATE
    trainer = trl.DPOTrainer(
        model=AutoModelForCausalLM.from_pretrained(tmp_path / "run" / "model"),
        args=trl.DPOConfig(
            output_dir=str(tmp_path / "t"), max_steps=1, per_device_train_batch_size=2, report_to="none", use_cpu=True,
            max_length=384,
        ),
        train_dataset=datasets.load_dataset(str(tmp_path / "p"), split="train", cache_dir=str(tmp_path / "cache")),
        processing_class=tokenizer,
    )  # fmt: skip
    first = trainer.train_dataset[0]
    prompt, chosen, rejected = (tokenizer.decode(first[f"{name}_ids"]) for name in ("prompt", "chosen", "rejected"))
    assert ("<user>" in prompt) == (form == "chat")
    assert "Change address" in chosen
    assert "주소 변경" in rejected
    assert trainer.train().training_loss == pytest.approx(0.6931, abs=1e-3)
