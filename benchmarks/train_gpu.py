"""Training on a GPU: share of the peak arithmetic (MFU), tokens a second against `transformers.Trainer` and the loader.

The shapes are those of Qwen2-0.5B and Qwen2-1.5B with random weights: steps of 16 rows of 4,096 tokens, bfloat16
arithmetic over float32 weights, compiled. `transformers.Trainer` takes the same steps, compiled and not, with the fused
optimizer and the largest micro-batches of 4 rows or less that fit; its better figure counts.
"""

from __future__ import annotations

import contextlib
import gc
import math
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from benchmarks.train_data import Line
from benchmarks.train_loader import loader_rate, text_and_bpe
from cscl_data.train.batches import Batch, Counts
from cscl_data.train.device import device_memory
from cscl_data.train.flops import flops_per_token, peak_flops
from cscl_data.train.forms import Marks
from cscl_data.train.learner import Learner
from cscl_data.train.model import build_model
from cscl_data.train.objectives import causal_lm
from cscl_data.train.parallel import layers_of
from cscl_data.train.presets import PRESETS, Preset, chunk_of
from cscl_data.train.step import build_optimizer, train_step

CONTEXT = 4096
LARGER = {"hidden_size": 1536, "intermediate_size": 8960, "num_hidden_layers": 28, "num_attention_heads": 12}
BARS = {"0.5b": "MFU 45 %", "1.5b": "MFU 50 %"}
SMALL = "0.5b"
"""The shape whose step is compared with the loader."""
ROWS = 16
"""In a step: the batch size of the preset `0.5b`."""
MICRO = {"0.5b": 16, "1.5b": 8}
"""Rows at a time, as many as 141 GB hold."""
WARM = 2
"""Steps before the measurement begins: the model is compiled."""


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


def on_gpu(data: Path, work: Path) -> Iterator[Line]:
    """Measure both shapes and the loader beside the smaller one, or say that there is no GPU."""
    if not torch.cuda.is_available():
        missing = "not measured: no CUDA device"
        yield from ((f"{size} on a GPU", missing, bar) for size, bar in BARS.items())
        yield (f"loader against the step at {SMALL}", missing, "5 times")
        return
    for size, preset in shapes().items():
        yield from of_shape(size, preset, torch.device("cuda"), data, work, context=CONTEXT)


def of_shape(
    size: str,
    preset: Preset,
    device: torch.device,
    data: Path,
    work: Path,
    *,
    context: int,
    rows: int = ROWS,
    steps: int = 7,
    n_pairs: int = 60_000,
) -> Iterator[Line]:
    """Measure one shape.

    Args:
        size: its name in `BARS`.
        preset: the shape.
        device: a GPU; on a CPU a tiny shape shows that the script runs.
        data: the real data.
        work: a folder for what is made.
        context: tokens in a row.
        rows: in a step.
        steps: how many, of which the first `WARM` do not count.
        n_pairs: of sentences that the loader reads.
    """
    peak = peak_flops(device, torch.bfloat16)
    ids = torch.randint(3, preset.vocab_size, (rows * steps, context))
    ours = _our_rate(preset, ids, rows, min(rows, MICRO[size]), device)
    with torch.device("meta"):
        flops = flops_per_token(_model(preset, torch.device("meta")), context=context)

    def told(rate: float) -> str:
        return f"{rate:,.0f} tokens/s, " + (
            "peak unknown" if peak is None else f"MFU {100 * rate * flops / peak:.1f} %"
        )

    name = torch.cuda.get_device_name() if device.type == "cuda" else "a CPU"
    yield (f"{size} on {name}", told(ours), BARS[size])
    theirs = []
    for compiled in (False, True):
        theirs.append(_trainer_rate(preset, ids, rows, device, compiled=compiled))
        yield (f"transformers.Trainer, {size}, {'' if compiled else 'not '}compiled", told(theirs[-1]), "-")
    best = max((rate for rate in theirs if not math.isnan(rate)), default=math.nan)
    yield (f"{size} against transformers.Trainer", f"{ours / best:.2f} times", "1.15 times")
    if size == SMALL:
        groups, spec = text_and_bpe(data, work, n_pairs=n_pairs, vocab_size=16_384)
        rate = loader_rate(groups, spec, packing="wrapped", workers=2, context=context, batch_size=preset.batch_size)
        figure = f"{rate.clock / ours:.1f} times ({rate.clock:,.0f} tokens/s from 2 workers, BPE of 16k)"
        yield (f"loader against the step at {size}", figure, "5 times")


def _model(preset: Preset, device: torch.device) -> Any:
    torch.manual_seed(0)
    model = build_model(preset, vocab_size=preset.vocab_size, marks=Marks(1, 2, 0), attention="sdpa").train()
    return model.to(device)


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize()


def _our_rate(preset: Preset, ids: torch.Tensor, rows: int, micro: int, device: torch.device) -> float:
    model = _model(preset, device)
    chunk = chunk_of(preset.vocab_size, memory=device_memory(device))
    learner = Learner(model, causal_lm.loss, chunk=chunk).train()
    learner.likelihood.compile(layers_of(model))
    optimizer = build_optimizer(learner, lr=1e-4, weight_decay=0.01)
    counts = Counts(micro * (ids.shape[1] - 1))
    began = 0.0
    for number, of_step in enumerate(torch.split(ids, rows)):
        if number == WARM:
            _wait(device)
            began = time.perf_counter()
        batches = [Batch(part, part, part.numel(), (), counts) for part in torch.split(of_step, micro)]
        train_step(learner, optimizer, batches, max_grad_norm=1.0, autocast=torch.bfloat16)
    _wait(device)
    seconds = time.perf_counter() - began
    del model, learner, optimizer
    _forget(device)
    return ids[WARM * rows :].numel() / seconds


def _trainer_rate(preset: Preset, ids: torch.Tensor, rows: int, device: torch.device, *, compiled: bool) -> float:
    for micro in (4, 2, 1):
        with contextlib.suppress(torch.OutOfMemoryError):
            return _trainer_rate_at(preset, ids, rows, micro, device, compiled=compiled)
        _forget(device)
    return math.nan


def _trainer_rate_at(
    preset: Preset, ids: torch.Tensor, rows: int, micro: int, device: torch.device, *, compiled: bool
) -> float:
    from transformers import Trainer, TrainerCallback, TrainingArguments

    class Clock(TrainerCallback):  # type: ignore[misc] # transformers is not typed
        began = 0.0

        def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            if state.global_step == WARM:
                _wait(device)
                self.began = time.perf_counter()

    clock = Clock()
    with tempfile.TemporaryDirectory() as out:
        arguments = TrainingArguments(
            output_dir=out,
            per_device_train_batch_size=micro,
            gradient_accumulation_steps=rows // micro,
            max_steps=len(ids) // rows,
            learning_rate=1e-4,
            weight_decay=0.01,
            bf16=True,
            torch_compile=compiled,
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
    _forget(device)
    return ids[WARM * rows :].numel() / seconds


def _forget(device: torch.device) -> None:
    """Give back the memory of what is no longer needed; a trainer and its model hold each other."""
    gc.collect()
    torch.compiler.reset()
    if device.type == "cuda":
        torch.cuda.empty_cache()
