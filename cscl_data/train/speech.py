"""A tokenizer and a chat template as something that can be sent to another process. Nothing here imports torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cscl_data.errors import ConfigError, InputError
from cscl_data.train.forms import FORMS, Encode, Marks

PLAIN = "plain"
"""In place of a chat template: prompt and response follow each other."""


class SpeechSpec(NamedTuple):
    """All that tokenising needs.

    Attributes:
        objective: names the form of the rows.
        tokenizer: its folder, or its name on the Hub.
        marks: ids of beginning, end and filling.
        core: a fast tokenizer as JSON; None for one that is not.
        template: the chat template, None for prompt and response one after the other.
    """

    objective: str
    tokenizer: str
    marks: Marks
    core: str | None
    template: str | None


def open_encoder(spec: SpeechSpec) -> Encode:
    """Return the function from rows to token ids."""
    return FORMS[spec.objective].build(OpenedSpeech(spec))


def choose_template(own: str | None, given: str | None) -> str | None:
    """Return the chat template a run uses, None for prompt and response one after the other.

    Args:
        own: that of the tokenizer, None where it has none.
        given: a file, `plain`, or None for the tokenizer's own.

    Raises:
        ConfigError: the file cannot be read, or the tokenizer has none and nothing else was said.
    """
    if given == PLAIN:
        return None
    if given is not None:
        try:
            return Path(given).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"--chat-template {given}: cannot be read ({error})") from error
    if own is None:
        raise ConfigError(
            "the tokenizer has no chat template",
            hint="--chat-template FILE.jinja, or --chat-template plain: prompt and response follow each other",
        )
    return own


def own_template(tokenizer: Any) -> str | None:
    """Return the chat template of a tokenizer, None if it has none."""
    return default_of(tokenizer.chat_template)


def default_of(template: Any) -> str | None:
    """Return a chat template, or the one called `default` of several by name; None for none."""
    if isinstance(template, dict):
        template = template.get("default")
    return str(template) if template else None


class OpenedSpeech:
    """See `cscl_data.train.forms.base.Speech`.

    Args:
        spec: what it was sent as.
    """

    def __init__(self, spec: SpeechSpec) -> None:
        self._spec = spec
        self._core: Any = None
        self._whole: Any = None
        self.marks = spec.marks
        if spec.core is not None:
            from tokenizers import Tokenizer

            self._core = Tokenizer.from_str(spec.core)
            self._core.no_truncation()
            self._core.no_padding()

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the ids of each text: a special token that is spelt out does not act as one."""
        if self._core is not None:
            self._core.encode_special_tokens = True
            return [e.ids for e in self._core.encode_batch_fast(list(texts), add_special_tokens=False)]
        whole = self._opened()
        return [whole(text, add_special_tokens=False, split_special_tokens=True)["input_ids"] for text in texts]

    def template_ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the ids of texts that a chat template wrote."""
        if self._core is not None:
            self._core.encode_special_tokens = False
            return [e.ids for e in self._core.encode_batch_fast(list(texts), add_special_tokens=False)]
        whole = self._opened()
        return [whole(text, add_special_tokens=False)["input_ids"] for text in texts]

    @property
    def has_template(self) -> bool:
        """Whether messages are written by a chat template."""
        return self._spec.template is not None

    def render(self, messages: Sequence[dict[str, str]], *, ask: bool) -> str:
        """Write messages by the chat template.

        Raises:
            InputError: the template refuses them.
        """
        from jinja2 import TemplateError

        try:
            return str(
                self._opened().apply_chat_template(
                    list(messages), chat_template=self._spec.template, tokenize=False, add_generation_prompt=ask
                )
            )
        except (TemplateError, TypeError, KeyError, ValueError) as error:
            beginning = messages[0]["content"][:40] if messages else ""
            raise InputError(f"messages beginning {beginning!r}: the chat template refuses them ({error})") from error

    def _opened(self) -> Any:
        """Return the tokenizer of `transformers`, which takes a while to load and imports torch."""
        if self._whole is None:
            from cscl_data.train.tokenizer import load_tokenizer

            self._whole = load_tokenizer(self._spec.tokenizer)
        return self._whole
