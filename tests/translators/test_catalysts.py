from __future__ import annotations

import pytest

from cscl_data.errors import ConfigError
from cscl_data.translators.catalysts import load_catalysts, resolve


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        (["question", "answers.*.text"], "question-answering"),
        (["en.sentence1", "en.sentence2"], "sentence-similarity"),
        (["premise", "hypothesis"], "natural-language-inference"),
        (["premise", "choice1", "choice2"], "cause-and-effect"),
        (["query", "title", "snippet"], "page-ranking"),
        (["messages.*.content"], "dialogue"),
        (["desc.*.en", "examples.*.en"], "generic"),
        (["Instruction", "Response"], "instruction-response"),
        (["qas.0.question", "qas.0.answers.0"], "question-answering"),
    ],
)
def test_relation_is_chosen_by_the_last_part_of_the_names(fields, name):
    catalyst = resolve("relation", fields, "en")
    assert catalyst.name == name
    assert catalyst.text


def test_other_modes():
    assert resolve("none", ["a"], "en")[:2] == ("none", "")
    assert resolve("concat", ["premise", "hypothesis"], "ko").name == "concat"
    assert resolve("auto", ["premise", "hypothesis"], "ko").name == "natural-language-inference"
    assert resolve("These are facts.", ["a"], "en")[:2] == ("custom", "These are facts.")


def test_a_language_without_a_statement_gives_none_and_says_so():
    catalyst = resolve("relation", ["question", "answer"], "de")
    assert catalyst[:2] == ("none", "")
    assert "de" in catalyst.note


def test_a_region_uses_its_language():
    assert resolve("concat", ["a"], "en-GB").text == resolve("concat", ["a"], "en").text


def test_own_file_in_its_own_order(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("mine:\n  needs: [[a]]\n  text: {en: 'Mine  is\n    this.'}\n", encoding="utf-8")
    assert resolve("relation", ["x.a"], "en", relations=load_catalysts(path)) == ("mine", "Mine is this.", "")
    assert resolve("relation", ["b"], "en", relations=load_catalysts(path)).name == "none"


@pytest.mark.parametrize(
    "content", ["", "- a", "a: b", "a: {needs: x, text: {en: x}}", "a: {text: {}}", "a: [", "a: {txt: {}}"]
)
def test_a_damaged_file_is_one_clear_error(tmp_path, content):
    path = tmp_path / "mine.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"mine\.yaml"):
        load_catalysts(path)


def test_shipped_statements_hold_no_indicator():
    for relation in load_catalysts():
        assert {"en", "ko", "ja", "id"} <= set(relation.text)
        assert not any(char in text for text in relation.text.values() for char in "@#*")
