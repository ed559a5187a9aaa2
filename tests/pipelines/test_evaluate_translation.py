from __future__ import annotations

import json

import pytest
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from cscl_data.errors import ConfigError, InputError
from cscl_data.pipelines.evaluate_translation import EvaluateTranslationJob, evaluate_translation
from tests.pipelines.translations import FIELDS, RECORDS, REF_FIELDS, REFERENCES, translated, write_lines

ALL = "all fields"
PAIRS = {
    "question": [("Berapa banyak buku?", "Ada berapa buku?"), ("Apa yang diminumnya?", "Apa yang ia minum?")],
    "context": [
        ("Dua buku ada di situ.", "Dua buku terletak di sana."),
        ("Kucing minum susu.", "Kucing itu minum susu."),
    ],
    "answers.*.text": [("Dua buah", "Dua"), ("Susu", "Susu"), ("Susu yang hangat", "Susu hangat")],
}
"""What is compared with what, in the order of the references."""


def evaluate(hyp, ref, ref_fields=REF_FIELDS, fields=FIELDS, **options):
    hyps = hyp if isinstance(hyp, tuple) else (hyp,)
    return evaluate_translation(
        EvaluateTranslationJob(
            hyp=tuple(str(one) for one in hyps), ref=ref, fields=fields, ref_fields=ref_fields, **options
        )
    )


@pytest.fixture
def ref(tmp_path):
    return write_lines(tmp_path / "ref.jsonl", REFERENCES)


@pytest.mark.parametrize("mode", ["replaced", "both", "suffix"])
def test_scores_are_sacrebleus_on_the_texts_of_each_field_whatever_the_output_mode(tmp_path, ref, mode):
    (part,) = evaluate(translated(tmp_path, output_mode=mode), ref).hypotheses
    assert (part.output_mode, part.matched) == (mode, "id")
    pairs = {ALL: [both for field in PAIRS.values() for both in field], **PAIRS}
    assert list(part.scores) == list(pairs)
    for name, both in pairs.items():
        made, true = zip(*both, strict=True)
        score = part.scores[name]
        assert score.texts == len(both)
        assert score.chrf == pytest.approx(CHRF().corpus_score(made, [true]).score)
        assert score.bleu == pytest.approx(BLEU().corpus_score(made, [true]).score)


def test_what_was_rejected_or_never_seen_is_counted(tmp_path):
    ref = write_lines(tmp_path / "ref.jsonl", [*REFERENCES, {"id": "d", "q": "Apa?", "c": "Ya.", "answers": []}])
    extra = {"id": "e", "context": "Two books lie there.", "question": "How many books?", "answers": []}
    report = evaluate(translated(tmp_path, [*RECORDS, extra]), ref)
    cover = report.hypotheses[0].coverage
    assert (cover.records, cover.compared, cover.absent, cover.others) == (4, 2, 1, 1)
    assert cover.rejected == {"empty_side": 1}
    assert "out: 1 records of --ref were not in its input" in report.notes
    assert "out: 1 records that are not in --ref are left aside" in report.notes


def test_several_are_also_scored_on_the_records_that_all_have(tmp_path, ref):
    whole, less = translated(tmp_path), translated(tmp_path, RECORDS[1:], "less")
    report = evaluate((f"whole={whole}", f"less={less}"), ref)
    assert report.common_records == 1
    first, second = report.hypotheses
    assert [part.scores[ALL].texts for part in report.hypotheses] == [7, 3]
    assert first.scores[ALL] != second.scores[ALL]
    assert first.common[ALL] == second.common[ALL] == second.scores[ALL]


def test_little_in_common_is_said(tmp_path, ref):
    none = translated(tmp_path, RECORDS[1:2], "none")
    report = evaluate((translated(tmp_path), none), ref)
    assert any(note.startswith("only 0 of up to 2 records") and "fewest are in none" in note for note in report.notes)


def test_text_without_a_counterpart_is_counted_and_in_no_score(tmp_path):
    more = [{**row, "answers": [*row["answers"], "lagi"]} for row in REFERENCES]
    (part,) = evaluate(translated(tmp_path), write_lines(tmp_path / "ref.jsonl", more)).hypotheses
    assert (part.coverage.texts_missing, part.scores["answers.*.text"].texts) == (2, 3)


