"""Bad input: the right exit code, one line with place and cause, a hint where one helps, and never a traceback."""

from __future__ import annotations

import errno
import gzip
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from cscl_data.io import shards
from tests.cli.calling import EN_KO, KOREAN, RECORDS, call, hashes, make

GOOD = "green tea\t녹차\nblack tea\t홍차\n"


class Bad(NamedTuple):
    """A command that must fail: what it is given in the folder `here`, and what it says."""

    arguments: Callable[[Path], list[object]]
    code: int
    says: str
    hints: str | None = None


def write(here: Path, name: str, content: str | bytes) -> Path:
    path = here / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def token(here: Path, *arguments: object) -> list[object]:
    return ["make-token-cs", "--out", here / "out", *arguments]


def bundle(here: Path, *arguments: object) -> list[object]:
    return ["translate-bundle", RECORDS, *EN_KO, "--out", here / "out", *arguments]


def model_without_tokenizer(here: Path) -> Path:
    folder = here / "model"
    folder.mkdir()
    write(here, "model/model.bin", b"\x06\x00\x00\x00")
    write(here, "model/config.json", "{}")
    write(here, "model/shared_vocabulary.json", "[]")
    return folder


BAD: dict[str, Bad] = {
    "missing file": Bad(lambda here: token(here, here / "none.tsv", *EN_KO), 3, "none.tsv: no such file"),
    "missing column": Bad(
        lambda here: token(here, KOREAN, *EN_KO, "--src-column", "english"),
        3,
        "bitext.en-ko.jsonl: no column 'english' (it has: id, doc, topic, translation)",
    ),
    "column number beyond the last": Bad(
        lambda here: token(here, write(here, "b.tsv", GOOD), *EN_KO, "--tgt-column", "7"), 3, "b.tsv: no column '7'"
    ),
    "binary file": Bad(
        lambda here: token(here, write(here, "b.tsv", bytes(range(256)) * 50), *EN_KO), 3, "b.tsv: holds binary data"
    ),
    "unequal Moses pair": Bad(
        lambda here: token(
            here, "--src-file", write(here, "a.en", "a\nb\n"), "--tgt-file", write(here, "a.ko", "가\n"), *EN_KO
        ),
        3,
        "a.ko has 1",
    ),
    "half a Moses pair": Bad(
        lambda here: token(here, "--src-file", write(here, "a.en", "a\n"), *EN_KO), 2, "--src-file and --tgt-file"
    ),
    "truncated gzip": Bad(
        lambda here: token(here, write(here, "b.tsv.gz", gzip.compress(GOOD.encode() * 99)[:-20]), *EN_KO),
        3,
        "b.tsv.gz",
    ),
    "no kind of file": Bad(lambda here: token(here, write(here, "b.doc", GOOD), *EN_KO), 3, "b.doc"),
    "malformed language": Bad(
        lambda here: token(here, KOREAN, "--src-lang", "en", "--tgt-lang", "korean language"), 2, "'korean language'"
    ),
    "unknown aligner": Bad(
        lambda here: token(here, KOREAN, *EN_KO, "--aligner", "simalgin"),
        2,
        "unknown aligner 'simalgin'. Available: eflomal, lexicon, pharaoh, simalign, statistical",
        "did you mean 'simalign'?",
    ),
    "aligner without its encoder": Bad(
        lambda here: token(here, KOREAN, *EN_KO, "--aligner", "simalign"), 2, "needs", "--encoder"
    ),
    "unknown tokenizer": Bad(lambda here: token(here, KOREAN, *EN_KO, "--tokenizer", "nltk"), 2, "'nltk'"),
    "ratio out of range": Bad(
        lambda here: token(here, KOREAN, *EN_KO, "--ratio", "1.5"), 2, "--ratio must be between 0 and 1, not 1.5"
    ),
    "unknown matrix language": Bad(
        lambda here: token(here, KOREAN, *EN_KO, "--matrix-lang", "fr"), 2, "unknown matrix language 'fr'"
    ),
    "unknown engine": Bad(lambda here: token(here, KOREAN, *EN_KO, "--ratio", 0, "--engine", "spark"), 2, "'spark'"),
    "unknown key of a config": Bad(
        lambda here: token(here, KOREAN, *EN_KO, "--config", write(here, "c.yaml", "ratoi: 0.2\n")),
        2,
        "c.yaml: unknown key 'ratoi', the nearest is 'ratio'",
    ),
    "config that is no YAML": Bad(
        lambda here: token(here, KOREAN, *EN_KO, "--config", write(here, "c.yaml", "a: [")), 3, "c.yaml: not YAML"
    ),
    "missing config": Bad(
        lambda here: token(here, KOREAN, *EN_KO, "--config", here / "c.yaml"), 3, "c.yaml: no such file"
    ),
    "mode of sentences": Bad(
        lambda here: ["make-sentence-cs", KOREAN, *EN_KO, "--mode", "zigzag", "--out", here / "out"],
        2,
        "unknown mode 'zigzag'. Available: alternate, annotate, block, markov, parallel, random",
    ),
    "document that comes back": Bad(
        lambda here: [
            "make-sentence-cs",
            write(here, "b.jsonl", "".join(f'{{"doc": "{d}", "en": "a", "ko": "b"}}\n' for d in "xyx")),
            *(*EN_KO, "--doc-column", "doc", "--out", here / "out"),
        ],
        3,
        "b.jsonl:3: document 'x' comes back",
        "sort the input by document",
    ),
    "field that no record has": Bad(
        lambda here: bundle(here, "--fields", "questoin", "--model", "echo"),
        3,
        "no record has the field 'questoin'",
        "the columns are: id, kind, question",
    ),
    "unknown model": Bad(
        lambda here: bundle(here, "--fields", "question", "--model", here / "none"), 2, "none: no such model directory"
    ),
    "model without a tokenizer": Bad(
        lambda here: bundle(here, "--fields", "question", "--model", model_without_tokenizer(here)),
        2,
        "model: no tokenizer in it",
        "--tokenizer characters",
    ),
    "unknown rung": Bad(
        lambda here: bundle(here, "--fields", "question", "--model", "echo", "--fallback", "prayer"), 2, "'prayer'"
    ),
    "budget of no kind": Bad(
        lambda here: ["make-mono", KOREAN, KOREAN, *EN_KO, "--budget", "much", "--out", here / "out"],
        2,
        "budget 'much'",
    ),
    "training on nothing": Bad(
        lambda here: ["train", "--model", "tiny", "--stage", f"token={here / 'none'}@5k", "--out", here / "out"],
        3,
        "none",
    ),
    "stage of no kind": Bad(
        lambda here: ["train", "--model", "tiny", "--stage", "token", "--out", here / "out"], 2, "stage 'token'"
    ),
    "inspecting nothing": Bad(lambda here: ["inspect", here / "none"], 3, "none"),
    "inspecting a foreign folder": Bad(lambda here: ["inspect", here], 3, str(Path())),
    "output that is a file": Bad(
        lambda here: token(here, KOREAN, *EN_KO, "--ratio", 0, "--out", write(here, "file", "x")),
        4,
        "file: is a file, not a directory",
    ),
    "output with foreign files": Bad(
        lambda here: token(here, KOREAN, *EN_KO, "--ratio", 0, "--out", write(here, "x.txt", "x").parent),
        4,
        "holds files that are not from cscl-data",
        "choose another --out",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_ends_with_place_cause_and_code(name: str, tmp_path: Path) -> None:
    bad = BAD[name]
    called = call(*bad.arguments(tmp_path))
    errors = [line for line in called.stderr.splitlines() if line.startswith("error: ")]
    assert (called.code, len(errors)) == (bad.code, 1), called.stderr
    assert bad.says in errors[0]
    hints = [line for line in called.stderr.splitlines() if line.startswith("hint: ")]
    assert bad.hints is None or bad.hints in "".join(hints), called.stderr
    assert called.stdout == ""
    assert not list(tmp_path.glob("out/manifest.json"))


def test_usage_errors_end_with_2() -> None:
    for arguments in (["make-token-cs"], ["make-tokens"], ["align", KOREAN, *EN_KO, "--out", "x", "--shard-rows", "0"]):
        assert call(*arguments).code == 2


def test_other_settings_on_resume_are_refused_and_named(tmp_path: Path) -> None:
    command = ("make-token-cs", KOREAN, *EN_KO, "--limit", 5, "--out", tmp_path / "out")
    make(*command, "--ratio", 0)
    before = hashes(tmp_path / "out")
    refused = call(*command, "--ratio", 0, "--unit", "word", "--seed", 4)
    assert refused.code == 2
    assert "holds a run with other settings: seed (0 -> 4); unit (phrase -> word)" in refused.stderr
    assert "hint: --overwrite starts anew" in refused.stderr
    assert hashes(tmp_path / "out") == before


def test_rows_before_the_damage_stay_and_what_is_written_is_whole(tmp_path: Path) -> None:
    """A gzip that breaks off: exit 3, no manifest, and the shards finished before can be read."""
    rows = "".join(f"sentence number {i}\t문장 번호 {i}\n" for i in range(20_000))
    packed = gzip.compress(rows.encode(), compresslevel=1)
    path = write(tmp_path, "b.tsv.gz", packed[: len(packed) // 2])
    called = call("make-token-cs", path, *EN_KO, "--ratio", 0, "--shard-rows", 1000, "--out", tmp_path / "out")
    assert called.code == 3
    assert "b.tsv.gz" in called.stderr
    assert not (tmp_path / "out" / "manifest.json").exists()
    assert not list(tmp_path.glob("out/**/*.partial*"))


def test_disk_that_is_full_is_an_output_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(*arguments: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shards.pq, "write_table", no_space)
    called = call("make-token-cs", KOREAN, *EN_KO, "--limit", 5, "--ratio", 0, "--out", tmp_path / "out")
    assert called.code == 4
    assert "error: " in called.stderr
    assert "train-00000.parquet: no space left on the device" in called.stderr
    assert "hint: free some space and run the same command again" in called.stderr
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_the_real_command_shows_one_line_and_no_traceback(tmp_path: Path) -> None:
    arguments = ["make-token-cs", tmp_path / "none.tsv", *EN_KO, "--out", tmp_path / "out"]
    command = [sys.executable, "-m", "cscl_data", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("error: ")
    assert "none.tsv" in done.stderr
    assert "Traceback" not in done.stderr


def test_too_many_rejects_leave_valid_output(tmp_path: Path) -> None:
    path = write(tmp_path, "b.jsonl", '{"en": "a", "ko": "가"}\n' + '{"en": "a"}\n' * 3)
    called = call("make-token-cs", path, *EN_KO, "--ratio", 0, "--out", tmp_path / "out")
    assert called.code == 3
    assert "3 of 4 items rejected (missing_field 3); the output is valid" in called.stderr
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["rejects"] == 3
    assert call("inspect", tmp_path / "out").code == 0


@pytest.mark.parametrize(
    ("command", "out", "said"),
    [
        ("align", "out", "stopped; the same command goes on where it stopped"),
        ("make-priors", "out/priors.tsv.gz", "stopped"),
    ],
)
def test_ctrl_c_says_that_the_same_command_goes_on_where_it_does(
    tmp_path: Path, command: str, out: str, said: str
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "cscl_data", command, "-", *EN_KO, "--out", str(tmp_path / out)],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job in the background ignores it
    )
    assert process.stdin is not None
    process.stdin.write("One.\t하나.\n" * 100_000)  # more than the first block that it waits for
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told.splitlines()[-1] == said
