"""What the benchmark of alignment counts and prints, on vectors worked out by hand and on the published outputs."""

from __future__ import annotations

import json

import pytest

from benchmarks.align import Bench, Line, print_table, score, scorer, told
from benchmarks.data import GoldText, plain_words, pool_rows, write_pairs, write_pool
from benchmarks.spans import count_row
from benchmarks.systems import Directions, eflomal, ours, segments
from cscl_data.evaluation.alignment import AlignmentCounts
from cscl_data.pipelines.alignment_evaluation.gold import read_gold
from tests.aligners.eflomal_programs import stand_in
from tests.factories import make_alignment, make_pair


@pytest.fixture
def text(tmp_path):
    """Two pairs in French and English, without a bitext beside them."""
    gold, words = tmp_path / "gold", tmp_path / "words"
    gold.write_text("1-1 2-2\n1-1\n", encoding="utf-8")
    words.write_text("le chat ||| the cat\n10\u00a0000 ||| 10,000\n", encoding="utf-8")
    return GoldText(read_gold("set", gold, text=words), "fr", "en", None)


@pytest.mark.parametrize(
    ("links", "found"),
    [([(1, 0)], (1, 2)), ([(1, 0), (3, 2)], (2, 2)), ([(0, 0), (1, 1)], (0, 2)), ([(1, 0), (5, 0)], (1, 2))],
)
def test_spans_count_once_for_each_that_stands_on_both_sides(links, found):
    """`a` stands twice on the left and once on the right, so that one of the two on the left is free."""
    pair = make_pair("see `a` and `b` or `a`", "`a` und `b` da")
    assert count_row(make_alignment(pair, links), pair.src_text, pair.tgt_text) == found


def test_span_linked_to_another_span_is_not_linked():
    pair = make_pair("`a` `b`", "`b` `c`")
    assert count_row(make_alignment(pair, [(0, 0)]), pair.src_text, pair.tgt_text) == (0, 1)
    assert count_row(make_alignment(pair, [(1, 0)]), pair.src_text, pair.tgt_text) == (1, 1)


def test_pairs_are_written_so_that_words_come_back(text, tmp_path):
    lines = write_pairs(text, tmp_path / "pairs.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["src"].split(" ") for line in lines] == [["le", "chat"], ["10\u00a0000"]]
    assert write_pairs(text, tmp_path / "one.jsonl", 1).read_text(encoding="utf-8").count("\n") == 1


def test_ours_is_run_once_for_the_same_request(text, tmp_path):
    """A Pharaoh file stands in for the fit, which takes its time."""
    links = tmp_path / "links"
    links.write_text("0-0 1-1\n0-0\n", encoding="utf-8")
    out = ours(text, tmp_path, "--aligner", "pharaoh", "--links", links)
    before = (out / "manifest.json").stat().st_mtime_ns
    assert ours(text, tmp_path, "--aligner", "pharaoh", "--links", links) == out
    assert (out / "manifest.json").stat().st_mtime_ns == before
    assert score(text, out).aer == 0


def test_segments_are_those_of_the_set(text, tmp_path):
    assert [pair.src_text for pair in segments(text, tmp_path)] == ["le chat", "10\u00a0000"]


def test_words_are_cut_at_punctuation_and_by_an_analyser_where_there_are_no_spaces():
    assert plain_words("it's  2.5.", "en") == ["it", "'", "s", "2", ".", "5", "."]
    assert len(plain_words("猫が牛乳を飲む", "ja")) > 3


def test_directions_are_merged():
    assert Directions([[(0, 0), (1, 1)]], [[(0, 0)]]).merged([(2, 2)]) == [[(0, 0), (1, 1)]]


def test_table_says_what_is_reached(capsys):
    print_table(
        [Line("a", "one", "1", "", "<= 2", True), Line("b", "two", "3", "x", "<= 2", False), Line("c", "3", "")]
    )
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("|")[6].strip() for line in lines if "-" not in line] == ["reached", "yes", "NO", ""]
    assert len({len(line) for line in lines}) == 1


def test_scores_are_told_in_percent():
    counts = AlignmentCounts(pairs=1, predicted=4, sure=3, possible=5, predicted_sure=2, predicted_possible=3)
    assert told(counts) == "AER 28.6, P 0.750, R 0.667"


def test_published_outputs_reach_their_bars(shared_data, tmp_path):
    assert [line.holds for line in scorer(Bench(shared_data, tmp_path, None, None))] == [True] * 4


def test_pool_is_turned_to_the_direction_of_the_set(shared_data, tmp_path, text):
    pool = shared_data / "pool" / "en-id.train.tsv.gz"
    first = next(pool_rows(pool))
    turned = text._replace(src_lang="id", pool=pool)
    with write_pool(turned, tmp_path / "pool.tsv").open(encoding="utf-8") as lines:
        assert next(lines) == f"{first.other}\t{first.english}\n"


def test_eflomal_gives_links_for_the_pairs_asked_for(tmp_path):
    found = eflomal(str(stand_in(tmp_path)), [(["a", "B"], ["x", "y"])] * 5, 3, tmp_path)
    assert [len(links) for links in (found.forward, found.backward)] == [3, 3]
