"""Scores are those of sacrebleu called directly."""

from __future__ import annotations

import sys

import pytest
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from cscl_data.errors import BackendError
from cscl_data.evaluation.translation import TranslationMetrics, bleu_tokenizer

MADE = ["The cat drinks the warm milk, slowly.", "I read two books today."]
TRUE = ["The cat is drinking the warm milk, slowly.", "Today I read two books."]
CHINESE = (["猫正在喝温牛奶。"], ["这只猫正在喝温牛奶。"])


@pytest.mark.parametrize(("target", "tokenizer", "texts"), [("id", "13a", (MADE, TRUE)), ("zh-Hant", "zh", CHINESE)])
def test_scores_and_signatures_are_sacrebleus(target, tokenizer, texts):
    made, true = texts
    metrics = TranslationMetrics(target)
    bleu, chrf = BLEU(tokenize=tokenizer), CHRF()
    score = metrics.score(made, true)
    assert score.texts == len(made)
    assert score.bleu == pytest.approx(bleu.corpus_score(made, [true]).score)
    assert score.chrf == pytest.approx(chrf.corpus_score(made, [true]).score)
    assert metrics.signatures() == {"bleu": str(bleu.get_signature()), "chrf": str(chrf.get_signature())}
    assert 10 < score.bleu < 100


def test_scores_are_of_the_set_and_not_a_mean_of_texts():
    metrics = TranslationMetrics("en")
    single = [metrics.score([made], [true]).bleu for made, true in zip(MADE, TRUE, strict=True)]
    assert metrics.score(MADE, TRUE).bleu != pytest.approx(sum(single) / 2)


@pytest.mark.parametrize(
    ("target", "tokenizer"), [("ko", "ko-mecab"), ("ja", "ja-mecab"), ("zh", "zh"), ("yue", "zh"), ("sw", "13a")]
)
def test_every_language_has_its_tokenizer(target, tokenizer):
    assert bleu_tokenizer(target) == tokenizer


@pytest.mark.parametrize("target", ["ko", "ja"])
def test_missing_tokenizer_leaves_bleu_out_and_names_the_line_that_installs_it(monkeypatch, target):
    from sacrebleu.tokenizers import tokenizer_ja_mecab, tokenizer_ko_mecab

    monkeypatch.setattr(tokenizer_ja_mecab, "MeCab", None)
    monkeypatch.setattr(tokenizer_ko_mecab, "MeCab", None)
    metrics = TranslationMetrics(target)
    assert metrics.missing == f"pip install 'sacrebleu[{target}]'"
    score = metrics.score(["고양이"], ["고양이"])
    assert (score.bleu, score.chrf) == (None, 100.0)
    assert list(metrics.signatures()) == ["chrf"]


def test_missing_sacrebleu_is_an_error_with_the_line_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "sacrebleu.metrics.bleu", None)
    with pytest.raises(BackendError, match="needs the package sacrebleu") as raised:
        TranslationMetrics("en")
    assert raised.value.hint == "pip install 'cscl-data[evaluation]'"


def test_nothing_has_no_score():
    assert TranslationMetrics("en").score([], []) == (0, None, None)


def test_numbers_of_texts_must_agree():
    with pytest.raises(ValueError, match="1 translations for 2 references"):
        TranslationMetrics("en").score(["a"], ["a", "b"])
