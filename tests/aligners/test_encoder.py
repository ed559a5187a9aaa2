"""An encoder's vectors are those of the whole model at the layer asked for, whatever the family and the company."""

import numpy as np
import pytest

from cscl_data.aligners import encoder_ct2
from cscl_data.aligners.encoder import Subwords
from cscl_data.aligners.encoder_loading import load_encoder
from cscl_data.errors import BackendError, ConfigError
from tests.aligners.tiny_encoders import build_bert, build_encoder, sizes

pytestmark = pytest.mark.backend

SENTENCES = [
    "the cat sat on a mat .",
    "고양이 가 매트 위 에 앉았다 .",
    "dogs",
    "the river saw the house and the cat and the dogs " * 3,
    "small green house",
]


def configurations():
    from transformers import DistilBertConfig, GPT2Config, RobertaConfig, T5Config, XLMRobertaConfig, XLMRobertaXLConfig

    gpt2 = {"n_embd": 32, "n_layer": 4, "n_head": 4, "n_positions": 64, "initializer_range": 0.3}
    return {
        "distilbert": DistilBertConfig(dim=32, n_layers=4, n_heads=4, hidden_dim=64, max_position_embeddings=64),
        "roberta": RobertaConfig(**sizes()),
        "xlm-roberta": XLMRobertaConfig(**sizes()),
        "pre-norm": XLMRobertaXLConfig(**sizes()),
        "decoder": GPT2Config(**gpt2),
        "encoder-decoder": T5Config(d_model=32, num_layers=4, num_heads=4, d_kv=8, d_ff=64),
    }


@pytest.fixture(scope="module")
def bert(tmp_path_factory):
    return str(build_bert(tmp_path_factory.mktemp("bert")))


def subwords_of(encoder, sentences=SENTENCES):
    return encoder.subwords([sentence.split() for sentence in sentences])


def reference(path, rows, layer):
    """What transformers gives for rows of ids one by one, with the whole model."""
    import torch
    from transformers import AutoModel

    model = AutoModel.from_pretrained(path).eval()
    model = model.get_encoder() if model.config.is_encoder_decoder else model
    with torch.no_grad():
        return [
            model(torch.tensor([row]), output_hidden_states=True)["hidden_states"][layer][0].numpy() for row in rows
        ]


@pytest.mark.parametrize("layer", [0, 2, 3, 4])
@pytest.mark.parametrize("family", ["distilbert", "roberta", "xlm-roberta", "pre-norm", "decoder", "encoder-decoder"])
def test_vectors_are_those_of_the_whole_model(tmp_path, family, layer):
    path = str(build_encoder(tmp_path, configurations()[family]))
    encoder = load_encoder(path, layer=layer)
    cut = subwords_of(encoder)
    rows = [[*encoder.prefix, *sentence.ids, *encoder.suffix] for sentence in cut]
    for found, row in zip(encoder.vectors(cut), reference(path, rows, layer), strict=True):
        assert np.allclose(found, row[1:-1], atol=2e-5 * np.abs(row).max())


@pytest.mark.parametrize(
    ("template", "before", "behind"), [("$A", 0, 0), ("$A [SEP]", 0, 1), ("[CLS] $A", 1, 0), ("[CLS] [CLS] $A", 2, 0)]
)
@pytest.mark.parametrize("padding", ["left", "right"])
def test_special_subwords_are_what_the_tokenizer_says(tmp_path, template, before, behind, padding):
    from transformers import BertConfig

    path = str(build_encoder(tmp_path, BertConfig(**sizes()), template=template, padding=padding))
    encoder = load_encoder(path, layer=2)
    assert (len(encoder.prefix), len(encoder.suffix)) == (before, behind)
    cut = subwords_of(encoder)
    rows = [[*encoder.prefix, *sentence.ids, *encoder.suffix] for sentence in cut]
    for found, row in zip(encoder.vectors(cut), reference(path, rows, 2), strict=True):
        assert np.allclose(found, row[before : len(row) - behind], atol=2e-5 * np.abs(row).max())


