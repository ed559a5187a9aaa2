"""In which language a model answers: greedy answers to held-out prompts, told apart by `text.in_language`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from cscl_data.text.in_language import foreign

BATCH = 32


def answers(model: Any, tokenizer: Any, prompts: Sequence[str], most_tokens: int) -> list[str]:
    """Return the greedy answer to each prompt, written as `train --chat-template plain` has it."""
    bos = [] if tokenizer.bos_token_id is None else [tokenizer.bos_token_id]
    said: list[str] = []
    for start in range(0, len(prompts), BATCH):
        asked = [bos + tokenizer(text + "\n", add_special_tokens=False).input_ids for text in prompts[start:][:BATCH]]
        width = max(map(len, asked))
        pad = tokenizer.eos_token_id
        ids = torch.tensor([[pad] * (width - len(one)) + one for one in asked], device=model.device)
        mask = torch.tensor([[0] * (width - len(one)) + [1] * len(one) for one in asked], device=model.device)
        with torch.inference_mode():
            made = model.generate(
                input_ids=ids, attention_mask=mask, max_new_tokens=most_tokens, do_sample=False, pad_token_id=pad
            )
        said += tokenizer.batch_decode(made[:, width:], skip_special_tokens=True)
    return said


def is_in(text: str, lang: str, other: str) -> bool:
    """Tell whether a text is clearly in one of two languages; one that is too short to tell is not."""
    return foreign(text, lang, other) is None and foreign(text, other, lang) is not None


def language_rates(
    run: Path, prompts: dict[str, Sequence[str]], *, most_tokens: int, threads: int
) -> dict[str, dict[str, float]]:
    """Return, for the prompts in each of two languages, the share of answers in either and in neither.

    The answers are kept beside the model, and read from there if they stand.
    """
    kept = run / "answers.json"
    if not kept.is_file():
        torch.set_num_threads(threads)
        tokenizer = AutoTokenizer.from_pretrained(run / "model", trust_remote_code=False)
        model = AutoModelForCausalLM.from_pretrained(run / "model", trust_remote_code=False).eval()
        model.to("cuda" if torch.cuda.is_available() else "cpu")
        found = {lang: answers(model, tokenizer, texts, most_tokens) for lang, texts in prompts.items()}
        kept.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    said = json.loads(kept.read_text(encoding="utf-8"))
    here, there = prompts
    rates: dict[str, dict[str, float]] = {}
    for asked, texts in said.items():
        share = {a: sum(is_in(text, a, b) for text in texts) / len(texts) for a, b in ((here, there), (there, here))}
        rates[asked] = {**share, "neither": 1 - sum(share.values())}
    return rates


def last_losses(run: Path, names: Sequence[str]) -> dict[str, float]:
    """Return the last losses that `train --eval` has measured, nats a token."""
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    measured = next(line["eval"] for line in reversed(lines) if "eval" in line)
    return {name: measured[name] for name in names}
