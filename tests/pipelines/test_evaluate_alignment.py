"""`evaluate alignment` as a whole: names, tables, pictures, and sets whose scores are published."""

from __future__ import annotations

import pytest

from cscl_data.errors import ConfigError, InputError
from cscl_data.pipelines.alignment_evaluation.page import render_alignment_page
from cscl_data.pipelines.alignment_evaluation.tables import alignment_tables
from cscl_data.pipelines.evaluate_alignment import EvaluateAlignmentJob, evaluate_alignment

PUBLISHED = {"enfr": (4.1, 4.07), "jaen": (37.4, 37.36), "roen": (20.7, 20.75), "zhen": (13.3, 13.31)}
"""AER in percent of the outputs that awesome-align ships for its four example sets: to one decimal, and to two."""


@pytest.fixture
def files(tmp_path):
    texts = {
        "one.gold": "1-1 2p2\n2-1\n",
        "two.gold": '{"id": "x", "src": ["<b>", "\\u001b[31m"], "tgt": ["&"], "alignment": [[0, 0]]}\n',
        "good": "0-0\n1-0\n",
        "bad": "1-1 0-1\n0-0\n",
        "two": "0-0 1-0\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def run(files, gold, links, **options):
    given = [
        [item if "=" not in item else item.replace("=", f"={files}/") for item in items] for items in (gold, links)
    ]
    return evaluate_alignment(EvaluateAlignmentJob(gold=tuple(given[0]), links=tuple(given[1]), **options))


def test_aligners_stand_side_by_side(files):
    report = run(files, ["one=one.gold"], ["good=good", "bad=bad"])
    assert [(score.links, score.counts.aer) for score in report.scores] == [("good", 0), ("bad", 1 - 1 / 5)]
    (table,) = alignment_tables(report)
    assert table.lines[0] == ("good", "2", "all", "100.0", "100.0", "100.0", "0.0", "2", "2", "1")
    assert table.lines[1][3:7] == ("33.3", "0.0", "0.0", "80.0")


def test_links_that_may_count_from_one_are_noted(files):
    (files / "from_one").write_text("1-1 2-1\n2-1\n", encoding="utf-8")
    expected = "from_one on one: no link has a 0; if its words are counted from 1, give --links-index 1"
    assert expected in run(files, ["one=one.gold"], ["from_one=from_one", "good=good"]).notes
    assert run(files, ["one=one.gold"], ["from_one=from_one"], links_index=1).notes == ()


def test_several_golds_add_a_table_of_aer_by_links_and_gold(files):
    report = run(files, ["one=one.gold", "two=two.gold"], ["a@two=two", "a@one=good", "b@one=bad"])
    *_, table = alignment_tables(report)
    assert (table.title, table.header) == ("AER, %", ("one", "two"))
    assert table.lines == (("a", "0.0", "33.3"), ("b", "80.0", ""))


def test_paths_lend_their_names(files):
    job = EvaluateAlignmentJob(gold=(f"{files}/one.gold",), links=(f"{files}/good",))
    (score,) = evaluate_alignment(job).scores
    assert (score.gold, score.links) == ("one.gold", "good")


def test_path_with_an_equals_sign_is_not_taken_apart(files):
    path = (files / "good").rename(files / "a@x=b")
    job = EvaluateAlignmentJob(gold=(f"{files}/one.gold",), links=(str(path),))
    assert evaluate_alignment(job).scores[0].links == "a@x=b"


@pytest.mark.parametrize(
    ("gold", "links", "options", "message"),
    [
        (["one=one.gold", "two=two.gold"], ["a=good"], {}, "there are several golds.*Available: one, two"),
        (["one=one.gold"], ["a@three=good"], {}, "there is no gold 'three'"),
        (["one=one.gold"], ["a=good", "a=bad"], {}, "--links: two are called 'a'"),
        (["one=one.gold", "one=two.gold"], ["a=good"], {}, "--gold: two are called 'one'"),
        (["one=one.gold"], [], {}, "no links are given"),
        ([], ["a=good"], {}, "no gold alignment is given"),
        (["one=one.gold"], ["a=good"], {"scoring": "anotated"}, "unknown scoring 'anotated'"),
    ],
)
def test_requests_that_make_no_sense_are_config_errors(files, gold, links, options, message):
    with pytest.raises(ConfigError, match=message):
        run(files, gold, links, **options)


def test_scoring_by_flag_beats_the_form(files):
    (report,) = run(files, ["one=one.gold"], ["bad=bad"], scoring="annotated").scores
    assert (report.scoring, report.counts.predicted, report.counts.not_scored) == ("annotated", 2, 1)


def test_what_is_annotated_is_said(files):
    (files / "two.gold").write_text('{"id": "x", "alignment": [[0, 0]], "src_unaligned_content": []}\n')
    report = run(files, ["two=two.gold"], ["two=two"])
    assert report.scores[0].scoring == "annotated"
    assert any(note.startswith("annotated: ") for note in report.notes)
    assert report.scores[0].document()["not_scored"] == 1


def test_picture_has_every_kind_of_cell(files):
    (files / "g").write_text(
        '{"alignment": [[0, 0], [1, 1]], "possible": [[2, 2], [0, 2]], "src_unaligned_content": [3]}'
    )
    (files / "l").write_text("0-0 2-2 3-0 4-0\n")
    (picture,) = run(files, ["g=g"], ["l=l"], show=("1",)).pictures
    assert picture.cells == {
        (0, 0): "sure_found",
        (0, 2): "possible_missed",
        (1, 1): "sure_missed",
        (2, 2): "possible_found",
        (3, 0): "wrong",
        (4, 0): "not_scored",
    }
    assert (picture.src, picture.tgt) == (("",) * 5, ("",) * 3)


def test_pair_to_show_is_found_by_id_and_by_number(files):
    report = run(files, ["one=one.gold", "two=two.gold"], ["a@one=good", "a@two=two"], show=("x", "2"))
    assert [(picture.gold, picture.number, picture.id) for picture in report.pictures] == [
        ("one", 2, None),
        ("two", 1, "x"),
    ]
    with pytest.raises(InputError, match="--show 7: no such pair; one has 2 pairs"):
        run(files, ["one=one.gold"], ["a=good"], show=("7",))


def test_page_escapes_what_texts_and_names_hold(files):
    report = run(files, ["<g>=two.gold"], ["<l>=two"], show=("x",))
    page = render_alignment_page("<t>", report, alignment_tables(report))
    assert not any(raw in page for raw in ("<t>", "<g>", "<l>", "<b>", "\x1b", "<script", "http"))
    assert "&lt;b&gt;" in page
    assert "\\x1b[31m" in page
    assert page.count('<td class="sure_found"') == 1
    assert page.count('<td class="wrong"') == 1


def test_published_scores_of_four_sets(shared_data):
    folder = shared_data / "gold-align" / "awesome-align"
    report = evaluate_alignment(
        EvaluateAlignmentJob(
            gold=tuple(f"{name}={folder / name}.gold" for name in PUBLISHED),
            links=tuple(f"awesome@{name}={folder / name}.awesome-align.out" for name in PUBLISHED),
            text=tuple(f"{name}={folder / name}.src-tgt" for name in PUBLISHED),
        )
    )
    aer = {score.gold: 100 * score.counts.aer for score in report.scores}
    assert {name: (round(value, 1), round(value, 2)) for name, value in aer.items()} == PUBLISHED
    assert {score.gold: score.gold_links_outside for score in report.scores} == {
        "enfr": 0,
        "jaen": 0,  # its words may be ideographic spaces; split at those too, six links would point beyond
        "roen": 0,
        "zhen": 0,
    }
    sizes = {score.gold: (score.counts.sure, score.counts.possible - score.counts.sure) for score in report.scores}
    assert sizes == {"enfr": (4038, 13400), "jaen": (13562, 0), "roen": (6198, 0), "zhen": (11238, 178)}
