"""A training run, from its configuration to its manifest.

On a CPU, end to end:

python -m cscl_data.train --model tiny --stage token=out/token@20000 --stage mono=out/mono@20000 --out out/run
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import torch

from cscl_data.io.atomic import write_json
from cscl_data.io.claim import STATE
from cscl_data.io.dataset import MANIFEST, read_manifest
from cscl_data.train.arrange import arrange, sources_of
from cscl_data.train.checkpoint import latest_checkpoint, read_state
from cscl_data.train.config import TrainConfig
from cscl_data.train.contents import load_optimizer, load_weights
from cscl_data.train.device import pick_device, pick_dtype
from cscl_data.train.folders import write_folder
from cscl_data.train.forms import FORMS
from cscl_data.train.joining import joined
from cscl_data.train.loop import OnStep, ShouldStop, train_stage
from cscl_data.train.memory import memory_hints
from cscl_data.train.model import save_model
from cscl_data.train.plan import StagePlan, plan_document, plan_stages
from cscl_data.train.ranks import Ranks
from cscl_data.train.references import OnReference, compute_references
from cscl_data.train.report import Status, TrainReport, manifest_of, weight_files
from cscl_data.train.rundir import claimed
from cscl_data.train.settings import Settings, check_processes, resolve
from cscl_data.train.stages import Stage
from cscl_data.train.state import StageProgress, TrainState, beginning
from cscl_data.train.step import build_optimizer
from cscl_data.train.stream import Source
from cscl_data.train.tokenizer import bytes_per_token, load_tokenizer, speech_spec, train_tokenizer
from cscl_data.train.trackers import check_tracker
from cscl_data.train.trainer import Trainer, set_up
from cscl_data.train.vocabulary import sample_texts

logger = logging.getLogger(__name__)

StageSources = list[tuple[Stage, tuple[Source, ...]]]


def run_train(
    config: TrainConfig,
    *,
    argv: Sequence[str] = (),
    on_step: OnStep = lambda event: None,
    on_reference: OnReference = lambda event: None,
    should_stop: ShouldStop = lambda: False,
) -> TrainReport:
    """Train all stages in order, going on where an earlier run under the same plan stopped.

    Processes that `torchrun` started train together: all take the same steps, the first one writes what is kept.

    Args:
        config: what is asked.
        argv: the command line, for the manifest.
        on_step: called after each step.
        on_reference: called after each forward pass of the start model over preferences.
        should_stop: asked before each step; True saves a checkpoint and ends the run. Asked while the start model is
            run over preferences, too: what is not whole of that is done anew.

    Raises:
        ConfigError: the configuration cannot be, or the directory holds a run under another plan.
        InputError: a stage's directory or a shard cannot be read.
        BackendError: model or tokenizer cannot be loaded, memory ran out, the loss is not finite, or another process
            of the run failed.
        OutputError: the run's directory cannot be written.
    """
    began = time.monotonic()
    config.check()
    check_tracker(config.track)
    with joined(pick_device(config.device)) as ranks:
        status, manifest, pace = _run(config, ranks, argv, on_step, on_reference, should_stop)
    return TrainReport(status=status, out=config.out, manifest=manifest, elapsed_s=time.monotonic() - began, **pace)


def _run(
    config: TrainConfig,
    ranks: Ranks,
    argv: Sequence[str],
    on_step: OnStep,
    on_reference: OnReference,
    should_stop: ShouldStop,
) -> tuple[Status, dict[str, Any], dict[str, Any]]:
    """Return status, manifest, and what this command trained in which time."""
    stages = stage_sources(config)
    settings = resolve(config)
    check_processes(settings, ranks.size)
    tokenizer: Any = given_tokenizer(config) if settings.vocab_size is None else None  # told before data is hashed
    device = pick_device(config.device)
    dtype = pick_dtype(config.dtype, device)
    with taken(config, settings, device, dtype, ranks) as plan:
        if ranks.from_first((config.out / MANIFEST).is_file()):
            return "already finished", read_manifest(config.out), {}
        if config.threads is not None:
            torch.set_num_threads(config.threads)
        torch.manual_seed(config.seed)
        if settings.vocab_size is not None:
            tokenizer = own_tokenizer(config, settings, stages, ranks)
        with (
            memory_hints(config, settings, ranks),
            opened(config, settings, tokenizer, device, dtype, ranks) as trainer,
        ):
            plans = plan_stages(config, settings, stages, _stage_tokens(trainer, stages))
            facts = {"parameters": trainer.built.parameters, "vocab_size": len(tokenizer)}
            if ranks.is_first:
                where = f"{ranks.size} x {device.type}" if ranks.size > 1 else device.type
                logger.info("%s, %s, %d parameters, %d tokens in the vocabulary", where, dtype, *facts.values())
            if config.parallel == "fsdp" and ranks.size == 1:
                logger.warning("--parallel fsdp: one process alone keeps the whole model; torchrun starts several")
            if not compute_references(trainer, plans, should_stop, on_reference):
                return "stopped", manifest_of(plan, plans, first_state(plans), argv=argv, **facts), {}
            training = time.monotonic()
            started, state = _train_all(trainer, plans, on_step, should_stop)
            training_s = time.monotonic() - training
            pace = {"trained_tokens": state.tokens_seen - started.tokens_seen, "training_s": training_s}
            manifest = manifest_of(plan, plans, state, argv=argv, **facts)
            if len(state.stages) < len(plans) or plans[-1].share(state.here) < 1:
                return "stopped", manifest, pace
            save_model(config.out / "model", trainer.learner.model, tokenizer, ranks)
        if ranks.is_first:
            manifest["weights"] = weight_files(config.out / "model")
            write_json(config.out / MANIFEST, manifest)
    return "finished", manifest, pace


@contextmanager
def taken(
    config: TrainConfig, settings: Settings, device: torch.device, dtype: str, ranks: Ranks
) -> Iterator[dict[str, Any]]:
    """Have the first process hash the data and take hold of the run's directory; give all of them the plan."""
    plan: dict[str, Any] = {}
    with ExitStack() as hold:
        if ranks.is_first:
            plan = plan_document(config, settings, device=device.type, dtype=dtype)
            hold.enter_context(claimed(config.out, plan, overwrite=config.overwrite))
        yield ranks.from_first(plan)


