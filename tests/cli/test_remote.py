"""Input and output in an object store: a server of its own on loopback, spoken to as S3."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cscl_data.io.claim import locked
from tests.cli.calling import EN_KO, KOREAN, call, hashes, make

SENTENCE = ("make-sentence-cs", "s3://bucket/in/pairs.jsonl", *EN_KO, "--doc-column", "doc", "--shard-rows", 50)
OUT = "s3://bucket/made/sentence"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """An object store that answers on loopback."""
    moto = pytest.importorskip("moto.server")
    running = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def store(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A bucket with the example bitext; caches are empty, and nothing of the machine's own settings is read."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": server,
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }.items():
        monkeypatch.setenv(name, value)
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    found = s3fs.S3FileSystem()
    if found.exists("bucket"):
        found.rm("bucket", recursive=True)
    found.mkdir("bucket")
    found.put_file(str(KOREAN), "bucket/in/pairs.jsonl")
    return found


def fetched(store: Any, url: str, folder: Path) -> Path:
    """Copy what lies behind a URL, and return where."""
    store.invalidate_cache()
    store.get(url, str(folder), recursive=True)
    return folder


def names(store: Any, url: str) -> list[str]:
    """Return the files below a URL."""
    store.invalidate_cache()
    prefix = url.removeprefix("s3://") + "/"
    return sorted(path.removeprefix(prefix) for path in store.find(url))


def test_output_in_a_store_is_that_of_a_directory(store: Any, tmp_path: Path) -> None:
    called = make(*SENTENCE, "--out", OUT)
    assert f"manifest {OUT}/manifest.json" in called.stderr
    make(*SENTENCE, "--out", tmp_path / "local")
    assert hashes(fetched(store, OUT, tmp_path / "copy")) == hashes(tmp_path / "local")
    again = make(*SENTENCE, "--out", OUT)
    assert "shards were there already" in again.stderr


def test_run_goes_on_from_another_machine(store: Any, tmp_path: Path) -> None:
    make(*SENTENCE, "--out", OUT)
    whole = hashes(fetched(store, OUT, tmp_path / "whole"))
    for name in ("manifest.json", "README.md", "data/train-00001.parquet", ".cscl/shards/00001.json"):
        store.rm_file(f"{OUT}/{name}")
    shutil.rmtree(tmp_path / "cache")
    called = make(*SENTENCE, "--out", OUT)
    assert "fetching what is left" in called.stderr
    assert f"{len([name for name in whole if name.startswith('data/')]) - 1} of" in called.stderr
    assert hashes(fetched(store, OUT, tmp_path / "again")) == whole


def test_other_settings_are_refused_and_overwrite_leaves_nothing_old(store: Any, tmp_path: Path) -> None:
    make(*SENTENCE, "--out", OUT)
    called = call(*SENTENCE, "--mode", "random", "--out", OUT)
    assert (called.code, "mode (alternate -> random)" in called.stderr) == (2, True)
    larger = (*SENTENCE[:-1], 10_000)
    make(*larger, "--overwrite", "--out", OUT)
    assert [name for name in names(store, OUT) if name.startswith("data/")] == ["data/train-00000.parquet"]
    make(*larger, "--out", tmp_path / "local")
    assert hashes(fetched(store, OUT, tmp_path / "copy")) == hashes(tmp_path / "local")


def test_what_a_run_keeps_for_itself_outlives_a_kill_and_names_stay_in_the_directory(
    store: Any, tmp_path: Path
) -> None:
    make(*SENTENCE, "--out", OUT)
    [plan] = (tmp_path / "cache").rglob("plan.json")
    paid = plan.parent / "llm-cache" / "answer.json"
    paid.parent.mkdir()
    paid.write_text("{}", encoding="utf-8")
    make(*SENTENCE, "--out", OUT)
    assert paid.exists()
    with locked(plan.parent.parent):
        called = call(*SENTENCE, "--out", OUT)
    assert (called.code, "in use by another run" in called.stderr) == (4, True)
    store.pipe_file("bucket/made/sentence/../../out.txt", b"x")
    called = call(*SENTENCE, "--out", OUT)
    assert (called.code, "leaves the directory" in called.stderr) == (4, True)


def test_what_is_not_ours_is_left_alone(store: Any) -> None:
    store.pipe_file("bucket/made/sentence/theirs.txt", b"x")
    called = call(*SENTENCE, "--out", OUT)
    assert (called.code, "holds files that are not from cscl-data" in called.stderr) == (4, True)
    assert names(store, OUT) == ["theirs.txt"]


def test_store_that_cannot_be_reached_or_written_is_named(
    store: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called = call(*SENTENCE, "--out", "s3://no-such-bucket/x")
    assert called.code == 4
    assert "error: s3://no-such-bucket/x" in called.stderr
    called = call("make-sentence-cs", "s3://bucket/in/none.tsv", *EN_KO, "--out", tmp_path / "x")
    assert (called.code, "s3://bucket/in/none.tsv: no such file" in called.stderr) == (3, True)
    called = call("make-curriculum", tmp_path / "plan.yaml", "--out", OUT)
    assert (called.code, "this command writes to a local path" in called.stderr) == (2, True)


@pytest.mark.parametrize(
    "command",
    [
        ("init-embeddings", "--method", "random", "--model", "m", "--tokenizer", "t"),
        ("make-priors", KOREAN, *EN_KO),
        ("models", "convert", "m"),
        ("demo",),
    ],
)
def test_output_of_one_piece_behind_a_url_is_refused(command: tuple[object, ...], tmp_path: Path) -> None:
    """It was written to a directory called `s3:`."""
    called = call(*command, "--out", "s3://bucket/made")
    assert (called.code, "this command writes to a local path" in called.stderr) == (2, True)
    assert not Path("s3:").exists()
