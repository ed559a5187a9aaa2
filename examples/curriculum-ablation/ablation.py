"""The curriculum against its controls, at equal budgets: text, models and figures by one command.

The text of all arms is made from one bitext (`cscl-data make-curriculum`), a model is trained on each arm with each
seed (`cscl-data train`), and all are measured side by side on text that none has seen (`cscl-data evaluate model`).
Stop it whenever you like: the same command goes on where it stopped.

    DATA=path/to/pool python ablation.py --config tiny.yaml --out ablation
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from string import Template
from typing import Any

import yaml

from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.records import Pair

HERE = Path(__file__).parent
UNTRAINED = "untrained"
"""One more control: the model as it is before training, or after one step that changes nothing that can be seen."""


def read_config(path: Path, data: Path) -> dict[str, Any]:
    """Read a configuration, $DATA filled in."""
    return filled(yaml.safe_load(path.read_text(encoding="utf-8")), {"DATA": str(data.resolve())})


def filled(value: Any, variables: Mapping[str, str]) -> Any:
    """Return a tree of values with the variables in its texts filled in."""
    if isinstance(value, dict):
        return {key: filled(one, variables) for key, one in value.items()}
    if isinstance(value, list):
        return [filled(one, variables) for one in value]
    return Template(value).substitute(variables) if isinstance(value, str) else value


def flags(options: Mapping[str, Any]) -> list[str]:
    """Return options as they are typed; one that is `true` stands alone."""
    typed = {f"--{name.replace('_', '-')}": value for name, value in options.items()}
    return [word for flag, value in typed.items() for word in ([flag] if value is True else [flag, str(value)])]


def cscl(*arguments: str) -> None:
    """Run a command of cscl-data; where it fails, end with what it said."""
    print("$ cscl-data", *arguments, flush=True)
    if code := subprocess.run([sys.executable, "-m", "cscl_data", *arguments], check=False).returncode:
        raise SystemExit(code)


def make_tokenizer(out: Path, config: Mapping[str, Any]) -> None:
    """Train the tokenizer that all arms share, on both sides of the bitext, unless it is there."""
    if (out / "tokenizer.json").is_file():
        return
    from cscl_data.train.tokenizer import train_tokenizer

    tokenizer = train_tokenizer(
        texts(config["curriculum"]), vocab_size=config["vocab_size"], context=config["train"]["context"]
    )
    tokenizer.save_pretrained(out)


def texts(plan: Mapping[str, Any]) -> Iterator[str]:
    """Yield the texts of both sides of a plan's bitext."""
    columns = {name: str(value) for name, value in plan["bitext"].items() if name in ("src_column", "tgt_column")}
    spec = BitextSpec(src_lang=plan["src_lang"], tgt_lang=plan["tgt_lang"], paths=(plan["bitext"]["input"],), **columns)
    for pair in Bitext(spec):
        if isinstance(pair, Pair):
            yield pair.src_text
            yield pair.tgt_text


def make_text(out: Path, config: Mapping[str, Any]) -> list[str]:
    """Make the text of all arms, or go on with it; return the names of the arms."""
    plan = out / "plan.yaml"
    document = {**config["curriculum"], "budget_tokenizer": "tokenizer"}
    plan.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    # Most rows of the pool are of no document, and no text for the sentence phase: they are counted as rejects.
    cscl("make-curriculum", str(plan), "--max-reject-rate", "1", "--out", str(out / "text"))
    return list(json.loads((out / "text" / "manifest.json").read_text(encoding="utf-8"))["arms"])


def train(out: Path, arm: str, seed: int, options: Mapping[str, Any]) -> Path:
    """Train one arm with one seed, or go on with it; return the directory of the run."""
    run = out / "runs" / f"{arm}-{seed}"
    stages = {"stages": out / "text" / "stages" / f"{arm}.yaml"}
    if arm == UNTRAINED:
        stages = {"stage": f"{UNTRAINED}={out / 'text' / 'mono'}@1steps,lr=1e-12"}
        options = {name: value for name, value in options.items() if name != "one_schedule"}  # it has its own rate
    cscl("train", *flags({**options, "tokenizer": out / "tokenizer", **stages, "seed": seed, "out": run}))
    return run


def train_all(
    out: Path, arms: Sequence[str], seeds: Sequence[int], options: Mapping[str, Any], *, jobs: int
) -> dict[str, list[Path]]:
    """Train every arm with every seed, `jobs` runs at once; return the directories of the runs by arm."""
    wanted = [(arm, seed) for seed in seeds for arm in arms]
    with ThreadPoolExecutor(jobs) as pool:
        done = list(pool.map(lambda one: train(out, *one, options), wanted))
    return {arm: [run for (of_run, _), run in zip(wanted, done, strict=True) if of_run == arm] for arm in arms}


def measure(out: Path, name: str, runs: Mapping[str, Sequence[Path]], options: Mapping[str, Any]) -> None:
    """Measure all runs on one bitext; the report, its page and its numbers are in OUT/NAME."""
    models = chain.from_iterable(("--model", f"{arm}={','.join(map(str, of_arm))}") for arm, of_arm in runs.items())
    cscl("evaluate", "model", *models, *flags(options), "--out", str(out / name))


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the text, train every arm with every seed, and measure them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, default=HERE / "tiny.yaml")
    parser.add_argument("--data", type=Path, default=os.environ.get("DATA"), help="what $DATA means in the config")
    parser.add_argument("--arms", help="some of the arms alone, with commas")
    parser.add_argument("--seeds", help="some of the seeds alone, with commas")
    parser.add_argument("--jobs", type=int, default=1, help="models trained at once; a GPU has room for many tiny ones")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    if options.data is None:
        parser.error("no data: --data DIR, or the variable DATA")
    config = read_config(options.config, Path(options.data))
    options.out.mkdir(parents=True, exist_ok=True)

    make_tokenizer(options.out / "tokenizer", config)
    arms = [UNTRAINED, *make_text(options.out, config)]
    arms = options.arms.split(",") if options.arms else arms
    seeds = list(map(int, options.seeds.split(","))) if options.seeds else config["seeds"]
    runs = train_all(options.out, arms, seeds, config["train"], jobs=options.jobs)
    plan = config["curriculum"]
    languages = {"src_lang": plan["src_lang"], "tgt_lang": plan["tgt_lang"]}
    for name, given in config["evaluate"].items():
        measure(options.out, name, runs, {**given, **languages})


if __name__ == "__main__":
    main()
