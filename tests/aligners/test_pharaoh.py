import gzip

import pytest

from cscl_data.aligners.pharaoh import load_pharaoh, never_zero, parse_line
from cscl_data.errors import InputError
from tests.aligners.pairs import corpus_of

PAIRS = corpus_of(("a b", "x y z"), ("c", "u"), ("", "u"))


def write(tmp_path, content):
    path = tmp_path / "links.txt"
    path.write_text(content, encoding="utf-8")
    return path


def test_pharaoh_line_n_belongs_to_pair_n_over_calls(tmp_path):
    aligner = load_pharaoh(write(tmp_path, "1-0 0-2\n\n\n"))
    first = aligner.align(PAIRS[:1])
    rest = aligner.align(PAIRS[1:])
    assert [[(x.src, x.tgt) for x in a.links] for a in first + rest] == [[(0, 2), (1, 0)], [], []]
    assert [a.skipped for a in first + rest] == [None, None, "empty_side"]
    aligner.finish()


def test_pharaoh_counts_from_one_when_told(tmp_path):
    aligner = load_pharaoh(write(tmp_path, "1-1 2p3\n"), one_indexed=True)
    assert [tuple(x) for x in aligner.align(PAIRS[:1])[0].links] == [(0, 0, None), (1, 2, None)]


@pytest.mark.parametrize(
    ("content", "one_indexed", "message"),
    [
        ("0-0\n0-1\n", False, r"links\.txt:2: link 0-1 .* outside a pair of 1 and 1 tokens"),
        ("0-0 1_1\n", False, r"links\.txt:1: '1_1' is not a link"),
        ("0-1\n", True, r"links\.txt:1: link 0-1 counts from 0"),
        ("0-0\n", False, r"1 lines, but there is a pair number 2 \(p1\)"),
        ("0-0\n0-0\n0-0\n", False, r"links\.txt:3: .* of 0 and 1 tokens"),
    ],
)
def test_pharaoh_errors_name_file_and_line(tmp_path, content, one_indexed, message):
    with pytest.raises(InputError, match=message):
        load_pharaoh(write(tmp_path, content), one_indexed=one_indexed).align(PAIRS)


def test_pharaoh_with_too_many_lines_is_an_error_at_the_end(tmp_path):
    aligner = load_pharaoh(write(tmp_path, "0-0\n\n\n\n"))
    aligner.align(PAIRS)
    with pytest.raises(InputError, match="4 lines, but only 3 pairs"):
        aligner.finish()


def test_pharaoh_missing_file_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        load_pharaoh(tmp_path / "nothing.txt")


@pytest.mark.parametrize(
    ("line", "links"),
    [
        ("", []),
        ("0-0:0.5 3-1", [(0, 0, 0.5), (3, 1, None)]),
        ("1-1 1-1", [(1, 1, None)]),
        ("1-1:0.2 1-1:0.7 1-1", [(1, 1, 0.7)]),
        ("0-0:1 0-1:-1.25 1-0:x:1e-3 1-1:7", [(0, 0, 1.0), (0, 1, None), (1, 0, 0.001), (1, 1, None)]),
    ],
)
def test_parse_line_reads_scores_and_repeats(line, links):
    assert [tuple(link) for link in parse_line(line)] == links


def test_pharaoh_scores_become_scores_of_links(tmp_path):
    aligner = load_pharaoh(write(tmp_path, "0-1:0.25 1-2\n"))
    assert [tuple(link) for link in aligner.align(PAIRS[:1])[0].links] == [(0, 1, 0.25), (1, 2, None)]


def test_pharaoh_reads_gzip_and_names_a_damaged_one(tmp_path):
    packed = gzip.compress(b"1-0 0-2\n" * 500)
    (tmp_path / "links.gz").write_bytes(packed)
    assert load_pharaoh(tmp_path / "links.gz").lines == ("1-0 0-2",) * 500
    (tmp_path / "cut.gz").write_bytes(packed[:-12])
    with pytest.raises(InputError, match=r"cut\.gz: damaged"):
        load_pharaoh(tmp_path / "cut.gz")


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        ("1-1 2-3\n1-1\n\n", "give --one-indexed"),
        ("0-0 2-2\n1-1\n\n", "the links must be over the same tokens"),
        ("1-1 3-4\n1-1\n\n", "the links must be over the same tokens"),
    ],
)
def test_pharaoh_that_counts_from_one_is_noticed(tmp_path, content, hint):
    with pytest.raises(InputError, match=r"links\.txt:1: .* outside a pair of 2 and 3 tokens") as caught:
        load_pharaoh(write(tmp_path, content)).align(PAIRS)
    assert hint in str(caught.value.hint)


@pytest.mark.parametrize(
    ("lines", "expected"), [(["10-20:0.9 3p1"], True), (["1-0"], False), (["0p3"], False), (["", ""], False)]
)
def test_never_zero_looks_at_indices_alone(lines, expected):
    assert never_zero(lines) is expected
