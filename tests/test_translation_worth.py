"""`examples/translation-worth/`: its model learns, and its command runs from records to the table."""

from __future__ import annotations

import importlib.util
import json
import random
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "examples" / "translation-worth" / "worth.py"
NOUNS = ("kucing", "buku", "rumah", "sungai", "guru", "mobil", "pasar", "hujan")


@pytest.fixture(scope="module")
def worth():
    spec = importlib.util.spec_from_file_location("worth", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    threads = module.torch.get_num_threads()
    module.torch.set_num_threads(1)
    yield module
    module.torch.set_num_threads(threads)


def pairs(n, seed):
    """Pairs whose score is 5 where both nouns are of one half of the list, else 0: shared letters tell little of it."""
    rng = random.Random(seed)
    drawn = [(rng.choice(NOUNS), rng.choice(NOUNS)) for _ in range(n)]
    return [
        (f"di sana ada {one}", f"{other} ada di sana", 5.0 if (one in NOUNS[:4]) == (other in NOUNS[:4]) else 0.0)
        for one, other in drawn
    ]


def test_rows_without_two_texts_and_a_score_are_left_out(worth):
    rows = [
        {"ko": {"a": "가", "b": "나"}, "score": 2},
        {"ko": {"a": "가", "b": None}, "score": 2},
        {"ko": {"a": "가", "b": " "}, "score": 2},
        {"ko": {"a": "가", "b": "나"}},
    ]
    assert worth.pairs_of(rows, "ko.a,ko.b", "score") == [("가", "나", 2.0)]


def test_limit_takes_records_from_all_parts(worth, tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(f'{{"n": {n}}}\n' for n in range(10)), encoding="utf-8")
    assert [row["n"] for row in worth.read(path, 4)] == [0, 2, 5, 7]
    assert len(worth.read(path)) == len(worth.read(path, 20)) == 10


def test_overlap_is_a_cosine(worth):
    assert worth.overlap(worth.ngrams("A cat"), worth.ngrams("a  cat")) == pytest.approx(1)
    assert worth.overlap(worth.ngrams("xyz"), worth.ngrams("가나다")) < 0.3


def test_training_helps_and_repeats_with_its_seed(worth):
    train, dev = ([worth.Scored(*pair) for pair in pairs(n, n)] for n in (200, 80))
    untrained = worth.spearman([worth.overlap(*map(worth.ngrams, pair[:2])) for pair in dev], dev)
    first = worth.train_and_score(train, dev, 0)
    assert first == worth.train_and_score(train, dev, 0)
    assert first > untrained + 20


@pytest.mark.slow
def test_command_runs_from_records_to_the_table(worth, tmp_path, capsys):
    for name, n in (("train", 120), ("dev", 30)):
        rows = [{"en": {"a": a, "b": b}, "id": {"a": a, "b": b}, "score": score} for a, b, score in pairs(n, n)]
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    worth.main(
        [
            *("--train", str(tmp_path / "train.jsonl"), "--dev", str(tmp_path / "dev.jsonl"), "--tgt-lang", "id"),
            *("--source", "en.a,en.b", "--target", "id.a,id.b", "--model", "echo", "--seeds", "2"),
            *("--threads", "1"),
            *("--out", str(tmp_path / "out")),
        ]
    )
    found = json.loads((tmp_path / "out" / "worth.json").read_text(encoding="utf-8"))
    assert found["separate"]["pairs"] == found["target fields of the file"]["pairs"] == 120
    assert found["separate"]["spearman"] == found["source language"]["spearman"]
    assert "catalyst-relation" in capsys.readouterr().out
