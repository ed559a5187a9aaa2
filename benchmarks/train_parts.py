"""What the training benchmark measures, a function a section; each returns lines of its table."""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import tempfile
import time
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from torch.nn.utils.rnn import pad_sequence

from benchmarks.memory import own_peak
from benchmarks.train_data import Line, write_instructions, write_preferences, write_text
from cscl_data.io.shards import file_facts
from cscl_data.train.batches import Batch, Counts
from cscl_data.train.config import TrainConfig
from cscl_data.train.forms import Marks
from cscl_data.train.learner import Learner
from cscl_data.train.model import build_model
from cscl_data.train.objectives import causal_lm, clo
from cscl_data.train.parallel import layers_of
from cscl_data.train.presets import PRESETS, chunk_of
from cscl_data.train.run import run_train
from cscl_data.train.stages import parse_stage
from cscl_data.train.step import build_optimizer, train_step
from cscl_data.train.trainable import choose_weights

TINY_VOCABULARY = 4096
MARKS = Marks(1, 2, 0)


def resume(data: Path, work: Path) -> list[Line]:
    """Eight steps against four, a kill and four, for each objective, in the middle of packed data."""
    write = {"causal-lm": write_text, "sft": write_instructions, "clo": write_preferences}
    lines = []
    for objective, make in write.items():
        stage = make(work / f"data-{objective}", data, 400)
        config = TrainConfig(
            model="tiny",
            stages=(parse_stage(f"one={stage}@8steps"),),
            out=work / f"run-{objective}",
            objective=objective,
            chat_template=None if objective == "causal-lm" else "plain",
            packing="best-fit",
            vocab_size=2048,
            context=256 if objective != "clo" else 1024,
            batch_size=4,
            threads=1,
            device="cpu",
        )
        run_train(config)
        torn = replace(config, out=work / f"torn-{objective}", save_every=4)
        with contextlib.suppress(InterruptedError):
            run_train(torn, on_step=_kill_at_six)
        run_train(torn)
        same = all(
            file_facts(config.out / name) == file_facts(torn.out / name)
            for name in ("log.jsonl", "model/model.safetensors")
        )
        lines.append(
            (f"resume, {objective}: 8 steps == 4 + kill + 4", "to the bit" if same else "DIFFERS", "to the bit")
        )
    return lines


def _kill_at_six(event: Any) -> None:
    if event.state.step == 6:
        raise InterruptedError


def correctness() -> list[Line]:
    """Loss (relative) and gradients of one batch against those that transformers makes of labels, in float32."""
    lines = []
    for chunk in (None, 64):
        torch.manual_seed(0)
        model = build_model(PRESETS["tiny"], vocab_size=TINY_VOCABULARY, marks=MARKS)
        generator = torch.Generator().manual_seed(0)
        rows = [torch.randint(3, TINY_VOCABULARY, (length,), generator=generator) for length in (200, 150)]
        ids_BT = pad_sequence(rows, batch_first=True)
        labels_BT = pad_sequence(rows, batch_first=True, padding_value=-100)
        counts = Counts(int((labels_BT[:, 1:] != -100).sum()))
        ours = Learner(model, causal_lm.loss, chunk=chunk)(Batch(ids_BT, labels_BT, 350, (), counts), counts)
        ours.backward()
        kept = [p.grad.clone() for p in model.parameters()]
        model.zero_grad()
        theirs = model(input_ids=ids_BT, attention_mask=(labels_BT != -100).long(), labels=labels_BT).loss
        theirs.backward()
        apart = max((one - p.grad).abs().max().item() for one, p in zip(kept, model.parameters(), strict=True))
        name = "whole" if chunk is None else "chunked"
        lines.append((f"loss against transformers, {name}", f"{(abs(ours - theirs) / theirs).item():.1e}", "1e-6"))
        lines.append((f"gradients against transformers, {name}", f"{apart:.1e}", "1e-6"))
    return lines


