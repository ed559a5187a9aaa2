"""What must hold of a row whichever method made it, on any words, kinds, tails and links."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cscl_data.generators import METHODS, method
from cscl_data.generators.item import Made, Offer, SwitchItem
from cscl_data.records import NO_LANGUAGE, Reject, cmi, restore, rng_for
from tests.generators.strategies import aligned_pairs
from tests.generators.switching import make_config, make_item

OPTIONS = st.fixed_dictionaries(
    {
        "ratio": st.floats(0.01, 1),
        "ratio_by": st.sampled_from(["token", "char"]),
        "unit": st.sampled_from(["word", "phrase"]),
        "constraints": st.sampled_from(
            [("none",), ("free-morpheme",), ("free-morpheme", "equivalence", "matrix-frame")]
        ),
        "exclude_stopwords": st.booleans(),
    }
)


def item_for(name: str, case, matrix: str) -> SwitchItem:
    """Return an item with what a method needs: links, or the other side's words as a lexicon's translations."""
    pair, alignment, words = case
    item = make_item(pair, alignment, words, matrix=matrix if METHODS[name].pairs else "src")
    if METHODS[name].pairs:
        return item
    offers = []
    for i, j, _ in alignment.links:
        word = item.other.words[j]
        if item.frame.words[i].kind != "content":
            continue  # nothing else is looked up
        text = item.other.text[word.start : word.end]
        alone = word._replace(start=0, end=len(text), stem_end=len(text))
        offers.append(Offer(i, i, text, (alone,), "NOUN"))
    listed = item.other._replace(text="", words=(), running=False)
    return item._replace(alignment=None, other=listed, offers=tuple(offers))


@pytest.mark.parametrize("name", METHODS)
@settings(deadline=None)
@given(case=aligned_pairs(), matrix=st.sampled_from(["src", "tgt"]), options=OPTIONS, seed=st.integers(0, 9))
def test_row_is_what_it_says(name: str, case, matrix: str, options: dict[str, object], seed: int) -> None:
    item = item_for(name, case, matrix)
    config = make_config(**options)
    made = method(name).generate(item, config, rng_for(seed, item.row_id, "token_cs"))
    again = method(name).generate(item, config, rng_for(seed, item.row_id, "token_cs"))
    assert made == again, "a row depends on the item, the options and its own randomness"
    if isinstance(made, Reject):
        assert (made.reason, made.source) == ("no_candidate", item.pair.row())
        return
    assert isinstance(made, Made)
    row = made.row
    assert restore(row.text, row.edits, item.frame.text) == item.frame.text
    assert row.edits
    assert all(one.end <= other.start for one, other in pairwise(row.tokens)), "tokens in order, none inside another"
    assert all(one.matrix_end <= other.matrix_start for one, other in pairwise(row.edits))
    assert {token.lang for token in row.tokens} <= {item.frame.lang, item.other.lang, NO_LANGUAGE}
    assert all(token.lang == item.other.lang or token.lang == NO_LANGUAGE for token in row.tokens if token.switched)
    assert 0 < row.switch_ratio <= 1
    assert row.cmi == pytest.approx(cmi(row.tokens))
    embedded = row.tgt_text if item.matrix == "src" else row.src_text
    for edit in row.edits:
        source = embedded[edit.embedded_start : edit.embedded_end]
        assert source.casefold() in row.text[edit.start : edit.end].casefold()
    kept = [word for word in item.frame.words if word.kind in ("none", "protected")]
    assert not any(e.matrix_start < word.end and word.start < e.matrix_end for e in row.edits for word in kept)
