"""The language table: names, scripts, and what happens to tags outside it."""

from __future__ import annotations

import re

import pytest

from cscl_data.errors import ConfigError
from cscl_data.text.languages import known_languages, language


@pytest.mark.parametrize(
    ("given", "tag", "flores", "script"),
    [
        ("en", "en", "eng_Latn", "Latn"),
        ("KO", "ko", "kor_Hang", "Hang"),
        ("kor_Hang", "ko", "kor_Hang", "Hang"),
        ("kor", "ko", "kor_Hang", "Hang"),
        ("zh", "zh-Hans", "zho_Hans", "Hans"),
        ("zh_TW", "zh-Hant", "zho_Hant", "Hant"),
        ("ZH-hant", "zh-Hant", "zho_Hant", "Hant"),
        ("zh-Hans-CN", "zh-Hans-CN", "zho_Hans", "Hans"),
        ("pt-br", "pt-BR", "por_Latn", "Latn"),
        ("en-Latn-GB", "en-GB", "eng_Latn", "Latn"),
        ("ar-Latn", "ar-Latn", "arb_Latn", "Latn"),
        ("no", "nb", "nob_Latn", "Latn"),
        ("sat", "sat", "sat_Olck", "Olck"),
    ],
)
def test_language_normalises(given, tag, flores, script):
    found = language(given)
    assert (found.tag, found.flores, found.script, found.known) == (tag, flores, script, True)


@pytest.mark.parametrize(
    ("given", "tag", "script"),
    [
        ("qqq", "qqq", "Latn"),
        ("SR-latn", "sr-Latn", "Latn"),
        ("xx-x-foo", "xx-x-foo", "Latn"),
        ("ain-kana", "ain-Kana", "Kana"),
    ],
)
def test_language_outside_the_table_runs_on_script_rules(given, tag, script):
    found = language(given)
    assert (found.tag, found.script, found.known, found.nllb) == (tag, script, False, None)


@pytest.mark.parametrize("given", ["qq1", "", "e", "english", "en--US", "en-", "日本語", "en US", "12"])
def test_language_malformed_tag_is_named(given):
    with pytest.raises(ConfigError, match=re.escape(repr(given))):
        language(given)


def test_language_english_name_gets_a_hint():
    with pytest.raises(ConfigError) as caught:
        language("Indonesian")
    assert caught.value.hint == "the tag of Indonesian is id"


def test_table_has_the_languages_of_flores_200():
    entries = {entry.flores: entry for entry in known_languages().values()}
    assert len(entries) == 204
    assert len({entry.tag for entry in entries.values()}) == 204
    assert sum(entry.nllb is not None for entry in entries.values()) == 202  # NLLB's own list, sat_Beng for sat_Olck
    assert len({entry.m2m for entry in entries.values()} - {None}) == 98  # M2M-100 without br and fy
    assert {entry.flores for entry in entries.values() if not entry.spaced} == {
        "bod_Tibt", "dzo_Tibt", "jpn_Jpan", "khm_Khmr", "lao_Laoo", "mya_Mymr", "shn_Mymr", "tha_Thai", "yue_Hant",
        "zho_Hans", "zho_Hant",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("tag", "mark"), [("ja", "。"), ("hi", "।"), ("ur", "۔"), ("hy", "։"), ("am", "።"), ("en", ".")]
)
def test_language_sentence_ends(tag, mark):
    assert mark in language(tag).sentence_ends


def test_every_language_is_found_by_tag_and_by_flores_code():
    for entry in known_languages().values():
        assert language(entry.tag) == entry
        assert language(entry.flores) == entry
