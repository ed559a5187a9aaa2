"""Links between tokens, lifted to the words that a switch would take."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence

from cscl_data.records import Link, Span
from cscl_data.text.words import Word

WordLinks = dict[tuple[int, int], float]
"""(matrix word, embedded word) -> score; 0-based word indices."""

UNSCORED = 0.8
"""Score of a link without one, of a Pharaoh file or eflomal: that of a usual good link (our default)."""


def word_links(
    links: Iterable[Link],
    matrix_tokens: Sequence[Span],
    embedded_tokens: Sequence[Span],
    matrix_words: Sequence[Word],
    embedded_words: Sequence[Word],
) -> WordLinks:
    """Lift links between tokens to links between words.

    A token counts for the word whose stem holds its first character; a token in a particle counts for none, and links
    to punctuation, digits and symbols are left out. A word pair has the best score of its links (`UNSCORED` where an
    aligner gives none).

    Args:
        links: token links; `src` is a matrix token and `tgt` an embedded token, whatever the direction of the pair.
        matrix_tokens: spans of the aligned tokens on the matrix side.
        embedded_tokens: the same on the embedded side.
        matrix_words: the words on the matrix side.
        embedded_words: the same on the embedded side.
    """
    to_matrix, to_embedded = _word_of(matrix_tokens, matrix_words), _word_of(embedded_tokens, embedded_words)
    found: WordLinks = {}
    for link in links:
        i, j = to_matrix[link.src], to_embedded[link.tgt]
        if i is not None and j is not None:
            score = UNSCORED if link.score is None else link.score
            found[i, j] = max(score, found.get((i, j), 0.0))
    found = _without_idle_function_links(found, matrix_words, embedded_words)
    found = _in_one_run(found)
    return {(i, j): score for (j, i), score in _in_one_run({(j, i): score for (i, j), score in found.items()}).items()}


def _word_of(tokens: Sequence[Span], words: Sequence[Word]) -> list[int | None]:
    starts = [word.start for word in words]
    found: list[int | None] = []
    for token in tokens:
        index = bisect_right(starts, token.start) - 1
        inside = index >= 0 and token.start < words[index].stem_end and words[index].kind != "none"
        found.append(index if inside else None)
    return found


def _without_idle_function_links(
    links: WordLinks, matrix_words: Sequence[Word], embedded_words: Sequence[Word]
) -> WordLinks:
    """Drop links of a function word to a content word that has a content word already (`the` beside `city`)."""
    here, there = [*map(is_content, matrix_words)], [*map(is_content, embedded_words)]
    both = [(i, j) for i, j in links if here[i] and there[j]]
    taken_matrix, taken_embedded = {i for i, _ in both}, {j for _, j in both}
    return {
        (i, j): score
        for (i, j), score in links.items()
        if here[i] == there[j] or not (j in taken_embedded if there[j] else i in taken_matrix)
    }


def _in_one_run(links: WordLinks) -> WordLinks:
    """Keep, for every second word, only the run of neighbouring first words that scores best; stray links go."""
    firsts: dict[int, list[int]] = defaultdict(list)
    for i, j in sorted(links):
        firsts[j].append(i)
    kept: WordLinks = {}
    for j, words in firsts.items():
        if len(words) == 1:
            kept[words[0], j] = links[words[0], j]
            continue
        runs: list[list[int]] = []
        for i in words:
            if runs and i == runs[-1][-1] + 1:
                runs[-1].append(i)
            else:
                runs.append([i])
        best = max(runs, key=lambda run: max(links[i, j] for i in run))
        kept |= {(i, j): links[i, j] for i in best}
    return kept


def is_content(word: Word) -> bool:
    """Tell whether a word is no function word."""
    return word.kind != "function"
