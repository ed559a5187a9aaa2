"""At a ratio of 0 `make-token-cs` gives every source back, byte for byte, on every bitext of the real data.

What it must give is read here with nothing of the package: bytes cut at tabs and line ends, `csv`, `json`.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.cli.calling import make, manifest, rows

LIMIT = 3_000
Sides = tuple[bytes, bytes]


class Corpus(NamedTuple):
    """A bitext: its target language, the arguments that say where it lies, and the sides of its pairs."""

    tgt_lang: str
    arguments: list[object]
    pairs: Iterable[Sides]
    src_lang: str = "en"
    limit: int | None = None


def lines_of(path: Path) -> Iterator[bytes]:
    """The lines of a file, cut at line feeds alone; the last one may lack its own."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return iter(content.removesuffix(b"\n").split(b"\n"))


def cells(path: Path, src: int, tgt: int) -> Iterator[Sides]:
    """Two columns of a TSV file, counted from 1."""
    for line in lines_of(path):
        values = line.split(b"\t")
        yield values[src - 1], values[tgt - 1]


def objects(path: Path) -> Iterator[Any]:
    return (json.loads(line) for line in lines_of(path))


def encoded(pairs: Iterable[tuple[str, str]]) -> list[Sides]:
    return [(src.encode(), tgt.encode()) for src, tgt in pairs]


def columns(src: object, tgt: object, doc: object = None) -> list[object]:
    return ["--src-column", src, "--tgt-column", tgt, *(["--doc-column", doc] if doc is not None else [])]


def pool(data: Path, folder: Path) -> Iterator[Corpus]:
    for path in sorted((data / "pool").glob("*.tsv.gz")):
        limit = LIMIT if ".train." in path.name else None
        yield Corpus(path.name[3:5], [path, *columns(4, 5, 3)], cells(path, 4, 5), limit=limit)


def korean_parallel_corpora(data: Path, folder: Path) -> Iterator[Corpus]:
    for path in sorted((data / "korean-parallel-corpora").glob("*.tsv")):
        yield Corpus("ko", [path], cells(path, 1, 2), src_lang="fr" if ".fr-ko" in path.name else "en")


def moses(src: Path, tgt: Path, lang: str) -> Corpus:
    return Corpus(lang, ["--src-file", src, "--tgt-file", tgt], zip(lines_of(src), lines_of(tgt), strict=True))


def flores(data: Path, folder: Path) -> Iterator[Corpus]:
    dev = data / "flores200" / "dev"
    names = {"kor_Hang": "ko", "jpn_Jpan": "ja", "ind_Latn": "id", "deu_Latn": "de", "fra_Latn": "fr"}
    for name, lang in (names | {"spa_Latn": "es", "zho_Hans": "zh-Hans", "hin_Deva": "hi"}).items():
        yield moses(dev / "eng_Latn.dev", dev / f"{name}.dev", lang)


def recorded_translations(data: Path, folder: Path) -> Iterator[Corpus]:
    """One of them holds an empty line, which is a text as well."""
    for path in sorted((data / "mt-outputs").glob("en-*/*")):
        lang = path.parent.name[3:]
        if path.suffix == f".{lang}":
            yield moses(path.parent / "flores-dev.en", path, lang)


def nusax(data: Path, folder: Path) -> Iterator[Corpus]:
    """Cells with line breaks, most of them in Toba Batak."""
    broken = 0
    for path in sorted((data / "nusax").glob("*.csv")):
        table = list(csv.reader(io.StringIO(path.read_bytes().decode(), newline="")))
        for name, lang in (("indonesian", "id"), ("minangkabau", "min"), ("toba_batak", "bbc")):
            if name in table[0]:
                src, tgt = table[0].index("english"), table[0].index(name)
                pairs = encoded((row[src], row[tgt]) for row in table[1:])
                broken += sum(b"\n" in text for _, text in pairs)
                yield Corpus(lang, [path, *columns("english", name)], pairs)
    assert broken > 30


