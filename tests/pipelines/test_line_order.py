"""Corpora whose lines were shuffled are refused; documents and short texts are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from cscl_data.errors import InputError
from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.pipelines.bead_documents import BeadDocument, bead_documents, sentences
from cscl_data.pipelines.chunks import documents
from cscl_data.pipelines.line_order import check_line_order
from cscl_data.records import Bead
from tests.cohesive import make_documents, shuffled_lines
from tests.factories import make_reject


def as_beads(lines: list[list[dict[str, str]]]) -> list[BeadDocument]:
    return [
        BeadDocument(f"d{n}", tuple(Bead(id=str(i), texts=texts) for i, texts in enumerate(document)), len(document))
        for n, document in enumerate(lines)
    ]


def test_shuffled_lines_are_refused_with_the_way_out() -> None:
    lines = make_documents(20, 12)
    check_line_order([make_reject(), *as_beads(lines)], "x.tsv")
    with pytest.raises(InputError, match=r"x\.tsv: the lines look shuffled: of 240 sentences, neighbours") as caught:
        check_line_order([make_reject(), *as_beads(shuffled_lines(lines))], "x.tsv")
    assert "--any-order" in str(caught.value.hint)


def test_shuffled_lines_in_windows_are_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("WARNING"):
        check_line_order(as_beads(shuffled_lines(make_documents(20, 12))), "x.tsv", sure=False)
    assert "the lines look shuffled" in caplog.text


def test_short_text_has_the_benefit_of_the_doubt() -> None:
    check_line_order(as_beads(shuffled_lines(make_documents(10, 6))), "x.tsv")


def test_sample_ends_early() -> None:
    def endless():
        yield from as_beads(make_documents(400, 10))
        raise AssertionError("3,000 sentences are enough")

    check_line_order(endless(), "x.tsv")


@pytest.mark.parametrize("name", ["AlicesAdventuresInWonderland", "Candide_EN-ES", "TheLastOfTheMohicans"])
@pytest.mark.parametrize("shuffled", [False, True])
def test_novels_pass_and_their_lines_shuffled_do_not(
    shared_data: Path, tmp_path: Path, name: str, shuffled: bool
) -> None:
    [path] = (shared_data / "transread-novels").glob(f"{name}*.tsv")
    lines = [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n") if line]
    documents_ = [[{"en": row[0], "xx": row[1]} for row in lines]]
    beads = as_beads(shuffled_lines(documents_) if shuffled else documents_)
    if shuffled:
        with pytest.raises(InputError):
            check_line_order(beads, name)
    else:
        check_line_order(beads, name)


def test_declaration_of_human_rights_passes(shared_data: Path) -> None:
    for path in sorted((shared_data / "udhr").glob("*.tsv")):
        spec = BitextSpec(src_lang="en", tgt_lang="ko", paths=(str(path),), src_column="3", tgt_column="4", window=92)
        check_line_order(bead_documents(documents(sentences([Bitext(spec)]))), path.name)
