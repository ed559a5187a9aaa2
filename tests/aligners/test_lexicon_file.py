import gzip

import pytest

from cscl_data.aligners.lexicon_file import LexiconFile, read_lexicon
from cscl_data.errors import InputError


def read(folder, content, **options):
    path = folder / "lexicon.tsv"
    path.write_text(content, encoding="utf-8")
    return read_lexicon(path, **options)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("teacher\tn\t선생 (先生)\tperson who teaches\n", ("teacher", "선생")),
        ("Australia\tオーストラリア（also written: 濠太剌利）\n", ("Australia", "オーストラリア")),
        ("blood type\t혈액형\n", None),
        ("gap\t(買う OR 持つ)\n", None),
    ],
)
def test_lexicon_leaves_out_remarks_and_longer_entries(tmp_path, line, expected):
    assert read(tmp_path, line) == LexiconFile(() if expected is None else (expected,))


def test_lexicon_gives_entries_of_several_words_if_asked(tmp_path):
    assert read(tmp_path, "blood type\t혈액형\na b c d\tx\n", max_words=3).entries == (("blood type", "혈액형"),)


@pytest.mark.parametrize(
    ("cell", "translations"),
    [
        ("menulis, mengarang", ["menulis", "mengarang"]),
        ("쓰다; 적다 (formal, written)", ["쓰다", "적다"]),
        ("書く；記す", ["書く", "記す"]),
        ("1,000", ["1,000"]),
        ("tulis,", ["tulis,"]),
    ],
)
def test_lexicon_takes_a_cell_of_several_translations_apart(tmp_path, cell, translations):
    for line in (f"write\t{cell}\n", f"write\tv\t{cell}\tto put down, on paper\n"):
        assert read(tmp_path, line).entries == tuple(("write", translation) for translation in translations)


def test_lexicon_counts_lines_of_other_forms_and_says_where_the_first_is(tmp_path):
    found = read(tmp_path, "dog anjing\nhot dog roti sosis\nrun\tv\tlari\ncat kucing\none\nhouse rumah\n")
    assert found.entries == (("dog", "anjing"), ("cat", "kucing"), ("house", "rumah"))
    assert found.passed_over == 3
    assert found.note() == (
        f"lexicon: 3 entries; 3 lines passed over, the first is {tmp_path / 'lexicon.tsv'}:2, 4 words without a tab"
    )


def test_lexicon_of_other_forms_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match=r"2 of 3 lines are no entries \(.*lexicon\.tsv:1, 3 columns\)") as caught:
        read(tmp_path, "run\tv\tlari\ndog\tn\tanjing\ncat\tkucing\n")
    assert "word TAB translation" in str(caught.value.hint)


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_empty_lexicon_is_an_input_error(tmp_path, content):
    with pytest.raises(InputError, match="an empty lexicon"):
        read(tmp_path, content)


def test_lexicon_damaged_gzip_is_an_input_error(tmp_path):
    path = tmp_path / "lexicon.tsv.gz"
    path.write_bytes(gzip.compress(b"dog\tanjing\n" * 1000)[:-20])
    with pytest.raises(InputError, match="damaged"):
        read_lexicon(path)
