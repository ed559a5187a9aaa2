"""What a dry run says beside what the run does, and what both refuse before anything is loaded."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

from cscl_data.errors import BackendError, ConfigError
from cscl_data.train import forecast
from cscl_data.train.estimate import estimate_run
from cscl_data.train.run import run_train
from tests.train.stage_data import sentences, small_config, write_stage
from tests.train.test_objectives import config_of


def told_and_done(config) -> tuple[list[tuple], list[tuple]]:
    """Return tokens, steps and epochs of every stage: those of the dry run, and those of the run."""
    told = [(stage.tokens, stage.steps, round(stage.epochs, 6)) for stage in estimate_run(config).stages]
    stages = run_train(config).manifest["stages"]
    return told, [(stage["tokens"], stage["steps"], stage["epochs"]) for stage in stages]


@pytest.mark.parametrize(
    ("objective", "rows", "packing"),
    [
        ("causal-lm", "causal-lm", "wrapped"),
        ("causal-lm", "causal-lm", "best-fit"),
        ("causal-lm", "causal-lm", "none"),
        ("sft", "sft", "best-fit"),
        ("sft", "messages", "none"),
        ("clo", "clo", "best-fit"),
        ("clo", "clo", "none"),
    ],
)
@pytest.mark.parametrize("budget", ["1epochs", "2epochs", "5steps"])
def test_dry_run_tells_the_steps_and_tokens_of_the_run(tmp_path, start, data, objective, rows, packing, budget):
    config = config_of(start, tmp_path / "run", [f"one={data[rows]}@{budget}"], objective, packing=packing)
    told, done = told_and_done(config)
    assert told == done


def test_dry_run_tells_the_tokens_of_a_preset_and_of_replay(tmp_path, data):
    other = write_stage(tmp_path / "other", sentences(30, start=200))
    stages = [f"one={data['causal-lm']}@1epochs", f"two={other}@1epochs,replay=one:0.3", f"three={other}@2000"]
    told, done = told_and_done(small_config(tmp_path / "run", stages))
    assert told[:2] == done[:2]
    assert (told[2][1], told[2][2]) == (done[2][1], done[2][2])


@pytest.mark.parametrize("budget", ["3steps", "1epochs"])
def test_rows_and_epochs_of_a_mix_are_those_of_all_its_parts(tmp_path, data, budget):
    other = write_stage(tmp_path / "other", sentences(30, start=200))
    stages = [f"one={data['causal-lm']}@{budget}", f"two={other}@{budget}"]
    config = small_config(tmp_path / "run", stages, order="mix")
    told, done = told_and_done(config)
    assert told == done
    (stage,) = run_train(config).manifest["stages"]
    assert stage["rows"] == estimate_run(config).stages[0].rows == 120


@pytest.mark.parametrize("objective", ["causal-lm", "sft", "clo"])
def test_longer_stages_are_reckoned_from_their_beginning(tmp_path, start, data, objective, monkeypatch):
    config = config_of(start, tmp_path / "run", [f"one={data[objective]}@3epochs"], objective)
    (whole,) = estimate_run(config).stages
    monkeypatch.setattr(forecast, "SAMPLE_TOKENS", 1000)
    (part,) = estimate_run(config).stages
    assert part.tokens == pytest.approx(whole.tokens, rel=0.15)
    assert part.steps == pytest.approx(whole.steps, rel=0.15)
    assert part.epochs == pytest.approx(3)


def test_dry_run_says_that_data_is_repeated(tmp_path, start, data):
    config = config_of(start, tmp_path / "run", [f"one={data['clo']}@12steps"], "clo")
    assert not estimate_run(config).stages[0].repeats
    config = config_of(start, tmp_path / "run", [f"one={data['clo']}@13steps"], "clo")
    assert estimate_run(config).stages[0].repeats


def test_weights_of_a_preset_are_counted_with_the_tokenizer_that_is_given(tmp_path, start, data):
    stages = [f"one={data['causal-lm']}@1steps"]
    config = small_config(tmp_path / "run", stages, vocab_size=None, tokenizer=str(start))
    assert estimate_run(config).parameters == run_train(config).manifest["model"]["parameters"]


@pytest.fixture(scope="module")
def base(tmp_path_factory, start):
    """The tiny model with a tokenizer that has no chat template."""
    folder = tmp_path_factory.mktemp("base") / "model"
    shutil.copytree(start, folder)
    (folder / "chat_template.jinja").unlink()
    return folder


@pytest.mark.parametrize("extra", [[], ["--dry-run"]])
@pytest.mark.parametrize("objective", ["sft", "clo"])
@pytest.mark.parametrize("model", ["tiny", "base"])
def test_missing_chat_template_is_told_before_torch_is_loaded(tmp_path, base, data, model, objective, extra):
    name = str(base) if model == "base" else model
    args = ["--model", name, "--objective", objective, "--stage", f"one={data[objective]}", "--device", "cpu"]
    code = (
        "import sys; from cscl_data.train.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert end.code == 2, end.code\n"
        "else:\n    raise AssertionError\n"
        "assert not {'torch', 'transformers'} & sys.modules.keys()"
    )
    command = [sys.executable, "-c", code, *args, "--out", str(tmp_path / "run"), *extra]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("error: the tokenizer has no chat template\nhint: --chat-template FILE.jinja, or")
    assert not (tmp_path / "run").exists()


def test_messages_without_a_template_are_refused_by_the_dry_run_too(tmp_path, start, data):
    config = config_of(start, tmp_path / "run", [f"one={data['messages']}"], "sft", chat_template="plain")
    with pytest.raises(ConfigError, match="only a chat template can write"):
        estimate_run(config)


def test_template_in_the_tokenizer_configuration_is_found(tmp_path, start, base, data):
    folder = tmp_path / "model"
    shutil.copytree(base, folder)
    config = folder / "tokenizer_config.json"
    template = (start / "chat_template.jinja").read_text()
    for written in (template, [{"name": "default", "template": template}]):
        config.write_text(json.dumps({**json.loads(config.read_text()), "chat_template": written}))
        told, done = told_and_done(config_of(folder, tmp_path / type(written).__name__, [f"one={data['sft']}"], "sft"))
        assert told == done


def test_dry_run_refuses_a_directory_without_a_tokenizer(tmp_path, start, data):
    folder = tmp_path / "model"
    shutil.copytree(start, folder)
    (folder / "tokenizer.json").unlink()
    config = config_of(folder, tmp_path / "run", [f"one={data['causal-lm']}"], "causal-lm")
    with pytest.raises(BackendError, match="no tokenizer in this directory"):
        estimate_run(config)


def test_clo_refuses_replay_in_the_dry_run_and_before_it_loads(tmp_path, start, data):
    stages = [f"one={data['clo']}", f"two={data['clo']}@1epochs,replay=one:0.1"]
    config = config_of(start, tmp_path / "run", stages, "clo")
    for ask in (estimate_run, run_train):
        with pytest.raises(ConfigError, match="stage 'two': --objective clo takes no replay"):
            ask(config)
    assert not (tmp_path / "run").exists()
    mixed = replace(config, stages=tuple(s._replace(replay=()) for s in config.stages), order="mix")
    assert estimate_run(mixed).stages[0].rows == 158
    by_steps = config_of(start, tmp_path / "run", [f"one={data['clo']}@2steps", f"two={data['clo']}@2steps"], "clo")
    with pytest.raises(ConfigError, match="--order mix: --objective clo takes no mix by steps"):
        estimate_run(replace(by_steps, order="mix"))
