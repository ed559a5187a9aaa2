"""Annotations: words stay, translations stand in brackets behind them, as each language sets them."""

from __future__ import annotations

import pytest

from cscl_data.generators.annotate import brackets_of
from cscl_data.generators.item import Made
from cscl_data.records import NO_LANGUAGE, Reject, Span, TokenCsRow, restore, rng_for
from cscl_data.text.languages import language
from cscl_data.text.words import WordSplitter
from tests.factories import make_alignment, make_pair
from tests.generators.switching import made_by, make_item

EN = "Meetings are long."


def annotated(
    src: str, tgt: str, links: list[tuple[int, int]], *, lang: str = "ko", matrix: str = "tgt", **options: object
) -> TokenCsRow | Reject:
    """Annotate a pair, English first; links are between the words that the splitters find."""
    pair = make_pair(src, tgt, tgt_lang=lang)
    words = WordSplitter("en").words(src), WordSplitter(lang).words(tgt)
    tokens = [tuple(Span(word.start, word.end) for word in side) for side in words]
    alignment = make_alignment(pair, links=links, src_tokens=tokens[0], tgt_tokens=tokens[1])
    item = make_item(pair, alignment, words, matrix=matrix)
    made = made_by(item, rng_for(0, item.row_id, "token_cs"), name="annotate", **{"ratio": 1.0, **options})
    return made.row if isinstance(made, Made) else made


@pytest.mark.parametrize(
    ("lang", "tgt", "link", "text"),
    [
        ("ko", "오늘 회의를 했다.", (0, 1), "오늘 회의(meetings)를 했다."),
        ("ja", "今日、会議を開いた。", (0, 2), "今日、会議（meetings）を開いた。"),
        ("id", "Rapat itu panjang.", (0, 0), "Rapat (meetings) itu panjang."),
    ],
)
def test_translation_stands_behind_the_stem(lang: str, tgt: str, link: tuple[int, int], text: str) -> None:
    row = annotated(EN, tgt, [link], lang=lang)
    assert isinstance(row, TokenCsRow), row
    assert row.text == text
    [edit] = row.edits
    assert edit.matrix_start == edit.matrix_end
    assert EN[edit.embedded_start : edit.embedded_end] == "Meetings"
    assert restore(row.text, row.edits, tgt) == tgt
    shown = [(row.text[t.start : t.end], t.lang, t.switched) for t in row.tokens]
    at = shown.index(("meetings", "en", True))
    assert [piece[1:] for piece in (shown[at - 1], shown[at + 1])] == [(NO_LANGUAGE, False)] * 2
    assert shown[at - 2][1:] == (lang, False)
    assert row.switch_ratio == pytest.approx(1 / {"ko": 3, "ja": 4, "id": 3}[lang])


def test_particle_keeps_its_form() -> None:
    """It follows 물 when it is read aloud, not `tea`."""
    row = annotated("tea", "물을 마신다.", [(0, 0)])
    assert isinstance(row, TokenCsRow)
    assert row.text == "물(tea)을 마신다."
    assert [row.text[t.start : t.end] for t in row.tokens[:5]] == ["물", "(", "tea", ")", "을"]


def test_predicates_are_annotated_in_any_form_and_function_words_never() -> None:
    row = annotated("She was reading it.", "그녀는 그것을 읽었다.", [(0, 0), (1, 2), (2, 2), (3, 1)])
    assert isinstance(row, TokenCsRow), row
    assert row.text == "그녀는 그것을 읽었다(reading)."
    none = annotated("the tea", "그 차", [(0, 0)])
    assert isinstance(none, Reject)
    assert none.reason == "no_candidate"


def test_annotations_keep_the_case_of_names_and_of_the_frame() -> None:
    row = annotated("Seoul is big.", "서울은 크다.", [(0, 0)], matrix="src")
    assert isinstance(row, TokenCsRow)
    assert row.text == "Seoul (서울) is big."


def test_brackets_follow_the_language() -> None:
    shown = {tag: "".join(brackets_of(language(tag))) for tag in ("en", "id", "de", "ko", "ko-Latn", "ja", "zh-Hans")}
    assert shown == {
        **dict.fromkeys(("en", "id", "de", "ko-Latn"), " ()"),
        "ko": "()",
        **dict.fromkeys(("ja", "zh-Hans"), "（）"),
    }


def test_amount_counts_the_annotated_words() -> None:
    src = "green tea tastes good in morning"
    tgt = "초록 차 맛 좋다 안 아침"
    ratios = [
        annotated(src, tgt, [(i, i) for i in range(6)], matrix="src", ratio=0.5).switch_ratio,
        annotated(src, tgt, [(i, i) for i in range(6)], matrix="src", ratio=0.2).switch_ratio,
    ]
    assert ratios == [pytest.approx(0.5), pytest.approx(1 / 6)]