def udhr(data: Path, folder: Path) -> Iterator[Corpus]:
    for name, lang in (("kor", "ko"), ("ind", "id"), ("hin", "hi"), ("spa", "es")):
        path = data / "udhr" / f"udhr.en-{name}.tsv"
        yield Corpus(lang, [path, *columns(3, 4)], cells(path, 3, 4))


def novels(data: Path, folder: Path) -> Iterator[Corpus]:
    for path in sorted((data / "transread-novels").glob("*.tsv")):
        yield Corpus(path.stem[-2:], [path], cells(path, 1, 2))


def opensource_guide(data: Path, folder: Path) -> Iterator[Corpus]:
    for path in sorted((data / "opensource-guide").glob("*.jsonl")):
        lang = path.name.removeprefix("osg.en-").removesuffix(".jsonl")
        yield Corpus(
            lang, [path, *columns("en", "xx", "doc")], encoded((row["en"], row["xx"]) for row in objects(path))
        )


def word_alignment_texts(data: Path, folder: Path) -> Iterator[Corpus]:
    for path in sorted((data / "gold-align" / "pud-clmd").glob("*.jsonl")):
        pairs = encoded((row["src_text"], row["tgt_text"]) for row in objects(path))
        yield Corpus(path.name[3:5], [path], pairs)
    for path in sorted((data / "gold-align" / "awesome-align").glob("*.src-tgt")):
        pairs = [tuple(line.split(b" ||| ")) for line in lines_of(path)]
        sides = [folder / f"{path.stem}.{side}" for side in ("src", "tgt")]
        for side, texts in zip(sides, zip(*pairs, strict=True), strict=True):
            side.write_bytes(b"".join(text + b"\n" for text in texts))
        yield Corpus(path.name[2:4], ["--src-file", sides[0], "--tgt-file", sides[1]], pairs, src_lang=path.name[:2])


def lexicons(data: Path, folder: Path) -> Iterator[Corpus]:
    for path in sorted((data / "lexicons").glob("*.tsv.gz")):
        lang = path.name.removeprefix("enwiktionary2015.en-").removesuffix(".tsv.gz").replace("cmn", "zh")
        yield Corpus(lang, [path, *columns(1, 3)], cells(path, 1, 3), limit=LIMIT)


def sentence_similarity(data: Path, folder: Path) -> Iterator[Corpus]:
    """Nested columns."""
    for path in sorted((data / "kor-nlu").glob("*.jsonl")):
        pairs = encoded((row["en"]["sentence1"], row["ko"]["sentence1"]) for row in objects(path))
        yield Corpus("ko", [path, *columns("en.sentence1", "ko.sentence1")], pairs, limit=LIMIT)


def choices(data: Path, folder: Path) -> Iterator[Corpus]:
    """Records of two files joined into compressed JSON lines; the files end their lines in CRLF."""
    for path in sorted((data / "xcopa").glob("data.*.jsonl")):
        english = path.with_name(path.name.replace("data.", "data-gmt."))
        both = list(zip(objects(english), objects(path), strict=True))
        pairs = [(a[key], b[key]) for key in ("premise", "choice1", "choice2") for a, b in both]
        joined = folder / f"{path.stem}.jsonl.zst"
        lang = path.name.split(".")[1]
        with pa.CompressedOutputStream(str(joined), "zstd") as out:
            for src, tgt in pairs:
                out.write(json.dumps({"translation": {"en": src, lang: tgt}}).encode() + b"\n")
        yield Corpus(lang, [joined], encoded(pairs))


def command_pages(data: Path, folder: Path) -> Iterator[Corpus]:
    """Lists of records spread into Parquet, as a directory of shards."""
    for path in sorted((data / "tldr").glob("*.jsonl")):
        lang = path.name.removeprefix("tldr.en-").removesuffix(".jsonl")
        entries = chain.from_iterable((*row["desc"], *row["examples"]) for row in objects(path))
        pairs = [(entry["en"], entry["xx"]) for entry in islice(entries, LIMIT)]
        shards = folder / path.stem / "data"
        shards.mkdir(parents=True)
        for number, part in enumerate((pairs[:1000], pairs[1000:])):
            table = pa.table({"source": [src for src, _ in part], "target": [tgt for _, tgt in part]})
            pq.write_table(table, shards / f"train-{number:05d}.parquet")
        yield Corpus(lang, [shards.parent], encoded(pairs))


