import gzip

import pytest

from cscl_data.aligners.lexicon import lexicon_aligner, load_lexicon_aligner, read_lexicon
from cscl_data.errors import InputError
from cscl_data.text.tokenizers.base import Token
from tests.aligners.pairs import pair_of

ENTRIES = (("dog", "anjing"), ("house", "rumah"), ("run", "lari"), ("run", "berlari"), ("translation", "terjemahan"))


def links_of(aligner, pair):
    return [(link.src, link.tgt) for link in aligner.align([pair])[0].links]


def test_lexicon_links_the_nearest_partner_and_each_word_once():
    pair = pair_of("dog and dog run", "anjing dan anjing berlari")
    assert links_of(lexicon_aligner(ENTRIES), pair) == [(0, 0), (2, 2), (3, 3)]
    assert links_of(lexicon_aligner(ENTRIES), pair_of("dog dog", "x anjing")) == [(1, 1)]


def test_lexicon_finds_inflected_forms_by_key_with_a_lower_score():
    (alignment,) = lexicon_aligner(ENTRIES).align([pair_of("Translations", "terjemahannya")])
    assert [tuple(x) for x in alignment.links] == [(0, 0, 0.8)]


def test_lexicon_finds_dictionary_forms():
    pair = pair_of("go", "行った")._replace(tgt_tokens=(Token(0, 2, "動詞", "行く"), Token(2, 3, "助動詞", "た")))
    assert links_of(lexicon_aligner([("go", "行く")]), pair) == [(0, 0)]


@pytest.mark.parametrize(
    "content", ["dog anjing\n", "dog\tanjing\n", "dog\tn\tanjing\tan animal\n\n", "dog\tn\tanjing\t\n"]
)
def test_lexicon_reads_muse_and_wiktionary_columns(tmp_path, content):
    plain, packed = tmp_path / "lexicon.tsv", tmp_path / "lexicon.tsv.gz"
    plain.write_text(content, encoding="utf-8")
    packed.write_bytes(gzip.compress(content.encode()))
    for path in (plain, packed):
        assert links_of(load_lexicon_aligner(path), pair_of("Dog", "anjing")) == [(0, 0)]


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
    path = tmp_path / "lexicon.tsv"
    path.write_text(line, encoding="utf-8")
    assert list(read_lexicon(path)) == ([] if expected is None else [expected])


def test_lexicon_yields_entries_of_several_words_if_asked(tmp_path):
    path = tmp_path / "lexicon.tsv"
    path.write_text("blood type\t혈액형\na b c d\tx\n", encoding="utf-8")
    assert list(read_lexicon(path, max_words=3)) == [("blood type", "혈액형")]


def test_lexicon_holds_in_both_directions():
    assert links_of(lexicon_aligner(ENTRIES), pair_of("anjing berlari", "dog run")) == [(0, 0), (1, 1)]


def test_lexicon_with_other_columns_names_the_line(tmp_path):
    path = tmp_path / "lexicon.tsv"
    path.write_text("dog\tanjing\nrun\tv\tlari\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"lexicon\.tsv:2: expected 2 columns .* found 3"):
        load_lexicon_aligner(path)


def test_lexicon_damaged_gzip_is_an_input_error(tmp_path):
    path = tmp_path / "lexicon.tsv.gz"
    path.write_bytes(gzip.compress(b"dog\tanjing\n" * 1000)[:-20])
    with pytest.raises(InputError, match="damaged"):
        load_lexicon_aligner(path)
