"""Amounts of tokens as people write them."""

from __future__ import annotations

import pytest

from cscl_data.io.amounts import parse_tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("20000", 20_000),
        ("200k", 200_000),
        ("5M", 5_000_000),
        ("1.5b", 1_500_000_000),
        ("4.35M", 4_350_000),
        ("0.0014k", 1),
        ("0", None),
        ("0.0001k", None),
        ("5T", None),
        ("-5", None),
        ("5 M", None),
        ("", None),
        ("much", None),
    ],
)
def test_amounts_of_tokens(text: str, tokens: int | None) -> None:
    assert parse_tokens(text) == tokens
