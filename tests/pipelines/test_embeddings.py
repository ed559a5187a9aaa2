"""`init-embeddings` on tiny models: the model loads, trains and holds what it should; wrong input is named."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from cscl_data.embeddings.overlap import find_overlap
from cscl_data.embeddings.static import StaticVectors
from cscl_data.embeddings.vector_files import write_vectors
from cscl_data.errors import BackendError, ConfigError, InputError, OutputError
from cscl_data.io.bitext import BitextSpec
from cscl_data.pipelines.embeddings.run import run_embeddings
from cscl_data.pipelines.embeddings.settings import EmbeddingJob
from cscl_data.train.config import TrainConfig
from cscl_data.train.run import run_train
from cscl_data.train.stages import parse_stage
from cscl_data.train.tokenizer import train_tokenizer
from tests.embeddings.vocabularies import byte_level, unigram, wordpiece
from tests.train.stage_data import write_stage
from tests.train.tiny_models import tiny_model

ENGLISH = ["the small house stands near the river", "a green tree, and the old house"] * 30
KOREAN = ["작은 집이 강 가까이에 서 있다", "푸른 나무와 the 오래된 집"] * 30


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`en`, a source model, tied; `untied` and `biased`; `ko`, a helper; `ko.vec`, vectors of its tokens."""
    root = tmp_path_factory.mktemp("models")
    torch.set_num_threads(1)
    for name, texts, family, more in (
        ("en", ENGLISH, "llama", {"tie_word_embeddings": True}),
        ("untied", ENGLISH, "llama", {"tie_word_embeddings": False}),
        ("biased", ENGLISH, "phi", {"tie_word_embeddings": False}),
        ("ko", KOREAN, "gpt2", {}),
    ):
        tokenizer = train_tokenizer(iter(texts), vocab_size=300, context=128)
        tiny_model(family, vocab_size=len(tokenizer) + 4, **more).save_pretrained(root / name)
        tokenizer.save_pretrained(root / name)
    tokens = AutoTokenizer.from_pretrained(root / "ko").get_vocab()
    table = np.random.default_rng(0).standard_normal((len(tokens), 6)).astype(np.float32)
    from cscl_data.embeddings.canonical import canonical_form

    words = {canonical_form(token, "byte-level").marked: n for n, token in enumerate(tokens)}
    write_vectors(root / "ko.vec", StaticVectors(words=words, table=table[: len(words)]))
    return root


def job(folders: Path, out: Path, **more) -> EmbeddingJob:
    made = {"method": "salt", "model": str(folders / "en"), "tokenizer": str(folders / "ko"), "out": out}
    method = more.get("method", "salt")
    made |= {"helper_model": str(folders / "ko")} if method == "salt" else {}
    made |= {"static_vectors": str(folders / "ko.vec")} if method in ("salt", "focus") else {}
    return EmbeddingJob(**{**made, **more})


@pytest.mark.parametrize("name", ["en", "untied", "biased"])
def test_model_loads_with_the_new_tokenizer_and_copies_what_is_shared(folders: Path, tmp_path: Path, name: str) -> None:
    done = run_embeddings(job(folders, tmp_path / "out", model=str(folders / name)))
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "out")
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "out")
    old = AutoModelForCausalLM.from_pretrained(folders / name)
    assert tokenizer("작은 집")["input_ids"] == AutoTokenizer.from_pretrained(folders / "ko")("작은 집")["input_ids"]
    pairs = find_overlap(AutoTokenizer.from_pretrained(folders / name), tokenizer).pairs
    new, ours = list(pairs), list(pairs.values())
    assert len(new) > 250
    for side in ("get_input_embeddings", "get_output_embeddings"):
        assert torch.equal(getattr(model, side)().weight[new], getattr(old, side)().weight[ours])
    if name == "biased":
        head, before = model.get_output_embeddings(), old.get_output_embeddings()
        assert torch.equal(head.bias[new], before.bias[ours])
        assert len(head.bias) == len(head.weight)
    assert model.config.vocab_size == len(tokenizer)
    assert model.config.tie_word_embeddings == (name == "en")
    report = done.manifest["report"]
    assert report["shared"]["copied"] + report["mixed"] + report["rest"]["rows"] == len(tokenizer)
    assert bool(torch.isfinite(model(torch.tensor([[1, 5, 290]])).logits).all())


