"""What stands between two sentences: the document's own white space, or what both scripts ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cscl_data.generators.annotate import Brackets, brackets_of
from cscl_data.text.languages import language

_MARKS = re.compile(r"(?:(?:[-*+•>]|\d{1,3}[.)]|#{1,6}|\[[ xX]\]|\[\^[^\]\s]+\]:)[ \t]+)+")
BETWEEN_VERSIONS = "\n\n"
"""What stands between a document and its translation. Our default."""


def joint(last_char: str, left_lang: str, right_lang: str, before: Mapping[str, str]) -> str:
    """Return the white space between two sentences that are neighbours in their document.

    Within one language it is that of the document. Where the language changes, the documents may differ here, and of a
    translation made for this none is known: a line break of any of them stays, so that a heading does not run into the
    text below it, and what stands in no document is settled by `separator`.

    Args:
        last_char: the last character before the joint.
        left_lang: language of the first sentence.
        right_lang: language of the second sentence.
        before: by language, the white space before the second sentence in that language's document, where known.
    """
    own = before.get(right_lang)
    if own is not None and left_lang == right_lang:
        return own
    spaces = [space for space in (own, before.get(left_lang), *before.values()) if space]
    broken = max(spaces, key=_breaks, default="")
    if _breaks(broken):
        return broken
    return own or separator(last_char, left_lang, right_lang)


def separator(last_char: str, left_lang: str, right_lang: str) -> str:
    """Return what stands between two sentences of one paragraph, where no document says it.

    One space, or nothing behind an end mark where neither language divides words by spaces.

    Args:
        last_char: the last character of the first sentence.
        left_lang: its language.
        right_lang: language of the second sentence.
    """
    left, right = language(left_lang), language(right_lang)
    tight = not left.spaced and not right.spaced and not last_char.isalnum()
    return "" if tight else " "


def sentence_brackets(lang: str) -> Brackets:
    """Return what stands before and behind the translation of a sentence, by the language that it stands in.

    Example:
        >>> ["".join(sentence_brackets(tag)) for tag in ("en", "ko", "ja")]
        [' ()', ' ()', '（）']
    """
    opening, closing = brackets_of(language(lang))
    return Brackets(" (" if opening == "(" else opening, closing)


def annotation(text: str) -> str:
    """Return what of a translation stands in brackets: all but the marks before it, of lists, headings and footnotes.

    Example:
        >>> annotation("* [x] Open it."), annotation("[^1]: Open it.")
        ('Open it.', 'Open it.')
    """
    marks = _MARKS.match(text)
    return text[marks.end() if marks else 0 :]


def _breaks(space: str) -> int:
    return len(f"{space}.".splitlines()) - 1
