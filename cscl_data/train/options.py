"""The options of `train`, shared by `cscl-data train` and `python -m cscl_data.train`. Nothing heavy is imported."""

from __future__ import annotations

import json
import os
import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cscl_data.errors import ConfigError
from cscl_data.io.optionfile import option_defaults
from cscl_data.io.telling import show, tell
from cscl_data.io.trust import FLAG, HELP, trust_code
from cscl_data.train.config import TrainConfig
from cscl_data.train.presets import PRESETS
from cscl_data.train.progress import progress_shown
from cscl_data.train.ranks import is_first_process
from cscl_data.train.signals import Stopped, stop_requests
from cscl_data.train.stages import load_stages, parse_stage


def _use_config(ctx: typer.Context, path: Path | None) -> Path | None:
    """Take the defaults of all options from a YAML file; a flag beats the file."""
    if path is not None:
        ctx.default_map = {**(ctx.default_map or {}), **option_defaults(path, ctx.command.params)}
    return path


def train_cli(
    model: Annotated[str, typer.Option(help="tiny, 98m, 0.5b, a model directory, or hub:ORG/NAME.")],
    out: Annotated[Path, typer.Option(help="The run's directory.")],
    stage: Annotated[
        list[str] | None,
        typer.Option(
            help="NAME=DIR[@BUDGET][,lr=..][,warmup=..][,replay=EARLIER:0.1]; BUDGET: 5M, 200k, 300steps, 2epochs."
        ),
    ] = None,
    stages: Annotated[Path | None, typer.Option(help="YAML file of stages, in place of --stage.")] = None,
    order: Annotated[
        str, typer.Option(help="Of the stages: given, reversed, shuffled, or mix (all in one).")
    ] = "given",
    objective: Annotated[str, typer.Option(help="causal-lm (text), sft (sft/1) or clo (preferences/1).")] = "causal-lm",
    seed: Annotated[int, typer.Option(help="Of a preset's weights, the order of rows, and dropout.")] = 0,
    tokenizer: Annotated[str | None, typer.Option(help="A tokenizer's directory, in place of the model's own.")] = None,
    chat_template: Annotated[
        str | None, typer.Option(help="A Jinja file, or plain, in place of the tokenizer's own (sft, clo, --eval).")
    ] = None,
    vocab_size: Annotated[int | None, typer.Option(help="Of the tokenizer that is trained for a preset.")] = None,
    context: Annotated[int | None, typer.Option(help="Tokens in a row.")] = None,
    packing: Annotated[
        str | None, typer.Option(help="wrapped (text), best-fit (cuts no row that fits; sft, clo), or none.")
    ] = None,
    document_mask: Annotated[
        bool | None, typer.Option(help="Documents in a row do not see each other; default for sft and clo.")
    ] = None,
    batch_size: Annotated[int | None, typer.Option(help="Rows in a step; records, for clo.")] = None,
    micro_batch: Annotated[int | None, typer.Option(help="Rows in a forward pass: less memory, same step.")] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes that tokenise ahead; by default 2 on CUDA, 0 on a CPU.")
    ] = None,
    lr: Annotated[float | None, typer.Option(help="Peak learning rate.")] = None,
    min_lr_ratio: Annotated[float, typer.Option(help="Last learning rate over the peak.")] = 0.1,
    warmup: Annotated[float, typer.Option(help="Share of a stage (below 1) or number of steps until the peak.")] = 0.01,
    weight_decay: Annotated[float, typer.Option(help="Decay of weight matrices.")] = 0.01,
    max_grad_norm: Annotated[float, typer.Option(help="Gradients are scaled down to this norm.")] = 1.0,
    one_schedule: Annotated[bool, typer.Option("--one-schedule", help="One optimizer and schedule for all.")] = False,
    train_only: Annotated[
        str | None,
        typer.Option(
            help="all, attention (default for clo), embeddings, new-tokens, or new-tokens:N (rows from N on)."
        ),
    ] = None,
    lora: Annotated[int | None, typer.Option(help="Rank of adapters (peft) in place of training the weights.")] = None,
    beta: Annotated[float, typer.Option(help="clo: how strongly preferences bind to the start model.")] = 0.1,
    lambda_: Annotated[float, typer.Option("--lambda", help="clo: share of the supervised term in the loss.")] = 0.5,
    source_lang: Annotated[str, typer.Option(help="clo: answers in this language are compared, not learned.")] = "en",
    gradient_checkpointing: Annotated[
        bool, typer.Option("--gradient-checkpointing", help="Less memory: activations are computed twice.")
    ] = False,
    compile_: Annotated[bool, typer.Option("--compile", help="Compile the model with torch.compile.")] = False,
    cross_entropy: Annotated[
        str, typer.Option(help="whole, chunked (never holds all logits), or auto: chunked from 4,096 tokens on.")
    ] = "auto",
    attention: Annotated[
        str | None, typer.Option(help="Implementation by its name in transformers, e.g. sdpa.")
    ] = None,
    eval_: Annotated[
        list[str] | None, typer.Option("--eval", help="NAME=DIR: shards whose loss is measured. Repeatable.")
    ] = None,
    eval_every: Annotated[int, typer.Option(help="Steps between measurements; 0: at the ends of stages alone.")] = 0,
    eval_rows: Annotated[int, typer.Option(help="Rows of each --eval directory that are measured.")] = 1000,
    dtype: Annotated[str, typer.Option(help="auto, float32 or bfloat16 arithmetic; weights are float32.")] = "auto",
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    parallel: Annotated[
        str, typer.Option(help="Under torchrun: ddp (the whole model in each process) or fsdp (a share).")
    ] = "ddp",
    threads: Annotated[int | None, typer.Option(help="CPU threads; 1 on a busy machine.")] = None,
    save_every: Annotated[int, typer.Option(help="Steps between checkpoints; 0: at the ends of stages alone.")] = 200,
    keep_checkpoints: Annotated[int, typer.Option(help="How many checkpoints stay.")] = 2,
    log_every: Annotated[int, typer.Option(help="Steps between lines of log.jsonl.")] = 1,
    track: Annotated[str | None, typer.Option(help="tensorboard or wandb: draws the run while it goes on.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print tokens, steps, memory, time.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Start anew where a run stands.")] = False,
    trust_remote_code: Annotated[bool, typer.Option(FLAG, help=HELP)] = False,
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
    if trust_remote_code and model in PRESETS and tokenizer is None:
        raise ConfigError(
            f"{FLAG} is for a model or tokenizer of yours, and --model {model} is built here", hint="leave it out"
        )
    trust_code(trust_remote_code)
    wanted = TrainConfig(
        model=model,
        stages=load_stages(stages) if stages else _parse_all(stage or []),
        out=out,
        order=order,
        objective=objective,
        seed=seed,
        tokenizer=tokenizer,
        chat_template=chat_template,
        vocab_size=vocab_size,
        context=context,
        packing=packing,
        document_mask=document_mask,
        batch_size=batch_size,
        micro_batch=micro_batch,
        workers=workers,
        lr=lr,
        min_lr_ratio=min_lr_ratio,
        warmup=warmup,
        weight_decay=weight_decay,
        max_grad_norm=max_grad_norm,
        one_schedule=one_schedule,
        train_only=train_only,
        lora=lora,
        beta=beta,
        sft_weight=lambda_,
        source_lang=source_lang,
        gradient_checkpointing=gradient_checkpointing,
        compile=compile_,
        cross_entropy=cross_entropy,
        attention=attention,
        evals=_parse_evals(eval_ or []),
        eval_every=eval_every,
        eval_rows=eval_rows,
        dtype=dtype,
        device=device,
        parallel=parallel,
        threads=threads,
        save_every=save_every,
        keep_checkpoints=keep_checkpoints,
        log_every=log_every,
        track=track,
        overwrite=overwrite,
    )
    if dry_run and is_first_process():
        from cscl_data.train.estimate import estimate_run

        estimate = estimate_run(wanted)
        show("\n".join(estimate.lines()))
        if json_:
            stages_json = [of_stage._asdict() for of_stage in estimate.stages]
            _result({"stages": stages_json, "parameters": estimate.parameters, "memory_bytes": estimate.memory_bytes})
    if not dry_run:
        _train(wanted, as_json=json_)


