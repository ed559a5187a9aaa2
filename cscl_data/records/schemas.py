"""The Arrow schemas of every shard, by name and version."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from cscl_data.errors import unknown_name


def _required(name: str, kind: pa.DataType) -> pa.Field:
    return pa.field(name, kind, nullable=False)


def _struct(**fields: pa.DataType) -> pa.DataType:
    return pa.struct([_required(name, kind) for name, kind in fields.items()])


def _list(item: pa.DataType) -> pa.DataType:
    return pa.list_(pa.field("item", item, nullable=False))


_TEXT, _INT, _FLOAT = pa.string(), pa.int32(), pa.float32()
_SPAN = _struct(start=_INT, end=_INT)
_LINK = pa.struct([_required("src", _INT), _required("tgt", _INT), pa.field("score", _FLOAT)])
_TOKEN = _struct(start=_INT, end=_INT, lang=_TEXT, switched=pa.bool_())
_EDIT = _struct(start=_INT, end=_INT, matrix_start=_INT, matrix_end=_INT, embedded_start=_INT, embedded_end=_INT)
_SEGMENT = _struct(start=_INT, end=_INT, lang=_TEXT, pair_id=_TEXT, role=_TEXT)
_MESSAGE = _struct(role=_TEXT, content=_TEXT)

_BUNDLE = pa.struct(
    [
        _required("id", _TEXT),
        _required("status", _TEXT),
        _required("level", _TEXT),
        _required("indicator", _TEXT),
        _required("catalyst", _TEXT),
        _required("attempts", _INT),
        _required("flags", _list(_TEXT)),
        pa.field("score", _FLOAT),
        _required("source_sha256", _TEXT),
        _required("sig", _TEXT),
        pa.field("reason", _TEXT),
    ]
)
QE_SCORES = ("qe_encoder", "qe_backtranslation")
"""What `translate-bundle --qe` may add to the column `bundle`, nullable."""


def bundle_struct(scores: Sequence[str] = ()) -> pa.DataType:
    """Return the struct column `bundle` that `translate-bundle` adds to the input's own columns.

    Args:
        scores: names of `QE_SCORES`.
    """
    return pa.struct([*_BUNDLE, *(pa.field(name, _FLOAT) for name in QE_SCORES if name in scores)])


BUNDLE = bundle_struct()
"""The column `bundle` without scores of quality."""


def is_bundle(kind: pa.DataType) -> bool:
    """Tell whether a type is that of the column `bundle`, with scores of quality or without."""
    names = {entry.name for entry in kind} if pa.types.is_struct(kind) else set()
    return bool(kind == bundle_struct([name for name in QE_SCORES if name in names]))


SCHEMAS: dict[str, pa.Schema] = {
    "pair/1": pa.schema(
        [
            _required("id", _TEXT),
            pa.field("doc_id", _TEXT),
            pa.field("sent_index", _INT),
            _required("src_lang", _TEXT),
            _required("tgt_lang", _TEXT),
            _required("src_text", _TEXT),
            _required("tgt_text", _TEXT),
        ]
    ),
    "alignment/1": pa.schema(
        [
            _required("pair_id", _TEXT),
            _required("src_tokens", _list(_SPAN)),
            _required("tgt_tokens", _list(_SPAN)),
            _required("links", _list(_LINK)),
            _required("pharaoh", _TEXT),
            pa.field("skipped", _TEXT),
            _required("sig", _TEXT),
        ]
    ),
    "token_cs/1": pa.schema(
        [
            _required("id", _TEXT),
            _required("pair_id", _TEXT),
            pa.field("doc_id", _TEXT),
            _required("text", _TEXT),
            _required("matrix_lang", _TEXT),
            _required("embedded_lang", _TEXT),
            _required("tokens", _list(_TOKEN)),
            _required("edits", _list(_EDIT)),
            _required("switch_ratio", _FLOAT),
            _required("cmi", _FLOAT),
            _required("src_text", _TEXT),
            _required("tgt_text", _TEXT),
            _required("sig", _TEXT),
        ]
    ),
    "sentence_cs/1": pa.schema(
        [
            _required("id", _TEXT),
            _required("doc_id", _TEXT),
            _required("text", _TEXT),
            _required("mode", _TEXT),
            _required("segments", _list(_SEGMENT)),
            _required("n_switches", _INT),
            _required("sig", _TEXT),
        ]
    ),
    "mono/1": pa.schema(
        [
            _required("id", _TEXT),
            pa.field("doc_id", _TEXT),
            _required("text", _TEXT),
            _required("lang", _TEXT),
            _required("sig", _TEXT),
        ]
    ),
    "sft/1": pa.schema(
        [
            _required("id", _TEXT),
            _required("record_id", _TEXT),
            _required("prompt", _TEXT),
            _required("response", _TEXT),
            pa.field("messages", _list(_MESSAGE)),
            _required("lang", _TEXT),
            _required("sig", _TEXT),
        ]
    ),
    "preferences/1": pa.schema(
        [
            _required("id", _TEXT),
            _required("record_id", _TEXT),
            _required("prompt", _TEXT),
            _required("chosen", _TEXT),
            _required("rejected", _TEXT),
            _required("prompt_lang", _TEXT),
            _required("chosen_lang", _TEXT),
            _required("rejected_lang", _TEXT),
            _required("sig", _TEXT),
        ]
    ),
    "preferences_chat/1": pa.schema(
        [
            _required("id", _TEXT),
            _required("record_id", _TEXT),
            _required("prompt", _list(_MESSAGE)),
            _required("chosen", _list(_MESSAGE)),
            _required("rejected", _list(_MESSAGE)),
            _required("prompt_lang", _TEXT),
            _required("chosen_lang", _TEXT),
            _required("rejected_lang", _TEXT),
            _required("sig", _TEXT),
        ]
    ),
    "reject/1": pa.schema(
        [
            _required("id", _TEXT),
            _required("stage", _TEXT),
            _required("reason", _TEXT),
            _required("detail", _TEXT),
            _required("row", _TEXT),
        ]
    ),
}
"""Schema by `name/version`. Only fields marked nullable may hold nulls; lists are empty, never null."""

SCHEMA_KEY = b"cscl.schema"
"""Key in a Parquet file's metadata under which the schema's name stands."""


def schema_for(name: str) -> pa.Schema:
    """Return the schema called `name`, for example `token_cs/1`, with its name in the metadata.

    Raises:
        ConfigError: there is no such schema.
    """
    if name not in SCHEMAS:
        raise unknown_name("schema", name, SCHEMAS)
    return named_schema(SCHEMAS[name], name)


def named_schema(columns: pa.Schema, name: str) -> pa.Schema:
    """Return the columns with a schema name in the metadata (for output whose columns depend on the input)."""
    return columns.with_metadata({SCHEMA_KEY: name.encode()})
