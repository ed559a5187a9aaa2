"""Asks an OpenAI-compatible server: keeps answers, repeats what may pass, stops where nothing will."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cscl_data.errors import BackendError, PartialRunError, missing_package
from cscl_data.generators.llm.budget import Budget, Spent, expected, paid_for, tokens_of
from cscl_data.generators.llm.cache import AnswerCache
from cscl_data.generators.llm.pacing import Pace
from cscl_data.generators.llm.prompts import Messages
from cscl_data.generators.llm.responses import Answer, Failure, read_response
from cscl_data.generators.llm.settings import KEY_VARIABLE, LlmRun, LlmSettings

if TYPE_CHECKING:
    import httpx

TRIES = 6
"""How often a request is sent where another try may help (our default)."""
GIVE_UP_AFTER = 20
"""Requests in a row without an answer, all tries of each, after which the server counts as broken (our default)."""
MOST_BYTES = 1 << 24
"""Longest response that is read (our default): no answer is as long as a tenth of it."""
_CONNECT_S = 10.0


class ChatClient:
    """A connection to one model of one server, shared by threads.

    Args:
        settings: the server, the model, and what is asked of it.
        run: how answers are fetched.
        folder: where answers are kept.
        key: API key, sent as a bearer token; None for a server that needs none. It is never written.

    Raises:
        BackendError: the package `httpx` is not installed.
    """

    def __init__(self, settings: LlmSettings, run: LlmRun, folder: Path, key: str | None) -> None:
        self._settings, self._run = settings, run
        self._cache = AnswerCache(folder, urlsplit(settings.url).netloc + urlsplit(settings.url).path)
        self._pace = Pace(run.requests_per_minute, run.backoff_s)
        self._budget = Budget(run.max_requests, run.max_tokens_total)
        self._http = _http_client(settings, run, key)
        self._lock = threading.Lock()
        self._room = threading.BoundedSemaphore(run.concurrency)  # of all callers together
        self._failed_in_a_row = self._from_cache = 0
        self._reached = False

    @property
    def spent(self) -> Spent:
        """What this run has paid for."""
        return self._budget.spent

    @property
    def from_cache(self) -> int:
        """Answers that this run took from the cache."""
        return self._from_cache

    def close(self) -> None:
        """End all waiting and all connections."""
        self._pace.stop()
        self._http.close()

    def ask_all(self, requests: Sequence[Messages]) -> Iterator[Answer | Failure]:
        """Yield the answer to each request, in order; several are under way at once.

        Raises:
            PartialRunError: the budget is used up; answers that were under way are kept.
            BackendError: the server cannot be used.
            OutputError: an answer cannot be kept.
        """
        with ThreadPoolExecutor(self._run.concurrency) as pool:
            futures = [pool.submit(self.ask, messages) for messages in requests]
            try:
                for future in futures:
                    yield future.result()
            except BaseException as error:
                for future in futures:
                    future.cancel()
                if not isinstance(error, PartialRunError):
                    self._pace.stop()
                raise

    def ask(self, messages: Messages) -> Answer | Failure:
        """Return the answer to one request, from the cache if it is there; `Failure` where all tries failed.

        One that is under way is waited for: it may be of a worker on Ray that has died, whose shard is tried again.

        Raises:
            PartialRunError: the budget is used up.
            BackendError: the server cannot be used.
            OutputError: the answer cannot be kept.
        """
        body = self._settings.body(messages)
        with self._cache.turn(body):
            return self._kept_or_asked(body, messages)

    def _kept_or_asked(self, body: dict[str, Any], messages: Messages) -> Answer | Failure:
        kept = self._cache.get(body)
        if kept is not None:
            with self._lock:
                self._from_cache += 1
            return kept
        failure = Failure("not sent")
        for tries in range(1, TRIES + 1):
            with self._room:
                outcome = self._send(body, messages)
            if isinstance(outcome, Answer):
                return outcome
            failure = outcome
            if not failure.retry or self._pace.stopped:
                break
            if tries < TRIES:
                self._pace.pause(tries, failure.wait_s)
        if failure.fatal:
            raise self._unusable(failure.detail)
        with self._lock:
            self._failed_in_a_row += 1
            broken = self._failed_in_a_row >= GIVE_UP_AFTER
        if broken:
            raise self._unusable(f"{GIVE_UP_AFTER} requests in a row got no answer; the last: {failure.detail}")
        return failure

    def _send(self, body: dict[str, Any], messages: Messages) -> Answer | Failure:
        """Send a request once; what it took is settled, and an answer is kept, before it returns."""
        import httpx

        about = self._budget.reserve(expected(messages, self._settings.max_answer_tokens))
        paid: Spent | None = None
        try:
            self._pace.wait()
            if self._pace.stopped:
                return Failure("stopped", fatal=True)
            outcome = self._post(body)
            if isinstance(outcome, Answer):
                paid = paid_for(outcome, messages)
                self._cache.put(body, outcome)
                with self._lock:
                    self._failed_in_a_row = 0
            self._reached = True
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.ProxyError) as error:
            return Failure(f"cannot be reached: {error}", retry=self._reached, fatal=True)
        except httpx.TimeoutException:
            paid = tokens_of(messages, "")  # The server may have worked on it, and may ask for its price.
            return Failure(f"no answer in {self._run.timeout_s:g} s", retry=True)
        except httpx.HTTPError as error:
            return Failure(f"{type(error).__name__}: {error}", retry=True)
        finally:
            self._budget.settle(about, paid)
        return outcome

    def _post(self, body: dict[str, Any]) -> Answer | Failure:
        """Send a request; an answer without end ends at `MOST_BYTES`, or when `timeout_s` has passed since it began."""
        import httpx

        with self._http.stream("POST", self._settings.url, json=body) as response:
            until = time.monotonic() + self._run.timeout_s
            content = bytearray()
            for block in response.iter_bytes():
                content += block
                if len(content) > MOST_BYTES:
                    raise httpx.RemoteProtocolError(f"more than {MOST_BYTES:,} bytes for one answer")
                if time.monotonic() > until:
                    raise httpx.ReadTimeout("the answer does not end")
        return read_response(response.status_code, response.headers, bytes(content))

    def _unusable(self, cause: str) -> BackendError:
        place = f"{self._settings.url}: model {self._settings.model!r}: {cause}"
        if "HTTP 401" in cause or "HTTP 403" in cause:
            return BackendError(place, hint=f"export {KEY_VARIABLE}=... with a key of this server")
        base = self._settings.url.removesuffix("/chat/completions")
        return BackendError(place, hint=f"curl {base}/models tells whether it runs and what its models are called")


def _http_client(settings: LlmSettings, run: LlmRun, key: str | None) -> httpx.Client:
    try:
        import httpx
    except ImportError as error:
        raise missing_package("method", "llm", "httpx", "llm") from error
    return httpx.Client(
        headers={"Authorization": f"Bearer {key}"} if key else {},
        timeout=httpx.Timeout(run.timeout_s, connect=min(_CONNECT_S, run.timeout_s), pool=None),
        limits=httpx.Limits(max_connections=run.concurrency),
        trust_env=not _is_loopback(settings.url),
    )


def _is_loopback(url: str) -> bool:
    """Tell whether a server runs on this machine, so that no proxy of the environment stands before it."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
