"""Training on a GPU: share of the peak arithmetic (MFU), and tokens a second against `transformers.Trainer`.

The shapes are those of Qwen2-0.5B and Qwen2-1.5B with random weights: 4,096 tokens a row, bfloat16 arithmetic over
float32 weights, compiled.
"""

from __future__ import annotations

import tempfile
import time
from typing import Any

import torch

from cscl_data.train.batches import Batch, Counts
from cscl_data.train.flops import flops_per_token, peak_flops
from cscl_data.train.forms import Marks
from cscl_data.train.learner import Learner
from cscl_data.train.model import build_model
from cscl_data.train.objectives import causal_lm
from cscl_data.train.presets import CHUNKS, PRESETS, Preset
from cscl_data.train.step import build_optimizer, train_step

CONTEXT = 4096
LARGER = {"hidden_size": 1536, "intermediate_size": 8960, "num_hidden_layers": 28, "num_attention_heads": 12}
BARS = {"0.5b": "MFU 45 %", "1.5b": "MFU 50 %"}


def shapes() -> dict[str, Preset]:
    """Return the presets by size."""
    small = PRESETS["0.5b"]
    large = Preset(
        family="qwen2",
        width=1536,
        layers=28,
        parameters=1_310_340_608,
        vocab_size=small.vocab_size,
        context=CONTEXT,
        batch_size=16,
        lr=3e-4,
        shape={**small.shape, **LARGER},
    )
    return {"0.5b": small, "1.5b": large}


def on_gpu(*, rows: int = 4, steps: int = 12) -> list[tuple[str, str, str]]:
    """Measure both shapes, or say that there is no GPU."""
    if not torch.cuda.is_available():
        return [(f"{size} on a GPU", "not measured: no CUDA device", bar) for size, bar in BARS.items()]
    name = torch.cuda.get_device_name()
    peak = peak_flops(torch.device("cuda"), torch.bfloat16)
    lines = []
    for size, preset in shapes().items():
        ids = torch.randint(3, preset.vocab_size, (rows * steps, CONTEXT))
        ours = _our_rate(preset, ids, rows)
        theirs = _trainer_rate(preset, ids, rows)
        with torch.device("meta"):
            flops = flops_per_token(_model(preset, "meta"), context=CONTEXT)
        mfu = "peak unknown" if peak is None else f"MFU {100 * ours * flops / peak:.1f} %"
        lines.append((f"{size} on {name}", f"{ours:,.0f} tokens/s, {mfu}", BARS[size]))
        lines.append((f"{size} against transformers.Trainer", f"{ours / theirs:.2f} times", "1.15 times"))
    return lines


def _model(preset: Preset, device: str = "cuda") -> Any:
    torch.manual_seed(0)
    model = build_model(preset, vocab_size=preset.vocab_size, marks=Marks(1, 2, 0), attention="sdpa").train()
    return model.to(device)


def _our_rate(preset: Preset, ids: torch.Tensor, rows: int) -> float:
    model = _model(preset)
    learner = Learner(model, causal_lm.loss, chunk=CHUNKS["cuda"]).train()
    learner.likelihood.compile()
    optimizer = build_optimizer(learner, lr=1e-4, weight_decay=0.01)
    counts = Counts(rows * (CONTEXT - 1))
    began = 0.0
    for number, part in enumerate(ids.view(-1, rows, CONTEXT)):
        if number == 3:  # compiled and warm
            torch.cuda.synchronize()
            began = time.perf_counter()
        batch = Batch(part, part, part.numel(), (), counts)
        train_step(learner, optimizer, [batch], max_grad_norm=1.0, autocast=torch.bfloat16)
    torch.cuda.synchronize()
    seconds = time.perf_counter() - began
    del model, learner, optimizer
    torch.cuda.empty_cache()
    return (len(ids) - 3 * rows) * CONTEXT / seconds


def _trainer_rate(preset: Preset, ids: torch.Tensor, rows: int) -> float:
    from transformers import Trainer, TrainerCallback, TrainingArguments

    class Clock(TrainerCallback):  # type: ignore[misc] # transformers is not typed
        began = 0.0

        def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            if state.global_step == 3:
                torch.cuda.synchronize()
                self.began = time.perf_counter()

    clock = Clock()
    with tempfile.TemporaryDirectory() as out:
        arguments = TrainingArguments(
            output_dir=out,
            per_device_train_batch_size=rows,
            max_steps=len(ids) // rows,
            learning_rate=1e-4,
            weight_decay=0.01,
            bf16=True,
            torch_compile=True,
            optim="adamw_torch_fused",
            report_to=[],
            save_strategy="no",
            disable_tqdm=True,
        )
        data = [{"input_ids": row, "labels": row} for row in ids]
        trainer = Trainer(model=_model(preset), args=arguments, train_dataset=data, callbacks=[clock])
        trainer.train()
        torch.cuda.synchronize()
        seconds = time.perf_counter() - clock.began
    del trainer
    torch.cuda.empty_cache()
    return (len(ids) - 3 * rows) * CONTEXT / seconds
