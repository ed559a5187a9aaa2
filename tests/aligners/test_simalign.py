import logging

import pytest

from cscl_data.aligners.matching import METHODS
from cscl_data.aligners.simalign import load_simalign
from cscl_data.errors import BackendError, ConfigError
from tests.aligners.pairs import corpus_of, pair_of
from tests.aligners.tiny_encoders import build_bert

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
    import simalign
    import torch

    # The package logs to a handler of its own; and small matrices on many threads are slow on a busy machine.
    logging.getLogger("simalign.simalign").handlers.clear()
    torch.set_num_threads(1)
    return simalign.SentenceAligner(model=bert, token_type="bpe", matching_methods="maifr", layer=2)


@pytest.mark.parametrize("matching", sorted(METHODS))
def test_simalign_gives_the_links_of_the_package(bert, package, matching):
    pairs = corpus_of(*TEXTS, *((tgt, src) for src, tgt in TEXTS))
    ours = load_simalign(bert, layer=2, matching=matching).align(pairs)
    for pair, alignment in zip(pairs, ours, strict=True):
        words = [[text[t.start : t.end] for t in tokens] for text, tokens in ((pair[1], pair[3]), (pair[2], pair[4]))]
        assert [(link.src, link.tgt) for link in alignment.links] == package.get_word_aligns(*words)[matching]


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


def test_simalign_batches_do_not_change_links(bert):
    aligner = load_simalign(bert, layer=2)
    pairs = corpus_of(*TEXTS)
    alone = [aligner.align([pair])[0] for pair in pairs]
    assert [[x[:2] for x in a.links] for a in aligner.align(pairs)] == [[x[:2] for x in a.links] for a in alone]


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
