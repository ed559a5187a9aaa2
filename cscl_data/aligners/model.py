"""The fitted state of the statistical aligner, and its file."""

from __future__ import annotations

import io
import json
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cscl_data.aligners.confidence import BACKED
from cscl_data.aligners.cooccurrence import Candidates
from cscl_data.aligners.corpus import Corpus, Ints, Longs
from cscl_data.aligners.jumps import Jumps
from cscl_data.aligners.lexical import Floats
from cscl_data.aligners.pieces import NO_PIECES, Pieces, parts_of, read_pieces
from cscl_data.errors import InputError
from cscl_data.io.atomic import write_atomically

FORMAT = "statistical-aligner/3"
Flags = npt.NDArray[np.bool_]
PRUNE_BELOW = 1e-4
"""Cells whose probability is below this in both directions are not kept. Our default."""

_PARTS = ("cells", "tgt_null", "src_null", "jumps_forward", "jumps_backward")
_EPOCH = (1980, 1, 1, 0, 0, 0)


class Tables(NamedTuple):
    """What one iteration left: probabilities of the kept cells and of the null words (as in `Lexicon`), and jumps."""

    cells: Floats
    tgt_null: Floats
    src_null: Floats
    jumps: Jumps


class Model(NamedTuple):
    """What aligning needs: keys, kept cells (rows and columns as in `Candidates`), the last tables and the first ones.

    `last` decides which links there are. `first`, those after the first iteration of the HMM, give the scores: later
    iterations bring nearly every posterior close to 1, right or wrong, and the first one tells them apart.

    `src_counts` and `tgt_counts` say how often each key stood in the text of the fit, `backed` which cells have more
    than the text behind them (`confidence.BACKED` pseudo-counts), `made_for` the languages and
    tokenizers it was made with (source, target; both twice), if that was told. `pieces` are the learned pieces that
    both sides were cut into (`text.tokenizers.learned`), empty where they were cut otherwise.
    """

    src_keys: tuple[str, ...]
    tgt_keys: tuple[str, ...]
    row_offsets: Longs
    targets: Ints
    last: Tables
    first: Tables
    src_counts: Ints
    tgt_counts: Ints
    backed: Flags
    p_null: float
    made_for: tuple[str, ...] = ()
    pieces: Pieces = NO_PIECES


def build_model(corpus: Corpus, found: Candidates, last: Tables, first: Tables, p_null: float) -> Model:
    """Keep what aligning needs of a finished fit; improbable cells are pruned."""
    kept = (last.cells >= PRUNE_BELOW).any(axis=1)
    upto = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(kept)]).astype(np.int64)
    return Model(
        corpus.src_keys,
        corpus.tgt_keys,
        upto[found.row_offsets],
        found.targets[kept],
        last._replace(cells=np.ascontiguousarray(last.cells[kept])),
        first._replace(cells=np.ascontiguousarray(first.cells[kept])),
        np.bincount(corpus.src.ids, minlength=len(corpus.src_keys)).astype(np.int32),
        np.bincount(corpus.tgt.ids, minlength=len(corpus.tgt_keys)).astype(np.int32),
        np.ascontiguousarray(found.prior[kept] >= BACKED),
        p_null,
    )


def save_model(path: Path, model: Model) -> None:
    """Write a model as one file (a zip of .npy arrays and text); the same model gives the same bytes.

    Raises:
        OutputError: the file cannot be written.
    """
    write_atomically(path, lambda partial: _write(partial, model))


def load_model(path: Path) -> Model:
    """Read what `save_model` wrote; nothing in the file is executed.

    Raises:
        InputError: the file is missing, damaged, or something else.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            head = json.loads(archive.read("model.json"))
            if head.get("format") != FORMAT:
                raise InputError(f"{path}: a model of the form {head.get('format')!r}, not {FORMAT!r}")
            src_keys, tgt_keys = (tuple(json.loads(archive.read(f"{side}_keys.json"))) for side in ("src", "tgt"))
            return Model(
                src_keys=src_keys,
                tgt_keys=tgt_keys,
                row_offsets=_read_array(archive, "row_offsets"),
                targets=_read_array(archive, "targets"),
                last=_read_tables(archive, "last"),
                first=_read_tables(archive, "first"),
                src_counts=_read_array(archive, "src_counts"),
                tgt_counts=_read_array(archive, "tgt_counts"),
                backed=_read_array(archive, "backed"),
                p_null=float(head["p_null"]),
                made_for=tuple(head.get("made_for", ())),
                pieces=read_pieces(archive),
            )
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file") from error
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, EOFError) as error:
        raise InputError(f"{path}: not a saved alignment model ({error})") from error


def model_digest(model: Model) -> str:
    """Return 8 hex digits of the model's content, for `sig`."""
    digest = sha256(json.dumps([model.src_keys, model.tgt_keys, model.p_null]).encode())
    for piece in model.pieces:
        digest.update(piece)
    for array in _arrays(model).values():
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:8]


def _arrays(model: Model) -> dict[str, npt.NDArray[np.generic]]:
    return {
        "row_offsets": model.row_offsets,
        "targets": model.targets,
        "src_counts": model.src_counts,
        "tgt_counts": model.tgt_counts,
        "backed": model.backed,
        **_table_arrays(model.last, "last"),
        **_table_arrays(model.first, "first"),
    }


def _table_arrays(tables: Tables, name: str) -> dict[str, npt.NDArray[np.generic]]:
    arrays: tuple[npt.NDArray[np.generic], ...] = (tables.cells, tables.tgt_null, tables.src_null, *tables.jumps)
    return {f"{name}_{part}": array for part, array in zip(_PARTS, arrays, strict=True)}


def _write(path: Path, model: Model) -> None:
    head = json.dumps({"format": FORMAT, "p_null": model.p_null, "made_for": model.made_for})
    parts = {"model.json": head.encode()}
    parts["src_keys.json"] = json.dumps(model.src_keys).encode()
    parts["tgt_keys.json"] = json.dumps(model.tgt_keys).encode()
    parts |= parts_of(model.pieces)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(_entry(name), content, compresslevel=1)
        for name, array in _arrays(model).items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False)
            archive.writestr(_entry(f"{name}.npy"), buffer.getbuffer(), compresslevel=1)


def _read_tables(archive: zipfile.ZipFile, name: str) -> Tables:
    cells, tgt_null, src_null, *jumps = (_read_array(archive, f"{name}_{part}") for part in _PARTS)
    return Tables(cells, tgt_null, src_null, Jumps(*jumps))


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=_EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def _read_array(archive: zipfile.ZipFile, name: str) -> npt.NDArray[Any]:
    with archive.open(f"{name}.npy") as handle:
        return np.lib.format.read_array(handle, allow_pickle=False)
