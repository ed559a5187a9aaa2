import json

import pytest

from cscl_data.errors import ConfigError
from cscl_data.pipelines.inspect import inspect_path
from cscl_data.pipelines.inspect_all import InspectJob, inspect_all
from cscl_data.pipelines.inspection.comparison_tables import comparison_notes, comparison_tables
from cscl_data.pipelines.inspection.comparisons import compare, compare_with_natural
from cscl_data.pipelines.inspection.page import render_page
from cscl_data.records import MonoRow, TaggedToken
from tests.pipelines.directories import SIG, sentence_row, token_row, write_directory
from tests.pipelines.test_inspect_page import Page


@pytest.fixture
def tokens(tmp_path):
    return write_directory(tmp_path / "token", "token_cs/1", [[token_row(f"p{i}/en/0") for i in range(4)]])


@pytest.fixture
def talk(tmp_path):
    path = tmp_path / "talk.jsonl"
    lines = [{"tags": ["A", "A", "B", "B"]}, {"tags": ["A", "B", "A", "B", "OTHER"]}]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_measures_stand_side_by_side(tokens, talk):
    comparison = compare(inspect_path(tokens), inspect_path(talk))
    measures = comparison.measures
    assert measures["rows"] == {"this": 4, "other": 2, "difference": 2}
    # `I like 녹차.`: CMI 33.3, SPF 1/2, runs 2 and 1. The talk: CMI 50, SPF 1/3 and 1, runs 2, 2 and 1, 1, 1, 1.
    assert measures["cmi_mixed.mean"] == pytest.approx({"this": 100 / 3, "other": 50, "difference": -50 / 3}, abs=1e-5)
    assert measures["spf.mean"] == pytest.approx({"this": 1 / 2, "other": 2 / 3, "difference": -1 / 6}, abs=1e-5)
    assert measures["run_length.mean"] == pytest.approx({"this": 1.5, "other": 4 / 3, "difference": 1 / 6}, abs=1e-5)
    assert measures["switches_per_text"] == {"this": 1.0, "other": 2.0, "difference": -1.0}
    assert comparison.distances["cmi_mixed"] == pytest.approx(50 / 3, abs=0.1)
    assert comparison.distances["spf"] == pytest.approx((1 / 6 + 1 / 2) / 2, abs=0.001)
    assert "switch_ratio.mean" not in measures  # the talk has none
    json.dumps(comparison.document(), allow_nan=False)


def test_corpus_equals_itself(tokens):
    comparison = compare(inspect_path(tokens), inspect_path(tokens))
    assert {values["difference"] for values in comparison.measures.values()} == {0, None}
    assert set(comparison.distances.values()) == {0.0}
    assert comparison.measures["switch_ratio.mean"]["difference"] == 0


def test_natural_table_gives_range_and_place(tokens):
    comparison = compare_with_natural(inspect_path(tokens))
    assert comparison.measures["spf.mean"] == {"this": 0.5, "lowest": 0.171, "highest": 0.255}
    standing, corpora = comparison_tables(comparison)
    assert standing.lines[0] == ("CMI, mixed texts: mean", "33.3", "21.1 to 34.7", "inside")
    assert standing.lines[-1] == ("SPF, mixed texts: mean", "0.500", "0.171 to 0.255", "above")
    assert corpora.lines[-1] == ("Turkish-German talk (UD SAGT)", "2,184", "2,056", "29.1", "18", "30", "40", "0.171")


def test_words_in_two_languages_are_pointed_out_once(tmp_path, talk):
    row = token_row()
    row["tokens"] = [*row["tokens"][:3], TaggedToken(9, 10, "en", switched=False)._asdict()]
    found = inspect_path(write_directory(tmp_path / "out", "token_cs/1", [[row]]))
    comparisons = [compare_with_natural(found), compare(found, inspect_path(talk))]
    notes = comparison_notes(comparisons)
    assert [sum("33.3 % of the words" in note for note in lines) for lines in notes] == [1, 0]
    assert compare_with_natural(inspect_path(tmp_path / "out", by_word=True)).mixed_words == 0


def test_broken_other_side_is_said(tokens, tmp_path):
    other = write_directory(tmp_path / "broken", "token_cs/1", [[token_row(cmi=1.0)]])
    comparison = compare(inspect_path(tokens), inspect_path(other))
    assert comparison_notes([comparison])[0][-1] == f"{other}: 1 invariants broken; run inspect on it."


def test_what_is_measured_differently_is_refused(tokens, talk, tmp_path):
    sentences = inspect_path(write_directory(tmp_path / "s", "sentence_cs/1", [[sentence_row()]]))
    mono = [[MonoRow(id="m", doc_id=None, text="One.", lang="en").row(SIG)]]
    with pytest.raises(ConfigError, match=r"in sentences, .* in words"):
        compare(sentences, inspect_path(talk))
    with pytest.raises(ConfigError, match="natural corpora in words"):
        compare_with_natural(sentences)
    with pytest.raises(ConfigError, match="has no switching measures"):
        compare(inspect_path(write_directory(tmp_path / "m", "mono/1", mono)), sentences)
    assert compare(sentences, sentences).measures["rows"]["difference"] == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"by_word": True, "paths": ("talk",)}, "--by-word: for rows of make-token-cs; found tagged"),
        ({"counted": ("A",), "paths": ("token",)}, "--count: for files of tagged text; found token_cs/1"),
        ({"per_row": "x.txt", "paths": ("token",)}, "has to end in .parquet, .tsv, .jsonl"),
        ({"per_row": "x.tsv", "paths": ("token", "talk")}, "one file for 2 directories"),
    ],
)
def test_options_that_do_not_fit_are_refused(tokens, talk, tmp_path, changes, message):
    places = {"token": tokens, "talk": talk}
    paths = tuple(places[name] for name in changes["paths"])
    per_row = tmp_path / changes["per_row"] if "per_row" in changes else None
    with pytest.raises(ConfigError, match=message):
        inspect_all(InspectJob(**changes | {"paths": paths, "per_row": per_row}))


def test_comparisons_stand_on_the_page(tokens, talk):
    found = inspect_all(InspectJob(paths=(tokens,), against=("natural", str(talk))))
    html = render_page("A page", found)
    assert html.count("<svg") == 3 + 2 + 2
    for text in ("Against natural code-switching", f"Against {talk}", "Spanish-English tweets", "Wasserstein"):
        assert text in html
    page = Page(html)
    assert page.nests
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_texts_that_never_mix_have_nothing_to_compare(tokens, tmp_path):
    flat = tmp_path / "flat.jsonl"
    flat.write_text('{"tags": ["A", "A"]}\n')
    comparison = compare(inspect_path(flat), inspect_path(tokens))
    assert comparison.measures["cmi_mixed.mean"] == {
        "this": None,
        "other": pytest.approx(33.333333),
        "difference": None,
    }
    assert comparison.distances["cmi_mixed"] is None
    found = inspect_all(InspectJob(paths=(flat,), against=("natural", str(tokens))))
    assert "Against natural" in render_page("A page", found)
