"""`make-token-cs` over text that breaks tools: verbatim outside the edits, nothing lost, whatever the shards."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from cscl_data.io.atomic import write_json
from cscl_data.io.bitext import BitextSpec
from cscl_data.io.dataset import iter_dataset
from cscl_data.io.shards import table_from_rows, write_shard
from cscl_data.pipelines.alignment import AlignSettings
from cscl_data.pipelines.job import RunOptions
from cscl_data.pipelines.plan import Basics
from cscl_data.pipelines.token_cs import TokenCsJob, run_token_cs
from cscl_data.records import Alignment, Edit, Link, Pair, Span, restore, rng_for, schema_for
from cscl_data.text.words import WordSplitter
from tests.factories import make_pair, ten_pairs
from tests.generators.switching import make_config

TRICKY = [
    ("A family 👩‍👩‍👧 eats.", "가족 👩‍👩‍👧이 먹는다."),
    (unicodedata.normalize("NFD", "The café serves crêpes."), unicodedata.normalize("NFD", "카페는 크레페를 판다.")),
    ("He said שלום and left.", "그는 שלום 하고 떠났다."),
    ("Price:\u00a020\u00a0€ only.", "가격은\u00a020유로뿐이다."),
    ("One line.\r\nAnother line.\r\n", "한 줄.\r\n다른 줄.\r\n"),
    ("\u200ftabs\tand\u2028separators ", "\ufeff탭과\u2028구분자 "),
    ("NUL \x00 inside a text.", "글 안의 \x00 문자."),
    ("See https://example.org/?q=1 for more.", "자세한 내용은 https://example.org/?q=1 를 보라."),
    ("x", "엑스"),
    ("   ", "빈 칸"),
]


def all_pairs() -> list[Pair]:
    return [*ten_pairs(), *(make_pair(a, b, id=f"t{i}", doc_id="t") for i, (a, b) in enumerate(TRICKY))]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pairs, a row that cannot be read, and links between their words drawn at random: good links are not needed."""
    folder = tmp_path_factory.mktemp("corpus")
    pairs = all_pairs()
    lines = [json.dumps({"id": p.id, "doc": p.doc_id, "en": p.src_text, "ko": p.tgt_text}) for p in pairs]
    lines.insert(5, '{"id": "bad", "en": "no Korean"}')
    (folder / "corpus.jsonl").write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    english, korean = WordSplitter("en"), WordSplitter("ko")
    rows = []
    for pair in pairs:
        src, tgt = english.words(pair.src_text), korean.words(pair.tgt_text)
        rng = rng_for(0, pair.id, "links")
        links = {(int(rng.random() * len(src)), int(rng.random() * len(tgt))) for _ in src if src and tgt}
        alignment = Alignment(
            pair_id=pair.id,
            src_tokens=tuple(Span(word.start, word.end) for word in src),
            tgt_tokens=tuple(Span(word.start, word.end) for word in tgt),
            links=tuple(Link(i, j, rng.random()) for i, j in sorted(links)),
        )
        rows.append(alignment.row("sig"))
    write_shard(folder / "links" / "data" / "train-00000.parquet", table_from_rows(rows, schema_for("alignment/1")))
    write_json(folder / "links" / "manifest.json", {"schema": "alignment/1"})
    return folder


def run(
    corpus: Path, out: Path, *, ratio: float, matrix_lang: str = "src", shard_rows: int = 100, workers: int = 1
) -> dict[str, Any]:
    job = TokenCsJob(
        bitext=BitextSpec(src_lang="en", tgt_lang="ko", paths=(str(corpus / "corpus.jsonl"),)),
        switching=make_config(ratio=ratio, unit="phrase"),
        alignment=AlignSettings(links=str(corpus / "links")),
        matrix_lang=matrix_lang,
        basics=Basics(out=out, shard_rows=shard_rows),
    )
    return run_token_cs(job, RunOptions(workers=workers, max_reject_rate=1.0)).manifest


def rows_and_rejects(out: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    rows = list(iter_dataset(out))
    for row in rows:
        del row["sig"]
    return rows, list(iter_dataset(out, part="rejects"))


@pytest.mark.parametrize("matrix_lang", ["src", "tgt"])
def test_ratio_zero_returns_every_text_and_rejects_nothing_that_can_be_read(
    corpus: Path, tmp_path: Path, matrix_lang: str
) -> None:
    manifest = run(corpus, tmp_path, ratio=0.0, matrix_lang=matrix_lang)
    rows, rejects = rows_and_rejects(tmp_path)
    expected = [pair.src_text if matrix_lang == "src" else pair.tgt_text for pair in all_pairs()]
    assert [row["text"] for row in rows] == expected
    assert [reject["reason"] for reject in rejects] == ["missing_field"]
    assert manifest["items"] == manifest["rows_in"] == len(expected) + 1


@pytest.mark.parametrize("ratio", [0.1, 0.5, 1.0])
def test_text_outside_the_edits_is_the_matrix_and_no_item_is_lost(corpus: Path, tmp_path: Path, ratio: float) -> None:
    manifest = run(corpus, tmp_path, ratio=ratio, matrix_lang="both")
    rows, rejects = rows_and_rejects(tmp_path)
    n_pairs = len(all_pairs())
    assert manifest["items"] == len(rows) + len(rejects) == 2 * n_pairs + 1
    assert manifest["rows_in"] == n_pairs + 1
    ids = [row["id"] for row in rows] + [reject["id"] for reject in rejects]
    assert sorted(ids) == sorted(["bad", *(f"{p.id}/{lang}/0" for p in all_pairs() for lang in ("en", "ko"))])
    texts = {pair.id: {"en": pair.src_text, "ko": pair.tgt_text} for pair in all_pairs()}
    for row in rows:
        matrix = texts[row["pair_id"]][row["matrix_lang"]]
        edits = [Edit(**edit) for edit in row["edits"]]
        assert edits, "a ratio above 0 switches something, or rejects"
        assert restore(row["text"], edits, matrix) == matrix
        assert (row["src_text"], row["tgt_text"]) == tuple(texts[row["pair_id"]].values())
    assert len(rows) > n_pairs, "most of these pairs can be switched"


def test_shards_and_workers_change_no_row(corpus: Path, tmp_path: Path) -> None:
    run(corpus, tmp_path / "1", ratio=0.4, matrix_lang="random")
    whole = rows_and_rejects(tmp_path / "1")
    for n_shards in (3, 7):
        manifest = run(corpus, tmp_path / str(n_shards), ratio=0.4, matrix_lang="random", shard_rows=20 // n_shards + 1)
        assert len(manifest["shards"]) == n_shards
        assert rows_and_rejects(tmp_path / str(n_shards)) == whole
    run(corpus, tmp_path / "two", ratio=0.4, matrix_lang="random", shard_rows=7, workers=2)
    hashes = [
        [hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted((tmp_path / name).rglob("*.parquet"))]
        for name in ("3", "two")
    ]
    assert hashes[0] == hashes[1]
