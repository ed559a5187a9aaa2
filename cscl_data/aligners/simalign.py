"""Links from the similarity of contextual vectors: the links of the simalign package, batched, over any encoder.

Source:
    jalili-sabet-etal-2020-simalign. Subwords are matched (its `bpe` mode), and two tokens are linked if any of their
    subwords are. Deviations: a token without subwords (a zero-width joiner, say) has no links instead of shifting
    those of all tokens behind it, and a sentence beyond the encoder's limit is read in overlapping windows, never cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from cscl_data.aligners.base import TokenizedPair, alignment_of, has_empty_side, surfaces
from cscl_data.aligners.encoder import Encoder, Subwords
from cscl_data.aligners.encoder_loading import load_encoder
from cscl_data.aligners.encoder_torch import one_torch_thread
from cscl_data.aligners.matching import METHODS, similarity
from cscl_data.errors import unknown_name
from cscl_data.records import Alignment, Link

MAX_PAIR_CELLS = 16_000_000
"""A pair with more subword cells (some 4,000 subwords a side) is skipped as `too_long`: mwmf takes the cube. Ours."""
_TASK_BATCHES = 8  # batches that a task's subwords fill, so that rows of one batch are of similar length


@dataclass(frozen=True, slots=True, kw_only=True)
class SimAligner:
    """Aligns pairs with an encoder. Links carry the best similarity of their subwords as their score.

    Args:
        encoder: see `load_encoder`.
        matching: a name of `matching.METHODS`.

    Raises:
        ConfigError: there is no such method.
    """

    encoder: Encoder
    matching: str = "itermax"
    name: str = field(default="simalign", init=False)
    version: int = field(default=2, init=False)

    def __post_init__(self) -> None:
        if self.matching not in METHODS:
            raise unknown_name("matching", self.matching, METHODS)

    @property
    def deterministic(self) -> bool:
        """On a CPU: a vector does not depend on its batch, so neither do links; kernels of GPUs promise nothing."""
        return self.encoder.device == "cpu"

    def sig_parts(self) -> Mapping[str, str]:
        """Return what decides the links."""
        return {
            "aligner": f"{self.name}.{self.version}",
            "encoder": self.encoder.digest,
            "layer": str(self.encoder.layer),
            "matching": self.matching,
            "compute": self.encoder.compute_type,
        }

    def align(self, pairs: Sequence[TokenizedPair]) -> list[Alignment]:
        """Return one alignment per pair, in order.

        A pair is skipped as `empty_side` if a side has no token or no subword, as `too_long` if it has more than
        `MAX_PAIR_CELLS` cells. Tasks of similar size run in the encoder's threads, so that memory stays bounded.
        """
        n_tokens = sum(len(pair.src_tokens) + len(pair.tgt_tokens) for pair in pairs)
        share = n_tokens // (2 * self.encoder.threads)  # so that a short list keeps every thread busy, too
        tasks = _tasks(pairs, min(_TASK_BATCHES * self.encoder.run.batch_subwords, share))
        with one_torch_thread(), ThreadPoolExecutor(self.encoder.threads) as pool:
            return [alignment for done in pool.map(self._align, tasks) for alignment in done]

    def _align(self, pairs: Sequence[TokenizedPair]) -> list[Alignment]:
        words = [
            side for x in pairs for side in (surfaces(x.src_text, x.src_tokens), surfaces(x.tgt_text, x.tgt_tokens))
        ]
        cut = self.encoder.subwords(words)
        both = list(zip(pairs, cut[::2], cut[1::2], strict=True))
        skipped = [_why_not(*sides) for sides in both]
        kept = [side for sides, reason in zip(both, skipped, strict=True) if reason is None for side in sides[1:]]
        vectors = iter(self.encoder.vectors(kept))
        return [
            alignment_of(pair, () if reason else self._links(src, tgt, next(vectors), next(vectors)), reason)
            for (pair, src, tgt), reason in zip(both, skipped, strict=True)
        ]

    def _links(self, src: Subwords, tgt: Subwords, src_vectors: np.ndarray, tgt_vectors: np.ndarray) -> list[Link]:
        scores = similarity(src_vectors, tgt_vectors)
        found = METHODS[self.matching](scores)
        best: dict[tuple[int, int], float] = {}
        for (i, j), score in zip(np.argwhere(found).tolist(), scores[found].tolist(), strict=True):
            where = (src.owners[i], tgt.owners[j])
            best[where] = max(best.get(where, 0.0), min(1.0, score))
        return [Link(i, j, score) for (i, j), score in best.items()]


def _why_not(pair: TokenizedPair, src: Subwords, tgt: Subwords) -> str | None:
    if has_empty_side(pair) or not src.ids or not tgt.ids:
        return "empty_side"
    return "too_long" if len(src.ids) * len(tgt.ids) > MAX_PAIR_CELLS else None


def _tasks(pairs: Sequence[TokenizedPair], n_tokens: int) -> Iterator[Sequence[TokenizedPair]]:
    """Cut a list into stretches of at most `n_tokens` tokens; one pair alone may have more."""
    first = filled = 0
    for k, pair in enumerate(pairs):
        size = len(pair.src_tokens) + len(pair.tgt_tokens)
        if filled and filled + size > n_tokens:
            yield pairs[first:k]
            first, filled = k, 0
        filled += size
    if pairs:
        yield pairs[first:]


def load_simalign(
    name: str,
    *,
    layer: int = 8,
    matching: str = "itermax",
    compute_type: str = "float32",
    device: str = "cpu",
    threads: int = 1,
) -> SimAligner:
    """Load an encoder and align with it.

    Args:
        name: an encoder directory, or `hub:ORG/NAME`.
        layer: 0 for the embeddings, k for the output of the k-th layer.
        matching: a name of `matching.METHODS`.
        compute_type: see `load_encoder`.
        device: `cpu`, `cuda`, `cuda:1`, ..., or `auto`.
        threads: batches at the same time, on a CPU; they never change a link.

    Raises:
        ConfigError: there is no such directory, layer, method, device or compute type.
        BackendError: a package is missing, or the encoder cannot be loaded.
    """
    if matching not in METHODS:
        raise unknown_name("matching", matching, METHODS)
    encoder = load_encoder(name, layer=layer, compute_type=compute_type, device=device, threads=threads)
    return SimAligner(encoder=encoder, matching=matching)
