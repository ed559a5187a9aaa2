"""What each constraint lets through, on sentences built by hand."""

import pytest

from cscl_data.errors import ConfigError
from cscl_data.generators.candidates import find_candidates
from cscl_data.generators.constraints import CONSTRAINTS, Context, check_constraints, constrained
from cscl_data.text.words import Word


def words(kinds):
    """One word a letter, two characters apart: `c` content, `f` function, `v` a bare verb."""
    names = {"c": "content", "f": "function", "v": "content"}
    return tuple(
        Word(2 * i, 2 * i + 1, 2 * i + 1, names[k], pos="VERB" if k == "v" else "") for i, k in enumerate(kinds)
    )


def switched(links, matrix, embedded, *names):
    context = Context(dict.fromkeys(links, 0.9), words(matrix), words(embedded))
    found = find_candidates(context.links, context.matrix, context.embedded, max_phrase_len=4)
    return {(cand.first, cand.emb_first) for cand in constrained(found, names, context)}


MONOTONE = [(0, 0), (1, 1), (2, 2)]
CROSSING = [(0, 0), (1, 2), (2, 1)]


def test_equivalence_lets_nothing_through_whose_border_a_link_crosses():
    assert switched(MONOTONE, "ccc", "ccc", "equivalence") == set(MONOTONE)
    assert switched(CROSSING, "ccc", "ccc", "equivalence") == {(0, 0)}
    assert switched(CROSSING, "ccc", "ccc", "free-morpheme") == set(CROSSING)


def test_matrix_frame_keeps_function_words():
    assert switched(MONOTONE, "cfc", "cfc", "matrix-frame") == {(0, 0), (2, 2)}
    assert switched(MONOTONE, "cfc", "cfc", "free-morpheme") == set(MONOTONE)


def test_free_morpheme_takes_no_endings_away_and_no_content_for_function_words():
    assert switched(MONOTONE, "cvc", "ccf", "free-morpheme") == {(0, 0)}
    assert switched(MONOTONE, "cvc", "ccf", "none") == set(MONOTONE)


def test_constraints_are_combined():
    assert switched(CROSSING, "fcc", "fcc", "equivalence", "matrix-frame") == set()


@pytest.mark.parametrize("names", [(), ("none", "equivalence"), ("equivalance",)])
def test_constraints_that_are_unknown_or_contradict_are_refused(names):
    with pytest.raises(ConfigError):
        check_constraints(names)


def test_every_constraint_can_stand_alone():
    for name in CONSTRAINTS:
        check_constraints([name])
