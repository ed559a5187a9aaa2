"""Our sentence splitter beside spaCy's rules, on lines of one document joined again: where is a line's end found?

    python -m benchmarks.splitting --data ../shared/data

Lines of FLORES are sentences, or rarely two; so the share of line ends that are found is exact, and cuts within a line
are an upper bound of wrong ones. Both splitters get the same text, see `joined`. spaCy's `sentencizer` is the one that
its pipelines without a model use.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from cscl_data.generators.sentence.joints import separator
from cscl_data.text.languages import language
from cscl_data.text.sentences import sentence_spans

FILES = {
    "en": "eng_Latn",
    "ko": "kor_Hang",
    "ja": "jpn_Jpan",
    "id": "ind_Latn",
    "zh-Hans": "zho_Hans",
    "hi": "hin_Deva",
    "de": "deu_Latn",
    "fr": "fra_Latn",
    "es": "spa_Latn",
}


class Score(NamedTuple):
    """Ends of lines, how many of them were found, and cuts that were made within lines."""

    ends: int = 0
    found: int = 0
    within: int = 0

    def plus(self, cuts: set[int], ends: set[int]) -> Score:
        """Add what was found in one text; positions are those of sentences' last characters."""
        return Score(self.ends + len(ends), self.found + len(cuts & ends), self.within + len(cuts - ends))


def documents(data: Path, lang: str) -> list[list[str]]:
    """Return the lines of FLORES dev by source page, those with two or more."""
    folder = data / "flores200"
    pages = [line.split("\t")[0] for line in (folder / "metadata_dev.tsv").read_text("utf-8").splitlines()[1:]]
    lines = (folder / "dev" / f"{FILES[lang]}.dev").read_text("utf-8").splitlines()
    rows = zip(pages, lines, strict=True)
    found = [[line.strip() for _, line in group] for _, group in groupby(rows, key=lambda row: row[0])]
    return [document for document in found if len(document) > 1]


def joined(lines: Sequence[str], lang: str) -> tuple[str, set[int]]:
    """Join lines as one paragraph of the language; return it and where each line but the last ends."""
    text, ends = "", set()
    for line in lines:
        if text:
            ends.add(len(text))
            text += separator(text[-1], lang, lang)
        text += line
    return text, ends


def ours(text: str, lang: str) -> set[int]:
    """Return where our sentences end, the last one left out."""
    return {len(text[: span.end].rstrip()) for span in sentence_spans(text, lang)} - {len(text)}


def of_spacy(lang: str) -> Callable[[str], set[int]]:
    """Return what finds the ends by spaCy's rules; Korean words are told by spaces, which needs no further package."""
    import spacy

    by_spaces = {"nlp": {"tokenizer": {"@tokenizers": "spacy.Tokenizer.v1"}}}
    pipeline = spacy.blank({"zh-Hans": "zh"}.get(lang, lang), config=by_spaces if lang == "ko" else {})
    pipeline.add_pipe("sentencizer")

    def cut(text: str) -> set[int]:
        return {len(text[: sentence.end_char].rstrip()) for sentence in pipeline(text).sents} - {len(text)}

    return cut


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with flores200/")
    data = parser.parse_args().data
    print("| language | line ends | ours: found, cuts within | spaCy: found, cuts within |\n|---|---|---|---|")
    for lang in FILES:
        rules = of_spacy(lang)
        mine, theirs = Score(), Score()
        for lines in documents(data, lang):
            text, ends = joined(lines, lang)
            mine, theirs = mine.plus(ours(text, lang), ends), theirs.plus(rules(text), ends)
        told = (f"{100 * one.found / one.ends:.1f} %, {one.within}" for one in (mine, theirs))
        print(f"| {language(lang).tag} | {mine.ends} | {' | '.join(told)} |")


if __name__ == "__main__":
    main()
