"""A training run, from its configuration to its manifest.

On a CPU, end to end:

python -m cscl_data.train --model tiny --stage token=out/token@20000 --stage mono=out/mono@20000 --out out/run
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import torch

from cscl_data.errors import BackendError, ConfigError
from cscl_data.io.atomic import write_json
from cscl_data.io.claim import STATE
from cscl_data.io.dataset import MANIFEST, read_manifest
from cscl_data.train.checkpoint import latest_checkpoint, load_optimizer, load_weights, read_state
from cscl_data.train.config import TrainConfig
from cscl_data.train.device import autocast_dtype, pick_device, pick_dtype
from cscl_data.train.folders import write_folder
from cscl_data.train.loop import OnStep, ShouldStop, Trainer, save, train_stage
from cscl_data.train.model import build_model, check_fit, load_model, save_model
from cscl_data.train.objectives import OBJECTIVES
from cscl_data.train.order import RowGroup, list_row_groups
from cscl_data.train.plan import StagePlan, plan_document, plan_stages
from cscl_data.train.presets import PRESETS
from cscl_data.train.report import Status, TrainReport, manifest_of, weight_files
from cscl_data.train.rundir import LOG, RunLog, claimed
from cscl_data.train.settings import Settings, resolve
from cscl_data.train.state import TrainState
from cscl_data.train.step import build_optimizer
from cscl_data.train.tokenizer import (
    bytes_per_token,
    encoder_of,
    load_tokenizer,
    marks_of,
    sample_texts,
    train_tokenizer,
)

logger = logging.getLogger(__name__)


def run_train(
    config: TrainConfig,
    *,
    argv: Sequence[str] = (),
    on_step: OnStep = lambda event: None,
    should_stop: ShouldStop = lambda: False,
) -> TrainReport:
    """Train all stages in order, going on where an earlier run under the same plan stopped.

    Args:
        config: what is asked.
        argv: the command line, for the manifest.
        on_step: called after each step.
        should_stop: asked before each step; True saves a checkpoint and ends the run.

    Raises:
        ConfigError: the configuration cannot be, or the directory holds a run under another plan.
        InputError: a stage's directory or a shard cannot be read.
        BackendError: model or tokenizer cannot be loaded, memory ran out, or the loss is not finite.
        OutputError: the run's directory cannot be written.
    """
    began = time.monotonic()
    config.check()
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise ConfigError("WORLD_SIZE: training in several processes is not built yet", hint="run it in one process")
    groups = [list_row_groups(stage.path) for stage in config.stages]
    settings = resolve(config)
    device = pick_device(config.device)
    dtype = pick_dtype(config.dtype, device)
    plan = plan_document(config, settings, device=device.type, dtype=dtype)
    with claimed(config.out, plan, overwrite=config.overwrite):
        if (config.out / MANIFEST).is_file():
            return _report("already finished", config, read_manifest(config.out), began)
        if config.threads is not None:
            torch.set_num_threads(config.threads)
        torch.manual_seed(config.seed)
        tokenizer = open_tokenizer(config, settings, groups)
        trainer = _set_up(config, settings, tokenizer, device, dtype)
        plans = plan_stages(config, settings, groups, _stage_tokens(config, settings, groups, trainer))
        facts = {"parameters": trainer.model.num_parameters(), "vocab_size": len(tokenizer)}
        logger.info("%s, %s, %d parameters, %d tokens in the vocabulary", device, dtype, *facts.values())
        training = time.monotonic()
        with closing(trainer.log):
            started, state = _train_all(trainer, plans, tokenizer, on_step, should_stop)
        pace = {"trained_tokens": state.tokens_seen - started.tokens_seen, "training_s": time.monotonic() - training}
        manifest = manifest_of(plan, plans, state, argv=argv, **facts)
        if len(state.stages) < len(plans) or plans[-1].share(state.here) < 1:
            return _report("stopped", config, manifest, began, **pace)
        save_model(config.out / "model", trainer.model, tokenizer)
        manifest["weights"] = weight_files(config.out / "model")
        write_json(config.out / MANIFEST, manifest)
    return _report("finished", config, manifest, began, **pace)


def open_tokenizer(config: TrainConfig, settings: Settings, groups: Sequence[tuple[RowGroup, ...]]) -> Any:
    """Load the run's tokenizer; train and keep it first where a preset comes without one."""
    if settings.vocab_size is None:
        return load_tokenizer(config.tokenizer or config.model)
    folder = config.out / STATE / "tokenizer"
    if not folder.is_dir():
        names = [stage.name for stage in config.stages]
        texts = sample_texts(list(zip(names, groups, strict=True)), seed=config.seed)
        trained = train_tokenizer(texts, vocab_size=settings.vocab_size, context=settings.context)
        write_folder(folder, lambda partial: trained.save_pretrained(partial))
    return load_tokenizer(str(folder))


