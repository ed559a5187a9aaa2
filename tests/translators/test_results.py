from __future__ import annotations

import pyarrow as pa

from cscl_data.records.schemas import BUNDLE
from cscl_data.translators import (
    BundleJob,
    LadderConfig,
    load_translator,
    merge_summaries,
    summarise,
    translate_bundles,
)
from cscl_data.translators.catalysts import resolve
from cscl_data.translators.results import source_sha256


def results():
    jobs = [
        BundleJob(id="a", texts=("a man", "a dog")),
        BundleJob(id="b", texts=("one @ field", "a dog")),
        BundleJob(id="c", texts=("alone",)),
        BundleJob(id="d", texts=("",)),
        BundleJob(id="e", texts=("line\nbreak", "x y")),
    ]
    config = LadderConfig(catalyst=resolve("concat", ["x"], "en"))
    return jobs, translate_bundles(jobs, load_translator("echo"), source="en", target="ko", config=config)


def test_summary_counts_records_and_first_tries():
    summary = summarise(results()[1])
    assert summary["records"] == 5
    assert summary["status"] == {"fallback": 1, "ok": 3, "skipped": 1}
    assert summary["level"] == {"indicator": 3, "split": 1}
    assert summary["attempts"] == {"0": 1, "1": 3, "2": 1}
    assert summary["fell"] == {"lines": 1}
    assert summary["reversibility"] == [
        {"indicator": "#", "catalyst": "concat", "tried": 1, "strict": 1, "lenient": 1, "accepted": 1},
        {"indicator": "@", "catalyst": "concat", "tried": 1, "strict": 1, "lenient": 1, "accepted": 1},
    ]


def test_summaries_of_parts_add_up_to_the_whole():
    _, found = results()
    assert merge_summaries([summarise(found[:2]), summarise([]), summarise(found[2:])]) == summarise(found)


def test_struct_fits_its_arrow_type():
    jobs, found = results()
    rows = [one.struct(source_texts=job.texts, sig="x") for job, one in zip(jobs, found, strict=True)]
    assert pa.array(rows, type=BUNDLE).to_pylist() == rows
    assert [row["reason"] for row in rows] == [None, None, None, None, "lines"]
    assert set(rows[0]) == {entry.name for entry in BUNDLE}


def test_source_sha256_tells_fields_apart():
    assert source_sha256(["a", "b"]) != source_sha256(["ab"]) != source_sha256(["a", "b", ""])
    assert len(source_sha256(["\ud800"])) == 64
