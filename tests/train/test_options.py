from __future__ import annotations

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from cscl_data.errors import BackendError, ConfigError
from cscl_data.train.__main__ import build_app
from cscl_data.train.model import load_model
from cscl_data.train.run import run_train
from tests.train.stage_data import sentences, small_config, write_stage

SMALL = ["--model", "tiny", "--context", "32", "--batch-size", "4", "--vocab-size", "400", "--device", "cpu"]
SMALL += ["--threads", "1"]


def call(*args: object):
    return CliRunner().invoke(build_app(), [str(arg) for arg in args])


def module(*args: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cscl_data.train", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_train_prints_the_manifest_as_one_line_and_the_summary_beside_it(tmp_path):
    stage = write_stage(tmp_path / "stage", sentences(20))
    done = call(*SMALL, "--stage", f"token={stage}@2steps", "--out", tmp_path / "run", "--json")
    assert done.exit_code == 0, done.output
    printed = json.loads(done.stdout)
    assert printed.pop("elapsed_s") > 0
    assert printed == json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert "stage token: asked 2 steps" in done.stderr
    assert f"manifest: {tmp_path / 'run' / 'manifest.json'}" in done.stderr


def test_config_file_gives_defaults_and_a_flag_beats_it(tmp_path):
    stage = write_stage(tmp_path / "stage", sentences(20))
    (tmp_path / "stages.yaml").write_text("stages: [{name: token, data: stage, steps: 2}]")
    (tmp_path / "train.yaml").write_text(
        "model: tiny\ncontext: 32\nbatch-size: 4\nvocab_size: 400\ndevice: cpu\nlr: 1e-3\n"
        f"stages: {tmp_path}/stages.yaml\n"
    )
    done = call("--config", tmp_path / "train.yaml", "--context", "16", "--out", tmp_path / "run", "--json")
    assert done.exit_code == 0, done.output
    settings = json.loads(done.stdout)["settings"]
    assert (settings["context"], settings["batch_size"], settings["lr"]) == (16, 4, 1e-3)
    assert stage.is_dir()


def test_config_file_with_unknown_keys_names_the_nearest(tmp_path):
    (tmp_path / "train.yaml").write_text("modle: tiny\nbatchsize: 4\n")
    done = call("--config", tmp_path / "train.yaml", "--out", tmp_path / "run")
    assert isinstance(done.exception, ConfigError)
    assert "'modle', the nearest is 'model'" in str(done.exception)
    assert "'batchsize', the nearest is 'batch-size'" in str(done.exception)


def test_dry_run_estimates_without_writing_or_loading_torch(tmp_path):
    stage = write_stage(tmp_path / "stage", sentences(20))
    args = ["--model", "98m", "--stage", f"token={stage}@1M", "--out", str(tmp_path / "run"), "--dry-run"]
    code = (
        "import sys; from cscl_data.train.__main__ import main; sys.argv[1:] = sys.argv[1:]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "assert not {'torch', 'transformers'} & sys.modules.keys()"
    )
    done = subprocess.run([sys.executable, "-c", code, *args], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "stage token: 20 rows, about 1000000 tokens, 62 steps" in done.stderr
    assert "the data is repeated" in done.stderr
    assert "parameters: 98425344; memory: about" in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("args", "code", "line"),
    [
        (["--model", "tiny", "--stage", "token={tmp}"], 3, "error: {tmp}: not a shard directory"),
        (["--model", "tiny", "--stage", "token={tmp}/none"], 3, "error: {tmp}/none: no such directory"),
        (["--model", "tiny", "--stage", f"mono={__file__}"], 3, f"error: {__file__}: a file; a directory"),
        (["--model", "tiny", "--stage", "token={tmp}@5X"], 2, "error: stage 'token': '5X' is not a budget"),
        (["--model", "tiny"], 2, "error: no stage given"),
        (["--model", "tny", "--stage", "token={tmp}"], 2, "error: unknown model 'tny'. Available: 0.5b, 98m, tiny,"),
        (["--model", "{tmp}", "--stage", "token={tmp}", "--dry-run"], 4, "error: {tmp}: no model that transformers"),
        (["--model", "tiny", "--stage", "a={tmp}", "--beta", "0.5"], 2, "error: --beta is for --objective clo"),
        (["--model", "tiny", "--stage", "a={tmp}", "--lambda", "1"], 2, "error: --lambda is for --objective clo"),
        (["--model", "tiny", "--stage", "a={tmp}", "--source-lang", "ko"], 2, "error: --source-lang is for"),
        (["--model", "tiny", "--stage", "a={tmp}", "--eval-every", "5"], 2, "error: --eval-every is for --eval,"),
        (["--model", "tiny", "--stage", "a={tmp}", "--eval-rows", "5"], 2, "error: --eval-rows is for --eval,"),
        (["--model", "tiny", "--stage", "a={tmp}", "--micro-batch", "9"], 2, "error: --micro-batch 9: a step has 8"),
        (
            ["--model", "tiny", "--stage", "a={tmp}", "--train-only", "attention:3"],
            2,
            "error: unknown part of the model",
        ),
        (
            ["--model", "tiny", "--stage", "a={tmp}", "--seed", str(2**63)],
            2,
            "error: --seed 9223372036854775808:",
        ),
        (["--model", "tiny", "--stage", "a={tmp}", "--warmup", "inf"], 2, "error: --warmup inf: must be 0 or more"),
        (["--model", "tiny", "--stage", "a={tmp}", "--tokenizer", "none"], 2, "error: --tokenizer none: no such"),
        (["--stages", "{tmp}/none.yaml", "--model", "tiny"], 3, "error: {tmp}/none.yaml: no such file"),
    ],
)
def test_wrong_use_ends_in_one_line_and_its_exit_code(tmp_path, args, code, line):
    done = module(*(arg.format(tmp=tmp_path) for arg in args), "--out", tmp_path / "run")
    assert done.returncode == code
    assert done.stderr.startswith(line.format(tmp=tmp_path))
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "run").exists()


