"""Static vectors: files in and out, vectors of tokens made of those of words, and learning them."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import numpy as np
import pytest

from cscl_data.embeddings.canonical import Form
from cscl_data.embeddings.static import StaticVectors, lexicon_rows, token_vectors
from cscl_data.embeddings.vector_files import read_vectors, write_vectors
from cscl_data.embeddings.vector_training import VectorSettings, train_vectors
from cscl_data.errors import BackendError, InputError

TABLE = np.eye(3, dtype=np.float32)


def vectors(*words: str, **more) -> StaticVectors:
    return StaticVectors(words={word: n for n, word in enumerate(words)}, table=TABLE[: len(words)], **more)


def nothing(words) -> list[list[int]]:
    return [[] for _ in words]


def test_text_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    made = StaticVectors(words={"집": 0, "a b": 1}, table=np.array([[0.25, -1], [3, 1e-5]], dtype=np.float32))
    write_vectors(tmp_path / "v.vec", StaticVectors(words={"집": 0, "나무": 1}, table=made.table))
    read = read_vectors(tmp_path / "v.vec")
    assert (dict(read.words), read.of_tokens) == ({"집": 0, "나무": 1}, False)
    np.testing.assert_allclose(read.table, made.table)
    write_vectors(tmp_path / "v.vec", made)
    assert dict(read_vectors(tmp_path / "v.vec").words) == {"집": 0}


def test_packed_file_without_a_head_line_is_read(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "v.vec.gz", "wt", encoding="utf-8") as handle:
        handle.write("집 1 2\n나무 3 4 \n집 9 9\n")
    read = read_vectors(tmp_path / "v.vec.gz")
    assert read.table.tolist() == [[1, 2], [3, 4]]


def test_file_of_marked_words_is_of_tokens(tmp_path: Path) -> None:
    (tmp_path / "v.vec").write_text("2 1\n▁집 1\n나무 2\n", encoding="utf-8")
    assert read_vectors(tmp_path / "v.vec").of_tokens


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a 1 2\nb 1\n", ":2: 1 numbers after the word, expected 2"),
        ("a one two\n", "not vectors"),
        ("a 1 2\nb nan 1\n", "the vector of 'b' holds nan or inf"),
        ("3 2\n", "no vectors in it"),
        ("", "no vectors in it"),
    ],
)
def test_file_of_another_form_is_refused_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "v.vec").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        read_vectors(tmp_path / "v.vec")


def test_missing_file_names_the_option() -> None:
    with pytest.raises(InputError) as error:
        read_vectors(Path("nowhere.vec"))
    assert "--static-vectors" in str(error.value.hint)


def test_tokens_take_the_vector_of_the_word_or_of_the_words_that_hold_them() -> None:
    forms = {0: Form(True, "one"), 1: Form(False, "ne"), 2: Form(True, "four"), 3: Form(False, "two")}
    cut = {"one": [0], "two": [3, 1], "three": [1]}
    found = token_vectors(vectors("one", "two", "three"), forms, 5, lambda words: [cut[word] for word in words])
    assert found.known.tolist() == [True, True, False, True, False]
    np.testing.assert_allclose(found.table[0], TABLE[0])
    np.testing.assert_allclose(found.table[1], (TABLE[1] / 2 + TABLE[2] / 3) / (1 / 2 + 1 / 3))
    np.testing.assert_allclose(found.table[3], TABLE[1])


def test_tokens_that_are_no_words_are_composed_of_ngrams_before_the_words_that_hold_them() -> None:
    composed = vectors("one", "two", compose=lambda word: TABLE[2] if word == "ur" else None)
    forms = {0: Form(False, "ur"), 1: Form(False, "ne"), 2: Form(False, "two"), 3: Form(False, "zz")}
    cut = {"one": [0, 1, 2], "two": []}
    found = token_vectors(composed, forms, 4, lambda words: [cut[word] for word in words])
    assert found.known.tolist() == [True, True, True, False]
    np.testing.assert_allclose(found.table[:3], TABLE[[2, 0, 1]])


def test_part_of_a_letter_takes_the_mean_for_it_has_no_ngrams() -> None:
    composed = vectors("one", compose=lambda word: TABLE[2])
    found = token_vectors(composed, {0: Form(False, "\uf7ec")}, 1, lambda words: [[0] for _ in words])
    np.testing.assert_allclose(found.table[0], TABLE[0])


def test_vectors_of_tokens_are_looked_up_by_form() -> None:
    forms = {0: Form(True, "one"), 1: Form(False, "one"), 2: Form(False, "two")}
    found = token_vectors(vectors("▁one", "two", of_tokens=True), forms, 3, nothing)
    assert found.known.tolist() == [True, False, True]


def test_lexicon_joins_words_that_both_sides_have() -> None:
    ours, theirs = vectors("house", "tree"), vectors("집", "나무", "물")
    here, there = lexicon_rows(ours, theirs, [("house", "집"), ("House", "나무"), ("river", "강"), ("tree", "없다")])
    np.testing.assert_array_equal(here.numpy(), TABLE[[0, 0]])
    np.testing.assert_array_equal(there.numpy(), TABLE[[0, 1]])


@pytest.mark.backend
def test_learned_vectors_are_the_same_again_and_know_only_ngrams_of_the_text() -> None:
    pytest.importorskip("gensim")
    text = [["▁a", "가나", "▁가다"], ["▁b", "가나"]] * 40
    settings = VectorSettings(width=8, epochs=2)
    one, other = (train_vectors(text, settings, of_tokens=True) for _ in range(2))
    np.testing.assert_array_equal(one.table, other.table)
    assert set(one.words) == {"▁a", "가나", "▁가다", "▁b"}
    assert one.compose("▁가나") is not None
    assert one.compose("ズ") is None


@pytest.mark.backend
def test_text_without_a_frequent_word_is_refused() -> None:
    pytest.importorskip("gensim")
    with pytest.raises(InputError, match="no word stands 10 times"):
        train_vectors([["a"]], VectorSettings(), of_tokens=True)


@pytest.mark.backend
def test_binary_file_gives_words_and_ngrams(tmp_path: Path) -> None:
    fasttext = pytest.importorskip("gensim.models.fasttext")
    model = fasttext.FastText(sentences=[["house", "tree"]] * 20, vector_size=6, min_count=1, bucket=50, epochs=1)
    fasttext.save_facebook_model(model, str(tmp_path / "v.bin"))
    read = read_vectors(tmp_path / "v.bin")
    assert set(read.words) == {"house", "tree"}
    np.testing.assert_allclose(read.table[read.words["tree"]], model.wv["tree"], atol=1e-6)
    np.testing.assert_allclose(read.compose("treehouse"), model.wv["treehouse"], atol=1e-6)
    (tmp_path / "bad.bin").write_bytes(b"nothing")
    with pytest.raises(InputError, match="binary form"):
        read_vectors(tmp_path / "bad.bin")


def test_missing_package_is_named_with_the_line_that_installs_it(monkeypatch, tmp_path: Path) -> None:
    for module in ("gensim", "gensim.models", "gensim.models.fasttext"):
        monkeypatch.setitem(sys.modules, module, None)
    (tmp_path / "v.bin").touch()
    for call in (
        lambda: train_vectors([["a"]], VectorSettings(), of_tokens=True),
        lambda: read_vectors(tmp_path / "v.bin"),
    ):
        with pytest.raises(BackendError, match="gensim") as error:
            call()
        assert error.value.hint == "pip install 'cscl-data[embeddings]'"
