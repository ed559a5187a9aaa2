"""The exceptions that `cscl-data` raises on purpose, and the exit code each one ends the command with.

The class decides what the engine does with a shard:

    CsclError                     (abstract; never raised itself)
    ├── ConfigError            2  never starts: a wrong option, an unknown name, other settings than the run resumed
    ├── InputError             3  stops: the input cannot be read as what it claims to be
    │   ├── SchemaError        3  stops: a row or a shard breaks its schema or an invariant
    │   └── TooManyRejectsError 3 after the last shard: the output is valid, but most of it was rejected
    ├── BackendError           4  stops: the next shard would fail too (a missing package or model)
    │   └── RetryableBackendError 4 the shard is tried again (a worker that died, memory at this batch size)
    ├── OutputError            4  stops: disk full, read-only, or in use; a finished shard stays valid
    └── PartialRunError        5  some shards failed, or a budget is used up; what is done is valid and kept

Any other exception is a bug and keeps its traceback (exit 1). A bad *record* is no error: it becomes a
`cscl_data.records.Reject` with a reason.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any


class CsclError(Exception):
    """An error with a place, a cause and a next step.

    Args:
        message: `<where>: <what>`, without a final period.
        hint: the command or the change that mends it, if there is one.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        """Keep the hint when the error crosses a process boundary."""
        return _rebuild, (type(self), self.message, self.hint)


class ConfigError(CsclError):
    """The command was asked for something that cannot be done as asked."""

    exit_code = 2


class InputError(CsclError):
    """An input is missing, damaged, or not in the form it should have."""

    exit_code = 3


class SchemaError(InputError):
    """A row or a shard does not fit its schema, or breaks an invariant of its row type."""


class TooManyRejectsError(InputError):
    """The run finished and its output is valid, but the share of rejects is above `--max-reject-rate`.

    Attributes:
        report: what the run would have returned, a `JobReport`; None across a process boundary.
    """

    report: Any = None


class BackendError(CsclError):
    """A model, a package or a program that the job needs is missing or broke its contract."""

    exit_code = 4


class RetryableBackendError(BackendError):
    """A backend failed in a way that another try may mend."""


class OutputError(CsclError):
    """The output cannot be written: no space, read-only, or used by another run."""

    exit_code = 4


class PartialRunError(CsclError):
    """Some shards failed for good, or a budget is used up; what is done is valid, and the same command goes on."""

    exit_code = 5


def unknown_name(kind: str, name: str, known: Iterable[str]) -> ConfigError:
    """Build the error for a name that is in no table, with all the names that are.

    Args:
        kind: what the name should be, for example `aligner`.
        name: what was given.
        known: the names that exist.
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {close[0]!r}?" if close else None
    return ConfigError(f"unknown {kind} {name!r}. Available: {', '.join(names)}", hint=hint)


def missing_package(kind: str, name: str, package: str, extra: str | None = None) -> BackendError:
    """Build the error for a backend whose package is not installed; the hint is the line that installs it."""
    target = f"'cscl-data[{extra}]'" if extra else package
    return BackendError(f"{kind} {name!r} needs the package {package}", hint=f"pip install {target}")


def _rebuild(kind: type[CsclError], message: str, hint: str | None) -> CsclError:
    return kind(message, hint=hint)
