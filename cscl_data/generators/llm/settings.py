"""How a language model is asked: what decides its answers, and what only decides how they are fetched."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cscl_data.errors import ConfigError, unknown_name
from cscl_data.generators.llm.prompts import GUIDED, MODES, prompt_hash

METHOD = "llm.3"
"""Name and version of the method; the version rises when what is made of an answer changes."""
KEY_VARIABLE = "CSCL_LLM_API_KEY"
"""Environment variable that holds the API key; there is no other way to give it."""
ALIGN, REJECT = "align", "reject"
FALLBACKS = (ALIGN, REJECT)
_CHAT = "/chat/completions"
_FIXED = frozenset({"model", "messages", "n", "stream"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmSettings:
    """What decides the text.

    Attributes:
        endpoint: base URL of the server, up to and with `/v1`; the whole chat URL is taken too.
        model: name of the model there.
        mode: `free`, or `guided` by units of the alignment.
        fallback: what becomes of an item without a valid answer: `align`, or `reject`.
        max_answer_tokens: length at which the server cuts an answer.
        extra: JSON object of more fields for the request; null takes a field away.
        ratio_bounds: lowest and highest switch ratio of a valid answer; None for half and twice what was asked for.

    Raises:
        ConfigError: a value is out of range, unknown or unreadable; the URL is none, or holds a password or a query.
    """

    endpoint: str
    model: str
    mode: str = "free"
    fallback: str = ALIGN
    max_answer_tokens: int = 1024
    extra: str = "{}"
    ratio_bounds: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        _check_url(self.endpoint)
        if self.mode not in MODES:
            raise unknown_name("value of --llm-mode", self.mode, MODES)
        if self.fallback not in FALLBACKS:
            raise unknown_name("value of --llm-fallback", self.fallback, FALLBACKS)
        if self.max_answer_tokens < 1:
            raise ConfigError(f"--llm-answer-tokens must be at least 1, not {self.max_answer_tokens}")
        if self.ratio_bounds is not None and not 0 < self.ratio_bounds[0] <= self.ratio_bounds[1] <= 1:
            raise ConfigError("--llm-ratio-bounds must be LOW,HIGH above 0 and up to 1")
        self._fields()

    @property
    def needs_links(self) -> bool:
        """Whether word alignments are needed: to guide, or to fall back on."""
        return self.mode == GUIDED or self.fallback == ALIGN

    @property
    def url(self) -> str:
        """URL that requests go to."""
        base = self.endpoint.rstrip("/")
        return base if base.endswith(_CHAT) else base + _CHAT

    @property
    def host(self) -> str:
        """Host and port, as the user gave them."""
        return urlsplit(self.endpoint).netloc

    def body(self, messages: list[dict[str, str]]) -> dict[str, Any]:
        """Return the request for some messages: temperature 0, top_p 1.

        Source:
            yoo-etal-2024-csrt (temperature 0, top_p 1). The length is our default.
        """
        fields = {"temperature": 0, "top_p": 1, "max_tokens": self.max_answer_tokens, **self._fields()}
        asked = {name: value for name, value in fields.items() if value is not None}
        return {"model": self.model, "messages": messages, **asked}

    def sig_parts(self) -> dict[str, str]:
        """Return what stands in `sig` for the model and its prompt."""
        parts = {"llm": self.model, "prompt": prompt_hash(self.mode), "mode": self.mode}
        if self.max_answer_tokens != 1024:
            parts["answer-tokens"] = str(self.max_answer_tokens)
        if self._fields():
            parts["request"] = sha256(json.dumps(self._fields(), sort_keys=True).encode()).hexdigest()[:8]
        if self.ratio_bounds is not None:
            parts["bounds"] = f"{self.ratio_bounds[0]:g},{self.ratio_bounds[1]:g}"
        return parts

    def _fields(self) -> dict[str, Any]:
        try:
            fields = json.loads(self.extra)
        except ValueError as error:
            raise ConfigError(f"--llm-extra {self.extra!r}: not JSON ({error})") from error
        if not isinstance(fields, dict) or _FIXED & fields.keys():
            raise ConfigError(f"--llm-extra must be a JSON object without {', '.join(sorted(_FIXED))}")
        return fields


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmRun:
    """What never changes the text.

    Attributes:
        cache: folder of answers, by request; None for the default inside the output directory.
        concurrency: requests under way at once.
        requests_per_minute: highest rate of requests; None for as fast as they go.
        timeout_s: seconds to wait for one answer.
        backoff_s: seconds before the first repetition of a request; they double each time.
        max_requests: new answers, at most, that this run may pay for; None for any number.
        max_tokens_total: tokens of new answers and their prompts, at most; None for any number.
        prices: price of a million prompt tokens and of a million answer tokens; None where unknown.

    Raises:
        ConfigError: a value is out of range.
    """

    cache: Path | None = None
    concurrency: int = 8
    requests_per_minute: float | None = None
    timeout_s: float = 120.0
    backoff_s: float = 1.0
    max_requests: int | None = None
    max_tokens_total: int | None = None
    prices: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if self.concurrency < 1:
            raise ConfigError(f"--llm-concurrency must be at least 1, not {self.concurrency}")
        positive = {
            "--requests-per-minute": self.requests_per_minute,
            "--llm-timeout": self.timeout_s,
            "--max-requests": self.max_requests,
            "--max-tokens-total": self.max_tokens_total,
        }
        for flag, value in positive.items():
            if value is not None and value <= 0:
                raise ConfigError(f"{flag} must be above 0, not {value:g}")
        if self.prices is not None and min(self.prices) < 0:
            raise ConfigError("--price-in and --price-out must not be below 0")


def _check_url(endpoint: str) -> None:
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(
            "--endpoint must be a URL such as http://127.0.0.1:8000/v1", hint="give the URL up to and with /v1"
        )
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ConfigError(
            "--endpoint must hold neither a password nor a query: it stands in the manifest",
            hint=f"the key is read from {KEY_VARIABLE}",
        )
