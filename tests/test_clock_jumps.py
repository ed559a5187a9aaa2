"""The wall clock may jump, and files may come from the future: nothing that decides anything looks at either."""

from __future__ import annotations

import ast
import os
import threading
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from cscl_data.errors import OutputError
from cscl_data.generators.llm.pacing import Pace
from cscl_data.generators.llm.responses import Failure, read_response
from cscl_data.io.claim import LOCK, STATE, RunKind, held_directory
from tests.cli.calling import EN_KO, KOREAN, hashes, make

REPOSITORY = Path(__file__).resolve().parent.parent
HOUR = 3600.0
WALL_CLOCK = {
    *("time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.ctime", "time.strftime", "time.asctime"),
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
}


@pytest.fixture
def jumps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the wall clock be an hour ahead and an hour behind in turns."""
    wall, turns = time.time, count()

    def jumping() -> float:
        return wall() + (HOUR if next(turns) % 2 else -HOUR)

    monkeypatch.setattr(time, "time", jumping)
    monkeypatch.setattr(time, "time_ns", lambda: int(1e9 * jumping()))


def wall_clocks(tree: ast.AST) -> list[str]:
    """Return the calls, or mentions, of the wall clock."""
    found = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    return [name for name in found if name in WALL_CLOCK or name.removeprefix("datetime.") in WALL_CLOCK]


def test_no_file_of_the_package_reads_the_wall_clock() -> None:
    found = {
        str(path.relative_to(REPOSITORY)): wall_clocks(ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted((REPOSITORY / "cscl_data").rglob("*.py"))
    }
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize("line", ["time.time()", "datetime.now(UTC)", "datetime.datetime.now()", "f(clock=time.time)"])
def test_search_finds_the_wall_clock(line: str) -> None:
    assert wall_clocks(ast.parse(line))
    assert not wall_clocks(ast.parse("time.monotonic(); time.perf_counter(); now()"))


def files_of(out: Path) -> Iterator[Path]:
    yield from (path for path in sorted(out.rglob("*")) if path.is_file())


def date_files(out: Path) -> None:
    """Let every other file come from tomorrow, the others from yesterday."""
    for n, path in enumerate(files_of(out)):
        then = path.stat().st_mtime + (24 * HOUR if n % 2 else -24 * HOUR)
        os.utime(path, (then, then))


def test_job_goes_on_where_it_stopped(tmp_path: Path, jumps: None) -> None:
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_bytes(KOREAN.read_bytes())
    out = tmp_path / "out"
    run = ("make-sentence-cs", corpus, *EN_KO, "--doc-column", "doc", "--shard-rows", 10, "--out", out)
    make(*run)
    whole = hashes(out)
    lost = (out / "manifest.json", out / STATE / "shards" / "00001.json", out / "data" / "train-00001.parquet")
    for path in lost:
        path.unlink()
    kept = out / "data" / "train-00000.parquet"
    date_files(tmp_path)
    before = kept.stat().st_mtime_ns
    told = make(*run).stderr
    n_shards = len([*(out / "data").iterdir()])
    assert f"{n_shards - 1} of {n_shards} shards were there already" in told
    assert kept.stat().st_mtime_ns == before
    assert hashes(out) == whole
    [line] = [line for line in told.splitlines() if " rejects in " in line]
    assert 0.0 <= float(line.split(" rejects in ")[1].removesuffix(" s")) < HOUR
    date_files(tmp_path)
    assert f"{n_shards} of {n_shards} shards" in make(*run).stderr


def test_lock_is_held_by_a_run_and_not_by_the_date_of_its_file(tmp_path: Path, jumps: None) -> None:
    kind = RunKind(files=(), is_own=lambda plan: True, differences=lambda old, new: [])
    for then in (0.0, time.time() + 24 * HOUR):
        with held_directory(tmp_path, {}, kind, overwrite=False):
            os.utime(tmp_path / STATE / LOCK, (then, then))
            with pytest.raises(OutputError, match="in use"), held_directory(tmp_path, {}, kind, overwrite=False):
                pass
    with held_directory(tmp_path, {}, kind, overwrite=False):
        pass


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"retry-after": "Fri, 01 Jan 2100 00:00:20 GMT", "date": "Fri, 01 Jan 2100 00:00:00 GMT"}, 20.0),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:20 GMT", "date": "Thu, 01 Jan 1970 00:00:00 GMT"}, 20.0),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT", "date": "Thu, 01 Jan 1970 00:00:20 GMT"}, 0.0),
        ({"retry-after": "Fri, 01 Jan 2100 00:00:20 GMT"}, None),
        ({"retry-after": "Fri, 01 Jan 2100 00:00:20 GMT", "date": "now"}, None),
        ({"retry-after": "7", "date": "Fri, 01 Jan 2100 00:00:00 GMT"}, 7.0),
        ({"retry-after": "soon"}, None),
    ],
)
def test_server_is_waited_for_by_its_own_clock(headers: dict[str, str], wait_s: float | None) -> None:
    found = read_response(503, headers, b"{}")
    assert isinstance(found, Failure)
    assert found.wait_s == wait_s


def test_rate_and_backoff_do_not_know_the_wall_clock(jumps: None) -> None:
    pace = Pace(6000.0, 0.01)

    def send() -> None:
        for tries in (1, 2, 3):
            pace.wait()
            pace.pause(tries, 0.01 if tries == 2 else None)

    sender = threading.Thread(target=send, daemon=True)
    began = time.monotonic()
    sender.start()
    sender.join(60.0)
    assert not sender.is_alive(), "an hour is waited for"
    assert time.monotonic() - began >= 0.05, "the rate and the pauses are kept"
