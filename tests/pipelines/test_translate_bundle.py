import json

import pytest

from cscl_data.errors import ConfigError
from cscl_data.io.dataset import iter_dataset
from cscl_data.io.recordfile import RecordSpec
from cscl_data.pipelines.bundle_settings import BundleSettings, ModelSettings, TranslateBundleJob
from cscl_data.pipelines.job import RunOptions
from cscl_data.pipelines.plan import Basics
from cscl_data.pipelines.translate_bundle import plan_translate_bundle, run_translate_bundle


def make_job(tmp_path, records, **settings):
    path = tmp_path / "records.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    chosen = {"fields": ("question", "answers.*.text"), "src_lang": "en", "tgt_lang": "ko", **settings}
    return TranslateBundleJob(
        source=RecordSpec(paths=(str(path),)),
        bundles=BundleSettings(**chosen),
        model=ModelSettings(model="echo"),
        basics=Basics(out=tmp_path / "out"),
    )


def test_every_text_that_is_there_is_sent_whatever_its_neighbours_lack(tmp_path):
    records = [
        {"id": "a", "question": "Why?", "answers": [{"text": "A"}, {"start": 3}]},
        {"id": "b", "question": "How?"},
        {"id": "c", "other": "x"},
    ]
    report = run_translate_bundle(make_job(tmp_path, records), RunOptions(max_reject_rate=1.0))
    assert (report.manifest["items"], report.manifest["rows_out"], report.manifest["rejects"]) == (3, 2, 1)
    made = {row["id"]: row["bundle"] for row in iter_dataset(tmp_path / "out")}
    assert (made["a"]["indicator"], made["b"]["indicator"]) == ("@", "")
    rejects = {row["id"]: row["detail"] for row in iter_dataset(tmp_path / "out", part="rejects")}
    assert rejects == {"c": "none of the fields question, answers.*.text"}


def test_sig_tells_one_statement_of_your_own_from_another(tmp_path):
    records = [{"question": "Why?", "answers": [{"text": "A"}]}]
    sigs = {plan_translate_bundle(make_job(tmp_path, records, catalyst=text)).sig for text in ("One.", "Two.", "none")}
    assert len(sigs) == 3


def test_unknown_protect_mode_is_named(tmp_path):
    with pytest.raises(ConfigError, match="'chek'"):
        make_job(tmp_path, [], protect_mode="chek")
