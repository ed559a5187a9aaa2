import pytest

from cscl_data.aligners.skeletons import ANY, VOWEL, H, J, K, L, M, N, P, S, T, skeleton


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("Grafton", (K, L, P, T, N)),
        ("Washington", (VOWEL, S, N, T, N)),
        ("Congo", (K, N, K)),
        ("Ranger", (L, N, J, L)),
        ("Schulman", (S, L, M, N)),
        ("Bridge", (P, L, J)),
        ("Nation", (N, S, N)),
        ("Müller", (M, L, L)),
        ("Cécile", (S, S, L)),
        ("Großmann", (K, L, S, M, N)),
        ("워싱턴", (VOWEL, S, N, T, N)),
        ("로켓", (L, K, T)),
        ("올리버", (VOWEL, L, P)),
        ("콩고", (K, N, K)),
        ("ロンドン", (L, N, T, N)),
        ("コンピュータ", (K, M, P, T)),
        ("ﾛﾝﾄﾞﾝ", (L, N, T, N)),
        ("ファーガソン", (P, K, S, N)),
        ("ツアー", (T, S)),
        ("Москва", (M, S, K, P)),
        ("Вашингтон", (P, S, N, T, N)),
        ("लंदन", (L, N, T, N)),
        ("वाशिंगटन", (P, S, N, T, N)),
        ("हैरी", (H, L)),
    ],
)
def test_skeleton_keeps_the_classes_of_consonants(form, expected):
    assert skeleton(form).consonants == expected


@pytest.mark.parametrize(
    "form", ["", "2004", "foo_bar", "v2", "方法", "ひらがな", "東京タワー", "لندن", "워싱턴DC", "-", "。"]
)
def test_skeleton_of_other_words_is_empty(form):
    assert skeleton(form).consonants == ()


@pytest.mark.parametrize(
    ("latin", "other", "fits"),
    [
        ("bus", "버스", True),
        ("base", "버스", False),
        ("base", "베이스", True),
        ("bus", "バス", True),
        ("Bob", "ボブ", True),
        ("Bob", "ビビ", False),
        ("step", "스텝", True),
        ("George", "조지", True),
        ("Kate", "ケイト", True),
    ],
)
def test_skeleton_tells_what_the_first_vowel_may_be(latin, other, fits):
    assert bool(skeleton(latin).vowels & skeleton(other).vowels) is fits


def test_skeleton_without_a_known_vowel_fits_every_one():
    assert skeleton("lndn").vowels == skeleton("크").vowels == skeleton("лондон").vowels == ANY
