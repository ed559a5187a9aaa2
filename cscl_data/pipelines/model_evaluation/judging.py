"""What an answer is in, and whether it refuses."""

from __future__ import annotations

from collections.abc import Iterable

from cscl_data.evaluation.answers import Judged
from cscl_data.evaluation.refusals import Refusals
from cscl_data.text.language_id import LanguageId
from cscl_data.text.languages import language
from cscl_data.text.scripts import letters_by_script, letters_of

OWN_LETTERS = 0.5
"""Share of an answer's letters, code and links left out, that the script of its language has at least. Our default."""


class AnswerJudge:
    """Tells of answers whether they are in the language wanted, and whether they refuse.

    An answer is in a language if half of its letters are of its script, and the identifier that `make-mono
    --language-id` asks does not find it to be in another one.

    Args:
        refusals: phrases that refuse.
        langs: the languages that answers will be wanted in.

    Raises:
        BackendError: the identifier is not installed.
    """

    def __init__(self, refusals: Refusals, langs: Iterable[str]) -> None:
        self._refusals = refusals
        self._others = {lang: LanguageId(lang, flag="--prompts") for lang in langs}

    def judge(self, answer: str, lang: str) -> Judged:
        """Judge an answer that was wanted in a language."""
        counts = letters_by_script([answer])
        letters = sum(counts.values())
        own = sum(counts[script] for script in letters_of(language(lang).script))
        fits = letters > 0 and own >= OWN_LETTERS * letters and not self._others[lang].other(answer)
        return Judged(in_language=fits, refused=self._refusals.refuses(answer), empty=letters == 0)
