import json
from dataclasses import replace

import pytest

from cscl_data.errors import ConfigError
from cscl_data.io.dataset import iter_dataset
from cscl_data.io.recordfile import RecordSpec
from cscl_data.pipelines.bundle_settings import BundleSettings, ModelSettings, TranslateBundleJob
from cscl_data.pipelines.job import RunOptions
from cscl_data.pipelines.plan import Basics
from cscl_data.pipelines.translate_bundle import plan_translate_bundle, run_translate_bundle
from cscl_data.translators import resolve
from tests.pipelines.translations import write_lines


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


def test_sig_tells_a_bar_from_a_stroke_among_the_indicators(tmp_path):
    records = [{"question": "Why?", "answers": [{"text": "A"}]}]
    bar, stroke = (plan_translate_bundle(make_job(tmp_path, records, indicators=one)).sig for one in "|/")
    assert "|indicators:%7C|" in bar
    assert "|indicators:/|" in stroke


def test_a_plan_says_that_the_statement_will_be_tried(tmp_path):
    records = [{"question": "Why?", "answers": [{"text": "A"}]}]
    plan = plan_translate_bundle(make_job(tmp_path, records, catalyst="auto"), dry=True)
    assert plan.settings["catalyst_name"] == "auto (tried on the input)"
    assert "|catalyst:auto|" in plan.sig


def test_unknown_protect_mode_is_named(tmp_path):
    with pytest.raises(ConfigError, match="'chek'"):
        make_job(tmp_path, [], protect_mode="chek")


def test_indicators_are_chosen_by_a_trial(tmp_path):
    """The recorded model loses every indicator but `%`, and `#` half of the time."""
    records = [{"id": str(n), "question": f"Why is {n} odd?", "answers": [{"text": f"Since {n}."}]} for n in range(6)]
    lines = []
    for n, record in enumerate(records):
        for mark in ("%", "#") if n % 2 else ("%",):
            source = f"{mark} {record['question']} {mark} {record['answers'][0]['text']}"
            target = f"{mark} {n}은 왜 홀수일까? {mark} {n}이라서."
            lines.append({"source": source, "target": target, "source_lang": "en", "target_lang": "ko"})
    recorded = tmp_path / "replay.jsonl"
    recorded.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    job = make_job(tmp_path, records, indicators="auto", catalyst="none")
    job = replace(job, model=ModelSettings(model=f"replay:{recorded}"))
    told = Told()
    report = run_translate_bundle(job, RunOptions(), told)
    assert "|indicators:%,#|" in report.manifest["sig"]
    assert report.manifest["settings"]["indicators"] == "%,#"
    assert {row["bundle"]["indicator"] for row in iter_dataset(tmp_path / "out")} == {"%"}
    assert told.lines[0] == "indicators: tried on 6 records"
    assert "%  catalyst none" in told.lines[1]
    again = run_translate_bundle(job, RunOptions(), Told())
    assert again.manifest == report.manifest


@pytest.mark.parametrize(("statement", "chosen"), [("none", "none"), ("concat", "concat"), ("relation", "relation")])
def test_a_statement_is_chosen_by_a_trial(tmp_path, statement, chosen):
    """The recorded model knows bundles behind one statement only."""
    records = [{"id": str(n), "question": f"Why is {n} odd?", "answers": [{"text": f"Since {n}."}]} for n in range(3)]
    fields = ("question", "answers.*.text")
    text = resolve(statement, fields, "en").text
    lines = [
        {
            "source": f"{text} @ {one['question']} @ {one['answers'][0]['text']}".strip(),
            "target": f"{'문장.' if text else ''} @ {one['id']}은 왜 홀수일까? @ {one['id']}이라서.".strip(),
            "source_lang": "en",
            "target_lang": "ko",
        }
        for one in records
    ]
    job = make_job(tmp_path, records, fields=fields, indicators="@", catalyst="auto")
    job = replace(job, model=ModelSettings(model=f"replay:{write_lines(tmp_path / 'replay.jsonl', lines)}"))
    told = Told()
    report = run_translate_bundle(job, RunOptions(), told)
    assert report.manifest["settings"]["catalyst"] == chosen
    assert report.manifest["rows_out"] == 3
    assert len(told.lines) == 4, "a heading, and one indicator behind two statements and none"


def test_a_statement_is_chosen_without_a_trial_where_there_is_nothing_to_join(tmp_path):
    job = make_job(tmp_path, [{"id": "a", "question": "Why?"}], fields=("question",), catalyst="auto")
    assert run_translate_bundle(job, RunOptions()).manifest["settings"]["catalyst"] == "relation"


def test_indicators_are_not_chosen_where_there_is_nothing_to_join(tmp_path):
    job = make_job(tmp_path, [{"id": "a", "question": "Why?"}], fields=("question",), indicators="auto")
    with pytest.raises(ConfigError, match="two fields"):
        run_translate_bundle(job, RunOptions())


class Told:
    """A listener that keeps what it is told."""

    def __init__(self):
        self.lines = []

    def note(self, text):
        pass

    def announce(self, text):
        self.lines.append(text)

    def on_shard(self, report):
        pass
