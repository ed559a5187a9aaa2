"""`examples/embedding-transfer/`: its table counts right, and its command runs from bitext to the table."""

from __future__ import annotations

import importlib.util
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cscl_data.train.tokenizer import train_tokenizer
from tests.cli.calling import KOREAN
from tests.train.stage_data import write_stage
from tests.train.tiny_models import tiny_model

FOLDER = Path(__file__).resolve().parent.parent / "examples" / "embedding-transfer"


@pytest.fixture
def transfer(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    spec = importlib.util.spec_from_file_location("transfer", FOLDER / "transfer.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.modules.pop("models", None)


def test_table_has_means_spreads_and_the_seeds_that_salt_wins(transfer):
    results = [
        {"salt": {0: 7.0, 10: 5.0}, "mean": {0: 8.0, 10: 4.0}},
        {"salt": {0: 7.5, 10: 5.0}, "mean": {0: 7.0, 10: 6.0}},
    ]
    assert transfer.table(results)[2:] == [
        "| salt | 7.250 ± 0.354 | 5.000 ± 0.000 |  |",
        "| mean | 7.500 ± 0.707 | 5.000 ± 1.414 | 1 / 1 |",
    ]


def test_held_out_loss_of_a_model_that_knows_nothing_is_that_of_a_guess(transfer, tmp_path):
    tokenizer = train_tokenizer(iter(["작은 집이 강 가까이에 서 있다"]), vocab_size=270, context=64)
    model = tiny_model("llama", vocab_size=len(tokenizer))
    model.get_output_embeddings().weight.data.zero_()
    model.save_pretrained(tmp_path / "model")
    tokenizer.save_pretrained(tmp_path / "model")
    dev = write_stage(tmp_path / "dev", ["작은 집", "강 가까이에"])
    assert transfer.dev_loss(tmp_path / "model", dev, rows=2) == pytest.approx(math.log(len(tokenizer)), rel=1e-4)


@pytest.mark.slow
@pytest.mark.backend
def test_command_runs_from_bitext_to_the_table_and_goes_on(tmp_path):
    pytest.importorskip("gensim")
    lexicon = tmp_path / "lexicon.tsv"
    lexicon.write_text("the\t은\nand\t하고\nis\t있다\nwater\t물\ntime\t시간\n", encoding="utf-8")
    command = [sys.executable, str(FOLDER / "transfer.py"), "--bitext", str(KOREAN), "--dev", str(KOREAN)]
    command += ["--lexicon", str(lexicon), "--every", "1", "--lm-tokens", "4k", "--steps", "3", "--seeds", "1"]
    command += ["--width", "16", "--helper-width", "16", "--vocab-size", "400", "--dev-rows", "20"]
    paths = (str(FOLDER.parents[1]), os.environ.get("PYTHONPATH", ""))
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}
    done = subprocess.run([*command, "--out", str(tmp_path / "out")], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    [result] = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))
    assert len(result) == 10
    assert all(set(losses) == {"0", "1", "2", "3"} for losses in result.values())
    again = subprocess.run([*command, "--out", str(tmp_path / "out")], env=env, capture_output=True, text=True)
    assert again.stdout.splitlines()[-5:] == done.stdout.splitlines()[-5:]