def questions(data: Path, folder: Path) -> Iterator[Corpus]:
    """Contexts and questions of two trees, written as CSV."""

    def texts(lang: str) -> list[str]:
        tree = json.loads((data / "xquad" / f"xquad.{lang}.json").read_bytes())
        paragraphs = [paragraph for article in tree["data"] for paragraph in article["paragraphs"]]
        return [text for p in paragraphs for text in (p["context"], *(qa["question"] for qa in p["qas"]))]

    for lang in ("de", "es", "hi", "zh"):
        pairs = list(zip(texts("en"), texts(lang), strict=True))
        path = folder / f"xquad.{lang}.csv"
        with path.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows([("en", lang), *pairs])
        yield Corpus(lang, [path], encoded(pairs))


def commands_by_voice(data: Path, folder: Path) -> Iterator[Corpus]:
    """Comment lines of CoNLL files, written as TMX."""
    for path in sorted((data / "xsid").glob("*.conll")):
        lang = path.name[:2]
        if lang == "en":
            continue
        comments = [line.decode().partition(" = ") for line in lines_of(path) if line.startswith(b"# text")]
        english = [text for key, _, text in comments if key == "# text-en"]
        other = [text for key, _, text in comments if key == "# text"]
        pairs = list(zip(english, other, strict=True))
        body = ElementTree.Element("body")
        for sides in pairs:
            unit = ElementTree.SubElement(body, "tu")
            for code, text in zip(("en", lang), sides, strict=True):
                variant = ElementTree.SubElement(unit, "tuv", {"xml:lang": code})
                ElementTree.SubElement(variant, "seg").text = text
        tmx = folder / f"{path.stem}.tmx"
        tmx.write_bytes(b'<tmx version="1.4"><header/>' + ElementTree.tostring(body, "utf-8") + b"</tmx>")
        yield Corpus(lang, [tmx], encoded(pairs))


ALL: list[Callable[[Path, Path], Iterator[Corpus]]] = [
    *(pool, korean_parallel_corpora, flores, recorded_translations, nusax, udhr, novels, opensource_guide),
    *(word_alignment_texts, lexicons, sentence_similarity, choices, command_pages, questions, commands_by_voice),
]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("corpora", ALL, ids=lambda corpora: corpora.__name__)
def test_ratio_zero_returns_every_byte_of_both_sides(
    shared_data: Path, tmp_path: Path, corpora: Callable[[Path, Path], Iterator[Corpus]]
) -> None:
    n_corpora = 0
    for n_corpora, corpus in enumerate(corpora(shared_data, tmp_path), 1):
        sides = list(zip(*islice(corpus.pairs, corpus.limit), strict=True))
        assert len(sides[0]) > 3
        for side, matrix in enumerate(("src", "tgt")):
            out = tmp_path / "out" / f"{n_corpora}-{matrix}"
            limit = [] if corpus.limit is None else ["--limit", corpus.limit]
            langs = ["--src-lang", corpus.src_lang, "--tgt-lang", corpus.tgt_lang]
            options = ["--ratio", 0, "--matrix-lang", matrix, *langs, *limit, "--out", out]
            make("make-token-cs", *corpus.arguments, *options)
            made = rows(out)
            assert rows(out, "rejects") == [], corpus.arguments
            assert [row["text"].encode() for row in made] == list(sides[side]), corpus.arguments
            assert [row["src_text"].encode() for row in made] == list(sides[0])
            assert [row["tgt_text"].encode() for row in made] == list(sides[1])
            assert manifest(out)["items"] == len(made)
    assert n_corpora, "there is data"
