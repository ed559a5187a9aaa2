"""Words: kinds, Korean tails, names; one table a language."""

from __future__ import annotations

import pickle
import unicodedata
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cscl_data.errors import ConfigError
from cscl_data.text.words import WordSplitter

MIXED = st.sampled_from("aB1 .,'’-()&<`{}/_\n\u00a0\u200d\u0301가한는각東京のを、。ไทยكت😀\x00\u2028")


@cache
def _splitter(lang, tokenizer="auto"):
    return WordSplitter(lang, tokenizer)


def _shown(lang, text, tokenizer="auto"):
    """Write each word as `stem+tail/kind`, kind by its first letter, names with N."""
    shown = []
    for word in _splitter(lang, tokenizer).words(text):
        tail = "+" + text[word.stem_end : word.end] if word.stem_end < word.end else ""
        shown.append(f"{text[word.start : word.stem_end]}{tail}/{word.kind[0]}{'N' if word.name else ''}")
    return " ".join(shown)


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("en", "I don't like John's co-driver.", "I/f don't/f like/f John+'s/cN co-driver/c ./n"),
        ("en", "Barack Obama won; it's Monday.", "Barack/cN Obama/cN won/c ;/n it's/f Monday/c ./n"),
        ("en", "Use `x y` at 3.5km, 20th 😀!", "Use/c `x y`/p at/f 3.5km/n ,/n 20th/n 😀/n !/n"),
        ("en", "the [overview](https://x.y/z) page", "the/f [/n overview/c ]/n (https://x.y/z)/p page/c"),
        ("en", "a me-*render* and/or “so”", "a/f me-/c */n render/c */n and/f //n or/f “/n so/f ”/n"),
        ("en", "Dates and Times", "Dates/c and/f Times/c"),
        ("en", "Nadal won. Seven did. Today's game", "Nadal/cN won/c ./n Seven/c did/f ./n Today+'s/c game/c"),
        ("en", "after 2 p.m.", "after/f 2/n p.m./f"),
        ("en", "<b>Bold</b>text", "<b>/p Bold/c </b>/p text/c"),
        ("id", "Kota-kota di Selandia Baru itu besar.", "Kota-kota/c di/f Selandia/cN Baru/cN itu/f besar/c ./n"),
        ("id", "Anda dapat menggunakan `pk`.", "Anda/f dapat/f menggunakan/c `pk`/p ./n"),
        ("fr", "L'homme qu'il aime", "L'/f homme/c qu'/f il/f aime/c"),
        ("de", "Der Hund schläft im Haus.", "Der/f Hund/c schläft/c im/f Haus/c ./n"),
        ("zh-Hans", "我用GPT4写3.5页。", "我/f 用/f GPT4/c 写/c 3.5/n 页/c 。/n"),
        ("hi", "यह हिन्दी है।", "यह/f हिन्दी/c है/f ।/n"),
        ("qqq", "Foo bar.", "Foo/c bar/c ./n"),
    ],
)
def test_words_spaced_and_single(lang, text, expected):
    assert _shown(lang, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("나는 학교에 갔다.", "나+는/f 학교+에/c 갔다/c ./n"),
        ("서울에서는 데이터를 업데이트했다", "서울+에서는/cN 데이터+를/c 업데이트+했다/c"),
        ("기술적인 문제이다", "기술적인/c 문제+이다/c"),
        ("물리적으로 경제적 지원을", "물리적으로/c 경제적/c 지원+을/c"),
        ("서버상의 국가별로 배튼씨는 회의중에", "서버+상의/c 국가+별로/c 배튼+씨는/cN 회의+중에/c"),
        ("모델을 만드는 것은 중요하다", "모델+을/c 만드는/c 것+은/f 중요+하다/c"),
        ("5,000개가 넘는 3.5GB의 집", "5,000개가/n 넘는/c 3.5GB의/n 집/c"),
        ("`foo`를 {x}에서 (cell)은", "`foo`/p 를/f {x}/p 에서/f (/n cell/c )/n 은/f"),
        ("사람을위해 마이크로소프트에서", "사람+을/c 위해/c 마이크로소프트+에서/c"),
        ("그러나 이 책은 e-메일을", "그러나/f 이/f 책+은/c e-메일+을/c"),
        ("할 수 있습니다 😀", "할/f 수/f 있습니다/f 😀/n"),
        ("입니다.DIRS'가", "입니다/f ./n DIRS/c '/n 가/f"),
    ],
)
def test_words_korean(text, expected):
    assert _shown("ko", text) == expected


