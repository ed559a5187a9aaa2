"""Documents of beads built by hand, and the strategies of the generator's tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from cscl_data.generators.sentence import MODES, SentenceCsConfig, generate
from cscl_data.records import Bead, SentenceCsRow, rng_for
from tests.factories import texts

SENTENCES = texts(min_size=1).map(str.strip).filter(bool)
GAPS = st.sampled_from(["", " ", "\n", "\n\n", "\n  ", "\u3000"])


def make_beads(n: int, langs: Sequence[str] = ("en", "ko")) -> list[Bead]:
    """Beads in every language, of which no white space is known."""
    return [Bead(id=f"b{i}", texts={lang: f"{lang} {i}." for lang in langs}) for i in range(n)]


def made(
    beads: Sequence[Bead], config: SentenceCsConfig | None = None, seed: int = 0, langs: Sequence[str] = ("en", "ko")
) -> list[SentenceCsRow]:
    """Rows of a document that is no reject."""
    rows = generate(
        "d", beads, langs=langs, config=config or SentenceCsConfig(), rng=rng_for(seed, "d/0", "sentence_cs")
    )
    assert isinstance(rows, list)
    return rows


def langs_of(row: SentenceCsRow, role: str = "text") -> str:
    """The first letters of its segments' languages."""
    return "".join(segment.lang[0] for segment in row.segments if segment.role == role)


def configs(modes: Sequence[str] = MODES, **fixed: Any) -> st.SearchStrategy[SentenceCsConfig]:
    """Any configuration of some modes."""
    runs = st.tuples(st.integers(1, 5), st.integers(1, 5)).map(sorted)
    return st.builds(
        lambda runs, **options: SentenceCsConfig(min_run=runs[0], max_run=runs[1], **options),
        runs,
        mode=st.sampled_from(modes),
        start_lang=st.sampled_from(["src", "tgt", "random"]),
        share=st.none() | st.floats(0, 1),
        switch_probability=st.floats(0, 1),
        **fixed,
    )


@st.composite
def documents(draw: st.DrawFn, langs: Sequence[str] = ("en", "ko")) -> list[Bead]:
    """Two beads or more, none like the one before; one at least stands in two languages; white space known or not."""
    n = draw(st.integers(2, 10))
    whole = draw(st.integers(0, n - 1))
    beads = []
    for i in range(n):
        there = langs if i == whole else draw(st.lists(st.sampled_from(langs), min_size=1, unique=True))
        before = {lang: draw(GAPS) for lang in there if i and draw(st.booleans())}
        beads.append(Bead(id=f"b{i}", texts={lang: f"{draw(SENTENCES)}{i % 3}" for lang in there}, before=before))
    return beads
