"""How a pipeline tells its caller what it is doing, without printing."""

from __future__ import annotations

from typing import Protocol

from cscl_data.engine import ShardReport


class Listener(Protocol):
    """Gets told of steps and finished shards."""

    def note(self, text: str) -> None:
        """Take one line about a step."""
        ...

    def announce(self, text: str) -> None:
        """Take one line that must stay in sight."""
        ...

    def on_shard(self, report: ShardReport) -> None:
        """Take the report of a finished shard."""
        ...


class _Silent:
    def note(self, text: str) -> None:
        pass

    def announce(self, text: str) -> None:
        pass

    def on_shard(self, report: ShardReport) -> None:
        pass


SILENT: Listener = _Silent()
"""A listener that ignores everything."""
