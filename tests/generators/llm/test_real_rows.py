"""Rows of `--method align` over real text, taken for a model's answers: what is right is read right, and accepted."""

from __future__ import annotations

from pathlib import Path

import pytest

from cscl_data.generators.exclusions import protect
from cscl_data.generators.item import Side, SwitchItem
from cscl_data.generators.llm.rules import reading_faults, wrapping_faults
from cscl_data.pipelines.inspection.tokens import token_faults, token_row
from cscl_data.records import TokenCsRow
from tests.cli.calling import make, rows
from tests.factories import make_pair
from tests.generators.llm.items import read, splitter

N = 100


def item_of_row(row: TokenCsRow, *, matrix: str) -> SwitchItem:
    ours, theirs = (row.src_text, row.tgt_text) if matrix == "src" else (row.tgt_text, row.src_text)
    sides = [
        Side(lang, text, protect(text, splitter(lang).words(text), ()))
        for lang, text in ((row.matrix_lang, ours), (row.embedded_lang, theirs))
    ]
    pair = make_pair(ours, theirs, src_lang=row.matrix_lang, tgt_lang=row.embedded_lang)
    return SwitchItem(row.id, pair, None, "src", sides[0], sides[1])


def switched_places(row: TokenCsRow) -> set[int]:
    """Return where switched letters stand; white space inside a token says nothing."""
    switched = [token for token in row.tokens if token.switched and token.lang != "zxx"]
    places = {at for token in switched for at in range(token.start, token.end)}
    return {at for at in places if not row.text[at].isspace()}


@pytest.mark.parametrize(("lang", "matrix", "accepted"), [("ko", "tgt", 0.95), ("ja", "src", 0.95)])
def test_row_by_alignment_is_read_as_it_was_made(
    shared_data: Path, tmp_path: Path, lang: str, matrix: str, accepted: float
) -> None:
    columns = ("--doc-column", 3, "--src-column", 4, "--tgt-column", 5, "--matrix-lang", matrix, "--limit", N)
    bitext = shared_data / "pool" / f"en-{lang}.test.tsv.gz"
    make("make-token-cs", bitext, "--src-lang", "en", "--tgt-lang", lang, *columns, "--out", tmp_path / "t")
    made = [token_row(row) for row in rows(tmp_path / "t")]
    mixed = [row for row in made if any(not t.switched and t.lang == row.matrix_lang for t in row.tokens)]
    right = same = there = found = 0
    for row in mixed:
        item = item_of_row(row, matrix=matrix)
        again, reading, text = read(item, row.text)
        assert token_faults(again) == []
        faults = wrapping_faults(text, "stop", item.frame, item.other)
        faults += reading_faults(reading, again.text, item.frame, item.other, row.switch_ratio, None)
        right += not faults
        if again.text == row.text:
            same += 1
            there += len(switched_places(row))
            found += len(switched_places(row) & switched_places(again))
    assert len(mixed) > 0.8 * N
    assert right / len(mixed) >= accepted
    assert same / len(mixed) >= 0.95
    assert found / there >= 0.97
