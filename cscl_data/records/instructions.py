"""The rows that instruction tuning reads: a prompt with its response, or with a chosen and a rejected one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from cscl_data.errors import SchemaError


class Message(NamedTuple):
    """One turn: its `role` (`system`, `user`, `assistant`), and what is said."""

    role: str
    content: str


def plain_prompt(messages: tuple[Message, ...]) -> str:
    """Return a prompt as one text: the contents of its messages, a blank line between them."""
    return "\n\n".join(message.content for message in messages)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceRow:
    """One prompt with an answer in its own language, which is chosen, and one in another, which is rejected.

    As text (`preferences/1`), or with `chat` as messages (`preferences_chat/1`).
    """

    record_id: str
    prompt: tuple[Message, ...]
    chosen: str
    rejected: str
    prompt_lang: str
    rejected_lang: str

    @property
    def id(self) -> str:
        """Id of the row: the record's, and the language of the prompt."""
        return f"{self.record_id}/{self.prompt_lang}"

    def check(self) -> None:
        """Check that there is something to prefer.

        Raises:
            SchemaError: a text is blank, or both answers are the same.
        """
        if not (self.chosen.strip() and self.rejected.strip() and any(m.content.strip() for m in self.prompt)):
            raise SchemaError(f"preference {self.id}: a text is blank")
        if self.chosen == self.rejected:
            raise SchemaError(f"preference {self.id}: chosen and rejected are the same text")

    def row(self, sig: str, *, chat: bool) -> dict[str, Any]:
        """Return the columns."""
        return {
            "id": self.id,
            "record_id": self.record_id,
            "prompt": [message._asdict() for message in self.prompt] if chat else plain_prompt(self.prompt),
            "chosen": _answer(self.chosen, chat=chat),
            "rejected": _answer(self.rejected, chat=chat),
            "prompt_lang": self.prompt_lang,
            "chosen_lang": self.prompt_lang,
            "rejected_lang": self.rejected_lang,
            "sig": sig,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SftRow:
    """One prompt with its response (`sft/1`), with `chat` as messages too."""

    record_id: str
    prompt: tuple[Message, ...]
    response: str
    lang: str

    @property
    def id(self) -> str:
        """Id of the row: the record's, and the language of the prompt."""
        return f"{self.record_id}/{self.lang}"

    def row(self, sig: str, *, chat: bool) -> dict[str, Any]:
        """Return the columns; beside messages, `prompt` is the last of them before the response."""
        messages = [message._asdict() for message in (*self.prompt, Message("assistant", self.response))]
        return {
            "id": self.id,
            "record_id": self.record_id,
            "prompt": self.prompt[-1].content if chat else plain_prompt(self.prompt),
            "response": self.response,
            "messages": messages if chat else None,
            "lang": self.lang,
            "sig": sig,
        }


def _answer(text: str, *, chat: bool) -> str | list[dict[str, str]]:
    return [Message("assistant", text)._asdict()] if chat else text
