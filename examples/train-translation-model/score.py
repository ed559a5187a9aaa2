r"""Scores converted models as the model cards of the package do, and prints a Markdown table for each.

Single sentences are scored by chrF, bundles by whether they come back whole: with the decoder that keeps numbered
indicators in order, as ``translate-bundle`` has it, and with the decoder left to itself.

Example:
    python score.py run/int8 --test ko=en-ko.test.tsv.gz --test ja=en-ja.test.tsv.gz \
        --columns source=1,document=3,english=4,other=5
    python score.py run/int8 --test ko=flores.en,flores.ko --bundles 0
"""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bundles import Example
from convert import Converted
from data import Columns, Segment, open_text, read_segments
from evaluate import chrf, score_bundles
from held_out import held_out_bundles, load_catalysts, parse_paths, read_all, written_out
from text import clean
from tokenizer import Tokenizer

from cscl_data.translators.ctranslate2 import CTranslate2Translator

SENTENCE_BEAM, BUNDLE_BEAM = 2, 4
"""Beam of single sentences, our default, and that of ``translate-bundle``."""


@dataclass(frozen=True, slots=True)
class Directions:
    """What ``cscl_model.json`` says of a model: its languages beside English, and its direction."""

    languages: tuple[str, ...]
    into_english: bool
    longest: int

    @classmethod
    def read(cls, directory: Path) -> Directions:
        """Reads the description of a directory that ``train.py`` wrote."""
        description = json.loads((directory / "cscl_model.json").read_text(encoding="utf-8"))
        sources, targets = zip(*description["directions"], strict=True)
        into_english = set(targets) == {"en"}
        return cls(sources if into_english else targets, into_english, description["max_source_tokens"])


def read_lines(english: Path, other: Path, language: str) -> list[Segment]:
    """Reads two plain files with equal line numbers; of a benchmark every line counts, so none is left out.

    Raises:
        ValueError: If one has more lines.
    """
    rows = zip(open_text(english), open_text(other), strict=True)
    return [Segment(clean(one, "en"), clean(two, language), english.name, "") for one, two in rows]


def read_test(values: Sequence[str], columns: Columns) -> dict[str, list[Segment]]:
    """Reads ``LANG=TSV``, whose rows go through the filters of training, and ``LANG=ENGLISH,OTHER``.

    Raises:
        ValueError: If a value has no language, or a file no row that passes.
    """
    test: dict[str, list[Segment]] = {}
    for language, paths in parse_paths(values).items():
        for path in paths:
            english, _, other = str(path).partition(",")
            two = read_lines(Path(english), Path(other), language) if other else read_segments(path, language, columns)
            test.setdefault(language, []).extend(two)
    return test


def without(text: str, indicator: str) -> str:
    """Returns the text of a bundle with its indicators taken out."""
    return " ".join(text.replace(indicator, " ").split())


def shown(score: float) -> str:
    """Returns a chrF as it stands in the table."""
    return f"{score:.1f}"


def share(part: float, whole: int) -> str:
    """Returns a share in percent, a dash where there is nothing."""
    return f"{100 * part:.1f} %" if whole else "–"


def sentence_rows(
    model: Converted, rows: Sequence[Segment], language: str, given: argparse.Namespace, *, into: bool
) -> dict[str, str]:
    """Scores single sentences.

    Returns:
        Cells of the table. The floor is what the references get that stand one row further on: the words of the
        language and no translation.
    """
    sources, references = zip(*(row.sides(into_english=into) for row in rows), strict=True)
    outputs = model.translate(sources, language)
    cells = {
        "sentences": str(len(rows)),
        "chrF": shown(chrf(outputs, references)),
        "chrF of the references, moved by one row": shown(chrf([*references[1:], references[0]], references)),
    }
    if given.everyday:
        own = [index for index, row in enumerate(rows) if row.source in given.everyday]
        score = shown(chrf([outputs[i] for i in own], [references[i] for i in own])) if own else "–"
        cells["chrF of everyday sources alone (rows)"] = f"{score} ({len(own)})"
    return cells


