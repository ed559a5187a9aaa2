"""Options that contradict each other, or would do nothing, are refused before anything runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.calling import EN_KO, JAPANESE, KOREAN, RECORDS, call, make
from tests.spacy_pipelines import make_nlp, saved

_FEW = (*EN_KO, "--limit", 3)


def written(here: Path, name: str, content: str) -> Path:
    (here / name).write_text(content, encoding="utf-8")
    return here / name


def token(*more: object) -> list[object]:
    return ["make-token-cs", KOREAN, *_FEW, *more]


def align(*more: object) -> list[object]:
    return ["align", KOREAN, *_FEW, *more]


def bundle(*more: object) -> list[object]:
    return ["translate-bundle", RECORDS, *_FEW, "--fields", "question", *more]


def links(here: Path, *more: object) -> Path:
    make("align", KOREAN, *_FEW, "--aligner", "pharaoh", "--links", pharaoh(here), "--out", here / "links", *more)
    return here / "links"


def pharaoh(here: Path) -> Path:
    return written(here, "l.pharaoh", "0-0\n" * 3)


def lexicon(here: Path, *more: object, target: str = "ko") -> list[object]:
    text, entries = written(here, "t.txt", "Green tea.\n"), written(here, "l.tsv", "tea\t차\n")
    languages = ("--src-lang", "en", "--tgt-lang", target)
    return ["make-token-cs", text, *languages, "--method", "lexicon", "--lexicon", entries, *more]


def pipeline(here: Path) -> Path:
    return saved(here, make_nlp("en", names={"ORG": ("Bank of England",)}))


def sides(here: Path) -> list[object]:
    return ["--src-file", written(here, "a.en", "tea\n"), "--tgt-file", written(here, "a.ko", "차\n")]


REFUSED: dict[str, tuple[Callable[[Path], list[object]], str]] = {
    "alignments of a salad": (
        lambda here: token("--method", "salad", "--alignments", links(here), "--min-score", 0.5),
        "--method salad: --alignments, --min-score would do nothing",
    ),
    "blocks of a salad": (
        lambda here: token("--method", "salad", "--unit", "phrase", "--constraint", "none"),
        "--method salad: --unit, --constraint would do nothing",
    ),
    "learned pieces of a salad": (
        lambda here: token("--method", "salad", "--segmenter", "learned"),
        "--segmenter learned is for alignments",
    ),
    "columns of pairs for text alone": (
        lambda here: lexicon(here, "--src-column", 1, "--aligner", "statistical"),
        "--method lexicon: --aligner, --src-column would do nothing",
    ),
    "another frame for text alone": (
        lambda here: lexicon(here, "--matrix-lang", "both"),
        "--method lexicon reads text of --src-lang en alone",
    ),
    "constraints of random words": (
        lambda here: lexicon(here, "--lexicon-policy", "random", "--constraint", "none", "--target-cmi", "20,10"),
        "draws every word by itself: --constraint, --target-cmi would do nothing",
    ),
    "names of random words": (
        lambda here: lexicon(here, "--lexicon-policy", "random", "--spacy-pipeline", "en=none"),
        "draws every word by itself: --spacy-pipeline would do nothing",
    ),
    "names of words that no text shows": (
        lambda here: lexicon(here, "--spacy-pipeline", "ko=none"),
        "--spacy-pipeline ko=none: the words are en",
    ),
    "names where a model alone chooses": (
        lambda here: token(
            *("--method", "llm", "--endpoint", "http://127.0.0.1:1/v1", "--llm-model", "m"),
            *("--llm-fallback", "reject", "--spacy-pipeline", f"en={pipeline(here)}"),
        ),
        "aligns nothing, so --spacy-pipeline would do nothing",
    ),
    "order of one sentence": (
        lambda here: lexicon(here, "--constraint", "equivalence"),
        "--constraint equivalence compares word orders",
    ),
    "columns of lines alone": (lambda here: lexicon(here, "--text-column", "text"), "lines without columns"),
    "no lexicon": (lambda here: token("--method", "lexicon"), "--method lexicon needs a lexicon"),
    "several texts": (lambda here: [*lexicon(here), KOREAN], "--method lexicon takes one INPUT"),
    "parts of speech that nothing tells": (
        lambda here: lexicon(here, "--pos", "NOUN", target="id"),
        "names no parts of speech",
    ),
    "text column of pairs": (
        lambda here: token("--text-column", "text"),
        "--method align: --text-column would do nothing",
    ),
    "unknown method": (lambda here: token("--method", "replace"), "align, annotate"),
    "aligner with alignments": (
        lambda here: token("--alignments", links(here), "--aligner", "statistical"),
        "taken as they are, so --aligner statistical contradicts it",
    ),
    "lexicon aligner with alignments": (
        lambda here: token(
            *("--alignments", links(here), "--aligner", "lexicon", "--lexicon", written(here, "l.tsv", "a\tb\n"))
        ),
        "so --aligner lexicon contradicts it",
    ),
    "pharaoh with a directory": (lambda here: align("--aligner", "pharaoh", "--links", links(here)), "no Pharaoh file"),
    "priors with alignments": (
        lambda here: token("--alignments", links(here), "--priors", "none", "--fit-on", KOREAN),
        "so --fit-on, --priors would do nothing",
    ),
    "counting from 1 in a directory": (
        lambda here: token("--alignments", links(here), "--one-indexed"),
        "--one-indexed is for a Pharaoh file",
    ),
    "scores of a Pharaoh file": (
        lambda here: token("--alignments", pharaoh(here), "--min-score", 0.5),
        "a Pharaoh file without scores for --min-score",
    ),
    "given tokens of a directory without them": (
        lambda here: token("--alignments", links(here), "--pretokenized"),
        "made without --pretokenized",
    ),
    "tokenizer over links of a directory": (
        lambda here: align("--links", links(here), "--tokenizer", "spacy"),
        "so --tokenizer would do nothing",
    ),
    "lexicon for an encoder": (
        lambda here: align(
            *("--lexicon", written(here, "l.tsv", "a\tb\n"), "--aligner", "simalign", "--encoder", here / "none")
        ),
        "--lexicon is for --aligner lexicon or statistical, and the aligner is simalign",
    ),
    "priors for a fitted model": (
        lambda here: align("--load-model", written(here, "model", ""), "--priors", "none"),
        "fitted already, so --priors would do nothing",
    ),
    "model of another aligner": (
        lambda here: align(
            *("--aligner", "lexicon", "--lexicon", written(here, "l.tsv", "a\tb\n")),
            *("--load-model", written(here, "model", "")),
        ),
        "--load-model is for --aligner statistical, and the aligner is lexicon",
    ),
    "encoder without simalign": (lambda here: align("--encoder", here), "--encoder is for --aligner simalign"),
    "layer, though it is the default": (lambda _: align("--layer", 8), "--layer is for --aligner simalign"),
    "symmetrization of a lexicon": (
        lambda here: align(
            *("--aligner", "lexicon", "--lexicon", written(here, "l.tsv", "a\tb\n"), "--symmetrize", "union")
        ),
        "--symmetrize is for --aligner statistical or eflomal, and the aligner is lexicon",
    ),
    "program of eflomal without it": (lambda _: align("--eflomal", "x"), "--eflomal is for --aligner eflomal, and the"),
    "priors for eflomal": (
        lambda _: align("--aligner", "eflomal", "--priors", "none"),
        "--priors is for --aligner statistical, and the aligner is eflomal",
    ),
    "model of eflomal": (
        lambda here: align("--aligner", "eflomal", "--save-model", here / "model"),
        "--save-model is for --aligner statistical, and the aligner is eflomal",
    ),
    "lexicon for eflomal": (
        lambda here: token("--aligner", "eflomal", "--lexicon", written(here, "l.tsv", "a\tb\n")),
        "--lexicon is for --aligner lexicon or statistical, and the aligner is eflomal",
    ),
    "posteriors of eflomal": (
        lambda _: align("--aligner", "eflomal", "--symmetrize", "posterior"),
        "--symmetrize posterior needs posteriors, and eflomal has none",
    ),
    "scores of eflomal": (
        lambda _: align("--aligner", "eflomal", "--min-score", 0.5),
        "--aligner eflomal: gives no scores for --min-score",
    ),
    "option of a config file": (
        lambda here: align("--config", written(here, "c.yaml", "matching: inter\n")),
        "--matching is for --aligner simalign",
    ),
    "counting from 1 without links": (lambda _: align("--one-indexed"), "--one-indexed is for a Pharaoh file"),
    "segmenter of another language": (
        lambda _: ["align", JAPANESE, "--src-lang", "en", "--tgt-lang", "ja", "--segmenter", "mecab"],
        "--segmenter mecab is for ko, and the text is en and ja",
    ),
    "tokenizer where segmenters cut": (
        lambda _: ["align", KOREAN, "--src-lang", "ja", "--tgt-lang", "ko", "--tokenizer", "moses"],
        "ja and ko are cut by --segmenter",
    ),
    "columns of a Moses pair": (
        lambda here: ["align", *sides(here), *EN_KO, "--doc-column", "1"],
        "a Moses pair has no columns for --doc-column",
    ),
    "columns of lines": (
        lambda here: [
            *("make-mono", written(here, "a.txt", "tea\n"), written(here, "b.txt", "차\n"), *EN_KO),
            *("--text-column", "text"),
        ],
        "--text-column text",
    ),
    "probability without markov": (
        lambda _: ["make-sentence-cs", KOREAN, *_FEW, "--doc-column", "doc", "--switch-probability", 0.5],
        "--switch-probability is for --mode markov, and the mode is alternate",
    ),
    "counter without limit": (
        lambda _: ["make-sentence-cs", KOREAN, *_FEW, "--doc-column", "doc", "--budget-tokenizer", "bytes"],
        "--budget-tokenizer counts tokens for --max-tokens",
    ),
    "directory and input for a model": (
        lambda here: ["make-sentence-cs", KOREAN, *EN_KO, "--translate-with", "echo", "--src-docs", here],
        "--src-docs names files: INPUT would do nothing",
    ),
    "translations for a model": (
        lambda here: ["make-sentence-cs", *EN_KO, "--translate-with", "echo", "--src-docs", here, "--tgt-docs", here],
        "--translate-with needs no translated documents",
    ),
    "markup of a table": (
        lambda _: ["make-sentence-cs", KOREAN, *_FEW, "--translate-with", "echo", "--markup", "text"],
        "--markup is for documents",
    ),
    "two kinds of documents": (
        lambda _: ["make-sentence-cs", KOREAN, *_FEW, "--doc-column", "doc", "--window", 5],
        "--window makes documents of every N rows, and --doc-column names them",
    ),
    "language by two names": (
        lambda _: ["make-sentence-cs", KOREAN, *_FEW, "--tgt-lang", "kor", "--doc-column", "doc"],
        "every language is named once",
    ),
    "pairs for a model": (
        lambda _: ["make-sentence-cs", KOREAN, *_FEW, "--translate-with", "echo", "--window", 5],
        "--translate-with reads text in one language: --window would do nothing",
    ),
    "beam of an echo": (
        lambda _: ["make-sentence-cs", KOREAN, *_FEW, "--translate-with", "echo", "--beam-size", 5],
        "--translate-with echo is no model that --beam-size could do anything to",
    ),
    "beam of a bitext": (
        lambda _: ["make-sentence-cs", KOREAN, *_FEW, "--doc-column", "doc", "--beam-size", 5],
        "--beam-size is for --translate-with",
    ),
    "language twice": (
        lambda _: ["make-sentence-cs", KOREAN, *_FEW, "--doc-column", "doc", "--tgt-lang", "ko"],
        "every language is named once, beside --src-lang",
    ),
    "share without random": (
        lambda _: ["make-sentence-cs", KOREAN, *_FEW, "--doc-column", "doc", "--share", 0.5],
        "--share is for --mode random or annotate, and the mode is alternate",
    ),
    "runs without block": (
        lambda _: ["make-sentence-cs", KOREAN, *_FEW, "--doc-column", "doc", "--mode", "random", "--max-run", 2],
        "--max-run is for --mode block",
    ),
    "search of an echo": (lambda _: bundle("--model", "echo", "--beam-size", 2), "--beam-size could do anything"),
    "batches of single texts": (
        lambda _: bundle("--deterministic", "--batch-tokens", 512),
        "so --batch-tokens would do nothing",
    ),
    "statement without bundles": (
        lambda _: bundle("--model", "echo", "--fallback", "separate,reject", "--catalyst", "concat"),
        "sends no bundle, so --catalyst would do nothing",
    ),
    "catalyst file that is not looked at": (
        lambda here: bundle(
            *("--model", "echo", "--catalyst", "none"),
            *("--catalyst-file", written(here, "c.yaml", "generic:\n  text:\n    en: Read.\n")),
        ),
        "--catalyst 'none' takes nothing from it",
    ),
    "trust where no model brings code": (
        lambda _: bundle("--model", "echo", "--trust-remote-code"),
        "--trust-remote-code is for the model of --qe encoder:DIR",
    ),
    "record list of lines": (lambda _: bundle("--model", "echo", "--records", "data.*"), "is no .json tree"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_contradiction_is_refused_and_named(name: str, tmp_path: Path) -> None:
    arguments, says = REFUSED[name]
    called = call(*arguments(tmp_path), "--out", tmp_path / "out")
    assert called.code == 2, called.stderr
    [error] = [line for line in called.stderr.splitlines() if line.startswith("error: ")]
    assert says in error
    assert not (tmp_path / "out").exists()


def test_what_goes_together_runs(tmp_path: Path) -> None:
    free = ("--constraint", "none", "--max-reject-rate", 1)
    make(*token("--alignments", pharaoh(tmp_path), "--aligner", "pharaoh", *free, "--out", tmp_path / "a"))
    made = links(tmp_path, "--pretokenized")
    make(*token("--alignments", made, "--pretokenized", "--min-score", 0.1, *free, "--out", tmp_path / "b"))
    make(*token("--ratio", 0, "--priors", "none", "--out", tmp_path / "c"))
    make(*align("--segmenter", "whitespace", "--tokenizer", "moses", "--out", tmp_path / "d"))


def test_sig_tells_the_longest_unit_of_words_too(tmp_path: Path) -> None:
    usual = make(*token("--ratio", 0, "--out", tmp_path / "a")).stderr
    short = make(*token("--ratio", 0, "--max-phrase-len", 1, "--out", tmp_path / "b")).stderr
    assert "|unit:phrase|" in usual
    assert "|unit:phrase.1|" in short
