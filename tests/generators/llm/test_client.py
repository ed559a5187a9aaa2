"""The client against a real HTTP server: keys, retries, rate, cache, budget, and errors that name their cause."""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cscl_data.errors import BackendError, PartialRunError
from cscl_data.generators.llm.client import GIVE_UP_AFTER, TRIES, ChatClient
from cscl_data.generators.llm.responses import Answer, Failure
from cscl_data.generators.llm.settings import LlmRun, LlmSettings
from tests.generators.llm.chat_server import ChatServer, Reply, always, chat_server, fails, in_turn, says

KEY = "sk-secret-of-the-test"


@contextmanager
def client_of(server: ChatServer | str, folder: Path, *, key: str | None = None, **run: object) -> Iterator[ChatClient]:
    url = server if isinstance(server, str) else server.url
    settings = LlmSettings(endpoint=url, model="tiny")
    client = ChatClient(settings, LlmRun(**{"backoff_s": 0.001, **run}), folder, key)
    try:
        yield client
    finally:
        client.close()


def message(text: str) -> list[dict[str, str]]:
    return [{"role": "system", "content": "s"}, {"role": "user", "content": text}]


def test_request_is_a_chat_completion_at_temperature_0_with_the_key(tmp_path: Path) -> None:
    with chat_server(always(says("tea"))) as server, client_of(server, tmp_path, key=KEY) as client:
        answer = client.ask(message("x"))
    assert answer == Answer("tea", "stop", 100, 10)
    [seen] = server.seen
    assert seen.path == "/v1/chat/completions"
    assert seen.headers["Authorization"] == f"Bearer {KEY}"
    assert seen.body["messages"] == message("x")
    assert {name: seen.body[name] for name in ("model", "temperature", "top_p", "max_tokens")} == {
        "model": "tiny",
        "temperature": 0,
        "top_p": 1,
        "max_tokens": 1024,
    }


def test_request_without_a_key_has_no_authorization(tmp_path: Path) -> None:
    with chat_server(always(says("tea"))) as server, client_of(server, tmp_path) as client:
        client.ask(message("x"))
    assert "Authorization" not in server.seen[0].headers


def test_more_fields_join_the_request_and_null_takes_one_away(tmp_path: Path) -> None:
    extra = '{"max_tokens": null, "max_completion_tokens": 9}'
    with chat_server(always(says("tea"))) as server:
        client = ChatClient(LlmSettings(endpoint=server.url, model="m", extra=extra), LlmRun(), tmp_path, None)
        client.ask(message("x"))
        client.close()
    assert "max_tokens" not in server.seen[0].body
    assert server.seen[0].body["max_completion_tokens"] == 9


def test_whole_chat_url_is_taken_as_an_endpoint(tmp_path: Path) -> None:
    with chat_server(always(says("tea"))) as server, client_of(f"{server.url}/chat/completions", tmp_path) as client:
        client.ask(message("x"))
    assert server.seen[0].path == "/v1/chat/completions"