def bundle_rows(
    kept: Callable[[Sequence[str]], Sequence[str]],
    free: Callable[[Sequence[str]], Sequence[str]],
    bundles: Sequence[Example],
    *,
    into: bool,
) -> dict[str, str]:
    """Scores bundles of one language.

    Args:
        kept: Translates with the decoder that keeps indicators in order.
        free: Translates with the decoder left to itself.
        bundles: Bundles in the direction of the model.
        into: Whether that is into English.

    Returns:
        Cells of the table.
    """
    sources = [bundle.source for bundle in bundles]
    orderly, alone = kept(sources), free(sources)
    ordered, left = (score_bundles(outputs, bundles, into_english=into) for outputs in (orderly, alone))
    long = [index for index, bundle in enumerate(bundles) if bundle.fields >= 4]
    many = score_bundles([orderly[i] for i in long], [bundles[i] for i in long], into_english=into)
    bare = [i for i, bundle in enumerate(bundles) if bundle.fields >= 2 and bundle.source.startswith(bundle.indicator)]

    def score(outputs: Sequence[str], chosen: Sequence[int]) -> str:
        pairs = [(outputs[i], bundles[i].target, bundles[i].indicator) for i in chosen]
        found = [without(output, mark) for output, _, mark in pairs]
        return shown(chrf(found, [without(target, mark) for _, target, mark in pairs])) if pairs else "–"

    every = range(len(bundles))
    return {
        "bundles": str(len(bundles)),
        "whole": share(ordered.reversible, len(bundles)),
        "whole, of four fields and more": f"{round(many.reversible * len(long))} of {len(long)}",
        "fields of whole ones that differ from the source": share(ordered.changed, len(bundles)),
        "fields of whole ones whose digits all return": share(ordered.kept_numbers, len(bundles)),
        "chrF, indicators taken out": score(orderly, every),
        "whole, decoder left to itself": share(left.reversible, len(bundles)),
        "chrF, indicators taken out, decoder left to itself": score(alone, every),
        "the same, two fields and more without a statement (bundles)": f"{score(alone, bare)} ({len(bare)})",
    }


def score_model(directory: Path, given: argparse.Namespace) -> dict[str, dict[str, str]]:
    """Scores one model.

    Returns:
        For every language the cells of the table.

    Raises:
        ValueError: The model does not have a language, or ``--tokenised`` lacks the bitext that it needs.
    """
    about = Directions.read(directory)
    columns = Columns.parse(given.columns)
    test = read_test(given.test, columns)
    foreign = sorted(set(test) - set(about.languages))
    if foreign:
        raise ValueError(f"{directory}: the model has {', '.join(about.languages)}, not {', '.join(foreign)}")
    tokenised = frozenset(given.tokenised)
    if about.into_english and any(row.source in tokenised for rows in test.values() for row in rows):
        if not given.bitext:
            raise ValueError("--tokenised into English: --bitext has to name the training files, which know capitals")
        _, test = written_out(read_all(given.bitext, columns), test, tokenised)
    into, threads = about.into_english, given.threads
    single, free = (
        Converted(directory, compute_type="default", threads=threads, beam=beam)
        for beam in (SENTENCE_BEAM, BUNDLE_BEAM)
    )
    kept = CTranslate2Translator(directory, device="cpu", beam_size=BUNDLE_BEAM, inter_threads=1, intra_threads=threads)
    bundles = held_out_bundles(
        test,
        load_catalysts(),
        Tokenizer(directory / "spm.model"),
        into_english=into,
        longest=about.longest,
        count=given.bundles,
    )
    table: dict[str, dict[str, str]] = {}
    for language, rows in test.items():
        pair = (language, "en") if into else ("en", language)

        def in_order(texts: Sequence[str], pair: tuple[str, str] = pair) -> list[str]:
            return [found.text for found in kept.translate(texts, *pair)]

        def left_alone(texts: Sequence[str], language: str = language) -> list[str]:
            return free.translate(texts, language)

        cells = sentence_rows(single, rows, language, given, into=into)
        own = [bundle for bundle in bundles if bundle.language == language]
        table["-".join(pair)] = cells | (bundle_rows(in_order, left_alone, own, into=into) if own else {})
    return table


def markdown(table: Mapping[str, Mapping[str, str]]) -> str:
    """Writes a table with a column for every language."""
    names = list(dict.fromkeys(name for cells in table.values() for name in cells))
    lines = [["", *table], ["---"] * (1 + len(table))]
    lines += [[name, *(cells.get(name, "–") for cells in table.values())] for name in names]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main(values: list[str] | None = None) -> None:
    """Prints the table of every model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("models", nargs="+", type=Path, metavar="DIRECTORY", help="converted model, as train.py writes it")
    add("--test", action="append", required=True, metavar="LANG=TSV", help="held-out bitext, or LANG=ENGLISH,OTHER")
    add("--columns", default="english=1,other=2", help="as for train.py (default: %(default)s)")
    add("--bundles", type=int, default=200, help="bundles per language (default: %(default)s)")
    add("--everyday", action="append", default=[], metavar="SOURCE", help="score the rows of such sources alone, too")
    add("--tokenised", action="append", default=[], metavar="SOURCE", help="source with lowercased, tokenised English")
    add("--bitext", action="append", default=[], metavar="LANG=TSV", help="training bitext, for --tokenised")
    add("--threads", type=int, default=1)
    given = parser.parse_args(values)
    logging.basicConfig(level=logging.WARNING)
    for directory in given.models:
        print(f"{directory}\n\n{markdown(score_model(directory, given))}\n", flush=True)


if __name__ == "__main__":
    main()
