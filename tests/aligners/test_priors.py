import gzip

import pytest

from cscl_data.aligners.priors import STRENGTH, Priors, priors_of, read_priors
from cscl_data.aligners.statistical import StatisticalAligner, fit
from cscl_data.errors import InputError
from tests.aligners.pairs import corpus_of

NAMES = ("spacy-en", "mecab-ko")


def make_priors(weights):
    return Priors(src_lang="en", tgt_lang="ko", tokenizers=NAMES, weights=weights)


def test_written_priors_read_back_and_have_the_same_bytes_again(tmp_path):
    priors = make_priors({("city", "도시"): 0.91, ("school", "학교"): 0.8})
    priors.write(tmp_path / "a.tsv.gz")
    priors.write(tmp_path / "b.tsv.gz")
    assert (tmp_path / "a.tsv.gz").read_bytes() == (tmp_path / "b.tsv.gz").read_bytes()
    read = read_priors(tmp_path / "a.tsv.gz")
    assert (read.weights, read.tokenizers, read.digest) == (priors.weights, NAMES, priors.digest)


def test_flipped_swaps_keys_languages_and_tokenizers():
    flipped = make_priors({("city", "도시"): 0.9}).flipped()
    assert (flipped.src_lang, flipped.tgt_lang, flipped.tokenizers) == ("ko", "en", NAMES[::-1])
    assert flipped.pseudo_counts() == {("도시", "city"): pytest.approx(0.9 * STRENGTH)}


@pytest.mark.parametrize(
    "data",
    [
        b"no gzip",
        gzip.compress(b"something else\n"),
        gzip.compress(b"#cscl-data lexical priors 1\ten\tko\ta\tb\nx\ty\n"),
    ],
    ids=["no gzip", "other text", "row that is short"],  # the bytes hold the second they were made in
)
def test_anything_else_is_an_input_error_that_names_the_file(tmp_path, data):
    path = tmp_path / "odd.tsv.gz"
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"odd\.tsv\.gz"):
        read_priors(path)


def test_priors_of_a_fit_hold_what_translates_each_other_words_seen_once_among_them():
    frequent = [("red house", "빨간 집"), ("red car", "빨간 차")] * 20
    weights = priors_of(
        fit(corpus_of(*frequent, ("zebra", "얼룩말"))), src_lang="en", tgt_lang="ko", tokenizers=NAMES
    ).weights
    best = {src: max((w, t) for (s, t), w in weights.items() if s == src)[1] for src in ("red", "house", "zebra")}
    assert best == {"red": "빨간", "house": "집", "zebra": "얼룩"}
    assert ("zebra", "집") not in weights


def test_priors_decide_where_the_corpus_cannot():
    ambiguous = corpus_of(("alpha beta", "나 가"))
    priors = {("alpha", "가"): STRENGTH, ("beta", "나"): STRENGTH}
    [alignment] = StatisticalAligner(model=fit(ambiguous, priors=priors)).align(ambiguous)
    assert {(link.src, link.tgt) for link in alignment.links} == {(0, 1), (1, 0)}


@pytest.mark.parametrize("weight", ["half", "nan", "-1", "1.5", ""])
def test_a_weight_that_is_none_is_an_input_error(tmp_path, weight):
    path = tmp_path / "p.tsv.gz"
    path.write_bytes(gzip.compress(f"#cscl-data lexical priors 1\ten\tid\ta\tb\nx\ty\t{weight}\n".encode()))
    with pytest.raises(InputError, match=r"p\.tsv\.gz:2"):
        read_priors(path)
