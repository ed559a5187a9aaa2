"""Trust in a translation: its weight beside that of the word's strongest partner."""

from __future__ import annotations

import pytest

from cscl_data.aligners.priors import Priors
from cscl_data.pipelines.prior_trust import PriorTrust
from cscl_data.text.tokenizers import tokenizer_for


@pytest.fixture(scope="module")
def trust() -> PriorTrust:
    weights = {
        ("countr", "나라/N"): 0.3,
        ("countr", "국가/N"): 0.6,
        ("countr", "을/J"): 0.9,
        ("rare", "드물다/V"): 0.05,
        ("need", "필요/N"): 0.5,
        ("need", "하다/X"): 0.3,
    }
    priors = Priors(src_lang="en", tgt_lang="ko", tokenizers=("spacy-en", "mecab-ko"), weights=weights)
    return PriorTrust(priors, tokenizer_for("en"), tokenizer_for("ko"))


@pytest.mark.parametrize(
    ("word", "translation", "share"),
    [
        ("country", "국가", 1.0),
        ("country", "나라", 0.5),
        ("countries", "시골", 0.0),
        ("need", "필요하다", 0.8),
        ("rare", "드물다", None),
        ("unheard", "나라", None),
        ("old country", "나라", None),
    ],
)
def test_trust_is_a_share_of_the_strongest(trust: PriorTrust, word: str, translation: str, share: float | None) -> None:
    assert trust(word, translation) == pytest.approx(share) if share is not None else trust(word, translation) is None