def test_kept_source_is_scored_as_it_is_and_said(tmp_path, ref):
    report = evaluate(translated(tmp_path, fallback="separate,keep-source"), ref)
    assert report.hypotheses[0].coverage.kept_source == 1
    assert report.hypotheses[0].scores["question"].texts == 3
    assert "out: 1 records kept their source text, which is scored as it is" in report.notes


@pytest.mark.parametrize("rejecting", [True, False])
def test_records_without_common_ids_are_compared_by_order(tmp_path, rejecting):
    records = [{key: row[key] for key in row if key != "id"} for row in RECORDS if rejecting or row["id"] != "b"]
    true = [{**row, "id": f"x{n}"} for n, row in enumerate(reversed(REFERENCES)) if rejecting or row["id"] != "b"]
    report = evaluate(translated(tmp_path, records), write_lines(tmp_path / "ref.jsonl", true))
    (part,) = report.hypotheses
    assert (part.matched, part.coverage.compared) == ("order", 2)
    made, true_texts = zip(*PAIRS["question"], strict=True)
    assert part.scores["question"].chrf == pytest.approx(CHRF().corpus_score(made, [true_texts]).score)
    assert "record n of its input is compared" in report.notes[0]


def test_order_is_refused_where_there_are_not_as_many_records(tmp_path):
    true = [{**row, "id": f"x{n}"} for n, row in enumerate(REFERENCES[:2])]
    with pytest.raises(InputError, match=r"none of its 3 records is in .*ref.jsonl, which has 2") as raised:
        evaluate(translated(tmp_path), write_lines(tmp_path / "ref.jsonl", true))
    assert "--ref-id-column" in raised.value.hint


def test_references_beside_other_sources_are_refused(tmp_path):
    beside = [{**RECORDS[0], "q": "a", "c": "b"}, {**RECORDS[2], "id": "b", "q": "a", "c": "b"}]
    out = translated(tmp_path, [RECORDS[0], {**RECORDS[2], "id": "b", "context": "The cat drinks milk."}])
    with pytest.raises(InputError, match="record 'b' was translated from another text than"):
        evaluate(out, write_lines(tmp_path / "ref.jsonl", beside), "q,c", "question,context")


def test_references_in_a_json_tree_and_an_id_column_of_their_own(tmp_path, ref):
    tree = {"data": [{**{k: v for k, v in row.items() if k != "id"}, "key": row["id"]} for row in REFERENCES]}
    (tmp_path / "tree.json").write_text(json.dumps(tree), encoding="utf-8")
    out = translated(tmp_path)
    same = evaluate(out, tmp_path / "tree.json", ref_id_column="key", records="data.*")
    assert same.hypotheses == evaluate(out, ref).hypotheses


@pytest.mark.parametrize(
    ("fields", "ref_fields", "error", "message"),
    [
        ("question", "q,c", ConfigError, "--ref-fields has 2 fields, but --fields has 1"),
        ("answers.*.text", "q", ConfigError, r"q has not as many \* as answers"),
        ("question,question", "q,c", ConfigError, "a field twice"),
        (" ", None, ConfigError, "names no field"),
        ("id", "q", InputError, "id is not among its fields: question, context"),
        ("question", "nothing", InputError, "no text in the fields nothing"),
        ("question", "answers", InputError, "expected text in the reference of question, found list"),
    ],
)
def test_fields_that_do_not_fit_are_named(tmp_path, ref, fields, ref_fields, error, message):
    with pytest.raises(error, match=message):
        evaluate(translated(tmp_path), ref, ref_fields, fields)


def test_twins_are_refused(tmp_path, ref):
    out = translated(tmp_path)
    with pytest.raises(ConfigError, match="two are called 'out'"):
        evaluate((out, out), ref)
    twice = write_lines(tmp_path / "twice.jsonl", [*REFERENCES, REFERENCES[0]])
    with pytest.raises(InputError, match="the record 'c' comes twice"):
        evaluate(out, twice)
