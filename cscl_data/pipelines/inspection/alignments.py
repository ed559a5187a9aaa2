"""`alignment/1` under inspection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from cscl_data.evaluation.distribution import Distribution
from cscl_data.pipelines.inspection.counts import rounded, shares, summary_values
from cscl_data.pipelines.inspection.shown import ShownRow, plain_line
from cscl_data.records import REASONS, Alignment, spans_are_ordered

_ANY_LENGTH = 2**31


class AlignmentLook:
    """Checks spans and links (the texts are not in these shards), and counts what is aligned."""

    def __init__(self, manifest: Mapping[str, Any]) -> None:
        self._links, self._score = Distribution(1), Distribution(0.001)
        self._skipped: Counter[str] = Counter()
        self._tokens = {"src": 0, "tgt": 0}
        self._aligned = {"src": 0, "tgt": 0}

    def row_id(self, row: Mapping[str, Any]) -> str:
        """Return the pair's id."""
        return str(row["pair_id"])

    def take(self, row: Mapping[str, Any]) -> list[str]:
        """Count a row and return what is wrong with it."""
        alignment = Alignment.from_row(dict(row))
        if alignment.skipped is not None:
            self._skipped[alignment.skipped] += 1
        else:
            self._links.add(len(alignment.links))
            self._tokens["src"] += len(alignment.src_tokens)
            self._tokens["tgt"] += len(alignment.tgt_tokens)
            self._aligned["src"] += len({link.src for link in alignment.links})
            self._aligned["tgt"] += len({link.tgt for link in alignment.links})
        for link in alignment.links:
            if link.score is not None:
                self._score.add(link.score)
        return alignment_faults(alignment, row["pharaoh"])

    def end_shard(self) -> list[str]:
        """Nothing concerns a shard as a whole."""
        return []

    def statistics(self) -> dict[str, Any]:
        """Return links a pair, scores, the share of tokens with a link, and what was skipped."""
        covered = {f"{side}_tokens_aligned": rounded(self._aligned[side] / n) for side, n in self._tokens.items() if n}
        return {
            "links_per_pair": summary_values(self._links.summary()),
            "link_score": summary_values(self._score.summary()),
            **covered,
            "skipped": shares(self._skipped),
        }

    def show(self, rows: Sequence[Mapping[str, Any]]) -> list[ShownRow]:
        """Return links in Pharaoh form."""
        return [
            ShownRow(
                row["pair_id"],
                {"tokens": f"{len(row['src_tokens'])}/{len(row['tgt_tokens'])}", "links": str(len(row["links"]))}
                | ({"skipped": row["skipped"]} if row["skipped"] else {}),
                (plain_line("links", "", row["pharaoh"]),),
            )
            for row in rows
        ]


def alignment_faults(alignment: Alignment, pharaoh: str) -> list[str]:
    """Return the invariants that a row breaks, as messages; `pharaoh` is the column of that name."""
    faults = [
        f"{side} token spans are out of order"
        for side, spans in (("src", alignment.src_tokens), ("tgt", alignment.tgt_tokens))
        if not spans_are_ordered(spans, _ANY_LENGTH)
    ]
    n_src, n_tgt = len(alignment.src_tokens), len(alignment.tgt_tokens)
    faults += [
        f"link {link.src}-{link.tgt} points at no token"
        for link in alignment.links
        if not (0 <= link.src < n_src and 0 <= link.tgt < n_tgt)
    ][:1]
    if any(link.score is not None and not 0 <= link.score <= 1 for link in alignment.links):
        faults.append("a link's score is not between 0 and 1")
    if pharaoh != " ".join(f"{link.src}-{link.tgt}" for link in alignment.links):
        faults.append("pharaoh and links differ")
    if alignment.skipped is not None and (alignment.skipped not in REASONS or alignment.links):
        faults.append(f"skipped {alignment.skipped!r}: not a reject reason, or with links")
    return faults