def against_trainer(*, steps: int = 20, turns: int = 3, compiled: bool = False) -> list[Line]:
    """The step against `transformers.Trainer` on the same model, batches and packing, in turns, on one thread."""
    name = f"tiny against transformers.Trainer{', both compiled' if compiled else ''}"
    if find_spec("accelerate") is None:
        return [(name, "not measured: accelerate is not installed", "1.2 times")]
    torch.set_num_threads(1)
    ids = torch.randint(3, TINY_VOCABULARY, (steps * 8, 256), generator=torch.Generator().manual_seed(0))
    ratios, clock = [], []
    for _ in range(turns):
        ours, theirs = _our_steps(ids, compiled=compiled), _trainer_steps(ids, compiled=compiled)
        ratios.append(theirs[1] / ours[1])
        clock.append(theirs[0] / ours[0])
    middle, by_clock = sorted(ratios)[turns // 2], sorted(clock)[turns // 2]
    figure = f"{middle:.2f} times (processor time; by the clock {by_clock:.2f})"
    return [(name, figure, "1.2 times")]


def _tiny() -> Any:
    torch.manual_seed(0)
    return build_model(PRESETS["tiny"], vocab_size=TINY_VOCABULARY, marks=MARKS).train()


def _our_steps(ids: torch.Tensor, *, compiled: bool) -> tuple[float, float]:
    learner = Learner(_tiny(), causal_lm.loss, chunk=chunk_of(TINY_VOCABULARY, memory=None)).train()
    if compiled:
        learner.likelihood.compile(layers_of(learner.model))
    optimizer = build_optimizer(learner, lr=1e-3, weight_decay=0.01)
    parts = [Batch(rows, rows, rows.numel(), (), Counts(8 * 255)) for rows in ids.split(8)]  # type: ignore[no-untyped-call]
    if compiled:
        train_step(learner, optimizer, parts[:1], max_grad_norm=1.0)
    began, used = time.perf_counter(), time.process_time()
    for part in parts:
        train_step(learner, optimizer, [part], max_grad_norm=1.0)
    return time.perf_counter() - began, time.process_time() - used


def _trainer_steps(ids: torch.Tensor, *, compiled: bool) -> tuple[float, float]:
    from transformers import Trainer, TrainingArguments

    model = _tiny()
    if compiled:
        model.compile()
    rows = [{"input_ids": row, "labels": row} for row in ids]
    with tempfile.TemporaryDirectory() as out, contextlib.redirect_stdout(io.StringIO()):
        arguments = TrainingArguments(
            output_dir=out,
            per_device_train_batch_size=8,
            max_steps=len(ids) // 8,
            learning_rate=1e-3,
            weight_decay=0.01,
            report_to=[],
            save_strategy="no",
            use_cpu=True,
            disable_tqdm=True,
        )
        if compiled:
            model(input_ids=ids[:8], labels=ids[:8]).loss.backward()
        trainer = Trainer(model=model, args=arguments, train_dataset=rows)
        began, used = time.perf_counter(), time.process_time()
        trainer.train()
        return time.perf_counter() - began, time.process_time() - used


def clo_memory() -> list[Line]:
    """Peak memory of CLO steps against SFT of attention alone, with as many tokens in a micro-batch."""
    context = multiprocessing.get_context("spawn")
    peaks = {}
    for objective in ("sft", "clo"):
        with context.Pool(1) as pool:
            peaks[objective] = pool.apply(peak_of_steps, (objective,))
    mib = {name: f"{peak / 2**20:,.0f} MiB" for name, peak in peaks.items()}
    ratio = f"{peaks['clo'] / peaks['sft']:.2f} times ({mib['clo']} against {mib['sft']})"
    return [("CLO memory against SFT, attention alone, references known", ratio, "1.2 times")]


def peak_of_steps(objective: str, device: str = "cpu") -> int:
    """Return the bytes that three steps add to a process; 8,192 tokens a micro-batch, a vocabulary of 32k.

    Args:
        objective: `sft` or `clo`.
        device: on a CPU the peak of a fresh process counts.
    """
    from cscl_data.train.batches import Preferences

    torch.set_num_threads(1)
    model = build_model(PRESETS["tiny"], vocab_size=32_768, marks=MARKS).train()
    choose_weights(model.to(device), "attention", old_tokens=0)
    loss = causal_lm.loss if objective == "sft" else clo.build(weight=0.5, beta=0.1)
    learner = Learner(model, loss, chunk=chunk_of(32_768, memory=None)).train()
    optimizer = build_optimizer(learner, lr=1e-5, weight_decay=0.0)
    ids_BT = torch.randint(3, 32_768, (32, 256))
    labels_BT = ids_BT.clone()
    labels_BT[:, :128] = -100
    batch = Batch(ids_BT, labels_BT, ids_BT.numel(), (), Counts(32 * 128, 16))
    if objective == "clo":
        sequence_BT = torch.arange(32)[:, None].expand(32, 256).contiguous()
        batch = batch._replace(
            preferences=Preferences(sequence_BT, torch.full((32,), -1300.0), torch.arange(32) % 4 == 0),
            position_ids_BT=torch.arange(256).expand(32, 256).contiguous(),
        )
    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()
    before = _peak(device)
    for _ in range(3):
        train_step(learner, optimizer, [batch], max_grad_norm=1.0)
    return _peak(device) - before


def _peak(device: str) -> int:
    if device == "cuda":
        return torch.cuda.max_memory_allocated()
    return own_peak()
