"""`make-curriculum` from the command line: one plan, every part to its budget, stages that `train` accepts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from cscl_data.io.bitext import Bitext
from cscl_data.pipelines.align import plan_align
from cscl_data.pipelines.alignment import HowToAlign, corpus_of
from cscl_data.pipelines.curriculum.arms import ARMS, CONTROLS, PARTS, PHASES
from cscl_data.pipelines.curriculum.plan_file import read_plan
from cscl_data.pipelines.curriculum.run import CurriculumJob, run_curriculum
from cscl_data.pipelines.job import RunOptions
from cscl_data.pipelines.plan import Basics
from cscl_data.records import Pair
from tests.cli.calling import EN_KO, KOREAN, Called, bitext_rows, call, hashes, make, manifest, rows

BUDGET = 900
ENGLISH_LINES = ["A cat drinks milk.", "It is cold outside.", "We go home."]
KOREAN_LINES = ["고양이가 우유를 마신다.", "밖은 춥다.", "우리는 집에 간다."]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a plan, the text it names, and a tokenizer that counts words and marks."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    home = tmp_path_factory.mktemp("curriculum")
    (home / "bitext.jsonl").write_bytes(KOREAN.read_bytes())
    words = Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.save(str(home / "tokenizer.json"))
    write_plan(home / "plan.yaml")
    return home


def plan_of(**changes: Any) -> dict[str, Any]:
    """Return a plan; a change takes a section's place."""
    plan = {
        "src_lang": "en",
        "tgt_lang": "ko",
        "budget": BUDGET,
        "budget_tokenizer": "tokenizer.json",
        "controls": "all",
        "bitext": {"input": "bitext.jsonl", "doc_column": "doc"},
        "mono": {"source": "bitext.jsonl", "target": "bitext.jsonl", "doc-column": "doc"},
        "token": {"ratio": 0.4},
    }
    return {key: value for key, value in {**plan, **changes}.items() if value is not None}


