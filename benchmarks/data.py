"""The gold sets and the bitext that the benchmarks read, in place, from a folder given by --data."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from cscl_data.pipelines.alignment_evaluation.gold import GoldSet, read_gold
from cscl_data.text.languages import language
from cscl_data.text.tokenizers import Tokenizer, tokenizer_for

_WORD = re.compile(r"\w+|[^\w\s]")
_LANGUAGES = {"enfr": ("en", "fr"), "roen": ("ro", "en"), "jaen": ("ja", "en"), "zhen": ("zh", "en")}
_POOLS = ("ko", "ja", "id")


class Row(NamedTuple):
    """A row of the bitext: source, document, English, other language."""

    source: str
    doc: str
    english: str
    other: str


class GoldText(NamedTuple):
    """A gold set with its words and languages, and the bitext to learn from beside it, None where there is none."""

    gold: GoldSet
    src_lang: str
    tgt_lang: str
    pool: Path | None

    @property
    def words(self) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
        """The words of every pair."""
        return [(pair.src or (), pair.tgt or ()) for pair in self.gold.pairs]


@cache
def gold_text(data: Path, name: str) -> GoldText:
    """Return a set: `enfr`, `roen`, `jaen`, `zhen`, or `en-ko` and so on for the dev part of PUD-CLMD."""
    if name in _LANGUAGES:
        src_lang, tgt_lang = _LANGUAGES[name]
        folder = data / "gold-align" / "awesome-align"
        gold = read_gold(name, folder / f"{name}.gold", text=folder / f"{name}.src-tgt")
    else:
        src_lang, _, tgt_lang = name.partition("-")
        gold = read_gold(name, data / "gold-align" / "pud-clmd" / f"{name}.dev.jsonl")
    other = tgt_lang if src_lang == "en" else src_lang
    pool = data / "pool" / f"en-{other}.train.tsv.gz" if other in _POOLS else None
    return GoldText(gold, src_lang, tgt_lang, pool)


def pool_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a file of the pool."""
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            source, _, doc, english, other = line.rstrip("\n").split("\t")
            yield Row(source, doc, english, other)


def write_pool(text: GoldText, path: Path) -> Path:
    """Write the bitext of a set as two columns, source and target language of the set."""
    if text.pool is None:
        raise ValueError(f"{text.gold.name} has no bitext")
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for row in pool_rows(text.pool):
            sides = (row.english, row.other) if text.src_lang == "en" else (row.other, row.english)
            out.write("\t".join(sides) + "\n")
    return path


def write_pairs(text: GoldText, path: Path, limit: int | None = None) -> Path:
    """Write the pairs of a set for `align --pretokenized`; a space inside a word becomes a no-break space."""
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for number, pair in enumerate(text.gold.pairs[:limit], start=1):
            src, tgt = (" ".join(word.replace(" ", "\u00a0") for word in side or ()) for side in (pair.src, pair.tgt))
            out.write(json.dumps({"id": pair.id or str(number), "src": src, "tgt": tgt}, ensure_ascii=False) + "\n")
    return path


def plain_words(text: str, lang: str) -> list[str]:
    """Cut a text at spaces and punctuation, or with the tokenizer of a language that has no spaces."""
    if language(lang).spaced:
        return _WORD.findall(text)
    return [text[token.start : token.end] for token in _tokenizer(lang).tokens(text)]


@cache
def _tokenizer(lang: str) -> Tokenizer:
    return tokenizer_for(lang)
