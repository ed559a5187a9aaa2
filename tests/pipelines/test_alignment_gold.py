"""Gold alignments in every form, and what is wrong with them in one line."""

from __future__ import annotations

import gzip

import pytest

from cscl_data.errors import ConfigError, InputError
from cscl_data.pipelines.alignment_evaluation.gold import read_gold


def write(tmp_path, text, name="gold.txt"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def links(gold_set):
    return [(sorted(pair.gold.sure), sorted(pair.gold.possible)) for pair in gold_set.pairs]


def test_links_a_line_count_from_one(tmp_path):
    found = read_gold("g", write(tmp_path, "1-1 2p3\n\n3-1\n"))
    assert links(found) == [([(0, 0)], [(1, 2)]), ([], []), ([(2, 0)], [])]
    assert (found.form, found.index, found.scoring) == ("pharaoh", 1, "all")


def test_links_a_line_count_from_zero_when_told(tmp_path):
    assert links(read_gold("g", write(tmp_path, "0-0 2p3\n"), index=0)) == [([(0, 0)], [(2, 3)])]


def test_a_link_a_line_with_gaps_confidence_and_without_marks(tmp_path):
    found = read_gold("g", write(tmp_path, "0001 1 1 S\n0001 2 3 P 0.7\n\n3 1 2\n"))
    assert links(found) == [([(0, 0)], [(1, 2)]), ([], []), ([(0, 1)], [])]
    assert (found.form, found.index) == ("wpt", 1)


def test_json_lines_with_words_ids_and_unaligned_words(tmp_path):
    line = '{"id": "x", "src": ["a", "b"], "tgt": ["c"], "alignment": [[0, 0]], "src_unaligned_content": [1]}\n'
    found = read_gold("g", write(tmp_path, line, "gold.jsonl"))
    (pair,) = found.pairs
    assert (pair.id, pair.sizes, pair.gold.annotated_src) == ("x", (2, 1), {0, 1})
    assert (found.form, found.index, found.scoring) == ("jsonl", 0, "annotated")


def test_json_lines_without_unaligned_words_are_scored_on_all(tmp_path):
    found = read_gold("g", write(tmp_path, '{"alignment": [[1, 2]], "possible": [[2, 2]]}\n'), index=1)
    assert links(found) == [([(0, 1)], [(1, 1)])]
    assert found.scoring == "all"


def test_compressed_gold_is_read(tmp_path):
    path = tmp_path / "gold.gz"
    path.write_bytes(gzip.compress(b"1-1\n"))
    assert links(read_gold("g", path)) == [([(0, 0)], [])]


def test_words_come_from_a_text_divided_by_any_run_of_spaces(tmp_path):
    text = write(tmp_path, "2\u00a0. .   ||| deux\t.  \n", "text")
    (pair,) = read_gold("g", write(tmp_path, "1-1 3-1\n"), text=text).pairs
    assert (pair.src, pair.tgt, pair.links_outside) == (("2\u00a0.", "."), ("deux", "."), 1)


def test_number_of_takes_ids_before_numbers(tmp_path):
    lines = '{"id": "2", "alignment": []}\n{"id": "a", "alignment": []}\n{"id": "b", "alignment": []}\n'
    found = read_gold("g", write(tmp_path, lines))
    assert [found.number_of(wanted) for wanted in ("2", "a", "3", "0", "4", "nobody")] == [0, 1, 2, None, None, None]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no gold links in it"),
        ("1-1\n0-3\n", r"gold\.txt:2: link 0-3 counts from 0, not from 1"),
        ("1-1 1_2\n", r"gold\.txt:1: '1_2' is not a link"),
        ("1 1 1 S\n1 0 1 S\n", r"gold\.txt:2: link 0 1 counts from 0"),
        ("1 1 1 S\n1 1 1 X\n", r"gold\.txt:2: .* is not pair number"),
        ("0 1 1 S\n", r"gold\.txt:1: pairs are numbered from 1"),
        ('{"alignment": [[0, 1]]}\n{"alignment": \n', r"gold\.txt:2: not JSON"),
        ('{"links": []}\n', r"gold\.txt:1: expected an object with `alignment`"),
        ('{"alignment": [[0, -1]]}\n', r"gold\.txt:1: `alignment` is not a list"),
        ('{"alignment": [[0, true]]}\n', r"gold\.txt:1: `alignment` is not a list"),
        ('{"alignment": [], "src_unaligned_content": ["X"]}\n', "`src_unaligned_content` is not a list"),
        ('{"alignment": [], "src": "a b"}\n', "`src` is not a list of words"),
        ('{"alignment": [], "id": 1}\n{"alignment": [], "id": "1"}\n', "the id '1' comes twice"),
    ],
)
def test_unreadable_gold_is_one_clear_line(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read_gold("g", write(tmp_path, text))


def test_wrong_base_comes_with_the_flag_that_mends_it(tmp_path):
    with pytest.raises(InputError) as caught:
        read_gold("g", write(tmp_path, "0-0\n"))
    assert "--gold-index 0" in caught.value.hint
    with pytest.raises(InputError, match="counts from 0, not from 1"):
        read_gold("g", write(tmp_path, '{"alignment": [[0, 1]]}\n'), index=1)


def test_bytes_that_are_no_text_are_an_input_error(tmp_path):
    path = tmp_path / "gold.txt"
    path.write_bytes(b"1-1\n\xff\xfe-1\n")
    with pytest.raises(InputError, match=r"gold\.txt:2: not UTF-8"):
        read_gold("g", path)


@pytest.mark.parametrize(("text", "message"), [("a ||| b\n", "1 lines for 2 pairs"), ("a ||| b\na b\n", "text:2: ")])
def test_text_that_does_not_fit_the_gold_is_an_input_error(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read_gold("g", write(tmp_path, "1-1\n1-1\n"), text=write(tmp_path, text, "text"))


def test_text_beside_gold_with_words_is_refused(tmp_path):
    gold = write(tmp_path, '{"alignment": [], "src": ["a"], "tgt": ["b"]}\n')
    with pytest.raises(ConfigError, match="has words of its own"):
        read_gold("g", gold, text=write(tmp_path, "a ||| b\n", "text"))
