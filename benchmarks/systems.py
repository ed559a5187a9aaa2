"""The aligners that are compared: ours through its command line, eflomal as an external program."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from benchmarks.data import GoldText, plain_words, pool_rows, write_pairs, write_pool
from cscl_data.aligners.base import TokenizedPair, alignment_of, has_empty_side, surfaces
from cscl_data.aligners.eflomal_program import WordPair, read_links, run_program, write_words
from cscl_data.aligners.rules import WITHOUT_POSTERIORS
from cscl_data.aligners.symmetrize import symmetrize
from cscl_data.io.bitext import BitextSpec
from cscl_data.pipelines.align_settings import AlignSettings
from cscl_data.pipelines.alignment import HowToAlign, corpus_of
from cscl_data.pipelines.pretokenized import lift_to_words
from cscl_data.records import Link

COLUMNS = ("--src-column", "src", "--tgt-column", "tgt")
Links = list[list[tuple[int, int]]]


class Directions(NamedTuple):
    """What a two-way aligner found: forward links, backward links, both as (source, target)."""

    forward: Links
    backward: Links

    def merged(self, sizes: Sequence[tuple[int, int]]) -> Links:
        """Return both directions merged, by the rule of `align --aligner eflomal`."""
        rows = zip(self.forward, self.backward, sizes, strict=True)
        return [symmetrize(one, two, WITHOUT_POSTERIORS, n_src=size[0], n_tgt=size[1]) for one, two, size in rows]


def cscl(*arguments: object) -> str:
    """Run `cscl-data` and return what it said on stderr; an error ends the benchmark."""
    command = [sys.executable, "-m", "cscl_data", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr[-2000:]}")
    return done.stderr


def ours(text: GoldText, work: Path, *options: object, pool: bool = True, limit: int | None = None) -> Path:
    """Align the words of a set and return the directory; the same call a second time takes what is there.

    Args:
        text: the set.
        work: a folder for what is written.
        options: more options of `align`.
        pool: whether to learn from the set's bitext too, if it has one.
        limit: the first pairs only.
    """
    name = "-".join(re.sub(r"[^A-Za-z0-9.]+", "_", str(part)) for part in (text.gold.name, pool, limit, *options))
    out = work / f"ours-{name}"
    if not (out / "manifest.json").exists():
        pairs = write_pairs(text, work / f"{name}.jsonl", limit)
        fit_on = ["--fit-on", write_pool(text, work / f"{text.gold.name}.pool.tsv")] if pool and text.pool else []
        languages = ("--src-lang", text.src_lang, "--tgt-lang", text.tgt_lang)
        cscl("align", pairs, *languages, *COLUMNS, "--pretokenized", *fit_on, *options, "--out", out)
    return out


def eflomal(program: str, pairs: Iterable[WordPair], keep: int, work: Path) -> Directions:
    """Run eflomal on words, as `align --aligner eflomal` does, and return the links of the first `keep` pairs."""
    source = work / "eflomal.words"
    found = run_program(program, source, write_words(pairs, source))
    return Directions(*(list(islice(read_links(path), keep)) for path in found))


def eflomal_words(program: str, text: GoldText, work: Path, cut: tuple[int, int] = (99, 99)) -> Directions:
    """Run eflomal on the given words, and on the plain words of the bitext; pairs of 80 words and more are left out.

    Args:
        program: the executable.
        text: the set.
        work: a folder for what is written.
        cut: letters that it sees of a source and of a target word, crude stems.
    """
    pairs: list[WordPair] = [*text.words]
    for row in pool_rows(text.pool) if text.pool else ():
        src, tgt = (row.english, row.other) if text.src_lang == "en" else (row.other, row.english)
        words = (plain_words(src, text.src_lang), plain_words(tgt, text.tgt_lang))
        if all(0 < len(side) < 80 for side in words):
            pairs.append(words)
    stems = (([word[: cut[0]] for word in src], [word[: cut[1]] for word in tgt]) for src, tgt in pairs)
    return eflomal(program, stems, len(text.words), work)


def eflomal_segments(program: str, text: GoldText, work: Path) -> tuple[Links, Links]:
    """Run eflomal on the segments that our aligner works on; return forward and merged links, lifted to the words."""
    kept: list[TokenizedPair] = []

    def words() -> Iterator[WordPair]:
        for pair in segments(text, work):
            if len(kept) < len(text.words):
                kept.append(pair)
            if not has_empty_side(pair):
                yield surfaces(pair.src_text, pair.src_tokens), surfaces(pair.tgt_text, pair.tgt_tokens)

    found = eflomal(program, words(), len(text.words), work)
    sizes = [(len(pair.src_tokens), len(pair.tgt_tokens)) for pair in kept]
    lift = partial(map, _lifted)
    return list(lift(kept, found.forward)), list(lift(kept, found.merged(sizes)))


def segments(text: GoldText, work: Path) -> Iterable[TokenizedPair]:
    """Return what our aligner is fitted on: the pairs of the set, then its bitext."""
    fit_on = (str(write_pool(text, work / f"{text.gold.name}.pool.tsv")),) if text.pool else ()
    spec = BitextSpec(
        src_lang=text.src_lang,
        tgt_lang=text.tgt_lang,
        paths=(str(write_pairs(text, work / "segments.jsonl")),),
        src_column="src",
        tgt_column="tgt",
    )
    settings = AlignSettings(pretokenized=True, fit_on=fit_on)
    return corpus_of(HowToAlign(settings=settings, src_lang=text.src_lang, tgt_lang=text.tgt_lang), spec)


def write_links(links: Links, path: Path) -> Path:
    """Write links as a Pharaoh file."""
    path.write_text("".join(" ".join(f"{i}-{j}" for i, j in pair) + "\n" for pair in links), encoding="utf-8")
    return path


def _lifted(pair: TokenizedPair, links: list[tuple[int, int]]) -> list[tuple[int, int]]:
    alignment = alignment_of(pair, [Link(src, tgt) for src, tgt in links])
    return [(link.src, link.tgt) for link in lift_to_words(alignment, pair.src_text, pair.tgt_text).links]
