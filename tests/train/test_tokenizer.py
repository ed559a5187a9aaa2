from __future__ import annotations

import pytest
from transformers import AutoTokenizer

from cscl_data.errors import BackendError
from cscl_data.train.forms import FORMS, Marks
from cscl_data.train.order import list_row_groups
from cscl_data.train.speech import OpenedSpeech
from cscl_data.train.tokenizer import (
    bytes_per_token,
    load_tokenizer,
    marks_of,
    speech_spec,
    train_tokenizer,
)
from cscl_data.train.vocabulary import SPECIAL_TOKENS, sample_texts
from tests.train.stage_data import ByteSpeech, sentences, write_stage

TEXT = FORMS["causal-lm"]
HARD = ["", "  two  spaces ", "a</s><s>b<pad>", "할머니 녹차\r\n\t", "👩‍🔬e\u0301\u200d", "שלום\u00a0\ufeffx"]


@pytest.fixture(scope="module")
def trained():
    return train_tokenizer(iter(sentences(200)), vocab_size=400, context=64)


def ids_of(tokenizer, texts):
    return OpenedSpeech(speech_spec(tokenizer, "causal-lm", name="", chat_template=None)).ids(texts)


def test_trained_tokenizer_gives_any_text_back_and_never_its_own_marks(trained):
    marks = marks_of(trained)
    for text, ids in zip(HARD, ids_of(trained, HARD), strict=True):
        assert trained.decode(ids) == text
        assert not {marks.bos, marks.eos, marks.pad} & set(ids)


def test_trained_tokenizer_loads_from_its_folder_and_begins_as_documents_do(trained, tmp_path):
    trained.save_pretrained(tmp_path)
    loaded = AutoTokenizer.from_pretrained(tmp_path)
    assert len(loaded) == 400
    assert loaded.convert_tokens_to_ids(list(SPECIAL_TOKENS)) == [0, 1, 2]
    for text in ("tea 물 x", HARD[3]):
        assert loaded(text)["input_ids"] == [1, *ids_of(trained, [text])[0]]


def test_train_tokenizer_is_repeatable(trained):
    again = train_tokenizer(iter(sentences(200)), vocab_size=400, context=64)
    assert again.backend_tokenizer.to_str() == trained.backend_tokenizer.to_str()


def test_sample_texts_takes_all_of_a_small_stage(tmp_path):
    groups = list_row_groups(write_stage(tmp_path / "s", sentences(50)), TEXT)
    assert sorted(sample_texts([("s", groups)], TEXT, seed=0)) == sorted(sentences(50))


def test_bytes_per_token_counts_the_end_mark(tmp_path):
    groups = list_row_groups(write_stage(tmp_path / "s", ["abcd", "물x"], shards=1), TEXT)
    encode = TEXT.build(ByteSpeech(Marks(None, 257, 258)))
    assert bytes_per_token(groups, encode, TEXT, seed=0, stage="s") == 8 / 10


def test_load_tokenizer_of_a_folder_without_one_is_one_line(tmp_path):
    with pytest.raises(BackendError) as caught:
        load_tokenizer(str(tmp_path))
    assert "\n" not in caught.value.message
    assert caught.value.hint == "--tokenizer DIR"
