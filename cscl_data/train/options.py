"""The options of `train`, shared by `cscl-data train` and `python -m cscl_data.train`. Nothing heavy is imported."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cscl_data.errors import ConfigError
from cscl_data.io.optionfile import option_defaults
from cscl_data.train.config import TrainConfig
from cscl_data.train.progress import progress_bar
from cscl_data.train.signals import stop_requests
from cscl_data.train.stages import load_stages, parse_stage


def _use_config(ctx: typer.Context, path: Path | None) -> Path | None:
    """Take the defaults of all options from a YAML file; a flag beats the file."""
    if path is not None:
        ctx.default_map = {**(ctx.default_map or {}), **option_defaults(path, ctx.command.params)}
    return path


def train_cli(
    model: Annotated[str, typer.Option(help="tiny, 98m, a model directory, or hub:ORG/NAME.")],
    out: Annotated[Path, typer.Option(help="The run's directory.")],
    stage: Annotated[
        list[str] | None,
        typer.Option(help="NAME=DIR[@BUDGET][,lr=..][,warmup=..]; BUDGET: 5M, 200k, 300steps, 2epochs. Repeatable."),
    ] = None,
    stages: Annotated[Path | None, typer.Option(help="YAML file of stages, in place of --stage.")] = None,
    objective: Annotated[str, typer.Option(help="What is minimised: causal-lm.")] = "causal-lm",
    seed: Annotated[int, typer.Option(help="Of a preset's weights, the order of rows, and dropout.")] = 0,
    tokenizer: Annotated[str | None, typer.Option(help="A tokenizer's directory, in place of the model's own.")] = None,
    vocab_size: Annotated[int | None, typer.Option(help="Of the tokenizer that is trained for a preset.")] = None,
    context: Annotated[int | None, typer.Option(help="Tokens in a row.")] = None,
    batch_size: Annotated[int | None, typer.Option(help="Rows in a step.")] = None,
    micro_batch: Annotated[int | None, typer.Option(help="Rows in a forward pass: less memory, same step.")] = None,
    lr: Annotated[float | None, typer.Option(help="Peak learning rate.")] = None,
    min_lr_ratio: Annotated[float, typer.Option(help="Last learning rate over the peak.")] = 0.1,
    warmup: Annotated[float, typer.Option(help="Share of a stage (below 1) or number of steps until the peak.")] = 0.01,
    weight_decay: Annotated[float, typer.Option(help="Decay of weight matrices.")] = 0.01,
    max_grad_norm: Annotated[float, typer.Option(help="Gradients are scaled down to this norm.")] = 1.0,
    one_schedule: Annotated[bool, typer.Option("--one-schedule", help="One optimizer and schedule for all.")] = False,
    dtype: Annotated[str, typer.Option(help="auto, float32 or bfloat16 arithmetic; weights are float32.")] = "auto",
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    threads: Annotated[int | None, typer.Option(help="CPU threads; 1 on a busy machine.")] = None,
    save_every: Annotated[int, typer.Option(help="Steps between checkpoints; 0: at the ends of stages alone.")] = 200,
    keep_checkpoints: Annotated[int, typer.Option(help="How many checkpoints stay.")] = 2,
    log_every: Annotated[int, typer.Option(help="Steps between lines of log.jsonl.")] = 1,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print tokens, steps, memory, time.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Start anew where a run stands.")] = False,
    config: Annotated[
        Path | None, typer.Option(is_eager=True, callback=_use_config, help="YAML file of options; a flag beats it.")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print the manifest as one line on standard output.")] = False,
) -> None:
    """Train a language model on shards, stage by stage in the order given.

    The same command again goes on where it stopped, to the bit on a CPU.

    Example: cscl-data train --model tiny --stage token=out/token@200k --stage mono=out/mono@200k --out out/run
    """
    if stage and stages:
        raise ConfigError("--stage and --stages: give one of them")
    wanted = TrainConfig(
        model=model,
        stages=load_stages(stages) if stages else _parse_all(stage or []),
        out=out,
        objective=objective,
        seed=seed,
        tokenizer=tokenizer,
        vocab_size=vocab_size,
        context=context,
        batch_size=batch_size,
        micro_batch=micro_batch,
        lr=lr,
        min_lr_ratio=min_lr_ratio,
        warmup=warmup,
        weight_decay=weight_decay,
        max_grad_norm=max_grad_norm,
        one_schedule=one_schedule,
        dtype=dtype,
        device=device,
        threads=threads,
        save_every=save_every,
        keep_checkpoints=keep_checkpoints,
        log_every=log_every,
        overwrite=overwrite,
    )
    if dry_run:
        from cscl_data.train.estimate import estimate_run

        estimate = estimate_run(wanted)
        _say(estimate.lines())
        if json_:
            stages_json = [of_stage._asdict() for of_stage in estimate.stages]
            _result({"stages": stages_json, "parameters": estimate.parameters, "memory_bytes": estimate.memory_bytes})
        return
    _train(wanted, as_json=json_)


def _train(wanted: TrainConfig, *, as_json: bool) -> None:
    from cscl_data.io.dataset import shard_paths

    wanted.check()
    for of_stage in wanted.stages:
        shard_paths(of_stage.path)  # said before torch takes its seconds to load
    from cscl_data.train.run import run_train

    with stop_requests() as stop, progress_bar() as on_step:
        report = run_train(wanted, argv=sys.argv[1:], on_step=on_step, should_stop=stop)
    _say(report.lines())
    if report.status == "stopped":
        _say([f"to go on: {shlex.join([*_program(), *sys.argv[1:]])}"])
        raise typer.Exit(stop.exit_code)
    if as_json:
        _result({**report.manifest, "elapsed_s": round(report.elapsed_s, 3)})


def _parse_all(texts: list[str]) -> tuple[Any, ...]:
    parsed, problems = [], []
    for text in texts:
        try:
            parsed.append(parse_stage(text))
        except ConfigError as error:
            problems.append(error)
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise ConfigError("\n".join(error.message for error in problems))
    return tuple(parsed)


def _program() -> list[str]:
    """Return the words before the options in the command that was given."""
    path = Path(sys.argv[0])
    if path.name != "__main__.py":
        return [path.name]
    return ["python", "-m", "cscl_data.train" if path.parent.name == "train" else "cscl_data"]


def _say(lines: list[str]) -> None:
    for line in lines:
        typer.echo(line, err=True)


def _result(document: dict[str, Any]) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False))
