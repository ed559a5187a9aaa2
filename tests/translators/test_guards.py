from __future__ import annotations

import pytest

from cscl_data.translators.guards import judge, width


@pytest.mark.parametrize(
    ("source_text", "text", "reason"),
    [
        ("a man is dancing .", "한 남자가 춤을 추고 있다.", ""),
        ("a man is dancing .", " ", "empty_side"),
        ("The quick brown fox jumps over the lazy dog.", "여우", "guard_length"),
        ("Yes.", "네.", ""),
        (
            "a dog runs",
            "개가 " + "아주 긴 이야기가 이어지고 또 다른 말이 나오며 끝이 보이지 않는 문장으로 계속된다",
            "guard_length",
        ),
        ("a cat sat on a mat", "고양이 고양이 고양이 고양이 고양이", "guard_repetition"),
        ("the car broke down", "차가 펀\ufffd어", "guard_script"),
        ("a cat sat on a mat", "네네네네네네네네네네네네", "guard_repetition"),
        ("some tuna", "몇몇몇몇몇 참치", "guard_repetition"),
        ("1000000 won", "1000000원 ......", ""),
        ("ha ha ha ha ha ha!", "하하하하하하하하하하", ""),
        ("a b", "one two three four one two three four one two three four", "guard_repetition"),
        ("Open {{file}} now", "지금 {{file}} 열기", ""),
        ("Open {{file}} now", "지금 {{파일}} 열기", "guard_protected"),
        ("Open {{file}} now", "지금 파일 열기", "guard_protected"),
        ("See https://a.org/b for help", "도움말은 https://a.org/b 참조", ""),
        ("See https://a.org/b for help", "도움말은 https://a.org 참조", "guard_protected"),
        ("Write to me@x.org", "me@x.org 로 쓰세요", ""),
        ("Write to me@x.org", "me @ x . org 로 쓰세요", "guard_protected"),
        ("Use `ls -l` here", "여기서 `ls -l` 사용", ""),
        ("Use `ls -l` here", "여기서 ls -l 사용", "guard_protected"),
        ("Hello %s", "안녕 %s %s", "guard_protected"),
        ("Hello there", "안녕 <b>거기</b>", "guard_protected"),
        ("The iPhone is here", "아이폰이 여기 있다", ""),
    ],
)
def test_judge_refuses_what_no_good_translation_does(source_text, text, reason):
    assert judge(source_text, text, protect=True).reason == reason


def test_judge_lets_a_lost_placeholder_pass_without_protection():
    assert judge("Open {{file}} now", "지금 파일 열기", protect=False).reason == ""


@pytest.mark.parametrize(
    ("source_text", "text", "flags"),
    [
        ("3 men in 1,200 boats", "1200척의 배에 3명", ()),
        ("3 men", "세 남자", ("numbers",)),
        ("4 men", "４명", ()),
        ("London", "london", ("copy",)),
    ],
)
def test_judge_only_flags_numbers_and_copies(source_text, text, flags):
    verdict = judge(source_text, text, protect=True)
    assert (verdict.reason, verdict.flags) == ("", flags)


def test_width_counts_wide_characters_twice():
    assert width("a man") == 5
    assert width("남자") == 4
    assert width("e\u0301") == 1
