from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.errors import ConfigError
from cscl_data.translators.bundles import (
    DEFAULT_INDICATORS,
    build_sequence,
    choose_indicator,
    has_inner_breaks,
    parse_indicators,
    split_sequence,
)


@pytest.mark.parametrize(
    ("output", "parts", "strict"),
    [
        ("두 문장입니다. @ 하나 @ 둘", ("하나", "둘"), True),
        ("@ 하나 @ 둘", ("하나", "둘"), True),
        ("두 문장@하나@둘", ("하나", "둘"), True),
        ("두 문장 ＠하나 ＠ 둘", ("하나", "둘"), False),
        ("두 문장 ﹫ 하나 @ @ 둘", ("하나", "둘"), False),
        ("두 문장 @@ 하나 @ 둘", ("하나", "둘"), False),
        ("두 문장 @ 하나 둘", None, False),
        ("두 문장 @ 하나 @ 둘 @ 셋", None, False),
        ("두 문장 @ 하나 @ ", None, False),
        ("두 문장 @ @ 둘", None, False),
        ("", None, False),
    ],
)
def test_split_takes_two_fields_apart(output, parts, strict):
    split = split_sequence(output, 2, "@", catalyst=True)
    assert (split.parts, split.strict, split.lenient) == (parts, strict, parts is not None)
    assert bool(split.reason) == (parts is None)


def test_split_without_a_statement_wants_nothing_before_the_first_marker():
    assert split_sequence("x @ a @ b", 2, "@", catalyst=False).reason == "text stands before the first indicator"
    assert split_sequence(" ＃a#b", 2, "#", catalyst=False).parts == ("a", "b")


@pytest.mark.parametrize(
    ("texts", "chosen"),
    [
        (("a", "b"), "@"),
        (("mail a@b.org", "b"), "#"),
        (("full width ＠", "b"), "#"),
        (("small ﹫ and #1", "b"), "*"),
        (("a@b", "c#d", "e*f"), None),
    ],
)
def test_choose_indicator_takes_the_first_that_is_absent(texts, chosen):
    assert choose_indicator(DEFAULT_INDICATORS, texts) == chosen


def test_choose_indicator_looks_at_the_statement_too():
    assert choose_indicator(("@", "#"), ("a", "b"), "Mail @ us.") == "#"


def test_choose_indicator_sees_what_a_longer_marker_would_swallow():
    assert choose_indicator(("##", "@"), ("a #", "b")) == "@"


texts_strategy = st.lists(
    st.text(min_size=1).map(str.strip).filter(lambda text: text and not has_inner_breaks(text)), min_size=1, max_size=9
)


@given(texts=texts_strategy, catalyst=st.sampled_from(["", "They belong together.", "다음 부분들"]))
def test_building_then_splitting_gives_the_fields_back(texts, catalyst):
    indicator = choose_indicator(("@", "#", "*", "~~", "<1>"), texts, catalyst)
    if indicator is not None:
        split = split_sequence(
            build_sequence(texts, indicator, catalyst), len(texts), indicator, catalyst=bool(catalyst)
        )
        assert split.parts == tuple(texts)
        assert split.strict


@given(texts=texts_strategy)
def test_an_absent_indicator_is_always_found_in_ordinary_text(texts):
    plain = ["".join(char for char in text if char.isalnum()) or "x" for text in texts]
    assert choose_indicator(DEFAULT_INDICATORS, plain) == "@"


@given(output=st.text(), n=st.integers(1, 5), catalyst=st.booleans())
def test_split_gives_exactly_n_parts_or_a_reason(output, n, catalyst):
    split = split_sequence(output, n, "@", catalyst=catalyst)
    assert split.lenient == (split.parts is not None) == (not split.reason)
    if split.parts is not None:
        assert len(split.parts) == n
        assert all(part and part == part.strip() for part in split.parts)
    assert not split.strict or split.lenient


@pytest.mark.parametrize("text", ["", "@,,#", "@,@", "@, a b", "SEP"])
def test_parse_indicators_refuses(text):
    with pytest.raises(ConfigError):
        parse_indicators(text)


def test_parse_indicators_keeps_the_order():
    assert parse_indicators("#, @,<1>") == ("#", "@", "<1>")


@pytest.mark.parametrize(
    ("text", "breaks"), [("a\nb", True), ("a\tb", True), ("\n a b \r\n", False), ("a\u2028b", True)]
)
def test_inner_breaks(text, breaks):
    assert has_inner_breaks(text) is breaks
