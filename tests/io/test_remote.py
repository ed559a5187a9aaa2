"""Input behind URLs, by the file system that fsspec keeps in memory; `tests/cli/test_remote.py` asks a real server."""

from __future__ import annotations

from pathlib import Path

import fsspec
import pytest

from cscl_data.errors import BackendError, InputError
from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.io.remote import is_remote, local_copy, remote_files


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and an empty store."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    store = fsspec.filesystem("memory")
    if store.exists("/b"):
        store.rm("/b", recursive=True)
    return tmp_path / "cache"


def put(path: str, content: bytes) -> None:
    """Put a file into the store."""
    fsspec.filesystem("memory").pipe_file(path, content)


@pytest.mark.parametrize(
    ("given", "expected"),
    [("s3://b/x.tsv", True), ("memory://b/x", True), ("file:///x.tsv", False), ("C:/x", False), ("a/b://c", False)],
)
def test_urls_are_told_from_paths(given: str, expected: bool) -> None:
    assert is_remote(given) is expected


def test_bitext_behind_urls_is_read_under_its_url(home: Path) -> None:
    put("/b/two.tsv", b"c\td\n")
    put("/b/one.tsv", b"a\tb\n")
    bitext = Bitext(BitextSpec(src_lang="en", tgt_lang="ko", paths=("memory://b/*.tsv",)))
    assert [(pair.id, pair.src_text) for pair in bitext] == [
        ("memory:///b/one.tsv:1", "a"),
        ("memory:///b/two.tsv:1", "c"),
    ]
    assert [facts.path for facts in bitext.facts()] == ["memory:///b/one.tsv", "memory:///b/two.tsv"]
    assert len([*home.rglob("*.tsv")]) == 2


def test_directory_of_shards_is_spelt_out(home: Path) -> None:
    for name in ("out/data/train-00001.parquet", "out/data/train-00000.parquet", "out/manifest.json"):
        put(f"/b/{name}", b"x")
    assert remote_files("memory://b/out") == [f"memory:///b/out/data/train-0000{n}.parquet" for n in (0, 1)]


def test_file_is_fetched_once_for_each_of_its_states(home: Path) -> None:
    put("/b/x.tsv", b"a\tb\n")
    first = local_copy("memory://b/x.tsv")
    first.write_bytes(b"q\tr\n")
    assert local_copy("memory://b/x.tsv").read_bytes() == b"q\tr\n", "found again, not fetched"
    put("/b/x.tsv", b"c\td\n")
    assert local_copy("memory://b/x.tsv").read_bytes() == b"c\td\n"


def test_what_is_not_there_is_named(home: Path) -> None:
    with pytest.raises(InputError, match=r"memory://b/none\.tsv: no such file"):
        local_copy("memory://b/none.tsv")
    with pytest.raises(InputError, match="no file matches"):
        remote_files("memory://b/*.tsv")
    put("/b/empty/x.txt", b"x")
    with pytest.raises(InputError, match="a directory without Parquet shards"):
        remote_files("memory://b/empty")


def test_store_whose_package_is_missing_says_what_installs_it(home: Path) -> None:
    with pytest.raises(BackendError) as caught:
        local_copy("dropbox://b/x.tsv")
    assert caught.value.hint == "pip install 'cscl-data[remote]'"
