"""Instructions (`sft/1`): a prompt and a response, or messages. Only what the assistant says is learned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cscl_data.errors import ConfigError, InputError
from cscl_data.train.forms.base import Encode, Encoded, Form, Row, Speech, join

Parts = list[tuple[str, bool]]
SEPARATOR = "\n"
"""Between prompt and response where no template is used (our default)."""


def build(speech: Speech) -> Encode:
    """Return the function that turns a row into one sequence whose targets are the responses."""

    def encode(rows: Sequence[Row]) -> Encoded:
        if not speech.has_template:
            for prompt, _, messages in rows:
                refuse_messages(messages, f"prompt {_short(prompt)!r}")
            return join(
                plain_pairs(speech, [(prompt or "", response or "") for prompt, response, _ in rows]), per_row=1
            )
        talks = [messages or dialogue(prompt, response) for prompt, response, messages in rows]
        return join(chat_sequences(speech, talks), per_row=1)

    return encode


def plain_pairs(speech: Speech, pairs: Sequence[tuple[str, str]]) -> Iterator[list[tuple[list[int], bool]]]:
    """Yield prompts and responses one after the other, between the marks; the end is a target."""
    begin = [] if speech.marks.bos is None else [speech.marks.bos]
    texts = [text for prompt, response in pairs for text in (prompt + SEPARATOR, response)]
    ids = iter(speech.ids(texts))
    for _ in pairs:
        yield [(begin + next(ids), False), ([*next(ids), speech.marks.eos], True)]


def chat_sequences(speech: Speech, talks: Sequence[Sequence[dict[str, Any]]]) -> Iterator[list[tuple[list[int], bool]]]:
    """Yield conversations as the chat template writes them; what the assistant says is a target, its end included."""
    written = [chat_parts(speech, talk) for talk in talks]
    ids = iter(speech.template_ids([text for parts in written for text, _ in parts]))
    for parts in written:
        yield [(next(ids), is_target) for _, is_target in parts]


def chat_parts(speech: Speech, talk: Sequence[dict[str, Any]]) -> Parts:
    """Cut a conversation into what is given and what the assistant says.

    Prompts are cut off where generation would begin, so that training sees the tokens that generation will see.

    Raises:
        InputError: nobody answers, or the template refuses the messages or writes earlier ones anew later.
    """
    messages = [{"role": turn["role"], "content": turn["content"]} for turn in talk]
    where = f"messages beginning {_short(messages[0]['content'] if messages else '')!r}"
    parts: Parts = []
    told = ""
    for i, message in enumerate(messages):
        if message["role"] != "assistant":
            continue
        asked = speech.render(messages[:i], ask=True)
        answered = speech.render(messages[: i + 1], ask=False)
        if not (asked.startswith(told) and answered.startswith(asked)):
            raise InputError(
                f"{where}: the chat template writes earlier messages anew when others follow, "
                "so the answers cannot be told apart",
                hint="split the conversation so that each row has one answer, or --chat-template FILE",
            )
        parts += [(asked[len(told) :], False), (answered[len(asked) :], True)]
        told = answered
    if not parts:
        raise InputError(f"{where}: no message of the role 'assistant'")
    rest = speech.render(messages, ask=False)[len(told) :]
    return [*parts, (rest, False)] if rest else parts


def dialogue(prompt: str | None, response: str | None) -> list[dict[str, str]]:
    """Return a prompt and its response as messages."""
    return [{"role": "user", "content": prompt or ""}, {"role": "assistant", "content": response or ""}]


def refuse_messages(messages: object, where: str) -> None:
    """Refuse messages where no chat template can write them.

    Raises:
        ConfigError: there are messages.
    """
    if messages:
        raise ConfigError(
            f"{where}: the row has messages, which only a chat template can write",
            hint="--chat-template FILE.jinja, or the tokenizer of the model's instruction-tuned version",
        )


def _short(text: str | None) -> str:
    return (text or "")[:40]


FORM = Form(columns=("prompt", "response"), optional=("messages",), build=build, schema="sft/1")