def _train(wanted: TrainConfig, *, as_json: bool) -> None:
    from cscl_data.io.dataset import shard_paths
    from cscl_data.train.settings import resolve
    from cscl_data.train.sketch import check_telling

    wanted.check()
    resolve(wanted)
    for path in (*(stage.path for stage in wanted.stages), *(path for _, path in wanted.evals)):
        shard_paths(path)  # said before torch takes its seconds to load
    check_telling(wanted)
    try:
        with stop_requests() as stop, progress_shown() as shown:
            from cscl_data.train.run import run_train

            report = run_train(wanted, argv=sys.argv[1:], **shown._asdict(), should_stop=stop)
    except Stopped as stopped:
        tell(stopped.message)
        _say_how_to_go_on()
        raise typer.Exit(stop.exit_code or stopped.exit_code) from stopped
    if is_first_process():
        tell("\n".join(report.lines()))
    if report.status == "stopped":
        _say_how_to_go_on()
        raise typer.Exit(stop.exit_code or Stopped.exit_code)  # another process may have got the signal
    if as_json and is_first_process():
        _result({**report.manifest, "elapsed_s": round(report.elapsed_s, 3)})


def _say_how_to_go_on() -> None:
    if is_first_process():
        typer.echo(f"to go on: {shlex.join([*_program(), *sys.argv[1:]])}", err=True)


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


def _parse_evals(texts: list[str]) -> tuple[tuple[str, Path], ...]:
    pairs = [text.partition("=") for text in texts]
    if wrong := [text for text, (name, equals, path) in zip(texts, pairs, strict=True) if not (name and path)]:
        raise ConfigError(f"--eval {wrong[0]!r}: not NAME=DIR", hint="--eval ko=out/dev-ko")
    return tuple((name, Path(path)) for name, _, path in pairs)


def _program() -> list[str]:
    """Return the words before the options in the command that was given."""
    path = Path(sys.argv[0])
    local = os.environ.get("LOCAL_WORLD_SIZE")
    launcher = ["torchrun", "--nproc-per-node", local] if local else ["python"]
    if path.name != "__main__.py":
        return [*launcher, "--no-python", path.name] if local else [path.name]
    return [*launcher, "-m", "cscl_data.train" if path.parent.name == "train" else "cscl_data"]


def _result(document: dict[str, Any]) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False))
