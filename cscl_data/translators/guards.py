"""Cheap checks of one translated text against its source: what no good translation does."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from cscl_data.errors import ConfigError, unknown_name
from cscl_data.text.language_id import LanguageId
from cscl_data.text.languages import language
from cscl_data.text.scripts import letters_by_script, letters_of
from cscl_data.translators.numbers import numbers_difference
from cscl_data.translators.protection import hard_spans, protected_difference

MIN_LENGTH_RATIO, MAX_LENGTH_RATIO = 0.2, 5.0
"""Width of a translation over the width of its source; outside, it is suspicious. Our default: loose on purpose."""
MIN_JUDGED_WIDTH = 20
"""Below this width of the longer of both, length says nothing; nor does a text's language. Our default."""
UNREADABLE = "\ufffd"
"""What decoders put where bytes are no character."""
LOOP_COUNT, LOOP_SHARE = 3, 0.3
"""A word 4-gram that comes this often and covers this share of the text is a loop. Our default."""
MIN_LETTERS, OWN_SCRIPT = 12, 0.3
"""Letters that a translation must have of its own (Hangul, Han and kana count twice), and the share of them that must
be of the target's script. Our defaults."""
CHECKS = ("length", "script", "repetition", "numbers", "truncated", "copy", "language")
DEFAULT_CHECKS = ("length", "script", "repetition", "truncated")
"""The checks that may refuse; of the others `numbers` and `copy` only flag and `language` is not asked. Our default: a
missing number is often a number word, and refusing it takes first tries from 98.5 to 90.7 % (KorSTS dev)."""
ON_FAIL = ("retry", "flag", "reject")
LANGUAGE_FLAG = "--checks language"

_RUN = re.compile(r"(\S.{1,39}?)\1{3,}|([^\W\d_])\2{4,}", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]+")


class Verdict(NamedTuple):
    """What the guards say: `reason` is empty where the text may stand, else a reject reason; `flags` only warn."""

    reason: str = ""
    detail: str = ""
    flags: tuple[str, ...] = ()

    @property
    def is_failed_check(self) -> bool:
        """Whether a check refused the text; a mask or a marker that was lost, or no text at all, is no check."""
        return self.reason == "truncated" or self.reason.startswith("guard_")

    @property
    def word(self) -> str:
        """The reason as rows spell it, in their flags and in `reason`."""
        return self.reason.removeprefix("guard_")


class _Finding(NamedTuple):
    """One thing that is wrong: the name of the check, the reject reason it gives, and the detail."""

    check: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """How translations are judged.

    Args:
        source: language tag of the sources.
        target: language tag of the translations.
        protect: whether links, code, placeholders, markup, math and emoji must come back.
        checks: names of `CHECKS` that act; what else is found is a flag.
        on_fail: `retry` and `reject` refuse what fails, `flag` lets it stand with a flag.
    """

    source: str
    target: str
    protect: bool = True
    checks: tuple[str, ...] = DEFAULT_CHECKS
    on_fail: str = "retry"

    def stops(self, check: str) -> bool:
        """Tell whether a failed check refuses a text."""
        return self.on_fail != "flag" and (check in self.checks or check == "protected")

    def ends(self, verdicts: Sequence[Verdict]) -> bool:
        """Tell whether a record is given up: a check has refused one of its texts, and nothing is tried again."""
        return self.on_fail == "reject" and any(verdict.is_failed_check for verdict in verdicts)

    def faults(self, verdicts: Sequence[Verdict]) -> int:
        """Count what the checks that act have against texts, refused or only flagged."""
        acting = {*self.checks, "protected"}
        return sum(bool(verdict.reason) + len(acting & set(verdict.flags)) for verdict in verdicts)

    def shortcomings(self, verdicts: Sequence[Verdict]) -> tuple[int, int, int]:
        """Rank the texts of a hypothesis: the least of it is the best.

        Returns:
            How many texts are refused, what the checks that act have against them, and how many lack a number; the last
            does not count where nothing is protected.

        Source:
            our default.
        """
        refused = sum(bool(verdict.reason) for verdict in verdicts)
        lacking = sum("numbers" in verdict.flags for verdict in verdicts) if self.protect else 0
        return refused, self.faults(verdicts), lacking

    def judge(self, source_text: str, text: str, *, truncated: bool = False) -> Verdict:
        """Check a translation; a blank one is refused whatever the settings.

        `truncated`: the model had not ended. `script`: bytes that spell no character, or words that are not copied from
        the source and not in the script of the target. `repetition`: a loop that the source does not have. `length`: a
        suspicious one. `language`: clearly another one. Then what `kept` finds.
        """
        if not text.strip():
            return Verdict("empty_side", "the translation is blank")
        found = [_Finding("truncated", "truncated", "the model had not ended at its output limit")] if truncated else []
        found += self._shape(source_text, text)
        found += self._kept(source_text, text)
        return self._verdict(found)

    def kept(self, source_text: str, text: str) -> Verdict:
        """Check only what a translation takes over from its source.

        `protected`: lost, doubled or invented spans, with `protect`. `numbers`: digits of the source that are missing;
        `more_numbers`, a flag alone: there are others. `copy`: it is the source.
        """
        return self._verdict(list(self._kept(source_text, text)))

    def _verdict(self, found: list[_Finding]) -> Verdict:
        stopping = next((finding for finding in found if self.stops(finding.check)), None)
        if stopping is not None:
            return Verdict(stopping.reason, stopping.detail)
        return Verdict(flags=tuple(dict.fromkeys(finding.check for finding in found)))

    def _shape(self, source_text: str, text: str) -> Iterator[_Finding]:
        if UNREADABLE in text and UNREADABLE not in source_text:
            yield _Finding("script", "guard_script", "bytes that are no character (U+FFFD)")
        if has_loop(text) and not has_loop(source_text):
            yield _Finding("repetition", "guard_repetition", "the translation repeats itself")
        if _other_script(source_text, text, self.target):
            yield _Finding("script", "guard_script", f"not in the script of {self.target}")
        here, there = width(source_text), width(text)
        judged = max(here, there) >= MIN_JUDGED_WIDTH
        if judged and not MIN_LENGTH_RATIO * here <= there <= MAX_LENGTH_RATIO * here:
            yield _Finding("length", "guard_length", f"width {there} for a source of width {here}")
        if judged and "language" in self.checks:
            other = _language_id(self.target).other(_without_spans(text))
            if other:
                yield _Finding("language", "guard_language", other)

    def _kept(self, source_text: str, text: str) -> Iterator[_Finding]:
        lost = protected_difference(source_text, text) if self.protect else ""
        if lost:
            yield _Finding("protected", "guard_protected", lost)
        missing, more = numbers_difference(source_text, text)
        if missing:
            yield _Finding("numbers", "guard_protected", missing)
        if more:
            yield _Finding("more_numbers", "", "")
        if source_text.strip().casefold() == text.strip().casefold():
            yield _Finding("copy", "guard_copy", "the translation is the source")