def test_untied_rows_are_made_by_the_same_mixture(folders: Path, tmp_path: Path) -> None:
    """Where input and output rows of the source are alike, so are those that are made of them."""
    source = AutoModelForCausalLM.from_pretrained(folders / "untied")
    with torch.no_grad():
        source.get_output_embeddings().weight.copy_(2 * source.get_input_embeddings().weight)
    source.save_pretrained(tmp_path / "src")
    AutoTokenizer.from_pretrained(folders / "untied").save_pretrained(tmp_path / "src")
    run = run_embeddings(job(folders, tmp_path / "out", model=str(tmp_path / "src")))
    made = AutoModelForCausalLM.from_pretrained(tmp_path / "out")
    output, twice = made.get_output_embeddings().weight, 2 * made.get_input_embeddings().weight
    differ = ~torch.isclose(output, twice, atol=1e-5).all(dim=1)
    assert int(differ.sum()) == run.manifest["report"]["rest"]["rows"] < 10  # these are drawn


def test_weights_keep_their_type(folders: Path, tmp_path: Path) -> None:
    AutoModelForCausalLM.from_pretrained(folders / "en", dtype=torch.bfloat16).save_pretrained(tmp_path / "src")
    AutoTokenizer.from_pretrained(folders / "en").save_pretrained(tmp_path / "src")
    run_embeddings(job(folders, tmp_path / "out", model=str(tmp_path / "src")))
    made = AutoModelForCausalLM.from_pretrained(tmp_path / "out", dtype="auto")
    assert made.get_input_embeddings().weight.dtype == torch.bfloat16


def test_embeddings_alone_are_trained_behind_it(folders: Path, tmp_path: Path) -> None:
    run_embeddings(job(folders, tmp_path / "out"))
    write_stage(tmp_path / "text", KOREAN)
    run_train(
        TrainConfig(
            model=str(tmp_path / "out"),
            stages=(parse_stage(f"mono={tmp_path / 'text'}@2steps"),),
            out=tmp_path / "run",
            train_only="embeddings",
            context=32,
            batch_size=2,
            threads=1,
        )
    )
    before, after = (AutoModelForCausalLM.from_pretrained(tmp_path / path) for path in ("out", "run/model"))
    changed = {name for name, weight in after.named_parameters() if not torch.equal(weight, before.get_parameter(name))}
    assert changed == {"model.embed_tokens.weight"}


def test_special_tokens_of_an_encoder_become_the_models_marks(folders: Path, tmp_path: Path) -> None:
    wordpiece().save_pretrained(tmp_path / "bert")
    run_embeddings(job(folders, tmp_path / "out", method="random", tokenizer=str(tmp_path / "bert")))
    made, old = (
        AutoModelForCausalLM.from_pretrained(tmp_path / "out"),
        AutoModelForCausalLM.from_pretrained(folders / "en"),
    )
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "out")
    assert (tokenizer.eos_token, tokenizer.bos_token) == ("[SEP]", "[CLS]")
    assert made.config.eos_token_id == tokenizer.eos_token_id
    rows, before = made.get_input_embeddings().weight, old.get_input_embeddings().weight
    assert torch.equal(rows[tokenizer.sep_token_id], before[old.config.eos_token_id])
    assert torch.equal(rows[tokenizer.cls_token_id], before[old.config.bos_token_id])


def test_a_helper_with_another_vocabulary_is_matched_by_form(folders: Path, tmp_path: Path) -> None:
    """A smaller vocabulary of the same language has the first merges; one of another language has none of them."""
    smaller = train_tokenizer(iter(KOREAN), vocab_size=285, context=128)
    tiny_model("gpt2", vocab_size=len(smaller)).save_pretrained(tmp_path / "helper")
    smaller.save_pretrained(tmp_path / "helper")
    report = run_embeddings(job(folders, tmp_path / "out", helper_model=str(tmp_path / "helper"))).manifest["report"]
    rest = report["rest"]
    assert rest["no_helper_row"] + rest["no_static_vector"] == rest["rows"]
    assert (rest["no_helper_row"] > 8, report["mixed"] > 8) == (True, True)
    with pytest.raises(InputError, match=r"salt could make none of .* no helper row"):
        run_embeddings(job(folders, tmp_path / "out2", helper_model=str(folders / "en")))


