"""Real records through `translate-bundle`: as many come out as went in, in order, and every part to its own field."""

from __future__ import annotations

import json
import math

import pytest

from cscl_data.io.dataset import iter_dataset
from cscl_data.io.recordfile import RecordSpec
from cscl_data.pipelines.bundle_settings import BundleSettings, ModelSettings, TranslateBundleJob
from cscl_data.pipelines.job import RunOptions
from cscl_data.pipelines.plan import Basics
from cscl_data.pipelines.translate_bundle import run_translate_bundle
from tests.real_records import sources, write


def without_spaces(value):
    """Return a value with the white space taken out of its texts, and what is not there out of its objects."""
    if isinstance(value, str):
        return "".join(value.split())
    if isinstance(value, list):
        return [without_spaces(item) for item in value]
    if isinstance(value, dict):
        return {key: without_spaces(item) for key, item in value.items() if item is not None}
    return "nan" if isinstance(value, float) and math.isnan(value) else value


SHORT = ("tldr.ja", "xquad", "xcopa.zh", "korsts.dev", "xsid.en")
CASES = [(source, "check") for source in sources()]
CASES += [(source, mode) for source in sources() if source.name in SHORT for mode in ("mask", "skip")]


@pytest.mark.slow
@pytest.mark.parametrize(("source", "mode"), CASES, ids=lambda case: getattr(case, "name", case))
def test_records_in_are_records_out_and_rejects(source, mode, shared_data, tmp_path):
    path = write(source, shared_data, tmp_path)
    job = TranslateBundleJob(
        source=RecordSpec(paths=(str(path),)),
        bundles=BundleSettings(
            fields=source.fields,
            src_lang=source.source,
            tgt_lang=source.target,
            protect_mode=mode,
            mask_shape="{1}",
        ),
        model=ModelSettings(model="echo"),
        basics=Basics(out=tmp_path / "out", shard_rows=1000),
    )
    report = run_translate_bundle(job, RunOptions()).manifest
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    assert report["items"] == len(records) == report["rows_out"] + report["rejects"]
    number = {name: n for n, name in enumerate(ids(records, path))}
    rejected = {row["id"] for row in iter_dataset(tmp_path / "out", part="rejects")}
    rows = list(iter_dataset(tmp_path / "out"))
    places = [number[row["bundle"]["id"]] for row in rows]
    assert places == sorted(set(number.values()) - {number[name] for name in rejected})
    for row, place in zip(rows, places, strict=True):
        row.pop("bundle")
        assert without_spaces(row) == without_spaces(records[place])


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "de", "es", "hi", "zh"])
def test_a_tree_of_paragraphs_comes_back_with_its_answers(lang, shared_data, tmp_path):
    """XQuAD as it is published: one tree, whose paragraphs are the records, with answers that are spans."""
    path = shared_data / "xquad" / f"xquad.{lang}.json"
    job = TranslateBundleJob(
        source=RecordSpec(paths=(str(path),)),
        bundles=BundleSettings(
            fields=("context", "qas.*.question", "qas.*.answers.*.text"),
            src_lang=lang,
            tgt_lang="ko",
            records="data.*.paragraphs.*",
            answer_offsets="context=qas.*.answers.*",
        ),
        model=ModelSettings(model="echo"),
        basics=Basics(out=tmp_path / "out"),
    )
    run_translate_bundle(job, RunOptions())
    tree = json.loads(path.read_text(encoding="utf-8"))
    paragraphs = [paragraph for article in tree["data"] for paragraph in article["paragraphs"]]
    rows = list(iter_dataset(tmp_path / "out"))
    assert not any("answer_lost" in row.pop("bundle")["flags"] for row in rows)
    assert [without_spaces(row) for row in rows] == [without_spaces(paragraph) for paragraph in paragraphs]


def ids(records, path):
    return [record.get("id", f"{path}:{n}") for n, record in enumerate(records, start=1)]
