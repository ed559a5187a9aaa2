"""Links for what leans on another token: an ending, an auxiliary or a counter shares the links of its head."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from cscl_data.records import Alignment, Link

VERSION = 1
"""Stands in `sig` as `attach`; it goes up whenever the shared links for the same input change."""
SURE = 0.7
"""A link of its own that scores this much is never given up (our default, chosen on PUD-CLMD dev, English-Japanese)."""


def share_links(
    alignment: Alignment, src_heads: Sequence[int | None] | None, tgt_heads: Sequence[int | None] | None
) -> Alignment:
    """Give every leaning token the links of its head, with their scores, in place of weaker ones of its own.

    A token whose own links are better than its head's, or whose best one scores at least `SURE`, keeps them; a head
    always keeps its own. A link without a score counts as 1. Our default.

    Args:
        alignment: of one pair.
        src_heads: for each source token the 0-based index of its head, or None where it stands by itself; heads lean
            on nothing. None for a side without heads.
        tgt_heads: the same for the target side.

    Example:
        >>> from cscl_data.records import Span
        >>> tokens = (Span(0, 1), Span(1, 2))
        >>> made = Alignment(pair_id="p", src_tokens=tokens, tgt_tokens=tokens, links=(Link(1, 0, 0.8),))
        >>> share_links(made, None, (None, 0)).links
        (Link(src=1, tgt=0, score=0.8), Link(src=1, tgt=1, score=0.8))
    """
    links = alignment.links
    if tgt_heads is not None:
        links = _shared(links, tgt_heads)
    if src_heads is not None:
        links = _flipped(_shared(_flipped(links), src_heads))
    return replace(alignment, links=tuple(sorted(links, key=lambda link: link[:2])))


def _shared(links: Sequence[Link], heads: Sequence[int | None]) -> tuple[Link, ...]:
    """Do it for the target side."""
    by_token: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        by_token[link.tgt].append(link)
    found: list[Link] = []
    for token, head in enumerate(heads):
        own = by_token.get(token, [])
        inherited = [] if head is None else by_token.get(head, [])
        gives_way = bool(inherited) and _best(own) < SURE and _best(own) <= _best(inherited)
        found += [link._replace(tgt=token) for link in inherited] if gives_way else own
    return tuple(found)


def _best(links: Sequence[Link]) -> float:
    return max((1.0 if link.score is None else link.score for link in links), default=0.0)


def _flipped(links: Sequence[Link]) -> tuple[Link, ...]:
    return tuple(Link(link.tgt, link.src, link.score) for link in links)
