"""What every aligner promises: one alignment per pair, in order, whatever stands in the text."""

import pytest

from cscl_data.aligners import ALIGNERS, VERSIONS, load_aligner
from cscl_data.aligners.statistical import StatisticalAligner, fit
from cscl_data.errors import ConfigError
from tests.aligners.eflomal_programs import real_eflomal, stand_in
from tests.aligners.pairs import corpus_of, toy_corpus
from tests.aligners.tiny_encoders import build_bert

LONG = (" ".join(f"word{i % 97}" for i in range(1500)), " ".join(f"낱말{i % 89}" for i in range(1480)))
TEXTS = (
    ("the cat sat", "고양이가 앉았다"),
    ("", "빈 쪽"),
    ("empty", ""),
    ("", ""),
    ("wave 👩‍👩‍👧 🇰🇷 !", "손짓 👩‍👩‍👧 🇰🇷 !"),
    ("שלום world", "مرحبا 세계"),
    LONG,
    ("a", "하나 둘 셋 넷 다섯 여섯"),
    ("\ufeffnull\x00byte\u2028line e\u0301", "각 ㅋㅋㅋ 1,000"),
    ("the cat sat", "고양이가 앉았다"),
)


@pytest.fixture(scope="module")
def options(tmp_path_factory):
    work = tmp_path_factory.mktemp("aligners")
    StatisticalAligner(model=fit([*toy_corpus(100), *corpus_of(*TEXTS)])).save(work / "model")
    (work / "lexicon.tsv").write_text("cat\t고양이\nworld\t세계\n", encoding="utf-8")
    (work / "links.txt").write_text("0-0\n" + "\n" * (2 * len(TEXTS)), encoding="utf-8")
    return {
        "model": work / "model",
        "lexicon": work / "lexicon.tsv",
        "links": work / "links.txt",
        "encoder": str(build_bert(work / "bert")),
        "layer": 2,
        "program": real_eflomal() or str(stand_in(work / "bin")),
    }


@pytest.fixture(scope="module", params=sorted(ALIGNERS))
def aligner(request, options):
    return load_aligner(request.param, **options)


@pytest.fixture
def alignments(aligner):
    if aligner.name == "pharaoh":
        aligner.rewind()
    return aligner.align(corpus_of(*TEXTS))


def test_aligner_gives_one_alignment_per_pair_in_order(alignments):
    assert [alignment.pair_id for alignment in alignments] == [f"p{i}" for i in range(len(TEXTS))]


def test_aligner_keeps_tokens_and_points_at_them(alignments):
    for pair, alignment in zip(corpus_of(*TEXTS), alignments, strict=True):
        assert [tuple(span) for span in alignment.src_tokens] == [token[:2] for token in pair.src_tokens]
        assert [tuple(span) for span in alignment.tgt_tokens] == [token[:2] for token in pair.tgt_tokens]
        alignment.check(pair.src_text, pair.tgt_text)
        assert list(alignment.links) == sorted(set(alignment.links))


def test_aligner_scores_are_probabilities_or_absent(alignments):
    assert all(x.score is None or 0.0 <= x.score <= 1.0 for a in alignments for x in a.links)


def test_aligner_says_why_a_pair_was_skipped(alignments):
    assert [a.skipped for a in alignments[1:4]] == ["empty_side"] * 3
    assert all(not a.links for a in alignments if a.skipped)
    assert {a.skipped for a in alignments} <= {None, "empty_side", "too_long"}


def test_aligner_never_drops_a_long_sentence_in_silence(aligner, alignments):
    long = alignments[6]
    assert (len(long.src_tokens), len(long.tgt_tokens)) == (1500, 1480)
    assert long.skipped == ("too_long" if aligner.name == "eflomal" else None)


def test_aligner_repeats_itself(aligner, alignments):
    if not aligner.deterministic:
        pytest.skip(f"{aligner.name} does not promise it")
    if aligner.name == "pharaoh":
        aligner.rewind()
    assert aligner.align(corpus_of(*TEXTS)) == alignments


def test_aligner_of_no_pairs_gives_nothing(aligner):
    assert aligner.align([]) == []


def test_aligner_says_what_decides_its_links(aligner):
    parts = aligner.sig_parts()
    assert parts["aligner"] == f"{aligner.name}.{aligner.version}"
    assert VERSIONS[aligner.name] == aligner.version
    assert all(value and not set(value) & set("|:") for value in parts.values())


def test_unknown_aligner_lists_the_known_ones():
    with pytest.raises(ConfigError, match=r"unknown aligner 'simalgin'\. Available: eflomal, lexicon, pharaoh, sim"):
        load_aligner("simalgin")


@pytest.mark.parametrize("name", sorted(set(ALIGNERS) - {"eflomal"}))
def test_aligner_without_what_it_needs_names_the_option(name):
    with pytest.raises(ConfigError) as caught:
        load_aligner(name)
    assert caught.value.hint is not None
    assert "give --" in caught.value.hint
