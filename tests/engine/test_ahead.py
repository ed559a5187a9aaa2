"""Reading ahead: one task at most, in order, errors in their place, and no thread left behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from cscl_data.engine.ahead import read_ahead
from cscl_data.errors import InputError


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "read-ahead"]


def test_items_come_in_order_and_the_thread_ends() -> None:
    assert list(read_ahead(range(50))) == list(range(50))
    assert list(read_ahead([])) == []
    assert threads() == []


def test_one_item_is_made_ahead_and_no_more() -> None:
    """However slow the work is: memory holds the item in work and the next one."""
    made: list[int] = []

    def endless() -> Iterator[int]:
        for n in range(10**9):
            made.append(n)
            yield n

    items = read_ahead(endless())
    for n in range(3):
        assert next(items) == n
        time.sleep(0.1)
        assert made == list(range(n + 2))
    items.close()
    assert threads() == []
    assert len(made) <= 5


def test_next_item_is_made_while_one_is_worked_on() -> None:
    began = threading.Event()

    def two() -> Iterator[int]:
        yield 0
        began.set()
        yield 1

    items = read_ahead(two())
    assert next(items) == 0
    assert began.wait(10)
    assert list(items) == [1]


def test_error_is_raised_behind_what_was_made_before_it() -> None:
    def broken() -> Iterator[int]:
        yield 0
        raise InputError("corpus.tsv:7: damaged", hint="mend it")

    items = read_ahead(broken())
    assert next(items) == 0
    with pytest.raises(InputError, match=r"corpus\.tsv:7") as caught:
        next(items)
    assert caught.value.hint == "mend it"
    assert threads() == []


def test_closing_leaves_a_blocked_reader_behind_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    """As one that waits for a pipe: what it waits for may never come."""
    blocked, comes = threading.Event(), threading.Event()

    def pipe() -> Iterator[int]:
        yield 0
        blocked.set()
        comes.wait(60)
        yield 1

    items = read_ahead(pipe())
    assert next(items) == 0
    assert blocked.wait(10)
    items.close()
    [thread] = [thread for thread in threading.enumerate() if thread.name == "read-ahead"]
    assert thread.daemon
    assert "the input is still being read" in caplog.text
    comes.set()
    thread.join(60)
    assert threads() == []
