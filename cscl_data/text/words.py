"""Words as the code-switch generators need them: what may be replaced, what stays, what is never touched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cscl_data.text.languages import Language, language
from cscl_data.text.spacy_pipeline import SpacyPipeline
from cscl_data.text.tokenizers import Token, Tokenizer, tokenizer_for
from cscl_data.text.tokenizers.japanese import SudachiTokenizer
from cscl_data.text.tokenizers.korean import has_korean_tags
from cscl_data.text.tokenizers.protecting import ProtectingTokenizer
from cscl_data.text.word_rules.base import Word
from cscl_data.text.word_rules.japanese import japanese_rule
from cscl_data.text.word_rules.korean import korean_rule
from cscl_data.text.word_rules.marked import marked
from cscl_data.text.word_rules.spaced import single_rule, spaced_rule

__all__ = ["Word", "WordSplitter"]

_Rule = Callable[[str, list[Token]], list[Word]]


@dataclass(slots=True)
class WordSplitter:
    """Cuts a text into words, each with its kind; every non-whitespace code point is in exactly one word.

    Protected spans are one word each, whatever the language. Spaced languages: contractions and hyphenated words are
    one word. Korean: eojeol with the tail that stays. Japanese: Sudachi's longest units (mode C), because a switch
    inside a compound or a name reads badly. Chinese, Thai and the other unspaced scripts: single written units, since
    no segmenter is at hand; they are too small for words, and the aligner's phrases make up for it.

    Args:
        lang: a language tag.
        tokenizer: a name of `cscl_data.text.tokenizers.TOKENIZERS`. Korean and Japanese rules need the tags of mecab
            or kiwi, and of sudachi: with another tokenizer they cut like any spaced language.
        pipeline: a spaCy pipeline that marks names and parts of speech; it changes no word's borders.

    Raises:
        ConfigError: the tag is malformed or there is no such tokenizer.
    """

    lang: str
    tokenizer: str = "auto"
    pipeline: SpacyPipeline | None = None
    _tokenizer: Tokenizer = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._tokenizer = _tokenizer_of(language(self.lang), self.tokenizer)

    @property
    def name(self) -> str:
        """Name of the tokenizer underneath, as it stands in `sig`."""
        return self._tokenizer.name

    def words(self, text: str) -> tuple[Word, ...]:
        """Return the words in order."""
        tokens = list(self._tokenizer.tokens(text))
        lang = language(self.lang)
        words = _rule_of(self._tokenizer.name, lang)(text, tokens)
        return tuple(words if self.pipeline is None else marked(text, words, self.pipeline.marks(text), lang))


def _tokenizer_of(lang: Language, name: str) -> Tokenizer:
    if name == "sudachi" or (name == "auto" and lang.primary == "ja"):
        return ProtectingTokenizer(SudachiTokenizer("C"))
    return tokenizer_for(lang.tag, name)


def _rule_of(tokenizer_name: str, lang: Language) -> _Rule:
    if has_korean_tags(tokenizer_name):
        return korean_rule
    if tokenizer_name.startswith("sudachi"):
        return japanese_rule
    return spaced_rule(lang) if lang.spaced else single_rule(lang)