@pytest.mark.parametrize("compute_type", ["float32", "bfloat16", "int8"])
def test_vectors_do_not_depend_on_the_company(bert, compute_type, monkeypatch):
    monkeypatch.setattr(encoder_ct2, "MIN_LINK_F1", 0.5)  # so small a model suffers from int8
    encoder = load_encoder(bert, layer=2, compute_type=compute_type)
    cut = subwords_of(encoder, [*SENTENCES, *(" ".join(["cat", "mat", "the"][: k % 3 + 1] * k) for k in range(1, 20))])
    together = encoder.vectors(cut)
    alone = [encoder.vectors([sentence])[0] for sentence in cut]
    backwards = encoder.vectors(cut[::-1])[::-1]
    for one, two, three in zip(together, alone, backwards, strict=True):
        assert one.tobytes() == two.tobytes() == three.tobytes()


@pytest.mark.parametrize("compute_type", ["float32", "bfloat16"])
def test_long_sentence_is_read_in_windows_to_its_end(bert, compute_type):
    encoder = load_encoder(bert, layer=2, compute_type=compute_type)
    [long] = subwords_of(encoder, ["the cat saw a small green house . dogs run and sat on the mat . " * 20])
    assert len(long.ids) > 4 * encoder.max_subwords
    [vectors] = encoder.vectors([long])
    assert vectors.shape == (len(long.ids), 32)
    last = Subwords(long.ids[-encoder.max_subwords :], long.owners[-encoder.max_subwords :])
    assert vectors[-20:].tobytes() == encoder.vectors([last])[0][-20:].tobytes()
    first = Subwords(long.ids[: encoder.max_subwords], long.owners[: encoder.max_subwords])
    assert vectors[:20].tobytes() == encoder.vectors([first])[0][:20].tobytes()


@pytest.mark.parametrize(("family", "limit"), [("distilbert", 64), ("roberta", 62), ("xlm-roberta", 62)])
def test_limit_is_what_the_positions_hold(tmp_path, family, limit):
    encoder = load_encoder(str(build_encoder(tmp_path, configurations()[family], limit=10**30)), layer=4)
    assert encoder.limit == limit
    [full] = subwords_of(encoder, [" ".join(["cat"] * encoder.max_subwords)])
    assert encoder.vectors([full])[0].shape == (limit - 2, 32)


def test_words_of_byte_level_vocabularies_begin_words(tmp_path):
    from tokenizers import ByteLevelBPETokenizer
    from transformers import RobertaConfig, RobertaTokenizer

    path = build_encoder(tmp_path, RobertaConfig(**sizes()), spare=300)
    raw = ByteLevelBPETokenizer()
    raw.train_from_iterator(SENTENCES * 9, vocab_size=300, special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    raw.save_model(str(path))
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (path / name).unlink()
    RobertaTokenizer.from_pretrained(path, add_prefix_space=False).save_pretrained(path)
    encoder = load_encoder(str(path), layer=2)
    [cut] = encoder.subwords([["the", "cat"]])
    assert "".join(encoder.tokenizer.id_to_token(i) for i in cut.ids) == "ĠtheĠcat"
    assert set(cut.owners) == {0, 1}


def test_wrong_requests_name_the_next_step(bert, tmp_path):
    with pytest.raises(ConfigError, match="unknown compute type 'int4'"):
        load_encoder(bert, layer=2, compute_type="int4")
    with pytest.raises(ConfigError, match="--device nowhere"):
        load_encoder(bert, layer=2, device="nowhere")
    with pytest.raises(ConfigError, match="none for layer 0") as caught:
        load_encoder(bert, layer=0, compute_type="int8")
    assert caught.value.hint == "give --compute-type bfloat16"
    path = str(build_encoder(tmp_path / "t5", configurations()["encoder-decoder"]))
    with pytest.raises(ConfigError, match="none for t5 on cpu"):
        load_encoder(path, layer=2, compute_type="int8")
    assert load_encoder(path, layer=2, compute_type="auto").compute_type == "bfloat16"
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(BackendError, match="cannot be loaded"):
        load_encoder(str(tmp_path), layer=2)


@pytest.mark.gpu
@pytest.mark.parametrize("compute_type", ["float32", "bfloat16"])
def test_vectors_on_a_gpu_are_those_of_the_cpu(bert, compute_type):
    near = {"float32": 1e-3, "bfloat16": 5e-2}[compute_type]
    there = load_encoder(bert, layer=2, compute_type=compute_type, device="cuda")
    here = load_encoder(bert, layer=2)
    assert there.device.startswith("cuda")
    for one, two in zip(there.vectors(subwords_of(there)), here.vectors(subwords_of(here)), strict=True):
        assert np.allclose(one, two, atol=near * np.abs(two).max())
