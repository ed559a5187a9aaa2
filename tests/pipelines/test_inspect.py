import json

import pyarrow as pa
import pytest

from cscl_data.pipelines.inspect import inspect_directory
from cscl_data.pipelines.inspection.tables import tables
from cscl_data.records import Edit, Link, MonoRow, Reject, TaggedToken
from cscl_data.translators.results import source_sha256
from tests.factories import make_alignment
from tests.pipelines.directories import (
    KOREAN,
    SIG,
    bundle_schema,
    bundle_struct,
    sentence_row,
    token_row,
    write_directory,
)

ROWS = [[token_row(f"p{i}/en/0") for i in range(3)], [token_row(f"p{i}/en/0") for i in range(3, 5)]]
REJECTS = [Reject(id="p9/en/0", stage="token_cs", reason="no_candidate", detail="nothing fits", source={"en": "녹차"})]


def found(inspection):
    """What is wrong, as `place: what`."""
    return [f"{problem.place}: {problem.what}" for problem in inspection.problems]


def test_sound_directory_has_no_problem(tmp_path):
    inspection = inspect_directory(write_directory(tmp_path, "token_cs/1", ROWS, REJECTS), verify=True)
    assert found(inspection) == []
    assert inspection.is_sound
    assert inspection.counts == {"rows_in": 6, "items": 6, "rows": 5, "rejects": 1}
    assert inspection.rejects_by_reason == {"no_candidate": 1}
    assert inspection.rejects[0].row == '{"en": "녹차"}'


def test_token_statistics(tmp_path):
    statistics = inspect_directory(write_directory(tmp_path, "token_cs/1", ROWS)).statistics
    assert statistics["switch_ratio"]["mean"] == 0.5
    assert statistics["switched_rows"] == 5
    assert statistics["switching"]["cmi"]["mean"] == pytest.approx(100 / 3, abs=1e-5)
    assert statistics["switching"]["spf"]["mean"] == 0.5
    assert statistics["languages_by_tokens"]["zxx"] == {"count": 5, "share": 0.25}
    assert statistics["histograms"]["switch_ratio"]["counts"][10] == 5
    assert sum(statistics["switching"]["positions"]) == pytest.approx(5)
    assert statistics["switching"]["positions"][:5] == [0.0] * 5  # of two gaps the second one switches
    json.dumps(statistics, allow_nan=False)


def test_shown_row_marks_the_switch_and_names_what_it_replaced(tmp_path):
    row = inspect_directory(write_directory(tmp_path, "token_cs/1", ROWS), sample=1).rows[0]
    text, matrix, embedded = row.lines
    assert "".join(piece.text for piece in text.pieces) == "I like 녹차."
    assert [(p.text, p.lang, p.replaced) for p in text.pieces if p.marked] == [("녹차", "ko", "green tea")]
    assert (matrix.pieces[0].text, embedded.pieces[0].text) == ("I like green tea.", KOREAN)


TOKENS = token_row()["tokens"]
BAD_TOKEN_ROWS = [
    ({"switch_ratio": 1.5}, "switch_ratio 1.5 is not between 0 and 1"),
    ({"switch_ratio": float("nan")}, "switch_ratio nan is not between 0 and 1"),
    ({"cmi": 12.0}, "cmi 12.0000 is stored, its tokens give 33.3333"),
    ({"text": "I love 녹차."}, "the text outside the edits is neither src_text nor tgt_text"),
    ({"src_text": "I like green tea!"}, "the text outside the edits is neither src_text nor tgt_text"),
    ({"tokens": [*TOKENS[1:], TOKENS[0]]}, "token span 0-1 is out of place"),
    ({"tokens": [*TOKENS[:3], TaggedToken(9, 99, "zxx", False)._asdict()]}, "token span 9-99 is out of place"),
    ({"edits": [Edit(7, 9, 7, 16, 3, 99)._asdict()]}, "an edit lies outside the embedded text"),
    (
        {"tokens": [TOKENS[0], {**TOKENS[1], "switched": True}, *TOKENS[2:]]},
        "a switched token lies outside the edits",
    ),
]


@pytest.mark.parametrize(("changes", "message"), BAD_TOKEN_ROWS, ids=[text[:40] for _, text in BAD_TOKEN_ROWS])
def test_bad_token_row_is_found_with_its_place(tmp_path, changes, message):
    rows = [ROWS[0], [token_row("ok/en/0"), token_row("bad/en/0", **changes)]]
    inspection = inspect_directory(write_directory(tmp_path, "token_cs/1", rows))
    assert found(inspection) == [f"data/train-00001.parquet row bad/en/0: {message}"]


def test_edit_that_names_other_matrix_words_is_found(tmp_path):
    # `a b` -> `X b`: putting the other `a` back would give the same sentence.
    tokens = [TaggedToken(0, 1, "ko", True)._asdict(), TaggedToken(2, 3, "en", False)._asdict()]
    row = token_row(
        text="X b a", tokens=tokens, cmi=50.0, src_text="a b a", edits=[Edit(0, 1, 4, 5, 0, 1)._asdict()], tgt_text="X"
    )
    inspection = inspect_directory(write_directory(tmp_path, "token_cs/1", [[row]]))
    assert "names other matrix words than it replaced" in found(inspection)[0]


