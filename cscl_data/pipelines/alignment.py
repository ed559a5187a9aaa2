"""How the commands that need word alignments get them: tokenise, fit once, align shard by shard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import NamedTuple

from cscl_data.aligners import Aligner, TokenizedPair, load_aligner
from cscl_data.aligners.attachment import share_links
from cscl_data.aligners.copies import with_copies
from cscl_data.aligners.devices import threads_of_worker
from cscl_data.aligners.pharaoh import aligned_by_line
from cscl_data.aligners.pieces import NO_PIECES, Pieces, load_pieces
from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.io.lexicon import read_lexicon
from cscl_data.io.shards import file_facts
from cscl_data.io.stopwatch import ALIGN, ENCODE, LOAD, TOKENISE, stage
from cscl_data.pipelines.align_settings import AlignSettings
from cscl_data.pipelines.corpus_links import CorpusLinks, corpus_links
from cscl_data.pipelines.fitting import MODEL, fitted
from cscl_data.pipelines.link_files import encoder_directory, fit_spec
from cscl_data.pipelines.listen import SILENT, Listener
from cscl_data.pipelines.pretokenized import given_tokens, inner_tokens, lift_to_words
from cscl_data.records import Alignment, Pair
from cscl_data.text.attachment import has_heads, heads_of, only_marks
from cscl_data.text.languages import language
from cscl_data.text.tokenizers import Token, Tokenizer


@dataclass(frozen=True, slots=True, kw_only=True)
class HowToAlign:
    """Everything a worker needs to align pairs (picklable).

    Attributes:
        settings: as given.
        src_lang: language of the source side.
        tgt_lang: language of the target side.
        model: path of what was made of the whole input: the statistical aligner's fitted model, or eflomal's links.
        model_sha256: its hash, so that a worker never mixes two of them.
        workers: processes of the job, which share the machine's cores; they never change a link.
    """

    settings: AlignSettings
    src_lang: str
    tgt_lang: str
    model: str | None = None
    model_sha256: str | None = None
    workers: int = 1


class LinkedPair(NamedTuple):
    """A pair, with its alignment if it was made before, or with the number of its row in the input, from 0.

    `line` is that of the row in a Pharaoh file, if the links are in one.
    """

    pair: Pair
    alignment: Alignment | None
    row: int | None = None
    line: str = ""


def prepare(
    settings: AlignSettings, bitext: BitextSpec, state: Path, listener: Listener = SILENT, *, workers: int = 1
) -> HowToAlign:
    """Make an aligner ready for workers, once: the statistical one is fitted on the whole input, eflomal run on it.

    Args:
        settings: how to align.
        bitext: the job's input, which both of these learn from.
        state: where the fitted model, or eflomal's links, are kept for workers and for a resumed run.
        listener: told of each step.
        workers: processes of the job.

    Raises:
        InputError: the input, or a file that the aligner learns from, cannot be read.
        ConfigError: the model to load is for other languages or tokenizers.
        BackendError: an encoder of the Hub cannot be fetched; eflomal is missing or failed.
        OutputError: eflomal's links cannot be kept, or are missing where shards were made from them.
    """
    how = HowToAlign(settings=settings, src_lang=bitext.src_lang, tgt_lang=bitext.tgt_lang, workers=workers)
    if settings.encodes:
        listener.note(f"encoder: {settings.encoder}, {settings.compute_type} on {settings.device}")
        return replace(how, settings=replace(settings, encoder=str(encoder_directory(str(settings.encoder)))))
    if settings.samples:
        cutters = _cutters(how)
        path = corpus_links(settings, _rows_of(how, bitext, cutters), _fit_on(how, bitext, cutters), state, listener)
    elif settings.aligner == "statistical" and settings.links is None:
        languages = bitext.src_lang, bitext.tgt_lang
        path = fitted(settings, languages, partial(corpus_of, how, bitext), state / MODEL, listener)
    else:
        if settings.aligner == "lexicon" and settings.links is None:
            listener.note(read_lexicon(Path(str(settings.lexicon))).note())
        return how
    return replace(how, model=str(path), model_sha256=file_facts(path).sha256)


def align_pairs(how: HowToAlign, pairs: Sequence[LinkedPair]) -> list[Alignment]:
    """Return one alignment per pair, in order, over the tokens that the user knows of.

    One made before is kept, but for the links that score below `min_score`.
    """
    missing = [item for item in pairs if item.alignment is None]
    made = iter(_made(how, missing) if missing else ())
    return [
        _confident(how, item.alignment) if item.alignment is not None else _finished(how, item.pair, next(made))
        for item in pairs
    ]


def _made(how: HowToAlign, items: Sequence[LinkedPair]) -> list[Alignment]:
    with stage(TOKENISE):
        tokenized = [_tokenized(how, item.pair, _cutters(how)) for item in items]
    numbers = [0 if item.row is None else item.row for item in items]
    if how.settings.pharaoh is not None:
        by_line = partial(aligned_by_line, how.settings.pharaoh, one_indexed=how.settings.one_indexed)
        return [by_line(n, item.line, pair) for n, item, pair in zip(numbers, items, tokenized, strict=True)]
    if how.settings.samples:
        kept = _kept(how)
        made = [kept.align_at(number, pair) for number, pair in zip(numbers, tokenized, strict=True)]
    else:
        with stage(LOAD):
            aligner = _loaded(how)
        with stage(ENCODE if how.settings.encodes else ALIGN):
            made = aligner.align(tokenized)
    return [_completed(how, pair, alignment) for pair, alignment in zip(tokenized, made, strict=True)]


def _completed(how: HowToAlign, pair: TokenizedPair, alignment: Alignment) -> Alignment:
    """Link copies, share the links of heads with what leans on them, take the links to the tokens that the user knows.

    eflomal's links have no scores, so those of copies get none there.
    """
    alignment = with_copies(pair, alignment, scored=not how.settings.samples)
    src, tgt = (cutter.name for cutter in _cutters(how))
    if how.settings.attach:
        src_heads, tgt_heads = _heads(pair.src_text, pair.src_tokens, src), _heads(pair.tgt_text, pair.tgt_tokens, tgt)
        alignment = share_links(alignment, src_heads, tgt_heads)
    if not how.settings.pretokenized:
        return alignment
    return lift_to_words(
        alignment,
        pair.src_text,
        pair.tgt_text,
        src_marks=[only_marks(token, src) for token in pair.src_tokens],
        tgt_marks=[only_marks(token, tgt) for token in pair.tgt_tokens],
    )


def _heads(text: str, tokens: tuple[Token, ...], tokenizer: str) -> tuple[int | None, ...] | None:
    return heads_of(text, tokens, tokenizer) if has_heads(tokenizer) else None


def _finished(how: HowToAlign, pair: Pair, alignment: Alignment) -> Alignment:
    alignment.check(pair.src_text, pair.tgt_text)
    return _confident(how, alignment)


def _confident(how: HowToAlign, alignment: Alignment) -> Alignment:
    kept = tuple(x for x in alignment.links if x.score is None or x.score >= how.settings.min_score)
    return replace(alignment, links=kept)


def corpus_of(how: HowToAlign, bitext: BitextSpec, pieces: Pieces = NO_PIECES) -> Iterator[TokenizedPair]:
    """Yield what an aligner is fitted on: the readable pairs of the input, then those of `fit_on`.

    Args:
        how: how to align.
        bitext: the job's input.
        pieces: learned before; without them, words that would be cut into pieces are whole.
    """
    cutters = _made_cutters(how, pieces)
    yield from (pair for pair in _rows_of(how, bitext, cutters) if pair is not None)
    yield from _fit_on(how, bitext, cutters)


def _rows_of(
    how: HowToAlign, bitext: BitextSpec, cutters: tuple[Tokenizer, Tokenizer]
) -> Iterator[TokenizedPair | None]:
    """Yield every row, tokenised; None for one that cannot be read."""
    for item in Bitext(bitext):
        yield _tokenized(how, item, cutters) if isinstance(item, Pair) else None


def _fit_on(how: HowToAlign, bitext: BitextSpec, cutters: tuple[Tokenizer, Tokenizer]) -> Iterator[TokenizedPair]:
    plain = replace(how, settings=replace(how.settings, pretokenized=False))
    if how.settings.fit_on:
        rows = _rows_of(plain, fit_spec(how.settings, bitext), cutters)
        yield from (pair for pair in rows if pair is not None)


def _tokenized(how: HowToAlign, pair: Pair, cutters: tuple[Tokenizer, Tokenizer]) -> TokenizedPair:
    src, tgt = cutters
    if how.settings.pretokenized and how.settings.pharaoh is not None:
        src_tokens, tgt_tokens = given_tokens(pair.src_text), given_tokens(pair.tgt_text)
    elif how.settings.pretokenized:
        src_tokens, tgt_tokens = inner_tokens(pair.src_text, src), inner_tokens(pair.tgt_text, tgt)
    else:
        src_tokens, tgt_tokens = src.tokens(pair.src_text), tgt.tokens(pair.tgt_text)
    return TokenizedPair(pair.id, pair.src_text, pair.tgt_text, src_tokens, tgt_tokens)


@lru_cache(maxsize=2)
def _cutters(how: HowToAlign) -> tuple[Tokenizer, Tokenizer]:
    """Return both tokenizers, with what was learned for them; once per process."""
    learned = how.settings.learns_pieces and how.model is not None
    return _made_cutters(how, load_pieces(Path(str(how.model))) if learned else NO_PIECES)


def _made_cutters(how: HowToAlign, pieces: Pieces) -> tuple[Tokenizer, Tokenizer]:
    return how.settings.cutter(how.src_lang, pieces[0]), how.settings.cutter(how.tgt_lang, pieces[1])


@lru_cache(maxsize=2)
def _kept(how: HowToAlign) -> CorpusLinks:
    return CorpusLinks(Path(str(how.model)))


@lru_cache(maxsize=2)
def _loaded(how: HowToAlign) -> Aligner:
    settings = how.settings
    return load_aligner(
        settings.aligner,
        model=how.model,
        rule=settings.symmetrize,
        encoder=settings.encoder,
        layer=settings.layer,
        matching=settings.matching,
        compute_type=settings.compute_type,
        device=settings.device,
        threads=threads_of_worker(how.workers) if settings.encodes else 1,
        lexicon=settings.lexicon,
        languages=(language(how.src_lang).primary, language(how.tgt_lang).primary),
    )
