"""Training examples: single sentences, and records joined behind indicator tokens.

The joined form is that of Moon et al., 2024 (https://arxiv.org/abs/2404.16257): a catalyst statement that says how the
fields belong together, then every field behind an indicator token. A translation model that has met the form in
training returns as many indicators as it was given, so that the fields can be cut apart again.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from data import Corpus, Segment
from text import restyle

_PARTICLE = re.compile(r"(\S)(와/과|이/가)")


@dataclass(frozen=True, slots=True)
class Example:
    """One training pair; ``language`` is the one beside English, ``fields`` is 0 for a single sentence."""

    language: str
    source: str
    target: str
    indicator: str = ""
    fields: int = 0


@dataclass(frozen=True, slots=True)
class BundleOptions:
    """Shares and sizes of the joined examples.

    Attributes:
        share: Share of examples that are bundles.
        indicators: Indicator tokens, each one piece of the tokenizer.
        catalyst: Share of bundles that start with a catalyst statement.
        paraphrase: Share of those whose statement is a paraphrase instead of one of the package's.
        sizes: Weights of 1, 2, 3, ... fields.
        echo: Share of bundles in which a field repeats the first, perhaps in another case and spacing.
        similar: Share of bundles whose second field begins like the first, as in pairs of sentences to compare; a
            model that attends by content alone loses its place there.
        noisy: Share of bundles whose English has words exchanged for words of other sentences, target untouched, so
            that the fields are counted by their indicators whatever they say.
        noise: Share of words exchanged in those.
        longer: Share of everyday fields that are two sentences, since everyday sources have short ones only.
        characters: Longest English side of a bundle.
        into_english: Read the other language and write English; else the other way round.
    """

    share: float = 0.38
    indicators: tuple[str, ...] = ("@", "#", "*")
    catalyst: float = 0.55
    paraphrase: float = 0.35
    sizes: tuple[float, ...] = (6, 58, 14, 8, 6, 3, 3, 2)
    echo: float = 0.08
    similar: float = 0.35
    noisy: float = 0.3
    noise: float = 0.25
    longer: float = 0.3
    characters: int = 480
    into_english: bool = False


def choose_particles(text: str) -> str:
    """Replaces ``와/과`` and ``이/가`` by the form that the preceding syllable asks for."""

    def form(match: re.Match[str]) -> str:
        before, particle = match.groups()
        closed = "가" <= before <= "힣" and (ord(before) - ord("가")) % 28 > 0
        open_form, closed_form = ("와", "과") if particle == "와/과" else ("가", "이")
        return before + (closed_form if closed else open_form)

    return _PARTICLE.sub(form, text)


class Catalysts:
    """Catalyst statements in English and the target languages.

    Args:
        package: The package's ``catalysts.yaml``: relation to ``{text: {language: statement}}``.
        variants: ``catalyst_variants.yaml``: ``things`` and ``frames``.
    """

    def __init__(self, package: Path, variants: Path) -> None:
        relations = yaml.safe_load(package.read_text(encoding="utf-8"))
        self._fixed: list[dict[str, str]] = [relation["text"] for relation in relations.values()]
        loaded = yaml.safe_load(variants.read_text(encoding="utf-8"))
        self._things: list[dict[str, str]] = loaded["things"]
        self._frames: list[dict[str, str]] = loaded["frames"]

    def draw(self, language: str, rng: random.Random, paraphrase: float) -> tuple[str, str] | None:
        """Draws a statement in English and the other language; None if the language has no statements."""
        if language not in self._fixed[0]:
            return None
        if rng.random() >= paraphrase:
            statement = rng.choice(self._fixed)
            return statement["en"], statement[language]
        frame, things = rng.choice(self._frames), rng.sample(self._things, 3)
        english, other = (
            frame[code].format(**{slot: thing[code] for slot, thing in zip("abc", things, strict=True)})
            for code in ("en", language)
        )
        return english, choose_particles(other)


class ExampleSampler:
    """Draws an endless mixture of single sentences and bundles.

    Args:
        corpora: One corpus per target language.
        shares: Weight of each corpus, in the same order.
        catalysts: Statements to put before bundles.
        options: Shares and sizes.
    """

    def __init__(
        self, corpora: Sequence[Corpus], shares: Sequence[float], catalysts: Catalysts, options: BundleOptions
    ) -> None:
        self._corpora = corpora
        self._shares = shares
        self._catalysts = catalysts
        self._options = options

    def draw(self, rng: random.Random) -> Example:
        """Draws one example of a randomly chosen language."""
        corpus = rng.choices(self._corpora, weights=self._shares)[0]
        if rng.random() < self._options.share:
            bundle = self.draw_bundle(corpus, rng)
            if bundle is not None:
                return bundle
        segment = corpus.segments[corpus.draw(rng)]
        return Example(corpus.language, *self._sides(segment, corpus, rng))

    def draw_bundle(self, corpus: Corpus, rng: random.Random) -> Example | None:
        """Draws a bundle; None if every indicator occurs in the segments drawn."""
        options = self._options
        count = rng.choices(range(1, len(options.sizes) + 1), weights=options.sizes)[0]
        first = corpus.draw(rng)
        segments = corpus.neighbours(first, count, rng)
        if count > 1 and rng.random() < options.echo:
            segments[rng.randrange(1, count)] = segments[0]
        elif count > 1 and rng.random() < options.similar:
            segments[1] = corpus.similar(first, rng)
        while len(segments) > 1 and sum(len(segment.english) for segment in segments) > options.characters:
            segments.pop()
        segments = [self._lengthen(segment, corpus, rng) for segment in segments]
        free = [mark for mark in options.indicators if not any(mark in s.english + s.other for s in segments)]
        if not free:
            return None
        mark = rng.choice(free)
        sources, targets = zip(*(self._sides(segment, corpus, rng) for segment in segments), strict=True)
        if rng.random() < options.noisy:
            sources = tuple(self._exchange_words(text, corpus, rng) for text in sources)
        source = " ".join(f"{mark} {text}" for text in sources)
        target = " ".join(f"{mark} {text}" for text in targets)
        if rng.random() < options.catalyst:
            statement = self._catalysts.draw(corpus.language, rng, options.paraphrase)
            if statement is not None:
                read, written = reversed(statement) if options.into_english else statement
                source, target = f"{read} {source}", f"{written} {target}"
        return Example(corpus.language, source, target, mark, len(segments))

    def _lengthen(self, segment: Segment, corpus: Corpus, rng: random.Random) -> Segment:
        if segment.source not in corpus.sampling.everyday or rng.random() >= self._options.longer:
            return segment
        return corpus.joined(segment, rng)

    def _exchange_words(self, text: str, corpus: Corpus, rng: random.Random) -> str:
        words = text.split(" ")
        for index, word in enumerate(words):
            if word.isalpha() and rng.random() < self._options.noise:
                side, _ = rng.choice(corpus.segments).sides(into_english=self._options.into_english)
                other = rng.choice(side.split(" "))
                words[index] = other if other.isalpha() else word
        return " ".join(words)

    def _sides(self, segment: Segment, corpus: Corpus, rng: random.Random) -> tuple[str, str]:
        """Returns what is read and what is written of a segment; English that is read varies in its style."""
        source, target = segment.sides(into_english=self._options.into_english)
        if self._options.into_english:
            return source, target
        sampling = corpus.sampling
        tokenised, everyday = segment.source in sampling.tokenised, segment.source in sampling.everyday
        return restyle(source, rng, tokenised=tokenised, everyday=everyday), target
