"""What is read as one character is never cut: checked against Unicode's rules in a package that ours does not use."""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.text.clusters import MARKS, is_inside_cluster

_TEXTS = st.text(
    st.sampled_from("aB1 .\n\u00a0\u0301\u0336가한는각東が。ไนำکتשָ한👩👍🏽🇰🇷❤\ufe0f\u20e3क्षमि\U000e0100\u2028"),
    max_size=12,
)


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("", []),
        ("ab", []),
        ("e\u0301a", [1]),
        ("\u0301a", []),
        (" \u0301", []),
        ("👩\u200d👧.", [1, 2]),
        ("x\u200dy", [1, 2]),
        ("می\u200cخ", [2]),
        ("👍🏽", [1]),
        ("🇰🇷🇯🇵", [1, 3]),
        ("a🇰🇷🇯", [2]),
        (unicodedata.normalize("NFD", "각가"), [1, 2, 4]),
        ("क्ष", [1, 2]),
        ("क्\u20e3ष", [1, 2, 3]),
        ("क\u20e3ष", [1]),
        ("น้ำ", [1, 2]),
        ("カ\uff9e", [1]),
        ("\r\n", []),
    ],
)
def test_clusters_table(text: str, inside: list[int]) -> None:
    assert [at for at in range(len(text) + 1) if is_inside_cluster(text, at)] == inside


@given(_TEXTS)
def test_clusters_are_those_of_unicode(text: str) -> None:
    expected = {at for match in regex.finditer(r"\X", text) for at in range(match.start() + 1, match.end())}
    expected = {at for at in expected if not text[at - 1].isspace()}
    found = {at for at in range(len(text)) if is_inside_cluster(text, at)}
    assert expected <= found
    bound = re.compile(f"\u094d[{MARKS}]*$")
    assert all(bound.search(text[:at]) for at in found - expected), "a virama without a consonant before it"


def test_marks_are_all_of_them() -> None:
    assert list(MARKS) == [c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c)[0] == "M"]
