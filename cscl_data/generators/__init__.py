"""Generators of code-switched text, by method."""

from __future__ import annotations

from typing import NamedTuple

from cscl_data.errors import unknown_name
from cscl_data.generators import annotate, lexicon, salad, token
from cscl_data.generators.item import Generate
from cscl_data.generators.llm import settings as llm


class Method(NamedTuple):
    """A method of `make-token-cs`.

    Attributes:
        generate: what makes a row.
        sig: the method's name with its version, for `sig`.
        aligns: whether a row needs the word alignment of its pair.
        pairs: whether its input is pairs, and not text in one language.
    """

    generate: Generate
    sig: str
    aligns: bool = True
    pairs: bool = True


METHODS: dict[str, Method] = {
    "align": Method(token.generate, token.METHOD),
    "annotate": Method(annotate.generate, annotate.METHOD),
    "lexicon": Method(lexicon.generate, lexicon.METHOD, aligns=False, pairs=False),
    "salad": Method(salad.generate, salad.METHOD, aligns=False),
}
"""Method of `make-token-cs` by name, but for `LLM`."""
LLM = "llm"
"""The method that makes the rows of a shard together, see `llm.rows.generate_all`."""


def method(name: str) -> Method:
    """Return a method by its name.

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
    return METHODS[name].sig
