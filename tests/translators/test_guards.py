from __future__ import annotations

from dataclasses import replace

import pytest

from cscl_data.errors import ConfigError
from cscl_data.translators.guards import CHECKS, DEFAULT_CHECKS, Guards, Verdict, hardly_in_script, parse_checks, width

GUARDS = Guards(source="en", target="ko", checks=(*DEFAULT_CHECKS, "numbers"))


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
        ("Well done 🎉", "잘했어요 🎉", ""),
        ("Well done 🎉", "잘했어요", "guard_protected"),
        (r"Where \alpha is small", r"여기서 \alpha는 작다", ""),
        (r"Where \alpha is small", "여기서 알파는 작다", "guard_protected"),
        (r"Solve \(x + 1\) now", r"\(x + 2\) 풀기", "guard_protected"),
        ("Set $HOME first", "먼저 집을 설정", "guard_protected"),
        ("Type <code>ls -l</code> now", "지금 <code>ls</code> 입력", "guard_protected"),
        ("3 men in 1,200 boats", "1200척의 배에 3명", ""),
        ("3 men in 1,200 boats", "배에 3명", "guard_protected"),
        ("A man plays the guitar", "Um homem toca violao", "guard_script"),
        ("Ask Maria Fernanda Lopez", "Maria Fernanda Lopez 문의", ""),
        ("Read README.md and CONTRIBUTING.md", "README.md CONTRIBUTING.md", ""),
        ("The iPhone is here", "아이폰이 여기 있다", ""),
    ],
)
def test_judge_refuses_what_no_good_translation_does(source_text, text, reason):
    assert GUARDS.judge(source_text, text).reason == reason


def test_judge_lets_a_lost_placeholder_pass_without_protection():
    guards = Guards(source="en", target="ko", protect=False)
    assert guards.judge("Open {{file}} now", "지금 파일 열기").reason == ""


@pytest.mark.parametrize(
    ("source_text", "text", "flags"),
    [
        ("3 men in 1,200 boats", "1200척의 배에 3명", ()),
        ("two men", "2명", ("more_numbers",)),
        ("4 men", "４명", ()),
        ("12 300 men", "12300명", ()),
        ("12300 men", "12 300명", ()),
        ("London", "london", ("copy",)),
        ("A man and two dogs play here", "a man and two dogs play here", ("copy",)),
    ],
)
def test_numbers_that_are_more_and_copies_are_only_flagged(source_text, text, flags):
    verdict = GUARDS.judge(source_text, text)
    assert (verdict.reason, verdict.flags) == ("", flags)


BAD = {
    "length": ("The quick brown fox jumps over the lazy dog.", "여우", "guard_length"),
    "script": ("A man plays the guitar", "Um homem toca violao", "guard_script"),
    "repetition": ("a cat sat on a mat", "고양이 고양이 고양이 고양이 고양이", "guard_repetition"),
    "numbers": ("3 men", "세 남자", "guard_protected"),
    "truncated": ("a man is dancing", "한 남자가 춤을", "truncated"),
    "copy": ("London", "london", "guard_copy"),
    "language": ("A man plays the guitar", "Um homem toca uma viola de noite", "guard_language"),
}


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_refuses_where_it_acts_and_flags_where_it_does_not(check):
    source_text, text, reason = BAD[check]
    cut = check == "truncated"
    acting = Guards(source="en", target="id" if check == "language" else "ko", checks=(check,))
    assert acting.judge(source_text, text, truncated=cut).reason == reason
    for guards in (replace(acting, checks=()), replace(acting, on_fail="flag")):
        verdict = guards.judge(source_text, text, truncated=cut)
        assert verdict.reason == ""
        assert (check in verdict.flags) == (guards.checks != () or check != "language")
    assert not acting.ends([Verdict(reason)])
    assert replace(acting, on_fail="reject").ends([Verdict(), Verdict(reason)])


def test_lost_markers_and_empty_answers_give_no_record_up():
    guards = replace(GUARDS, on_fail="reject")
    assert not guards.ends([Verdict("irreversible"), Verdict("empty_side"), Verdict("too_long"), Verdict()])


def test_an_echo_is_a_copy_and_not_in_another_script():
    text = "The quick brown fox jumps over the lazy dog, 3 times, at https://a.org 🎉."
    assert GUARDS.judge(text, text) == Verdict(flags=("copy",))


def test_parse_checks_reads_names_in_their_own_order():
    assert parse_checks(",".join(reversed(DEFAULT_CHECKS))) == DEFAULT_CHECKS
    assert parse_checks("none") == ()
    for text in ("", "lenght", "copy,copy", "none,copy"):
        with pytest.raises(ConfigError):
            parse_checks(text)


def test_width_counts_wide_characters_twice():
    assert width("a man") == 5
    assert width("남자") == 4
    assert width("e\u0301") == 1


@pytest.mark.parametrize(
    ("texts", "target", "expected"),
    [
        (["abc"], "ko", False),
        (["abcd"], "ko", True),
        (["abcdefghij 가"], "ko", False),
        (["abcdefghij", "klmnopqrst 가"], "ko", True),
        (["абвгд"], "qaa", False),
        (["абвгд"], "qaa-Latn", True),
    ],
)
def test_hardly_in_script_counts_letters_and_their_share(texts, target, expected):
    assert hardly_in_script(texts, target, letters=4, share=0.15) is expected
