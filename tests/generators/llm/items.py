"""Items for a language model, and answers read as rows."""

from __future__ import annotations

from functools import cache

from cscl_data.generators.item import Side, SwitchItem
from cscl_data.generators.llm.cleaning import cleaned
from cscl_data.generators.llm.reading import Reading, read_answer
from cscl_data.generators.llm.rules import Fault, reading_faults, wrapping_faults
from cscl_data.generators.writing import assembled
from cscl_data.records import Alignment, TokenCsRow
from cscl_data.text.words import Word, WordSplitter
from tests.factories import make_pair

EN, KO = "My grandmother drinks green tea every morning.", "우리 할머니는 매일 아침 녹차를 마신다."
JA = "私の祖母は毎朝緑茶を飲んでいる。"
ID = "Nenek saya minum teh hijau setiap pagi."


@cache
def splitter(lang: str) -> WordSplitter:
    return WordSplitter(lang)


@cache
def words_of(lang: str, text: str) -> tuple[Word, ...]:
    return splitter(lang).words(text)


def side(lang: str, text: str) -> Side:
    return Side(lang, text, words_of(lang, text))


def item_of(
    matrix: tuple[str, str] = ("en", EN),
    embedded: tuple[str, str] = ("ko", KO),
    *,
    row_id: str = "p0/x/0",
    alignment: Alignment | None = None,
) -> SwitchItem:
    """An item whose matrix is the source side."""
    pair = make_pair(matrix[1], embedded[1], src_lang=matrix[0], tgt_lang=embedded[0])
    return SwitchItem(row_id, pair, alignment, "src", side(*matrix), side(*embedded))


def read(item: SwitchItem, answer: str) -> tuple[TokenCsRow, Reading, str]:
    """Return the row of an answer, however good it is, how it was read, and the answer without its wrapping."""
    text = cleaned(answer, item.frame.text).text
    reading = read_answer(text, item.frame, item.other, splitter(item.frame.lang).words)
    return assembled(item, reading.replacements, reading.replaced, by="token"), reading, text


def faults_of(item: SwitchItem, answer: str, *, ratio: float = 0.3, finish: str = "stop", **bounds: object) -> set[str]:
    """Return the rules that an answer breaks, those of its wrapping first."""
    found: list[Fault] = wrapping_faults(cleaned(answer, item.frame.text).text, finish, item.frame, item.other)
    if not found:
        row, reading, _ = read(item, answer)
        found = reading_faults(reading, row.text, item.frame, item.other, ratio, bounds.get("bounds"))
    return {fault.rule for fault in found}
