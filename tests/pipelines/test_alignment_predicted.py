"""Predicted links matched with gold: by id or by order, over the same words, or refused."""

from __future__ import annotations

import pytest

from cscl_data.errors import InputError, SchemaError
from cscl_data.pipelines.alignment_evaluation.gold import read_gold
from cscl_data.pipelines.alignment_evaluation.predicted import read_predicted
from tests.factories import make_alignment, make_pair
from tests.pipelines.directories import SIG, token_row, write_directory

TWO = '{"id": "a", "src": ["x", "y"], "tgt": ["u", "v"], "alignment": [[0, 0]]}\n' + (
    '{"id": "b", "src": ["z"], "tgt": ["w"], "alignment": []}\n'
)
A, B, C = (make_pair(*texts, id=name) for name, texts in (("a", ("x y", "u v")), ("b", ("z", "w")), ("c", ("q", "r"))))


def gold(tmp_path, text=TWO):
    path = tmp_path / "gold"
    path.write_text(text, encoding="utf-8")
    return read_gold("g", path)


def links_file(tmp_path, text):
    path = tmp_path / "links.txt"
    path.write_text(text, encoding="utf-8")
    return path


def directory(tmp_path, *alignments):
    return write_directory(tmp_path / "links", "alignment/1", [[alignment.row(SIG) for alignment in alignments]])


def test_pharaoh_file_with_scores_from_either_base(tmp_path):
    zero = read_predicted(links_file(tmp_path, "0-1:0.9 1-0\n\n"), gold(tmp_path))
    one = read_predicted(links_file(tmp_path, "1-2 2-1:0.1\n\n"), gold(tmp_path), index=1)
    assert zero == one
    assert (zero.links, zero.matched) == (({(0, 1), (1, 0)}, set()), "order")


def test_directory_is_matched_by_id_in_any_order_and_others_are_left_aside(tmp_path):
    alignments = [make_alignment(pair, links) for pair, links in ((B, [(0, 0)]), (C, [(0, 0)]), (A, [(1, 1)]))]
    found = read_predicted(directory(tmp_path, *alignments), gold(tmp_path))
    assert found.links == ({(1, 1)}, {(0, 0)})
    assert (found.matched, found.others, found.skipped) == ("id", 1, 0)


def test_directory_is_matched_by_order_where_no_id_is_known(tmp_path):
    alignments = [make_alignment(pair, [(0, 0)]) for pair in (A, B)]
    found = read_predicted(directory(tmp_path, *alignments), gold(tmp_path, "1-1\n1-1\n"))
    assert (found.links, found.matched) == (({(0, 0)}, {(0, 0)}), "order")


def test_skipped_pairs_are_counted(tmp_path):
    alignments = [make_alignment(A, []), make_alignment(B, [], skipped="too_long")]
    assert read_predicted(directory(tmp_path, *alignments), gold(tmp_path)).skipped == 1


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([A], "no alignment of the pair 'b'"),
        ([A, B, A], "the pair 'a' comes twice"),
        ([C], r"1 pairs, but .*gold has 2"),
        ([make_pair("x", "u v", id="a"), B], "pair 'a': aligned over 1 and 2 words, but the gold has 2 and 2"),
    ],
)
def test_directory_of_other_pairs_is_refused(tmp_path, pairs, message):
    alignments = [make_alignment(pair, []) for pair in pairs]
    with pytest.raises(InputError, match=message):
        read_predicted(directory(tmp_path, *alignments), gold(tmp_path))


def test_directory_of_another_kind_is_refused(tmp_path):
    out = write_directory(tmp_path / "rows", "token_cs/1", [[token_row()]])
    with pytest.raises(InputError, match="holds token_cs/1, not alignment/1"):
        read_predicted(out, gold(tmp_path))


def test_shards_of_different_kinds_are_refused(tmp_path):
    out = directory(tmp_path, make_alignment(A, []))
    other = write_directory(tmp_path / "rows", "token_cs/1", [[token_row()]])
    (out / "data" / "train-00001.parquet").write_bytes((other / "data" / "train-00000.parquet").read_bytes())
    with pytest.raises(SchemaError, match="different schemas"):
        read_predicted(out, gold(tmp_path))


@pytest.mark.parametrize(
    ("text", "index", "message", "hint"),
    [
        ("0-0\n", 0, r"1 lines, but .*gold has 2", "same pairs"),
        ("0-0\n\n\n", 0, "3 lines, but", "same pairs"),
        ("1-1\n0-0\n", 1, r"links\.txt:2: link 0-0 counts from 0, not from 1", "--links-index 0"),
        ("0-0\n0-0 1-1\n", 0, r"links\.txt:2: link 1-1 .* outside a pair of 1 and 1 words", "--links-index 1"),
        ("0-0\n0=0\n", 0, r"links\.txt:2: '0=0' is not a link", None),
    ],
)
def test_pharaoh_file_that_does_not_fit_is_refused(tmp_path, text, index, message, hint):
    with pytest.raises(InputError, match=message) as caught:
        read_predicted(links_file(tmp_path, text), gold(tmp_path), index=index)
    assert hint is None if caught.value.hint is None else hint in caught.value.hint


def test_missing_links_are_an_input_error(tmp_path):
    with pytest.raises(InputError, match="no such file or directory"):
        read_predicted(tmp_path / "nothing", gold(tmp_path))
