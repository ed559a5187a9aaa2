"""What every translator gives: one translation per text, in order, and never an empty success."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol


class Translation(NamedTuple):
    """The translation of one text, or why there is none.

    `score` is the model's mean log probability of a target token (None where the translator has none). `truncated`
    tells that the model had not ended when its output limit was reached: the text is a beginning. `problem` is empty
    where `text` is a translation; else `text` is empty and `problem` says why: `missing` (no recorded translation),
    `too_long` (more tokens than the model takes: it was not sent, and nothing was cut), `empty` (the model gave
    nothing for a text that is not blank). `others` are the other hypotheses of the beam, the best first.
    """

    text: str
    score: float | None = None
    truncated: bool = False
    problem: str = ""
    others: tuple[str, ...] = ()


class Translator(Protocol):
    """Translates texts of one line; a blank text comes back as it is."""

    @property
    def name(self) -> str:
        """Name as it stands in `sig`: `ctranslate2`, `replay`, `echo`."""
        ...

    @property
    def sig(self) -> str:
        """8 hexadecimal digits of the sha256 of everything that decides the text: the model's files."""
        ...

    @property
    def deterministic(self) -> bool:
        """Whether a text's translation is the same whatever stands in the same call."""
        ...

    @property
    def settings(self) -> Mapping[str, str | int | bool]:
        """The choices that decide the text, resolved (device, compute type, beam), for the plan and `sig`."""
        ...

    @property
    def max_source_tokens(self) -> int | None:
        """The most tokens `count_tokens` may give for a text that can be sent; None without a limit."""
        ...

    @property
    def max_bundle_fields(self) -> int | None:
        """The most fields of one bundle that the translator was made for; None where it does not say."""
        ...

    def count_tokens(self, text: str, source: str, target: str) -> int:
        """Return the length of what would be sent for `text`, special tokens included.

        Raises:
            ConfigError: the translator does not have this pair of languages.
        """
        ...

    def check_pair(self, source: str, target: str) -> None:
        """Return quietly if the translator has this pair of languages.

        Raises:
            ConfigError: it has not; the message names what it has.
        """
        ...

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translation]:
        """Translate each text from the language tagged `source` into `target`.

        Returns:
            One translation per text, in order. One bad text never stops the others: see `Translation.problem`.

        Raises:
            ConfigError: the translator does not have this pair of languages.
            BackendError: the model itself failed.
            RetryableBackendError: it ran out of memory.
        """
        ...


def file_signature(paths: Iterable[Path]) -> str:
    """Return 8 hexadecimal digits of the sha256 over the names and contents of files, in order of name."""
    whole = hashlib.sha256()
    for path in sorted(paths, key=lambda path: path.name):
        with path.open("rb") as handle:
            content = hashlib.file_digest(handle, "sha256").hexdigest()
        whole.update(f"{path.name}\0{content}\n".encode())
    return whole.hexdigest()[:8]
