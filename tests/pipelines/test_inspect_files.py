import json
import math

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cscl_data.errors import InputError
from cscl_data.pipelines.inspect import inspect_directory
from cscl_data.pipelines.inspection.plots import plots
from cscl_data.pipelines.inspection.problems import LISTED
from cscl_data.pipelines.inspection.run_plots import run_drawings
from cscl_data.records import Reject
from tests.pipelines.directories import sentence_row, token_row, write_directory, write_run

ROWS = [[token_row(f"p{i}/en/0") for i in range(3)], [token_row(f"p{i}/en/0") for i in range(3, 5)]]
REJECTS = [Reject(id="p9/en/0", stage="token_cs", reason="no_candidate", detail="nothing fits", source={"en": "녹차"})]


def found(inspection):
    """What is wrong, as `place: what`."""
    return [f"{problem.place}: {problem.what}" for problem in inspection.problems]


def change_manifest(out, **changes):
    path = out / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"items": 7}, "manifest.json: 7 items are not 5 rows plus 1 rejects"),
        ({"rejects_by_reason": {"too_long": 1}}, "rejects/: the files hold {'no_candidate': 1}, the manifest states"),
        ({"rejects_by_reason": {"sleepy": 1}}, "manifest.json: unknown reject reason: sleepy"),
        ({"shards": "none"}, "manifest.json: holds something else than expected under shards"),
        ({"shards": [{"path": "../../etc/passwd"}]}, "is not a file of data/: ../../etc/passwd"),
    ],
)
def test_manifest_that_does_not_add_up_is_found(tmp_path, changes, message):
    out = write_directory(tmp_path, "token_cs/1", ROWS, REJECTS)
    change_manifest(out, **changes)
    assert any(message in problem for problem in found(inspect_directory(out)))


def test_unfinished_run_is_reported_and_still_measured(tmp_path):
    out = write_directory(tmp_path, "token_cs/1", ROWS)
    (out / "manifest.json").unlink()
    inspection = inspect_directory(out)
    assert found(inspection) == ["manifest.json: no such file (the run did not finish; run the same command again)"]
    assert inspection.counts == {"rows": 5, "rejects": 0}


@pytest.mark.parametrize("content", ["{", "[]", "{}"])
def test_unusable_manifest_is_a_problem(tmp_path, content):
    out = write_directory(tmp_path, "token_cs/1", ROWS)
    (out / "manifest.json").write_text(content)
    assert found(inspect_directory(out))[0].startswith("manifest.json: ")


def test_lost_and_foreign_shards_are_found(tmp_path):
    out = write_directory(tmp_path, "token_cs/1", ROWS)
    (out / "data" / "train-00001.parquet").rename(out / "data" / "train-00007.parquet")
    problems = found(inspect_directory(out))
    assert "data/train-00001.parquet: no such file, but the manifest counts on it" in problems
    assert "data/train-00007.parquet: stands in no line of the manifest" in problems


def test_damaged_shard_is_found_and_the_others_are_read(tmp_path):
    out = write_directory(tmp_path, "token_cs/1", ROWS)
    (out / "data" / "train-00000.parquet").write_bytes(b"PAR1 this is not it")
    inspection = inspect_directory(out)
    assert inspection.counts["rows"] == 2
    assert any("not a whole Parquet file" in problem for problem in found(inspection))


def test_verify_finds_a_changed_byte(tmp_path):
    out = write_directory(tmp_path, "token_cs/1", ROWS, REJECTS)
    for part in ("data", "rejects"):
        path = out / part / "train-00000.parquet"
        content = path.read_bytes()
        at = content.index(b"cscl.schema")  # in the footer, where no checksum looks
        path.write_bytes(content[:at] + b"Cscl.schema" + content[at + 11 :])
    changed = found(inspect_directory(out, verify=True))
    assert any(problem.startswith("data/train-00000.parquet: sha256 is ") for problem in changed)
    assert any(problem.startswith("rejects/train-00000.parquet: sha256 is ") for problem in changed)


def test_shards_of_different_schemas_are_found(tmp_path):
    out = write_directory(tmp_path, "token_cs/1", ROWS)
    write_directory(tmp_path / "other", "sentence_cs/1", [[sentence_row()]])
    (tmp_path / "other" / "data" / "train-00000.parquet").rename(out / "data" / "train-00001.parquet")
    problems = found(inspect_directory(out))
    assert "data/train-00001.parquet: has the schema sentence_cs/1, not token_cs/1" in problems