@pytest.mark.parametrize(
    "first",
    [
        fails(500),
        fails(503),
        fails(429),
        Reply(200, b"<html>busy</html>"),
        Reply(200, b'{"choices": []}'),
        Reply(200, b'{"choices": [{"message": null}]}'),
        Reply(200, b"\x00\xff\xfe" * 1000),
        Reply(0, b""),
        Reply(0, b"\x16\x03\x01 no HTTP\r\n\r\n"),
        Reply(0, b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"choices": [{'),
        Reply(200, b"{" * (1 << 20), again_s=0.0),
    ],
    ids=[
        *("500", "503", "429", "no JSON", "no choice", "no message"),
        *("binary", "reset", "no HTTP", "cut and reset", "without end"),
    ],
)
def test_what_may_pass_is_tried_again(first: Reply, tmp_path: Path) -> None:
    with chat_server(in_turn(first, first, says("tea"))) as server, client_of(server, tmp_path) as client:
        assert client.ask(message("x")) == Answer("tea", "stop", 100, 10)
    assert len(server.seen) == 3
    assert client.spent.answers == 1


def test_server_that_asks_to_wait_is_waited_for_by_every_request(tmp_path: Path) -> None:
    busy = fails(429, "slow down", Retry_After="0.4")
    times: list[float] = []

    def write(_: object, number: int) -> Reply:
        times.append(time.monotonic())
        return busy if number == 0 else says("tea")

    with chat_server(write) as server, client_of(server, tmp_path, concurrency=1) as client:
        assert all(isinstance(answer, Answer) for answer in client.ask_all([message("x"), message("y")]))
    assert times[1] - times[0] >= 0.39
    assert len(server.seen) == 3


def test_failure_of_every_try_is_told(tmp_path: Path) -> None:
    with chat_server(always(fails(500, "out of memory"))) as server, client_of(server, tmp_path) as client:
        assert client.ask(message("x")) == Failure("HTTP 500: out of memory", retry=True)
    assert len(server.seen) == TRIES
    assert client.spent.answers == 0


def test_bad_request_is_not_repeated(tmp_path: Path) -> None:
    with chat_server(always(fails(400, "too long"))) as server, client_of(server, tmp_path) as client:
        assert client.ask(message("x")) == Failure("HTTP 400: too long")
    assert len(server.seen) == 1


def test_answer_that_does_not_come_is_a_failure_and_counts_as_paid(tmp_path: Path) -> None:
    slow = says("tea")._replace(takes_s=5)
    with chat_server(always(slow)) as server, client_of(server, tmp_path, timeout_s=0.05) as client:
        failure = client.ask(message("x"))
    assert isinstance(failure, Failure)
    assert failure.detail == "no answer in 0.05 s"
    assert len(server.seen) == TRIES
    assert client.spent.answers == TRIES


def test_answer_that_drips_without_end_is_a_failure(tmp_path: Path) -> None:
    """Every byte comes in time, and the answer never ends."""
    drips = Reply(200, b" ", again_s=0.02)
    with chat_server(always(drips)) as server, client_of(server, tmp_path, timeout_s=0.15) as client:
        failure = client.ask(message("x"))
    assert isinstance(failure, Failure)
    assert failure.detail == "no answer in 0.15 s"
    assert len(server.seen) == TRIES


@pytest.mark.parametrize(
    ("reply", "says_why"),
    [
        (fails(401, "bad key"), "HTTP 401 (the key is missing or wrong): bad key"),
        (fails(403, "forbidden"), "HTTP 403 (the key may not do this): forbidden"),
        (fails(404, "no model tiny"), "HTTP 404 (no such path or model): no model tiny"),
        (fails(429, "insufficient_quota"), "HTTP 429: insufficient_quota"),
        (Reply(302, b"", (("Location", "http://127.0.0.1:1/"),)), "HTTP 302: an empty response"),
    ],
    ids=["401", "403", "404", "no credit", "redirect"],
)
def test_server_that_cannot_be_used_is_named_at_once(reply: Reply, says_why: str, tmp_path: Path) -> None:
    with (
        chat_server(always(reply)) as server,
        client_of(server, tmp_path, key=KEY) as client,
        pytest.raises(BackendError) as caught,
    ):
        list(client.ask_all([message(str(i)) for i in range(50)]))
    assert caught.value.message == f"{server.url}/chat/completions: model 'tiny': {says_why}"
    assert caught.value.hint
    assert KEY not in f"{caught.value.message} {caught.value.hint}"
    assert len(server.seen) < 50


def test_server_that_does_not_listen_is_named_without_waiting(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (
        client_of(f"http://127.0.0.1:{port}/v1", tmp_path, backoff_s=60) as client,
        pytest.raises(BackendError, match="cannot be reached") as caught,
    ):
        client.ask(message("x"))
    assert caught.value.hint == (
        f"curl http://127.0.0.1:{port}/v1/models tells whether it runs and what its models are called"
    )


def test_server_that_only_fails_is_given_up(tmp_path: Path) -> None:
    with (
        chat_server(always(fails(400, "no"))) as server,
        client_of(server, tmp_path, concurrency=1) as client,
        pytest.raises(BackendError, match=f"{GIVE_UP_AFTER} requests in a row got no answer"),
    ):
        list(client.ask_all([message(str(i)) for i in range(2 * GIVE_UP_AFTER)]))
    assert GIVE_UP_AFTER <= len(server.seen) <= GIVE_UP_AFTER + 1


def test_answers_come_in_order_from_several_requests_at_once(tmp_path: Path) -> None:
    """The server answers none of four requests before the fourth has come."""
    all_here = threading.Barrier(4)

    def write(seen: object, _: int) -> Reply:
        all_here.wait(timeout=20)
        return says(seen.asked)

    with chat_server(write) as server, client_of(server, tmp_path, concurrency=4) as client:
        answers = list(client.ask_all([message(str(i)) for i in range(8)]))
    assert [answer.text for answer in answers] == [str(i) for i in range(8)]


def test_request_that_is_under_way_is_waited_for_and_not_paid_for_twice(tmp_path: Path) -> None:
    """So is the shard of a worker on Ray that died: it is asked for again while its answers are on their way."""

    def write(seen: object, _: int) -> Reply:
        time.sleep(0.3)
        return says(seen.asked)

    with chat_server(write) as server, client_of(server, tmp_path, concurrency=4) as client:
        answers = list(client.ask_all([message("x")] * 4))
    assert ([answer.text for answer in answers], len(server.seen)) == (["x"] * 4, 1)
    assert (client.spent.answers, client.from_cache) == (1, 3)


def test_rate_is_kept(tmp_path: Path) -> None:
    times: list[float] = []

    def write(_: object, __: int) -> Reply:
        times.append(time.monotonic())
        return says("tea")

    with chat_server(write) as server, client_of(server, tmp_path, requests_per_minute=600) as client:
        list(client.ask_all([message(str(i)) for i in range(6)]))
    assert max(times) - min(times) >= 0.45, "six requests at ten a second take half a second"


def test_answer_is_kept_and_not_asked_for_again(tmp_path: Path) -> None:
    with chat_server(always(says("tea"))) as server:
        for _ in range(2):
            with client_of(server, tmp_path, key=KEY) as client:
                assert client.ask(message("x")).text == "tea"
        assert (client.spent.answers, client.from_cache) == (0, 1)
        with client_of(server, tmp_path) as client:
            client.ask(message("y"))
    assert len(server.seen) == 2
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(kept) == 2
    assert not any(KEY in path.read_text(encoding="utf-8") for path in kept)


def test_other_server_and_other_model_have_answers_of_their_own(tmp_path: Path) -> None:
    with chat_server(always(says("a"))) as one, chat_server(always(says("b"))) as two:
        with client_of(one, tmp_path) as client:
            assert client.ask(message("x")).text == "a"
        with client_of(two, tmp_path) as client:
            assert client.ask(message("x")).text == "b"
        other = ChatClient(LlmSettings(endpoint=two.url, model="other"), LlmRun(), tmp_path, None)
        other.ask(message("x"))
        other.close()
    assert [seen.body["model"] for seen in two.seen] == ["tiny", "other"]


def test_damaged_cache_file_is_asked_for_again(tmp_path: Path) -> None:
    with chat_server(always(says("tea"))) as server, client_of(server, tmp_path) as client:
        client.ask(message("x"))
        [path] = [path for path in tmp_path.rglob("*") if path.is_file()]
        path.write_text("{", encoding="utf-8")
        assert client.ask(message("x")).text == "tea"
    assert len(server.seen) == 2
    assert json.loads(path.read_text(encoding="utf-8"))["text"] == "tea"


def test_budget_of_requests_is_never_exceeded_and_goes_on(tmp_path: Path) -> None:
    asked = [message(str(i)) for i in range(20)]
    with chat_server(always(says("tea"))) as server:
        for run, total in ((1, 7), (2, 14)):
            with (
                client_of(server, tmp_path, max_requests=7) as client,
                pytest.raises(PartialRunError, match="--max-requests 7 is reached") as caught,
            ):
                list(client.ask_all(asked))
            assert len(server.seen) == total, f"run {run}"
        assert caught.value.exit_code == 5
        with client_of(server, tmp_path, max_requests=7) as client:
            assert len(list(client.ask_all(asked))) == 20
    assert len(server.seen) == 20, "no answer is paid for twice"
    assert client.from_cache == 14


def test_budget_of_tokens_stops(tmp_path: Path) -> None:
    asked = [message(str(i)) for i in range(20)]
    with (
        chat_server(always(says("tea"))) as server,
        client_of(server, tmp_path, max_tokens_total=500, concurrency=1) as client,
        pytest.raises(PartialRunError, match="--max-tokens-total 500"),
    ):
        list(client.ask_all(asked))
    assert client.spent.tokens <= 500
    assert len(server.seen) == 4, "110 tokens each"


def test_tokens_that_the_server_does_not_count_are_estimated_for_the_budget(tmp_path: Path) -> None:
    with chat_server(always(says("tea" * 10, prompt_tokens=None))) as server, client_of(server, tmp_path) as client:
        assert client.ask(message("x")) == Answer("tea" * 10, "stop", None, None)
    assert client.spent == (1, 10, 10)
    assert client.spent.cost((1.0, 2.0)) == pytest.approx(30e-6)


def test_missing_package_is_named_with_its_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)
    with pytest.raises(BackendError) as caught:
        ChatClient(LlmSettings(endpoint="http://127.0.0.1:1/v1", model="m"), LlmRun(), tmp_path, None)
    assert caught.value.message == "method 'llm' needs the package httpx"
    assert caught.value.hint == "pip install 'cscl-data[llm]'"
