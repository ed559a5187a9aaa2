"""Real CTranslate2 models: tiny ones in the three common shapes, and a trained one of the shared data."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from cscl_data.errors import BackendError, ConfigError
from cscl_data.translators import Translation, load_translator
from cscl_data.translators.decoding import Output, may_end, output_limit
from cscl_data.translators.devices import parse_device
from tests import tiny_models

pytestmark = pytest.mark.backend


@pytest.fixture(scope="module")
def work(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def marian(work) -> Path:
    return tiny_models.build_marian(work)


@pytest.fixture(scope="module")
def m2m100(work) -> Path:
    return tiny_models.build_m2m100(work)


@pytest.fixture(scope="module")
def nllb(work) -> Path:
    return tiny_models.build_nllb(work)


def reference(directory: Path, text: str, source: str, target: str) -> list[str]:
    """What transformers itself sends for a text."""
    from transformers import AutoTokenizer

    options = {"src_lang": source, "tgt_lang": target} if source else {}
    tokenizer = AutoTokenizer.from_pretrained(directory.with_name(directory.name.removesuffix("-ct2")), **options)
    return list(tokenizer.convert_ids_to_tokens(tokenizer(text)["input_ids"]))


@pytest.mark.parametrize(
    ("shape", "codes"), [("marian", ("", "")), ("m2m100", ("en", "ko")), ("nllb", ("eng_Latn", "kor_Hang"))]
)
def test_tokens_are_those_of_transformers(shape, codes, request):
    directory = request.getfixturevalue(shape)
    translator = load_translator(str(directory))
    assert translator.settings["family"] == shape
    text = "the old model runs under a river ."
    expected = reference(directory, text, *codes)
    frame = translator._frame("en", "ko")
    assert [*frame.before, *translator._tokenizer.encode([text])[0], *frame.after] == expected
    assert translator.count_tokens(text, "en", "ko") == len(expected)


@pytest.mark.parametrize("shape", ["m2m100", "nllb"])
def test_output_agrees_with_transformers_and_holds_no_language_token(shape, request):
    """The first tokens of a greedy search, so that rounding has no time to grow; both models are random."""
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    directory = request.getfixturevalue(shape)
    original = directory.with_name(directory.name.removesuffix("-ct2"))
    codes = {"m2m100": ("en", "ko"), "nllb": ("eng_Latn", "kor_Hang")}[shape]
    tokenizer = AutoTokenizer.from_pretrained(original, src_lang=codes[0])
    model = AutoModelForSeq2SeqLM.from_pretrained(original)
    forced = tokenizer.convert_tokens_to_ids({"m2m100": "__ko__", "nllb": "kor_Hang"}[shape])
    with torch.no_grad():
        ids = model.generate(
            **tokenizer("the old model runs", return_tensors="pt"),
            forced_bos_token_id=forced,
            num_beams=1,
            do_sample=False,
            max_new_tokens=6,
        )[0]
    expected = tokenizer.convert_ids_to_tokens(ids)[2:]
    translator = load_translator(str(directory), compute_type="float32", beam_size=1)
    frame = translator._frame("en", "ko")
    sent = [*frame.before, *translator._tokenizer.encode(["the old model runs"])[0], *frame.after]
    [output] = translator._decoder.run([sent], frame.target_prefix, most=6, end="</s>")
    assert output.pieces[:5] == expected[:5]
    [translation] = translator.translate(["the old model runs"], "en", "ko")
    assert "__ko__" not in translation.text
    assert "kor_Hang" not in translation.text
    assert "madeupword" not in translation.text


def test_a_model_of_many_targets_gets_its_language_token(work):
    directory = tiny_models.build_marian(work / "many", languages=("kor", "jpn"))
    translator = load_translator(str(directory))
    assert translator._frame("en", "ko").before == (">>kor<<",)
    with pytest.raises(ConfigError, match=r"does not have the language fr\. It has: >>jpn<<, >>kor<<"):
        translator.translate(["a"], "en", "fr")


def test_an_unknown_language_is_refused_before_anything_is_sent(m2m100, nllb):
    for directory, target in ((m2m100, "ace-Arab"), (nllb, "tlh")):
        with pytest.raises(ConfigError, match=rf"{directory.name}: .* does not have the language {target}"):
            load_translator(str(directory)).translate(["a"], "en", target)


def test_own_models_declare_their_pairs(m2m100, work):
    directory = work / "own"
    shutil.copytree(m2m100, directory)
    (directory / "sentencepiece.bpe.model").rename(directory / "spm.model")
    declared = {"family": "cscl", "directions": [["en", "ko"]], "source_prefix": "<2{target}>", "max_source_tokens": 12}
    (directory / "cscl_model.json").write_text(json.dumps(declared), encoding="utf-8")
    translator = load_translator(str(directory))
    assert (translator.settings["family"], translator.max_source_tokens) == ("cscl", 12)
    assert translator._frame("en", "ko") == (("<2ko>",), ("</s>",), ())
    assert [one.problem for one in translator.translate(["a river", "a river " * 9], "en", "ko")][1] == "too_long"
    with pytest.raises(ConfigError, match=r"own: this model does not translate from ko to en\. It has: en to ko"):
        translator.check_pair("ko", "en")
    (directory / "cscl_model.json").write_text('{"family": "cscl"}', encoding="utf-8")
    with pytest.raises(BackendError, match=r"cscl_model\.json"):
        load_translator(str(directory))


def test_nothing_beyond_the_limit_is_sent(marian):
    translator = load_translator(str(marian))
    fits = "a " * 511
    assert translator.count_tokens(fits, "en", "ko") == translator.max_source_tokens == 512
    answers = translator.translate([fits + "a", "a"], "en", "ko")
    assert answers[0] == Translation("", problem="too_long")
    assert answers[1].problem == ""


def test_deterministic_translations_do_not_depend_on_their_neighbours(nllb):
    translator = load_translator(str(nllb), deterministic=True)
    texts = [" ".join(line.split()[:6]) for line in tiny_models.corpus()[:6]]
    together = translator.translate(texts, "en", "ko")
    assert translator.deterministic
    assert [translator.translate([text], "en", "ko")[0] for text in texts] == together


def test_a_directory_that_is_no_model_says_what_to_do(marian, work, tmp_path):
    with pytest.raises(ConfigError, match="no such model directory"):
        load_translator(str(tmp_path / "none"))
    with pytest.raises(BackendError, match=r"no model\.bin"):
        load_translator(str(tmp_path))
    bare = tmp_path / "bare"
    shutil.copytree(marian, bare, ignore=shutil.ignore_patterns("*.spm"))
    with pytest.raises(ConfigError, match="no tokenizer in it") as caught:
        load_translator(str(bare))
    assert "--tokenizer" in caught.value.hint
    assert load_translator(str(bare), tokenizer=str(marian)).sig == load_translator(str(marian)).sig
    (bare / "model.bin").write_bytes(b"no model")
    with pytest.raises(BackendError, match="cannot load it"):
        load_translator(str(bare), tokenizer="whitespace")
    (bare / "shared_vocabulary.json").unlink()
    with pytest.raises(BackendError, match="not a whole CTranslate2 model"):
        load_translator(str(bare), tokenizer="whitespace")


@pytest.mark.parametrize(
    "options", [{"device": "tpu"}, {"device": "cuda:99"}, {"compute_type": "int3"}, {"beam_size": 0}]
)
def test_wrong_options_are_config_errors(marian, options):
    with pytest.raises(ConfigError):
        load_translator(str(marian), **options)


def test_devices_are_read_by_kind_and_number():
    read = [parse_device(device) for device in ("auto", "cpu", "cuda", "cuda:1", "cuda:0,2")]
    assert read == [("auto", [0]), ("cpu", [0]), ("cuda", [0]), ("cuda", [1]), ("cuda", [0, 2])]


@pytest.mark.parametrize("device", ["", "gpu", "cpu:0", "cuda:", "cuda:a", "cuda:0,", "cuda:1,1", "cuda:-1"])
def test_other_devices_are_refused(device):
    with pytest.raises(ConfigError, match="--device"):
        parse_device(device)


def test_an_output_that_turns_in_circles_gets_no_more_room():
    varied = [str(number) for number in range(48)]
    assert may_end(Output(varied, -1.0, ended=False))
    assert may_end(Output(["a", "b"], -1.0, ended=False))
    assert not may_end(Output([*varied, *["a", "b", "c", "d"] * 6], -1.0, ended=False))
    assert not may_end(Output(varied, -1.0, ended=True))


def test_output_limit_is_the_same_for_similar_lengths_and_never_beyond_the_model():
    assert [output_limit(n, 500) for n in (1, 16, 17, 24, 25, 300)] == [48, 48, 64, 64, 80, 500]
    assert all(output_limit(n, 10**6) >= 2 * n + 16 for n in range(1, 9000, 7))


def test_outputs_go_on_each_without_its_own_pieces_as_they_would_alone(marian):
    translator = load_translator(str(marian), beam_size=2, deterministic=True)
    texts = ["the old model runs", "a small river", "one word"]
    sources = [[*pieces, "</s>"] for pieces in translator._tokenizer.encode(texts)]
    run, go_on = translator._decoder.run, translator._decoder.go_on
    begun = [output.pieces[:2] for output in run(sources, (), most=20, end="</s>")]
    free = go_on(sources, begun, [()] * 3, most=20, end="</s>")
    never = [tuple(dict.fromkeys(output.pieces[2:4])) for output in free[:2]] + [()]
    together = go_on(sources, begun, never, most=20, end="</s>")
    alone = [
        go_on([one], [start], [out], most=20, end="</s>")[0]
        for one, start, out in zip(sources, begun, never, strict=True)
    ]
    assert together == alone
    assert together[2] == free[2]
    for start, out, output in zip(begun, never, together, strict=True):
        assert output.pieces[:2] == start
        assert out == () or not set(out) & set(output.pieces[2:])
    assert together[0] != free[0]


@pytest.mark.data
@pytest.mark.parametrize("variant", ["", "-i16", "-i8"])
def test_the_trained_model_transliterates(shared_data, variant):
    directory = shared_data / "models" / "ctranslate2" / "v2" / f"aren-transliteration{variant}"
    with pytest.raises(ConfigError, match="no tokenizer"):
        load_translator(str(directory))
    translator = load_translator(str(directory), tokenizer="characters")
    answers = translator.translate(["آتزمون", "", "آرثر", "آتزمون"], "ar", "en")
    assert [answer.text for answer in answers] == ["atzmon", "", "arther", "atzmon"]
    assert answers[0] == answers[3]
    assert answers[0].score is not None
    assert -1 < answers[0].score < 0


@pytest.mark.data
def test_cut_output_is_made_again_and_then_reported(shared_data):
    directory = shared_data / "models" / "ctranslate2" / "v2" / "aren-transliteration"
    translator = load_translator(str(directory), tokenizer="characters")
    source = list("آتزمون")
    [cut] = translator._decoder.run([source], (), most=3, end="</s>")
    assert (cut.pieces, cut.ended) == (["a", "t", "z"], False)
    [whole] = translator._decoder.run([source], (), most=100, end="</s>")
    assert ("".join(whole.pieces), whole.ended) == ("atzmon", True)
    limits = []
    start = translator._decoder._start

    def watched(sources, prefix, limit, *rest):
        limits.append((len(sources), limit))
        return start(sources, prefix, min(limit, 6 if limit < 60 else limit), *rest)

    translator._decoder._start = watched
    outputs = translator._decoder.run([source, list("آر")], (), most=500, end="</s>")
    assert limits == [(2, 48), (1, 144)]
    assert "".join(outputs[0].pieces) == "atzmon"
    assert all(output.ended for output in outputs)
    assert translator.translate(["آ" * 1025], "ar", "en")[0].problem == "too_long"


def test_other_hypotheses_come_along_and_the_first_is_the_best(marian):
    [wide] = load_translator(str(marian), beam_size=3).translate(["a b a"], "en", "ko")
    [greedy] = load_translator(str(marian), beam_size=1).translate(["a b a"], "en", "ko")
    assert len(wide.others) <= 2
    assert wide.text not in wide.others
    assert greedy.others == ()
