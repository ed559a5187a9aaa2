"""A translator that gives back what it gets: for tests, dry looks and proofs that nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cscl_data.translators.base import Translation


class EchoTranslator:
    """Returns each text unchanged, for any pair of languages."""

    name = "echo"
    sig = "00000000"
    deterministic = True
    max_source_tokens: int | None = None
    max_bundle_fields: int | None = None

    @property
    def settings(self) -> Mapping[str, str | int | bool]:
        """Nothing decides what an echo says."""
        return {}

    def count_tokens(self, text: str, source: str, target: str) -> int:
        """Return the number of characters."""
        return len(text)

    def check_pair(self, source: str, target: str) -> None:
        """Accept any pair."""

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translation]:
        """Return the texts themselves."""
        return [Translation(text) for text in texts]
