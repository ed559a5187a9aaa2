"""What a language model is told; our own wording."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from cscl_data.generators.item import Side
from cscl_data.text.languages import language

FREE, GUIDED = "free", "guided"
MODES = (FREE, GUIDED)
Messages = list[dict[str, str]]

_SYSTEM = (
    "You write code-switched sentences for training language models, the way people who are at home in both "
    "languages write them. You answer with one sentence and nothing else."
)
_TASK = """\
{matrix_name} sentence:
{matrix}

{embedded_name} translation:
{embedded}

Rewrite the {matrix_name} sentence with some of its words in {embedded_name}.
- {matrix_name} gives the word order, the grammar and the small words. Switch content words.
{amount}
- Take every {embedded_name} word from the translation above, in the sense that it has there.
- Everything that is not switched stays exactly as it is: words, numbers, names, code, links, punctuation.
- A word that is switched is replaced, not repeated: do not put both languages side by side.{rules}
- Answer with the rewritten sentence alone: no quotes, no label, no note, no translation."""
_FREE_AMOUNT = "- Switch about {wanted} of the {n_words} words."
_GUIDED_AMOUNT = """\
- Switch these, and nothing else ({matrix_name} = {embedded_name}):
{units}"""
_RULES = {
    ("ko", "matrix"): (
        "\n- Keep the Korean particles and endings behind a switched word, without a space, in the form that its sound "
        "asks for (system은, data를); a verb is switched as a noun with 하다 (call하는)."
    ),
    ("ko", "embedded"): "\n- Korean nouns are switched in without their particles.",
    ("ja", "matrix"): (
        "\n- Keep the Japanese particles behind a switched word, without a space; a verb is switched as a noun "
        "with する."
    ),
    ("ja", "embedded"): "\n- Japanese nouns are switched in without their particles.",
}
_UNTOUCHED = "\n- These stay as they are: {spans}"
_AGAIN = "That answer cannot be used: {faults}. Write the sentence again by all the rules, and answer with it alone."


def prompt_hash(mode: str) -> str:
    """Return 8 hex digits of the wording of a mode, with that of the second try."""
    amount = _FREE_AMOUNT if mode == FREE else _GUIDED_AMOUNT
    wording = [_SYSTEM, _TASK, amount, *(f"{key}{rule}" for key, rule in _RULES.items()), _UNTOUCHED, _AGAIN]
    return sha256("\x1f".join(wording).encode()).hexdigest()[:8]


def first_messages(frame: Side, other: Side, amount: str) -> Messages:
    """Return the messages that ask for a sentence.

    Args:
        frame: the side that gives the order.
        other: its translation.
        amount: how much is to be switched, from `free_amount` or `guided_amount`.
    """
    sides = ((language(frame.lang).primary, "matrix"), (language(other.lang).primary, "embedded"))
    task = _TASK.format(
        matrix_name=language(frame.lang).name,
        embedded_name=language(other.lang).name,
        matrix=frame.text.strip(),
        embedded=other.text.strip(),
        amount=amount,
        rules="".join(_RULES.get(side, "") for side in sides) + _untouched(frame),
    )
    return [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": task}]


def free_amount(wanted: int, n_words: int) -> str:
    """Say how many of the matrix words are to be switched."""
    return _FREE_AMOUNT.format(wanted=wanted, n_words=n_words)


def guided_amount(frame: Side, other: Side, units: Sequence[tuple[str, str]]) -> str:
    """Say which words are to be switched, as matrix and embedded words."""
    return _GUIDED_AMOUNT.format(
        matrix_name=language(frame.lang).name,
        embedded_name=language(other.lang).name,
        units="\n".join(f"  {ours} = {theirs}" for ours, theirs in units),
    )


def again(messages: Messages, answer: str, faults: Sequence[str]) -> Messages:
    """Return the messages that ask once more after an answer that cannot be used, with what is wrong in it."""
    return [
        *messages,
        {"role": "assistant", "content": answer},
        {"role": "user", "content": _AGAIN.format(faults="; ".join(faults))},
    ]


def _untouched(frame: Side) -> str:
    spans = dict.fromkeys(frame.text[word.start : word.end] for word in frame.words if word.kind == "protected")
    return _UNTOUCHED.format(spans=", ".join(spans)) if spans else ""
