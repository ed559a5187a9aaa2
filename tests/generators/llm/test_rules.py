"""Every rule of validation finds what it is for, and lets go what is right."""

from __future__ import annotations

import pytest

from cscl_data.generators.llm.cleaning import cleaned
from cscl_data.generators.llm.rules import RULES
from tests.generators.llm.items import EN, JA, KO, faults_of, item_of

EN_KO, KO_EN = item_of(), item_of(("ko", KO), ("en", EN))
BUS = item_of(("en", "The last bus leaves at 11:40 p.m."), ("ko", "막차는 밤 11시 40분에 떠난다."))
CODE = item_of(("en", "Run `make test` before you commit."), ("ko", "커밋하기 전에 `make test`를 실행하세요."))
ANNA = item_of(("en", "This week Anna missed it twice."), ("ko", "안나는 이번 주에 두 번이나 놓쳤다."))
GOOD = {
    "noun": (EN_KO, "My grandmother drinks 녹차 every morning."),
    "noun with its particle": (EN_KO, "My grandmother drinks 녹차를 every morning."),
    "two nouns": (EN_KO, "My 할머니 drinks green tea every 아침."),
    "other frame": (KO_EN, "우리 할머니는 매일 아침 green tea를 마신다."),
    "Japanese": (item_of(("en", EN), ("ja", JA)), "My grandmother drinks 緑茶 every morning."),
    "digits of the other language": (BUS, "The last bus leaves at 11시 40분."),
    "code kept": (CODE, "Run `make test` before you 커밋."),
    "name switched": (ANNA, "This week 안나 missed it twice."),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_answer_breaks_no_rule(name: str) -> None:
    item, answer = GOOD[name]
    assert faults_of(item, answer) == set()


BAD = {
    "empty": [(EN_KO, ""), (EN_KO, "```\n```"), (EN_KO, "<think>Let me see.</think>")],
    "cut_off": [],
    "residue": [
        (EN_KO, "Sure! My grandmother drinks 녹차 every morning."),
        (EN_KO, "Here is the sentence: My grandmother drinks 녹차 every morning."),
        (EN_KO, "My grandmother drinks 녹차 every morning.\n\nNote: 녹차 is green tea."),
        (EN_KO, "I'm sorry, I cannot help with that."),
        (EN_KO, "My grandmother drinks 녹차 every morning.<|im_end|>"),
    ],
    "unchanged": [(EN_KO, EN), (EN_KO, KO), (KO_EN, "우리 할머니는 매일 아침 녹차를 마신다")],
    "third_script": [
        (EN_KO, "My grandmother drinks 緑茶 every morning."),
        (EN_KO, "My бабушка drinks 녹차 every morning."),
    ],
    "one_language": [
        (EN_KO, "My grandmother drank green tea every morning."),
        (EN_KO, "우리 할머니는 아침 녹차를 마신다."),
    ],
    "provenance": [
        (EN_KO, "My grandmother drinks 커피 every 아침."),
        (EN_KO, "My grandmother drinks 녹차 every 저녁."),
    ],
    "invented": [
        (EN_KO, "My dear grandmother drinks 녹차 every morning."),
        (KO_EN, "우리 아버지는 매일 아침 green tea를 마신다."),
    ],
    "added": [
        (EN_KO, "My grandmother drinks green tea (녹차) every morning."),
        (KO_EN, "우리 할머니는 매일 아침 녹차 green tea를 마신다."),
    ],
    "dropped": [(EN_KO, "My grandmother drinks 녹차를 every."), (ANNA, "This 놓쳤다.")],
    "names": [(ANNA, "This week missed it 두 번이나.")],
    "numbers": [
        (BUS, "The 막차 leaves at 11:45 p.m."),
        (BUS, "The 막차 leaves p.m."),
        (EN_KO, "My 할머니 drinks 2 green tea."),
    ],
    "protected": [(CODE, "Run the test before you 커밋."), (CODE, "Run make test before you 커밋.")],
    "length": [(EN_KO, "녹차 every."), (EN_KO, f"{EN[:-1]} {EN[:-1]} 녹차.")],
    "ratio": [(EN_KO, "My 할머니 매일 녹차를 아침 마신다.")],
}  # fmt: skip


@pytest.mark.parametrize(("rule", "number"), [(rule, i) for rule in BAD for i in range(len(BAD[rule]))])
def test_rule_finds_what_it_is_for(rule: str, number: int) -> None:
    item, answer = BAD[rule][number]
    assert rule in faults_of(item, answer)


def test_answer_that_the_server_cut_is_refused() -> None:
    assert faults_of(EN_KO, "My grandmother drinks 녹차", finish="length") == {"cut_off"}


def test_every_rule_is_tested() -> None:
    assert tuple(BAD) == RULES


def test_bounds_of_the_ratio_are_the_users() -> None:
    answer = "My grandmother drinks 녹차 every morning."
    assert faults_of(EN_KO, answer, bounds=(0.2, 0.3)) == set()
    assert faults_of(EN_KO, answer, bounds=(0.3, 0.5)) == {"ratio"}
    assert faults_of(EN_KO, answer, bounds=(0.1, 0.2)) == {"ratio"}


@pytest.mark.parametrize(
    ("answer", "text", "repairs"),
    [
        ("I drink 녹차.", "I drink 녹차.", ()),
        ("\n  I drink 녹차.  \n", "I drink 녹차.", ()),
        ('"I drink 녹차."', "I drink 녹차.", ("quotes",)),
        ("“I drink 녹차.”", "I drink 녹차.", ("quotes",)),
        ("```text\nI drink 녹차.\n```", "I drink 녹차.", ("fence",)),
        ("**I drink 녹차.**", "I drink 녹차.", ("emphasis",)),
        ("Sentence: I drink 녹차.", "I drink 녹차.", ("label",)),
        ("**Code-switched sentence:** I drink 녹차.", "I drink 녹차.", ("label",)),
        ("<think>\nHm.\n</think>\n\nI drink 녹차.", "I drink 녹차.", ("thought",)),
        ('```\nAnswer: "I drink 녹차."\n```', "I drink 녹차.", ("fence", "label", "quotes")),
    ],
)
def test_wrapping_is_taken_off(answer: str, text: str, repairs: tuple[str, ...]) -> None:
    assert cleaned(answer, "I drink tea.") == (text, repairs)


@pytest.mark.parametrize(
    ("answer", "matrix"),
    [
        ('"I drink 녹차."', '"I drink tea."'),
        ("Answer: 녹차.", "Answer: tea."),
        ("```\n녹차\n```", "```\ntea\n```"),
        ("*I drink* 녹차.", "*I drink* tea."),
        ('"Tea", she said, "and 녹차"', 'She drinks "tea"'),
    ],
)
def test_wrapping_that_the_matrix_has_stays(answer: str, matrix: str) -> None:
    assert cleaned(answer, matrix).text == answer
