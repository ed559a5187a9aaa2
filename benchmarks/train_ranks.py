"""Several processes against one: losses, tokens a second, what tokenising costs each, and checkpoints.

The lines are made by `measure`; what the processes do in between, torchrun starts as `-m benchmarks.train_ranks`. On a
machine with GPUs there are as many processes as GPUs (NCCL), else two (gloo), with a thread each.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import torch

from benchmarks.train_data import Line, write_text
from benchmarks.train_loader import processor_seconds
from cscl_data.train.batches import row_collator
from cscl_data.train.config import TrainConfig
from cscl_data.train.data import Loader
from cscl_data.train.device import pick_device
from cscl_data.train.forms import FORMS, Marks
from cscl_data.train.joining import joined
from cscl_data.train.mixing import LoaderSettings
from cscl_data.train.model import build_model
from cscl_data.train.order import list_row_groups
from cscl_data.train.place import LoaderState
from cscl_data.train.presets import PRESETS
from cscl_data.train.ranks import ALONE, Ranks
from cscl_data.train.run import run_train
from cscl_data.train.saver import Saver
from cscl_data.train.stages import parse_stage
from cscl_data.train.state import TrainState
from cscl_data.train.step import build_optimizer
from cscl_data.train.stream import Source
from cscl_data.train.tokenizer import load_tokenizer, speech_spec
from cscl_data.train.workers import Encoders

STEPS = 12
SPEED_STEPS = 40


def config_of(work: Path, name: str, parallel: str, *, steps: int = STEPS) -> TrainConfig:
    """The preset `tiny` in float32 without dropout, 16 rows of 256 tokens a step."""
    return TrainConfig(
        model="tiny",
        stages=(parse_stage(f"one={work / 'ranks-text'}@{steps}steps"),),
        out=work / f"ranks-{name}",
        batch_size=16,
        save_every=0,
        dtype="float32",
        threads=1,
        parallel=parallel,
    )


def ranks(data: Path, work: Path) -> list[Line]:
    """All figures."""
    write_text(work / "ranks-text", data, 4000)
    count = max(2, torch.cuda.device_count())
    run_train(config_of(work, "straight", "ddp"))
    lines = []
    for parallel in ("ddp", "fsdp"):
        run_train(config_of(work, parallel, parallel), should_stop=_after(STEPS // 3))
        _torchrun(count, work, "trace", parallel)
        run_train(config_of(work, parallel, parallel))
        one, other = (_losses(work / f"ranks-{name}") for name in ("straight", parallel))
        apart = max(abs(a - b) for a, b in zip(one, other, strict=True))
        lines.append((f"losses at 1, {count}, 1 processes against 1, {parallel}", f"{apart:.1e}", "1e-5"))
    alone = _paced(config_of(work, "alone", "ddp", steps=SPEED_STEPS))
    for parallel in ("ddp", "fsdp"):
        told = _torchrun(count, work, "speed", parallel)
        rate = told[0]["tokens"] / told[0]["seconds"]
        faster = rate * alone["seconds"] / alone["tokens"]
        used = sum(entry["processor"] for entry in told) * alone["tokens"] / alone["processor"] / told[0]["tokens"]
        figure = f"{rate:,.0f} tokens/s, {faster:.2f} times one by the clock; {used:.2f} times its processor time"
        lines.append((f"tiny, {count} processes against 1, {parallel}", figure, "none"))
    for how in ("shared", "each"):
        told = _torchrun(count, work, "loader", how)
        seconds = sum(entry["seconds"] for entry in told) / len(told)
        used = sum(entry["processor"] for entry in told) / len(told)
        figure = f"{told[0]['tokens'] / seconds:,.0f} tokens/s; {used:.2f} s of a processor in each"
        lines.append((f"loader, {count} processes, tokenising {how}", figure, "none"))
    return [*lines, *checkpoints(work)]


def checkpoints(work: Path) -> list[Line]:
    """What a step waits for, and how long the thread writes: 98m with AdamW, 1.2 GB."""
    model = build_model(PRESETS["98m"], vocab_size=16_384, marks=Marks(1, 2, 0)).to(pick_device("auto"))
    optimizer = build_optimizer(model, lr=1e-4, weight_decay=0.01)
    for weight in model.parameters():
        weight.grad = torch.zeros_like(weight)
    optimizer.step()
    figures = []
    for turn in range(3):
        saver = Saver(work / f"ranks-saves-{turn}", keep=1)
        began = time.perf_counter()
        saver.save(model, optimizer, TrainState(step=1))
        copied = time.perf_counter()
        saver.wait()
        figures.append((copied - began, time.perf_counter() - copied))
        saver.close()
    copied_s, written_s = sorted(figures, key=sum)[0]
    return [("checkpoint of 98m (1.2 GB), fastest of 3", f"copied in {copied_s:.2f} s, then {written_s:.2f} s", "none")]


def _after(steps: int) -> Any:
    asked = iter(range(steps + 1))
    return lambda: next(asked, None) == steps


def _losses(out: Path) -> list[float]:
    return [json.loads(line)["loss"] for line in (out / "log.jsonl").read_text(encoding="utf-8").splitlines()]


def _paced(config: TrainConfig) -> dict[str, float]:
    """Train, and return the tokens, seconds and processor seconds of all steps after the fifth."""
    marks: list[tuple[float, float, float]] = []

    def note(event: Any) -> None:
        marks.append((event.state.tokens_seen, time.perf_counter(), processor_seconds()))

    run_train(config, on_step=note)
    tokens, seconds, processor = (last - first for first, last in zip(marks[4], marks[-1], strict=True))
    return {"tokens": tokens, "seconds": seconds, "processor": processor}


def _torchrun(count: int, work: Path, what: str, how: str) -> list[dict[str, float]]:
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(count)]
    command = [*launcher, "-m", "benchmarks.train_ranks", str(work), what, how]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def _load(work: Path, own: Ranks, tokenising: Ranks) -> dict[str, float]:
    """Take the batches of an epoch, tokenising a share of the text or all of it."""
    form = FORMS["causal-lm"]
    groups = list_row_groups(work / "ranks-text", form)
    folder = str(work / "ranks-straight" / "model")
    spec = speech_spec(load_tokenizer(folder), "causal-lm", name=folder, chat_template=None)
    settings = LoaderSettings(
        objective="causal-lm", packing="wrapped", context=256, batch_size=16, micro_batch=16, seed=0
    )
    encoders = Encoders(spec, workers=0, ranks=tokenising)
    collate = row_collator(pad=0, context=256, separate=False)
    loader = Loader([Source("s", groups, 1.0, 2)], settings, encoders, collate, (LoaderState(),), own)
    began, used, tokens = time.perf_counter(), processor_seconds(), 0
    while True:
        try:
            batches, _ = loader.next_step()
        except StopIteration:
            break
        tokens += own.size * sum(batch.tokens for batch in batches)
    return {
        "tokens": float(tokens),
        "seconds": time.perf_counter() - began,
        "processor": processor_seconds() - used,
    }


def main() -> None:
    """Do one process's part, and print what it found as a line of JSON."""
    work, what, how = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    if what == "trace":
        run_train(config_of(work, how, how), should_stop=_after(STEPS // 3))
    elif what == "speed":
        print(json.dumps(_paced(config_of(work, f"speed-{how}", how, steps=SPEED_STEPS))), flush=True)
    else:
        torch.set_num_threads(1)
        with joined(pick_device("auto")) as own:
            print(json.dumps(_load(work, own, own if how == "shared" else ALONE)), flush=True)


if __name__ == "__main__":
    main()
