"""Several processes under torchrun: the steps of one, checkpoints for any number of them, and none is left waiting."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

from cscl_data.train.checkpoint import latest_checkpoint, read_state
from cscl_data.train.run import run_train
from tests.train.in_ranks import config_of
from tests.train.stage_data import sentences, write_preferences, write_stage
from tests.train.test_kill import SMALL, signal_in_stage, start
from tests.train.test_run import read_log, stop_after

TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
TIMEOUT_S = 120


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("ranks")
    write_stage(folder / "causal-lm", sentences(75))
    write_stage(folder / "dev", sentences(9, start=100))
    write_preferences(folder / "clo", 20)
    return folder


def run_two(folder: Path, *jobs: str) -> subprocess.CompletedProcess[str]:
    command = [*TORCHRUN, "-m", "tests.train.in_ranks", str(folder), *jobs]
    return subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)


def same_trace(one: Path, other: Path) -> None:
    """Losses, measured losses, tokens and rates of two runs are the same within 1e-5, and so are the weights."""
    lines, others = (read_log(out / "log.jsonl") for out in (one, other))
    for line, twin in zip(lines, others, strict=True):
        assert twin["loss"] == pytest.approx(line["loss"], abs=1e-5)
        assert twin.get("eval") == (pytest.approx(line["eval"], abs=1e-5) if "eval" in line else None)
        for key in ("step", "stage", "tokens", "stage_tokens", "epoch", "lr"):
            assert twin[key] == line[key]
    for place in ("stages/1-one/model", "model"):
        ours, theirs = (load_file(out / place / "model.safetensors") for out in (one, other))
        assert ours.keys() == theirs.keys()
        for name in ours:
            assert torch.allclose(ours[name], theirs[name], atol=1e-3), name


def words(folder: Path, name: str) -> list[str]:
    """What both processes ended with."""
    return [(folder / f"{name}-{rank}").read_text() for rank in (0, 1)]


def test_one_process_then_two_then_one_have_the_losses_of_one_and_all_end_where_one_is_out_of_memory(folder):
    """The first stage, with its short last step, ends and is saved while two processes train; one run begins in two."""
    run_train(config_of(folder, "straight"))
    for parallel in ("ddp", "fsdp"):
        run_train(config_of(folder, parallel), should_stop=stop_after(2))
    jobs = ("ddp:ddp:causal-lm:float32:7", "fsdp:fsdp:causal-lm:float32:7", "fresh:fsdp:causal-lm:float32:99")
    done = run_two(folder, *jobs, "short:ddp:causal-lm:float32:9")
    same_trace(folder / "straight", folder / "fresh")
    for parallel in ("ddp", "fsdp"):
        assert len(read_log(folder / parallel / "log.jsonl")) == 9, done.stderr
        assert run_train(config_of(folder, parallel)).status == "finished"
        same_trace(folder / "straight", folder / parallel)
        AutoModelForCausalLM.from_pretrained(folder / parallel / "stages" / "1-one" / "model")
    assert done.returncode != 0
    for word in words(folder, "short"):
        assert word.startswith("BackendError: out of memory (--micro-batch 1, or --parallel fsdp"), done.stderr
    assert not (folder / "short" / "checkpoints").exists()


@pytest.mark.slow
def test_preferences_in_two_processes_have_the_losses_of_one(folder):
    run_train(config_of(folder, "clo-straight", objective="clo"))
    done = run_two(folder, "clo-ddp:ddp:clo:float32:99", "clo-fsdp:fsdp:clo:float32:99")
    for parallel in ("ddp", "fsdp"):
        assert (folder / f"clo-{parallel}" / "manifest.json").is_file(), done.stderr
        same_trace(folder / "clo-straight", folder / f"clo-{parallel}")


@pytest.mark.slow
def test_shares_in_bfloat16_keep_float32_weights_and_learn_as_the_whole_does(folder):
    done = run_two(folder, "whole:ddp:causal-lm:bfloat16:99", "shares:fsdp:causal-lm:bfloat16:99")
    losses = [[line["loss"] for line in read_log(folder / name / "log.jsonl")] for name in ("whole", "shares")]
    assert losses[1] == pytest.approx(losses[0], rel=1e-2), done.stderr
    weights = load_file(folder / "shares" / "model" / "model.safetensors").values()
    assert {weight.dtype for weight in weights} == {torch.float32}
    assert any((weight != weight.bfloat16().float()).any() for weight in weights)


@pytest.mark.slow
def test_full_disk_of_one_process_ends_both_and_keeps_the_last_good_checkpoint(folder):
    done = run_two(folder, "full:fsdp:causal-lm:float32:99")
    assert done.returncode != 0
    for word in words(folder, "full"):
        assert word.startswith("OutputError: "), done.stderr
    assert latest_checkpoint(folder / "full").name == "step-00000003"
    assert run_train(config_of(folder, "full")).status == "finished"


@pytest.mark.slow
def test_process_that_waits_for_one_that_failed_is_told_why(folder):
    """The second process stands in a call that no closed connection breaks off."""
    done = run_two(folder, "untracked:ddp:causal-lm:float32:9")
    assert done.returncode != 0
    assert "error: process 0: process 0 failed: ModuleNotFoundError: import of torch.utils.tensorboard" in done.stderr


def command_of(folder: Path, out: Path) -> list[str]:
    stages = [f"one={folder / 'causal-lm'}@6steps", f"two={folder / 'causal-lm'}@400steps"]
    arguments = [*SMALL, *(word for stage in stages for word in ("--stage", stage)), "--out", str(out)]
    return [*TORCHRUN, "-m", "cscl_data.train", *arguments]


@pytest.mark.slow
def test_sigterm_stops_both_with_a_checkpoint_and_the_command_that_goes_on(folder, tmp_path):
    out = tmp_path / "run"
    code, printed, err = signal_in_stage(start(command_of(folder, out)), out / "log.jsonl", "two", signal.SIGTERM)
    assert code != 0
    assert printed == ""
    assert f"to go on: torchrun --nproc-per-node 2 -m cscl_data.train {' '.join(SMALL)}" in err
    assert err.count("stopped: ") == 1
    assert read_state(latest_checkpoint(out)).step == len(read_log(out / "log.jsonl"))


@pytest.mark.slow
def test_process_that_is_killed_ends_the_other(folder, tmp_path):
    out = tmp_path / "run"
    process = start(command_of(folder, out))

    def kill_one(number: int) -> None:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(children[1]), number)

    process.send_signal = kill_one
    code, _, err = signal_in_stage(process, out / "log.jsonl", "two", signal.SIGKILL)
    assert code != 0
    assert "another process of this run ended without a word" in err
    assert not (out / "manifest.json").exists()
