import gzip

import pytest

from cscl_data.aligners.pharaoh import read_lines
from cscl_data.io.sources import InputFacts
from cscl_data.pipelines.align_settings import AlignSettings
from cscl_data.pipelines.align_sig import align_sig
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


LEXICON = "read\t読む\nbook\t本\ncat\t고양이\n"
JAPANESE = Pair(id="p1", src_lang="en", tgt_lang="ja", src_text="read book", tgt_text="本を読んでいた")


@pytest.mark.parametrize(
    ("attach", "expected"), [(True, [(0, 2), (0, 3), (0, 4), (0, 5), (1, 0)]), (False, [(0, 2), (1, 0)])]
)
def test_a_predicate_is_linked_whole_unless_told_otherwise(tmp_path, attach, expected):
    (tmp_path / "lexicon.tsv").write_text(LEXICON, encoding="utf-8")
    settings = AlignSettings(aligner="lexicon", lexicon=str(tmp_path / "lexicon.tsv"), attach=attach)
    how = HowToAlign(settings=settings, src_lang="en", tgt_lang="ja")
    [alignment] = align_pairs(how, [LinkedPair(JAPANESE, None)])
    assert [link[:2] for link in alignment.links] == expected
    assert align_sig(settings, "en", "ja", []).get("attach") == ("1" if attach else None)


def test_links_of_a_pharaoh_file_stay_as_they_are(tmp_path):
    (tmp_path / "links.txt").write_text("0-2\n", encoding="utf-8")
    settings = AlignSettings(aligner="pharaoh", links=str(tmp_path / "links.txt"))
    how = HowToAlign(settings=settings, src_lang="en", tgt_lang="ja")
    [alignment] = align_pairs(how, [LinkedPair(JAPANESE, None, 0, "0-2")])
    assert [link[:2] for link in alignment.links] == [(0, 2)]
    assert "attach" not in align_sig(settings, "en", "ja", [])


def test_sig_names_attachment_only_where_a_language_has_it():
    assert "attach" not in align_sig(AlignSettings(priors="none"), "en", "id", [])
    assert align_sig(AlignSettings(priors="none"), "ko", "en", [])["attach"] == "1"
    assert "attach" not in align_sig(AlignSettings(priors="none", segmenter="whitespace"), "en", "ko", [])


def test_copies_are_linked_whatever_the_aligner_found(tmp_path):
    (tmp_path / "lexicon.tsv").write_text("cat\t고양이\n", encoding="utf-8")
    settings = AlignSettings(aligner="lexicon", lexicon=str(tmp_path / "lexicon.tsv"), min_score=1.0)
    how = HowToAlign(settings=settings, src_lang="en", tgt_lang="id")
    pair = Pair(id="p2", src_lang="en", tgt_lang="id", src_text="run `x` 3 times", tgt_text="3 kali `x`")
    [alignment] = align_pairs(how, [LinkedPair(pair, None)])
    assert alignment.links == (Link(1, 2, 1.0), Link(2, 0, 1.0))
    assert align_sig(settings, "en", "id", [])["copies"] == "1"


def test_copies_are_not_added_to_links_of_a_pharaoh_file(tmp_path):
    (tmp_path / "links.txt").write_text("\n", encoding="utf-8")
    settings = AlignSettings(aligner="pharaoh", links=str(tmp_path / "links.txt"))
    how = HowToAlign(settings=settings, src_lang="en", tgt_lang="id")
    pair = Pair(id="p2", src_lang="en", tgt_lang="id", src_text="3", tgt_text="3")
    [alignment] = align_pairs(how, [LinkedPair(pair, None, 0)])
    assert alignment.links == ()
    assert "copies" not in align_sig(settings, "en", "id", [])


def test_sig_names_the_evidence_of_a_fit_and_a_loaded_model_stands_for_its_own(tmp_path):
    sig = align_sig(AlignSettings(priors="none"), "en", "id", [])
    assert (sig["evidence"], sig["priors"]) == ("identical+sound", "none")
    loaded = align_sig(
        AlignSettings(load_model="m"), "en", "id", [InputFacts("m", 1, "0123456789abcdef", role="aligner")]
    )
    assert loaded["model"] == "01234567"
    assert "evidence" not in loaded
    assert "evidence" not in align_sig(AlignSettings(aligner="eflomal"), "en", "id", [])


def test_scores_of_a_packed_pharaoh_file_hold_for_min_score(tmp_path):
    (tmp_path / "links.gz").write_bytes(gzip.compress(b"1-1:0.4 2-2:0.9\n"))
    settings = AlignSettings(aligner="pharaoh", links=str(tmp_path / "links.gz"), min_score=0.5, one_indexed=True)
    how = HowToAlign(settings=settings, src_lang="en", tgt_lang="id")
    [alignment] = align_pairs(how, [LinkedPair(PAIR, None, 0, next(read_lines(tmp_path / "links.gz")))])
    assert alignment.links == (Link(1, 1, 0.9),)
    sig = align_sig(settings, "en", "id", [])
    assert (sig["aligner"], sig["indexed"]) == ("pharaoh.2", "1")
