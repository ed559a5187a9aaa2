"""`--qe`: scores of translated records, with a recorded way back and a tiny encoder."""

from __future__ import annotations

import json
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from cscl_data.aligners.encoder_loading import load_encoder
from cscl_data.aligners.similarity import text_similarities
from cscl_data.errors import ConfigError
from cscl_data.io.dataset import iter_dataset
from cscl_data.pipelines.bundle_quality import parse_quality
from cscl_data.pipelines.bundle_settings import ModelSettings
from cscl_data.pipelines.inspect import inspect_directory
from cscl_data.pipelines.job import RunOptions
from cscl_data.pipelines.translate_bundle import plan_translate_bundle, run_translate_bundle
from tests.aligners.tiny_encoders import build_bert
from tests.pipelines.test_translate_bundle import make_job
from tests.pipelines.translations import write_lines

RECORDS = [
    {"id": "a", "question": "the cat sat", "answers": [{"text": "a mat"}, {"text": "`x`"}]},
    {"id": "b", "question": "the dogs run", "answers": [{"text": "a river"}]},
    {"id": "c", "question": "42", "answers": []},
]
BACK = {"the cat sat": "the cat sat", "a mat": "a mat", "the dogs run": "xyz"}


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    return build_bert(tmp_path_factory.mktemp("encoder") / "bert", layers=2)


def recording(folder):
    pair = {"source_lang": "ko", "target_lang": "en"}
    return write_lines(folder / "back.jsonl", [{"source": s, "target": t, **pair} for s, t in BACK.items()])


def test_scores_stand_in_the_row_the_report_and_inspect(tmp_path, encoder):
    qe = (f"encoder:{encoder}", f"backtranslate:replay:{recording(tmp_path)}")
    job = replace(make_job(tmp_path, RECORDS), qe=qe)
    report = run_translate_bundle(job, RunOptions()).manifest["report"]
    made = {row["id"]: row["bundle"] for row in iter_dataset(tmp_path / "out")}
    assert made["a"]["qe_encoder"] == pytest.approx(1.0)
    assert [made[name]["qe_backtranslation"] for name in "abc"] == [pytest.approx(100.0), None, None]
    assert made["c"]["qe_encoder"] is None
    assert report["quality"]["qe_encoder"] == {"records": 2, "mean": 1.0, "lowest": 1.0}
    assert report["quality"]["qe_backtranslation"] == {"records": 1, "mean": 100.0, "lowest": 100.0}
    found = inspect_directory(tmp_path / "out")
    assert found.is_sound
    assert (found.statistics["qe_encoder"]["n"], found.statistics["qe_backtranslation"]["mean"]) == (2, 100.0)
    assert {row.id: row.facts.get("qe_backtranslation") for row in found.rows} == {"a": "100.000", "b": None, "c": None}
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert "|qe:encoder." in manifest["sig"]
    assert {item.get("role") for item in manifest["inputs"]} >= {"encoder", "qe"}


def test_without_qe_the_column_has_no_scores(tmp_path):
    report = run_translate_bundle(make_job(tmp_path, RECORDS), RunOptions()).manifest
    [shard] = (tmp_path / "out" / "data").glob("*.parquet")
    assert not [field.name for field in pq.read_schema(shard).field("bundle").type if field.name.startswith("qe")]
    assert report["report"]["quality"] == {}
    assert "|qe:" not in report["sig"]


@pytest.mark.parametrize(
    "asked", [("encoder",), ("encoder:",), ("comet:x",), ("backtranslate:echo", "backtranslate:echo")]
)
def test_what_is_no_score_is_refused(asked):
    with pytest.raises(ConfigError, match="--qe"):
        parse_quality(asked, ModelSettings(model="echo"), source="en", target="ko")


def test_a_model_without_the_way_back_is_named_before_anything_runs(tmp_path):
    job = replace(make_job(tmp_path, RECORDS), qe=(f"backtranslate:replay:{tmp_path / 'none.jsonl'}",))
    with pytest.raises(ConfigError, match=r"--qe backtranslate:replay:.*for the way back"):
        plan_translate_bundle(job, dry=True)


def test_similarity_is_of_the_texts_and_in_order(encoder):
    loaded = load_encoder(str(encoder), layer=None, device="cpu")
    long = "the cat sat on a mat and saw dogs run " * 40
    pairs = [("the cat", "the cat"), ("the cat", "a river"), ("", "a river"), (long, long), ("a river", "the cat")]
    same, other, nothing, windows, turned = text_similarities(loaded, pairs * 30)[:5]
    assert (same, nothing, windows) == (pytest.approx(1.0), None, pytest.approx(1.0))
    assert other == pytest.approx(turned, abs=1e-9)
    assert -1.0 <= other < 0.999


def test_shipped_model_of_the_way_back_is_the_one_that_has_the_languages() -> None:
    quality = parse_quality(["backtranslate:default"], ModelSettings(), source="en", target="ko")
    assert quality.back is not None
    assert quality.back.model == "default:into-english"
    with pytest.raises(ConfigError, match="no model that ships translates from hi to en"):
        parse_quality(["backtranslate:default"], ModelSettings(), source="en", target="hi")


@pytest.mark.parametrize(
    ("device", "first"),
    [("auto", "auto"), ("cpu", "cpu"), ("cuda", "cuda"), ("cuda:1", "cuda:1"), ("cuda:1,0", "cuda:1")],
)
def test_encoder_takes_the_first_device_of_the_model(device, first):
    """Torch knows one device by name, and a translation model may run on several."""
    model = ModelSettings(model="echo", device=device)
    assert parse_quality(["encoder:x"], model, source="en", target="ko").device == first
