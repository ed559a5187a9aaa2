"""What people's own code-switching measures: seven corpora of two or three languages in one sentence."""

from __future__ import annotations

from typing import NamedTuple


class NaturalCorpus(NamedTuple):
    """Figures of one corpus, over its mixed sentences: mean and quartiles of CMI (0 to 100), mean of SPF (0 to 1).

    `sentences` counts all of them; `mixed` is None where it was not counted.
    """

    name: str
    sentences: int
    mixed: int | None
    cmi_mean: float
    cmi_quartile_1: float
    cmi_median: float
    cmi_quartile_3: float
    spf_mean: float


NATURAL = (
    NaturalCorpus("Indonesian-English tweets", 825, 771, 29.4, 18, 30, 42, 0.195),
    NaturalCorpus("Indonesian-Javanese-English tweets", 3612, 2742, 23.3, 11, 20, 33, 0.253),
    NaturalCorpus("Spanish-English tweets", 17527, 7015, 22.1, 11, 20, 33, 0.255),
    NaturalCorpus("Hindi-English tweets (automatic tags)", 15130, None, 29.8, 21, 29, 38, 0.185),
    NaturalCorpus("Hindi-English treebank", 1448, None, 34.7, 27, 33, 43, 0.252),
    NaturalCorpus("German-English forum posts", 5458, 1251, 21.1, 9, 17, 33, 0.206),
    NaturalCorpus("Turkish-German talk (UD SAGT)", 2184, 2056, 29.1, 18, 30, 40, 0.171),
)
"""The corpora, none of which ships; their tokens are words.

Source: our default. The project measured them on the public corpora named, with the formulas of `switching`. The last
one is UD Turkish-German SAGT: only words tagged German or Turkish were counted, none that mixes both inside. A test
measures it again.
"""

SOURCE = "figures measured by this project on the public corpora named, over sentences in more than one language"
