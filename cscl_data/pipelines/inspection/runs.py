"""A training run under inspection: its log, stage by stage."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cscl_data.io.shards import file_facts
from cscl_data.pipelines.inspection.counts import rounded
from cscl_data.pipelines.inspection.manifests import read_usable
from cscl_data.pipelines.inspection.problems import Problems
from cscl_data.pipelines.inspection.sampling import Thinned

LOG = "log.jsonl"


def read_run(directory: Path, problems: Problems, *, verify: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read a run's manifest and log, and check that they agree.

    Args:
        directory: the run's directory.
        problems: gets what is wrong.
        verify: hash the weights too.

    Returns:
        The manifest (empty if there is none), and the statistics: stages with their steps, tokens and losses, and
        of the log at most some hundred points each: `curve` `[tokens, loss, stage]` (stage from 0), `rates`
        `[tokens, learning rate]`, and `evals`, by name, `[tokens, loss]`.
    """
    manifest = read_usable(directory, problems)
    stages: dict[str, dict[str, Any]] = {}
    curve: Thinned[list[float]] = Thinned()
    rates: Thinned[list[float]] = Thinned()
    evals: dict[str, Thinned[list[float]]] = {}
    step = tokens = 0
    for number, entry in _entries(directory / LOG, problems):
        place = f"{LOG}:{number}"
        if entry["step"] <= step or entry["tokens"] < tokens:
            problems.add(place, f"step {entry['step']} with {entry['tokens']} tokens comes after step {step}")
        step, tokens = entry["step"], entry["tokens"]
        name = str(entry["stage"])
        if name in stages and name != next(reversed(stages)):
            problems.add(place, f"stage {name} comes back after {next(reversed(stages))}")
        stage = stages.setdefault(name, {"first_step": step, "first_loss": None, "last_loss": None, "min_loss": None})
        stage |= {"last_step": step, "tokens": entry.get("stage_tokens"), "end_tokens": tokens, "lr": entry.get("lr")}
        if isinstance(entry.get("lr"), int | float):
            rates.offer([tokens, entry["lr"]])
        for of_eval, measured in _measured(entry).items():
            evals.setdefault(of_eval, Thinned()).offer([tokens, rounded(measured)])
        loss = entry["loss"]
        if loss is None:
            continue
        if not math.isfinite(loss):
            problems.add(place, f"loss {loss} is not a number")
            continue
        stage["first_loss"] = loss if stage["first_loss"] is None else stage["first_loss"]
        stage["last_loss"] = loss
        stage["min_loss"] = loss if stage["min_loss"] is None else min(stage["min_loss"], loss)
        curve.offer([tokens, rounded(loss), list(stages).index(name)])
    if manifest:
        _check_against(directory, manifest, list(stages), tokens, problems, verify=verify)
    statistics = {
        "steps": manifest.get("steps", step),
        "tokens": manifest.get("tokens", tokens),
        "parameters": (manifest.get("model") or {}).get("parameters"),
        "vocabulary": (manifest.get("tokenizer") or {}).get("vocab_size"),
        "stages": [{"name": name, **_rounded(stage)} for name, stage in stages.items()],
        "curve": curve.items(),
        "rates": rates.items(),
        "evals": {name: points.items() for name, points in evals.items()},
    }
    return manifest, statistics


def _check_against(
    directory: Path, manifest: Mapping[str, Any], logged: list[str], tokens: int, problems: Problems, *, verify: bool
) -> None:
    stated = [str(stage.get("name")) for stage in manifest.get("stages") or []]
    if [name for name in stated if name in logged] != logged:
        problems.add(LOG, f"stages {', '.join(logged)}; the manifest has {', '.join(stated)}")
    if tokens > manifest.get("tokens", tokens):
        problems.add(LOG, f"ends at {tokens} tokens, the manifest states {manifest['tokens']}")
    for entry in manifest.get("weights") or []:
        path = directory / str(entry.get("path"))
        if not path.is_file():
            problems.add(str(entry.get("path")), "no such file, but the manifest counts on it")
        elif path.stat().st_size != entry.get("bytes"):
            problems.add(str(entry["path"]), f"has {path.stat().st_size} bytes, {entry.get('bytes')} are recorded")
        elif verify and file_facts(path).sha256 != entry.get("sha256"):
            problems.add(str(entry["path"]), "its sha256 is not the recorded one")


def _entries(path: Path, problems: Problems) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the log's lines with their numbers from 1; one that is no log line is a problem."""
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                entry = _entry(line)
                if entry is None:
                    problems.add(f"{LOG}:{number}", "is no line of a training log")
                else:
                    yield number, entry
    except (OSError, UnicodeDecodeError) as error:
        problems.add(LOG, f"cannot be read ({error})")


def _entry(line: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    whole = isinstance(entry, dict) and all(isinstance(entry.get(key), int) for key in ("step", "tokens"))
    number = whole and isinstance(entry.get("loss"), int | float | None)
    return entry if number and "stage" in entry and "loss" in entry else None


def _measured(entry: Mapping[str, Any]) -> dict[str, float]:
    """Return what a line says of each `--eval`, as far as it is a number."""
    measured = entry.get("eval")
    found = measured.items() if isinstance(measured, dict) else ()
    return {name: value for name, value in found if isinstance(value, int | float) and math.isfinite(value)}


def _rounded(stage: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: rounded(value) if key.endswith("_loss") and value is not None else value for key, value in stage.items()
    }
