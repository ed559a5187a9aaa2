from __future__ import annotations

import sys

import pytest

from cscl_data.errors import BackendError
from cscl_data.train.run import run_train
from tests.train.stage_data import sentences, small_config, write_stage
from tests.train.test_run import read_log, stop_after


@pytest.fixture
def config(tmp_path):
    stage = write_stage(tmp_path / "stage", sentences(60))
    dev = write_stage(tmp_path / "dev", sentences(5, start=90))
    return small_config(tmp_path / "run", [f"s={stage}@6steps"], evals=(("ko", dev),), eval_every=3)


def tracked(config, name):
    return type(config)(**{**{key: getattr(config, key) for key in config.__slots__}, "track": name})


@pytest.mark.backend
def test_tensorboard_has_the_numbers_of_the_log_and_a_resumed_run_goes_on(config):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    run_train(tracked(config, "tensorboard"), should_stop=stop_after(2))
    run_train(tracked(config, "tensorboard"))
    events = EventAccumulator(str(config.out / "tensorboard")).Reload()
    log = read_log(config.out / "log.jsonl")
    assert [(event.step, event.value) for event in events.Scalars("loss")] == [
        (line["step"], pytest.approx(line["loss"], rel=1e-6)) for line in log
    ]
    assert [event.step for event in events.Scalars("eval/ko")] == [3, 6]
    assert {"lr", "grad_norm", "tokens", "tokens_per_s"} <= set(events.Tags()["scalars"])


@pytest.mark.backend
def test_wandb_offline_has_the_numbers_and_a_resumed_run_the_same_name(config, monkeypatch):
    pytest.importorskip("wandb")
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_SILENT", "true")
    run_train(tracked(config, "wandb"), should_stop=stop_after(2))
    run_train(tracked(config, "wandb"))
    files = sorted((config.out / "wandb").glob("offline-run-*/run-*.wandb"))
    name = (config.out / ".cscl" / "wandb").read_text()
    assert {path.stem for path in files} == {f"run-{name}"}
    assert any(b"grad_norm" in path.read_bytes() for path in files)


@pytest.mark.parametrize(("name", "package"), [("tensorboard", "tensorboard"), ("wandb", "wandb")])
def test_tracker_that_is_not_installed_names_the_line_that_installs_it(config, monkeypatch, name, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(BackendError) as caught:
        run_train(tracked(config, name))
    assert caught.value.hint == f"pip install 'cscl-data[{name}]'"
    assert not config.out.exists()
