"""Cleaning, filtering and restyling of sentence pairs.

The pair filters follow common practice for mined bitext: script, length ratio, and agreement of numbers and of spans
that a translation must not touch (Koehn et al., 2020, Findings of the WMT 2020 shared task on parallel corpus
filtering, https://aclanthology.org/2020.wmt-1.78).
"""

from __future__ import annotations

import random
import re
import string
import unicodedata
from collections import Counter
from collections.abc import Iterable

_SPACES = re.compile(r"\s+")
_CJK = r"\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef"
_CJK_GAP = re.compile(rf"(?<=[{_CJK}]) +(?=[{_CJK}])")
_RST_ESCAPE = re.compile(r"\\ ?(?=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3])")
_FULL_WIDTH = {ord(character) + 0xFEE0: character for character in string.ascii_letters + string.digits}

_PLACEHOLDER = re.compile(r"\{\{.*?\}\}|\{[^{}]*\}|%\([^()]*\)[sd]|%[sd]|https?://[^\s()<>`\"'\u3000-\uffef]+")
_CODE = re.compile(r"``([^`]+)``|`([^`]+)`(?!_)")
_NUMBER = re.compile(r"\d+")
_SCRIPTS = {
    "ko": re.compile(r"[\uac00-\ud7a3]"),
    "ja": re.compile(r"[\u3040-\u30ff\u3400-\u9fff]"),
    "id": re.compile(r"[A-Za-z]"),
}
_FOREIGN = {
    "ko": re.compile(r"[\u3040-\u30ff]"),
    "ja": re.compile(r"[\uac00-\ud7a3]"),
    "id": re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]"),
}
_PUNCTUATION_GAP = re.compile(r" ([.,!?;:%)\]])")
_CLITIC_GAP = re.compile(r"(?<=\w) '(?=(?:s|t|m|d|re|ve|ll|clock)\b)")
_AFTER_END = re.compile(r"[.!?] [a-z]")
_WORD = re.compile(r"[A-Za-z]{2,}")
_PRONOUN = re.compile(r"\bi\b(?=$|[ '.,!?])")


def clean(text: str, language: str) -> str:
    """Normalises Unicode and spaces, and undoes habits of single sources.

    Args:
        text: One side of a pair.
        language: Two-letter code of that side. Japanese loses the spaces between its characters (Tanaka rows are
            segmented) and full-width letters and digits; Korean and Japanese lose reST escapes.
    """
    text = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
    if language in ("ko", "ja"):
        text = _RST_ESCAPE.sub("", text)
    if language == "ja":
        text = _CJK_GAP.sub("", text).translate(_FULL_WIDTH)
    return text


def protected_spans(text: str) -> Counter[str]:
    """Counts the spans that must read the same on both sides: placeholders, links, code."""
    spans = Counter(_PLACEHOLDER.findall(text))
    for double, single in _CODE.findall(text):
        span = double or single
        if "<" not in span:  # a reST or Markdown link, whose label is translated
            spans[span] += 1
    return spans


def has_protected_span(text: str) -> bool:
    """Says whether the text holds code, a placeholder or a link."""
    return _PLACEHOLDER.search(text) is not None or "`" in text


def rejects_pair(source: str, target: str, language: str) -> str | None:
    """Returns the reason for which a cleaned pair is unfit for training, or None.

    Args:
        source: English side.
        target: Other side.
        language: Two-letter code of the other side. A language without a script table is not checked for script.
    """
    if not (2 <= len(source) <= 500 and 1 <= len(target) <= 500):
        return "length"
    if protected_spans(source) != protected_spans(target):
        return "protected span"
    numbers = Counter(_NUMBER.findall(unicodedata.normalize("NFKC", source)))
    translated = Counter(_NUMBER.findall(unicodedata.normalize("NFKC", target)))
    extra = translated - numbers
    if numbers - translated or sum(extra.values()) > 1 or any(len(number) > 2 for number in extra):
        return "number"
    prose = _PLACEHOLDER.sub("", _CODE.sub("", target))
    letters = sum(character.isalpha() for character in prose)
    script = _SCRIPTS.get(language)
    if script is not None and len(script.findall(prose)) < max(1, 0.35 * letters):
        return "script"
    foreign = _FOREIGN.get(language)
    if foreign is not None and foreign.search(target):
        return "script"
    return "copy" if source.casefold() == target.casefold() else None


def detokenise(text: str) -> str:
    """Closes the gaps of lowercased, tokenised English: ``i 'm here .`` becomes ``I'm here.``."""
    text = _CLITIC_GAP.sub("'", _PUNCTUATION_GAP.sub(r"\1", text))
    text = _PRONOUN.sub("I", re.sub(r'" ([^"]*) "', r'"\1"', text)).replace("( ", "(").replace("$ ", "$")
    return text[:1].upper() + text[1:]


def proper_words(sentences: Iterable[str]) -> dict[str, str]:
    """Learns which words English writes with a capital, from sentences that have their case: ``tom`` is ``Tom``.

    A word counts where it is not the first. One form must be nine in ten of at least three.
    """
    forms: dict[str, Counter[str]] = {}
    for sentence in sentences:
        for word in _WORD.findall(sentence)[1:]:
            forms.setdefault(word.lower(), Counter())[word] += 1
    usual = {word: (*seen.most_common(1)[0], seen.total()) for word, seen in forms.items()}
    return {word: form for word, (form, count, total) in usual.items() if form != word and count >= max(3, 0.9 * total)}


def write_out(text: str, proper: dict[str, str]) -> str:
    """Gives lowercased, tokenised English its spacing and case, as far as ``proper_words`` tells."""
    text = _WORD.sub(lambda match: proper.get(match[0], match[0]), detokenise(text))
    return _AFTER_END.sub(lambda match: match[0].upper(), text)


def tokenise(text: str) -> str:
    """Lowercases and tokenises English as in the Tanaka and STS corpora: ``Don't go.`` becomes ``don 't go .``."""
    text = re.sub(r"(?<=\w)'(?=(?:s|t|m|d|re|ve|ll)\b)", " '", text.lower())
    text = re.sub(r'([,!?;"()$])', r" \1 ", text)
    return _SPACES.sub(" ", re.sub(r"([.:])$", r" \1", text.strip())).strip()


def restyle(source: str, rng: random.Random, *, tokenised: bool, everyday: bool) -> str:
    """Varies case and spacing of an English sentence, so that both written and tokenised English are understood.

    Args:
        source: English sentence.
        rng: Source of randomness.
        tokenised: The sentence is lowercased and tokenised already (Tanaka).
        everyday: The sentence comes from a source of everyday language, where more are restyled.
    """
    draw = rng.random()
    if tokenised:
        if draw < 0.5:
            return source
        return detokenise(source) if draw < 0.85 else detokenise(source).lower()
    if has_protected_span(source):
        return source
    share = 0.4 if everyday else 0.12
    if draw < share:
        return tokenise(source)
    if draw < 1.35 * share:
        return source.lower()
    if draw < 1.35 * share + 0.08 and source[-1] in ".!?":
        return f"{source[:-1]} {source[-1]}"
    return source