def test_what_is_drawn_follows_the_seed(folders: Path, tmp_path: Path) -> None:
    rows = []
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        run_embeddings(job(folders, tmp_path / name, method="random", seed=seed))
        rows.append(AutoModelForCausalLM.from_pretrained(tmp_path / name).get_input_embeddings().weight)
    assert torch.equal(rows[0], rows[1])
    assert not torch.equal(rows[0], rows[2])


def test_card_and_manifest_say_what_was_done(folders: Path, tmp_path: Path) -> None:
    made = run_embeddings(job(folders, tmp_path / "out", sample=3), argv=["init-embeddings"]).manifest
    assert json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8")) == made
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert made["sig"] in card
    assert "--train-only embeddings --stage mono=MONO@5M" in card
    assert len(made["report"]["neighbours"]) == 3
    assert all(len(near["nearest"]) == 10 for near in made["report"]["neighbours"])
    assert {item["role"] for item in made["inputs"]} == {"model", "tokenizer", "helper", "static_vectors"}
    assert [item["path"] for item in made["weights"]] == ["model.safetensors"]


def test_same_job_again_is_there_already_and_another_is_refused(folders: Path, tmp_path: Path) -> None:
    first = job(folders, tmp_path / "out", method="mean")
    assert not run_embeddings(first).was_there
    assert run_embeddings(first).was_there
    with pytest.raises(ConfigError, match="seed"):
        run_embeddings(replace(first, seed=1))
    assert not run_embeddings(replace(first, seed=1), overwrite=True).was_there
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file").touch()
    with pytest.raises(OutputError, match="not from init-embeddings"):
        run_embeddings(replace(first, out=tmp_path / "other"), overwrite=True)


@pytest.mark.parametrize("kind", ["bpe", "unigram"])
def test_tokenizer_is_learned_from_text(folders: Path, tmp_path: Path, kind: str) -> None:
    (tmp_path / "ko.txt").write_text("\n".join(KOREAN), encoding="utf-8")
    learned = {"tokenizer": None, "train_tokenizer": str(tmp_path / "ko.txt"), "vocab_size": 290}
    run_embeddings(job(folders, tmp_path / "out", method="random", tokenizer_kind=kind, **learned))
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "out")
    assert tokenizer.decode(tokenizer("작은 집 ズ")["input_ids"], skip_special_tokens=True) == "작은 집 ズ"


@pytest.mark.parametrize("maker", [byte_level, unigram])
def test_extended_tokenizer_keeps_its_tokens_and_reaches_the_new_ones(folders: Path, tmp_path: Path, maker) -> None:
    tokenizer = maker()
    source = tiny_model("llama", vocab_size=len(tokenizer))
    source.save_pretrained(tmp_path / "src")
    tokenizer.save_pretrained(tmp_path / "src")
    (tmp_path / "ko.txt").write_text("\n".join(KOREAN), encoding="utf-8")
    more = {"tokenizer": None, "extend": 8, "train_tokenizer": str(tmp_path / "ko.txt")}
    done = run_embeddings(
        job(folders, tmp_path / "out", method="mean", mean_of="pieces", model=str(tmp_path / "src"), **more)
    )
    made = AutoTokenizer.from_pretrained(tmp_path / "out")
    old = tokenizer.get_vocab()
    assert {token: number for token, number in made.get_vocab().items() if number < len(old)} == old
    assert len(made.get_vocab()) == len(old) + 8
    assert done.manifest["report"]["shared"]["copied"] in range(len(old), len(old) + 5)  # "." is the byte 0x2E
    used = {number for text in KOREAN for number in made(text)["input_ids"]}
    assert len({number for number in used if number >= len(old)}) >= 6
    assert len(made(KOREAN[0])["input_ids"]) < len(tokenizer(KOREAN[0])["input_ids"])
    rows = AutoModelForCausalLM.from_pretrained(tmp_path / "out").get_input_embeddings().weight
    assert torch.equal(rows[: len(old)], source.get_input_embeddings().weight)


@pytest.mark.parametrize(
    ("maker", "reason"),
    [(wordpiece, "kind WordPiece cannot be extended$"), (unigram, "kind Unigram .*, for 1 tokens were added behind")],
)
def test_tokenizer_that_cannot_be_extended_says_why(folders: Path, tmp_path: Path, maker, reason: str) -> None:
    tokenizer = maker()
    tokenizer.add_tokens(["<extra>"])
    tokenizer.eos_token = tokenizer.eos_token or "[SEP]"
    tokenizer.save_pretrained(tmp_path / "src")
    tiny_model("llama", vocab_size=len(tokenizer)).save_pretrained(tmp_path / "src")
    (tmp_path / "ko.txt").write_text("\n".join(KOREAN), encoding="utf-8")
    more = {"tokenizer": None, "extend": 4, "train_tokenizer": str(tmp_path / "ko.txt")}
    with pytest.raises(BackendError, match=reason):
        run_embeddings(job(folders, tmp_path / "out", method="mean", model=str(tmp_path / "src"), **more))


