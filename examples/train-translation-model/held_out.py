"""Reading the bitext of every language, and drawing bundles from what was not trained on."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bundles import BundleOptions, Catalysts, Example, ExampleSampler
from data import Columns, Corpus, Sampling, Segment, read_segments
from text import proper_words, write_out
from tokenizer import Tokenizer

HERE = Path(__file__).parent
CATALYSTS = HERE.parents[1] / "cscl_data" / "assets" / "catalysts.yaml"
"""The package's catalyst statements."""


def parse_paths(values: Sequence[str]) -> dict[str, list[Path]]:
    """Groups ``language=path`` values by language.

    Raises:
        ValueError: If a value has no language.
    """
    paths: dict[str, list[Path]] = {}
    for value in values:
        language, _, path = value.partition("=")
        if not path:
            raise ValueError(f"{value!r}: expected LANGUAGE=PATH, e.g. ko=en-ko.train.tsv.gz")
        paths.setdefault(language, []).append(Path(path))
    return paths


def read_all(values: Sequence[str], columns: Columns) -> dict[str, list[Segment]]:
    """Reads the files of every language.

    Raises:
        ValueError: If a value has no language, or a file no row that passes the filters.
    """
    return {
        language: [segment for path in paths for segment in read_segments(path, language, columns)]
        for language, paths in parse_paths(values).items()
    }


def written_out(
    segments: dict[str, list[Segment]], dev: dict[str, list[Segment]], tokenised: frozenset[str]
) -> list[dict[str, list[Segment]]]:
    """Gives the English of tokenised sources its spacing and case, as a model into English shall write it.

    Args:
        segments: Training segments per language, which tell what English writes with a capital.
        dev: Held-out segments per language.
        tokenised: Sources with lowercased, tokenised English.

    Returns:
        Both, mended.
    """
    proper = proper_words(row.english for rows in segments.values() for row in rows if row.source not in tokenised)

    def mended(row: Segment) -> Segment:
        return replace(row, english=write_out(row.english, proper)) if row.source in tokenised else row

    return [{language: list(map(mended, rows)) for language, rows in part.items()} for part in (segments, dev)]


def load_catalysts(package: Path = CATALYSTS) -> Catalysts:
    """Loads the package's catalyst statements, and the paraphrases beside this file."""
    return Catalysts(package, HERE / "catalyst_variants.yaml")


def held_out_bundles(
    dev: dict[str, list[Segment]],
    catalysts: Catalysts,
    tokenizer: Tokenizer,
    *,
    into_english: bool,
    longest: int,
    count: int,
) -> list[Example]:
    """Draws a fixed set of bundles per language from held-out segments, without words exchanged.

    Args:
        dev: Held-out segments per language.
        catalysts: Statements to put before bundles.
        tokenizer: Tokenizer of the model.
        into_english: Direction.
        longest: Pieces that no source reaches, as in training.
        count: Bundles per language.
    """

    def drawn(language: str, segments: list[Segment]) -> Iterator[Example]:
        corpus = Corpus(language, segments, Sampling())
        options = BundleOptions(noisy=0.0, into_english=into_english)
        sampler = ExampleSampler([corpus], [1.0], catalysts, options)
        rng = random.Random(7)
        for _ in range(2 * count):
            bundle = sampler.draw_bundle(corpus, rng)
            if bundle is not None and len(tokenizer.encode(bundle.source)) < longest:
                yield bundle

    return [one for language, rows in dev.items() for one in itertools.islice(drawn(language, rows), count)]