def test_directory_of_a_run_in_place_of_its_model_is_told_apart(tmp_path):
    stage = write_stage(tmp_path / "stage", sentences(20))
    (tmp_path / "run" / "model").mkdir(parents=True)
    (tmp_path / "run" / "model" / "config.json").write_text("{}")
    for extra in ([], ["--dry-run"]):
        args = ["--model", tmp_path / "run", "--stage", f"a={stage}", "--out", tmp_path / "out", *extra]
        error = call(*args).exception
        assert isinstance(error, BackendError)
        assert (error.message.endswith("(no config.json)"), error.hint) == (True, f"--model {tmp_path}/run/model")


def test_directory_of_a_tokenizer_in_place_of_a_model_is_told_apart(tmp_path):
    (tmp_path / "tokenizer").mkdir()
    (tmp_path / "tokenizer" / "tokenizer.json").write_text("{}")
    with pytest.raises(BackendError) as caught:
        load_model(str(tmp_path / "tokenizer"))
    assert caught.value.hint == "--model wants a directory with config.json and weights, not a tokenizer alone"


def test_fsdp_in_one_process_is_told_to_share_nothing(tmp_path, caplog):
    stage = write_stage(tmp_path / "stage", sentences(20))
    run_train(small_config(tmp_path / "run", [f"a={stage}@1steps"], parallel="fsdp"))
    assert "--parallel fsdp: one process alone keeps the whole model" in caplog.text


def test_dry_run_is_printed_by_one_process_alone(tmp_path, monkeypatch):
    stage = write_stage(tmp_path / "stage", sentences(20))
    args = ["--model", "tiny", "--stage", f"a={stage}", "--out", tmp_path / "out", "--dry-run", "--json"]
    assert "stage a:" in call(*args).stderr
    monkeypatch.setenv("RANK", "1")
    assert call(*args).output == ""


def test_parameters_of_a_preset_are_counted_right():
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    from cscl_data.train.presets import PRESETS

    for preset in PRESETS.values():
        config = AutoConfig.for_model(preset.family, **preset.shape, vocab_size=preset.vocab_size)
        with torch.device("meta"):
            model = AutoModelForCausalLM.from_config(config)
        assert model.num_parameters() == preset.parameters + preset.vocab_size * preset.width
