"""One shard of `make-sentence-cs`: every pair is accounted for, and shards change no row."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import pytest

from cscl_data.errors import InputError
from cscl_data.generators.sentence import MODES, SentenceCsConfig
from cscl_data.pipelines.bead_documents import BeadDocument, bead_documents, n_rows, sentences
from cscl_data.pipelines.chunks import by_size, documents
from cscl_data.pipelines.sentence_shard import mix_documents
from cscl_data.records import Pair, Reject
from tests.factories import make_pair

WORK = partial(mix_documents, langs=("en", "ko"), sig="s", seed=0)


def chunks(pairs: Iterable[Pair], shard_rows: int = 100) -> list[list[BeadDocument | Reject]]:
    """The payloads of shards, as the job makes them."""
    return list(by_size(bead_documents(documents(sentences([pairs]))), shard_rows, n_rows))


def make_document(n: int, doc_id: str = "d") -> list[Pair]:
    return [make_pair(f"Sentence {i}.", f"문장 {i}.", id=f"{doc_id}-{i}", doc_id=doc_id) for i in range(n)]


@pytest.mark.parametrize("config", [SentenceCsConfig(mode=mode) for mode in MODES], ids=MODES)
def test_shards_do_not_change_the_rows(config: SentenceCsConfig) -> None:
    """Seven documents in one, three and seven shards: the same rows, in the same order."""
    rows = [pair for i in range(7) for pair in make_document(2 + i % 3, f"d{i}")]
    work = partial(WORK, config=config)
    made = [[row for chunk in chunks(rows, shard_rows) for row in work(chunk).rows] for shard_rows in (100, 7, 1)]
    assert [len(chunks(rows, shard_rows)) for shard_rows in (100, 7, 1)] == [1, 3, 7]
    assert made[0] == made[1] == made[2]
    assert len(made[0]) == 7


def test_shard_accounts_for_every_pair() -> None:
    rows = [
        *make_document(3, "a"),
        make_pair("x", "  ", id="empty", doc_id="a"),
        make_pair(id="lost", doc_id=None),
        make_pair(id="alone", doc_id="b"),
        make_pair("", "", id="nothing", doc_id="c"),
    ]
    [chunk] = chunks(rows)
    outcome = WORK(chunk, config=SentenceCsConfig())
    assert outcome.rows_in == len(rows)
    assert outcome.items == len(outcome.rows) + len(outcome.rejects) == 5
    assert {(x.id, x.reason) for x in outcome.rejects} == {
        ("empty", "empty_side"),
        ("lost", "no_document"),
        ("b/0", "single_sentence"),
        ("nothing", "empty_side"),
    }
    assert [segment["pair_id"] for segment in outcome.rows[0]["segments"]] == ["a-0", "a-1", "a-2"]


def test_two_rows_of_one_id_are_refused() -> None:
    with pytest.raises(InputError, match="more than one row with the id 'd-0'"):
        chunks([*make_document(2), *make_document(1)])


def test_white_space_around_a_sentence_is_not_taken_over() -> None:
    pairs = [
        make_pair("  One. ", "\u3000하나.\u3000", id="a", doc_id="d"),
        make_pair("\tTwo.\n", " 둘. ", id="b", doc_id="d"),
    ]
    [chunk] = chunks(pairs)
    [row] = WORK(chunk, config=SentenceCsConfig(start_lang="src")).rows
    assert row["text"] == "One. 둘."


@pytest.mark.parametrize(
    ("english", "korean"), [("```sh", "```bash"), ("<b>One</b>", "<b>하나</b>"), ("| a |", "| 가 |")]
)
def test_rows_that_look_like_code_or_tables_are_not_annotated(english: str, korean: str) -> None:
    pairs = [make_pair(english, korean, id="a", doc_id="d"), make_pair("Two.", "둘.", id="b", doc_id="d")]
    [chunk] = chunks(pairs)
    [row] = WORK(chunk, config=SentenceCsConfig(mode="annotate", start_lang="src")).rows
    assert row["text"] == f"{english} Two. (둘.)"


def test_line_breaks_around_the_texts_of_rows_are_those_of_the_document() -> None:
    texts = [("A.", "가."), ("B.\n\n", "나. "), ("\nC. ", "다."), (" D.", "라.")]
    rows = [make_pair(src, tgt, id=str(n), doc_id="d") for n, (src, tgt) in enumerate(texts)]
    [chunk] = chunks(rows)
    [row] = WORK(chunk, config=SentenceCsConfig(mode="alternate", start_lang="src")).rows
    assert row["text"] == "A. 나.\n\n\nC. 라."
