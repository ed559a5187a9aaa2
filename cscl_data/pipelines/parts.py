"""Parts of a job: which of its shards a run makes, where several share it."""

from __future__ import annotations

from typing import NamedTuple

from cscl_data.errors import ConfigError
from cscl_data.pipelines.align_settings import AlignSettings

_LEARNING = ("statistical", "eflomal")
"""Aligners that learn from the whole input."""


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
