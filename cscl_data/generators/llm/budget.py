"""What a run may pay for, and what it has paid for."""

from __future__ import annotations

import threading
from typing import NamedTuple

from cscl_data.errors import PartialRunError
from cscl_data.generators.llm.prompts import Messages
from cscl_data.generators.llm.responses import Answer

BYTES_A_TOKEN = 3
"""UTF-8 bytes of text for each token, about (our default: Latin letters have four, a Hangul syllable is one token)."""
_AROUND_A_MESSAGE = 4


class Spent(NamedTuple):
    """What this run has paid for: answers, and tokens as the server counts them, estimated where it does not."""

    answers: int = 0
    prompt_tokens: int = 0
    answer_tokens: int = 0

    @property
    def tokens(self) -> int:
        """All tokens."""
        return self.prompt_tokens + self.answer_tokens

    def cost(self, prices: tuple[float, float]) -> float:
        """Return the cost at prices of a million prompt tokens and a million answer tokens."""
        return (self.prompt_tokens * prices[0] + self.answer_tokens * prices[1]) / 1e6


class Budget:
    """Counts answers that are paid for, and stops before one too many; threads share it.

    Requests under way count with an estimate of their tokens until their answers come.

    Args:
        max_requests: answers to pay for, at most; None for any number.
        max_tokens: tokens to pay for, at most; None for any number.
    """

    def __init__(self, max_requests: int | None, max_tokens: int | None) -> None:
        self._max_requests, self._max_tokens = max_requests, max_tokens
        self._lock = threading.Lock()
        self._under_way = self._expected = 0
        self._spent = Spent()

    @property
    def spent(self) -> Spent:
        """What has been paid for so far."""
        return self._spent

    def reserve(self, tokens: int) -> int:
        """Make room for a request of about so many tokens, or as many as answers took on average, if those are more.

        Returns:
            What was reserved, for `settle`.

        Raises:
            PartialRunError: the budget does not allow one more.
        """
        with self._lock:
            if self._max_requests is not None and self._spent.answers + self._under_way >= self._max_requests:
                raise self._used_up("--max-requests", self._max_requests)
            about = max(tokens, self._spent.tokens // max(1, self._spent.answers))
            if self._max_tokens is not None and self._spent.tokens + self._expected + about > self._max_tokens:
                raise self._used_up("--max-tokens-total", self._max_tokens)
            self._under_way += 1
            self._expected += about
            return about

    def settle(self, reserved: int, paid: Spent | None) -> None:
        """Put what a request took in the place of what was reserved for it; None where nothing was paid."""
        with self._lock:
            self._under_way -= 1
            self._expected -= reserved
            if paid is not None:
                self._spent = Spent(*(a + b for a, b in zip(self._spent, paid, strict=True)))

    @staticmethod
    def _used_up(flag: str, limit: int) -> PartialRunError:
        return PartialRunError(
            f"{flag} {limit} is reached: this run may pay for no more; every answer is kept",
            hint="the same command again goes on and pays for no answer twice",
        )


def tokens_of(messages: Messages, answer: str) -> Spent:
    """Estimate what a request and its answer take."""
    prompt = sum(_tokens(message["content"]) + _AROUND_A_MESSAGE for message in messages)
    return Spent(1, prompt, _tokens(answer))


def expected(messages: Messages, max_answer_tokens: int) -> int:
    """Estimate what a request will take: the answer is about a quarter of the prompt (our default), or cut before."""
    prompt = tokens_of(messages, "").prompt_tokens
    return prompt + min(max_answer_tokens, prompt // 4)


def paid_for(answer: Answer, messages: Messages) -> Spent:
    """Return what an answer took: the server's counts, estimated where it gives none."""
    about = tokens_of(messages, answer.text)
    return Spent(
        1,
        about.prompt_tokens if answer.prompt_tokens is None else answer.prompt_tokens,
        about.answer_tokens if answer.answer_tokens is None else answer.answer_tokens,
    )


def _tokens(text: str) -> int:
    return -(-len(text.encode("utf-8", "replace")) // BYTES_A_TOKEN)