def test_extended_model_keeps_all_its_marks(folders: Path, tmp_path: Path) -> None:
    """A chat model ends answers with more tokens than the tokenizer names."""
    source = AutoModelForCausalLM.from_pretrained(folders / "en")
    source.config.bos_token_id = 7
    source.generation_config.eos_token_id = [2, 5]
    source.save_pretrained(tmp_path / "src")
    AutoTokenizer.from_pretrained(folders / "en").save_pretrained(tmp_path / "src")
    (tmp_path / "ko.txt").write_text("\n".join(KOREAN), encoding="utf-8")
    more = {"tokenizer": None, "extend": 4, "train_tokenizer": str(tmp_path / "ko.txt")}
    run_embeddings(job(folders, tmp_path / "out", method="mean", model=str(tmp_path / "src"), **more))
    made = AutoModelForCausalLM.from_pretrained(tmp_path / "out")
    assert (made.config.bos_token_id, made.generation_config.eos_token_id) == (7, [2, 5])
    old = len(AutoTokenizer.from_pretrained(folders / "en"))
    assert f"--train-only new-tokens:{old} " in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("entries", "warned"), [(2, True), (3, False)])
def test_lexicon_of_fewer_entries_than_dimensions_is_warned_of(
    folders: Path, tmp_path: Path, caplog, entries: int, warned: bool
) -> None:
    here, there = ["house", "tree", "river"], ["집이", "나무와", "강"]
    for name, words in (("src.vec", here), ("tgt.vec", there)):
        table = np.eye(3, dtype=np.float32) + 0.1
        write_vectors(tmp_path / name, StaticVectors(words={word: n for n, word in enumerate(words)}, table=table))
    lexicon = "".join(f"{one}\t{other}\n" for one, other in list(zip(here, there, strict=True))[:entries])
    (tmp_path / "lexicon.tsv").write_text(lexicon, encoding="utf-8")
    files = {"static_vectors": "tgt.vec", "source_vectors": "src.vec", "lexicon": "lexicon.tsv"}
    more = {option: str(tmp_path / name) for option, name in files.items()}
    run_embeddings(job(folders, tmp_path / "out", method="wechsel", **more))
    assert (f"{entries} entries do not determine the rotation of vectors of 3 numbers" in caplog.text) is warned


def test_bitext_is_aligned_and_counted(folders: Path, tmp_path: Path) -> None:
    pairs = [("house", "집"), ("tree", "나무"), ("house tree", "집 나무"), ("tree house", "나무 집")] * 20
    (tmp_path / "b.tsv").write_text("".join(f"{one}\t{other}\n" for one, other in pairs), encoding="utf-8")
    byte_level(words=("house", "tree")).save_pretrained(tmp_path / "src")
    byte_level(words=("집", "나무")).save_pretrained(tmp_path / "tgt")
    source = tiny_model("llama", vocab_size=300)
    source.save_pretrained(tmp_path / "src")
    bitext = BitextSpec(src_lang="en", tgt_lang="ko", paths=(str(tmp_path / "b.tsv"),))
    more = {"model": str(tmp_path / "src"), "tokenizer": str(tmp_path / "tgt"), "bitext": bitext}
    run_embeddings(job(folders, tmp_path / "out", method="transtok", **more))
    rows = AutoModelForCausalLM.from_pretrained(tmp_path / "out").get_input_embeddings().weight
    theirs, ours = (AutoTokenizer.from_pretrained(tmp_path / name) for name in ("tgt", "src"))
    house = source.get_input_embeddings().weight[ours("house")["input_ids"][0]]
    spaced = source.get_input_embeddings().weight[ours(" house")["input_ids"][0]]
    made = rows[theirs("집")["input_ids"][0]]
    assert torch.cosine_similarity(made, house + spaced, dim=0) > 0.7


