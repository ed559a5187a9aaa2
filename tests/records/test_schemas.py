"""The schemas are a contract with every reader of a shard: a change here is a new version there."""

from __future__ import annotations

import pytest

from cscl_data.errors import ConfigError
from cscl_data.records import BUNDLE, REASONS, SCHEMA_KEY, SCHEMAS, schema_for

COLUMNS = {
    "pair/1": "id, doc_id?, sent_index?, src_lang, tgt_lang, src_text, tgt_text",
    "alignment/1": "pair_id, src_tokens, tgt_tokens, links, pharaoh, skipped?, sig",
    "token_cs/1": "id, pair_id, doc_id?, text, matrix_lang, embedded_lang, tokens, edits, switch_ratio, cmi, "
    "src_text, tgt_text, sig",
    "sentence_cs/1": "id, doc_id, text, mode, segments, n_switches, sig",
    "mono/1": "id, doc_id?, text, lang, sig",
    "sft/1": "id, record_id, prompt, response, messages?, lang, sig",
    "preferences/1": "id, record_id, prompt, chosen, rejected, prompt_lang, chosen_lang, rejected_lang, sig",
    "preferences_chat/1": "id, record_id, prompt, chosen, rejected, prompt_lang, chosen_lang, rejected_lang, sig",
    "reject/1": "id, stage, reason, detail, row",
}
NESTED = {
    ("alignment/1", "src_tokens"): "start, end",
    ("alignment/1", "links"): "src, tgt, score?",
    ("token_cs/1", "tokens"): "start, end, lang, switched",
    ("token_cs/1", "edits"): "start, end, matrix_start, matrix_end, embedded_start, embedded_end",
    ("sft/1", "messages"): "role, content",
    **dict.fromkeys([("preferences_chat/1", name) for name in ("prompt", "chosen", "rejected")], "role, content"),
    ("sentence_cs/1", "segments"): "start, end, lang, pair_id, role",
}
TYPES = {
    **dict.fromkeys(("start", "end", "src", "tgt", "sent_index", "attempts", "n_switches"), "int32"),
    **dict.fromkeys(("score", "switch_ratio", "cmi"), "float"),
    "switched": "bool",
}


def spelt(fields: object) -> str:
    return ", ".join(field.name + "?" * field.nullable for field in fields)


def test_schema_names_are_those_of_the_contract() -> None:
    assert set(SCHEMAS) == set(COLUMNS)


@pytest.mark.parametrize("name", COLUMNS)
def test_schema_columns_and_their_order(name: str) -> None:
    assert spelt(SCHEMAS[name]) == COLUMNS[name]


@pytest.mark.parametrize(("name", "column"), NESTED)
def test_schema_nested_fields(name: str, column: str) -> None:
    item = SCHEMAS[name].field(column).type.value_field
    assert not item.nullable
    assert spelt(item.type) == NESTED[name, column]
    for field in item.type:
        assert str(field.type) == TYPES.get(field.name, "int32" if field.name.endswith(("start", "end")) else "string")


@pytest.mark.parametrize("name", COLUMNS)
def test_schema_plain_types(name: str) -> None:
    for field in SCHEMAS[name]:
        if not str(field.type).startswith("list"):
            assert str(field.type) == TYPES.get(field.name, "string")


def test_schema_of_the_bundle_column() -> None:
    expected = "id, status, level, indicator, catalyst, attempts, flags, score?, source_sha256, sig, reason?"
    assert spelt(BUNDLE) == expected


def test_schema_carries_its_name() -> None:
    assert schema_for("pair/1").metadata == {SCHEMA_KEY: b"pair/1"}
    assert SCHEMA_KEY == b"cscl.schema"


def test_schema_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="unknown schema 'pair/2'") as caught:
        schema_for("pair/2")
    assert caught.value.hint == "did you mean 'pair/1'?"


def test_reject_reasons_are_those_of_the_contract() -> None:
    assert " ".join(sorted(REASONS)) == (
        "backend_crash duplicate empty_side guard_copy guard_language guard_length guard_protected guard_repetition "
        "guard_script irreversible llm_failed llm_invalid missing_field no_candidate no_document single_sentence "
        "too_long truncated unaligned undecodable"
    )
