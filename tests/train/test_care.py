"""What goes wrong in a week of training, and what is left then."""

from __future__ import annotations

import re
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest
import torch

from cscl_data.errors import BackendError, ConfigError, OutputError
from cscl_data.train.checkpoint import latest_checkpoint
from cscl_data.train.estimate import estimate_run
from cscl_data.train.memory import memory_hints
from cscl_data.train.run import run_train
from cscl_data.train.settings import check_processes, resolve
from tests.train.stage_data import sentences, small_config, write_stage
from tests.train.test_run import log_of, weights_of


@contextmanager
def small_files(most_bytes: int) -> Iterator[None]:
    """Let the system refuse to write more into any file: what a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    folder = tmp_path_factory.mktemp("care")
    stage = write_stage(folder / "stage", sentences(60))
    straight = small_config(folder / "straight", [f"s={stage}@6steps"], save_every=2)
    run_train(straight)
    return straight


@pytest.mark.parametrize("most_bytes", [100_000, 5_000_000])
def test_full_disk_keeps_the_last_good_checkpoint_and_the_run_goes_on(tmp_path, config, most_bytes):
    """The weights take 4 MB, the optimizer 8: once neither fits, once the weights alone."""
    torn = replace(config, out=tmp_path / "torn")
    with ExitStack() as disk:

        def fill(event):
            if event.state.step == 3:
                while latest_checkpoint(torn.out) is None:
                    time.sleep(0.01)
                disk.enter_context(small_files(most_bytes))

        with pytest.raises(OutputError):
            run_train(torn, on_step=fill)
    assert latest_checkpoint(torn.out).name == "step-00000002"
    assert not list(torn.out.rglob("*.partial"))
    run_train(torn)
    assert log_of(torn.out) == log_of(config.out)
    assert weights_of(torn.out) == weights_of(config.out)


def test_out_of_memory_names_the_options_that_need_less(config):
    whole = replace(config, micro_batch=4, cross_entropy="whole")
    with pytest.raises(BackendError, match="out of memory") as caught, memory_hints(whole, resolve(whole)):
        torch.empty(2**52)
    for flag in ("--micro-batch 2", "--gradient-checkpointing", "--cross-entropy chunked", "--context below 32"):
        assert flag in caught.value.hint
    with pytest.raises(RuntimeError, match="shape"), memory_hints(whole, resolve(whole)):
        raise RuntimeError("shape mismatch")


def test_estimate_knows_what_needs_less_memory(tmp_path, config):
    plain = replace(config, model="0.5b", vocab_size=None, context=4096, out=tmp_path / "none")
    sizes = [
        estimate_run(replace(plain, **options)).memory_bytes
        for options in (
            {"cross_entropy": "whole"},
            {},
            {"train_only": "attention"},
            {"train_only": "attention", "gradient_checkpointing": True},
            {"lora": 8, "gradient_checkpointing": True, "micro_batch": 1},
        )
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == 5


def test_estimate_tells_memory_and_time_of_every_stage(tmp_path):
    sizes = {"first": "20k", "second": "60k"}
    stages = [f"{name}={write_stage(tmp_path / name, sentences(40))}@{size}" for name, size in sizes.items()]
    estimate = estimate_run(small_config(tmp_path / "run", stages))
    assert [stage.memory_bytes for stage in estimate.stages] == [estimate.memory_bytes] * 2
    assert sum(stage.gpu_s for stage in estimate.stages) == pytest.approx(estimate.gpu_s)
    lines = estimate.lines()
    for stage, line in zip(sizes, lines, strict=False):
        told = rf"stage {stage}: 40 rows, about \d+ tokens, \d+ steps, .*; \d+\.\d\d GiB; .* on one CPU core, .* GPU"
        assert re.fullmatch(told, line)


def test_estimate_counts_what_is_replayed_beside_the_own_data(tmp_path):
    first, second = (write_stage(tmp_path / name, sentences(40)) for name in ("first", "second"))
    given = f"second={second}"
    plain, mixed = (
        estimate_run(small_config(tmp_path / "run", [f"first={first}", given + replay])).stages[1]
        for replay in ("", ",replay=first:0.2")
    )
    assert (plain.epochs, mixed.epochs) == pytest.approx((1, 1), abs=0.01)
    assert mixed.tokens == pytest.approx(plain.tokens / 0.8, rel=0.01)


def test_process_that_would_never_get_a_row_is_refused(config):
    settings = resolve(config)
    check_processes(settings, settings.batch_size)
    with pytest.raises(ConfigError, match=f"--batch-size {settings.batch_size}: 9 processes train"):
        check_processes(settings, 9)
