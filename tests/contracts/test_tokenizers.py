"""What every tokenizer promises: spans of the untouched text that cover it, part no character, and stand still."""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import sys
import unicodedata
from functools import cache
from importlib.util import find_spec

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from cscl_data.text.tokenizers import TOKENIZERS, Tokenizer, tokenizer_for

ALL = [
    ("en", "auto"), ("id", "auto"), ("ko", "auto"), ("ja", "auto"), ("zh", "auto"), ("th", "auto"), ("bo", "auto"),
    ("my", "auto"), ("ar", "auto"), ("qqq", "auto"), ("ko", "spacy"), ("ja", "spacy"), ("zh", "spacy"), ("vi", "spacy"),
    ("th", "spacy"), ("en", "moses"), ("ko", "moses"), ("fr", "moses"), ("qqq", "moses"), ("en", "whitespace"),
    ("en", "characters"), ("en", "mecab"), ("en", "sudachi"), ("ko", "words"), ("ja", "words"), ("th", "words"),
]  # fmt: skip
OPTIONAL = {"kiwi": ("kiwipiepy", "ko")}
ALL += [(lang, name) for name, (package, lang) in OPTIONAL.items() if find_spec(package)]
FAST = [("en", "auto"), ("ko", "auto"), ("ja", "auto"), ("zh", "auto"), ("en", "moses")]

NASTY = [
    "",
    " \n\t ",
    "a",
    "👨‍👩‍👧 and 👍🏽 e\u0301 🇰🇷",
    "👍🏽👩‍👩‍👧🇰🇷🇯🇵 1️⃣ ❤️ ♥︎ 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    unicodedata.normalize("NFD", "나는 학교에 갔다. déjà vu, đã được, ガギグ パピプ"),
    "옛한글 ᄀᆞᆯ, 각",
    "q\u0307\u0323 x\u0336y\u0336 a\u034fb x\u20dd 葛\U000e0100城",
    "שלום עולם (abc) مرحبا",
    "מִלָּה שָׁלוֹם, مُحَمَّد، می‌خواهم کتاب‌ها را",
    "क्‍ष हिन्दी में लिखा, தமிழ் பாலி",
    "กำลัง น้ำ ភាសាខ្មែរ မြန်မာ བོད་ཡིག",
    "a\u00a0b\u2028c\u2029d\x85e\u3000f",
    "line\r\nend\rx\x0by\x1cz",
    "nul\x00in 가\x00나 東\x00京",
    "x\u200dy \u200d \ufeffz \u0301 \u200b",
    "lone \ud800 surrogate 가\udfff",
    "ﬁ ① ㈱ ㍿ ﾊﾝｶﾞ ｱｲ ㎏",
    "...DOTMULTI DOTDOTMULTI .. &amp; <b> |[]",
    "don't can't I'm 'tis rock'n'roll",
    "https://example.com/a?b=c#d foo.bar(baz)[0] --x=1",
    "東京GPT4に 가나다ABC漢字123",
    "᾽Αρχὴ ἥμισυ παντός",
]
LONG = ["W" * 100_000, "(" * 10_000, "가" * 10_000, "あ" * 30_000, "." * 10_000, "ab " * 10_000, "🇰" * 5_000]
MIXED = st.text(
    st.sampled_from("aB1 .,'’-()&<\n\u00a0\u200d\u0301가한는각東京のを、。ไทยكت😀🏽🇰\x00\u2028\ud800"), max_size=60
)
_IN_A_FRESH_PROCESS = """
import json, sys
from cscl_data.text.tokenizers import tokenizer_for
keys, texts = json.load(sys.stdin)
print(json.dumps([[tokenizer_for(*key).tokens(text) for text in texts] for key in keys]))
"""


@cache
def loaded(lang: str, name: str) -> Tokenizer:
    return tokenizer_for(lang, name)


@pytest.fixture(params=ALL, ids="-".join)
def tokenizer(request: pytest.FixtureRequest) -> Tokenizer:
    return loaded(*request.param)


def assert_covers(tokenizer: Tokenizer, text: str) -> None:
    """Spans are in order, disjoint and inside the text; every character but whitespace is in one; none is parted."""
    tokens = tokenizer.tokens(text)
    at = 0
    covered: list[int] = []
    for token in tokens:
        assert at <= token.start < token.end <= len(text)
        covered += range(token.start, token.end)
        at = token.end
    assert covered == [i for i, char in enumerate(text) if not char.isspace()]
    assert tokenizer.spans(text) == tuple((token.start, token.end) for token in tokens)


def inside_clusters(text: str) -> set[int]:
    """Places inside what Unicode takes for one character (UAX #29, by a package that ours does not use)."""
    found = {at for match in regex.finditer(r"\X", text) for at in range(match.start() + 1, match.end())}
    return {at for at in found if not text[at - 1].isspace()}


def test_every_tokenizer_is_held_to_the_contract() -> None:
    assert {name for _, name in ALL} | set(OPTIONAL) == set(TOKENIZERS)


def test_tokenizer_covers_nasty_text_and_parts_no_character(tokenizer: Tokenizer) -> None:
    for text in NASTY:
        assert_covers(tokenizer, text)
        cuts = {token.start for token in tokenizer.tokens(text)}
        assert not cuts & inside_clusters(text), ascii(text)


@pytest.mark.parametrize(("lang", "name"), ALL)
@settings(max_examples=25, deadline=None)
@given(text=st.one_of(st.text(st.characters(), max_size=60), MIXED))
def test_tokenizer_covers_any_text(lang: str, name: str, text: str) -> None:
    assert_covers(loaded(lang, name), text)


@pytest.mark.parametrize(("lang", "name"), FAST)
@pytest.mark.parametrize("text", LONG, ids=lambda text: f"{text[:1]}x{len(text)}")
def test_tokenizer_covers_long_text(lang: str, name: str, text: str) -> None:
    assert_covers(loaded(lang, name), text)


def test_tokenizer_pickles(tokenizer: Tokenizer) -> None:
    again = pickle.loads(pickle.dumps(tokenizer))
    assert again.name == tokenizer.name
    assert again.tokens("ab 가나, 東京.") == tokenizer.tokens("ab 가나, 東京.")


def test_tokenizer_remembers_nothing(tokenizer: Tokenizer) -> None:
    before = [tokenizer.tokens(text) for text in NASTY]
    assert [tokenizer.tokens(text) for text in reversed(NASTY)] == before[::-1]


def test_tokenizer_name_fits_a_sig(tokenizer: Tokenizer) -> None:
    assert re.fullmatch(r"[a-zA-Z0-9.-]+", tokenizer.name)


@pytest.fixture(scope="module")
def cut_elsewhere() -> dict[tuple[str, str], list[list[list[object]]]]:
    """The tokens of the nasty texts as another process makes them, in which strings hash otherwise."""
    made = subprocess.run(
        [sys.executable, "-c", _IN_A_FRESH_PROCESS],
        input=json.dumps([ALL, NASTY[::-1]]),
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return dict(zip(ALL, (answers[::-1] for answers in json.loads(made.stdout)), strict=True))


@pytest.mark.parametrize(("lang", "name"), ALL)
def test_tokenizer_cuts_alike_in_a_fresh_process(
    lang: str, name: str, cut_elsewhere: dict[tuple[str, str], list[list[list[object]]]]
) -> None:
    here = [[list(token) for token in loaded(lang, name).tokens(text)] for text in NASTY]
    assert cut_elsewhere[lang, name] == here