def test_vocabulary_and_rows_that_differ_are_refused(folders: Path, tmp_path: Path) -> None:
    tiny_model("llama", vocab_size=100).save_pretrained(tmp_path / "small")
    AutoTokenizer.from_pretrained(folders / "en").save_pretrained(tmp_path / "small")
    with pytest.raises(InputError, match="has 100 rows, the tokenizer"):
        run_embeddings(job(folders, tmp_path / "out", method="mean", model=str(tmp_path / "small")))
    with pytest.raises(InputError, match=r"helper-model .* has 100 rows"):
        run_embeddings(job(folders, tmp_path / "out", helper_model=str(tmp_path / "small")))
    assert not (tmp_path / "out").exists()


def test_tokenizer_without_an_unknown_token_is_refused(folders: Path, tmp_path: Path) -> None:
    unigram(byte_fallback=False, unk_token=None).save_pretrained(tmp_path / "tok")
    with pytest.raises(InputError, match="no unknown token") as error:
        run_embeddings(job(folders, tmp_path / "out", method="mean", tokenizer=str(tmp_path / "tok")))
    assert "add_special_tokens" in str(error.value.hint)


def test_vectors_of_another_language_are_refused(folders: Path, tmp_path: Path) -> None:
    (tmp_path / "v.vec").write_text("ზღვა 1 2\nმთა 3 4\n", encoding="utf-8")
    wordpiece().save_pretrained(tmp_path / "bert")
    more = {"method": "focus", "static_vectors": str(tmp_path / "v.vec"), "tokenizer": str(tmp_path / "bert")}
    with pytest.raises(InputError, match="no token of the target vocabulary has a vector"):
        run_embeddings(job(folders, tmp_path / "out", **more))


def test_vectors_that_no_new_token_has_are_refused(folders: Path, tmp_path: Path) -> None:
    """The source has the one token that has a vector."""
    (tmp_path / "v.vec").write_text("▁the 1 2\n", encoding="utf-8")
    more = {"method": "focus", "static_vectors": str(tmp_path / "v.vec")}
    with pytest.raises(InputError, match=r"focus could make none of the \d+ new tokens: \d+ no static vector"):
        run_embeddings(job(folders, tmp_path / "out", **more))
    assert not (tmp_path / "out").exists()


def test_helper_without_a_tokenizer_must_have_as_many_rows(folders: Path, tmp_path: Path) -> None:
    for name, rows in (("fits", 300), ("other", 320)):
        tiny_model("gpt2", vocab_size=rows).save_pretrained(tmp_path / name)
    assert len(AutoTokenizer.from_pretrained(folders / "ko")) == 300
    done = run_embeddings(job(folders, tmp_path / "out", helper_model=str(tmp_path / "fits")))
    assert "no_helper_row" not in done.manifest["report"]["rest"]
    with pytest.raises(InputError, match="no tokenizer of its own, and 320 rows for the 300 tokens"):
        run_embeddings(job(folders, tmp_path / "out2", helper_model=str(tmp_path / "other")))


def test_same_language_twice_is_refused_whatever_the_method(folders: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="both are ko"):
        run_embeddings(job(folders, tmp_path / "out", src_lang="ko", tgt_lang="ko"))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"method": "sallt"}, "unknown method 'sallt'"),
        ({"static_vectors": None}, "--static-vectors FILE or --train-vectors TEXT"),
        ({"helper_model": None}, "--helper-model DIR"),
        ({"tokenizer": None}, "no new vocabulary"),
        ({"extend": 5}, "--train-tokenizer TEXT"),
        ({"method": "wechsel"}, "--lexicon FILE"),
        ({"method": "transtok"}, "--bitext FILE"),
        ({"method": "ofa", "static_vectors": None, "train_vectors": "x.txt"}, "one multilingual file"),
        ({"lexicon": "x.tsv"}, "--lexicon is for ofa, wechsel, not for salt"),
        ({"save_vectors": "x.vec"}, "--save-vectors keeps vectors that are learned"),
        ({"train_vectors": "x.txt"}, "give one of them"),
        ({"seed": 0, "sample": -1}, "--sample: at least 0"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_loaded(folders: Path, tmp_path: Path, more, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        run_embeddings(job(folders, tmp_path / "out", **more))


def test_missing_directory_and_file_are_named(folders: Path, tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="--helper-model nowhere: no such directory"):
        run_embeddings(job(folders, tmp_path / "out", helper_model="nowhere"))
    with pytest.raises(InputError, match=r"--static-vectors no.vec: no such file"):
        run_embeddings(job(folders, tmp_path / "out", static_vectors="no.vec"))
