"""`make-sentence-cs` from the command line: modes with translations, long documents, and other kinds of input."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.calling import EN_KO, JAPANESE, KOREAN, assert_conserved, bitext_rows, call, make, manifest, rows

N = 48
SENTENCE = ("make-sentence-cs", KOREAN, *EN_KO, "--doc-column", "doc", "--limit", N)


@pytest.fixture(scope="module")
def pairs() -> list[tuple[str, str, str]]:
    """Document, English and Korean of the first rows of the example."""
    return [(r["doc"], r["translation"]["en"], r["translation"]["ko"]) for r in bitext_rows(KOREAN, N)]


@pytest.mark.parametrize("mode", ["annotate", "parallel"])
def test_translations_are_marked_as_such(tmp_path: Path, mode: str) -> None:
    make(*SENTENCE, "--mode", mode, "--start-lang", "tgt", "--out", tmp_path / "s")
    assert_conserved(tmp_path / "s", N)
    source = {row["id"]: row["translation"] for row in bitext_rows(KOREAN, N)}
    stood = []
    for row in rows(tmp_path / "s"):
        for segment in row["segments"]:
            assert segment["lang"] == {"text": "ko", "translation": "en"}[segment["role"]]
            assert row["text"][segment["start"] : segment["end"]] == source[segment["pair_id"]][segment["lang"]].strip()
        half = [segment["pair_id"] for segment in row["segments"] if segment["role"] == "text"]
        assert half == [segment["pair_id"] for segment in row["segments"] if segment["role"] == "translation"]
        stood += half
    assert stood == list(source)


def test_long_documents_become_several_rows_in_any_number_of_shards(tmp_path: Path) -> None:
    options = ("--mode", "block", "--max-tokens", 200)
    outs = [tmp_path / str(shard_rows) for shard_rows in (100, 16, 1)]
    for out, shard_rows in zip(outs, (100, 16, 1), strict=True):
        make(*SENTENCE, *options, "--shard-rows", shard_rows, "--out", out)
    made = manifest(outs[0])
    assert [len(manifest(out)["shards"]) for out in outs] == [1, 3, 7]
    assert rows(outs[0]) == rows(outs[1]) == rows(outs[2])
    assert [manifest(out)["report"] for out in outs] == [made["report"]] * 3
    found = rows(outs[0])
    documents = {row["doc_id"] for row in found}
    assert len(found) > len(documents) == made["report"]["documents"]
    for doc_id in documents:
        ids = [row["id"] for row in found if row["doc_id"] == doc_id]
        assert ids == [f"{doc_id}/{n}" for n in range(len(ids))]
    longer = [row for row in found if len(row["text"].encode("utf-8")) > 200]
    assert all(len(row["segments"]) == 1 for row in longer)
    assert made["report"]["notes"].get("longer_than_max_tokens", 0) == len(longer)
    alone = [row for row in found if len({segment["lang"] for segment in row["segments"]}) == 1]
    assert 0 < made["report"]["notes"]["in_one_language"] == len(alone)
    assert made["report"]["sentences"] == N
    assert "max_tokens:200.bytes" in made["sig"]


def as_moses(folder: Path, pairs: list[tuple[str, str, str]]) -> list[object]:
    sides = [folder / "x.en", folder / "x.ko"]
    for column, path in enumerate(sides, 1):
        lines = [pair[column] if pair else "" for pair in with_blanks(pairs)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return ["--src-file", sides[0], "--tgt-file", sides[1]]


def as_table(folder: Path, pairs: list[tuple[str, str, str]]) -> list[object]:
    lines = ["", *("\t".join(pair[1:]) if pair else "" for pair in with_blanks(pairs))]
    (folder / "x.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [folder / "x.tsv"]


def with_blanks(pairs: list[tuple[str, str, str]]) -> list[tuple[str, str, str] | None]:
    """The pairs, with None where a document ends."""
    found: list[tuple[str, str, str] | None] = []
    for i, pair in enumerate(pairs):
        found += [None, pair] if i and pair[0] != pairs[i - 1][0] else [pair]
    return found


@pytest.mark.parametrize("write", [as_moses, as_table])
def test_blank_lines_end_documents(
    tmp_path: Path, pairs: list[tuple[str, str, str]], write: Callable[..., list[object]]
) -> None:
    make("make-sentence-cs", *write(tmp_path, pairs), *EN_KO, "--start-lang", "src", "--out", tmp_path / "s")
    make(*SENTENCE, "--start-lang", "src", "--out", tmp_path / "column")
    assert [row["text"] for row in rows(tmp_path / "s")] == [row["text"] for row in rows(tmp_path / "column")]
    assert rows(tmp_path / "s")[1]["id"].endswith("#2/0")
    make("make-sentence-cs", *write(tmp_path, pairs), *EN_KO, "--limit", 3, "--out", tmp_path / "limit")
    assert [len(row["segments"]) for row in rows(tmp_path / "limit")] == [3], "less than the first document"


def test_lines_without_documents_are_refused_at_once_and_taken_by_a_window(
    tmp_path: Path, pairs: list[tuple[str, str, str]]
) -> None:
    path = tmp_path / "x.tsv"
    path.write_text("".join(f"\t{en}\t{ko}\n" for _, en, ko in pairs), encoding="utf-8")
    columns = ("--src-column", 2, "--tgt-column", 3)
    called = call("make-sentence-cs", path, *EN_KO, *columns, "--doc-column", 1, "--out", tmp_path / "s")
    assert called.code == 2, "not a reject for each of them"
    assert "no document column" in called.stderr
    make("make-sentence-cs", path, *EN_KO, *columns, "--window", 8, "--out", tmp_path / "w")
    made = assert_conserved(tmp_path / "w", N)
    assert "|window:8|" in made["sig"]
    assert made["settings"]["window"] == 8
    assert [(row["doc_id"], len(row["segments"])) for row in rows(tmp_path / "w")] == [
        (f"{path}#{n}", 8) for n in range(1, N // 8 + 1)
    ]


@pytest.fixture(scope="module")
def parallel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """English with Korean and Japanese, from the shipped examples; some rows lack one, or all."""
    korean, japanese = (
        {row["translation"]["en"]: row for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())}
        for path in (KOREAN, JAPANESE)
    )
    lines = [
        {
            "id": row["id"],
            "doc": row["doc"],
            "en": en,
            "ko": row["translation"]["ko"],
            "ja": japanese[en]["translation"]["ja"],
        }
        for en, row in korean.items()
        if en in japanese
    ][:N]
    lines[2]["ko"], lines[3]["ja"] = None, " "
    lines[4]["ko"] = lines[4]["ja"] = ""
    path = tmp_path_factory.mktemp("parallel") / "parallel.jsonl"
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


def test_languages_go_round(parallel: Path, tmp_path: Path) -> None:
    targets = ("--src-lang", "en", "--tgt-lang", "ko", "--tgt-lang", "ja", "--start-lang", "src")
    make("make-sentence-cs", parallel, *targets, "--doc-column", "doc", "--out", tmp_path / "s")
    made = assert_conserved(tmp_path / "s", N)
    assert "|pair:en>ko,ja|" in made["sig"]
    assert [(row["reason"], json.loads(row["row"])["ko"]) for row in rows(tmp_path / "s", "rejects")] == [
        ("empty_side", "")
    ]
    source = {row["id"]: row for row in bitext_rows(parallel, N)}
    order = ["en", "ko", "ja"]
    for row in rows(tmp_path / "s"):
        turn = 0
        for segment in row["segments"]:
            there = [lang for lang in order if (source[segment["pair_id"]][lang] or "").strip()]
            expected = next(lang for lang in (order * 2)[turn:] if lang in there)
            assert segment["lang"] == expected
            turn = order.index(expected) + 1 if expected != "ja" else 0
            text = row["text"][segment["start"] : segment["end"]]
            assert text == source[segment["pair_id"]][expected].strip()
    assert made["report"]["lacking_a_language"] == 2


def test_report_says_what_stands_in_the_documents(tmp_path: Path) -> None:
    shown = make(*SENTENCE, "--mode", "annotate", "--share", 0.5, "--out", tmp_path / "s").stderr
    report = manifest(tmp_path / "s")["report"]
    found = rows(tmp_path / "s")
    assert report["switches"] == sum(row["n_switches"] for row in found)
    for lang in ("en", "ko"):
        own = [segment for row in found for segment in row["segments"] if segment["lang"] == lang]
        assert report["sentences_by_language"][lang] == len(own)
        assert report["characters_by_language"][lang] == sum(s["end"] - s["start"] for s in own)
    assert f"{len(found)} documents: {N / len(found):.1f} sentences and" in shown
    inspected = make("inspect", tmp_path / "s", "--json").stdout
    statistics = json.loads(inspected)["statistics"]
    assert statistics["sentences_per_document"]["mean"] == pytest.approx(N / len(found))
    assert statistics["switches_per_document"]["mean"] == pytest.approx(report["switches"] / len(found))


def test_text_in_one_language_is_translated_where_the_mode_switches(
    tmp_path: Path, pairs: list[tuple[str, str, str]]
) -> None:
    text, replay = tmp_path / "en.txt", tmp_path / "replay.jsonl"
    text.write_text("\n".join(pair[1] if pair else "" for pair in with_blanks(pairs)), encoding="utf-8")
    recorded = [{"source": en, "target": ko, "source_lang": "en", "target_lang": "ko"} for _, en, ko in pairs]
    replay.write_text("".join(json.dumps(one) + "\n" for one in recorded), encoding="utf-8")
    command = ("make-sentence-cs", text, *EN_KO, "--translate-with", f"replay:{replay}", "--start-lang", "src")
    shown = make(*command, "--out", tmp_path / "s").stderr
    made = assert_conserved(tmp_path / "s", N)
    assert "|splitter:sentences.1|translator:replay." in made["sig"]
    assert {item["role"] for item in made["inputs"] if "role" in item} >= {"model"}
    assert "translated: " in shown
    korean = {ko for _, _, ko in pairs}
    for row in rows(tmp_path / "s"):
        assert {segment["lang"] for segment in row["segments"]} == {"en", "ko"}
        for segment in row["segments"]:
            stands = row["text"][segment["start"] : segment["end"]]
            assert segment["lang"] == "en" or stands in korean
    assert "translator:replay" in make(*command, "--dry-run", "--out", tmp_path / "d").stderr
    assert not (tmp_path / "d").exists()


def test_echo_says_everything_again(tmp_path: Path) -> None:
    (tmp_path / "en.txt").write_text("One here. Two here.\n", encoding="utf-8")
    make("make-sentence-cs", tmp_path / "en.txt", *EN_KO, "--translate-with", "echo", "--out", tmp_path / "s")
    [row] = rows(tmp_path / "s")
    assert row["text"] == "One here. Two here."
    assert {segment["lang"] for segment in row["segments"]} == {"en", "ko"}


def test_directory_of_documents_is_translated(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("# One\n\nTwo here. Three here.\n", encoding="utf-8")
    command = ("make-sentence-cs", "--src-docs", tmp_path / "docs", *EN_KO, "--translate-with", "echo")
    make(*command, "--out", tmp_path / "s")
    made = assert_conserved(tmp_path / "s", 1)
    assert "|splitter:units." in made["sig"]
    assert [item["path"] for item in made["inputs"]] == [str(tmp_path / "docs")]
    assert [row["text"] for row in rows(tmp_path / "s")] == ["# One\n\nTwo here. Three here."]
    assert "read: about 1 rows" in make(*command, "--dry-run", "--out", tmp_path / "d").stderr
