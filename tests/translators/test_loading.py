from __future__ import annotations

import json
import subprocess
import sys

import pytest

from cscl_data.errors import BackendError, ConfigError
from cscl_data.translators import check_model, load_translator


def test_a_hub_model_without_a_network_is_a_backend_error():
    with pytest.raises(BackendError, match=r"--model hub:nobody/none: cannot be fetched") as caught:
        load_translator("hub:nobody/none")
    assert "--model" in caught.value.hint


@pytest.mark.parametrize("spec", ["hub:one", "hub:", "no/such/model", "nllb", "replay:none.jsonl"])
def test_a_model_that_is_not_there_is_one_clear_error(spec):
    with pytest.raises((ConfigError, BackendError)) as caught:
        check_model(spec)
    assert spec.partition(":")[2] or spec in caught.value.message


def test_check_model_accepts_what_can_be_loaded(tmp_path):
    check_model("echo")
    (tmp_path / "r.jsonl").write_text(json.dumps({}), encoding="utf-8")
    check_model(f"replay:{tmp_path / 'r.jsonl'}")
    check_model("hub:some/model")


def test_importing_the_package_loads_nothing_heavy():
    heavy = ("ctranslate2", "torch", "sentencepiece", "tokenizers", "transformers", "huggingface_hub")
    code = f"import sys, cscl_data.translators; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
