"""Input whose text is tokens joined by single spaces: aligned on the morphemes inside, reported on the tokens."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from cscl_data.records import Alignment, Link, Span
from cscl_data.text.tokenizers import Token, Tokenizer


def word_spans(text: str) -> tuple[Span, ...]:
    """Return the spans of the tokens of a pre-tokenised text (empty ones, from double spaces, are no tokens)."""
    spans: list[Span] = []
    at = 0
    for word in text.split(" "):
        if word:
            spans.append(Span(at, at + len(word)))
        at += len(word) + 1
    return tuple(spans)


def given_tokens(text: str) -> tuple[Token, ...]:
    """Return the tokens of a pre-tokenised text as they were given."""
    return tuple(Token(start, end) for start, end in word_spans(text))


def inner_tokens(text: str, tokenizer: Tokenizer) -> tuple[Token, ...]:
    """Tokenise the text without ever joining two given tokens: tokens that cross a boundary are cut there."""
    words = word_spans(text)
    starts = [span.start for span in words]
    tokens: list[Token] = []
    for token in tokenizer.tokens(text):
        at = bisect_right(starts, token.start) - 1
        while at < len(words) and words[at].start < token.end:
            start, end = max(token.start, words[at].start), min(token.end, words[at].end)
            tokens.append(token._replace(start=start, end=end))
            at += 1
    return tuple(tokens)


def lift_to_words(
    alignment: Alignment,
    src_text: str,
    tgt_text: str,
    *,
    src_marks: Sequence[bool] = (),
    tgt_marks: Sequence[bool] = (),
) -> Alignment:
    """Return the alignment over the given tokens: two are linked if any of their parts are, with the best score.

    Args:
        alignment: over the tokens inside.
        src_text: the source text, given tokens joined by single spaces.
        tgt_text: the target text.
        src_marks: for each source token inside, whether it only marks the word it stands in (a Korean particle or
            ending): its links count only where the word has nothing else. Empty where nothing is known of them.
        tgt_marks: the same for the target side.
    """
    src_words, tgt_words = word_spans(src_text), word_spans(tgt_text)
    to_src, to_tgt = _owners(alignment.src_tokens, src_words), _owners(alignment.tgt_tokens, tgt_words)
    src_counts, tgt_counts = _counting(to_src, src_marks), _counting(to_tgt, tgt_marks)
    best: dict[tuple[int, int], float | None] = {}
    for src, tgt, score in alignment.links:
        if not (src_counts[src] and tgt_counts[tgt]):
            continue
        key = (to_src[src], to_tgt[tgt])
        known = best.get(key)
        best[key] = score if known is None or score is None else max(known, score)
    links = tuple(Link(src, tgt, score) for (src, tgt), score in sorted(best.items()))
    return Alignment(
        pair_id=alignment.pair_id, src_tokens=src_words, tgt_tokens=tgt_words, links=links, skipped=alignment.skipped
    )


def _counting(owners: Sequence[int], marks: Sequence[bool]) -> list[bool]:
    """Tell, for each token inside, whether its links count for the given token that owns it."""
    if not marks:
        return [True] * len(owners)
    with_content = {owner for owner, mark in zip(owners, marks, strict=True) if not mark}
    return [not mark or owner not in with_content for owner, mark in zip(owners, marks, strict=True)]


def _owners(tokens: Sequence[Span], words: Sequence[Span]) -> list[int]:
    starts = [span.start for span in words]
    return [bisect_right(starts, token.start) - 1 for token in tokens]
