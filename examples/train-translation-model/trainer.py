"""The training loop: wall-clock schedule, checkpoints, evaluation through the converted model."""

from __future__ import annotations

import argparse
import json
import logging
import random
import signal
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from batches import END, BatchStream
from bundles import Example
from convert import Converted, write_directory
from data import Segment
from evaluate import evaluate, read_records, score_bundles
from model import ModelOptions, Translator
from tokenizer import NUMBERING, Tokenizer
from torch import Tensor
from weights import set_weights

LOG = logging.getLogger("train-translation-model")


@dataclass(slots=True)
class Progress:
    """What a resumed run needs besides weights and optimizer state."""

    step: int = 0
    seconds: float = 0.0
    tokens: int = 0


def learning_rate(peak: float, warmup: int, step: int, spent: float) -> float:
    """Linear warm-up by steps, then linear decay to zero as the budget is spent (0 to 1)."""
    return peak * min(1.0, (step + 1) / warmup) * max(0.0, 1.0 - spent)


def save(path: Path, model: Translator, optimizer: torch.optim.Optimizer, progress: Progress) -> None:
    """Writes a checkpoint under a temporary name and renames it."""
    partial = path.with_suffix(".partial")
    state = {"model": model.state_dict(), "options": asdict(model.options), "optimizer": optimizer.state_dict()}
    torch.save({**state, "progress": asdict(progress)}, partial)
    partial.replace(path)


class Trainer:
    """Model, optimizer and clock of one run.

    Args:
        arguments: Parsed command line.
        tokenizer: Shared tokenizer.
    """

    def __init__(self, arguments: argparse.Namespace, tokenizer: Tokenizer) -> None:
        self.arguments = arguments
        self.checkpoint = arguments.out / "checkpoint.pt"
        self.progress = Progress()
        self._stopped = False
        self.weights = torch.ones(len(tokenizer.pieces))
        self.weights[[END, *(tokenizer.ids[piece] for piece in NUMBERING.pieces)]] = arguments.structure
        self.model = Translator(ModelOptions(vocabulary=len(tokenizer.pieces)))
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=arguments.rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True
        )
        if self.checkpoint.exists():
            state = torch.load(self.checkpoint, weights_only=True)
            self.model.load_state_dict(state["model"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.progress = Progress(**state["progress"])
            LOG.info("resumed at step %d after %.0f s", self.progress.step, self.progress.seconds)
        elif arguments.start:
            self._start_from(arguments.start, tokenizer)

    def _start_from(self, start: Path, tokenizer: Tokenizer) -> None:
        """Takes the weights of another run; numbered indicators it did not have begin near the plain one."""
        LOG.info("starting from %s", start)
        if start.is_dir():
            set_weights(self.model, start)
            return
        state: dict[str, Tensor] = torch.load(start, weights_only=True)["model"]
        rows = len(state["embedding.weight"])
        if rows < len(tokenizer.pieces):
            plain = [tokenizer.ids[mark] for mark in NUMBERING.indicators for _ in range(NUMBERING.most)]
            noise = 0.5 * state["embedding.weight"].std() * torch.randn(len(plain), self.model.options.width)
            state["embedding.weight"] = torch.cat([state["embedding.weight"], state["embedding.weight"][plain] + noise])
            state["bias"] = torch.cat([state["bias"], state["bias"][plain]])
        self.model.load_state_dict(state)

    @property
    def spent(self) -> float:
        """Share of the budget that is spent: of the steps if they are limited, else of the time on the clock."""
        if self.arguments.steps:
            return self.progress.step / self.arguments.steps
        return self.progress.seconds / (60 * self.arguments.minutes)

    @property
    def done(self) -> bool:
        """Whether the time or the steps are spent."""
        return self.spent >= 1

    def run(self, stream: BatchStream, dev: dict[str, list[Segment]], bundles: list[Example]) -> None:
        """Trains until the budget is spent, with a checkpoint and an evaluation every so many minutes.

        Raises:
            SystemExit: On SIGTERM, once the checkpoint is written; the same command continues from it.
        """
        signal.signal(signal.SIGTERM, self._stop)
        arguments, progress = self.arguments, self.progress
        started = reported = evaluated = time.monotonic()
        before, loss_sum, loss_steps = progress.seconds, 0.0, 0
        self.model.train()
        for batch in stream:
            if self.done or self._stopped:
                break
            for group in self.optimizer.param_groups:
                group["lr"] = learning_rate(arguments.rate, arguments.warmup, progress.step, self.spent)
            with torch.autocast("cpu", torch.bfloat16, enabled=not arguments.float32):
                loss = self.model(batch, arguments.smoothing, self.weights)
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            self.optimizer.step()
            now = time.monotonic()
            progress.step += 1
            progress.tokens += int(batch.target_mask.sum())
            progress.seconds = before + now - started
            loss_sum, loss_steps = loss_sum + loss.item(), loss_steps + 1
            if now - reported >= 60:
                rate = self.optimizer.param_groups[0]["lr"]
                values = (progress.step, progress.tokens / 1e6, loss_sum / loss_steps, rate, progress.seconds)
                LOG.info("step %d, %.2fM target tokens, loss %.3f, rate %.2e, %.0f s", *values)
                reported, loss_sum, loss_steps = now, 0.0, 0
            if now - evaluated >= 60 * arguments.evaluate_every:
                save(self.checkpoint, self.model, self.optimizer, progress)
                self.report(dev, bundles)
                evaluated = time.monotonic()
        save(self.checkpoint, self.model, self.optimizer, progress)
        if self._stopped:
            raise SystemExit(143)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopped = True

    def report(self, dev: dict[str, list[Segment]], bundles: list[Example]) -> None:
        """Converts the model as it stands and logs its scores."""
        directory = self.arguments.out / "evaluation"
        write_directory(self.model.eval(), self.arguments.out / "spm.model", directory, "int8")
        converted = Converted(directory, compute_type="int8", threads=self.arguments.threads)
        into_english = self.arguments.into_english
        scores: dict[str, Any] = dict(
            evaluate(converted, dev, bundles, into_english=into_english, sentences=150, seed=3)
        )
        if self.arguments.records:
            language, path, statement = self.arguments.records
            records = read_records(Path(path), ["sentence1", "sentence2"], statement, "@", language)
            records = random.Random(5).sample(records, min(200, len(records)))
            outputs = converted.translate([record.source for record in records], language)
            scores["records"] = str(score_bundles(outputs, records, into_english=into_english))
            scores["samples"] = outputs[:4]
        LOG.info("step %d: %s", self.progress.step, json.dumps(scores, ensure_ascii=False))
        self.model.train()
