from __future__ import annotations

import pytest

from cscl_data.errors import BackendError, ConfigError
from cscl_data.translators.families import Family
from cscl_data.translators.tokenization import CharacterTokenizer, WhitespaceTokenizer, load_tokenizer
from tests import tiny_models


def test_characters_and_words():
    assert CharacterTokenizer().encode(["a b", ""]) == [["a", "▁", "b"], []]
    assert CharacterTokenizer().decode(["a", "▁", "b", "</s>"]) == "a b"
    assert WhitespaceTokenizer().encode([" a  b "]) == [["a", "b"]]
    assert WhitespaceTokenizer().decode(["a", "b", "</s>"]) == "a b"


@pytest.mark.parametrize(
    "names",
    [("source.spm", "target.spm"), ("spm.model",), ("sentencepiece.bpe.model",), ("spiece.model",)],
)
def test_sentencepiece_is_found_by_its_usual_names(tmp_path, names):
    for name in names:
        tiny_models.train_sentencepiece(tmp_path / name)
    tokenizer = load_tokenizer(tmp_path)
    assert [path.name for path in tokenizer.files] == list(names)
    texts = ["the old river", "", "한국어 문장 하나 더", "a\x00b \ud800"]
    pieces = tokenizer.encode(texts)
    assert len(pieces) == 4
    assert [tokenizer.decode(one) for one in pieces[:3]] == texts[:3]
    assert load_tokenizer(tmp_path / "elsewhere", str(tmp_path / names[0])).encode(["the"]) == tokenizer.encode(["the"])


def test_special_tokens_written_in_a_text_are_text(tmp_path):
    tiny_models.train_sentencepiece(tmp_path / "spm.model")
    assert "</s>" not in load_tokenizer(tmp_path).encode(["a </s> b"])[0]
    (directory := tmp_path / "nllb").mkdir()
    nllb = load_tokenizer(tiny_models.build_nllb(directory))
    assert not {"</s>", "kor_Hang"} & set(nllb.encode(["a </s> kor_Hang b"])[0])
    assert nllb.decode(["▁", "a", "</s>", "kor_Hang", "unheard-of"]) == "a"


@pytest.mark.parametrize(
    ("name", "content"), [("spm.model", b"nothing"), ("spm.model", b""), ("tokenizer.json", b"{}")]
)
def test_a_damaged_tokenizer_is_a_backend_error(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BackendError, match=name):
        load_tokenizer(tmp_path)


def test_no_tokenizer_names_the_flag(tmp_path):
    with pytest.raises(ConfigError) as caught:
        load_tokenizer(tmp_path)
    assert "--tokenizer" in caught.value.hint
    with pytest.raises(ConfigError, match="no such file"):
        load_tokenizer(tmp_path, str(tmp_path / "none"))


def family(name, *languages, **options):
    return Family(name=name, languages=frozenset(languages), **options)


@pytest.mark.parametrize(
    ("model", "pair", "frame"),
    [
        (family("marian"), "en ko", ((), ("</s>",), ())),
        (family("marian", ">>cmn_Hans<<", ">>zho_Hans<<"), "en zh-Hans", ((">>zho_Hans<<",), ("</s>",), ())),
        (family("m2m100", "__en__", "__zh__"), "en zh", (("__en__",), ("</s>",), ("__zh__",))),
        (family("nllb", "eng_Latn", "zho_Hant"), "en zh-TW", (("eng_Latn",), ("</s>",), ("zho_Hant",))),
        (family("mbart", "en_XX", "ko_KR"), "en ko", (("en_XX",), ("</s>",), ("ko_KR",))),
        (family("mbart", "en_XX", "zh_CN", source_last=True), "en zh", ((), ("</s>", "en_XX"), ("zh_CN",))),
        (family("t5", "<2ko>", "<2zh>"), "en ko", (("<2ko>",), ("</s>",), ())),
        (family("plain"), "ar en", ((), (), ())),
    ],
)
def test_frames_by_family(model, pair, frame):
    assert model.frame(*pair.split()) == frame


@pytest.mark.parametrize(("name", "target"), [("m2m100", "ko"), ("nllb", "ko"), ("mbart", "ja"), ("t5", "id")])
def test_a_language_that_the_model_lacks_is_named(name, target):
    known = {"m2m100": "__en__", "nllb": "eng_Latn", "mbart": "en_XX", "t5": "<2en>"}[name]
    with pytest.raises(ConfigError, match=rf"{name} model does not have the language {target}\. It has: {known}"):
        family(name, known).frame("en", target)
