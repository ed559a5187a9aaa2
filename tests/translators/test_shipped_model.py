"""The shipped model on text unlike its training: indicators in order, no circles. What it says is not judged here."""

from __future__ import annotations

import pytest

from cscl_data.translators import load_translator
from cscl_data.translators.bundles import build_sequence, split_sequence
from cscl_data.translators.families import END
from cscl_data.translators.guards import has_loop
from cscl_data.translators.numbering import Numbering

pytestmark = pytest.mark.backend

HEADLINES = [
    "senate rivals trade blame as harvest subsidies lapse",
    "harbour pilots strike for ninth day over night rosters",
    "ferry capsizes off reef, dozens feared trapped below deck",
    "regulator fines bakery chain over mouldy rye shipments",
    "veteran goalkeeper retires after shoulder surgery",
    "drought forces vineyards to prune earlier than ever",
    "orchestra cancels gala after flood ruins cello vault",
    "glacier village votes to relocate its cemetery uphill",
    "court frees poacher who guided lost hikers to safety",
    "mayor apologises for tulip festival traffic chaos",
    "a woman in a straw hat is whittling a spoon beside a goat .",
    "two toddlers splash a muddy spaniel with a garden hose .",
    "the dollar slipped to 141.20 yen on thursday , its weakest since the spring auctions .",
    "a man is juggling turnips while riding a unicycle .",
    "investors shrugged off the warning and bought copper , cocoa and shares of dockyards .",
    "her grandmother pickled plums every june in a cracked stone jar .",
]
INTO_ENGLISH = {
    "ko": [
        "어부들이 새벽에 그물을 걷었다.",
        "도서관은 월요일에 문을 닫습니다.",
        "할머니가 감자를 삶으셨다.",
        "새 창을 여세요.",
    ],
    "ja": [
        "漁師は夜明けに網を上げた。",
        "図書館は月曜日に閉まります。",
        "祖母がじゃがいもをゆでた。",
        "新しい窓を開いてください。",
    ],
    "id": [
        "Nelayan mengangkat jala saat fajar.",
        "Perpustakaan tutup hari Senin.",
        "Nenek merebus kentang.",
        "Buka jendela.",
    ],
}
TRIPLES = [HEADLINES[i : i + 3] for i in range(len(HEADLINES) - 2)]
STATEMENT = "The following are parts of one record."


@pytest.fixture(scope="module")
def translator():
    return load_translator("default", inter_threads=1)


def raw(translator, texts, target):
    """What the model says before anything is put right."""
    frame = translator._frame("en", target)
    sources = [[*frame.before, *pieces, *frame.after] for pieces in translator._tokenizer.encode(texts)]
    outputs = translator._decoder.run(sources, frame.target_prefix, most=300, end=END)
    return sources, outputs


@pytest.mark.parametrize("target", ["ko", "ja", "id"])
def test_indicators_come_back_in_order(translator, target):
    texts = [build_sequence(three, "@", STATEMENT) for three in TRIPLES]
    translated = translator.translate(texts, "en", target)
    whole = [split_sequence(one.text, 3, "@", catalyst=True).strict for one in translated]
    assert sum(whole) >= len(TRIPLES) - 1


@pytest.mark.parametrize(("source", "sentences"), INTO_ENGLISH.items())
def test_indicators_come_back_from_the_model_into_english(source, sentences):
    pairs = [[one, other] for one in sentences for other in sentences if one != other]
    texts = [build_sequence(pair, "@", "") for pair in pairs]
    translated = load_translator("default:into-english", inter_threads=1).translate(texts, source, "en")
    whole = [split_sequence(one.text, 2, "@", catalyst=False).strict for one in translated]
    assert sum(whole) >= len(pairs) - 2


def test_without_the_order_some_bundles_had_an_indicator_too_many(translator):
    """Guards the test above: if the model alone never failed here, it would prove nothing."""
    numbering = Numbering(("@", "#", "*"), 8)
    misplaced = 0
    for target in ("ko", "ja", "id"):
        sources, outputs = raw(translator, [build_sequence(three, "@", STATEMENT) for three in TRIPLES], target)
        misplaced += sum(
            numbering.first_misplaced(output.pieces, numbering.marks_of(source)) is not None
            for source, output in zip(sources, outputs, strict=True)
        )
    assert misplaced > 0


def test_an_output_that_turns_in_circles_is_made_again(translator):
    texts = [" ".join(three) for three in TRIPLES] + HEADLINES
    circling = {}
    for target in ("ko", "ja", "id"):
        _, outputs = raw(translator, texts, target)
        found = [text for text, output in zip(texts, outputs, strict=True) if translator._loops(output)]
        circling |= {(text, target): True for text in found}
    assert circling
    still = [text for text, target in circling if has_loop(translator.translate([text], "en", target)[0].text)]
    assert len(still) < len(circling)


def test_bytes_that_spell_no_character_are_made_again(translator):
    text = "The wig slipped off."
    _, [output] = raw(translator, [text], "ko")
    assert "\ufffd" in translator._text(output.pieces)
    [translated] = translator.translate([text], "en", "ko")
    assert translated.text
    assert "\ufffd" not in translated.text