def write_plan(path: Path, **changes: Any) -> Path:
    path.write_text(yaml.safe_dump(plan_of(**changes)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def made(folder: Path) -> Path:
    """The curriculum of the plan, with all controls."""
    make("make-curriculum", folder / "plan.yaml", "--out", folder / "out")
    return folder / "out"


def test_every_part_meets_its_budget_within_one_percent(made: Path) -> None:
    counted = {part["name"]: part for part in manifest(made)["parts"]}
    assert set(counted) == set(PARTS)
    for name, part in counted.items():
        texts = [row["text"] for row in rows(made / part["path"])]
        tokens = sum(len(re.findall(r"\w+|[^\w\s]+", text)) for text in texts)
        assert part["budget"] == BUDGET * len(PARTS[name].phases)
        assert (part["rows"], part["tokens"], part["off_budget"]) == (len(texts), tokens, None)
        assert abs(tokens - part["budget"]) <= 0.01 * part["budget"], name


def test_monolingual_parts_are_in_equal_measure(made: Path) -> None:
    for name in ("mono", "mono-only"):
        amounts = {"en": 0, "ko": 0}
        for row in rows(made / PARTS[name].folder):
            amounts[row["lang"]] += len(re.findall(r"\w+|[^\w\s]+", row["text"]))
        assert abs(amounts["en"] - amounts["ko"]) <= 0.02 * sum(amounts.values())


def test_controls_hold_what_they_are_named_for(made: Path) -> None:
    text_of = {name: [row["text"] for row in rows(made / PARTS[name].folder)] for name in PARTS}
    together = [text for phase in PHASES for text in text_of[phase]]
    assert sorted(text_of["shuffled"]) == sorted(together)
    assert text_of["shuffled"] != together
    assert {row["sig"].split("method:")[1].split("|")[0] for row in rows(made / "controls/salad")} == {"salad.2"}
    assert len(set(text_of["token"]) - set(text_of["token-only"])) <= 3, (
        "what the token phase has, but for the last rows"
    )
    assert {row["mode"] for row in rows(made / "controls/parallel")} == {"parallel"}
    assert manifest(made)["arms"]["reversed"]["parts"] == ["mono", "sentence", "token"]


def test_alignments_are_made_once_and_every_job_is_an_ordinary_one(made: Path) -> None:
    jobs = manifest(made)["jobs"]
    assert [job["command"] for job in jobs].count("align") == 1
    for job in jobs:
        make("inspect", made / job["path"], "--verify")
        assert manifest(made / job["path"])["rows_out"] == job["rows_out"]
    token = manifest(made / "made/token")
    assert token["settings"]["links"] == "made/align"
    assert str(made) not in json.dumps([manifest(made / job["path"]) for job in jobs])


def test_train_accepts_the_stages_of_every_arm(made: Path) -> None:
    for arm in ("cscl", *CONTROLS):
        called = make(
            "train", "--model", "tiny", "--stages", made / f"stages/{arm}.yaml", "--out", made / "x", "--dry-run"
        )
        assert [line.split(":")[0] for line in called.stderr.splitlines() if line.startswith("stage ")] == [
            f"stage {part}" for part in ARMS[arm]
        ]
    stages = [yaml.safe_load((made / path).read_text())["stages"] for path in ("stages.yaml", "stages/cscl.yaml")]
    assert [stage["tokens"] for stage in stages[0]] == [stage["tokens"] for stage in stages[1]]
    assert [stage["data"] for stage in stages[0]] == list(PHASES)
    totals = [arm["tokens"] for arm in manifest(made)["arms"].values()]
    assert max(totals) <= 1.01 * min(totals)


def test_same_plan_gives_the_same_bytes_also_after_a_stop_between_phases(folder: Path, made: Path) -> None:
    job = CurriculumJob(plan=read_plan(folder / "plan.yaml"), basics=Basics(out=folder / "again"))

    class Stopping:
        def note(self, text: str) -> None:
            pass

        def announce(self, text: str) -> None:
            if text.startswith("[6/"):
                raise KeyboardInterrupt

        def on_shard(self, report: Any) -> None:
            pass

    with pytest.raises(KeyboardInterrupt):
        run_curriculum(job, RunOptions(), Stopping())
    assert (folder / "again/made/token/manifest.json").is_file()
    assert not (folder / "again/manifest.json").exists()
    align = folder / "again/made/align/data/train-00000.parquet"
    before = align.stat().st_mtime_ns
    make("make-curriculum", folder / "plan.yaml", "--out", folder / "again")
    assert align.stat().st_mtime_ns == before, "what was done is not done again"
    first, second = hashes(made), hashes(folder / "again")
    shards = [path for path in first if path.endswith(".parquet") or path.endswith(".yaml")]
    assert {path: second[path] for path in shards} == {path: first[path] for path in shards}
    assert len(shards) == len([path for path in second if path.endswith(".parquet") or path.endswith(".yaml")])


def test_other_shards_give_the_same_rows(folder: Path) -> None:
    plan = write_plan(folder / "few.yaml", budget=150, controls=["shuffled"])
    make("make-curriculum", plan, "--limit", 60, "--out", folder / "few")
    make("make-curriculum", plan, "--limit", 60, "--shard-rows", 9, "--out", folder / "fewer")
    assert len(list((folder / "fewer/controls/shuffled/data").iterdir())) > 1
    for part in manifest(folder / "few")["parts"]:
        assert rows(folder / "few" / part["path"]) == rows(folder / "fewer" / part["path"]), part["name"]


def test_other_plan_is_refused_and_named(folder: Path, made: Path) -> None:
    other = write_plan(folder / "other.yaml", budget=BUDGET + 1, token={"ratio": 0.4, "matrix_lang": "both"})
    called = call("make-curriculum", other, "--out", made)
    assert called.code == 2
    assert f"budgets.token ({BUDGET} -> {BUDGET + 1})" in called.stderr
    assert "matrix_lang (src -> both)" in called.stderr
    assert call("make-curriculum", other, "--seed", 1, "--out", made).stderr.count("seed (0 -> 1)") == 1


def test_too_little_text_is_said_and_gives_a_shorter_stage(folder: Path) -> None:
    out = folder / "short"
    budget = {"token": 600, "sentence": 9_000, "mono": 600}
    plan = write_plan(folder / "short.yaml", budget=budget, controls=None)
    called = make("make-curriculum", plan, "--limit", 60, "--out", out)
    sentence = manifest(out)["parts"][1]
    assert (sentence["name"], sentence["off_budget"]) == ("sentence", "short")
    assert f"sentence: only {sentence['tokens']:,} of 9,000 tokens" in called.stderr
    assert yaml.safe_load((out / "stages.yaml").read_text())["stages"][1]["tokens"] == sentence["tokens"]


def test_too_long_rows_are_said_and_give_a_longer_stage(folder: Path) -> None:
    out = folder / "over"
    budget = {"token": 300, "sentence": 60, "mono": 300}
    plan = write_plan(folder / "over.yaml", budget=budget, controls=None)
    called = make("make-curriculum", plan, "--limit", 40, "--out", out)
    sentence = manifest(out)["parts"][1]
    assert (sentence["name"], sentence["off_budget"], sentence["tokens"] > 60) == ("sentence", "over", True)
    assert f"sentence: {sentence['tokens']:,} tokens, " in called.stderr
    assert "% more than its budget of 60" in called.stderr
    assert yaml.safe_load((out / "stages.yaml").read_text())["stages"][1]["tokens"] == sentence["tokens"]


def test_too_many_rejects_stop_it_and_no_text_at_all_does_in_any_case(folder: Path) -> None:
    mono = {"source": "bitext.jsonl", "target": "bitext.jsonl", "min_chars": 1_000}
    plan = write_plan(folder / "none.yaml", mono=mono, controls=None)
    called = call("make-curriculum", plan, "--out", folder / "none")
    assert called.code == 3
    assert "allow it with --max-reject-rate" in called.stderr
    called = call("make-curriculum", plan, "--max-reject-rate", 1, "--out", folder / "none")
    assert (called.code, "made/mono: no row was made" in called.stderr) == (3, True)
    assert not (folder / "none/made/align").exists()


def test_documents_may_be_files_whose_sentences_are_aligned(folder: Path) -> None:
    for lang, lines in (("en", ENGLISH_LINES), ("ko", KOREAN_LINES)):
        for name in ("one.txt", "two.txt"):
            path = folder / "docs" / lang / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(" ".join(lines) + "\n", encoding="utf-8")
    documents = {"src_docs": "docs/en", "tgt_docs": "docs/ko", "priors": "none"}
    plan = write_plan(folder / "files.yaml", documents=documents, controls="parallel", budget=60)
    make("make-curriculum", plan, "--dry-run", "--out", folder / "files")
    called = make("make-curriculum", plan, "--limit", 30, "--out", folder / "files")
    made = folder / "files/made"
    assert {row["doc_id"] for row in rows(made / "sentence")} == {"one.txt", "two.txt"}
    assert called.stderr.count("beads: learning") == 1, "by the control as well"
    assert len(list((made / "sentence/.cscl/beads").iterdir())) == 1
    assert not (made / "parallel/.cscl/beads").exists(), "the control takes those of the phase"
    alone = ("--src-docs", folder / "docs/en", "--tgt-docs", folder / "docs/ko", "--priors", "none", "--limit", 30)
    make("make-sentence-cs", *alone, *EN_KO, "--mode", "parallel", "--out", folder / "alone")
    assert rows(folder / "alone") == rows(made / "parallel")
    assert (folder / "alone/.cscl/beads.model").read_bytes() == (made / "parallel/.cscl/beads.model").read_bytes()
    refused = call("make-curriculum", write_plan(plan, documents={"src_docs": "docs/en"}), "--out", folder / "files")
    assert (refused.code, "documents: --src-docs and --tgt-docs go together" in refused.stderr) == (2, True)


@pytest.mark.parametrize("kind", ["table", "moses"])
def test_aligner_learns_from_the_whole_bitext_of_which_pairs_are_drawn(folder: Path, kind: str) -> None:
    pairs = [row["translation"] for row in bitext_rows(KOREAN, 60)]
    (folder / "pairs.tsv").write_text("".join(f"{pair['en']}\t{pair['ko']}\n" for pair in pairs), encoding="utf-8")
    for lang in ("en", "ko"):
        (folder / f"pairs.{lang}").write_text("".join(f"{pair[lang]}\n" for pair in pairs), encoding="utf-8")
    bitext = {"table": {"input": "pairs.tsv"}, "moses": {"src_file": "pairs.en", "tgt_file": "pairs.ko"}}[kind]
    documents = {"input": "bitext.jsonl", "doc_column": "doc"}
    plan = read_plan(write_plan(folder / f"{kind}.yaml", bitext=bitext, documents=documents))
    job = CurriculumJob(plan=plan, basics=Basics(out=folder / kind)).jobs.alignment((0.3, 0))
    drawn = [pair.src_text for pair in Bitext(job.bitext) if isinstance(pair, Pair)]
    assert 0 < len(drawn) < len(pairs)
    how = HowToAlign(settings=job.alignment, src_lang="en", tgt_lang="ko")
    learned_from = [pair.src_text for pair in corpus_of(how, job.bitext)]
    assert learned_from == [*drawn, *(pair["en"] for pair in pairs)]
    files = [Path(facts.path).name for facts in plan_align(job).inputs if facts.role == "fit"]
    assert files == {"table": ["pairs.tsv"], "moses": ["pairs.en", "pairs.ko"]}[kind]


def test_dry_run_names_all_jobs_and_writes_nothing(folder: Path) -> None:
    quiet, called = (
        make(*how, "make-curriculum", folder / "plan.yaml", "--out", folder / "dry", "--dry-run")
        for how in (("--quiet",), ())
    )
    assert quiet.stderr == called.stderr
    for name in ("made/align", "made/token", "made/salad", "token ", "controls/shuffled"):
        assert f"  {name}" in called.stderr
    assert "arm reversed: mono -> sentence -> token" in called.stderr
    assert not (folder / "dry").exists()


def wrong(**changes: Any) -> Callable[[Path], Called]:
    def called(folder: Path) -> Called:
        return call("make-curriculum", write_plan(folder / "wrong.yaml", **changes), "--out", folder / "wrong")

    return called


@pytest.mark.parametrize(
    ("calling", "said"),
    [
        (wrong(token={"ration": 0.3}), ["token: unknown key 'ration', the nearest is 'ratio'"]),
        (
            wrong(bitxt={}, budget="much", controls=["salads"]),
            ["unknown key 'bitxt', the nearest is 'bitext'", "budget 'much'", "unknown control 'salads'", "'salad'?"],
        ),
        (wrong(bitext=None, mono={"source": "bitext.jsonl"}), ["no 'bitext'", "mono: no 'target'"]),
        (wrong(token={"ratio": "high"}, sentence={"mode": 3}), ["token: ratio: expected a number", "unknown mode '3'"]),
        (wrong(token={"ratio": 1.5}), ["token: --ratio must be between 0 and 1"]),
        (wrong(token={"method": "llm"}), ["token: unknown method 'llm'"]),
        (wrong(token={"matrix_lang": "kr"}), ["unknown matrix language 'kr'"]),
        (wrong(sentence={"share": 0.4}), ["sentence: --share is for --mode random"]),
        (wrong(align={"aligner": "simalgin"}), ["align: unknown aligner 'simalgin'"]),
        (wrong(align={"links": "x"}), ["align: unknown key 'links'"]),
        (wrong(align={"encoder": "x"}), ["align: --encoder is for --aligner simalign"]),
        (wrong(mono="bitext.jsonl"), ["mono: not a mapping of options to values"]),
        (wrong(bitext={"input": "bitext.jsonl", "doc_column": "docs"}), ["no column 'docs'"]),
        (wrong(bitext={"input": "none.jsonl"}), ["none.jsonl: no such file"]),
        (wrong(documents={"input": "plain.tsv"}), ["plain.tsv: no document column"]),
        (wrong(budget_tokenizer="nowhere"), ["nowhere: no tokenizer.json"]),
    ],
)
def test_wrong_plan_is_refused_before_anything_runs(folder: Path, calling: Any, said: list[str]) -> None:
    (folder / "plain.tsv").write_text("One.\t하나.\nTwo.\t둘.\n", encoding="utf-8")
    called = calling(folder)
    assert called.code in (2, 3, 4)
    for part in said:
        assert part in called.stderr
    assert not (folder / "wrong").exists()


def test_parts_have_the_schema_of_their_phase(made: Path) -> None:
    schemas = {
        name: pq.read_schema(next((made / PARTS[name].folder / "data").glob("*.parquet"))).metadata[b"cscl.schema"]
        for name in (*PHASES, "shuffled")
    }
    assert schemas == {"token": b"token_cs/1", "sentence": b"sentence_cs/1", "mono": b"mono/1", "shuffled": b"mono/1"}
