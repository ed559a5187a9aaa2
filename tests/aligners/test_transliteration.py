import numpy as np
import pytest

from cscl_data.aligners.transliteration import MIN_SIMILARITY, SHORT_STRENGTH, STRENGTH, transliteration_counts

SAME = [
    ("Washington", "워싱턴"),
    ("Grafton", "그래프턴"),
    ("Smith", "스미스"),
    ("Obama", "오바마"),
    ("London", "런던"),
    ("Georgetown", "조지타운"),
    ("Potomac", "포토맥"),
    ("internet", "인터넷"),
    ("computer", "컴퓨터"),
    ("Oliver", "올리버"),
    ("Osborne", "오즈번"),
    ("Christopher", "크리스토퍼"),
    ("England", "잉글랜드"),
    ("Sternlieb", "スターンリーブ"),
    ("London", "ロンドン"),
    ("Washington", "ワシントン"),
    ("computers", "コンピュータ"),
    ("Capitol", "キャピトル"),
    ("Walmart", "ウォルマート"),
    ("Moscow", "Москва"),
    ("Washington", "Вашингтон"),
    ("London", "लंदन"),
    ("computer", "कंप्यूटर"),
    ("Washington", "वाशिंगटन"),
]
SHORT = [("Tom", "톰"), ("bus", "버스"), ("George", "조지"), ("Twitter", "트위터"), ("dollar", "달러"), ("Bob", "ボブ")]
OTHER = [
    ("method", "방법"),
    ("base", "버스"),
    ("system", "사람"),
    ("president", "대통령"),
    ("government", "정부"),
    ("market", "시장"),
    ("in", "인"),
    ("an", "안"),
    ("house", "ハウル"),
    ("world", "世界"),
    ("2004", "2004"),
    ("London", "London"),
    ("런던", "런던"),
]


def counts_of(pairs):
    """Pseudo-counts of pair after pair, each in a cell of its own."""
    n = len(pairs)
    return transliteration_counts(
        [src for src, _ in pairs], [tgt for _, tgt in pairs], np.arange(n + 1), np.arange(n, dtype=np.int32)
    )


def flipped(pairs):
    return [(tgt, src) for src, tgt in pairs]


@pytest.mark.parametrize("pair", SAME, ids="-".join)
def test_transliteration_finds_names_in_both_directions(pair):
    there, back = counts_of([pair]), counts_of(flipped([pair]))
    assert STRENGTH * MIN_SIMILARITY <= there[0] <= STRENGTH
    assert there[0] == back[0]


@pytest.mark.parametrize("pair", SHORT, ids="-".join)
def test_transliteration_trusts_short_names_less(pair):
    assert counts_of([pair])[0] == counts_of(flipped([pair]))[0] == SHORT_STRENGTH


@pytest.mark.parametrize("pair", OTHER, ids="-".join)
def test_transliteration_gives_other_words_nothing(pair):
    assert counts_of([pair])[0] == counts_of(flipped([pair]))[0] == 0.0


def test_transliteration_counts_the_cells_of_each_row():
    counts = transliteration_counts(
        ["method", "London", "Smith"], ["스미스", "런던", "방법"], np.array([0, 3, 5, 6]), np.array([0, 1, 2, 1, 2, 0])
    )
    assert counts.dtype == np.float32
    assert counts.tolist() == pytest.approx([0, 0, 0, STRENGTH, 0, STRENGTH * (1 - 0.5 / 3)])


def test_transliteration_of_nothing_is_empty():
    nothing = transliteration_counts([], [], np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int32))
    assert nothing.shape == (0,)


def test_transliteration_compares_only_the_beginning_of_endless_words():
    assert counts_of([("lon" * 400, "런" * 400)])[0] == STRENGTH


def test_transliteration_of_two_million_cells_repeats_exactly():
    names = [src for src, _ in SAME]
    others = [tgt for _, tgt in SAME]
    src_forms = [names[i % len(names)] + "aeiou"[i % 5] for i in range(2000)]
    tgt_forms = [others[i % len(others)] for i in range(2000)]
    row_offsets = np.arange(2001, dtype=np.int64) * 1000
    targets = np.random.default_rng(0).integers(0, 2000, 2_000_000).astype(np.int32)
    first = transliteration_counts(src_forms, tgt_forms, row_offsets, targets)
    assert np.array_equal(first, transliteration_counts(src_forms, tgt_forms, row_offsets, targets))
    assert 0 < np.count_nonzero(first) < first.size
