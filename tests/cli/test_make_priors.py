"""`make-priors` from any form of bitext, and what it does not replace."""

import gzip
import json

import pytest

from tests.cli.calling import EN_KO, KOREAN, bitext_rows, call, make

N = 12


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("priors") / "priors.tsv.gz"
    make("make-priors", KOREAN, *EN_KO, "--limit", N, "--out", path)
    return path.read_bytes()


def sides():
    return [(row["translation"]["en"], row["translation"]["ko"]) for row in bitext_rows(KOREAN, N)]


def test_a_moses_pair_gives_the_same_table(tmp_path, table):
    for name, lines in zip(("x.en", "x.ko"), zip(*sides(), strict=True), strict=True):
        (tmp_path / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    files = ("--src-file", tmp_path / "x.en", "--tgt-file", tmp_path / "x.ko")
    make("make-priors", *files, *EN_KO, "--out", tmp_path / "p.tsv.gz")
    assert (tmp_path / "p.tsv.gz").read_bytes() == table
    assert gzip.decompress(table).startswith(b"#cscl-data lexical priors")


def test_standard_input_gives_the_same_table(tmp_path, table):
    text = "".join(json.dumps({"en": en, "ko": ko}) + "\n" for en, ko in sides())
    make("make-priors", "-", *EN_KO, "--out", tmp_path / "p.tsv.gz", stdin=text)
    assert (tmp_path / "p.tsv.gz").read_bytes() == table
    assert [path.name for path in tmp_path.iterdir()] == ["p.tsv.gz"]


def test_a_file_that_is_there_stays_unless_told_otherwise(tmp_path, table):
    path = tmp_path / "p.tsv.gz"
    path.write_bytes(b"mine")
    called = call("make-priors", KOREAN, *EN_KO, "--limit", N, "--out", path)
    assert called.code != 0
    assert "is there already" in called.stderr
    assert "--overwrite" in called.stderr
    assert path.read_bytes() == b"mine"
    make("make-priors", KOREAN, *EN_KO, "--limit", N, "--out", path, "--overwrite")
    assert path.read_bytes() == table


def test_no_bitext_at_all_is_refused(tmp_path):
    called = call("make-priors", *EN_KO, "--out", tmp_path / "p.tsv.gz")
    assert called.code != 0
    assert "give either INPUT paths, or --src-file and --tgt-file" in called.stderr
