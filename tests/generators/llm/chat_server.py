"""An OpenAI-compatible HTTP server on loopback whose answers are written by the test."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Reply(NamedTuple):
    """One response: status, content, headers, and the seconds that it takes.

    Of status 0 the content is all that comes, no HTTP around it, and then a reset. With `again_s` the content comes
    again and again, with pauses of so many seconds.
    """

    status: int
    content: bytes
    headers: tuple[tuple[str, str], ...] = ()
    takes_s: float = 0.0
    again_s: float | None = None


class Seen(NamedTuple):
    """One request that the server got."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def asked(self) -> str:
        """The text of the last message."""
        return self.body["messages"][-1]["content"]


def says(
    text: str | None, *, finish: str = "stop", prompt_tokens: int | None = 100, answer_tokens: int | None = 10
) -> Reply:
    """A chat completion."""
    usage = {"prompt_tokens": prompt_tokens, "completion_tokens": answer_tokens}
    message = {"role": "assistant", "content": text}
    value = {
        "id": "x",
        "object": "chat.completion",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        **({"usage": usage} if prompt_tokens is not None else {}),
    }
    return Reply(200, json.dumps(value).encode())


def fails(status: int, message: str = "no", **headers: str) -> Reply:
    """An error as OpenAI writes it."""
    content = json.dumps({"error": {"message": message, "type": "x", "code": message}}).encode()
    return Reply(status, content, tuple((name.replace("_", "-"), value) for name, value in headers.items()))


Writer = Callable[[Seen, int], Reply]
"""Gives the reply to a request and its number from 0."""


class ChatServer:
    """What the server got so far, and where it listens."""

    def __init__(self, write: Writer) -> None:
        self.write = write
        self.seen: list[Seen] = []
        self._lock = threading.Lock()
        self.url = ""

    def reply(self, request: Seen) -> Reply:
        """Note a request and return its reply."""
        with self._lock:
            number = len(self.seen)
            self.seen.append(request)
        return self.write(request, number)


@contextmanager
def chat_server(write: Writer) -> Iterator[ChatServer]:
    """Run a server while the block runs."""
    state = ChatServer(write)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            body = json.loads(self.rfile.read(size))
            reply = state.reply(Seen(self.path, dict(self.headers.items()), body))
            stopped.wait(reply.takes_s)
            try:
                if reply.status == 0:
                    self.wfile.write(reply.content)
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.close_connection = True
                    self.connection.close()
                    return
                self.send_response(reply.status)
                if reply.again_s is not None:
                    self.close_connection = True
                    self.end_headers()
                    while not stopped.wait(reply.again_s):
                        self.wfile.write(reply.content)
                    return
                for name, value in reply.headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.content)))
                self.end_headers()
                self.wfile.write(reply.content)
            except (BrokenPipeError, ConnectionResetError):
                pass

        def log_message(self, *_: object) -> None:
            pass

    stopped = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()


def always(reply: Reply) -> Writer:
    """The same reply to every request."""
    return lambda _request, _number: reply


def in_turn(*replies: Reply) -> Writer:
    """One reply after the other; the last one for all that come later."""
    return lambda _request, number: replies[min(number, len(replies) - 1)]
