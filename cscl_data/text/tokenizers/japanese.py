"""Japanese morphemes by Sudachi."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from cscl_data.errors import missing_package, unknown_name
from cscl_data.records import Span
from cscl_data.text.tokenizers.base import Token
from cscl_data.text.tokenizers.cover import covering, encodable, pieces

_MAX_CHARS = 8_000  # Sudachi refuses more than 49,149 bytes; a code point has at most 4, and its own NFKC may add.
_JAPANESE = "\u3005-\u3007\u3041-\u3096\u309d-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_JOINT = re.compile(rf"(?<=[{_JAPANESE}]) (?=[{_JAPANESE}])")
_LETTER = re.compile(rf"[{_JAPANESE}]")
_MIN_JOINTS, _MIN_SHARE = 2, 0.15
_MODES = ("A", "B", "C")


@dataclass(frozen=True, slots=True)
class SudachiTokenizer:
    """Cuts Japanese into morphemes with part of speech and dictionary form.

    `pos` is the first two levels of UniDic's tag and the conjugation type where there is one, joined by `-`
    (`名詞-普通名詞`, `動詞-一般`, `助詞-格助詞`); the third level follows for nouns (`名詞-普通名詞-サ変可能`).

    Text that was cut already, with spaces all through it, is analysed without them; a morpheme that held one comes back
    as its pieces, each with the tag and the dictionary form of the whole.

    Args:
        mode: `A` for the shortest units, `C` for named entities in one piece, `B` between.

    Raises:
        ConfigError: there is no such mode.
    """

    mode: str = "A"

    def __post_init__(self) -> None:
        if self.mode not in _MODES:
            raise unknown_name("sudachi mode", self.mode, _MODES)

    @property
    def name(self) -> str:
        """Name and mode as they stand in `sig`."""
        return f"sudachi-{self.mode}"

    def tokens(self, text: str) -> tuple[Token, ...]:
        """Return the morphemes in order."""
        readable, offsets = joined_view(encodable(text))
        tokenizer = _load(self.mode)
        found: list[Token] = []
        for start, end in pieces(readable, _MAX_CHARS):
            for m in tokenizer.tokenize(readable[start:end]):
                parts = [part for part in m.part_of_speech()[:3] if part != "*"]
                low, high = offsets[start + m.begin()], offsets[start + m.end() - 1] + 1
                found.append(Token(low, high, "-".join(parts), m.dictionary_form()))
        return covering(text, found)

    def spans(self, text: str) -> tuple[Span, ...]:
        """Return the spans of the morphemes."""
        return tuple(Span(token.start, token.end) for token in self.tokens(text))


def joined_view(text: str) -> tuple[str, Sequence[int]]:
    """Take out the spaces of Japanese that was cut by a tokenizer; other text stays.

    Returns:
        The view, and the raw offset of each of its code points (with the text's length behind them). The text counts
        as cut where at least two single spaces stand between Japanese letters, and one for every seven letters.
    """
    joints = [match.start() for match in _JOINT.finditer(text)]
    if len(joints) < _MIN_JOINTS or len(joints) < _MIN_SHARE * len(_LETTER.findall(text)):
        return text, range(len(text) + 1)
    dropped = set(joints)
    offsets = [i for i in range(len(text)) if i not in dropped]
    return "".join(text[i] for i in offsets), [*offsets, len(text)]


@cache
def _load(mode: str) -> Any:
    try:
        from sudachipy import Dictionary, SplitMode
    except ImportError as error:
        raise missing_package("tokenizer", "sudachi", "sudachipy and sudachidict-core") from error
    dictionary = Dictionary()
    make = getattr(dictionary, "tokenizer", None) or dictionary.create
    return make(mode=getattr(SplitMode, mode))