def test_matrix_may_be_the_target_side(tmp_path):
    row = token_row()
    swapped = row | {"src_text": row["tgt_text"], "tgt_text": row["src_text"]}
    inspection = inspect_directory(write_directory(tmp_path, "token_cs/1", [[swapped]]))
    assert found(inspection) == []
    assert inspection.rows[0].lines[1].pieces[0].text == "I like green tea."


SEGMENTS = sentence_row()["segments"]
BAD_SENTENCE_ROWS = [
    ({"segments": [*SEGMENTS[:2], {**SEGMENTS[2], "pair_id": "p1"}]}, "neighbours translate each other"),
    ({"segments": [*SEGMENTS[:2], {**SEGMENTS[2], "end": 99}]}, "segment 10-99 is out of place"),
    ({"n_switches": 7}, "n_switches 7 is stored, its segments give 2"),
    ({"segments": [*SEGMENTS[:2], {**SEGMENTS[2], "role": "gloss"}]}, "unknown role of a segment: gloss"),
]


@pytest.mark.parametrize(("changes", "message"), BAD_SENTENCE_ROWS)
def test_bad_sentence_row_is_found(tmp_path, changes, message):
    inspection = inspect_directory(write_directory(tmp_path, "sentence_cs/1", [[sentence_row(**changes)]]))
    assert found(inspection) == [f"data/train-00000.parquet row d0/0: {message}"]


def test_sentence_statistics_and_rows(tmp_path):
    inspection = inspect_directory(write_directory(tmp_path, "sentence_cs/1", [[sentence_row()]]))
    assert found(inspection) == []
    assert inspection.statistics["sentences_per_document"]["mean"] == 3
    assert inspection.statistics["switches_per_document"]["mean"] == 2
    assert inspection.statistics["languages_by_characters"]["ko"] == {"count": 4, "share": round(4 / 14, 6)}
    pieces = inspection.rows[0].lines[0].pieces
    assert [piece.text for piece in pieces if piece.marked] == ["둘이다."]


def test_how_sentences_were_made_is_shown_as_the_job_reported_it(tmp_path):
    report = {"beads": {"1-1": 3, "2-1": 1}, "lacking_a_language": 5}
    out = write_directory(tmp_path / "aligned", "sentence_cs/1", [[sentence_row()]], report=report)
    made = {table.title: dict(line[:2] for line in table.lines) for table in tables(inspect_directory(out))}
    assert made["Beads, by the sentences of both sides"] == {"1-1": "3", "2-1": "1"}
    assert made["Overview"]["sentences that lack a language"] == "5"

    report = {"translated": 7, "not_translated": {"guard_loop": 1, "guard_lost": 3}}
    out = write_directory(tmp_path / "translated", "sentence_cs/1", [[sentence_row()]], report=report)
    statistics = inspect_directory(out).statistics
    assert statistics["not_translated"]["guard_lost"] == {"count": 3, "share": 0.75}
    made = {table.title: dict(line[:2] for line in table.lines) for table in tables(inspect_directory(out))}
    assert made["Left in the source language"] == {"guard_lost": "3", "guard_loop": "1"}
    assert made["Overview"]["sentences translated"] == "7"


@pytest.mark.parametrize("report", [None, [], {"beads": 3, "translated": "7"}, {"not_translated": {"x": None}}])
def test_report_that_is_none_shows_nothing(tmp_path, report):
    out = write_directory(tmp_path, "sentence_cs/1", [[sentence_row()]], report=report)
    assert not {"beads", "translated", "not_translated"}.intersection(inspect_directory(out).statistics)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (make_alignment().row(SIG), None),
        (make_alignment(links=(), skipped="too_long").row(SIG), None),
        (make_alignment(links=((0, 5),)).row(SIG), "link 0-5 points at no token"),
        (make_alignment().row(SIG) | {"pharaoh": "0-0"}, "pharaoh and links differ"),
        (make_alignment(skipped="tired").row(SIG), "skipped 'tired': not a reject reason, or with links"),
    ],
)
def test_alignment_rows(tmp_path, row, message):
    inspection = inspect_directory(write_directory(tmp_path, "alignment/1", [[row]]))
    expected = [f"data/train-00000.parquet row p0: {message}"] if message else []
    assert found(inspection) == expected


def test_alignment_scores_are_probabilities(tmp_path):
    row = make_alignment().row(SIG) | {"links": [Link(0, 0, 1.5)._asdict()], "pharaoh": "0-0"}
    inspection = inspect_directory(write_directory(tmp_path, "alignment/1", [[row]]))
    assert "a link's score is not between 0 and 1" in found(inspection)[0]


