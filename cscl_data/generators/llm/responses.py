"""What a server's response says: an answer, a failure that may pass, or one that will not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

_TRANSIENT = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_PLACE = {
    401: "the key is missing or wrong",
    402: "the account has no credit",
    403: "the key may not do this",
    404: "no such path or model",
    405: "the path takes no such request",
}
_EXCERPT = 200


class Answer(NamedTuple):
    """What the model wrote.

    Attributes:
        text: the answer as it came.
        finish: why it ends, in the server's words: `stop`, `length`, ...
        prompt_tokens: as the server counts them; None where it does not say.
        answer_tokens: the same of the answer.
    """

    text: str
    finish: str | None
    prompt_tokens: int | None
    answer_tokens: int | None


class Failure(NamedTuple):
    """A request that gave no answer: what happened, and what it asks of the next try.

    Attributes:
        detail: what happened.
        retry: whether another try may help.
        fatal: whether every other request would fail too.
        wait_s: seconds that the server asks to wait; None where it does not.
    """

    detail: str
    retry: bool = False
    fatal: bool = False
    wait_s: float | None = None


def read_response(status: int, headers: Mapping[str, str], body: bytes) -> Answer | Failure:
    """Read an HTTP response to a chat request.

    Args:
        status: its status code.
        headers: its headers, names in lower case.
        body: its content.
    """
    if status == 200:
        return _answer(body)
    detail = f"HTTP {status}: {_message(body)}"
    if status in _PLACE or 300 <= status < 400 or _is_out_of_credit(status, body):
        why = f" ({_PLACE[status]})" if status in _PLACE else ""
        return Failure(f"HTTP {status}{why}: {_message(body)}", fatal=True)
    if status in _TRANSIENT or status > 500:
        return Failure(detail, retry=True, wait_s=_wait_s(headers.get("retry-after"), headers.get("date")))
    return Failure(detail)


def _answer(body: bytes) -> Answer | Failure:
    value = _json(body)
    choices = value.get("choices") if isinstance(value, dict) else None
    first = choices[0] if isinstance(choices, list) and choices else None
    message = first.get("message") if isinstance(first, dict) else None
    if not isinstance(value, dict) or not isinstance(first, dict) or not isinstance(message, dict):
        return Failure(f"no chat completion: {_excerpt(body)}", retry=True)
    text, finish, usage = message.get("content"), first.get("finish_reason"), value.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    return Answer(
        text if isinstance(text, str) else "",
        finish if isinstance(finish, str) else None,
        _count(counts.get("prompt_tokens")),
        _count(counts.get("completion_tokens")),
    )


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _message(body: bytes) -> str:
    """Return the message of an error, in the forms that servers have for it; else how the body begins."""
    value = _json(body)
    if isinstance(value, dict):
        inner = value.get("error", value)
        text = inner.get("message", inner.get("detail")) if isinstance(inner, dict) else inner
        if isinstance(text, str):
            return " ".join(text.split())[:_EXCERPT]
    return _excerpt(body)


def _is_out_of_credit(status: int, body: bytes) -> bool:
    """Tell a spent account, which no waiting mends, from too many requests."""
    return status == 429 and b"insufficient_quota" in body


def _excerpt(body: bytes) -> str:
    return " ".join(body.decode("utf-8", "replace").split())[:_EXCERPT] or "an empty response"


def _wait_s(value: str | None, date: str | None) -> float | None:
    """Return the seconds of a Retry-After header: a number, or a date by the server's own clock, not by ours."""
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    until, now = _instant(value), _instant(date)
    return None if until is None or now is None else max(0.0, (until - now).total_seconds())


def _instant(date: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(date or "")
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
