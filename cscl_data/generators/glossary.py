"""A bilingual lexicon that is asked for the words of a text: which entries a word has, and which of them fits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from cscl_data.generators.amount import counts
from cscl_data.generators.item import Offer, Side
from cscl_data.generators.reading import LIGHT_VERBS, Reading, reading_of
from cscl_data.generators.senses import Sense, Trust, best_choice, same_capitals, sense_of, with_bases
from cscl_data.io.lexicon import Entry
from cscl_data.text.base_forms import base_forms
from cscl_data.text.languages import Language, language
from cscl_data.text.normal import lookup_form
from cscl_data.text.scripts import letters_by_script
from cscl_data.text.surface import opens_with_suru
from cscl_data.text.word_rules.base import CONTENT, Word
from cscl_data.text.word_rules.spaced import word_lists

LEAST = 0.3
"""Offers that score less are none: in their place stands a translation that is seldom meant (our default)."""
_CONTENT = frozenset({"NOUN", "PROPN", "VERB", "ADJ", "ADV", "NUM", "INTJ", "X", ""})
_NOMINAL = frozenset({"NOUN", "PROPN"})
_SCRIPTS = {"Jpan": {"Hani", "Kana"}, "Hans": {"Hani"}, "Hant": {"Hani"}}
_WORDLIKE = re.compile(r"[\w ·・ー'’-]+")


@dataclass(slots=True, kw_only=True)
class Glossary:
    """The entries of a lexicon by the words of the source language.

    Args:
        entries: of the lexicon, turned so that the source language comes first.
        src_lang: tag of the language of the words.
        tgt_lang: tag of the language of the translations; those in another script are left out.
        cut: cuts a text in the target language into words.
        max_words: longest entry, in words on either side.
        trust: what else is known of translations.
    """

    entries: Iterable[Entry]
    src_lang: str
    tgt_lang: str
    cut: Callable[[str], tuple[Word, ...]]
    max_words: int
    trust: Trust = lambda word, translation: None
    _src: Language = field(init=False)
    _tgt: Language = field(init=False)
    _senses: dict[str, list[Sense]] = field(init=False, default_factory=dict)
    _uses: Counter[str] = field(init=False, default_factory=Counter)
    _longest_from: dict[str, int] = field(init=False, default_factory=dict)
    _words: dict[str, tuple[Word, ...]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._src, self._tgt = language(self.src_lang), language(self.tgt_lang)
        function_words = word_lists(self._src.primary).function
        for entry in self.entries:
            sense = sense_of(entry, function_words)
            if sense is None or len(entry.translation.split()) > self.max_words:
                continue
            form = lookup_form(entry.word)
            self._senses.setdefault(form, []).append(sense)
            self._uses[entry.translation] += 1
            head, *more = form.split(" ")
            self._longest_from[head] = max(1 + len(more), self._longest_from.get(head, 0))
        self.entries = ()

    def any_of(self, side: Side) -> tuple[Offer, ...]:
        """Return every translation of every single word as it is spelt, in lower case.

        Source:
            qin-etal-2020-cosda (replacement selection).
        """
        found: list[Offer] = []
        for i, word in enumerate(side.words):
            senses = self._senses.get(lookup_form(_text_of(side, i, i)), ()) if counts(word) else ()
            for translation in dict.fromkeys(sense.translation for sense in senses):
                words = self._words_of(translation)
                if words:
                    found.append(Offer(i, i, translation, words))
        return tuple(found)

    def best_of(self, side: Side) -> tuple[Offer, ...]:
        """Return the translation that fits best for each content word, or for each run of words that is an entry.

        The longest entry that begins at a word is taken. Among its senses those remain whose part of speech the
        analyser, or else the neighbours (`reading_of`), allow, and whose spelling has the capitals of the word; see
        `best_choice` for the rest. `LIGHT_VERBS` are left out, and so is an offer that scores below `LEAST`, with
        all of its words.
        """
        found: list[Offer] = []
        around = self._forms(side, 0, len(side.words) - 1)
        i = 0
        while i < len(side.words):
            last, senses = self._longest(side, i)
            if senses:
                choice = best_choice(
                    senses,
                    around=around,
                    own=self._forms(side, i, last),
                    primary=self._src.primary,
                    trust=self.trust,
                    uses=self._uses,
                )
                words = self._words_of(choice.translation)
                if choice.score >= LEAST:
                    own = side.words[last]
                    pos = choice.pos or words[-1].pos or (own.pos if own.tagged else "")
                    found.append(Offer(i, last, choice.translation, words, pos, choice.score))
            i = last + 1
        return tuple(found)

    def _longest(self, side: Side, first: int) -> tuple[int, list[Sense]]:
        """Return the end of the longest run from a word that has fitting senses, and those; none where none has."""
        most = self.max_words
        if self._src.spaced:
            most = max(1, self._longest_from.get(lookup_form(_text_of(side, first, first)), 1))
        for last in reversed(range(first, min(first + most, len(side.words)))):
            run = side.words[first : last + 1]
            if all(map(counts, run)) and any(word.kind == CONTENT for word in run):
                senses = self._fitting(side, first, last)
                if senses:
                    return last, senses
        return first, []

    def _fitting(self, side: Side, first: int, last: int) -> list[Sense]:
        """Return the senses of a run of words that its spelling and its place allow."""
        reading = Reading()
        if first == last and side.words[last].pos:
            pos = side.words[last].pos
            reading = Reading(_NOMINAL if pos in _NOMINAL else frozenset({pos}))
        elif first == last and self._src.primary == "en":
            reading = reading_of(side.text, side.words, first)
        senses = self._matching(side, first, last, reading.allowed)
        return [sense for sense in senses if sense.pos in reading.preferred] or senses

    def _matching(self, side: Side, first: int, last: int, allowed: frozenset[str]) -> list[Sense]:
        text, name = _text_of(side, first, last), side.words[first].name
        english = self._src.primary == "en"
        at_start = not any(map(counts, side.words[:first]))
        return [
            sense
            for form, left in self._lookups(side, first, last)
            for sense in self._senses.get(form, ())
            if sense.pos in _CONTENT
            and not (first == last and english and sense.pos == "VERB" and sense.word in LIGHT_VERBS)
            and (not sense.pos or not left or sense.pos in left)
            and (not sense.pos or not allowed or sense.pos in allowed or sense.pos == "X")
            and same_capitals(text, sense.word, name=name, at_start=at_start)
            and self._words_of(sense.translation)
        ]

    def _lookups(self, side: Side, first: int, last: int) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield what a run may stand under in the lexicon, with the parts of speech that leaves; none means any."""
        word = side.words[last]
        head, tail = side.text[side.words[first].start : word.start], side.text[word.start : word.stem_end]
        yield lookup_form(head + tail), ()
        if word.lemma:
            yield lookup_form(head + word.lemma), ()
        for base in base_forms(lookup_form(tail), self._src.primary):
            yield lookup_form(head + base.form), base.pos

    def _forms(self, side: Side, first: int, last: int) -> frozenset[str]:
        """Return the content words of a run, with what they may be inflections of."""
        run = (i for i in range(first, last + 1) if side.words[i].kind == CONTENT)
        found = (with_bases(lookup_form(_text_of(side, i, i)), self._src.primary) for i in run)
        return frozenset().union(*found)

    def _words_of(self, translation: str) -> tuple[Word, ...]:
        """Return the words of a translation that may be switched in; none where it is not fit to be."""
        if translation not in self._words:
            self._words[translation] = self._switchable(translation)
        return self._words[translation]

    def _switchable(self, translation: str) -> tuple[Word, ...]:
        letters = letters_by_script([translation])
        own = _SCRIPTS.get(self._tgt.script, {self._tgt.script})
        if not _WORDLIKE.fullmatch(translation) or not letters or not set(letters) <= own:
            return ()
        words = self.cut(translation)
        if len(words) > 1 and self._tgt.primary == "ja" and words[-1].kind != CONTENT:
            end = words[-1]
            words = words[:-1] if opens_with_suru(translation[end.start : end.end]) else words
        fits = 0 < len(words) <= self.max_words and all(counts(word) and word.stem_end > word.start for word in words)
        return words if fits else ()


def _text_of(side: Side, first: int, last: int) -> str:
    return side.text[side.words[first].start : side.words[last].stem_end]
