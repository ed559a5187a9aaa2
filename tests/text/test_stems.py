"""Light stems: the forms of a word have one, and words that only look inflected keep to themselves."""

import pytest

from cscl_data.text.stems import STEMMERS, stemmer_for
from cscl_data.text.stems.english import english_stem
from cscl_data.text.stems.indonesian import indonesian_stem
from cscl_data.text.tokenizers import tokenizer_for


@pytest.mark.parametrize(
    "forms",
    [
        "cat cats Cats",
        "use uses used using",
        "make makes making",
        "stop stops stopped stopping",
        "try tries tried trying",
        "place places placed placing",
        "create creates created creating",
        "read reads reading",
        "call calls called calling",
        "die dies died",
        "box boxes",
        "see sees seeing",
    ],
)
def test_english_forms_of_a_word_have_one_stem(forms):
    assert {english_stem(form) for form in forms.split()} == {forms.split()[0]}


@pytest.mark.parametrize(
    "word", ["us", "this", "thing", "string", "need", "news", "bus", "glass", "translations", "3rd"]
)
def test_english_words_that_are_no_inflections_stay(word):
    assert english_stem(word) == word


@pytest.mark.parametrize(
    "forms",
    [
        "tulis menulis menuliskan ditulis tertulis penulis penulisan tulisan tulisannya",
        "baca membaca dibaca pembaca bacaan bacanya",
        "baik perbaiki memperbaiki diperbaiki perbaikan kebaikan",
        "beri memberi memberikan diberikan pemberian",
        "kirim mengirim mengirimkan dikirim pengiriman",
        "ubah mengubah diubah berubah perubahan",
        "pakai memakai dipakai pemakaian",
        "minta meminta diminta permintaan",
        "kerja bekerja pekerjaan mengerjakan",
        "anak anak-anak anaknya anak-anaknya",
        "terima menerima diterima penerimaan",
        "masalah permasalahan",
        "aman keamanan",
    ],
)
def test_indonesian_forms_of_a_word_have_one_stem(forms):
    assert {form: indonesian_stem(form) for form in forms.split()} == dict.fromkeys(forms.split(), forms.split()[0])


@pytest.mark.parametrize("word", ["dengan", "dari", "untuk", "makan", "hari", "penting", "berapa", "kura-kura2", "x"])
def test_indonesian_words_without_affixes_stay(word):
    assert indonesian_stem(word) == word


def test_a_doubled_word_of_two_roots_is_no_plural():
    assert indonesian_stem("sayur-mayur") == "sayur-mayur"
    assert indonesian_stem("orang-orang") == "orang"


@pytest.mark.parametrize("stem", STEMMERS.values())
@pytest.mark.parametrize("word", ["", "-", "A", "MENULIS", "ÜBER", "二", "a-b-c", "an", "kan-kan", "i" * 500])
def test_stemmers_answer_for_any_word_in_lower_case(stem, word):
    assert stem(word) == stem(word.lower())
    assert len(stem(word)) <= len(word) + 1


def test_languages_without_a_stemmer_have_none():
    assert stemmer_for("ko") is None


def test_tokenizers_give_the_stem_and_leave_protected_spans_alone():
    text = "Cats use `cats` and 3 things.txt"
    tokens = tokenizer_for("en").tokens(text)
    found = [(text[t.start : t.end], t.lemma) for t in tokens]
    assert found == [("Cats", "cat"), ("use", ""), ("`cats`", ""), ("and", ""), ("3", ""), ("things.txt", "")]
    assert tokenizer_for("en").spans(text) == tuple((t.start, t.end) for t in tokens)
    assert {t.lemma for t in tokenizer_for("de").tokens("cats use things")} == {""}
