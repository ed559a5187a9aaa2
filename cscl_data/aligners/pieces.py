"""The learned pieces that stand in the file of a fitted model, read without the rest of it."""

from __future__ import annotations

import zipfile
from pathlib import Path

from cscl_data.errors import InputError

Pieces = tuple[bytes, bytes]
"""Models of learned pieces (`text.tokenizers.learned`), of the source and of the target side."""
NO_PIECES: Pieces = (b"", b"")
_NAMES = ("src_pieces", "tgt_pieces")


def load_pieces(path: Path) -> Pieces:
    """Read the learned pieces of what `model.save_model` wrote; nothing in the file is executed.

    Raises:
        InputError: the file is missing, damaged, or something else.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return read_pieces(archive)
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file") from error
    except (OSError, zipfile.BadZipFile, ValueError, EOFError) as error:
        raise InputError(f"{path}: not a saved alignment model ({error})") from error


def read_pieces(archive: zipfile.ZipFile) -> Pieces:
    """Return the pieces in an open archive; empty ones where both sides were cut otherwise."""
    names = set(archive.namelist())
    src, tgt = (archive.read(name) if name in names else b"" for name in _NAMES)
    return src, tgt


def parts_of(pieces: Pieces) -> dict[str, bytes]:
    """Return the parts of the archive that hold the pieces, by name; none where there are none."""
    return dict(zip(_NAMES, pieces, strict=True)) if pieces != NO_PIECES else {}
