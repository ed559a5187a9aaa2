"""Answers on disk, by request: what was paid for once is not paid for again."""

from __future__ import annotations

import json
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from cscl_data.generators.llm.responses import Answer
from cscl_data.io.atomic import write_json

FOLDER = "llm-cache"
"""Name of the default folder, inside a run's own notes."""


class AnswerCache:
    """One small file an answer, named by the sha256 of the request and the host; runs may share a folder.

    It holds the answer and its token counts: neither the request nor a key.
    """

    def __init__(self, folder: Path, host: str) -> None:
        self._folder, self._host = folder, host
        self._lock = threading.Lock()
        self._turns: defaultdict[Path, threading.Lock] = defaultdict(threading.Lock)
        self._wanted: Counter[Path] = Counter()

    @contextmanager
    def turn(self, body: dict[str, Any]) -> Iterator[None]:
        """Hold a request alone: another thread that has the same one waits, and then finds its answer kept."""
        path = self._path(body)
        with self._lock:
            turn = self._turns[path]
            self._wanted[path] += 1
        try:
            with turn:
                yield
        finally:
            with self._lock:
                self._wanted[path] -= 1
                if not self._wanted[path]:
                    del self._wanted[path], self._turns[path]

    def get(self, body: dict[str, Any]) -> Answer | None:
        """Return the answer to a request; None where there is none, or where the file is damaged."""
        path = self._path(body)
        try:
            return Answer(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def put(self, body: dict[str, Any], answer: Answer) -> None:
        """Keep the answer to a request.

        Raises:
            OutputError: it cannot be written.
        """
        write_json(self._path(body), answer._asdict())

    def _path(self, body: dict[str, Any]) -> Path:
        request = json.dumps(body, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        name = sha256(f"{self._host}\x1f{request}".encode()).hexdigest()
        return self._folder / name[:2] / f"{name}.json"