def test_repeated_ids_are_counted_but_allowed(tmp_path):
    rows = [[token_row("a"), token_row("b"), token_row("a")], [token_row("a"), token_row("c")]]
    inspection = inspect_directory(write_directory(tmp_path, "token_cs/1", rows))
    assert inspection.is_sound
    assert inspection.statistics["repeated_ids"] == 2
    assert inspection.statistics["repeated_id_examples"] == ["a"]


def test_only_the_first_problems_are_listed(tmp_path):
    rows = [[token_row(f"p{i}", cmi=1.0) for i in range(LISTED + 9)]]
    inspection = inspect_directory(write_directory(tmp_path, "token_cs/1", rows))
    assert (len(inspection.problems), inspection.problem_count) == (LISTED, LISTED + 9)


def test_sample_is_seeded_and_in_order(tmp_path):
    out = write_directory(tmp_path, "token_cs/1", [[token_row(f"{i:03d}") for i in range(100)]])
    drawn = [row.id for row in inspect_directory(out, sample=10, seed=4).rows]
    assert drawn == sorted(drawn)
    assert len(set(drawn)) == 10
    assert drawn == [row.id for row in inspect_directory(out, sample=10, seed=4).rows]
    assert drawn != [row.id for row in inspect_directory(out, sample=10, seed=5).rows]


def test_empty_output_is_sound(tmp_path):
    inspection = inspect_directory(write_directory(tmp_path, "token_cs/1", [[]]), verify=True)
    assert inspection.is_sound
    assert inspection.statistics["switch_ratio"] is None


def test_run_statistics(tmp_path):
    inspection = inspect_directory(write_run(tmp_path / "run"))
    assert found(inspection) == []
    assert [(s["name"], s["first_loss"], s["last_loss"], s["min_loss"]) for s in inspection.statistics["stages"]] == [
        (name, 4.0, 2.0, 2.0) for name in ("token", "sentence", "mono")
    ]
    assert inspection.statistics["curve"][5] == [600, 4.0, 1]


def test_run_has_the_curve_of_each_eval_and_of_the_rate(tmp_path):
    out = write_run(tmp_path / "run")
    lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    lines[4]["eval"], lines[9]["eval"] = {"ko": 3.0, "en": 2.0}, {"ko": 2.5, "en": math.inf}
    (out / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    statistics = inspect_directory(out).statistics
    assert statistics["evals"] == {"ko": [[500, 3.0], [1000, 2.5]], "en": [[500, 2.0]]}
    assert statistics["rates"][:2] == [[100, 0.001], [200, 0.001]]
    captions = [caption for caption, _, _ in run_drawings(statistics)]
    assert captions == ["Loss by tokens trained on", "Loss on text that is not trained on", "Learning rate"]
    svg = next(plot.svg for plot in plots(inspect_directory(out), "p") if "not trained on" in plot.caption)
    assert "var(--c0)" in svg
    assert "var(--c1)" in svg
    for name in ("ko", "en", "token", "sentence", "mono"):
        assert f">{name}</text>" in svg


def test_long_run_keeps_a_bounded_curve_with_its_end(tmp_path):
    curve = inspect_directory(write_run(tmp_path / "run", steps=2000)).statistics["curve"]
    assert 200 <= len(curve) <= 402
    assert curve[-1][0] == 600_000


def test_bad_log_lines_are_found(tmp_path):
    out = write_run(tmp_path / "run")
    lines = (out / "log.jsonl").read_text().splitlines()
    lines[3], lines[7] = "not JSON", lines[2]
    (out / "log.jsonl").write_text("\n".join(lines) + "\n")
    problems = found(inspect_directory(out))
    assert "log.jsonl:4: is no line of a training log" in problems
    assert any(problem.startswith("log.jsonl:8: step 3") for problem in problems)


@pytest.mark.parametrize(("name", "message"), [("missing", "no such directory"), ("empty", "not an output of cscl-")])
def test_foreign_directory_is_an_input_error(tmp_path, name, message):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=message):
        inspect_directory(tmp_path / name)


def test_foreign_parquet_is_an_input_error(tmp_path):
    (tmp_path / "data").mkdir()
    pq.write_table(pa.table({"x": [1]}), tmp_path / "data" / "train-00000.parquet")
    with pytest.raises(InputError, match="no schema of cscl-data"):
        inspect_directory(tmp_path)


def test_model_of_init_embeddings_is_said_to_be_one(tmp_path):
    (tmp_path / "manifest.json").write_text('{"command": "init-embeddings"}')
    with pytest.raises(InputError, match="a model of init-embeddings, which has no rows") as caught:
        inspect_directory(tmp_path)
    assert "README.md says how its embeddings were made" in caught.value.hint
