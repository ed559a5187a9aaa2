"""Beads of two documents: every unit in one, words and copies decide, gaps hide no translation."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cscl_data.aligners.beads.mending import mended
from cscl_data.aligners.beads.model import SHAPES, BeadModel, align_sides, learn, load_beads, save_beads
from cscl_data.aligners.beads.path import BY_THE_PAPER, GALE_CHURCH, BeadSpan, _band, find_beads
from cscl_data.aligners.beads.search import HEADING, SOLID
from cscl_data.aligners.beads.sides import Side, UnitText, read_side
from cscl_data.aligners.beads.trust import Likeness
from cscl_data.aligners.beads.words import knowledge_of, weigh
from cscl_data.errors import InputError
from cscl_data.text.tokenizers import tokenizer_for

SYLLABLES = ("ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "pu")
WORDS = tuple(a + b + c for a in SYLLABLES[:3] for b in SYLLABLES for c in ("la", "re"))
TABLE = {(word, word[::-1]): 0.8 for word in WORDS}
LINES = [tuple(range(9 * k, 9 * k + 9)) for k in range(6)]


def english(*numbers: int) -> str:
    return " ".join(WORDS[k] for k in numbers) + "."


def foreign(*numbers: int) -> str:
    return " ".join(WORDS[k][::-1] for k in numbers) + "."


def side(*units: str | UnitText) -> Side:
    texts = [unit if isinstance(unit, UnitText) else UnitText(unit) for unit in units]
    return read_side(texts, tokenizer_for("xx", "words"))


MODEL = BeadModel(knowledge_of(TABLE), 1.0, SHAPES)


def shapes(src: Side, tgt: Side) -> list[tuple[int, int, int, int]]:
    return [tuple(bead) for bead in align_sides(src, tgt, MODEL).beads]


def test_sentences_that_translate_each_other_are_one_to_one():
    src, tgt = side(*(english(*line) for line in LINES)), side(*(foreign(*line) for line in LINES))
    assert shapes(src, tgt) == [(k, k + 1, k, k + 1) for k in range(6)]


def test_a_sentence_left_out_stands_alone_and_the_rest_is_not_shifted():
    src = side(*(english(*line) for line in LINES))
    tgt = side(*(foreign(*line) for k, line in enumerate(LINES) if k != 2))
    assert shapes(src, tgt) == [
        (0, 1, 0, 1),
        (1, 2, 1, 2),
        (2, 3, 2, 2),
        (3, 4, 2, 3),
        (4, 5, 3, 4),
        (5, 6, 4, 5),
    ]


def test_two_sentences_that_are_one_in_the_other_language_are_joined():
    src = side(*(english(*line) for line in LINES))
    one = foreign(*LINES[1], *LINES[2])
    tgt = side(foreign(*LINES[0]), one, *(foreign(*line) for line in LINES[3:]))
    assert (1, 3, 1, 2) in shapes(src, tgt)


def test_a_gap_on_both_sides_is_one_bead():
    src = side(english(*LINES[0]), "Quite another matter is told here at length.", english(*LINES[3]))
    tgt = side(foreign(*LINES[0]), "Nihil.", "Ne ullo quidem modo.", foreign(*LINES[3]))
    beads = shapes(src, tgt)
    assert beads[0] == (0, 1, 0, 1)
    assert beads[-1] == (2, 3, 3, 4)
    assert not any((c == d and e.src == e.src_end) for (_, _, c, d), e in _neighbours(beads))


def _neighbours(beads):
    return zip(beads, (BeadSpan(*bead) for bead in beads[1:]), strict=False)


def test_a_sentence_left_over_joins_the_bead_that_translates_it_and_no_other():
    src = side(*(english(*line) for line in LINES))
    tgt = side(foreign(*LINES[0], *LINES[1]), *(foreign(*line) for line in LINES[2:5]))
    likeness = Likeness(src, tgt, weigh(src, tgt, MODEL.knowledge))
    rest = [BeadSpan(2, 3, 1, 2), BeadSpan(3, 4, 2, 3), BeadSpan(4, 5, 3, 4), BeadSpan(5, 6, 4, 4)]
    assert mended([BeadSpan(0, 1, 0, 0), BeadSpan(1, 2, 0, 1), *rest], likeness) == [BeadSpan(0, 2, 0, 1), *rest]


def test_code_and_headings_are_never_joined_with_text():
    src = side(UnitText("# Alpha bravo", HEADING, 0), UnitText("x = 1", SOLID, 1), UnitText(english(*LINES[0]), 0, 2))
    tgt = side(UnitText("# Ahplax", HEADING, 0), UnitText("x = 1", SOLID, 1), UnitText(foreign(*LINES[0]), 0, 2))
    assert shapes(src, tgt) == [(0, 1, 0, 1), (1, 2, 1, 2), (2, 3, 2, 3)]


@settings(max_examples=40, deadline=None)
@given(
    src=st.lists(st.lists(st.integers(0, 15), min_size=1, max_size=6), min_size=1, max_size=9),
    tgt=st.lists(st.lists(st.integers(0, 15), min_size=1, max_size=6), min_size=1, max_size=9),
)
def test_every_unit_is_in_exactly_one_bead_in_order(src, tgt):
    one, other = side(*(english(*line) for line in src)), side(*(foreign(*line) for line in tgt))
    weights = weigh(one, other, MODEL.knowledge)
    for beads in (
        find_beads(one, other, weights),
        find_beads(one, other, costs=BY_THE_PAPER, shapes=GALE_CHURCH),
        align_sides(one, other, MODEL).beads,
    ):
        assert [bead.src for bead in beads] == [0, *(bead.src_end for bead in beads[:-1])]
        assert [bead.tgt for bead in beads] == [0, *(bead.tgt_end for bead in beads[:-1])]
        assert (beads[-1].src_end, beads[-1].tgt_end) == (len(src), len(tgt))
        assert all(bead.shape != (0, 0) for bead in beads)


@pytest.mark.parametrize(("n", "m"), [(5_000, 4_700), (3_000, 9_000), (20_000, 300)])
def test_the_band_of_a_long_document_is_narrow_and_holds_a_path(n, m):
    rng = np.random.default_rng(0)
    low, high = _band(rng.integers(20, 200, n).astype(float), rng.integers(20, 200, m).astype(float))
    assert (low[0], high[n]) == (0, m)
    assert (np.diff(low) >= 0).all()
    assert (low[1:] <= high[:-1]).all()
    assert (high - low + 1).sum() < 0.35 * n * m or m < 1_000


def test_the_band_holds_a_path_where_one_unit_outweighs_more_than_it_is_wide():
    src = np.array([100.0] + [8.0] * 20 + [1.0] * 19)
    tgt = np.array([1.0] * 50_001 + [100.0] * 49_999)
    low, high = _band(src, tgt)
    assert (np.diff(low) >= 0).all()
    assert (np.diff(high) >= 0).all()
    assert (low[1:] <= high[:-1]).all()


def test_a_block_of_any_length_on_one_side_of_a_long_document_stands_alone():
    lines = drawn(2_050, 2)
    block = UnitText("x " * 50_000, SOLID, 1)
    src = side(*(UnitText(english(*line)) for line in lines[:900]), block, *(_after(english(*x)) for x in lines[900:]))
    tgt = side(*(UnitText(foreign(*line)) for line in lines[:900]), *(_after(foreign(*x), 1) for x in lines[900:]))
    for one, other, lone in ((src, tgt, BeadSpan(900, 901, 900, 900)), (tgt, src, BeadSpan(900, 900, 900, 901))):
        beads = find_beads(one, other)
        assert [(bead.src, bead.tgt) for bead in beads] == [(0, 0), *((x.src_end, x.tgt_end) for x in beads[:-1])]
        assert (beads[-1].src_end, beads[-1].tgt_end) == (one.lengths.size, other.lengths.size)
        assert lone in beads
        assert sum(bead.shape == (1, 1) for bead in beads) == 2_050


def _after(text: str, block: int = 2) -> UnitText:
    return UnitText(text, 0, block)


def drawn(n: int, seed: int) -> list[tuple[int, ...]]:
    rng = Random(seed)
    return [tuple(int(rng.random() * len(WORDS)) for _ in range(9)) for _ in range(n)]


MANY = drawn(60, 0)


def test_documents_of_something_else_are_unlike():
    src, tgt = side(*(english(*line) for line in MANY)), side(*(foreign(*line) for line in MANY))
    other = side(*(foreign(*line) for line in drawn(55, 1)))
    assert not align_sides(src, tgt, MODEL).is_unlike
    assert align_sides(src, other, MODEL).is_unlike


def test_words_are_learned_from_the_documents_themselves_where_nothing_is_known_before():
    src, tgt = side(*(english(*line) for line in MANY)), side(*(foreign(*line) for line in MANY))
    model = learn([(src, tgt)], priors={})
    learned = [dict(model.knowledge.get(s, ())).get(t, 0.0) for s, t in TABLE]
    assert sum(weight > 0.3 for weight in learned) > 0.7 * len(learned)
    assert model.shapes[1, 1] > SHAPES[1, 1]


def test_what_was_learned_is_the_same_in_its_file(tmp_path: Path):
    model = BeadModel(knowledge_of(TABLE), 0.7, SHAPES)
    for name in ("a", "b"):
        save_beads(tmp_path / name, model)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert load_beads(tmp_path / "a") == model
    (tmp_path / "a").write_bytes(b"something")
    with pytest.raises(InputError, match="not what beads are found by"):
        load_beads(tmp_path / "a")
