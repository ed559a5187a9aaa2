"""Model families: which special tokens stand around a sentence, and what each calls a language."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from cscl_data.errors import BackendError, ConfigError
from cscl_data.text.languages import language
from cscl_data.translators.numbering import Numbering

END = "</s>"
_MAX_SOURCE_TOKENS = {"marian": 512, "m2m100": 1024, "nllb": 1024, "mbart": 1024, "t5": 512}
_CLASSES = {"marian": "marian", "m2m100": "m2m100", "nllb": "nllb", "t5": "t5", "mbart": "mbart"}
_LANGUAGE_TOKENS = {
    "nllb": re.compile(r"[a-z]{3}_[A-Z][a-z]{3}"),
    "m2m100": re.compile(r"__[a-z]{2,3}__"),
    "mbart": re.compile(r"[a-z]{2}_[A-Z]{2}"),
    "t5": re.compile(r"<2[A-Za-z_]+>"),
    "marian": re.compile(r">>[A-Za-z_]+<<"),
}
_FILLER = re.compile(r"madeupword\d+")


class Frame(NamedTuple):
    """The tokens before and after the pieces of a source sentence, and those the output has to begin with."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    target_prefix: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What a model directory says of itself.

    `name` is marian, m2m100, nllb, mbart, t5, cscl or plain (tokens without any frame). `languages` are its language
    tokens; empty for a model of one pair. `directions` are the pairs it declares, if it does. `source_last` is true
    for the first mBART, whose source token stands behind the sentence. `numbering` is how a model of ours counts
    indicators, and `bundle_fields` how many fields it was made to hold together.
    """

    name: str
    languages: frozenset[str] = frozenset()
    directions: tuple[tuple[str, str], ...] = ()
    max_source_tokens: int = 1024
    max_target_tokens: int = 1024
    source_prefix: str = ""
    source_last: bool = False
    numbering: Numbering | None = None
    bundle_fields: int | None = None

    def frame(self, source: str, target: str) -> Frame:
        """Return the tokens around a sentence from `source` to `target` (language tags).

        Raises:
            ConfigError: the model does not have this pair.
        """
        if self.directions and (language(source).tag, language(target).tag) not in self.directions:
            pairs = ", ".join(f"{one} to {other}" for one, other in self.directions)
            raise ConfigError(f"this model does not translate from {source} to {target}. It has: {pairs}")
        match self.name:
            case "m2m100" | "nllb":
                return Frame((self._token(source),), (END,), (self._token(target),))
            case "mbart" if self.source_last:
                return Frame((), (END, self._token(source)), (self._token(target),))
            case "mbart":
                return Frame((self._token(source),), (END,), (self._token(target),))
            case "t5":
                return Frame((self._token(target),), (END,), ())
            case "marian":
                return Frame((self._token(target),) if self.languages else (), (END,), ())
            case "cscl":
                return Frame((self._prefix(language(source).tag, language(target).tag),), (END,), ())
            case _:
                return Frame((), (), ())

    def owns(self, piece: str) -> bool:
        """Tell whether a piece of the output is a language token or a filler of the vocabulary, and no text."""
        return piece in self.languages or _FILLER.fullmatch(piece) is not None

    def _prefix(self, source: str, target: str) -> str:
        return self.source_prefix.replace("{source}", source).replace("{target}", target)

    def _token(self, tag: str) -> str:
        for token in _names(self.name, tag, self.languages):
            if token in self.languages:
                return token
        known = ", ".join(sorted(self.languages)[:12])
        more = f" and {len(self.languages) - 12} more" if len(self.languages) > 12 else ""
        raise ConfigError(f"this {self.name} model does not have the language {tag}. It has: {known}{more}")


def detect_family(directory: Path, vocabulary: Sequence[str]) -> Family:
    """Find out which family a CTranslate2 directory is of, from its own files and its language tokens.

    Args:
        directory: the model's directory.
        vocabulary: its source vocabulary.

    Raises:
        BackendError: cscl_model.json is damaged, or a T5 model has no language tokens.
    """
    own = _json(directory / "cscl_model.json")
    if own:
        return _own_family(directory, own)
    tokenizer = _json(directory / "tokenizer_config.json")
    said = str(tokenizer.get("tokenizer_class", "")).lower()
    name = next((family for start, family in _CLASSES.items() if said.startswith(start)), "")
    name = name or _by_tokens(vocabulary) or ("marian" if (directory / "source.spm").is_file() else "plain")
    tokens = _LANGUAGE_TOKENS.get(name)
    languages = frozenset(token for token in vocabulary if tokens.fullmatch(token)) if tokens else frozenset()
    if name == "t5" and not languages:
        raise BackendError(f"{directory}: a T5 model without language tokens such as <2ko>; MADLAD-400 has them")
    limit = _limit(name, tokenizer)
    return Family(
        name=name,
        languages=languages,
        max_source_tokens=limit,
        max_target_tokens=limit,
        source_last=name == "mbart" and said.startswith("mbarttokenizer"),
    )


def read_vocabulary(directory: Path) -> list[str]:
    """Return the source vocabulary of a CTranslate2 directory.

    Raises:
        BackendError: there is none, or it cannot be read.
    """
    for stem in ("shared_vocabulary", "source_vocabulary"):
        listed = directory / f"{stem}.json"
        lines = directory / f"{stem}.txt"
        if listed.is_file():
            loaded = _loaded(listed)
            if isinstance(loaded, list):
                return [str(token) for token in loaded]
            raise BackendError(f"{listed}: expected a list of tokens")
        if lines.is_file():
            return lines.read_text("utf-8", errors="replace").split("\n")
    raise BackendError(f"{directory}: no source_vocabulary or shared_vocabulary in it: not a whole CTranslate2 model")


def _by_tokens(vocabulary: Sequence[str]) -> str:
    for name, tokens in _LANGUAGE_TOKENS.items():
        if sum(1 for token in vocabulary if tokens.fullmatch(token)) > 1:
            return name
    return ""


def _names(family: str, tag: str, known: frozenset[str]) -> list[str]:
    found = language(tag)
    short = found.m2m or found.primary
    match family:
        case "nllb":
            return [found.nllb or ""]
        case "m2m100":
            return [f"__{short}__"]
        case "mbart":
            return sorted(token for token in known if token.startswith(f"{short}_"))
        case "t5":
            return [f"<2{found.tag.replace('-', '_')}>", f"<2{short}>"]
        case _:
            codes = [found.flores[:3] if found.flores else "", found.opus or "", found.primary, (found.flores or "")]
            return [f">>{code}<<" for code in codes if code]


def _limit(name: str, tokenizer: Mapping[str, Any]) -> int:
    default = _MAX_SOURCE_TOKENS.get(name, 1024)
    said = tokenizer.get("model_max_length")
    return min(said, default) if isinstance(said, int) and said > 0 else default


def _own_family(directory: Path, own: Mapping[str, Any]) -> Family:
    try:
        pairs = tuple((language(source).tag, language(target).tag) for source, target in own["directions"])
        limit = int(own["max_source_tokens"])
        counted, fields = own.get("numbered_indicators"), own.get("bundle_fields")
        return Family(
            name="cscl",
            directions=pairs,
            source_prefix=str(own["source_prefix"]),
            max_source_tokens=limit,
            max_target_tokens=int(own.get("max_target_tokens", limit)),
            numbering=Numbering(tuple(counted["indicators"]), int(counted["most"])) if counted else None,
            bundle_fields=None if fields is None else max(1, int(fields)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BackendError(
            f"{directory / 'cscl_model.json'}: {error!r} in it: not of the form it should have"
        ) from error


def _json(path: Path) -> dict[str, Any]:
    loaded = _loaded(path) if path.is_file() else {}
    return loaded if isinstance(loaded, dict) else {}


def _loaded(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BackendError(f"{path}: cannot be read ({error})") from error
