"""What every translator promises, on every implementation."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cscl_data.translators import Translation, Translator, load_translator
from tests import tiny_models

TEXTS = [
    "the old model runs",
    "",
    "   ",
    "emoji 👩‍👩‍👧 and 🙂",
    "한국어 문장 하나 더",
    "שלום עולם مرحبا",
    "nul \x00 and joiner \u200d",
    "lone \ud800 surrogate",
    "</s> <s> __ko__ kor_Hang",
    "the river " * 750,
    "the old model runs",
    "@ a @ b",
]


@pytest.fixture(scope="module")
def models(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module", params=["echo", "replay", "marian", "m2m100", "nllb", "nllb-deterministic"])
def translator(request, models) -> Translator:
    if request.param == "echo":
        return load_translator("echo")
    if request.param == "replay":
        path = models / "replay.jsonl"
        row = {"source": TEXTS[0], "target": "번역", "source_lang": "en", "target_lang": "ko"}
        path.write_text(json.dumps(row), encoding="utf-8")
        return load_translator(f"replay:{path}")
    shape, _, deterministic = request.param.partition("-")
    directory = models / f"{shape}-ct2"
    if not directory.is_dir():
        getattr(tiny_models, f"build_{shape}")(models)
    return load_translator(str(directory), deterministic=bool(deterministic))


def test_one_translation_per_text_in_order(translator):
    answers = translator.translate(TEXTS, "en", "ko")
    assert len(answers) == len(TEXTS)
    assert answers[0] == answers[10]
    assert answers[1:3] == [Translation(""), Translation("   ")]


def test_never_an_empty_success(translator):
    for text, answer in zip(TEXTS, translator.translate(TEXTS, "en", "ko"), strict=True):
        assert isinstance(answer, Translation)
        assert answer.problem in ("", "missing", "too_long", "empty")
        assert bool(answer.text.strip()) == bool(text.strip() and not answer.problem)
        assert answer.score is None or answer.score <= 0


def test_what_is_beyond_the_limit_is_not_sent_and_what_is_within_is(translator):
    limit = translator.max_source_tokens
    for text, answer in zip(TEXTS, translator.translate(TEXTS, "en", "ko"), strict=True):
        beyond = limit is not None and translator.count_tokens(text, "en", "ko") > limit
        assert (answer.problem == "too_long") == beyond


def test_no_texts_give_no_translations(translator):
    assert translator.translate([], "en", "ko") == []


def test_a_second_call_gives_the_same(translator):
    first, again = (translator.translate(TEXTS, "en", "ko") for _ in range(2))
    assert first == again
    if translator.deterministic:
        assert [translator.translate([text], "en", "ko")[0] for text in TEXTS] == first


def test_sig_and_settings_stand_still_and_fit_a_plan(translator):
    assert re.fullmatch("[0-9a-f]{8}", translator.sig)
    assert translator.sig == translator.sig
    assert json.loads(json.dumps(dict(translator.settings))) == dict(translator.settings)
    assert translator.name in ("ctranslate2", "replay", "echo")
