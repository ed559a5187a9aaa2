"""Standard input as a file: it is read once, but a job reads its input more than once."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import BinaryIO

from cscl_data.io.atomic import write_atomically
from cscl_data.pipelines.plan import SPOOLED, STATE, refuse_foreign

_BLOCK_BYTES = 1 << 20


def spool(out: Path, stream: BinaryIO | None = None) -> Path:
    """Copy standard input into the state folder of an output directory; see `spool_into`.

    Raises:
        OutputError: the directory cannot be written, or holds something that is not ours.
    """
    refuse_foreign(out)
    return spool_into(out / STATE, stream)


def spool_into(folder: Path, stream: BinaryIO | None = None) -> Path:
    """Copy standard input into a folder.

    The copy's ending says what it is: `.jsonl` if the first character that is no space is `{`, else `.tsv`.

    Args:
        folder: where the copy goes; made if it is not there.
        stream: read in place of standard input.

    Raises:
        OutputError: the folder cannot be written.
    """
    stream = sys.stdin.buffer if stream is None else stream
    head = stream.read(_BLOCK_BYTES)
    form = "jsonl" if head.lstrip()[:1] == b"{" else "tsv"
    path = folder / f"{SPOOLED}.{form}"

    def fill(partial: Path) -> None:
        with partial.open("wb") as handle:
            handle.write(head)
            shutil.copyfileobj(stream, handle, _BLOCK_BYTES)

    write_atomically(path, fill)
    return path
