"""A model that runs out of memory is asked again in smaller batches; the model below is real, its memory is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cscl_data.errors import BackendError, RetryableBackendError
from cscl_data.io.dataset import iter_dataset
from cscl_data.io.recordfile import RecordSpec
from cscl_data.pipelines import bundle_shard, translate_bundle
from cscl_data.pipelines.bundle_settings import BundleSettings, ModelSettings, TranslateBundleJob
from cscl_data.pipelines.job import RunOptions
from cscl_data.pipelines.plan import Basics
from cscl_data.translators import load_translator
from cscl_data.translators.decoding import HALVINGS
from tests import tiny_models

pytestmark = pytest.mark.backend

TEXTS = ["the green house", "a small river in the old morning", "one word", "the answer gives data to the field or not"]


class Failed:
    """The answer of a batch that did not fit."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def result(self) -> None:
        raise self.error


class SmallMemory:
    """A CTranslate2 model that fails, as it would on a full device, for batches above a number of tokens.

    `spared` are the numbers of the sequences of a call that go through even then.
    """

    def __init__(self, model: Any, holds: int, error: Exception, spared: tuple[int, ...] = ()) -> None:
        self.model, self.holds, self.error, self.spared = model, holds, error, spared
        self.asked: list[tuple[int, int]] = []

    def translate_batch(self, sources: list[list[str]], *, max_batch_size: int, **options: Any) -> list[Any]:
        self.asked.append((max_batch_size, len(sources)))
        handles = self.model.translate_batch(sources, max_batch_size=max_batch_size, **options)
        if max_batch_size <= self.holds:
            return list(handles)
        return [handle if n in self.spared else Failed(self.error) for n, handle in enumerate(handles)]


@pytest.fixture(scope="module")
def marian(tmp_path_factory) -> Path:
    return tiny_models.build_marian(tmp_path_factory.mktemp("models"))


def squeezed(directory: Path, holds: int, error: Exception, **options: Any) -> tuple[Any, SmallMemory]:
    translator = load_translator(str(directory), beam_size=2, **options)
    memory = SmallMemory(translator._decoder._model, holds, error)
    translator._decoder._model = memory
    return translator, memory


@pytest.mark.parametrize("error", [RuntimeError("CUDA failed with error out of memory"), MemoryError()])
def test_batches_are_halved_until_they_fit_and_stay_small(marian, error, caplog) -> None:
    whole = load_translator(str(marian), beam_size=2).translate(TEXTS, "en", "ko")
    translator, memory = squeezed(marian, 1024, error)
    assert [item.text for item in translator.translate(TEXTS, "en", "ko")] == [item.text for item in whole]
    sizes = list(dict.fromkeys(size for size, _ in memory.asked))
    assert sizes == [4096, 2048, 1024]
    assert "marian-ct2: out of memory" in caplog.text
    assert "trying again with batches of 2048 tokens" in caplog.text
    memory.asked.clear()
    translator.translate(["the old house"], "en", "ko")
    assert {size for size, _ in memory.asked} == {1024}


def test_only_what_failed_is_sent_again(marian) -> None:
    translator, memory = squeezed(marian, 2048, MemoryError())
    memory.spared = (0,)
    assert len(translator.translate([f"{text} {n}" for n in range(3) for text in TEXTS[:1]], "en", "ko")) == 3
    assert memory.asked[:2] == [(4096, 3), (2048, 2)]


def test_tries_are_bounded_and_the_error_says_what_to_do(marian) -> None:
    translator, memory = squeezed(marian, 0, MemoryError())
    with pytest.raises(RetryableBackendError, match="out of memory") as caught:
        translator.translate(TEXTS[:1], "en", "ko")
    assert "--batch-tokens" in caught.value.hint
    assert [size for size, _ in memory.asked] == [4096 >> n for n in range(HALVINGS + 1)]


def test_single_texts_cannot_be_halved_and_other_failures_are_not_tried_again(marian) -> None:
    alone, memory = squeezed(marian, 0, MemoryError(), deterministic=True)
    with pytest.raises(RetryableBackendError):
        alone.translate(TEXTS[:1], "en", "ko")
    assert len(memory.asked) == 1
    broken, memory = squeezed(marian, 0, RuntimeError("cuBLAS failed"))
    with pytest.raises(BackendError, match="cuBLAS failed") as caught:
        broken.translate(TEXTS[:1], "en", "ko")
    assert not isinstance(caught.value, RetryableBackendError)
    assert len(memory.asked) == 1


def test_job_goes_through_on_a_device_that_is_too_small_at_first(marian, tmp_path, monkeypatch, caplog) -> None:
    """Five tries of the decoder are one of the shard, which then begins where the batches have become smaller."""
    translator, memory = squeezed(marian, 64, MemoryError())
    for module in (translate_bundle, bundle_shard):
        monkeypatch.setattr(module, "loaded", lambda _: translator)
    path = tmp_path / "r.jsonl"
    path.write_text("".join(json.dumps({"q": text}) + "\n" for text in TEXTS), encoding="utf-8")
    job = TranslateBundleJob(
        source=RecordSpec(paths=(str(path),)),
        bundles=BundleSettings(fields=("q",), src_lang="en", tgt_lang="ko", fallback="separate,keep-source"),
        model=ModelSettings(model=str(marian), beam_size=2),
        basics=Basics(out=tmp_path / "out"),
    )
    report = translate_bundle.run_translate_bundle(job, RunOptions())
    assert (report.manifest["rows_out"], report.manifest["rejects"]) == (4, 0)
    assert len(list(iter_dataset(tmp_path / "out"))) == 4
    assert min(size for size, _ in memory.asked) == 64
    assert "shard 0: " in caplog.text
    assert "trying again, 2 more tries" in caplog.text
