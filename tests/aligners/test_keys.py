import pytest
from hypothesis import given

from cscl_data.aligners.keys import KeyNumbers, is_verbatim, key_of
from tests.aligners.pairs import pair_of
from tests.factories import texts


@pytest.mark.parametrize(
    ("surface", "pos", "lemma", "key"),
    [
        ("Translations", "", "", "transl"),
        ("translate", "", "", "transl"),
        ("2,500", "", "", "2,500"),
        ("v2.1", "", "", "v2.1"),
        ("foo_bar_baz()", "", "", "foo_bar_baz()"),
        ("TensorFlow", "SL", "", "tensor"),
        ("tensorflow", "", "", "tensor"),
        ("번역하다", "", "", "번역"),
        ("번역", "NNG", "", "번역/N"),
        ("을", "JKO", "", "을/J"),
        ("했", "VV+EP", "하다", "하다/V"),
        ("行っ", "動詞-非自立可能", "行く", "行く"),
        ("ＡＢＣ", "", "", "abc"),
        ("、", "補助記号-読点", "、", ","),
        ("परीक्षण", "", "", "परीक्षण"),
        ("Überraschungen", "", "", "überra"),
        ("😀", "", "", "😀"),
    ],
)
def test_key_of_joins_what_belongs_together(surface, pos, lemma, key):
    assert key_of(surface, pos, lemma) == key


@given(text=texts())
def test_every_token_gets_the_number_of_its_key(text):
    tokens = pair_of(text, text).src_tokens
    known = KeyNumbers(["first"])
    numbers = known.numbers(text, tokens)
    assert known.numbers(text, tokens) == numbers
    assert [known.keys[number] for number in numbers] == [key_of(text[t.start : t.end]) for t in tokens]
    assert len(set(known.keys)) == len(known.keys) == len(known.forms)
    assert known.number("first") == 0


@pytest.mark.parametrize("key", ["2004", "1,000", "foo_bar", "{{path}}", "https://a.b/c", "--flag", "v2", "`x`"])
def test_what_translations_copy_is_verbatim(key):
    assert is_verbatim(key_of(key))


@pytest.mark.parametrize("key", ["word", "well-known", "(", "...", "번역/N", "を", "don't", "😀", ""])
def test_words_and_signs_are_not_verbatim(key):
    assert not is_verbatim(key)
