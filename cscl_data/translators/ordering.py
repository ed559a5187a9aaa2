"""Numbered indicators come once each, in the order of the source: what breaks it is decoded again from there."""

from __future__ import annotations

from collections.abc import Sequence

from cscl_data.translators.decoding import Decoder, Output
from cscl_data.translators.families import END
from cscl_data.translators.numbering import Numbering


def in_order(
    decoder: Decoder, sources: Sequence[list[str]], outputs: Sequence[Output], numbering: Numbering, *, most: int
) -> list[Output]:
    """Return outputs whose indicators are those of their source, in its order; the last ones may be missing.

    Of a beam the best hypothesis is taken that has them all: a beam likes to end early. Where there is none, the best
    one is kept up to the first indicator that is not the source's next one; from there the model goes on without
    the indicators it has had and those the source does not have, or with the next one alone if it had skipped that. A
    model of a few million weights likes to begin its last field once more: of the bundles that do not come apart nearly
    all are of this kind.

    Args:
        decoder: the model.
        sources: the tokens of each source, as they were decoded; their pair has no prefix on the target side.
        outputs: what the model made of them.
        numbering: how indicators are counted.
        most: the longest output.

    Raises:
        BackendError: the model failed.
        RetryableBackendError: it ran out of memory.

    Source:
        Our default; constrained decoding by a prefix, in the manner of hokamp-liu-2017-lexically.
    """
    marks = [numbering.marks_of(source) for source in sources]
    done = [_complete(output, numbering, wanted) for output, wanted in zip(outputs, marks, strict=True)]
    # A round takes one indicator out of an output or puts the next one in its place: two rounds an indicator will do.
    for _ in range(2 + 2 * max(map(len, marks), default=0)):
        wrong: list[int] = []
        begun: list[list[str]] = []
        never: list[tuple[str, ...]] = []
        for number, output in enumerate(done):
            cut = numbering.first_misplaced(output.pieces, marks[number])
            if cut is not None:
                left = marks[number][len(numbering.marks_of(output.pieces[:cut])) :]
                may_come = left[:1] if output.pieces[cut] in left else left
                wrong.append(number)
                begun.append(output.pieces[:cut])
                never.append(tuple(piece for piece in numbering.pieces if piece not in may_come))
        if not wrong:
            break
        again = decoder.go_on([sources[number] for number in wrong], begun, never, most=most, end=END)
        for number, output in zip(wrong, again, strict=True):
            done[number] = output
    return done


def _complete(output: Output, numbering: Numbering, marks: Sequence[str]) -> Output:
    """Put the best hypothesis that ended with all marks in order before the others; where none did, change nothing."""
    ended = [*([output.pieces] if output.ended else []), *output.others]
    for number, pieces in enumerate(ended):
        if numbering.marks_of(pieces) == marks:
            return output._replace(pieces=pieces, ended=True, others=(*ended[:number], *ended[number + 1 :]))
    return output
