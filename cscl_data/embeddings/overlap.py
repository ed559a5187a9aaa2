"""Which tokens of the target vocabulary the source vocabulary has too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from cscl_data.embeddings.canonical import Form, forms_of, is_byte, spells_a_byte

ROLES = ("bos_token", "eos_token", "pad_token", "unk_token", "cls_token", "sep_token", "mask_token")
_STAND_INS = {
    "bos_token": ("cls_token", "eos_token"),
    "eos_token": ("sep_token",),
    "pad_token": ("eos_token",),
    "cls_token": ("bos_token", "eos_token"),
    "sep_token": ("eos_token",),
}
"""Roles of the source that serve where it has none of that name, the first that it has (our default)."""
MATCHES = ("exact", "symbols", "loose")


class Overlap(NamedTuple):
    """Target ids and the source ids of the same tokens, in the order of target ids.

    Attributes:
        pairs: source id by target id.
        kinds: `exact`, `symbols`, `loose` or `special`, by target id.
        unmatched_special: special target tokens that the source has nothing for.
    """

    pairs: dict[int, int]
    kinds: dict[int, str]
    unmatched_special: tuple[int, ...]


def find_overlap(source: Any, target: Any, *, match: str = "symbols") -> Overlap:
    """Match two tokenizers of `transformers`.

    Args:
        source: the model's own.
        target: the new one.
        match: `exact`: the same text, both at a word's beginning or both not. `symbols`: tokens without letters match
            whether a word begins with them or not, for WordPiece does not say. `loose`: so do all others. An exact
            match goes before; of several the one that is spelt the same wins, else the lowest source id, but those
            that stand for a byte last, for text that has a token of its own never uses them.

    Source:
        dobler-de-melo-2023-focus (exact, fuzzy and symbol match).
    """
    special = _match_special(source, target)
    ours, spelt = forms_of(source), source.get_vocab()
    by_form: dict[Form, int] = {}
    by_text: dict[str, int] = {}
    tokens = {number: token for token, number in spelt.items()}
    for number, form in sorted(ours.items(), key=lambda item: spells_a_byte(tokens[item[0]])):
        by_form.setdefault(form, number)
        by_text.setdefault(form.text, number)
    kinds = {number: "special" for number, own in special.items() if own is not None}
    pairs = {number: own for number, own in special.items() if own is not None}
    for number, form in forms_of(target).items():
        if form in by_form:
            twin = spelt.get(target.convert_ids_to_tokens(number), -1)
            pairs[number], kinds[number] = twin if ours.get(twin) == form else by_form[form], "exact"
        elif form.text in by_text and form.text and (match == "loose" or _is_symbol(form.text, match)):
            pairs[number], kinds[number] = by_text[form.text], match
    return Overlap(
        dict(sorted(pairs.items())),
        dict(sorted(kinds.items())),
        tuple(number for number, own in special.items() if own is None),
    )


def _is_symbol(text: str, match: str) -> bool:
    return match == "symbols" and not any(char.isalpha() or is_byte(char) for char in text)


def _match_special(source: Any, target: Any) -> dict[int, int | None]:
    """Return the source id of every special target token: of the same string, else of the same role, else None."""
    theirs = _special(source)
    found: dict[int, int | None] = {}
    for token, number in _special(target).items():
        roles = [role for role in ROLES if getattr(target, role, None) == token]
        wanted = [name for role in roles for name in (role, *_STAND_INS.get(role, ()))]
        by_role = (getattr(source, f"{role}_id", None) for role in wanted)
        own = next((number for number in by_role if number is not None), None)
        found[number] = own if own is not None else theirs.get(token)
    return dict(sorted(found.items()))


def _special(tokenizer: Any) -> Mapping[str, int]:
    added = getattr(tokenizer, "added_tokens_decoder", {})
    numbers = {*tokenizer.all_special_ids, *(number for number, token in added.items() if token.special)}
    return {tokenizer.convert_ids_to_tokens(number): number for number in sorted(numbers)}
