"""The composed view and its offsets."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cscl_data.text.normal import nfc_view

MARKED = st.text(st.sampled_from("aeo각각가\u0301\u0323\u0344\u0958\u09be ﬁ\u1112\u1161\u11ab"), max_size=30)


@given(st.one_of(st.text(), MARKED))
def test_nfc_view_is_nfc_with_rising_offsets(text):
    composed, offsets = nfc_view(text)
    assert composed == unicodedata.normalize("NFC", text)
    assert len(offsets) == len(composed) + 1
    assert (offsets[0], offsets[-1]) == (0, len(text))
    assert all(a <= b for a, b in pairwise(offsets))


def test_nfc_view_maps_decomposed_hangul():
    raw = unicodedata.normalize("NFD", "서울 학교")
    composed, offsets = nfc_view(raw)
    assert raw[offsets[3] : offsets[5]] == unicodedata.normalize("NFD", composed[3:5])