def test_words_korean_reads_decomposed_text():
    raw = unicodedata.normalize("NFD", "데이터를 서울에서는")
    assert unicodedata.normalize("NFC", _shown("ko", raw)) == "데이터+를/c 서울+에서는/cN"
    raw = unicodedata.normalize("NFD", "과학적인 국가별로 공화당")
    assert unicodedata.normalize("NFC", _shown("ko", raw)) == "과학적인/c 국가+별로/c 공화당/c"


@pytest.mark.parametrize(
    ("lang", "text", "joined"),
    [
        ("en", "They met Bartolomé de las Casas there", ["de", "las", "Casas"]),
        ("id", "Presiden Joko Widodo di Jakarta menang", []),
        ("ja", "バルトロメ・デ・ラス・カサスは政治・経済を学んだ", ["・", "デ", "・", "ラス", "・", "カサス"]),
    ],
)
def test_words_know_what_goes_on_with_a_name(lang, text, joined):
    assert [text[word.start : word.end] for word in _splitter(lang).words(text) if word.continues] == joined


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("彼は食べていました。", "彼/f は/f 食べていました/c 。/n"),
        ("更新された場合、", "更新/c された/f 場合/c 、/n"),
        ("東京都の操縦士さんが行く", "東京都/cN の/f 操縦士/c さん/f が/f 行く/c"),
        ("約10万人が5月に", "約10万人/n が/f 5月/n に/f"),
        ("これに関して便利な方法です", "これ/f に/f 関して/f 便利/c な/f 方法/c です/f"),
        ("この`x`は利用できることがあります", "この/f `x`/p は/f 利用/c できる/f こと/f が/f あります/f"),
        ("彼 は 食べ て い ま し た 。", "彼/f は/f 食べ て い ま し た/c 。/n"),
        ("お茶を飲みながら", "お茶/c を/f 飲みながら/c"),
        ("科学者たちはサーバー上で", "科学者たち/c は/f サーバー/c 上/f で/f"),
        ("オンス当たりの子供用の", "オンス/c 当たり/f の/f 子供/c 用/f の/f"),
        ("劇的に変わり、簡単になる", "劇的に/c 変わり/c 、/n 簡単/c に/f なる/f"),
    ],
)
def test_words_japanese(text, expected):
    assert _shown("ja", text) == expected


@pytest.mark.parametrize("lang", ["en", "ko", "ja", "zh", "fr", "ar"])
@settings(max_examples=40, deadline=None)
@given(text=st.one_of(st.text(st.characters(), max_size=50), st.text(MIXED, max_size=60)))
def test_words_cover_any_text(lang, text):
    words = _splitter(lang).words(text)
    covered = [False] * len(text)
    at = 0
    for word in words:
        assert at <= word.start < word.stem_end <= word.end <= len(text)
        assert word.kind in {"content", "function", "none", "protected"}
        assert (
            word.kind == "protected" or lang == "ja" or not any(char.isspace() for char in text[word.start : word.end])
        )
        at = word.end
        covered[word.start : word.end] = [True] * (word.end - word.start)
    assert all(is_covered or char.isspace() for is_covered, char in zip(covered, text, strict=True))


@pytest.mark.parametrize(
    ("lang", "text", "lemmas"),
    [
        ("ko", "그를 부르는 회의를 번역했다", ["", "부르다", "", "번역하다"]),
        ("ja", "本を読んでいた", ["", "", "読む"]),
        ("en", "She was reading", ["", "", ""]),
    ],
)
def test_words_know_the_dictionary_form_of_predicates(lang, text, lemmas):
    assert [word.lemma for word in _splitter(lang).words(text)] == lemmas


def test_word_splitter_pickles():
    again = pickle.loads(pickle.dumps(_splitter("ko")))
    assert again.words("학교에") == _splitter("ko").words("학교에")
    assert again.name == "mecab-ko"


def test_word_splitter_reports_bad_names():
    with pytest.raises(ConfigError, match="unknown tokenizer"):
        WordSplitter("en", "nope")
    with pytest.raises(ConfigError, match="qq1"):
        WordSplitter("qq1")


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("In general they carry out tests at least twice.", ["In", "general", "carry", "out", "at", "least"]),
        ("The general is out there now", ["The", "is", "out", "there"]),
    ],
)
def test_words_that_are_no_switch_alone_are_marked(text, bound):
    words = _splitter("en").words(text)
    marked = [text[word.start : word.end] for word in words if word.kind == "function" and word.pos]
    assert marked == bound


def test_korean_bound_noun_cannot_stand_alone():
    text = "할 수 있기 때문에 간다"
    marked = {text[word.start : word.end]: word.pos for word in _splitter("ko").words(text) if word.kind == "function"}
    assert marked["수"] == "AUX"
    assert marked["때문에"] == "AUX"
