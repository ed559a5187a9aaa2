"""Training on a GPU: share of the peak arithmetic (MFU), tokens a second against `transformers.Trainer` and the loader.

The shapes are those of Qwen2-0.5B and Qwen2-1.5B with random weights: 4,096 tokens a row, bfloat16 arithmetic over
float32 weights, compiled.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import torch

from benchmarks.train_data import Line
from benchmarks.train_loader import loader_rate, text_and_bpe
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
SMALL = "0.5b"
"""The shape whose step is compared with the loader."""


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


def on_gpu(data: Path, work: Path) -> list[Line]:
    """Measure both shapes and the loader beside the smaller one, or say that there is no GPU."""
    if not torch.cuda.is_available():
        missing = "not measured: no CUDA device"
        lines = [(f"{size} on a GPU", missing, bar) for size, bar in BARS.items()]
        return [*lines, (f"loader against the step at {SMALL}", missing, "5 times")]
    return [
        line
        for size, preset in shapes().items()
        for line in of_shape(size, preset, torch.device("cuda"), data, work, context=CONTEXT)
    ]


def of_shape(
    size: str,
    preset: Preset,
    device: torch.device,
    data: Path,
    work: Path,
    *,
    context: int,
    rows: int = 4,
    steps: int = 12,
    n_pairs: int = 60_000,
) -> list[Line]:
    """Measure one shape.

    Args:
        size: its name in `BARS`.
        preset: the shape.
        device: a GPU; on a CPU a tiny shape shows that the script runs.
        data: the real data.
        work: a folder for what is made.
        context: tokens in a row.
        rows: in a step.
        steps: how many, of which the first three do not count.
        n_pairs: of sentences that the loader reads.
    """
    peak = peak_flops(device, torch.bfloat16)
    ids = torch.randint(3, preset.vocab_size, (rows * steps, context))
    ours = _our_rate(preset, ids, rows, device)
    theirs = _trainer_rate(preset, ids, rows, device)
    with torch.device("meta"):
        flops = flops_per_token(_model(preset, torch.device("meta")), context=context)
    mfu = "peak unknown" if peak is None else f"MFU {100 * ours * flops / peak:.1f} %"
    name = torch.cuda.get_device_name() if device.type == "cuda" else "a CPU"
    lines = [
        (f"{size} on {name}", f"{ours:,.0f} tokens/s, {mfu}", BARS[size]),
        (f"{size} against transformers.Trainer", f"{ours / theirs:.2f} times", "1.15 times"),
    ]
    if size == SMALL:
        groups, spec = text_and_bpe(data, work, n_pairs=n_pairs, vocab_size=16_384)
        rate = loader_rate(groups, spec, packing="wrapped", workers=2, context=context, batch_size=preset.batch_size)
        figure = f"{rate.clock / ours:.1f} times ({rate.clock:,.0f} tokens/s from 2 workers, BPE of 16k)"
        lines.append((f"loader against the step at {size}", figure, "5 times"))
    return lines


def _model(preset: Preset, device: torch.device) -> Any:
    torch.manual_seed(0)
    model = build_model(preset, vocab_size=preset.vocab_size, marks=Marks(1, 2, 0), attention="sdpa").train()
    return model.to(device)


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize()


def _our_rate(preset: Preset, ids: torch.Tensor, rows: int, device: torch.device) -> float:
    context = ids.shape[1]
    model = _model(preset, device)
    learner = Learner(model, causal_lm.loss, chunk=CHUNKS[device.type]).train()
    learner.likelihood.compile()
    optimizer = build_optimizer(learner, lr=1e-4, weight_decay=0.01)
    counts = Counts(rows * (context - 1))
    began = 0.0
    for number, part in enumerate(ids.view(-1, rows, context)):
        if number == 3:  # compiled and warm
            _wait(device)
            began = time.perf_counter()
        batch = Batch(part, part, part.numel(), (), counts)
        train_step(learner, optimizer, [batch], max_grad_norm=1.0, autocast=torch.bfloat16)
    _wait(device)
    seconds = time.perf_counter() - began
    del model, learner, optimizer
    torch.cuda.empty_cache()
    return ids[3 * rows :].numel() / seconds


def _trainer_rate(preset: Preset, ids: torch.Tensor, rows: int, device: torch.device) -> float:
    from transformers import Trainer, TrainerCallback, TrainingArguments

    class Clock(TrainerCallback):  # type: ignore[misc] # transformers is not typed
        began = 0.0

        def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            if state.global_step == 3:
                _wait(device)
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
            use_cpu=device.type == "cpu",
            optim="adamw_torch_fused",
            report_to=[],
            save_strategy="no",
            disable_tqdm=True,
        )
        data = [{"input_ids": row, "labels": row} for row in ids]
        trainer = Trainer(model=_model(preset, device), args=arguments, train_dataset=data, callbacks=[clock])
        trainer.train()
        _wait(device)
        seconds = time.perf_counter() - clock.began
    del trainer
    torch.cuda.empty_cache()
    return ids[3 * rows :].numel() / seconds
