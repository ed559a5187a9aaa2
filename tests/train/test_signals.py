"""Signals that come before the first step: they end the command at once and leave nothing half."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
import time
from itertools import count
from pathlib import Path

import pytest

from cscl_data.train import run
from cscl_data.train.run import run_train
from cscl_data.train.signals import Stopped, StopRequest, stop_requests
from cscl_data.train.vocabulary import train_vocabulary
from tests.train.stage_data import small_config
from tests.train.test_options import call

ENDLESS = 2**40
"""Bytes of a sparse file: hashing it takes longer than any test may."""


def reads(path: Path) -> bool:
    """Tell whether this process has a file open."""
    for link in Path("/proc/self/fd").iterdir():
        try:
            if link.readlink() == path:
                return True
        except OSError:
            continue
    return False


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_signal_while_files_are_hashed_ends_the_command_at_once(tmp_path, start, data, number, code):
    model = tmp_path / "model"
    shutil.copytree(start, model)
    with (model / "other.bin").open("wb") as file:
        file.truncate(ENDLESS)

    def interrupt() -> None:
        while not reads(model / "other.bin"):
            time.sleep(0.01)
        os.kill(os.getpid(), number)

    threading.Thread(target=interrupt, daemon=True).start()
    args = ["--model", model, "--stage", f"one={data['causal-lm']}", "--device", "cpu", "--out", tmp_path / "run"]
    done = call(*args)
    assert done.exit_code == code
    assert done.stderr.splitlines()[0] == "stopped before the first step"
    assert done.stderr.splitlines()[1].startswith("to go on: ")
    assert not (tmp_path / "run").exists()


def test_signal_while_a_tokenizer_is_trained_leaves_none_and_the_run_goes_on(tmp_path, data, monkeypatch):
    config = small_config(tmp_path / "run", [f"one={data['causal-lm']}@1steps"])

    def endless(*args, **options):
        for number in count():
            if number == 3:
                os.kill(os.getpid(), signal.SIGTERM)
            yield f"tea {number}"

    with monkeypatch.context() as patch:
        patch.setattr(run, "sample_texts", endless)
        with stop_requests(), pytest.raises(Stopped):
            run_train(config)
    assert not (config.out / ".cscl" / "tokenizer").exists()
    assert not list((config.out / ".cscl").glob(".tokenizer*"))
    assert run_train(config).status == "finished"


def test_errors_in_the_text_of_a_tokenizer_keep_their_kind():
    def texts():
        yield "tea"
        raise FileNotFoundError("shard")

    with pytest.raises(FileNotFoundError, match="shard"):
        train_vocabulary(texts(), vocab_size=300)


def test_signal_is_but_noted_once_somebody_asks_or_while_an_error_is_handled():
    asked = StopRequest()
    assert not asked()
    asked.note(signal.SIGTERM, None)
    assert asked()
    late = StopRequest()
    try:
        raise ValueError
    except ValueError:
        late.note(signal.SIGTERM, None)
    assert late.exit_code == 143
    with pytest.raises(Stopped):
        StopRequest().note(signal.SIGTERM, None)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
