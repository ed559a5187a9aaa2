from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from cscl_data.errors import BackendError, InputError
from cscl_data.train.forms import FORMS
from cscl_data.train.order import list_row_groups
from cscl_data.train.place import LoaderState
from cscl_data.train.stream import Source, chunks
from cscl_data.train.tokenizer import speech_spec, train_tokenizer
from cscl_data.train.workers import Encoders
from tests.train.stage_data import sentences, write_sft, write_stage

TEXT = FORMS["causal-lm"]


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    trained = train_tokenizer(iter(sentences(100)), vocab_size=320, context=64)
    trained.chat_template = "{% for m in messages %}{{ raise_exception('no!') }}{% endfor %}"
    return trained, str(trained.save_pretrained(tmp_path_factory.mktemp("tokenizer"))[0]).rpartition("/")[0]


def stream(groups, *, characters=200, epochs=1):
    return chunks(Source("s", groups, 1.0, epochs), TEXT, LoaderState(), seed=0, characters=characters)


def test_workers_give_what_one_process_gives_in_the_same_order(tmp_path, tokenizer):
    groups = list_row_groups(write_stage(tmp_path / "s", sentences(80), group_rows=8), TEXT)
    spec = speech_spec(tokenizer[0], "causal-lm", name=tokenizer[1], chat_template=None)
    results = []
    for workers in (0, 2):
        encoders = Encoders(spec, workers=workers)
        streams = [encoders.encoded(stream(groups)), encoders.encoded(stream(groups, characters=90))]
        both = list(zip(streams[0], streams[1], strict=False))  # drawn in turns, as sources are
        results.append([(e.chunk, e.encoded.tokens.tolist(), e.encoded.lengths) for pair in both for e in pair])
        encoders.close()
    assert results[0] == results[1]
    assert len(results[0]) > 20


def test_error_in_a_worker_is_the_error_of_the_run(tmp_path, tokenizer):
    form = FORMS["sft"]
    groups = list_row_groups(write_sft(tmp_path / "s", 3), form)
    spec = speech_spec(tokenizer[0], "sft", name=tokenizer[1], chat_template=None)
    rows = chunks(Source("s", groups, 1.0, 1), form, LoaderState(), seed=0, characters=10)
    encoders = Encoders(spec, workers=1)
    with pytest.raises(InputError, match="the chat template refuses them"):
        list(encoders.encoded(rows))
    encoders.close()


def test_worker_that_is_killed_is_told_and_not_waited_for(tmp_path, tokenizer):
    groups = list_row_groups(write_stage(tmp_path / "s", sentences(80)), TEXT)
    encoders = Encoders(speech_spec(tokenizer[0], "causal-lm", name="", chat_template=None), workers=1)
    encoded = encoders.encoded(stream(groups, characters=50))
    next(encoded)
    os.kill(encoders._processes[0].pid, signal.SIGKILL)
    with pytest.raises(BackendError, match="a process that tokenises died") as caught:
        list(encoded)
    assert "--workers" in caught.value.hint
    encoders.close()


def test_workers_import_no_torch_and_end_with_their_parent(tmp_path, tokenizer, repository):
    script = (
        "import os, sys, time\n"
        "from cscl_data.train.workers import Encoders\n"
        "from cscl_data.train.speech import SpeechSpec\n"
        "from cscl_data.train.forms import Marks\n"
        "if __name__ == '__main__':\n"
        "    core = open(sys.argv[1]).read()\n"
        "    e = Encoders(SpeechSpec('causal-lm', '', Marks(1, 2, 0), core, None), workers=1)\n"
        "    ticket = e._submit([('tea',)])\n"
        "    assert e._result(ticket).lengths\n"
        "    assert 'torch' not in sys.modules\n"
        "    maps = open(f'/proc/{e._processes[0].pid}/maps').read() if os.path.exists('/proc') else ''\n"
        "    assert 'libtorch' not in maps\n"
        "    print(e._processes[0].pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    (tmp_path / "parent.py").write_text(script)
    command = [sys.executable, str(tmp_path / "parent.py"), f"{tokenizer[1]}/tokenizer.json"]
    environment = {**os.environ, "PYTHONPATH": str(repository)}
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    worker = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    for _ in range(100):
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    raise AssertionError("the worker outlives its parent")
