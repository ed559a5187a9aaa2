"""The forms in which rows are trained on: which columns are read, and how their values become token ids.

Nothing here imports torch, so that the processes which tokenise stay small.
"""

from __future__ import annotations

from cscl_data.errors import InputError
from cscl_data.train.forms import plain_text, preferences, sft
from cscl_data.train.forms.base import Encode, Encoded, Form, Marks, Speech

FORMS: dict[str, Form] = {
    "causal-lm": plain_text.FORM,
    "sft": sft.FORM,
    "clo": preferences.FORM,
}
"""Form of the rows that an objective trains on, by the objective's name."""


def form_of_columns(names: list[str], where: str) -> str:
    """Return the objective whose rows a table holds, told from its columns (of preferences the chosen side is read).

    Raises:
        InputError: it holds none of them.
    """
    for objective, form in (("clo", preferences.FORM), ("sft", sft.FORM), ("causal-lm", plain_text.FORM)):
        if set(form.columns) <= set(names):
            return objective
    raise InputError(f"{where}: no column 'text', and no 'prompt' with 'response'", hint=f"its columns: {names}")


__all__ = ["FORMS", "Encode", "Encoded", "Form", "Marks", "Speech", "form_of_columns"]
