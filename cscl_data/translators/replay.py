"""A translator that looks up recorded translations: another system's output stands in for a model."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cscl_data.errors import ConfigError, InputError
from cscl_data.text.languages import language
from cscl_data.translators.base import Translation, file_signature

_KEYS = ("source", "target", "source_lang", "target_lang")


class ReplayTranslator:
    """Recorded translations by language pair and exact source text.

    Args:
        path: JSON lines (also `.gz`) with the keys source, target, source_lang and target_lang. A text that is not
            recorded, or whose recorded translation is blank, comes back with the problem `missing`.

    Raises:
        InputError: the file is missing or not of this form, or records two different translations of one text.
    """

    name = "replay"
    deterministic = True
    max_source_tokens: int | None = None
    max_bundle_fields: int | None = None

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pairs = _load(path)
        self.sig = file_signature([path])

    @property
    def settings(self) -> Mapping[str, str | int | bool]:
        """Nothing besides the file decides the text."""
        return {}

    def count_tokens(self, text: str, source: str, target: str) -> int:
        """Return the number of characters: recordings have no limit."""
        return len(text)

    def check_pair(self, source: str, target: str) -> None:
        """Accept the pairs that the file records.

        Raises:
            ConfigError: the file has no translation of this pair.
        """
        self._recorded(source, target)

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translation]:
        """Look each text up, by its exact characters or without the spaces around it.

        Raises:
            ConfigError: the file has no translation of this pair.
        """
        recorded = self._recorded(source, target)
        return [_look_up(text, recorded) for text in texts]

    def _recorded(self, source: str, target: str) -> Mapping[str, str]:
        pair = (language(source).tag, language(target).tag)
        if pair not in self._pairs:
            known = ", ".join(f"{one} to {other}" for one, other in sorted(self._pairs))
            raise ConfigError(f"{self._path}: no translation from {source} to {target} is recorded. Recorded: {known}")
        return self._pairs[pair]


def _look_up(text: str, recorded: Mapping[str, str]) -> Translation:
    if not text.strip():
        return Translation(text)
    found = recorded.get(text, recorded.get(text.strip(), ""))
    return Translation(found) if found.strip() else Translation("", problem="missing")


def _load(path: Path) -> dict[tuple[str, str], dict[str, str]]:
    pairs: dict[tuple[str, str], dict[str, str]] = {}
    for number, row in _rows(path):
        source, target, source_lang, target_lang = (row[key] for key in _KEYS)
        recorded = pairs.setdefault((language(source_lang).tag, language(target_lang).tag), {})
        if recorded.setdefault(source, target) != target:
            raise InputError(f"{path}:{number}: a second, different translation of the same source text")
    if not pairs:
        raise InputError(f"{path}: no recorded translation in it")
    return pairs


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, _checked(line, f"{path}:{number}")
    except (UnicodeDecodeError, EOFError, gzip.BadGzipFile) as error:
        raise InputError(f"{path}: not a file of JSON lines in UTF-8 ({error})") from error


def _checked(line: str, place: str) -> dict[str, str]:
    try:
        row: Any = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"{place}: not JSON ({error})") from error
    wrong = [key for key in _KEYS if not isinstance(row, dict) or not isinstance(row.get(key), str)]
    if wrong:
        raise InputError(
            f"{place}: {', '.join(wrong)} missing or not text", hint=f"every line needs {', '.join(_KEYS)}"
        )
    return {key: row[key] for key in _KEYS}
