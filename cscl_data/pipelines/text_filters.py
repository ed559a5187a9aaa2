"""What `make-mono` may keep out: texts of the wrong length or language, and texts that came before."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from typing import Any, Protocol

from cscl_data.errors import ConfigError, missing_package, unknown_name
from cscl_data.text.languages import language
from cscl_data.text.normal import folded

DEDUP = ("none", "exact", "near")
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
NEAR_PERMUTATIONS, NEAR_LETTERS = 128, 5
"""Hashes of a MinHash, and characters of a shingle (our defaults: shingles of words are no use without spaces)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterSettings:
    """Which texts are kept out.

    Attributes:
        min_chars: fewest characters, or None.
        max_chars: most characters, or None.
        min_tokens: fewest tokens of the budget's tokenizer, or None.
        max_tokens: most of them, or None.
        language_id: whether a text that is clearly in another language is refused.
        dedup: `none`; `exact`: the same text but for spaces and composition; `near`: one that shares most of its
            letters in a row with one before, too.
        near_threshold: share of shingles in common (Jaccard, estimated) that makes near-duplicates, in (0, 1].

    Raises:
        ConfigError: a value is out of range, or a name is unknown.
    """

    min_chars: int | None = None
    max_chars: int | None = None
    min_tokens: int | None = None
    max_tokens: int | None = None
    language_id: bool = False
    dedup: str = "none"
    near_threshold: float = 0.8

    def __post_init__(self) -> None:
        for unit, low, high in (
            ("chars", self.min_chars, self.max_chars),
            ("tokens", self.min_tokens, self.max_tokens),
        ):
            if (low is not None and low < 1) or (high is not None and high < (low or 1)):
                raise ConfigError(f"--min-{unit} and --max-{unit}: expected 1 <= {low or 1} <= {high}")
        if self.dedup not in DEDUP:
            raise unknown_name("value of --dedup", self.dedup, DEDUP)
        if not 0.0 < self.near_threshold <= 1.0:
            raise ConfigError(f"--near-threshold must be above 0 and at most 1, not {self.near_threshold}")

    def sig(self) -> str | None:
        """Return what `sig` says of the filters; None without any."""
        lengths = [
            f"{unit}.{low or ''}-{high or ''}"
            for unit, low, high in (
                ("chars", self.min_chars, self.max_chars),
                ("tokens", self.min_tokens, self.max_tokens),
            )
            if low is not None or high is not None
        ]
        near = f"near.{self.near_threshold:g}" if self.dedup == "near" else self.dedup
        named = [*lengths, *(["language"] if self.language_id else []), *([near] if self.dedup != "none" else [])]
        return "+".join(named) or None

    def versions(self) -> dict[str, str]:
        """Return the versions of the packages that decide.

        Raises:
            BackendError: one is not installed.
        """
        needed = {"py3langid": self.language_id, "datasketch": self.dedup == "near"}
        return {name: _version_of(name) for name, wanted in needed.items() if wanted}


class TextFilter(Protocol):
    """Looks at texts one after the other, in the order of the input."""

    def check(self, text: str, tokens: int) -> str:
        """Return why a text is kept out, or nothing."""
        ...

    def verdict(self, text: str, tokens: int) -> tuple[str, str]:
        """Return reason and detail of a text that `check` has kept out; it may have come before by now."""
        ...


def load_filters(settings: FilterSettings, lang: str) -> list[TextFilter]:
    """Return the filters for text in a language, in the order in which they are asked.

    Raises:
        BackendError: a package is not installed.
    """
    found: list[TextFilter] = []
    if settings.sig() is None:
        return found
    found.append(_Length(settings))
    if settings.language_id:
        found.append(_LanguageId(lang))
    if settings.dedup != "none":
        found.append(_Exact())
    if settings.dedup == "near":
        found.append(_Near(settings.near_threshold))
    return found


class _Length:
    def __init__(self, settings: FilterSettings) -> None:
        self._limits = settings

    def check(self, text: str, tokens: int) -> str:
        return self.verdict(text, tokens)[1]

    def verdict(self, text: str, tokens: int) -> tuple[str, str]:
        limits = self._limits
        for unit, found, low, high in (
            ("characters", len(text), limits.min_chars, limits.max_chars),
            ("tokens", tokens, limits.min_tokens, limits.max_tokens),
        ):
            if low is not None and found < low:
                return "guard_length", f"{found} {unit}, fewer than {low}"
            if high is not None and found > high:
                return "too_long", f"{found} {unit}, more than {high}"
        return "", ""


class _LanguageId:
    def __init__(self, lang: str) -> None:
        self._model = _identifier()
        primary = language(lang).primary
        self._own = {primary, *KIN.get(primary, ())}

    def check(self, text: str, tokens: int) -> str:
        found, probability = self._model.classify(text)
        if found in self._own or probability < OTHER_FROM:
            return ""
        return f"looks like {found} ({probability:.2f})"

    def verdict(self, text: str, tokens: int) -> tuple[str, str]:
        return "guard_language", self.check(text, tokens)


@cache
def _identifier() -> Any:
    """Return the identifier, which takes seconds to load, once for all languages."""
    _version_of("py3langid")
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


class _Exact:
    def __init__(self) -> None:
        self._seen: set[bytes] = set()

    def check(self, text: str, tokens: int) -> str:
        key = blake2b(folded(text).encode("utf-8", "surrogatepass"), digest_size=8).digest()
        if key in self._seen:
            return "the same text came before"
        self._seen.add(key)
        return ""

    def verdict(self, text: str, tokens: int) -> tuple[str, str]:
        return "duplicate", "the same text came before"


class _Near:
    def __init__(self, threshold: float) -> None:
        _version_of("datasketch")
        from datasketch import MinHash, MinHashLSH

        self._empty: Any = MinHash(num_perm=NEAR_PERMUTATIONS, seed=1, hashfunc=zlib.crc32)
        self._index: Any = MinHashLSH(threshold=threshold, num_perm=NEAR_PERMUTATIONS)
        self._n = 0

    def check(self, text: str, tokens: int) -> str:
        """Compare with all texts that were let through.

        Source:
            broder-1997-resemblance (MinHash). Shingles, permutations and threshold are our defaults.
        """
        letters = folded(text).lower()
        shingles = {letters[i : i + NEAR_LETTERS].encode() for i in range(max(1, len(letters) - NEAR_LETTERS + 1))}
        hashes = self._empty.copy()
        hashes.update_batch(sorted(shingles))
        if self._index.query(hashes):
            return "nearly the same text came before"
        self._index.insert(self._n, hashes, check_duplication=False)
        self._n += 1
        return ""

    def verdict(self, text: str, tokens: int) -> tuple[str, str]:
        return "duplicate", "nearly the same text came before"


def _version_of(package: str) -> str:
    from importlib.metadata import PackageNotFoundError

    try:
        return version(package)
    except PackageNotFoundError:
        flag = "--language-id" if package == "py3langid" else "--dedup near"
        raise missing_package("filter", flag, package, "filters") from None
