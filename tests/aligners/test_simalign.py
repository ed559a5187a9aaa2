import logging

import pytest

from benchmarks.encoders import build_bert as build_14m
from benchmarks.simalign import f1, links_of, real_pairs
from cscl_data.aligners import simalign
from cscl_data.aligners.matching import METHODS
from cscl_data.aligners.simalign import load_simalign
from cscl_data.errors import BackendError, ConfigError
from tests.aligners.pairs import corpus_of, pair_of
from tests.aligners.tiny_encoders import WORDS, build_bert

pytestmark = pytest.mark.backend

TEXTS = (
    ("the cat sat on a mat .", "고양이 가 매트 위 에 앉았다 ."),
    ("a small green house", "작은 초록 집"),
    ("dogs", "개 는"),
    ("dogs run", "개"),
    ("the river saw the house and the cat and the dogs", "강을 보았다 집을 보았다 고양이를 보았다"),
    ("unknown wörds 😀 !", "모르는 말 😀 !"),
    ("שלום the cat", "مرحبا 고양이"),
    ("the the the the", "다 다 다 다"),
)


@pytest.fixture(scope="module")
def bert(tmp_path_factory):
    return str(build_bert(tmp_path_factory.mktemp("bert")))


@pytest.fixture(scope="module")
def package(bert):
    import torch
    from simalign import SentenceAligner

    # The package logs to a handler of its own; and small matrices on many threads are slow on a busy machine.
    logging.getLogger("simalign.simalign").handlers.clear()
    torch.set_num_threads(1)
    return SentenceAligner(model=bert, token_type="bpe", matching_methods="maifr", layer=2)


@pytest.mark.parametrize("matching", sorted(METHODS))
def test_simalign_gives_the_links_of_the_package(bert, package, matching):
    pairs = corpus_of(*TEXTS, *((tgt, src) for src, tgt in TEXTS))
    ours = load_simalign(bert, layer=2, matching=matching).align(pairs)
    for pair, alignment in zip(pairs, ours, strict=True):
        words = [[text[t.start : t.end] for t in tokens] for text, tokens in ((pair[1], pair[3]), (pair[2], pair[4]))]
        assert [(link.src, link.tgt) for link in alignment.links] == package.get_word_aligns(*words)[matching]


def test_simalign_beyond_the_limit_is_aligned_to_its_end_and_never_cut(tmp_path):
    """640 different words of one subword each on both sides, against an encoder for 512."""
    path = str(build_bert(tmp_path, positions=512, layers=1))
    words = [a + b for a in WORDS for b in WORDS if a != b][:160]
    text = " ".join(words * 4)
    [pair] = corpus_of((text, text))
    aligner = load_simalign(path, layer=1, matching="inter")
    assert len(aligner.encoder.subwords([text.split()])[0].ids) > 600
    [alignment] = aligner.align([pair])
    assert alignment.skipped is None
    assert [(link.src, link.tgt) for link in alignment.links] == [(i, i) for i in range(640)]
    assert min(link.score for link in alignment.links) > 0.9999


def test_simalign_pair_beyond_every_measure_is_skipped(bert, monkeypatch):
    monkeypatch.setattr(simalign, "MAX_PAIR_CELLS", 30)
    first, second = load_simalign(bert, layer=2).align(corpus_of(("cat " * 6, "개 " * 6), ("cat " * 5, "개 " * 6)))
    assert (first.skipped, first.links) == ("too_long", ())
    assert second.skipped is None


def test_simalign_token_without_subwords_has_no_link_and_shifts_nothing(bert):
    plain, with_joiner = pair_of("cat mat", "고양이 매트"), pair_of("cat mat", "고양이 매트")
    text = "cat \u200d mat"
    start = text.index("mat")
    tokens = tuple(t._replace(start=s, end=e) for t, s, e in zip(
        (*plain.src_tokens, plain.src_tokens[0]), (0, 4, start), (3, 5, start + 3), strict=True
    ))  # fmt: skip
    odd = with_joiner._replace(src_text=text, src_tokens=tokens)
    bare, joined = load_simalign(bert, layer=2).align([plain, odd])
    assert [(0 if link.src == 0 else 2, link.tgt) for link in bare.links] == [(x.src, x.tgt) for x in joined.links]


def test_simalign_side_without_subwords_is_skipped(bert):
    pair = pair_of("cat", "개")._replace(tgt_text="\u200d")
    assert load_simalign(bert, layer=2).align([pair])[0].skipped == "empty_side"


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("size", [1, 3, 16])
def test_simalign_batches_and_threads_change_nothing(bert, threads, size):
    pairs = corpus_of(*TEXTS, *((tgt, src) for src, tgt in TEXTS))
    whole = load_simalign(bert, layer=2).align(pairs)
    aligner = load_simalign(bert, layer=2, threads=threads)
    parts = [x for first in range(0, len(pairs), size) for x in aligner.align(pairs[first : first + size])]
    assert parts == whole
    assert aligner.deterministic


@pytest.fixture(scope="module")
def real(shared_data, tmp_path_factory):
    """200 pairs of eight language pairs, an encoder of a usual shape, and the package's links; its weights are random,
    which meets the same near ties."""
    from simalign import SentenceAligner

    pairs = real_pairs(200, shared_data)
    text = (text for pair in pairs for text in pair[1:3])
    path = str(build_14m(tmp_path_factory.mktemp("bert-14m"), text, vocabulary=8_000))
    logging.getLogger("simalign.simalign").handlers.clear()
    theirs = SentenceAligner(model=path, token_type="bpe", matching_methods="mai", layer=8)
    words = [[[text[t.start : t.end] for t in x] for text, x in ((p[1], p[3]), (p[2], p[4]))] for p in pairs]
    return path, pairs, [theirs.get_word_aligns(*both) for both in words]


@pytest.mark.slow
@pytest.mark.parametrize("compute_type", ["float32", "int8", "bfloat16"])
def test_simalign_gives_the_links_of_the_package_on_real_text(real, compute_type):
    path, pairs, expected = real
    for method in ("inter", "itermax", "mwmf"):
        found = links_of(load_simalign(path, layer=8, matching=method, compute_type=compute_type, threads=2), pairs)
        wanted = [links[method] for links in expected]
        assert f1(found, wanted) > 0.99
        if compute_type == "float32":
            assert found == wanted


def test_simalign_errors_name_the_cause(bert, tmp_path):
    with pytest.raises(ConfigError, match="has 4 layers, no layer 8"):
        load_simalign(bert, layer=8)
    with pytest.raises(ConfigError, match="unknown matching 'intr'"):
        load_simalign(bert, layer=2, matching="intr")
    with pytest.raises(ConfigError, match=r"config\.json"):
        load_simalign(str(tmp_path / "nothing"))
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(BackendError, match="cannot be loaded"):
        load_simalign(str(tmp_path))


def test_simalign_digest_follows_the_weights(bert, tmp_path):
    other = str(build_bert(tmp_path / "other", seed=1))
    parts = [load_simalign(name, layer=2).sig_parts() for name in (bert, bert, other)]
    assert parts[0] == parts[1]
    assert parts[0]["encoder"] != parts[2]["encoder"]
