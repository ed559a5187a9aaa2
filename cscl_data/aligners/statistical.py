"""The default aligner: IBM model 1, then an HMM, in both directions, merged. It needs no model and no network.

Fitted once on a corpus; the fitted aligner then aligns any text, each pair by itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from cscl_data.aligners.base import TokenizedPair, alignment_of, has_empty_side
from cscl_data.aligners.classes import ClassWeights
from cscl_data.aligners.cooccurrence import find_candidates, is_small, prior_rows
from cscl_data.aligners.corpus import Progress, read_corpus
from cscl_data.aligners.decode import FoundLinks, find_links
from cscl_data.aligners.encoding import Encoder, pieces_of
from cscl_data.aligners.expectation import Expectation
from cscl_data.aligners.hmm import P_NULL
from cscl_data.aligners.jumps import Jumps, first_jumps, jumps_from
from cscl_data.aligners.lexical import ALPHA, agree, first_lexicon, maximise
from cscl_data.aligners.lexicon_evidence import lexicon_counts
from cscl_data.aligners.model import Model, Tables, build_model, load_model, model_digest, save_model
from cscl_data.aligners.symmetrize import rule_number
from cscl_data.aligners.transliteration import transliteration_counts
from cscl_data.records import Alignment, Link

VERSION = 6
DEFAULT_RULE = "posterior"
"""Our default; on English-Korean (PUD-CLMD dev) 1 to 2 points of AER better than `grow-diag-final-and`."""
BATCH_CELLS = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FitSettings:
    """What decides a fit, beside the corpus. All values are our defaults.

    Args:
        ibm1_iterations: iterations of IBM model 1.
        hmm_iterations: iterations of the HMM.
        alpha: Dirichlet pseudo-count of every observed partner of a key.
        p_null: probability of the null word.
        likely: posterior under IBM model 1 that a candidate needs, in some direction, to be a state of the HMM; in a
            small corpus (`cooccurrence.is_small`) every candidate is one.
        identical: pseudo-count of a cell whose two keys are the same string.
        transliterate: whether words that sound alike in two scripts get pseudo-counts.
        threads: never changes the result.
    """

    ibm1_iterations: int = 2
    hmm_iterations: int = 4
    alpha: float = ALPHA
    p_null: float = P_NULL
    likely: float = 0.02
    identical: float = 2.0
    transliterate: bool = True
    threads: int = 1


def fit(
    pairs: Iterable[TokenizedPair],
    settings: FitSettings | None = None,
    *,
    priors: Mapping[tuple[str, str], float] | None = None,
    lexicon: Iterable[tuple[str, str]] = (),
    languages: tuple[str, str] = ("", ""),
    progress: Progress | None = None,
) -> Model:
    """Fit a model on pairs; the same pairs in the same order give the same model, on any number of threads.

    Args:
        pairs: what to learn from; read once. None at all gives a model that knows identical strings only.
        settings: see there.
        priors: pseudo-counts of (source key, target key) from elsewhere.
        lexicon: (word, translation) entries, see `lexicon_evidence.lexicon_counts`.
        languages: primary subtags of both sides, for the lexicon.
        progress: called after each step.
    """
    settings = settings or FitSettings()
    tell = progress or _silent
    tell("reading", 0.0)
    priors = priors or {}
    corpus = read_corpus(pairs, priors)
    same = {(key, key): settings.identical for key in set(corpus.src_keys).intersection(corpus.tgt_keys)}
    known = lexicon_counts(lexicon, corpus.src_keys, corpus.tgt_keys, languages)
    evidence = {
        cell: same.get(cell, 0.0) + priors.get(cell, 0.0) + known.get(cell, 0.0) for cell in [*same, *priors, *known]
    }
    tell("indexing", 0.05)
    found = find_candidates(corpus, prior_rows(corpus, evidence), threads=settings.threads)
    if settings.transliterate:
        alike = transliteration_counts(corpus.src_forms, corpus.tgt_forms, found.row_offsets, found.targets)
        found = found._replace(prior=found.prior + alike)
    table = first_lexicon(found, corpus.src.ids, corpus.tgt.ids, len(corpus.src_keys), len(corpus.tgt_keys))
    jumps = first_jumps()
    classes = ClassWeights(corpus, found) if is_small(corpus) else None
    expectation = Expectation(corpus, found, settings.p_null, settings.threads)
    first: Tables | None = None
    steps = settings.ibm1_iterations + settings.hmm_iterations
    for step in range(steps):
        tell("fitting", 0.1 + 0.9 * step / steps)
        hmm = step >= settings.ibm1_iterations
        if step == settings.ibm1_iterations and not is_small(corpus):
            expectation = expectation.narrowed(table, settings.likely)
        counts, moved = expectation.counts(table, jumps if hmm else None, agreeing=step == 0)
        counts = agree(counts)
        more = classes.pseudo_counts(counts.cells[:, 0], settings.alpha) if classes else np.float32(0.0)
        table = maximise(found._replace(prior=found.prior + more), counts, settings.alpha)
        if hmm:
            jumps = Jumps(jumps_from(moved[0]), jumps_from(moved[1]))
            first = first or Tables(*table, jumps)
    tell("fitted", 1.0)
    last = Tables(*table, jumps)
    return build_model(corpus, found, last, first or last, settings.p_null)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticalAligner:
    """Aligns pairs with a fitted model.

    A link's score says how far it can be trusted, see `confidence`; under the rule `posterior` the last tables decide
    which links there are, and scores may be below 0.5.

    Args:
        model: what `fit` or `load` gave.
        rule: how the directions are merged, a name of `symmetrize.RULES`.
        threads: never changes the result.

    Raises:
        ConfigError: there is no such rule.
    """

    model: Model
    rule: str = DEFAULT_RULE
    threads: int = 1
    name: str = field(default="statistical", init=False)
    version: int = field(default=VERSION, init=False)
    deterministic: bool = field(default=True, init=False)
    _encoder: Encoder = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        rule_number(self.rule)
        object.__setattr__(self, "_encoder", Encoder(self.model))

    def sig_parts(self) -> Mapping[str, str]:
        """Return the keys that decide the links; `model` is the digest of what was fitted."""
        return {
            "aligner": f"{self.name}.{self.version}",
            "symmetrize": self.rule,
            "model": model_digest(self.model),
        }

    def align(self, pairs: Sequence[TokenizedPair]) -> list[Alignment]:
        """Return one alignment per pair, in order; a pair with an empty side is skipped as `empty_side`."""
        pieces = [(p, piece) for p, pair in enumerate(pairs) if not has_empty_side(pair) for piece in pieces_of(pair)]
        links: list[list[Link]] = [[] for _ in pairs]
        found = self._find([piece.pair for _, piece in pieces])
        for (p, piece), piece_links in zip(pieces, found, strict=True):
            links[p] += piece.own(piece_links)
        return [
            alignment_of(pair, links[p], "empty_side" if has_empty_side(pair) else None) for p, pair in enumerate(pairs)
        ]

    def _find(self, pairs: list[TokenizedPair]) -> Iterator[list[Link]]:
        """Yield the links of every pair; at most `threads` + 1 batches are held at a time."""
        find = partial(find_links, self.model, rule=rule_number(self.rule))
        pending: deque[Future[FoundLinks]] = deque()
        with ThreadPoolExecutor(max_workers=max(1, self.threads)) as pool:
            for batch in _batches(pairs):
                pending.append(pool.submit(find, self._encoder.batch(batch)))
                if len(pending) > self.threads:
                    yield from pending.popleft().result().by_pair()
            while pending:
                yield from pending.popleft().result().by_pair()

    def save(self, path: Path) -> None:
        """Write the fitted model.

        Raises:
            OutputError: the file cannot be written.
        """
        save_model(path, self.model)


def load(path: Path, *, rule: str = DEFAULT_RULE, threads: int = 1) -> StatisticalAligner:
    """Read a saved model.

    Raises:
        ConfigError: there is no such rule.
        InputError: the file is missing or damaged.
    """
    return StatisticalAligner(model=load_model(path), rule=rule, threads=threads)


def _batches(pairs: list[TokenizedPair]) -> Iterator[list[TokenizedPair]]:
    batch: list[TokenizedPair] = []
    cells = 0
    for pair in pairs:
        cells += len(pair.src_tokens) * len(pair.tgt_tokens)
        batch.append(pair)
        if cells >= BATCH_CELLS:
            yield batch
            batch, cells = [], 0
    if batch:
        yield batch


def _silent(what: str, done: float) -> None:
    """Show nothing."""
