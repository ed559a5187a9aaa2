from __future__ import annotations

import pytest

from cscl_data.errors import ConfigError, InputError
from cscl_data.train.forms import FORMS, Marks, form_of_columns
from tests.train.stage_data import ByteSpeech

MARKS = Marks(256, 257, 258)
TALK = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "bc"}]
LONGER = [*TALK, {"role": "user", "content": "d"}, {"role": "assistant", "content": "e"}]


def sequences(objective, rows, *, template=False, marks=MARKS):
    """Each sequence as text of what is given and what is a target: marks are `^` and `$`."""
    encoded = FORMS[objective].build(ByteSpeech(marks, template=template))(rows)
    shown = {marks.bos: "^", marks.eos: "$"}
    texts, at = [], 0
    for length in encoded.lengths:
        ids = encoded.tokens[at : at + length]
        flags = [True] * length if encoded.targets is None else encoded.targets[at : at + length]
        parts = [shown.get(int(token), chr(token)) for token in ids]
        texts.append("".join(p if flag else f"({p})" for p, flag in zip(parts, flags, strict=True)).replace(")(", ""))
        at += length
    assert at == len(encoded.tokens)
    return texts


def test_text_stands_between_its_marks_and_is_learned_whole():
    assert sequences("causal-lm", [("ab",), ("",), (None,)]) == ["^ab$", "^$", "^$"]
    assert sequences("causal-lm", [("ab",)], marks=Marks(None, 257, 258)) == ["ab$"]


def test_prompt_is_read_and_response_is_learned_with_its_end():
    assert sequences("sft", [("ab", "cd", None), ("", "", None)]) == ["(^ab\n)cd$", "(^\n)$"]


def test_messages_without_a_chat_template_are_an_error_that_says_what_to_do():
    with pytest.raises(ConfigError, match="has messages, which only a chat template can write") as caught:
        sequences("sft", [("ab", "cd", TALK)])
    assert "--chat-template" in caught.value.hint


def test_chat_template_writes_messages_and_only_answers_are_learned():
    shown = sequences("sft", [("a", "bc", None), ("", "", TALK), ("", "", LONGER)], template=True)
    assert shown[0] == shown[1] == "(<user>a;<assistant>)bc;"
    assert shown[2] == "(<user>a;<assistant>)bc;(<user>d;<assistant>)e;"


def test_messages_after_the_last_answer_are_kept_but_not_learned():
    more = [*TALK, {"role": "user", "content": "x"}]
    assert sequences("sft", [("", "", more)], template=True) == ["(<user>a;<assistant>)bc;(<user>x;)"]


def test_messages_without_an_answer_are_an_input_error():
    with pytest.raises(InputError, match="beginning 'a': no message of the role 'assistant'"):
        sequences("sft", [("", "", TALK[:1])], template=True)


def test_template_that_writes_earlier_messages_anew_is_refused():
    class Forgetful(ByteSpeech):
        def render(self, messages, *, ask):
            return super().render(messages[-2:], ask=ask)

    encode = FORMS["sft"].build(Forgetful(MARKS, template=True))
    with pytest.raises(InputError, match="earlier messages anew"):
        encode([("", "", LONGER)])


def test_preferences_give_the_prompt_with_each_answer():
    row = ("a", "b", "cd", "en", "r")
    assert sequences("clo", [row]) == ["(^a\n)b$", "(^a\n)cd$"]
    assert sequences("clo", [row], template=True) == ["(<user>a;<assistant>)b;", "(<user>a;<assistant>)cd;"]


def test_preferences_as_messages_give_the_whole_talk_with_each_answer():
    prompt = [{"role": "system", "content": "s"}, TALK[0]]
    row = (prompt, TALK[1:], [{"role": "assistant", "content": "x"}], "en", "r")
    given = "(<system>s;<user>a;<assistant>)"
    assert sequences("clo", [row], template=True) == [f"{given}bc;", f"{given}x;"]


def test_preferences_as_messages_without_a_chat_template_are_an_error():
    row = (TALK[:1], TALK[1:], TALK[1:], "en", "r")
    with pytest.raises(ConfigError, match="prompt 'a': the row has messages, which only a chat template can write"):
        sequences("clo", [row])


def test_form_is_told_from_columns():
    assert form_of_columns(["id", "text"], "x") == "causal-lm"
    assert form_of_columns(["prompt", "response"], "x") == "sft"
    assert form_of_columns(["prompt", "chosen", "rejected", "prompt_lang"], "x") == "clo"
    with pytest.raises(InputError, match="x: no column 'text'"):
        form_of_columns(["a"], "x")
