import gzip

import pytest

from cscl_data.aligners import TokenizedPair
from cscl_data.aligners.lexicon import lexicon_aligner, load_lexicon_aligner
from cscl_data.text.tokenizers import Token, tokenizer_for
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


def test_lexicon_finds_inflected_forms_by_stem():
    aligner = lexicon_aligner([("write", "menulis"), ("child", "anak")], ("en", "id"))
    sides = ("en", "she writes children's child"), ("id", "anak-anak ditulisnya")
    tokens = [tokenizer_for(lang).tokens(text) for lang, text in sides]
    assert links_of(aligner, TokenizedPair("p", sides[0][1], sides[1][1], *tokens)) == [(1, 1), (4, 0)]


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


def test_lexicon_holds_in_both_directions():
    assert links_of(lexicon_aligner(ENTRIES), pair_of("anjing berlari", "dog run")) == [(0, 0), (1, 1)]
