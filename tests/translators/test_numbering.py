from __future__ import annotations

import json

import pytest

from cscl_data.errors import BackendError
from cscl_data.translators.families import detect_family
from cscl_data.translators.numbering import NumberedTokenizer, Numbering
from cscl_data.translators.tokenization import SentencePieceTokenizer
from tests import tiny_models

TWO = Numbering(("@", "#"), most=2)


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    path = tmp_path_factory.mktemp("numbering") / "spm.model"
    tiny_models.train_sentencepiece(path, user_defined_symbols=["@", "#"])
    return SentencePieceTokenizer(path)


def marks(pieces):
    return [piece for piece in pieces if piece.startswith("<") or piece in ("@", "#")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("text @ one @ two", ["<@1>", "<@2>"]),
        ("@ one # two @ three", ["<@1>", "<#1>", "<@2>"]),
        ("@ one @ two @ three", ["<@1>", "<@2>", "<@1>"]),
        ("one @", ["<@1>"]),
        ("a@b.c @b a@ @@", ["@", "@", "@", "@", "@"]),
        ("no mark", []),
    ],
)
def test_indicators_that_stand_alone_are_counted(tokenizer, text, expected):
    (pieces,) = NumberedTokenizer(tokenizer, TWO).encode([text])
    assert marks(pieces) == expected
    assert NumberedTokenizer(tokenizer, TWO).decode(pieces) == text


def test_every_numbered_piece_is_one_of_the_vocabulary(tokenizer):
    assert TWO.pieces == ("<@1>", "<@2>", "<#1>", "<#2>")
    (pieces,) = NumberedTokenizer(tokenizer, TWO).encode(["@ one " * 9 + "# two " * 9])
    assert set(marks(pieces)) == set(TWO.pieces)


def test_a_model_of_ours_says_how_it_counts(tmp_path):
    said = {"directions": [["en", "ko"]], "max_source_tokens": 200, "source_prefix": "<2{target}>"}
    path = tmp_path / "cscl_model.json"
    path.write_text(json.dumps(said), encoding="utf-8")
    assert detect_family(tmp_path, []).numbering is None
    path.write_text(json.dumps(said | {"numbered_indicators": {"indicators": ["@", "#"], "most": 2}}), encoding="utf-8")
    assert detect_family(tmp_path, []).numbering == TWO
    path.write_text(json.dumps(said | {"numbered_indicators": {"most": 2}}), encoding="utf-8")
    with pytest.raises(BackendError, match="indicators"):
        detect_family(tmp_path, [])


def test_a_model_of_ours_says_how_many_fields_it_holds(tmp_path):
    said = {"directions": [["en", "ko"]], "max_source_tokens": 200, "source_prefix": "<2{target}>"}
    path = tmp_path / "cscl_model.json"
    for fields, expected in ((None, None), (5, 5), (0, 1)):
        path.write_text(json.dumps(said | {"bundle_fields": fields}), encoding="utf-8")
        assert detect_family(tmp_path, []).bundle_fields == expected
