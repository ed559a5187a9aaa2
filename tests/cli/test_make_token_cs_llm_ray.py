"""`make-token-cs --method llm` on Ray: workers make the rows, and the process of the command alone asks and pays."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.calling import call, hashes, make, manifest
from tests.cli.test_make_token_cs_llm import FREE, KEY, N, command, corpus, model
from tests.generators.llm.chat_server import ChatServer, Reply, Seen, chat_server

__all__ = ["corpus"]
ASKED = ("--shard-rows", 3, "--llm-concurrency", 2, *FREE)
ON_RAY = ("--engine", "ray", "--workers", 2, *ASKED)


class Slow:
    """The model of the other tests, which notes how many requests it had at once."""

    def __init__(self) -> None:
        self.most = self._now = 0
        self._lock = threading.Lock()

    def __call__(self, seen: Seen, number: int) -> Reply:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.05)
        with self._lock:
            self._now -= 1
        return model(seen, number)


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def server(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    pytest.importorskip("ray")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    with chat_server(slow) as running:
        yield running


def test_workers_share_one_client_and_give_the_bytes_of_the_local_engine(
    corpus: Path, server: ChatServer, slow: Slow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CSCL_LLM_API_KEY", KEY)
    called = make(*command(corpus, server, tmp_path / "ray", *ON_RAY))
    assert len(server.seen) == N + 1
    assert all(seen.headers["Authorization"] == f"Bearer {KEY}" for seen in server.seen)
    assert slow.most == 2, "of all workers together"
    assert "this run paid for 11 answers" in called.stderr
    for folder in (tmp_path / "ray", Path("/tmp/ray/session_latest").resolve()):
        for path in (path for path in folder.rglob("*") if path.is_file()):
            assert KEY.encode() not in path.read_bytes(), path
    make(*command(corpus, server, tmp_path / "local", *ASKED))
    assert hashes(tmp_path / "ray") == hashes(tmp_path / "local")
    assert manifest(tmp_path / "ray")["report"] == manifest(tmp_path / "local")["report"]


@pytest.mark.slow
def test_budget_is_that_of_all_workers_and_the_same_command_goes_on(
    corpus: Path, server: ChatServer, tmp_path: Path
) -> None:
    called = call(*command(corpus, server, tmp_path / "t", *ON_RAY, "--max-requests", 4))
    assert (called.code, "--max-requests 4 is reached" in called.stderr) == (5, True)
    assert len(server.seen) == 4
    make(*command(corpus, server, tmp_path / "t", *ON_RAY))
    assert len(server.seen) == N + 1, "no answer is paid for twice"
