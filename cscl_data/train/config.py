"""What a training run was asked to do, checked before anything is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cscl_data.errors import ConfigError, unknown_name
from cscl_data.io.hub import HUB
from cscl_data.train.presets import PRESETS
from cscl_data.train.stages import Stage, check_names

OBJECTIVES = ("causal-lm",)
DTYPES = ("auto", "float32", "bfloat16")
DEVICES = ("auto", "cpu", "cuda")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainConfig:
    """A training run.

    Args:
        model: a preset's name, a directory, or `hub:ORG/NAME`.
        stages: trained in this order, the weights carried over.
        out: the run's directory.
        objective: what is minimised.
        seed: of the weights of a preset, the order of rows, and dropout.
        tokenizer: a tokenizer's directory; None takes the model's own, or trains one for a preset.
        vocab_size: of a tokenizer that is trained; None takes the preset's.
        context: tokens in a row; None takes the preset's, or what the model can read up to 1,024.
        batch_size: rows in a step; None takes the preset's.
        micro_batch: rows in one forward pass; None is all rows of the step. Changes memory, and the last bits of sums.
        lr: peak learning rate; None takes the preset's.
        min_lr_ratio: the last learning rate over the peak, in [0, 1] (our default).
        warmup: share of a stage (below 1) or number of steps (1 and above) until the peak.
            Source: macaroni-2026 (0.01, cosine with a minimum).
        weight_decay: of matrices; vectors have none (our default).
        max_grad_norm: gradients are scaled down to this norm (our default).
        one_schedule: one optimizer and schedule over all stages in place of a new one for each.
        dtype: `auto` is bfloat16 arithmetic over float32 weights on CUDA, float32 on a CPU.
        device: `auto` takes CUDA where there is one.
        save_every: steps between checkpoints; 0 saves at the ends of stages alone (our default).
        keep_checkpoints: how many checkpoints stay (our default).
        log_every: steps between log lines (our default).
        threads: CPU threads of torch; None takes its own default. Not part of the plan.
        overwrite: start anew where a run stands.
    """

    model: str
    stages: tuple[Stage, ...]
    out: Path
    objective: str = "causal-lm"
    seed: int = 0
    tokenizer: str | None = None
    vocab_size: int | None = None
    context: int | None = None
    batch_size: int | None = None
    micro_batch: int | None = None
    lr: float | None = None
    min_lr_ratio: float = 0.1
    warmup: float = 0.01
    weight_decay: float = 0.01
    max_grad_norm: float = 1.0
    one_schedule: bool = False
    dtype: str = "auto"
    device: str = "auto"
    save_every: int = 200
    keep_checkpoints: int = 2
    log_every: int = 1
    threads: int | None = None
    overwrite: bool = False

    def check(self) -> None:
        """Check every value.

        Raises:
            ConfigError: something cannot be; all problems are named at once.
        """
        problems = check_names(self.stages)
        if not self.stages:
            problems.append("no stage given (--stage NAME=DIR[@BUDGET] or --stages FILE)")
        for kind, name, known in (
            ("objective", self.objective, OBJECTIVES),
            ("dtype", self.dtype, DTYPES),
            ("device", self.device, DEVICES),
        ):
            if name not in known:
                problems.append(unknown_name(kind, name, known).message)
        if not self.is_preset and not self.model.startswith(HUB) and not Path(self.model).is_dir():
            looks_like_path = "/" in self.model or self.model.startswith(".")
            problems.append(
                f"model {self.model!r}: no such directory"
                if looks_like_path
                else f"unknown model {self.model!r}. Available: {', '.join(sorted(PRESETS))}, a directory, hub:ORG/NAME"
            )
        if self.vocab_size is not None and (not self.is_preset or self.tokenizer):
            problems.append("--vocab-size is for a preset without --tokenizer: here the vocabulary is given")
        problems += [f"{flag} {value}: {rule}" for flag, value, good, rule in self._ranges() if not good]
        if problems:
            raise ConfigError("\n".join(problems))

    @property
    def is_preset(self) -> bool:
        """Whether the model is built locally from the table."""
        return self.model in PRESETS

    def _ranges(self) -> list[tuple[str, object, bool, str]]:
        wholes: list[tuple[str, int | None, int]] = [
            ("--context", self.context, 8),
            ("--batch-size", self.batch_size, 1),
            ("--micro-batch", self.micro_batch, 1),
            ("--vocab-size", self.vocab_size, 260),
            ("--save-every", self.save_every, 0),
            ("--keep-checkpoints", self.keep_checkpoints, 1),
            ("--log-every", self.log_every, 1),
            ("--seed", self.seed, 0),
            ("--threads", self.threads, 1),
        ]
        checks: list[tuple[str, object, bool, str]] = [
            (flag, value, value is None or value >= least, f"must be at least {least}") for flag, value, least in wholes
        ]
        rates = [("--lr", self.lr), *((f"stage {s.name!r}: lr", s.lr) for s in self.stages)]
        checks += [(flag, lr, lr is None or 0 < lr < 100, "must be above 0") for flag, lr in rates]
        warmups = [("--warmup", self.warmup), *((f"stage {s.name!r}: warmup", s.warmup) for s in self.stages)]
        checks += [(flag, x, x is None or x >= 0, "must be 0 or more") for flag, x in warmups]
        checks.append(("--min-lr-ratio", self.min_lr_ratio, 0 <= self.min_lr_ratio <= 1, "must be in [0, 1]"))
        checks.append(("--weight-decay", self.weight_decay, self.weight_decay >= 0, "must be 0 or more"))
        checks.append(("--max-grad-norm", self.max_grad_norm, self.max_grad_norm > 0, "must be above 0"))
        return checks