def parse_checks(text: str) -> tuple[str, ...]:
    """Read `--checks`: names with commas between them, or `none`.

    Raises:
        ConfigError: an unknown check, or one twice.
    """
    if text.strip() == "none":
        return ()
    names = tuple(part.strip() for part in text.split(","))
    for name in names:
        if name not in CHECKS:
            raise unknown_name("check", name, (*CHECKS, "none"))
    if len(set(names)) != len(names):
        raise ConfigError(f"--checks {text!r}: the same check twice")
    return tuple(name for name in CHECKS if name in names)


def width(text: str) -> int:
    """Return the columns a text takes: East Asian wide characters count two, so that lengths compare over scripts."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def has_loop(text: str) -> bool:
    """Tell whether a text says the same again and again: a run of one string, or a dominant 4-gram of words."""
    if _RUN.search(text):
        return True
    words = text.split()
    grams = Counter(zip(words, words[1:], words[2:], words[3:], strict=False))
    if not grams:
        return False
    count = max(grams.values())
    return count >= LOOP_COUNT and 4 * count >= LOOP_SHARE * len(words)


def hardly_in_script(texts: Iterable[str], target: str, *, letters: int, share: float) -> bool:
    """Tell whether texts have so many letters in all, and less than this share of them in the script of a language.

    Letters are counted as by `letters_by_script`. A language whose script nobody knows has any.

    Raises:
        ConfigError: the tag is malformed.
    """
    lang = language(target)
    if not lang.known and f"-{lang.script}" not in lang.tag:
        return False
    counts = letters_by_script(texts)
    own = sum(counts[script] for script in letters_of(lang.script))
    return counts.total() >= letters and own < share * counts.total()


def _other_script(source_text: str, text: str, target: str) -> bool:
    """Tell whether what a translation does not copy from its source is in another script than the target language."""
    copied = set(_WORD.findall(source_text.casefold()))
    own = [word for word in _WORD.findall(_without_spans(text)) if word.casefold() not in copied]
    return hardly_in_script(own, target, letters=MIN_LETTERS, share=OWN_SCRIPT)


def _without_spans(text: str) -> str:
    out, at = [], 0
    for start, end in (*hard_spans(text), (len(text), len(text))):
        out.append(text[at:start])
        at = end
    return " ".join(out)


@lru_cache(maxsize=8)
def _language_id(target: str) -> LanguageId:
    return LanguageId(target, flag=LANGUAGE_FLAG)
