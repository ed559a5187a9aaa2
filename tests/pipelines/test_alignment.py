import pytest

from cscl_data.pipelines.align_settings import AlignSettings
from cscl_data.pipelines.alignment import HowToAlign, LinkedPair, align_pairs
from cscl_data.records import Alignment, Link, Pair, Span

PAIR = Pair(id="p0", src_lang="en", tgt_lang="id", src_text="a b", tgt_text="c d")
MADE = Alignment(
    pair_id="p0",
    src_tokens=(Span(0, 1), Span(2, 3)),
    tgt_tokens=(Span(0, 1), Span(2, 3)),
    links=(Link(0, 0, 0.9), Link(1, 1, 0.2), Link(1, 0)),
)


@pytest.mark.parametrize(("min_score", "kept"), [(0.0, 3), (0.5, 2), (1.0, 1)])
def test_min_score_holds_for_alignments_made_before_too(min_score, kept):
    settings = AlignSettings(links="links", min_score=min_score)
    how = HowToAlign(settings=settings, src_lang="en", tgt_lang="id")
    [alignment] = align_pairs(how, [LinkedPair(PAIR, MADE)])
    assert alignment.links == tuple(x for x in MADE.links if x.score is None or x.score >= min_score)
    assert len(alignment.links) == kept
