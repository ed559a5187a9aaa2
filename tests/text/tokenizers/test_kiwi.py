"""Kiwi's morphemes in the tags of mecab-ko, with the words and the heads that are made of them."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from cscl_data.errors import BackendError
from cscl_data.text.attachment import heads_of, only_marks
from cscl_data.text.tokenizers import kiwi, tokenizer_for
from cscl_data.text.words import WordSplitter


def analysed(text: str) -> str:
    return " ".join(f"{text[t.start : t.end]}/{t.pos}" for t in tokenizer_for("ko", "kiwi").tokens(text))


def test_missing_package_is_an_error_that_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "kiwipiepy", None)
    kiwi._load.cache_clear()
    with pytest.raises(BackendError, match="tokenizer 'kiwi' needs the package kiwipiepy") as caught:
        tokenizer_for("ko", "kiwi").tokens("나는 학교에 갔다.")
    assert caught.value.hint == "pip install 'cscl-data[kiwi]'"


@pytest.mark.backend
class TestWithKiwi:
    @pytest.fixture(autouse=True)
    def _installed(self) -> None:
        pytest.importorskip("kiwipiepy")

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("나는 학교에 갔다.", "나/NP 는/JX 학교/NNG 에/JKB 갔/VV+EP 다/EF ./SF"),
            ("강을 따라 걸어서", "강/NNG 을/JKO 따라/VV+EC 걸/VV 어서/EC"),
            ("실행하며, 4달러입니다", "실행/NNG 하/XSV 며/EC ,/SC 4/SN 달러/NNB 입니다/VCP+EF"),
            ("커밋하기 전에", "커밋/NNP 하/XSV 기/ETN 전/NNG 에/JKB"),
            ("‘오류’라는 것", "‘/SSO 오류/NNG ’/SSC 라는/VCP+ETM 것/NNB"),
            ("먼저 `make test`를 실행", "먼저/MAG `make test`/cscl:protected 를/JKO 실행/NNG"),
            ("10~20% 1) 가. 목적 나) ㅋㅋ", "10/SN ~/SY 20/SN %/SY 1/SN )/ 가/NNG ./ 목적/NNG 나/NNG )/ ㅋㅋ/IC"),
            ("급급히", "급급히/XR+XSM"),
        ],
    )
    def test_tags_and_contractions_are_those_of_mecab(self, text: str, expected: str) -> None:
        assert analysed(text) == expected

    def test_lemma_is_the_dictionary_form_of_what_inflects(self) -> None:
        tokens = tokenizer_for("ko", "kiwi").tokens("그게 아름다운 집을 도왔다")
        assert [token.lemma for token in tokens] == ["", "아름답다", "", "", "돕다", "", ""]

    def test_decomposed_text_is_read_composed_and_spans_are_those_of_the_raw_text(self) -> None:
        text = "서울에서는 데이터를 업데이트했다"
        raw = unicodedata.normalize("NFD", text)
        composed, found = (tokenizer_for("ko", "kiwi").tokens(form) for form in (text, raw))
        assert [unicodedata.normalize("NFC", raw[t.start : t.end]) for t in found] == [
            text[t.start : t.end] for t in composed
        ]
        assert [t.pos for t in found] == [t.pos for t in composed]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("나는 학교에 갔다.", "나+는 학교+에 갔다 ."),
            ("서울에서는 데이터를 업데이트했다", "서울+에서는 데이터+를 업데이트+했다"),
            ("학생들이 `a b`를 커밋하고", "학생들+이 `a b` 를 커밋+하고"),
        ],
    )
    def test_words_keep_their_particles(self, text: str, expected: str) -> None:
        words = WordSplitter("ko", "kiwi").words(text)
        tails = (f"+{text[w.stem_end : w.end]}" if w.stem_end < w.end else "" for w in words)
        shown = [text[w.start : w.stem_end] + tail for w, tail in zip(words, tails, strict=True)]
        assert " ".join(shown) == expected

    def test_endings_lean_on_their_stem_and_particles_only_mark(self) -> None:
        text = "책을 번역하였습니다"
        tokenizer = tokenizer_for("ko", "kiwi")
        tokens = tokenizer.tokens(text)
        assert [text[t.start : t.end] for t in tokens][:4] == ["책", "을", "번역", "하"]
        assert heads_of(text, tokens, tokenizer.name)[:4] == (None, None, None, 2)
        assert [only_marks(token, tokenizer.name) for token in tokens][:4] == [False, True, False, True]
