import pytest

from cscl_data.aligners import TokenizedPair, expectation, statistical
from cscl_data.aligners.model import load_model, model_digest, save_model
from cscl_data.aligners.statistical import FitSettings, StatisticalAligner, fit, load
from cscl_data.errors import ConfigError, InputError
from tests.aligners.pairs import pair_of, toy_corpus, whitespace_tokens


@pytest.fixture(scope="module")
def corpus():
    return toy_corpus()


@pytest.fixture(scope="module")
def model(corpus):
    return fit(corpus)


def pharaoh(alignment):
    return [(link.src, link.tgt) for link in alignment.links]


def test_statistical_learns_a_language_that_reverses_its_words(corpus, model):
    alignments = StatisticalAligner(model=model).align(corpus)
    gold = [{(i, len(pair.src_tokens) - 1 - i) for i in range(len(pair.src_tokens))} for pair in corpus]
    found = sum(len(want & set(pharaoh(a))) for want, a in zip(gold, alignments, strict=True))
    wrong = sum(len(set(pharaoh(a)) - want) for want, a in zip(gold, alignments, strict=True))
    assert found > 0.97 * sum(map(len, gold))
    assert wrong < 0.03 * sum(map(len, gold))


def test_statistical_threads_change_nothing(corpus, monkeypatch):
    monkeypatch.setattr(expectation, "BLOCK_CANDIDATES", 500)
    monkeypatch.setattr(statistical, "BATCH_CELLS", 300)
    one, three = (fit(corpus, FitSettings(threads=n)) for n in (1, 3))
    assert model_digest(one) == model_digest(three)
    assert StatisticalAligner(model=one).align(corpus) == StatisticalAligner(model=three, threads=3).align(corpus)


def test_statistical_links_do_not_depend_on_the_batch(corpus, model):
    aligner = StatisticalAligner(model=model)
    whole = aligner.align(corpus[:40])
    assert [aligner.align([pair])[0] for pair in corpus[:40]] == whole
    assert aligner.align(corpus[17:40]) == whole[17:]


def test_statistical_saved_model_gives_the_same_bytes_and_links(tmp_path, corpus, model):
    save_model(tmp_path / "a", model)
    save_model(tmp_path / "b", model)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    new = [*corpus[:20], pair_of("waa unseen 42", "xaa neu 42")]
    assert load(tmp_path / "a").align(new) == StatisticalAligner(model=model).align(new)
    assert model_digest(load_model(tmp_path / "a")) == model_digest(model)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"just text"])
def test_statistical_damaged_model_is_an_input_error(tmp_path, content):
    path = tmp_path / "model"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not a saved alignment model"):
        load(path)
    with pytest.raises(InputError, match="no such file"):
        load(tmp_path / "nothing")


def test_statistical_truncated_model_is_an_input_error(tmp_path, model):
    save_model(tmp_path / "model", model)
    (tmp_path / "cut").write_bytes((tmp_path / "model").read_bytes()[:-100])
    with pytest.raises(InputError, match="not a saved alignment model"):
        load(tmp_path / "cut")


def test_statistical_links_identical_strings_that_it_has_never_seen(model):
    (alignment,) = StatisticalAligner(model=model).align([pair_of("waa qqq 4711 wab", "xab 4711 qqq xaa")])
    assert {(1, 2), (2, 1)} <= set(pharaoh(alignment))


def test_statistical_always_links_numbers_and_code_that_stand_on_both_sides(model):
    source = "waa 1999 wab foo_bar wac 7 wad {{x}} wae"
    target = "{{x}} 7 xae foo_bar xad xac 1999 xab xaa"
    src, tgt = source.split(), target.split()
    pair = TokenizedPair("p", source, target, whitespace_tokens(source), whitespace_tokens(target))
    links = set(pharaoh(StatisticalAligner(model=model).align([pair])[0]))
    assert {(src.index(word), tgt.index(word)) for word in ("1999", "foo_bar", "7", "{{x}}")} <= links


def test_statistical_links_every_copy_of_code_that_stands_several_times(model):
    source, target = "`x` waa `x` wab `x`", "xab `x` xaa `x`"
    pair = TokenizedPair("p", source, target, whitespace_tokens(source), whitespace_tokens(target))
    links = pharaoh(StatisticalAligner(model=model).align([pair])[0])
    code = [(i, j) for i, j in links if i in (0, 2, 4)]
    assert {i for i, _ in code} == {0, 2, 4}
    assert {j for _, j in code} == {1, 3}


def test_statistical_links_the_full_stops_of_two_scripts_in_a_corpus_of_one_pair():
    pair = pair_of("a b c .", "甲 乙 。")
    (alignment,) = StatisticalAligner(model=fit([pair])).align([pair])
    assert (3, 2) in pharaoh(alignment)


def test_statistical_priors_help_a_corpus_of_one_pair():
    pair = pair_of("red house", "rumah merah")
    priors = {("red", "merah"): 5.0, ("house", "rumah"): 5.0}
    (alignment,) = StatisticalAligner(model=fit([pair], priors=priors)).align([pair])
    assert pharaoh(alignment) == [(0, 1), (1, 0)]
    (other,) = StatisticalAligner(model=fit([pair], priors=priors)).align([pair_of("a red car", "mobil merah")])
    assert (1, 1) in pharaoh(other)


def test_statistical_fits_nothing_and_still_answers():
    aligner = StatisticalAligner(model=fit([]))
    empty, plain = aligner.align([pair_of("", "a"), pair_of("x 7", "y 7")])
    assert empty.skipped == "empty_side"
    assert (1, 1) in pharaoh(plain)


def test_statistical_aligns_a_pair_beyond_the_window(model):
    n = 2_400
    source = [f"w{chr(97 + i % 26)}" for i in range(n)]
    pair = pair_of(" ".join(f"{word} {i}" for i, word in enumerate(source)), " ".join(f"y {i}" for i in range(n)))
    (alignment,) = StatisticalAligner(model=model).align([pair])
    links = set(pharaoh(alignment))
    assert sum((2 * i + 1, 2 * i + 1) in links for i in range(n)) > 0.99 * n


def test_statistical_unknown_rule_is_a_config_error(model):
    with pytest.raises(ConfigError, match="unknown symmetrization"):
        StatisticalAligner(model=model, rule="grow")


def test_statistical_sig_changes_with_what_was_fitted(corpus, model):
    parts = StatisticalAligner(model=model).sig_parts()
    other = StatisticalAligner(model=fit(corpus[:50]), rule="union").sig_parts()
    assert parts["model"] != other["model"]
    assert parts["symmetrize"] != other["symmetrize"]


def test_statistical_tells_of_its_progress(corpus):
    steps = []
    fit(corpus[:20], progress=lambda step, done: steps.append((step, done)))
    assert steps[0][1] == 0.0
    assert steps[-1][1] == 1.0
    assert [done for _, done in steps] == sorted(done for _, done in steps)
