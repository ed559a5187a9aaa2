"""What a training run was asked to do, checked before anything is loaded."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from math import inf
from pathlib import Path

from cscl_data.errors import ConfigError, unknown_name
from cscl_data.io.hub import HUB
from cscl_data.train.presets import PRESETS
from cscl_data.train.stages import Stage, check_stages

OBJECTIVES = ("causal-lm", "sft", "clo")
PACKINGS = ("wrapped", "best-fit", "none")
ORDERS = ("given", "reversed", "shuffled", "mix")
TRAINED = ("all", "embeddings", "new-tokens", "attention")
CROSS_ENTROPIES = ("auto", "whole", "chunked")
DTYPES = ("auto", "float32", "bfloat16")
DEVICES = ("auto", "cpu", "cuda")
PARALLELS = ("ddp", "fsdp")
TRACKED = ("tensorboard", "wandb")
_OF_CLO = {"--beta": "beta", "--lambda": "sft_weight", "--source-lang": "source_lang"}
_OF_EVALS = {"--eval-every": "eval_every", "--eval-rows": "eval_rows"}
"""By option: its field; without the other option it would be ignored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainConfig:
    """A training run.

    Args:
        model: a preset's name, a directory, or `hub:ORG/NAME`.
        stages: trained in this order, the weights carried over.
        out: the run's directory.
        objective: what is minimised.
        order: of the stages: `given`, or a control of an ablation over the same data.
        seed: of the weights of a preset, the order of rows, and dropout.
        tokenizer: a tokenizer's directory; None takes the model's own, or trains one for a preset.
        chat_template: a file, or `plain`; None takes the tokenizer's own.
        vocab_size: of a tokenizer that is trained; None takes the preset's.
        context: tokens in a row; None takes the preset's, or what the model can read up to 1,024.
        packing: how rows are filled; None takes what suits the objective.
        document_mask: documents in a row do not see each other; None: for instructions and preferences alone.
        batch_size: rows in a step (records, for `clo`); None takes the preset's.
        micro_batch: rows in one forward pass; None is all rows of the step. Changes memory, and the last bits of sums.
        workers: processes that tokenise ahead; None is 2 on CUDA and 0 on a CPU. Not part of the plan.
        lr: peak learning rate; None takes the preset's.
        min_lr_ratio: the last learning rate over the peak, in [0, 1] (our default).
        warmup: share of a stage (below 1) or number of steps (1 and above) until the peak.
            Source: macaroni-2026 (0.01, cosine with a minimum).
        weight_decay: of matrices; vectors have none (our default).
        max_grad_norm: gradients are scaled down to this norm (our default).
        one_schedule: one optimizer and schedule over all stages in place of a new one for each.
        train_only: which weights are trained; None is all, and attention alone for `clo`.
            Source: lee-etal-2025-cross (attention alone).
        lora: rank of low-rank adapters; None trains the weights themselves.
        beta: of `clo`: how strongly a preference binds to the start model (our default).
        sft_weight: of `clo`: share of the supervised term in the loss, in [0, 1] (our default).
        source_lang: of `clo`: answers to prompts in this language are compared, but not learned.
        gradient_checkpointing: compute activations twice in place of keeping them.
        compile: compile the model with `torch.compile`.
        cross_entropy: `chunked` never holds all logits; `auto` takes it for large vocabularies.
        attention: an implementation by its name in `transformers`; None takes its default.
        evals: names and shard directories whose loss is measured during training.
        eval_every: steps between measurements; 0 measures at the ends of stages alone (our default).
        eval_rows: rows of each directory that are measured, from its beginning (our default).
        dtype: `auto` is bfloat16 arithmetic over float32 weights on CUDA, float32 on a CPU.
        device: `auto` takes CUDA where there is one.
        parallel: of several processes: `ddp` keeps the whole model in each, `fsdp` a share. Not part of the plan.
        save_every: steps between checkpoints; 0 saves at the ends of stages alone (our default).
        keep_checkpoints: how many checkpoints stay (our default).
        log_every: steps between log lines (our default).
        track: a program that draws the run while it goes on. Not part of the plan.
        threads: CPU threads of torch; None takes its own default. Not part of the plan.
        overwrite: start anew where a run stands.
    """

    model: str
    stages: tuple[Stage, ...]
    out: Path
    objective: str = "causal-lm"
    order: str = "given"
    seed: int = 0
    tokenizer: str | None = None
    chat_template: str | None = None
    vocab_size: int | None = None
    context: int | None = None
    packing: str | None = None
    document_mask: bool | None = None
    batch_size: int | None = None
    micro_batch: int | None = None
    workers: int | None = None
    lr: float | None = None
    min_lr_ratio: float = 0.1
    warmup: float = 0.01
    weight_decay: float = 0.01
    max_grad_norm: float = 1.0
    one_schedule: bool = False
    train_only: str | None = None
    lora: int | None = None
    beta: float = 0.1
    sft_weight: float = 0.5
    source_lang: str = "en"
    gradient_checkpointing: bool = False
    compile: bool = False
    cross_entropy: str = "auto"
    attention: str | None = None
    evals: tuple[tuple[str, Path], ...] = ()
    eval_every: int = 0
    eval_rows: int = 1000
    dtype: str = "auto"
    device: str = "auto"
    parallel: str = "ddp"
    save_every: int = 200
    keep_checkpoints: int = 2
    log_every: int = 1
    track: str | None = None
    threads: int | None = None
    overwrite: bool = False

    def check(self) -> None:
        """Check every value.

        Raises:
            ConfigError: something cannot be; all problems are named at once.
        """
        problems = check_stages(self.stages)
        if not self.stages:
            problems.append("no stage given (--stage NAME=DIR[@BUDGET] or --stages FILE)")
        for kind, name, known in (
            ("objective", self.objective, OBJECTIVES),
            ("order", self.order, ORDERS),
            ("packing", self.packing, PACKINGS),
            ("cross-entropy", self.cross_entropy, CROSS_ENTROPIES),
            ("dtype", self.dtype, DTYPES),
            ("device", self.device, DEVICES),
            ("parallel", self.parallel, PARALLELS),
            ("tracker", self.track, TRACKED),
        ):
            if name is not None and name not in known:
                problems.append(unknown_name(kind, name, known).message)
        part, colon, _ = (self.train_only or "all").partition(":")
        if self.train_only is not None and (part not in TRAINED or (colon and part != "new-tokens")):
            problems.append(unknown_name("part of the model", self.train_only, TRAINED).message)
        if not self.is_preset and not self.model.startswith(HUB) and not Path(self.model).is_dir():
            looks_like_path = "/" in self.model or self.model.startswith(".")
            problems.append(
                f"model {self.model!r}: no such directory"
                if looks_like_path
                else f"unknown model {self.model!r}. Available: {', '.join(sorted(PRESETS))}, a directory, hub:ORG/NAME"
            )
        if self.tokenizer and not self.tokenizer.startswith(HUB) and not Path(self.tokenizer).is_dir():
            problems.append(f"--tokenizer {self.tokenizer}: no such directory")
        problems += [*self._contradictions(), *self._idle()]
        problems += [f"{flag} {value}: {rule}" for flag, value, good, rule in self._ranges() if not good]
        if problems:
            raise ConfigError("\n".join(problems))

    @property
    def is_preset(self) -> bool:
        """Whether the model is built locally from the table."""
        return self.model in PRESETS

    def _contradictions(self) -> list[str]:
        names = [name for name, _ in self.evals]
        set_apart = [stage.name for stage in self.stages if (stage.lr, stage.warmup) != (None, None)]
        broken = {
            "--vocab-size is for a preset without --tokenizer: here the vocabulary is given": self.vocab_size
            is not None
            and (not self.is_preset or self.tokenizer is not None),
            f"--packing wrapped: cuts prompts from their answers, which --objective {self.objective} cannot use": (
                self.packing == "wrapped" and self.objective != "causal-lm"
            ),
            "--no-document-mask: answers that are compared never see each other": (
                self.document_mask is False and self.objective == "clo"
            ),
            "--chat-template is for --objective sft and clo, and for --eval": self.chat_template is not None
            and self.objective == "causal-lm"
            and not self.evals,
            "--parallel fsdp and --lora: what is trained is small; take --parallel ddp": self.parallel == "fsdp"
            and self.lora is not None,
            "--parallel fsdp and --train-only new-tokens: rows of the embedding lie in several processes": (
                self.parallel == "fsdp" and (self.train_only or "").startswith("new-tokens")
            ),
            f"--one-schedule: stage {''.join(set_apart[:1])!r} has its own lr or warmup": self.one_schedule
            and bool(set_apart),
            "--eval: a name is used twice": len(set(names)) < len(names),
            "--lora and --train-only new-tokens or embeddings: adapters sit on linear layers": self.lora is not None
            and (self.train_only or "").partition(":")[0] in ("new-tokens", "embeddings"),
        }
        return [problem for problem, is_so in broken.items() if is_so]

    def _idle(self) -> list[str]:
        """Name the options that would be ignored."""
        plain = {field.name: field.default for field in fields(self)}
        given = {name for name, value in plain.items() if value is not MISSING and getattr(self, name) != value}
        of_clo = [flag for flag, name in _OF_CLO.items() if name in given and self.objective != "clo"]
        of_evals = [flag for flag, name in _OF_EVALS.items() if name in given and not self.evals]
        return [
            *(f"{flag} is for --objective clo" for flag in of_clo),
            *(f"{flag} is for --eval, which is not given" for flag in of_evals),
        ]

    def _ranges(self) -> list[tuple[str, object, bool, str]]:
        wholes: list[tuple[str, int | None, int]] = [
            ("--context", self.context, 8),
            ("--batch-size", self.batch_size, 1),
            ("--micro-batch", self.micro_batch, 1),
            ("--workers", self.workers, 0),
            ("--vocab-size", self.vocab_size, 260),
            ("--lora", self.lora, 1),
            ("--eval-every", self.eval_every, 0),
            ("--eval-rows", self.eval_rows, 1),
            ("--save-every", self.save_every, 0),
            ("--keep-checkpoints", self.keep_checkpoints, 1),
            ("--log-every", self.log_every, 1),
            ("--threads", self.threads, 1),
        ]
        checks: list[tuple[str, object, bool, str]] = [
            (flag, value, value is None or value >= least, f"must be at least {least}") for flag, value, least in wholes
        ]
        rates = [("--lr", self.lr), *((f"stage {s.name!r}: lr", s.lr) for s in self.stages)]
        checks += [(flag, lr, lr is None or 0 < lr < 100, "must be above 0") for flag, lr in rates]
        warmups = [("--warmup", self.warmup), *((f"stage {s.name!r}: warmup", s.warmup) for s in self.stages)]
        checks += [(flag, x, x is None or 0 <= x < inf, "must be 0 or more") for flag, x in warmups]
        checks.append(("--seed", self.seed, 0 <= self.seed < 2**63, "must be at least 0 and below 2**63"))
        checks.append(("--min-lr-ratio", self.min_lr_ratio, 0 <= self.min_lr_ratio <= 1, "must be in [0, 1]"))
        checks.append(("--lambda", self.sft_weight, 0 <= self.sft_weight <= 1, "must be in [0, 1]"))
        checks.append(("--beta", self.beta, self.beta > 0, "must be above 0"))
        checks.append(("--weight-decay", self.weight_decay, 0 <= self.weight_decay < inf, "must be 0 or more"))
        checks.append(("--max-grad-norm", self.max_grad_norm, self.max_grad_norm > 0, "must be above 0"))
        return checks
