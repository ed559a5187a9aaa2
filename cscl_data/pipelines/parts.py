"""Parts of a job: which of its shards a run makes, where several share it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from cscl_data.errors import ConfigError
from cscl_data.pipelines.align_settings import AlignSettings

_LEARNING = ("statistical", "eflomal")
"""Aligners that learn from the whole input."""
_COMMANDS = ("align", "make-token-cs", "make-sentence-cs", "translate-bundle", "make-preferences")
"""Commands that take `--part`."""


class Part(NamedTuple):
    """The `number`-th of `of` parts of a job, from 1: it makes every `of`-th shard."""

    number: int
    of: int

    @classmethod
    def read(cls, given: str) -> Part:
        """Read `I/N`.

        Raises:
            ConfigError: it is something else, or I is not one of 1 to N.
        """
        number, _, of = given.partition("/")
        if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
            raise ConfigError(f"--part {given}: expected I/N with I from 1 to N, such as 2/8")
        return cls(int(number), int(of))

    def __str__(self) -> str:
        """Return it as it is given: `2/8`."""
        return f"{self.number}/{self.of}"

    def takes(self, shard: int) -> bool:
        """Tell whether a shard, from 0, is of this part."""
        return shard % self.of == self.number - 1

    def empty_told(self, shards: int) -> str | None:
        """Say which parts have no shard of a job of so many; None where each has one."""
        if self.of <= shards:
            return None
        empty = f"parts {shards + 1} to {self.of} are" if shards + 1 < self.of else f"part {self.of} is"
        return (
            f"--part {self}: {empty} empty, for the job has {shards} shard{'' if shards == 1 else 's'} "
            "(smaller --shard-rows make more); `merge` takes them as they are"
        )


def check_part(part: str | None, settings: AlignSettings) -> None:
    """Refuse a part of a job whose aligner would learn from the whole input, in every part anew.

    Raises:
        ConfigError: it would.
    """
    learns = settings.aligner in _LEARNING and settings.load_model is None and settings.links is None
    if part is not None and learns:
        raise ConfigError(
            f"--part {part}: the {settings.aligner} aligner learns from the whole input; each part would do so anew",
            hint="align once, then give --alignments DIR to every part; or `align --save-model`, and --load-model",
        )


def way_to_part(command: str, settings: Mapping[str, Any]) -> str | None:
    """Return the options that share a job out; None where it has none.

    Args:
        command: of the job.
        settings: of its plan.
    """
    if command not in _COMMANDS:
        return None
    aligner = settings.get("aligner")
    if aligner not in _LEARNING or settings.get("load_model") is not None or settings.get("links") is not None:
        return "--part I/N"
    needed = ["--load-model FILE"] if aligner == "statistical" else []
    needed += ["--alignments DIR"] if command == "make-token-cs" else []
    return f"--part I/N with {' or '.join(needed)}" if needed else None
