from __future__ import annotations

import pytest

from cscl_data.text.languages import known_languages
from cscl_data.text.scripts import _BY_NAME, letters_by_script, script_name


def test_letters_are_counted_by_script_and_dense_ones_twice() -> None:
    assert letters_by_script(["녹차 tea, 緑茶 と чай!", "ｔｅａ ﾁｬ 1 2 3 🍵"]) == {
        "Hang": 4,
        "Latn": 6,
        "Hani": 4,
        "Kana": 6,
        "Cyrl": 3,
    }


def test_code_and_links_say_nothing_about_the_language() -> None:
    text = "`git commit` 하기 전에 https://example.org/path 보고 {{file_name}} 확인"
    assert set(letters_by_script([text])) == {"Hang"}


@pytest.mark.parametrize("script", sorted({lang.script for lang in known_languages().values()}))
def test_every_script_of_the_table_is_told_and_has_a_name(script: str) -> None:
    made_of = {"Jpan": "Kana", "Hans": "Hani", "Hant": "Hani"}
    assert made_of.get(script, script) in _BY_NAME.values()
    assert script_name(made_of.get(script, script)) != script or script == "Thai"
