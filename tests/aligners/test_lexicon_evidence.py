import pytest

from cscl_data.aligners.lexicon_evidence import LEXICON_COUNT, lexicon_counts


def pairs_of(word, translation, src_keys, tgt_keys):
    return sorted(lexicon_counts([(word, translation)], src_keys, tgt_keys))


@pytest.mark.parametrize(
    ("word", "translation", "src_key", "tgt_key"),
    [
        ("Translation", "번역", "transl", "번역/N"),
        ("translate", "번역하다", "transl", "번역/N"),
        ("abandon", "버리다", "abando", "버리다/V"),
        ("fierce", "치열한", "fierce", "치열/X"),
        ("absolute", "絶対的な", "absolu", "絶対"),
        ("translate", "翻訳する", "transl", "翻訳"),
        ("go", "行く", "go", "行く"),
        ("translation", "번역하다", "transl", "번역"),
        ("dogs", "개", "dog", "개/N"),
        ("write", "menulis", "write", "tulis"),
        ("running", "lari", "run", "lari"),
        ("house", "ＲＵＭＡＨ", "house", "rumah"),
        ("translation", "terjemahannya", "transl", "terjem"),
        ("water", "पानी", "water", "पानी"),
    ],
)
def test_lexicon_counts_match_keys_of_inflected_forms(word, translation, src_key, tgt_key):
    lang = "id" if tgt_key.isascii() else ""
    counts = lexicon_counts([(word, translation)], ["other", src_key], ["기타/N", tgt_key], ("en", lang))
    assert counts == {(src_key, tgt_key): LEXICON_COUNT}


def test_lexicon_counts_match_every_class_of_a_stem_and_nothing_else():
    keys = ["번역/N", "번역/X", "번역가/N", "번/N", "역/N"]
    assert pairs_of("translation", "번역", ["transl"], keys) == [("transl", "번역/N"), ("transl", "번역/X")]
    assert pairs_of("is", "한", ["is"], ["하/V", "한/M"]) == [("is", "한/M")]
    assert pairs_of("we", "우리", ["wed", "wes"], ["우리/N"]) == []


def test_lexicon_counts_give_each_translation_its_full_count():
    counts = lexicon_counts([("dog", "anjing"), ("dog", "asu"), ("dog", "anjing")], ["dog"], ["asu", "anjing"])
    assert counts == {("dog", "anjing"): LEXICON_COUNT, ("dog", "asu"): LEXICON_COUNT}
    assert list(counts) == [("dog", "anjing"), ("dog", "asu")]


def test_lexicon_counts_share_out_entries_of_several_words():
    keys = ["blood", "type"], ["혈액형/N", "다운/N", "증후군/N"]
    assert lexicon_counts([("blood type", "혈액형")], *keys) == {
        ("blood", "혈액형/N"): LEXICON_COUNT / 2,
        ("type", "혈액형/N"): LEXICON_COUNT / 2,
    }
    assert lexicon_counts([("Down blood", "다운 증후군")], *keys) == {}
    assert lexicon_counts([("blood type of a", "혈액형")], *keys) == {}
    assert lexicon_counts([("blood type", "혈액형"), ("type", "혈액형")], *keys)["type", "혈액형/N"] == LEXICON_COUNT


@pytest.mark.parametrize(
    ("translation", "keys", "expected"),
    [
        ("의사코드", ["의사/N", "코드/N"], ["의사/N", "코드/N"]),
        ("共和国家", ["共和", "国家"], ["共和", "国家"]),
        ("대통령실", ["대통령/N", "실/N"], []),
        ("kodesemu", ["kode", "semu"], []),
    ],
)
def test_lexicon_counts_cut_compounds_as_an_analyser_may(translation, keys, expected):
    counts = lexicon_counts([("pseudocode", translation)], ["pseudo"], keys)
    assert counts == {("pseudo", key): LEXICON_COUNT / 2 for key in expected}


def test_lexicon_counts_read_the_columns_either_way_round():
    entries = [("dog", "개"), ("house", "집"), ("water", "물")]
    english, korean = ["dog", "house", "the"], ["개/N", "집/N", "house"]
    straight = lexicon_counts(entries, english, korean)
    assert straight == {("dog", "개/N"): LEXICON_COUNT, ("house", "집/N"): LEXICON_COUNT}
    assert lexicon_counts(entries, korean, english) == {(tgt, src): count for (src, tgt), count in straight.items()}


def test_lexicon_counts_of_words_in_other_languages_know_no_stem():
    assert lexicon_counts([("dogs", "anjing")], ["dog"], ["anjing"]) == {}


def test_lexicon_counts_repeat_whatever_the_order_of_keys():
    entries = [("translation", "번역"), ("dog", "개")]
    src_keys, tgt_keys = ["dog", "transl", "dogs"], ["번역/X", "개/N", "번역/N"]
    once = list(lexicon_counts(entries, src_keys, tgt_keys).items())
    assert once == list(lexicon_counts(entries, src_keys[::-1], tgt_keys[::-1]).items())
