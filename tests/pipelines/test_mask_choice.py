"""`--mask-shape auto`, with a model that keeps some masks and not others."""

from __future__ import annotations

from pathlib import Path

from cscl_data.io.dataset import iter_dataset
from cscl_data.pipelines import bundle_shard, translate_bundle
from cscl_data.pipelines.job import RunOptions
from cscl_data.translators import EchoTranslator
from tests.pipelines.test_translate_bundle import Told, make_job

RECORDS = [
    {"id": str(n), "question": f"Why is `x{n}` odd in this line?", "answers": [{"text": f"Since line {n} is."}]}
    for n in range(6)
]


class Losing(EchoTranslator):
    """An echo that loses what stands in some brackets, and backticks."""

    def __init__(self, lost: str) -> None:
        self._lost = str.maketrans("", "", lost)

    def translate(self, texts, source, target):
        return super().translate([text.translate(self._lost) for text in texts], source, target)


def run(tmp_path: Path, monkeypatch, records, **settings):
    for module in (translate_bundle, bundle_shard):
        monkeypatch.setattr(module, "loaded", lambda _: Losing("{}[]`"))
    told = Told()
    job = make_job(tmp_path, records, protect_mode="mask", catalyst="none", **settings)
    return translate_bundle.run_translate_bundle(job, RunOptions(max_reject_rate=1.0), told), told


def test_the_shape_that_comes_back_is_taken_and_named(tmp_path, monkeypatch):
    report, told = run(tmp_path, monkeypatch, RECORDS)
    assert report.manifest["settings"]["mask_shape"] == "<1>"
    assert "|protect:mask.<1>|" in report.manifest["sig"]
    assert told.lines[0] == "masks: tried on 12 sentences, kept in"
    assert {line.split()[0]: line.split()[1] for line in told.lines[1:]} | {"<1>": "100.0", "{1}": "0.0"} == {
        line.split()[0]: line.split()[1] for line in told.lines[1:]
    }
    rows = list(iter_dataset(tmp_path / "out"))
    assert [row["question"] for row in rows] == [record["question"] for record in RECORDS]
    assert {row["bundle"]["status"] for row in rows} == {"ok"}
    again, _ = run(tmp_path, monkeypatch, RECORDS)
    assert (again.manifest, again.resumed_shards) == (report.manifest, 1)


def test_a_shape_of_your_own_is_not_tried(tmp_path, monkeypatch):
    report, told = run(tmp_path, monkeypatch, RECORDS, mask_shape="{1}", fallback="indicator,keep-source")
    assert told.lines == []
    assert {row["bundle"]["status"] for row in iter_dataset(tmp_path / "out")} == {"kept_source"}
    assert report.manifest["report"]["reasons"] == {"irreversible": 6}


def test_masks_are_put_into_plain_sentences_where_nothing_is_to_be_masked(tmp_path, monkeypatch):
    plain = [{"question": f"Why is line {n} odd?", "answers": [{"text": f"Since line {n} is."}]} for n in range(2)]
    report, told = run(tmp_path, monkeypatch, plain)
    assert told.lines[0] == "masks: tried on 4 sentences, kept in"
    assert report.manifest["settings"]["mask_shape"] == "<1>"
