"""What a unit shows of how well it fits: its links, its neighbours, the classes of its words, its letters."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

from cscl_data.generators.candidates import Candidate
from cscl_data.generators.endings import what_stays
from cscl_data.generators.item import Side
from cscl_data.generators.phrases import Phrases
from cscl_data.generators.reading import NOUN, VERB
from cscl_data.generators.word_classes import COMPARED, class_of
from cscl_data.generators.word_links import WordLinks
from cscl_data.text.english import entry
from cscl_data.text.languages import language
from cscl_data.text.word_rules.base import CONTENT, Word

_OPEN = frozenset("aeiouᄋあいうえおアイウエオ")
_KANA_AND_JAMO = frozenset(map(chr, (*range(0x1100, 0x1113), *range(0x3041, 0x3097), *range(0x30A1, 0x30FB))))
_DETERMINERS = frozenset("a an the my your his her its our their this that".split())  # noqa: SIM905
_POSSESSED = ("nya", "ku", "mu")
_SHORT = 4
_LEAST, _MOST = 0.02, 0.97
_DEGREES = {"ko": ("가장", "제일", "더", "최"), "ja": ("最", "より", "もっと"), "id": ("paling", "ter", "lebih")}
"""Words and prefixes that say what `-er` and `-est` say."""
_DENSE = frozenset({"ko", "ja", "zh"})
_DENSER = 0.75
"""Log of how many letters English takes for one of Korean or Japanese (about two)."""


class Sentence:
    """A pair of sentences with its links: what the features of all its units have in common.

    Args:
        frame: the side that gives the order.
        other: the side that the switched words come from.
        links: between the words of both sides.
        phrases: what tells phrases of either side.
    """

    def __init__(self, frame: Side, other: Side, links: WordLinks, phrases: tuple[Phrases, Phrases]) -> None:
        self.frame, self.other, self.links, self.phrases = frame, other, links, phrases
        self.theirs: dict[int, list[int]] = {}
        self.ours: dict[int, list[int]] = {}
        for i, j in links:
            self.theirs.setdefault(i, []).append(j)
            self.ours.setdefault(j, []).append(i)
        self.is_english = language(frame.lang).primary == "en"
        self.is_into_english = language(other.lang).primary == "en"
        self.slot = "en" if self.is_english else "xx"
        self.foreign = language(other.lang if self.is_english else frame.lang).primary
        self.lower = f" {frame.text.lower()} "
        self.whole = {
            f"frame {self.slot}": 1.0,
            "frame unlinked": _share_without(frame.words, self.theirs),
            "other unlinked": _share_without(other.words, self.ours),
            "mean doubt": doubt(sum(links.values()) / max(1, len(links))),
        }
        self._classes: tuple[dict[int, str], dict[int, str]] = ({}, {})

    def heads(self, cand: Candidate) -> tuple[str, str]:
        """Return the classes of the words that a unit is about: the last content word of each side."""
        ours = _head(self.frame.words, cand.first, cand.last)
        return self._class(0, ours), self._class(1, _head(self.other.words, cand.emb_first, cand.emb_last))

    def compares(self, cand: Candidate) -> bool:
        """Tell whether an English word of a unit is a comparative or a superlative."""
        if not (self.is_english or self.is_into_english):
            return False
        which, first, last = (0, cand.first, cand.last) if self.is_english else (1, cand.emb_first, cand.emb_last)
        return any(self._class(which, i) == COMPARED for i in range(first, last + 1))

    def _class(self, which: int, i: int) -> str:
        known = self._classes[which]
        if i not in known:
            known[i] = class_of(self.other if which else self.frame, i)
        return known[i]


def features(cand: Candidate, sentence: Sentence, heads: tuple[str, str]) -> dict[str, float]:
    """Return the features of a unit that are not 0, by name, beside those of its sentence (`Sentence.whole`).

    `en` and `xx` in names say whether the frame is English.

    Args:
        cand: the unit.
        sentence: what it is a unit of.
        heads: `sentence.heads` of it.
    """
    found = _of_links(cand, sentence)
    for name in (f"tier {cand.tier} {sentence.slot}", *_of_classes(sentence.slot, *heads)):
        found[name] = 1.0
    for name in _beside(cand, sentence):
        found[name] = 1.0
    found.update(_of_text(cand, sentence))
    return found


@cache
def _of_classes(slot: str, ours: str, theirs: str) -> tuple[str, str, str]:
    return f"{slot}: {ours} for {theirs}", f"{slot}: {ours} in frame", f"{slot}: {theirs} in other"


def doubt(score: float) -> float:
    """Return the log odds against a score; 0 at 0.5, cut off where scores say nothing more."""
    held = min(max(score, _LEAST), _MOST)
    return math.log((1 - held) / held)


def _of_links(cand: Candidate, sentence: Sentence) -> dict[str, float]:
    frame, other = sentence.frame.words, sentence.other.words
    found = {"doubt": doubt(cand.score)}
    ours = [i for i in range(cand.first, cand.last + 1) if frame[i].kind == CONTENT]
    theirs = [j for j in range(cand.emb_first, cand.emb_last + 1) if other[j].kind == CONTENT]
    if len(ours) != len(theirs):
        found["contents differ"] = 1.0
    several = cand.first < cand.last, cand.emb_first < cand.emb_last
    if any(several):
        found["phrase" if all(several) else "uneven"] = 1.0
        ours_whole, theirs_whole = sentence.phrases
        if (several[0] and not ours_whole.is_phrase(cand.first, cand.last)) or (
            several[1] and not theirs_whole.is_phrase(cand.emb_first, cand.emb_last)
        ):
            found["no phrase"] = 1.0
        links = sentence.links
        best = [max((links[i, j] for j in sentence.theirs.get(i, ())), default=0.0) for i in ours]
        best += [max((links[i, j] for i in sentence.ours.get(j, ())), default=0.0) for j in theirs]
        alone = best.count(0.0)
        if alone:
            found["content alone"] = float(alone)
        weakest = min((score for score in best if score), default=cand.score)
        if weakest < cand.score:
            found["weakest"] = doubt(weakest) - found["doubt"]
    where = (cand.first + cand.last) / len(frame), (cand.emb_first + cand.emb_last) / len(other)
    found["moved"] = abs(where[0] - where[1]) / 2
    return found


def _beside(cand: Candidate, sentence: Sentence) -> Iterator[str]:
    """Yield what is the matter with the content words that touch a unit: not linked, linked elsewhere, or torn off."""
    slot = sentence.slot
    ends = cand.emb_first - 1, cand.emb_last + 1
    own_ends = cand.first - 1, cand.last + 1
    for name, step, i, j in (("left", -1, cand.first, cand.emb_first), ("right", 1, cand.last, cand.emb_last)):
        near = _touching(sentence.frame, i, step)
        if near is not None:
            partners = sentence.theirs.get(near, ())
            if not partners:
                yield f"frame {name} unlinked {slot}"
            elif any(t in ends and sentence.other.words[t].kind == CONTENT for t in partners):
                yield f"torn {slot}"
                yield f"torn {name}"
                if not any(t == ends[step > 0] for t in partners):
                    yield f"torn reversed {slot}"
            else:
                yield f"frame {name} elsewhere {slot}"
        near = _touching(sentence.other, j, step)
        if near is not None:
            partners = sentence.ours.get(near, ())
            if not partners:
                yield f"other {name} unlinked {slot}"
            elif not any(t in own_ends for t in partners):
                yield f"other {name} elsewhere {slot}"


def _of_text(cand: Candidate, sentence: Sentence) -> Iterator[tuple[str, float]]:
    frame, other = sentence.frame, sentence.other
    first, last = frame.words[cand.first], frame.words[cand.last]
    ours = frame.text[first.start : last.stem_end]
    theirs = other.text[other.words[cand.emb_first].start : other.words[cand.emb_last].stem_end]
    lower = theirs.lower()
    if lower in sentence.lower and (len(theirs) > 3 or f" {lower} " in sentence.lower):
        yield "there already", 1.0
    length = math.log((len(ours) + 1) / (len(theirs) + 1)) * (1 if sentence.is_english else -1)
    yield "length", length
    if sentence.is_english or sentence.is_into_english:
        yield f"length off {sentence.foreign}", abs(length - (_DENSER if sentence.foreign in _DENSE else 0.0))
    english = ours.lower() if sentence.is_english else lower if sentence.is_into_english else ""
    if "-" in english:
        yield f"hyphenated {sentence.slot}", 1.0
    if english and not what_stays(cand, frame)[0]:
        verb = entry(english)
        if VERB in verb.inflected and NOUN not in verb.pos:
            yield f"inflected verb {sentence.slot}", 1.0
        if not sentence.is_english and english.endswith("ing") and VERB in verb.inflected:
            yield "-ing", 1.0
    foreign = (other, cand.emb_first, cand.emb_last) if sentence.is_english else (frame, cand.first, cand.last)
    if sentence.foreign in _DENSE and _touches_digit(*foreign):
        yield "beside a digit", 1.0
    if last.light:
        yield "light", 1.0
    translated = lower if sentence.is_english else ours.lower()
    degrees = _DEGREES.get(sentence.foreign, ())
    if degrees and sentence.compares(cand) and not any(word in translated for word in degrees):
        yield "degree lost", 1.0
    if sentence.is_english and cand.first and _article_clashes(frame, cand.first, lower, sentence.foreign):
        yield "article", 1.0
    if sentence.is_english and entry(lower).pos and not other.words[cand.emb_first].name:
        yield "reads as English", 1.0
    if last.name and other.words[cand.emb_last].name:
        yield "names", 1.0
    if ours[:1].isascii() and theirs[:1].isascii():
        kept = set(ours.replace("'s", "").split())
        parts = {word.casefold() for word in kept} & {word.casefold() for word in theirs.split()}
        if parts:
            yield "shared word", 1.0
            if any(word.casefold() in parts and word not in theirs.split() for word in kept):
                yield "case differs", 1.0


def _touches_digit(side: Side, first: int, last: int) -> bool:
    """Tell whether a number touches a unit (`大さじ2`, `19世紀`), which then is a part of its measure."""
    text, start, end = side.text, side.words[first].start, side.words[last].end
    return text[start - 1 : start].isdigit() or text[end : end + 1].isdigit()


def _article_clashes(frame: Side, first: int, theirs: str, foreign: str) -> bool:
    """Tell whether the determiner before a unit does not fit it: `an 섬`, `a sehari`, `my ayahku`."""
    before = frame.words[first - 1]
    article = frame.text[before.start : before.end].lower()
    if foreign in ("id", "ms") and len(theirs) > _SHORT:
        twice = article in _DETERMINERS and theirs.endswith(_POSSESSED)
        if twice or (article in ("a", "an") and theirs.startswith("se")):
            return True
    sound = unicodedata.normalize("NFD", theirs)[0]
    if article not in ("a", "an") or not (sound.isascii() or sound in _KANA_AND_JAMO):
        return False
    return (article == "an") != (sound in _OPEN)


def _share_without(words: Sequence[Word], linked: dict[int, list[int]]) -> float:
    content = [i for i, word in enumerate(words) if word.kind == CONTENT]
    return sum(i not in linked for i in content) / max(1, len(content))


def _head(words: Sequence[Word], first: int, last: int) -> int:
    return next((i for i in range(last, first - 1, -1) if words[i].kind == CONTENT), last)


def _touching(side: Side, i: int, step: int) -> int | None:
    """Return the content word beside a word with nothing but space between them, no particle either."""
    j = i + step
    if not 0 <= j < len(side.words) or side.words[j].kind != CONTENT:
        return None
    one, two = (side.words[i], side.words[j]) if step > 0 else (side.words[j], side.words[i])
    return None if one.stem_end < one.end or side.text[one.end : two.start].strip() else j
