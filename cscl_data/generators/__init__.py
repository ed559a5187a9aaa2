"""Generators of code-switched text, by method."""

from __future__ import annotations

from cscl_data.errors import unknown_name
from cscl_data.generators import token
from cscl_data.generators.item import Generate
from cscl_data.generators.llm import settings as llm

METHODS: dict[str, tuple[Generate, str]] = {
    "align": (token.generate, token.METHOD),
}
"""Method of `make-token-cs` by name: what makes a row, and its name with its version for `sig`."""
LLM = "llm"
"""The method that makes the rows of a shard together, see `llm.rows.generate_all`."""


def method(name: str) -> tuple[Generate, str]:
    """Return what makes a row by a method, and the method's name and version.

    Raises:
        ConfigError: there is no such method.
    """
    if name not in METHODS:
        raise unknown_name("method", name, METHODS)
    return METHODS[name]


def method_version(name: str) -> str:
    """Return the name and version of a method, for `sig`.

    Raises:
        ConfigError: there is no such method.
    """
    if name == LLM:
        return llm.METHOD
    if name not in METHODS:
        raise unknown_name("method", name, (*METHODS, LLM))
    return METHODS[name][1]
