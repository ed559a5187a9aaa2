"""A training run in a process of its own, killed and stopped by real signals."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cscl_data.train.run import run_train
from tests.train.stage_data import sentences, small_config, write_stage

SMALL = ["--model", "tiny", "--context", "32", "--batch-size", "4", "--vocab-size", "400"]
SMALL += ["--device", "cpu", "--threads", "1", "--save-every", "7"]
STEPS = (6, 40, 40)
TIMEOUT_S = 60


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Three short stages; the later two last about a second, so that a signal finds them at work."""
    folder = tmp_path_factory.mktemp("stages")
    names = zip(("token", "sentence", "mono"), STEPS, strict=True)
    return [f"{name}={write_stage(folder / name, sentences(40, start=n))}@{n}steps" for name, n in names]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, stages: list[str]) -> Path:
    """An uninterrupted run, with checkpoints at other steps."""
    config = small_config(tmp_path_factory.mktemp("run") / "whole", stages, save_every=0)
    run_train(config)
    return config.out


def start(command: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def signal_in_stage(process: subprocess.Popen[str], log: Path, stage: str, number: int) -> tuple[int, str, str]:
    """Send a signal as soon as the log has a line of the stage; return exit code, standard output, standard error."""
    give_up = time.monotonic() + TIMEOUT_S
    while process.poll() is None and time.monotonic() < give_up:
        if log.is_file() and f'"{stage}"' in log.read_text(encoding="utf-8"):
            process.send_signal(number)
            break
        time.sleep(0.005)
    out, err = process.communicate(timeout=TIMEOUT_S)
    return process.returncode, out, err


def test_run_killed_then_terminated_and_resumed_equals_the_uninterrupted_one(
    tmp_path: Path, stages: list[str], whole: Path
) -> None:
    torn = tmp_path / "torn"
    log = torn / "log.jsonl"
    arguments = [*SMALL, *(word for stage in stages for word in ("--stage", stage)), "--out", str(torn)]
    command = [sys.executable, "-m", "cscl_data", "train", *arguments]

    code, _, _ = signal_in_stage(start(command), log, "sentence", signal.SIGKILL)
    assert code == -signal.SIGKILL
    assert '"mono"' not in log.read_text(encoding="utf-8")
    assert not (torn / "manifest.json").exists()

    code, out, err = signal_in_stage(start(command), log, "mono", signal.SIGTERM)
    assert code == 143, err
    assert out == ""
    assert not (torn / "manifest.json").exists()
    *_, last = err.splitlines()
    assert last == f"to go on: {shlex.join(['python', '-m', 'cscl_data', 'train', *arguments])}"
    assert (torn / "checkpoints" / "latest").read_text(encoding="utf-8").strip() > f"step-{sum(STEPS[:2]):08d}"

    _, *printed = shlex.split(last.removeprefix("to go on: "))
    done = subprocess.run([sys.executable, *printed], capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert done.returncode == 0, done.stderr
    for name in ("log.jsonl", "model/model.safetensors", "stages/2-sentence/model/model.safetensors"):
        assert (torn / name).read_bytes() == (whole / name).read_bytes(), name
    assert (torn / "manifest.json").is_file()
    assert not list(torn.rglob("*.partial"))
