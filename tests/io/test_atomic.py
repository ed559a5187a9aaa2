"""A final name appears only over whole content, whatever kills the writer."""

from __future__ import annotations

import errno
import os
import resource
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cscl_data.errors import OutputError
from cscl_data.io.atomic import output_errors, remove_partials, write_atomically, write_json, write_text
from cscl_data.io.shards import iter_shard, table_from_rows, write_shard
from cscl_data.records import schema_for
from tests.factories import make_pair

SLOW_WRITER = """
import sys, time
from pathlib import Path
from cscl_data.io.atomic import write_atomically

def write(path):
    with path.open("w") as handle:
        handle.write("half of it")
        handle.flush()
        print("half", flush=True)
        time.sleep(60)

write_atomically(Path(sys.argv[1]), write)
"""


def test_writer_killed_half_way_leaves_no_final_name(tmp_path: Path) -> None:
    target = tmp_path / "out" / "x.txt"
    with subprocess.Popen([sys.executable, "-c", SLOW_WRITER, str(target)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"half\n"
        writer.send_signal(signal.SIGKILL)
    left = [path.name for path in target.parent.iterdir()]
    assert not target.exists()
    assert len(left) == 1
    assert left[0].startswith(".x.txt.")
    remove_partials(tmp_path)
    assert list(target.parent.iterdir()) == []


def test_killed_writer_leaves_the_older_file_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "x.txt"
    target.write_text("old")
    with subprocess.Popen([sys.executable, "-c", SLOW_WRITER, str(target)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        writer.kill()
    assert target.read_text() == "old"


def test_error_while_writing_leaves_nothing_and_passes_through(tmp_path: Path) -> None:
    def write(path: Path) -> None:
        path.write_text("half")
        raise ValueError("ours")

    with pytest.raises(ValueError, match="ours"):
        write_atomically(tmp_path / "x", write)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "cause", "hint"),
    [
        (errno.ENOSPC, "no space left on the device", "run the same command again"),
        (errno.EDQUOT, "quota", "run the same command again"),
        (errno.EROFS, "read-only", "--out"),
        (errno.EACCES, "permission denied", "--out"),
        (errno.EIO, "Input/output error", None),
    ],
)
def test_output_errors_names_the_cause(number: int, cause: str, hint: str | None) -> None:
    with pytest.raises(OutputError, match=f"x: .*{cause}") as caught, output_errors(Path("x")):
        raise OSError(number, os.strerror(number))
    assert caught.value.exit_code == 4
    assert hint is None or hint in str(caught.value.hint)


def test_full_device_is_an_output_error() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    with pytest.raises(OutputError, match="no space left"), output_errors(Path("/dev/full")):
        Path("/dev/full").write_text("x")


def test_shard_that_does_not_fit_is_an_output_error_and_earlier_ones_stay(tmp_path: Path) -> None:
    """A limit on the size of files stands in for a full disk: the write fails in the operating system either way."""
    small = table_from_rows([make_pair().row()], schema_for("pair/1"))
    rows = [make_pair(os.urandom(200).hex(), id=str(i)).row() for i in range(500)]
    large = table_from_rows(rows, schema_for("pair/1"))
    write_shard(tmp_path / "a.parquet", small)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
        with pytest.raises(OutputError, match=r"b\.parquet: "):
            write_shard(tmp_path / "b.parquet", large)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"]
    assert len(list(iter_shard(tmp_path / "a.parquet"))) == 1
    write_shard(tmp_path / "b.parquet", large)


@pytest.fixture
def full_disk(tmp_path: Path):
    """A file system of 256 KiB, where the system lets us mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]).returncode
    ):
        pytest.skip("may not mount a small file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_full_disk_is_an_output_error_and_earlier_shards_stay(full_disk: Path) -> None:
    rows = [make_pair(os.urandom(60).hex(), id=str(i)).row() for i in range(1000)]
    table = table_from_rows(rows, schema_for("pair/1"))
    write_shard(full_disk / "data" / "a.parquet", table)
    numbers = iter(range(10))
    with pytest.raises(OutputError, match="no space left on the device") as caught:
        all(write_shard(full_disk / "data" / f"b{number}.parquet", table) for number in numbers)
    assert "goes on" in str(caught.value.hint)
    for path in (full_disk / "data").iterdir():
        assert len(list(iter_shard(path))) == 1000, "what stands is whole"


def test_read_only_directory_is_an_output_error(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        target = Path("/proc/cscl-data/x")  # nobody creates anything there, root neither
    else:
        tmp_path.chmod(0o500)
        target = tmp_path / "x"
    with pytest.raises(OutputError) as caught:
        write_text(target, "x")
    tmp_path.chmod(0o700)
    assert str(caught.value).startswith(str(target))


def test_parent_that_is_a_file_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"directory|exists"):
        write_text(tmp_path / "file" / "x", "x")


def test_write_json_is_stable_text(tmp_path: Path) -> None:
    write_json(tmp_path / "x.json", {"b": "가", "a": [1]})
    assert (tmp_path / "x.json").read_bytes() == '{\n  "b": "가",\n  "a": [\n    1\n  ]\n}\n'.encode()


def test_remove_partials_keeps_everything_else(tmp_path: Path) -> None:
    for name in (".x.parquet.12.partial", "x.parquet", ".hidden", "sub/.y.1.partial", "sub/z.partial"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    remove_partials(tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [".hidden", "x.parquet", "z.partial"]


def test_kill_at_random_moments_leaves_whole_files(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom cscl_data.io.atomic import write_text\n"
        "for i in range(10**6): write_text(Path(sys.argv[1]) / f'{i % 7}.txt', str(i % 10) * 5000)\n"
    )
    for wait_s in (0.02, 0.05, 0.11):
        with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)]) as writer:
            while not any(tmp_path.glob("*.txt")):
                time.sleep(0.005)
            time.sleep(wait_s)
            writer.kill()
        for path in tmp_path.glob("*.txt"):
            text = path.read_text()
            assert len(text) == 5000
            assert len(set(text)) == 1


def test_device_or_pipe_is_never_replaced(tmp_path: Path) -> None:
    """As root, a rename over /dev/null would take it from the whole machine."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder"):
        with pytest.raises(OutputError, match="no regular file"):
            write_atomically(tmp_path / name, Path.touch)
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