def test_mono_rows(tmp_path):
    rows = [MonoRow(id=f"m{i}", doc_id=None, text=text, lang="ko").row(SIG) for i, text in enumerate(("차", " "))]
    inspection = inspect_directory(write_directory(tmp_path, "mono/1", [rows]))
    assert found(inspection) == ["data/train-00000.parquet row m1: the text is empty"]
    assert inspection.statistics["languages_by_bytes"]["ko"]["count"] == 4


def preference(record, lang, **changes):
    row = {"id": f"{record}/{lang}", "record_id": record, "prompt": "Q?", "chosen": "yes", "rejected": "no"}
    return row | {"prompt_lang": lang, "chosen_lang": lang, "rejected_lang": "en", "sig": SIG} | changes


def test_rows_of_a_preference_record_are_neighbours(tmp_path):
    a, b = [preference("a", lang) for lang in ("en", "ko")], [preference("b", lang) for lang in ("en", "ko")]
    assert found(inspect_directory(write_directory(tmp_path / "good", "preferences/1", [[*a, *b]]))) == []
    split = inspect_directory(write_directory(tmp_path / "bad", "preferences/1", [[a[0], *b, a[1]]]))
    message = "record a comes back; its rows must be neighbours"
    assert found(split) == [f"data/train-00000.parquet row a/ko: {message}"]
    across = inspect_directory(write_directory(tmp_path / "across", "preferences/1", [[*b, a[0]], [a[1]]]))
    assert found(across) == [f"data/train-00001.parquet row a/ko: {message}"]


def test_instructions_are_counted(tmp_path):
    row = {"id": "s0", "record_id": "r0", "prompt": "Q?", "response": "A.", "messages": None, "lang": "ko", "sig": SIG}
    inspection = inspect_directory(write_directory(tmp_path, "sft/1", [[row]]))
    assert found(inspection) == []
    assert inspection.statistics["response_characters"]["mean"] == 2


def test_bundles_are_shown_beside_source_and_reference(tmp_path):
    source = {"id": "r0", "question": "Who?", "answers": [{"text": "Anna."}], "reference": {"question": "누가?"}}
    (tmp_path / "in.jsonl").write_text(json.dumps(source) + "\n")
    texts = ["누구?", "안나."]
    row = {
        "id": "r0",
        "question": texts[0],
        "answers": [{"text": texts[1]}],
        "reference": {"question": "누가?"},
        "bundle": bundle_struct(source_sha256=source_sha256(["Who?", "Anna."])),
    }
    schema = bundle_schema(
        pa.field("id", pa.string()),
        pa.field("question", pa.string()),
        pa.field("answers", pa.list_(pa.struct([("text", pa.string())]))),
        pa.field("reference", pa.struct([("question", pa.string())])),
    )
    out = write_directory(
        tmp_path / "out",
        "bundle/1",
        [[row]],
        schema=schema,
        settings={"fields": ["question", "answers.*.text"]},
        inputs=[{"path": str(tmp_path / "in.jsonl"), "bytes": 100, "sha256": ""}],
    )
    inspection = inspect_directory(out)
    assert found(inspection) == []
    assert [tuple(field) for field in inspection.rows[0].fields] == [
        ("question", "Who?", "누구?", "누가?"),
        ("answers.0.text", "Anna.", "안나.", None),
    ]
    assert inspection.statistics["first_try"] == 1.0
    (tmp_path / "in.jsonl").write_text(json.dumps(source | {"question": "Changed since"}) + "\n")
    assert inspect_directory(out).rows[0].fields[0].source is None


def test_first_try_of_a_divided_record_is_all_its_bundles(tmp_path):
    schema = bundle_schema(pa.field("title", pa.string()))
    structs = [
        bundle_struct("divided", attempts=2),
        bundle_struct("whole", attempts=1),
        bundle_struct("other indicator", status="fallback", attempts=2, reason="irreversible"),
        bundle_struct("nothing to do", status="skipped", level="keep-source", attempts=0),
    ]
    rows = [{"title": "가", "bundle": struct} for struct in structs]
    inspection = inspect_directory(write_directory(tmp_path, "bundle/1", [rows], schema=schema))
    assert found(inspection) == []
    assert inspection.statistics["first_try"] == round(2 / 3, 6)
    assert inspection.statistics["fell"] == {"irreversible": {"count": 1, "share": 0.25}}
    assert [row.facts.get("reason") for row in inspection.rows] == [None, None, "irreversible", None]


def test_bad_bundle_is_found(tmp_path):
    schema = bundle_schema(pa.field("title", pa.string()))
    rows = [{"title": "가", "bundle": bundle_struct(status="done", attempts=-1, source_sha256="xyz")}]
    inspection = inspect_directory(write_directory(tmp_path, "bundle/1", [rows], schema=schema))
    assert inspection.kind == "bundle/1"
    assert len(found(inspection)) == 3
    assert "bundle.status 'done' is not one of ok, fallback, kept_source, skipped" in found(inspection)[0]