def stage_sources(config: TrainConfig) -> StageSources:
    """Return the stages as they are trained, and what each draws from.

    Raises:
        ConfigError: the order does not fit the stages.
        InputError: a directory holds no rows of the objective's form.
    """
    known = {stage.name: stage for stage in config.stages}
    arranged = arrange(config.stages, config.order, seed=config.seed)
    return [(stage, sources_of(stage, known, config.objective)) for stage in arranged]


def given_tokenizer(config: TrainConfig) -> Any:
    """Load the tokenizer of the model, or that of `--tokenizer`.

    Raises:
        ConfigError: the objective needs a chat template, and it has none.
        BackendError: it cannot be loaded.
    """
    name = config.tokenizer or config.model
    tokenizer = load_tokenizer(name)
    speech_spec(tokenizer, config.objective, name=name, chat_template=config.chat_template)
    return tokenizer


def own_tokenizer(config: TrainConfig, settings: Settings, stages: StageSources, ranks: Ranks) -> Any:
    """Train and keep a preset's tokenizer, or load the one that is kept."""
    assert settings.vocab_size is not None  # noqa: S101 # the preset says it
    folder = config.out / STATE / "tokenizer"
    if ranks.is_first and not folder.is_dir():
        texts = sample_texts(
            [(s.name, sources[0].groups) for s, sources in stages], FORMS[config.objective], seed=config.seed
        )
        trained = train_tokenizer(texts, vocab_size=settings.vocab_size, context=settings.context)
        write_folder(folder, lambda partial: trained.save_pretrained(partial))
    ranks.wait()
    return load_tokenizer(str(folder))


@contextmanager
def opened(
    config: TrainConfig, settings: Settings, tokenizer: Any, device: torch.device, dtype: str, ranks: Ranks
) -> Iterator[Trainer]:
    """Set the trainer up; at the end let its last checkpoint be written, and close its log and its workers."""
    trainer = set_up(config, settings, tokenizer, device, dtype, ranks)
    with closing(trainer.metrics), closing(trainer.encoders), closing(trainer.saver):
        yield trainer


def _stage_tokens(trainer: Trainer, stages: StageSources) -> list[int]:
    config, form, sizes = trainer.config, FORMS[trainer.config.objective], []
    for stage, sources in stages:
        amount = stage.budget.amount
        if stage.budget.unit == "tokens":
            sizes.append(amount)
        elif stage.budget.unit == "steps":
            sizes.append(amount * trainer.settings.step_tokens)
        else:
            groups = sources[0].groups
            density = bytes_per_token(groups, trainer.encoders.here, form, seed=config.seed, stage=stage.name)
            own_tokens = sum(group.text_bytes for group in groups) / density
            sizes.append(amount * round(own_tokens / sources[0].share))
    return sizes


def first_state(plans: Sequence[StagePlan]) -> TrainState:
    """Return the state before the first step."""
    return TrainState(stages=(StageProgress(loader=beginning(len(plans[0].sources))),))


def _train_all(
    trainer: Trainer, plans: list[StagePlan], on_step: OnStep, should_stop: ShouldStop
) -> tuple[TrainState, TrainState]:
    """Train the stages from the last checkpoint on; return the states before and after."""
    config, out = trainer.config, trainer.config.out
    latest = latest_checkpoint(out)
    state = started = read_state(latest) if latest else first_state(plans)
    if latest:
        load_weights(latest, trainer.learner.model, trainer.ranks)
        logger.info("going on from %s: stage %s, step %d", latest, plans[state.stage].stage.name, state.step)
    optimizer: torch.optim.Optimizer | None = None
    for plan in plans[state.stage :]:
        state = state if plan.number == state.stage + 1 else state.next_stage(len(plan.sources))
        if optimizer is None or not config.one_schedule:
            rates = {"lr": plan.schedule.peak, "weight_decay": config.weight_decay}
            optimizer = build_optimizer(trainer.learner, undecayed=trainer.built.undecayed, **rates)
        if latest:
            load_optimizer(latest, optimizer, trainer.ranks)
            latest = None
        state = train_stage(trainer, plan, optimizer, state, on_step=on_step, should_stop=should_stop)
        trainer.save(optimizer, state)
        if plan.share(state.here) < 1:
            break
        save_model(out / "stages" / plan.folder / "model", trainer.learner.model, trainer.tokenizer, trainer.ranks)
    trainer.saver.wait()
    return started, state
