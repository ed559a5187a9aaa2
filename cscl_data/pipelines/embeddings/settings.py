"""What `init-embeddings` is asked, and what cannot be, said before anything is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cscl_data.embeddings import METHODS, MixSettings
from cscl_data.embeddings.overlap import MATCHES
from cscl_data.embeddings.vector_training import VectorSettings
from cscl_data.errors import ConfigError, CsclError, unknown_name
from cscl_data.io.bitext import BitextSpec
from cscl_data.train.vocabulary import KINDS

_PATHS = ("static_vectors", "source_vectors", "train_vectors", "train_source_vectors", "lexicon", "train_tokenizer")
FLAGS = {"model": "--model", "tokenizer": "--tokenizer", "helper": "--helper-model"}
"""Option by role of a directory."""
_OF_METHOD = {
    "helper_model": ("salt",),
    "static_vectors": ("focus", "ofa", "salt", "wechsel"),
    "train_vectors": ("focus", "ofa", "salt", "wechsel"),
    "source_vectors": ("ofa", "wechsel"),
    "train_source_vectors": ("ofa", "wechsel"),
    "lexicon": ("ofa", "wechsel"),
    "bitext": ("transtok",),
    "rank": ("ofa",),
}
"""By option: the methods that draw on it; given to another one it would be ignored."""
_VECTORS, _NUMBERS = VectorSettings(), MixSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingJob:
    """A whole `init-embeddings` job.

    Attributes:
        method: a name of `embeddings.METHODS`.
        model: directory of the source model, or `hub:ORG/NAME`.
        out: the directory to be made.
        tokenizer: directory of the target tokenizer.
        train_tokenizer: text that a tokenizer, or with `extend` new tokens, are learned from.
        tokenizer_kind: of a learned tokenizer, a name of `KINDS`.
        vocab_size: of a learned tokenizer.
        extend: tokens added to the model's own tokenizer, in place of another one.
        helper_model: directory of a target-language model (salt).
        static_vectors: file of vectors for the target language, or for both.
        source_vectors: file of vectors for the source language (wechsel, ofa).
        train_vectors: text in the target language that vectors are learned from.
        train_source_vectors: text in the source language.
        text_column: of those texts, where they are tables.
        vectors: how they are learned.
        save_vectors: where learned target vectors are kept.
        lexicon: bilingual lexicon, source word first (wechsel, ofa).
        bitext: aligned text (transtok).
        min_count: links of a pair of words that it takes to count. Source: remy-etal-2024-trans-tokenization.
        src_lang: language of the source model.
        tgt_lang: target language.
        match: a name of `overlap.MATCHES`.
        copy_shared: whether rows of shared tokens are copied.
        mean_of: `vocabulary` or `pieces` (mean).
        rank: coordinates that are kept (ofa).
        numbers: of the methods.
        seed: of what is drawn.
        sample: tokens whose neighbours the report shows.
    """

    method: str
    model: str
    out: Path
    tokenizer: str | None = None
    train_tokenizer: str | None = None
    tokenizer_kind: str = "bpe"
    vocab_size: int | None = None
    extend: int | None = None
    helper_model: str | None = None
    static_vectors: str | None = None
    source_vectors: str | None = None
    train_vectors: str | None = None
    train_source_vectors: str | None = None
    text_column: str | None = None
    vectors: VectorSettings = _VECTORS
    save_vectors: str | None = None
    lexicon: str | None = None
    bitext: BitextSpec | None = None
    min_count: int = 10
    src_lang: str | None = None
    tgt_lang: str | None = None
    match: str = "symbols"
    copy_shared: bool = True
    mean_of: str = "vocabulary"
    rank: int | None = None
    numbers: MixSettings = _NUMBERS
    seed: int = 0
    sample: int = 20

    def check(self) -> None:
        """Return quietly if the job can be done as asked.

        Raises:
            ConfigError: it cannot; all problems are named.
        """
        for kind, name, known in (
            ("method", self.method, METHODS),
            ("--tokenizer-kind", self.tokenizer_kind, KINDS),
            ("--match", self.match, MATCHES),
            ("--mean-of", self.mean_of, ("pieces", "vocabulary")),
        ):
            if name not in known:
                raise unknown_name(kind, name, known)
        problems = [*_of_tokenizer(self), *_of_method(self), *_of_numbers(self)]
        if problems:
            raise ConfigError("\n".join(problems), hint="cscl-data init-embeddings --help says what each method needs")

    def inputs(self) -> list[tuple[str, str]]:
        """Return role and path of every file and text that is given."""
        return [(name, str(getattr(self, name))) for name in _PATHS if getattr(self, name) is not None]


def _of_tokenizer(job: EmbeddingJob) -> list[str]:
    if job.extend is not None:
        wrong = [] if job.train_tokenizer else ["--extend needs the text to learn tokens from: --train-tokenizer TEXT"]
        wrong += ["--extend and --tokenizer: give one of them"] if job.tokenizer else []
        return wrong + (["--extend: at least 1"] if job.extend < 1 else [])
    if job.tokenizer and job.train_tokenizer:
        return ["--tokenizer and --train-tokenizer: give one of them"]
    if job.train_tokenizer:
        return [] if job.vocab_size else ["--train-tokenizer needs --vocab-size"]
    return [] if job.tokenizer else ["no new vocabulary: give --tokenizer, --train-tokenizer or --extend"]


def _of_method(job: EmbeddingJob) -> list[str]:
    needs = METHODS[job.method].needs
    problems = [
        f"--{name.replace('_', '-')} is for {', '.join(methods)}, not for {job.method}"
        for name, methods in _OF_METHOD.items()
        if getattr(job, name) is not None and job.method not in methods
    ]
    if job.save_vectors and not job.train_vectors:
        problems.append("--save-vectors keeps vectors that are learned: give --train-vectors TEXT")
    if job.static_vectors and job.train_vectors:
        problems.append("--static-vectors and --train-vectors: give one of them")
    if job.source_vectors and job.train_source_vectors:
        problems.append("--source-vectors and --train-source-vectors: give one of them")
    if "static" in needs and not (job.static_vectors or job.train_vectors):
        problems.append(f"--method {job.method} needs --static-vectors FILE or --train-vectors TEXT")
    if "helper" in needs and not job.helper_model:
        problems.append(f"--method {job.method} needs --helper-model DIR, a model of the target language")
    if "counts" in needs and job.bitext is None:
        problems.append(f"--method {job.method} needs --bitext FILE with --src-lang and --tgt-lang")
    own = job.source_vectors or job.train_source_vectors
    if job.method == "wechsel":
        problems += [] if own else ["--method wechsel needs --source-vectors FILE or --train-source-vectors TEXT"]
        problems += [] if job.lexicon else ["--method wechsel needs --lexicon FILE"]
    if job.method == "ofa" and (job.train_vectors or job.train_source_vectors) and not (own and job.lexicon):
        problems.append(
            "--method ofa: vectors that are learned apart need both texts and --lexicon, or give one "
            "multilingual file as --static-vectors"
        )
    if "source_static" in needs:
        for text, lang in ((job.train_vectors, "tgt"), (job.train_source_vectors, "src")):
            if text and not getattr(job, f"{lang}_lang"):
                problems.append(f"vectors of words are learned from {text}: give its language, --{lang}-lang")
    return problems


def _of_numbers(job: EmbeddingJob) -> list[str]:
    limits: list[tuple[str, Any, float]] = [
        ("--vocab-size", job.vocab_size, 260),
        ("--rank", job.rank, 1),
        ("--neighbours", job.numbers.neighbours, 1),
        ("--ridge", job.numbers.ridge, 0),
        ("--min-count", job.min_count, 1),
        ("--vector-dim", job.vectors.width, 1),
        ("--vector-epochs", job.vectors.epochs, 1),
        ("--vector-min-count", job.vectors.min_count, 1),
        ("--sample", job.sample, 0),
    ]
    problems = [f"{flag}: at least {least:g}" for flag, value, least in limits if value is not None and value < least]
    return problems + ([] if job.numbers.temperature > 0 else ["--temperature: above 0"])


def directories_of(job: EmbeddingJob) -> list[tuple[str, str]]:
    """Return role and name of every model and tokenizer that is given."""
    given = (("model", job.model), ("tokenizer", job.tokenizer), ("helper", job.helper_model))
    return [(role, name) for role, name in given if name is not None]


def missing_paths(job: EmbeddingJob) -> list[CsclError]:
    """Return an error for every file or directory that is given and not there."""
    from cscl_data.errors import BackendError, InputError
    from cscl_data.io.hub import HUB

    found: list[CsclError] = []
    for role, name in directories_of(job):
        if not name.startswith(HUB) and not Path(name).is_dir():
            what = "a file, not a directory" if Path(name).exists() else "no such directory"
            found.append(BackendError(f"{FLAGS[role]} {name}: {what}"))
    for role, name in job.inputs():
        if not any(mark in name for mark in "*?[") and not Path(name).exists():
            found.append(InputError(f"--{role.replace('_', '-')} {name}: no such file or directory"))
    return found
