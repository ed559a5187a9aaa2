"""`make-token-cs` from the command line, on the first pairs of the shipped example."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calling import EN_KO, KOREAN, assert_conserved, bitext_rows, call, hashes, make, manifest, rows

N = 30
TOKEN = ("make-token-cs", KOREAN, *EN_KO, "--doc-column", "doc", "--limit", N)


def test_rows_rejects_and_json_add_up(tmp_path: Path) -> None:
    called = make(*TOKEN, "--matrix-lang", "both", "--shard-rows", 12, "--json", "--out", tmp_path / "t")
    made = assert_conserved(tmp_path / "t", N)
    assert made["items"] == 2 * N
    assert called.stdout.count("\n") == 1
    printed = json.loads(called.stdout)
    assert printed.pop("elapsed_s") > 0
    assert printed == made
    assert [shard["path"] for shard in made["shards"]] == [f"data/train-0000{i}.parquet" for i in range(3)]
    source = {row["id"]: row for row in bitext_rows(KOREAN, N)}
    for row in rows(tmp_path / "t"):
        assert row["id"] == f"{row['pair_id']}/{row['matrix_lang']}/0"
        assert row["doc_id"] == source[row["pair_id"]]["doc"]
        assert row["src_text"] == source[row["pair_id"]]["translation"]["en"]
        assert any(token["switched"] and token["lang"] == row["embedded_lang"] for token in row["tokens"])
    assert "60 items" in called.stderr


def test_quiet_says_nothing_but_errors(tmp_path: Path) -> None:
    """The last call is not quiet, so that no later test finds the log so."""
    assert make("--quiet", *TOKEN, "--out", tmp_path / "t").stderr == ""
    assert_conserved(tmp_path / "t", N)
    assert call("--quiet", *TOKEN, "--ratio", 2, "--out", tmp_path / "u").stderr.startswith("error: ")
    stage = ("--model", "tiny", "--stage", f"token={tmp_path / 't'}@1k", "--out", tmp_path / "run")
    quiet, plain = (call(*first, "train", *stage, "--dry-run") for first in (("--quiet",), ()))
    assert quiet.stderr == plain.stderr != ""


def test_min_score_leaves_out_links_of_a_directory(tmp_path: Path) -> None:
    (tmp_path / "b.tsv").write_text("good tea\tteh enak\n", encoding="utf-8")
    (tmp_path / "links").write_text("0-1:0.2 1-0:0.9\n", encoding="utf-8")
    pair = (tmp_path / "b.tsv", "--src-lang", "en", "--tgt-lang", "id")
    make("align", *pair, "--aligner", "pharaoh", "--links", tmp_path / "links", "--out", tmp_path / "a")
    for score, text in ((0.1, "teh enak"), (0.5, "good teh")):
        out = tmp_path / f"t{score}"
        make("make-token-cs", *pair, "--alignments", tmp_path / "a", "--min-score", score, "--ratio", 1, "--out", out)
        assert [row["text"] for row in rows(out)] == [text]


def test_risk_limits_a_row_where_no_amount_is_asked_for(tmp_path: Path) -> None:
    runs = {"plain": (), "asked": ("--ratio", 0.2), "both": ("--ratio", 0.2, "--max-risk", 0.05)}
    ratios = {}
    for name, options in runs.items():
        make(*TOKEN, *options, "--out", tmp_path / name)
        made = rows(tmp_path / name)
        assert ("|risk:" in made[0]["sig"]) == (name != "asked")
        ratios[name] = sum(row["switch_ratio"] for row in made) / len(made)
    assert ratios["both"] < ratios["plain"] < ratios["asked"]
    assert manifest(tmp_path / "plain")["settings"]["max_risk"] == 0.1
    assert manifest(tmp_path / "asked")["settings"]["max_risk"] is None
    refused = call(*TOKEN, "--method", "salad", "--max-risk", 0.1, "--out", tmp_path / "s")
    assert (refused.code, "--max-risk would do nothing" in refused.stderr) == (2, True)


def test_manifest_tells_the_command_but_not_where_or_how_fast(tmp_path: Path) -> None:
    make(*TOKEN, "--ratio", 0, "--workers", 1, "--out", tmp_path / "t", "--json")
    made = manifest(tmp_path / "t")
    assert made["argv"] == [
        "make-token-cs",
        str(KOREAN),
        *EN_KO,
        "--doc-column",
        "doc",
        "--limit",
        str(N),
        "--ratio",
        "0",
    ]
    assert str(tmp_path) not in json.dumps(made)


def test_same_command_again_finds_everything_done(tmp_path: Path) -> None:
    command = (*TOKEN, "--ratio", 0, "--shard-rows", 12, "--out", tmp_path / "t")
    make(*command)
    before = hashes(tmp_path / "t")
    assert "3 of 3 shards were there already" in make(*command).stderr
    assert hashes(tmp_path / "t") == before


def test_missing_shard_is_done_again(tmp_path: Path) -> None:
    command = (*TOKEN, "--shard-rows", 12, "--out", tmp_path / "t")
    make(*command)
    before = hashes(tmp_path / "t")
    (tmp_path / "t" / "data" / "train-00001.parquet").unlink()
    assert "2 of 3 shards were there already" in make(*command).stderr
    assert hashes(tmp_path / "t") == before


def test_dry_run_writes_nothing(tmp_path: Path) -> None:
    called = make(*TOKEN, "--dry-run", "--out", tmp_path / "t")
    assert list(tmp_path.iterdir()) == []
    assert "sig schema:token_cs/1|method:align.6|aligner:statistical.6" in called.stderr
    assert "write: about " in called.stderr


def test_options_from_a_file_and_a_flag_that_beats_it(tmp_path: Path) -> None:
    config = tmp_path / "options.yaml"
    config.write_text("ratio: 0.5\nunit: phrase\nmatrix-lang: tgt\nlimit: 3\ndoc_column: doc\n", encoding="utf-8")
    called = make(
        "make-token-cs", KOREAN, *EN_KO, "--config", config, "--ratio", 0.1, "--dry-run", "--out", tmp_path / "t"
    )
    settings = dict(line.strip().split(" = ") for line in called.stderr.splitlines() if " = " in line)
    told = {name: settings[name] for name in ("ratio", "unit", "matrix_lang", "limit", "doc_column")}
    assert told == {"ratio": "0.1", "unit": "phrase", "matrix_lang": "tgt", "limit": "3", "doc_column": "doc"}


@pytest.mark.parametrize("matrix", ["src", "tgt"])
def test_ratio_zero_gives_every_text_back(tmp_path: Path, matrix: str) -> None:
    make(*TOKEN, "--ratio", 0, "--matrix-lang", matrix, "--out", tmp_path / "t")
    lang = {"src": "en", "tgt": "ko"}[matrix]
    made = rows(tmp_path / "t")
    assert [row["text"] for row in made] == [row["translation"][lang] for row in bitext_rows(KOREAN, N)]
    assert not any(row["edits"] or row["switch_ratio"] or row["cmi"] for row in made)


def test_alignments_made_before_give_the_same_rows(tmp_path: Path) -> None:
    make("align", KOREAN, *EN_KO, "--doc-column", "doc", "--limit", N, "--out", tmp_path / "links")
    make(*TOKEN, "--alignments", tmp_path / "links", "--out", tmp_path / "a")
    make(*TOKEN, "--out", tmp_path / "b")
    plain = [{name: value for name, value in row.items() if name != "sig"} for row in rows(tmp_path / "a")]
    assert plain == [{name: value for name, value in row.items() if name != "sig"} for row in rows(tmp_path / "b")]
    assert "|links:" in rows(tmp_path / "a")[0]["sig"]


def test_alignments_of_other_pairs_are_refused(tmp_path: Path) -> None:
    make("align", KOREAN, *EN_KO, "--limit", 3, "--out", tmp_path / "links")
    called = call(*TOKEN, "--alignments", tmp_path / "links", "--out", tmp_path / "a")
    assert called.code == 3
    assert "expected the alignment of 'news-01-4', found the end" in called.stderr


def test_pharaoh_file_over_given_tokens(tmp_path: Path) -> None:
    """Line n belongs to row n, over the tokens that spaces divide."""
    bitext, links = tmp_path / "b.tsv", tmp_path / "links.txt"
    bitext.write_text("green tea is good\t녹차 가 좋다\nshe sings\t그녀 는 가수\n", encoding="utf-8")
    links.write_text("0-0 1-0 3-2\n1-2\n", encoding="utf-8")
    make(
        "make-token-cs",
        bitext,
        *EN_KO,
        "--pretokenized",
        "--alignments",
        links,
        "--ratio",
        1,
        "--constraint",
        "none",
        "--out",
        tmp_path / "t",
    )
    assert [row["text"] for row in rows(tmp_path / "t")] == ["녹차 is 좋다", "she 가수"]
    links.write_text("0-0\n", encoding="utf-8")
    called = call("make-token-cs", bitext, *EN_KO, "--alignments", links, "--out", tmp_path / "u")
    assert (called.code, "1 lines for 2 rows of input" in called.stderr) == (3, True)
    links.write_text("0-0\n1-1\n\n\n", encoding="utf-8")
    called = call("make-token-cs", bitext, *EN_KO, "--alignments", links, "--out", tmp_path / "v")
    assert (called.code, "4 lines for 2 rows of input" in called.stderr) == (3, True)


@pytest.mark.backend
def test_output_loads_as_a_data_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    datasets = pytest.importorskip("datasets")
    monkeypatch.setenv("HF_DATASETS_OFFLINE", "1")
    make(*TOKEN, "--ratio", 0, "--shard-rows", 12, "--licence", "CC0", "--out", tmp_path / "t")
    loaded = datasets.load_dataset(str(tmp_path / "t"), cache_dir=str(tmp_path / "cache"))
    assert list(loaded) == ["train"]
    assert loaded["train"]["text"][:] == [row["text"] for row in rows(tmp_path / "t")]
    assert "CC0" in (tmp_path / "t" / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_workers_do_not_change_a_byte(tmp_path: Path) -> None:
    make(*TOKEN, "--shard-rows", 12, "--workers", 1, "--out", tmp_path / "one")
    make(*TOKEN, "--shard-rows", 12, "--workers", 2, "--out", tmp_path / "two")
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")


def test_variants_of_a_pair_differ_and_repeats_are_rejected(tmp_path: Path) -> None:
    made = make(*TOKEN, "--n-variants", 6, "--shard-rows", 12, "--json", "--out", tmp_path / "t")
    assert json.loads(made.stdout)["items"] == 6 * N
    found = rows(tmp_path / "t")
    by_pair = {row["pair_id"]: [r for r in found if r["pair_id"] == row["pair_id"]] for row in found}
    assert all(len({row["text"] for row in variants}) == len(variants) for variants in by_pair.values())
    assert max(map(len, by_pair.values())) == 6
    reasons = manifest(tmp_path / "t")["rejects_by_reason"]
    assert set(reasons) <= {"duplicate", "no_candidate"}
    first = make(*TOKEN, "--json", "--out", tmp_path / "one")
    assert rows(tmp_path / "one") == [row for row in found if row["id"].endswith("/0")], first.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--ratio", 0, "--n-variants", 2), "nothing is switched"),
        (("--ratio", 0.2, "--target-cmi", "20,10"), "each says how much"),
        (("--ratio-range", "0.2"), "two numbers"),
        (("--target-spf", "0.2,0.9"), "below 0.4"),
    ],
)
def test_amounts_that_contradict_are_refused(tmp_path: Path, options: tuple[object, ...], message: str) -> None:
    called = call(*TOKEN, *options, "--out", tmp_path / "t")
    assert called.code == 2
    assert message in called.stderr


def test_report_counts_rows_switched_less_than_asked(tmp_path: Path) -> None:
    called = make(*TOKEN, "--ratio", 1, "--out", tmp_path / "t")
    short = manifest(tmp_path / "t")["report"]["notes"]["fewer_switched_than_asked"]
    assert 0 < short <= N
    assert f"fewer switched than asked {short} rows" in called.stderr


@pytest.mark.parametrize(
    ("name", "sig"),
    [
        ("annotate", "method:annotate.3|aligner:statistical."),
        ("salad", "method:salad.2|segmenter:spacy-en+mecab-ko|ratio:0.3|matrix:tgt|seed:0"),
    ],
)
def test_methods_over_bitext(tmp_path: Path, name: str, sig: str) -> None:
    make(*TOKEN, "--method", name, "--ratio", 0.3, "--matrix-lang", "tgt", "--workers", 1, "--out", tmp_path / "t")
    assert_conserved(tmp_path / "t", N)
    made = rows(tmp_path / "t")
    assert sum(row["switch_ratio"] for row in made) / len(made) == pytest.approx(0.3, abs=0.06)
    assert all(sig in row["sig"] for row in made)
    edits = [edit for row in made for edit in row["edits"]]
    assert all((edit["matrix_start"] == edit["matrix_end"]) == (name == "annotate") for edit in edits)
    assert "aligner" in manifest(tmp_path / "t")["settings"] or name == "salad"
    make("inspect", tmp_path / "t")


def test_overwrite_of_what_is_read_is_refused(tmp_path: Path) -> None:
    """The links were deleted before they were read."""
    (tmp_path / "b.tsv").write_text("good tea\tteh enak\n", encoding="utf-8")
    (tmp_path / "links").write_text("0-1 1-0\n", encoding="utf-8")
    pair = (tmp_path / "b.tsv", "--src-lang", "en", "--tgt-lang", "id")
    make("align", *pair, "--aligner", "pharaoh", "--links", tmp_path / "links", "--out", tmp_path / "a")
    called = call("make-token-cs", *pair, "--alignments", tmp_path / "a", "--overwrite", "--out", tmp_path / "a")
    assert (called.code, "holds an input of the command" in called.stderr) == (2, True)
    assert list((tmp_path / "a/data").iterdir())
