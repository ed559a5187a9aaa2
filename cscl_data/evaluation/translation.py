"""How near translations are to references: chrF and BLEU as sacrebleu computes them, with its signatures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from cscl_data.errors import missing_package
from cscl_data.text.languages import language

BLEU_TOKENIZERS = {"ja": "ja-mecab", "ko": "ko-mecab", "zh": "zh", "yue": "zh"}
"""sacrebleu's tokenizer by language; any other language has `13a`.

Source:
    post-2018-call for one published tokenizer a language; which one is sacrebleu's advice for Japanese, Korean and
    Chinese. Cantonese is our default.
"""
_EXTRAS = {"ja-mecab": "ja", "ko-mecab": "ko"}


class TranslationScore(NamedTuple):
    """Scores of a set of texts, summed over the set.

    Attributes:
        texts: how many were compared.
        chrf: chrF2, in [0, 100]; None where nothing was compared.
        bleu: BLEU, in [0, 100]; None where nothing was compared, or its tokenizer is not installed.
    """

    texts: int
    chrf: float | None = None
    bleu: float | None = None


class TranslationMetrics:
    """chrF and BLEU for texts of one language.

    Args:
        target: language tag of the texts; it decides `tokenizer`, that of BLEU.

    Attributes:
        missing: the line that installs what the tokenizer lacks; BLEU is then not computed. Empty where it is.

    Raises:
        BackendError: sacrebleu is not installed.
        ConfigError: the tag is malformed.

    Source:
        popovic-2015-chrf and papineni-etal-2002-bleu, as sacrebleu has them (post-2018-call). Deviations: none known.
    """

    def __init__(self, target: str) -> None:
        self.tokenizer = bleu_tokenizer(target)
        self._chrf = _load_chrf()
        try:
            from sacrebleu.metrics.bleu import BLEU
        except ImportError as error:
            raise missing_package("metric", "BLEU", "sacrebleu", "evaluation") from error

        self._bleu: Any = None
        self.missing = ""
        try:
            self._bleu = BLEU(tokenize=self.tokenizer)
        except RuntimeError:
            if self.tokenizer not in _EXTRAS:
                raise
            self.missing = f"pip install 'sacrebleu[{_EXTRAS[self.tokenizer]}]'"

    def score(self, translations: Sequence[str], references: Sequence[str]) -> TranslationScore:
        """Score translations, each against its reference.

        Raises:
            ValueError: there are not as many of the one as of the other.
        """
        if len(translations) != len(references):
            raise ValueError(f"{len(translations)} translations for {len(references)} references")
        if not translations:
            return TranslationScore(0)
        bleu = None if self._bleu is None else float(self._bleu.corpus_score(translations, [references]).score)
        return TranslationScore(
            len(translations), float(self._chrf.corpus_score(translations, [references]).score), bleu
        )

    def signatures(self) -> dict[str, str]:
        """Return sacrebleu's signature by metric, for one reference a text; those of metrics that were computed.

        Two scores can be compared if their signatures are the same.
        """
        found = {}
        for name, metric in (("chrf", self._chrf), ("bleu", self._bleu)):
            if metric is not None:
                metric.corpus_score(["."], [["."]])
                found[name] = str(metric.get_signature())
        return found


class RoundTrip:
    """chrF of texts that were translated there and back.

    Raises:
        BackendError: sacrebleu is not installed.

    Source:
        popovic-2015-chrf, as sacrebleu has it. Deviations: none known.
    """

    def __init__(self) -> None:
        self._chrf = _load_chrf()

    def chrf(self, texts: Sequence[str], sources: Sequence[str]) -> float:
        """Return the chrF2 of texts against their sources, summed over them, in [0, 100].

        Raises:
            ValueError: there are none, or not as many of the one as of the other.
        """
        if not texts or len(texts) != len(sources):
            raise ValueError(f"{len(texts)} texts for {len(sources)} sources")
        return float(self._chrf.corpus_score(list(texts), [list(sources)]).score)


def _load_chrf() -> Any:
    try:
        from sacrebleu.metrics.chrf import CHRF
    except ImportError as error:
        raise missing_package("metric", "chrF", "sacrebleu", "evaluation") from error
    return CHRF()


def bleu_tokenizer(target: str) -> str:
    """Return the name that sacrebleu has for the tokenizer of a language.

    Example:
        >>> bleu_tokenizer("ko"), bleu_tokenizer("zh-Hant"), bleu_tokenizer("id")
        ('ko-mecab', 'zh', '13a')
    """
    return BLEU_TOKENIZERS.get(language(target).primary, "13a")
