"""Links from the similarity of contextual vectors: the links of the simalign package, batched, over any encoder.

Source:
    jalili-sabet-etal-2020-simalign. Subwords are matched (its `bpe` mode), and two tokens are linked if any of their
    subwords are. Deviations: a token without subwords (a zero-width joiner, say) has no links instead of shifting
    those of all tokens behind it, and a sentence beyond the encoder's limit is skipped as `too_long`, never cut.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cscl_data.aligners.base import TokenizedPair, alignment_of, has_empty_side, surfaces
from cscl_data.aligners.encoder import Encoder, Subwords, load_encoder
from cscl_data.aligners.matching import METHODS, similarity
from cscl_data.errors import unknown_name
from cscl_data.records import Alignment, Link


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
    version: int = field(default=1, init=False)
    deterministic: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        if self.matching not in METHODS:
            raise unknown_name("matching", self.matching, METHODS)

    def sig_parts(self) -> Mapping[str, str]:
        """Return what decides the links; sums over padded batches may still differ in the last bit."""
        return {
            "aligner": f"{self.name}.{self.version}",
            "encoder": self.encoder.digest,
            "layer": str(self.encoder.layer),
            "matching": self.matching,
        }

    def align(self, pairs: Sequence[TokenizedPair]) -> list[Alignment]:
        """Return one alignment per pair, in order.

        A pair is skipped as `empty_side` if a side has no token or no subword, as `too_long` if one has more subwords
        than the encoder takes.
        """
        sides: list[Subwords] = []
        skipped: list[str | None] = []
        for pair in pairs:
            both = [
                self.encoder.subwords(surfaces(pair.src_text, pair.src_tokens)),
                self.encoder.subwords(surfaces(pair.tgt_text, pair.tgt_tokens)),
            ]
            skipped.append(self._why_not(pair, both))
            sides += both if skipped[-1] is None else []
        vectors = iter(self.encoder.vectors(sides))
        kept = iter(sides)
        alignments = []
        for pair, reason in zip(pairs, skipped, strict=True):
            links = [] if reason else self._links(next(kept), next(kept), next(vectors), next(vectors))
            alignments.append(alignment_of(pair, links, reason))
        return alignments

    def _why_not(self, pair: TokenizedPair, both: list[Subwords]) -> str | None:
        if has_empty_side(pair) or not all(side.ids for side in both):
            return "empty_side"
        return "too_long" if max(len(side.ids) for side in both) > self.encoder.max_subwords else None

    def _links(self, src: Subwords, tgt: Subwords, src_vectors: np.ndarray, tgt_vectors: np.ndarray) -> list[Link]:
        scores = similarity(src_vectors, tgt_vectors)
        best: dict[tuple[int, int], float] = {}
        for i, j in np.argwhere(METHODS[self.matching](scores)).tolist():
            where = (src.owners[i], tgt.owners[j])
            best[where] = max(best.get(where, 0.0), min(1.0, float(scores[i, j])))
        return [Link(i, j, score) for (i, j), score in best.items()]


def load_simalign(name: str, *, layer: int = 8, matching: str = "itermax", device: str = "cpu") -> SimAligner:
    """Load an encoder and align with it.

    Args:
        name: an encoder directory, or `hub:ORG/NAME`.
        layer: 0 for the embeddings, k for the output of the k-th layer.
        matching: a name of `matching.METHODS`.
        device: `cpu`, `cuda`, ...

    Raises:
        ConfigError: there is no such directory, layer or method.
        BackendError: a package is missing, or the encoder cannot be loaded.
    """
    if matching not in METHODS:
        raise unknown_name("matching", matching, METHODS)
    return SimAligner(encoder=load_encoder(name, layer=layer, device=device), matching=matching)
