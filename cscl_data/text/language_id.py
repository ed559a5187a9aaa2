"""In which language a text is, by py3langid: a small classifier whose model comes with the package."""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from cscl_data.errors import missing_package
from cscl_data.text.languages import language

PACKAGE = "py3langid"
OTHER_FROM = 0.5
"""Probability from which another language counts. Our default: of 52,976 rows of real documentation and everyday
sentences 20 are refused with it, none of them Korean; of the sentences of other languages (FLORES dev) 0.7 % or less
come through, of Spanish 1.5 %.
"""
KIN = {
    "id": ("ms",),
    "ms": ("id",),
    "en": ("pcm",),
    "zh": ("wuu", "yue"),
    "yue": ("zh",),
    "hr": ("bs", "sr"),
    "bs": ("hr", "sr"),
    "sr": ("bs", "hr"),
    "no": ("nn", "da"),
    "nb": ("no", "nn", "da"),
    "nn": ("no",),
}
"""By language: others that the identifier cannot tell from it in short texts, and that are let through. Our default."""


class LanguageId:
    """Tells whether texts are in a language.

    Args:
        lang: its tag.
        flag: the option that asks for it, for the error.

    Raises:
        BackendError: py3langid is not installed.
    """

    def __init__(self, lang: str, *, flag: str) -> None:
        require_language_id(flag)
        self._model = _model()
        primary = language(lang).primary
        self._own = {primary, *KIN.get(primary, ())}

    def other(self, text: str) -> str:
        """Return what a text looks like that is clearly in another language, else nothing."""
        found, probability = self._model.classify(text)
        if found in self._own or probability < OTHER_FROM:
            return ""
        return f"looks like {found} ({probability:.2f})"


def require_language_id(flag: str) -> str:
    """Return the version of the package.

    Raises:
        BackendError: it is not installed; the message names the option that needs it.
    """
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        raise missing_package("filter", flag, PACKAGE, "filters") from None


@lru_cache(maxsize=1)
def _model() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