def _set_up(config: TrainConfig, settings: Settings, tokenizer: Any, device: torch.device, dtype: str) -> Trainer:
    marks = marks_of(tokenizer)
    if config.is_preset:
        model = build_model(PRESETS[config.model], vocab_size=len(tokenizer), marks=marks)
    else:
        model = load_model(config.model)
    check_fit(model, vocab_size=len(tokenizer), context=settings.context)
    model.to(device).train()
    latest = latest_checkpoint(config.out)
    return Trainer(
        config=config,
        settings=settings,
        model=model,
        encode=encoder_of(tokenizer),
        marks=marks,
        objective=OBJECTIVES[config.objective],
        device=device,
        autocast=autocast_dtype(dtype),
        log=RunLog(config.out / LOG, step=read_state(latest).step if latest else 0),
    )


def _stage_tokens(
    config: TrainConfig, settings: Settings, groups: Sequence[tuple[RowGroup, ...]], trainer: Trainer
) -> list[int]:
    sizes = []
    for stage, of_stage in zip(config.stages, groups, strict=True):
        amount = stage.budget.amount
        if stage.budget.unit == "tokens":
            sizes.append(amount)
        elif stage.budget.unit == "steps":
            sizes.append(amount * settings.step_tokens)
        else:
            density = bytes_per_token(of_stage, trainer.encode, seed=config.seed, stage=stage.name)
            sizes.append(amount * round(sum(group.text_bytes for group in of_stage) / density))
    return sizes


def _train_all(
    trainer: Trainer, plans: list[StagePlan], tokenizer: Any, on_step: OnStep, should_stop: ShouldStop
) -> tuple[TrainState, TrainState]:
    """Train the stages from the last checkpoint on; return the states before and after."""
    config, out = trainer.config, trainer.config.out
    latest = latest_checkpoint(out)
    state = started = read_state(latest) if latest else TrainState()
    if latest:
        load_weights(latest, trainer.model)
        logger.info("going on from %s: stage %s, step %d", latest, plans[state.stage].stage.name, state.step)
    optimizer: torch.optim.Optimizer | None = None
    for plan in plans[state.stage :]:
        state = state if plan.number == state.stage + 1 else state.next_stage()
        if optimizer is None or not config.one_schedule:
            optimizer = build_optimizer(trainer.model, lr=plan.schedule.peak, weight_decay=config.weight_decay)
        if latest:
            load_optimizer(latest, optimizer, trainer.device)
            latest = None
        try:
            state = train_stage(trainer, plan, optimizer, state, on_step=on_step, should_stop=should_stop)
        except torch.OutOfMemoryError as error:
            rows = max(trainer.settings.micro_batch // 2, 1)
            raise BackendError("out of GPU memory", hint=f"--micro-batch {rows}, or a shorter --context") from error
        save(trainer, optimizer, state)
        if plan.share(state.here) < 1:
            break
        save_model(out / "stages" / plan.folder / "model", trainer.model, tokenizer)
    return started, state


def _report(status: Status, config: TrainConfig, manifest: dict[str, Any], began: float, **pace: Any) -> TrainReport:
    elapsed_s = time.monotonic() - began
    return TrainReport(status=status, out=config.out, manifest=manifest, elapsed_s=elapsed_s, **pace)
