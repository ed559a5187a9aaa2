"""What an inspection knows of one schema: which invariants its rows hold, what is counted, how a row is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from cscl_data.evaluation.corpus import SwitchingTally
from cscl_data.pipelines.inspection.alignments import AlignmentLook
from cscl_data.pipelines.inspection.bundles import BundleLook
from cscl_data.pipelines.inspection.plain import MonoLook, PreferenceLook, SftLook
from cscl_data.pipelines.inspection.sentences import SentenceLook
from cscl_data.pipelines.inspection.shown import ShownRow
from cscl_data.pipelines.inspection.tokens import TokenLook

BUNDLE_SCHEMA = "bundle/1"


class Look(Protocol):
    """Looks at the rows of one directory, in order, in memory that does not grow with them."""

    def row_id(self, row: Mapping[str, Any]) -> str:
        """Return the row's id."""
        ...

    def take(self, row: Mapping[str, Any]) -> list[str]:
        """Count a row and return what is wrong with it."""
        ...

    def end_shard(self) -> list[str]:
        """Return what is wrong with the shard as a whole, after its last row."""
        ...

    def statistics(self) -> dict[str, Any]:
        """Return the counts so far as JSON values."""
        ...

    def show(self, rows: Sequence[Mapping[str, Any]]) -> list[ShownRow]:
        """Return rows as they are shown."""
        ...


@runtime_checkable
class SwitchingLook(Protocol):
    """A look that measures how languages alternate."""

    tally: SwitchingTally


LOOKS: dict[str, Callable[[Mapping[str, Any]], Look]] = {
    "token_cs/1": TokenLook,
    "sentence_cs/1": SentenceLook,
    "mono/1": MonoLook,
    "alignment/1": AlignmentLook,
    "sft/1": SftLook,
    "preferences/1": PreferenceLook,
    "preferences_chat/1": PreferenceLook,
    BUNDLE_SCHEMA: BundleLook,
}
"""How to look at the rows of a schema, given the directory's manifest (empty if it has none)."""
