from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.errors import ConfigError
from cscl_data.translators.masks import SHAPES, free_number, parse_shape, seal
from tests.translators.test_protection import PROTECTED


@pytest.mark.parametrize("shape", SHAPES)
def test_every_literal_comes_back_wherever_its_mask_went(shape):
    text = " and ".join(PROTECTED)
    sealed = seal(text, shape)
    assert not any(literal in sealed.text for literal in PROTECTED if "`" not in literal or "`" not in shape)
    assert sealed.opened(sealed.text) == (text, "")
    turned = " and ".join(reversed(sealed.text.split(" and ")))
    assert sealed.opened(turned) == (" and ".join(reversed(PROTECTED)), "")


@pytest.mark.parametrize(
    ("answer", "opened"),
    [
        ("지금 { 1 } 열기", "지금 https://a.org 열기"),
        ("지금 ｛１｝를 열기", "지금 https://a.org를 열기"),
        ("{1}{2}", None),
        ("지금 열기", None),
        ("{1} {1}", None),
        ("{11}", None),
        ("{1} 지금 {열기", None),
        ("{1} 지금 1 열기", None),
        ("{1} 지금 2 열기", "https://a.org 지금 2 열기"),
    ],
)
def test_a_mask_counts_in_its_forms_and_only_once(answer, opened):
    text, wrong = seal("Open https://a.org now", "{1}").opened(answer)
    assert (text, bool(wrong)) == (("", True) if opened is None else (opened, False))


def test_masks_of_the_text_itself_are_left_alone():
    text = "As [1] says, see https://a.org and [3] or 🎉."
    first = free_number("[1]", [text])
    sealed = seal(text, "[1]", first)
    assert sealed.text == "As [1] says, see [4] and [3] or [5]."
    assert sealed.opened("[5] [3] 그리고 [4], [1].") == ("🎉 [3] 그리고 https://a.org, [1].", "")
    assert free_number("[1]", ["[2]", "no mask 🎉"]) == 1
    assert free_number("[1]", ["[2] 🎉", "🎉"]) == 3


@given(pieces=st.lists(st.sampled_from([*"a 1{}[]<>%$X_`", "🎉", "{x}", "https://a.org"]), max_size=40))
def test_opening_what_was_sealed_gives_the_text_back(pieces):
    text = "".join(pieces)
    for shape in SHAPES:
        sealed = seal(text, shape, free_number(shape, [text]))
        assert sealed.opened(sealed.text) == (text, "")


def test_a_text_whose_marks_run_into_a_mask_is_sent_as_it_is():
    assert seal("X1🎉", "X1X").text == "X1🎉"


@pytest.mark.parametrize("shape", ["1", "{1", "1}", "{}", "{ 1 }", "{1}1}", "{2}", "auto"])
def test_parse_shape_refuses(shape):
    with pytest.raises(ConfigError, match="mask-shape"):
        parse_shape(shape)
