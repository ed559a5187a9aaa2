"""Options of `make-token-cs`: the method, how much is switched, and what may be."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Method = Annotated[
    str,
    typer.Option(
        help="align: words by word alignment. annotate: they stay, and their translations follow in brackets. salad: "
        "random words at random places, a control. lexicon: by --lexicon, for text without translations. llm: a "
        "language model, see --endpoint."
    ),
]
TgtLang = Annotated[
    list[str],
    typer.Option(help="Language of the target side. Repeated: several, of an input that has a column for each."),
]
TgtColumn = Annotated[
    list[str] | None, typer.Option(help="Column of the target text; repeated, one for each --tgt-lang.")
]
Mix = Annotated[
    bool, typer.Option("--mix", help="With several --tgt-lang: words of all of them in one row, not a row for each.")
]
Ratio = Annotated[
    float | None,
    typer.Option(
        help="Share of the matrix sentence's words to switch, 0 to 1; 0 needs no aligner. [default: 0.2, less where "
        "--max-risk leaves less]"
    ),
]
MaxRisk = Annotated[
    float | None,
    typer.Option(
        help="Switch one unit of a row, and more as long as the chance that a bilingual rejects it, an estimate, stays "
        "below this: 0 to 1. [default: 0.1; none where an amount is asked for]"
    ),
]
RatioBy = Annotated[str, typer.Option(help="What the ratio is a share of: token (words), or char.")]
RatioRange = Annotated[
    str | None, typer.Option(metavar="LOW,HIGH", help="Each row draws its ratio between them, for --ratio.")
]
TargetCmi = Annotated[
    str | None, typer.Option(metavar="MEAN,STD", help="Switch so that rows have such a CMI, for --ratio.")
]
TargetSpf = Annotated[
    str | None, typer.Option(metavar="MEAN,STD", help="The same for SPF, the share of gaps where the language changes.")
]
Variants = Annotated[int, typer.Option(min=1, help="Rows a pair and matrix language, all different.")]
MatrixLang = Annotated[
    str, typer.Option(help="Language that gives the sentence its frame: src, tgt, random, both, or a code.")
]
Unit = Annotated[str, typer.Option(help="word, or phrase (noun phrases of up to --max-phrase-len words, too).")]
MaxPhraseLen = Annotated[int, typer.Option(help="Longest switched unit, in words on either side.")]
Constraint = Annotated[
    list[str] | None,
    typer.Option(help="free-morpheme, equivalence, matrix-frame (may be repeated), or none. [default: free-morpheme]"),
]
Pos = Annotated[
    str | None,
    typer.Option(help="Universal POS tags to switch, such as NOUN,VERB (ko, ja, a pipeline, a lexicon)."),
]
SpacyPipelines = Annotated[
    list[str] | None,
    typer.Option(
        "--spacy-pipeline",
        metavar="LANG=NAME",
        help="Trained spaCy pipeline of a language, an installed package or a directory: its entities are names, its "
        "tags serve --pos and matrix-frame. Repeated: one a language.",
    ),
]
ExcludeStopwords = Annotated[bool, typer.Option(help="Switch no stop words (spaCy's lists).")]
Protect = Annotated[
    list[str] | None, typer.Option(help="Regular expression; words that it touches stay. May be repeated.")
]
Lexicon = Annotated[
    str | None,
    typer.Option(
        help="Bilingual lexicon: for --method lexicon, --aligner lexicon, or more evidence for the statistical one."
    ),
]
LexiconPolicy = Annotated[
    str,
    typer.Option(help="For --method lexicon: best (part of speech, sense), or random (any entry, drawn word by word)."),
]
TextColumn = Annotated[
    str | None, typer.Option(help="Column of the text, in tabular input of --method lexicon. [default: text, or src]")
]
Alignments = Annotated[
    Path | None, typer.Option(help="Alignments made before: an `align` directory, or a Pharaoh file.")
]
