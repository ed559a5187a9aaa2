"""Learns the pieces of a language's words from a corpus."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable

from cscl_data.errors import missing_package
from cscl_data.text.tokenizers.base import Token
from cscl_data.text.tokenizers.learned import LEARNED, MAX_CHARS, VOCABULARY, is_word, view_of
from cscl_data.text.tokenizers.protecting import PROTECTED_POS

MAX_WORDS = 2_000_000
"""Different words that are remembered; of later ones nothing is learned (our default)."""


class PieceCounts:
    """Counts the words of one side of a corpus; memory grows with different words."""

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, text: str, tokens: Iterable[Token]) -> None:
        """Count the words of letters among the tokens of a text; protected spans are none."""
        for token in tokens:
            word = text[token.start : token.end]
            if token.pos == PROTECTED_POS:
                continue
            if word in self._counts or (len(self._counts) < MAX_WORDS and is_word(word)):
                self._counts[word] += 1

    def learn(self) -> bytes:
        """Return a unigram model of pieces; the same words with the same counts give the same bytes.

        The vocabulary has at most `VOCABULARY` pieces beside the single characters, so that no script is too large for
        it, and fewer where the words do not hold so many. Without any word the model is empty.

        Raises:
            BackendError: sentencepiece is not installed.

        Source:
            kudo-2018-subword, by sentencepiece.
        """
        try:
            from sentencepiece import SentencePieceTrainer
        except ImportError as error:
            raise missing_package("segmenter", LEARNED, "sentencepiece") from error
        if not self._counts:
            return b""
        views: Counter[str] = Counter()
        for word, count in self._counts.items():
            views[view_of(word)[0][:MAX_CHARS]] += count
        characters = {character for view in views for character in view}
        rows = sorted(views.items(), key=lambda item: (-item[1], item[0]))
        model = io.BytesIO()
        SentencePieceTrainer.train(
            sentence_iterator=(f"{view}\t{count}" for view, count in rows),
            input_format="tsv",
            model_writer=model,
            model_type="unigram",
            vocab_size=VOCABULARY + len(characters) + 1,  # and the unknown one
            hard_vocab_limit=False,
            character_coverage=1.0,
            normalization_rule_name="identity",
            add_dummy_prefix=False,
            bos_id=-1,
            eos_id=-1,
            num_threads=1,
            minloglevel=2,
        )
        return model.getvalue()
