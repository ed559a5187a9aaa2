"""What stands between two sentences."""

from __future__ import annotations

import pytest

from cscl_data.generators.sentence import separator


@pytest.mark.parametrize(
    ("last", "left", "right", "expected"),
    [
        (".", "en", "ko", " "),
        ("다", "ko", "en", " "),
        ("。", "ja", "en", " "),
        (".", "en", "ja", " "),
        ("。", "ja", "zh-Hans", ""),
        ("。", "ja", "ja", ""),
        ("！", "zh-Hans", "ja", ""),
        ("」", "ja", "zh-Hans", ""),
        # without an end mark the two would run together
        ("す", "ja", "zh-Hans", " "),
        ("ก", "th", "ja", " "),
        ("。", "ja", "ko", " "),
    ],
)
def test_separator_table(last: str, left: str, right: str, expected: str) -> None:
    assert separator(last, left, right) == expected
