"""Subword pieces and back: the tokenizers that translation models come with."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from cscl_data.errors import BackendError, ConfigError

_SPACE = "▁"
_SHARED = ("spm.model", "sentencepiece.bpe.model", "sentencepiece.model", "spiece.model", "tokenizer.model")
_SPECIAL = frozenset({"<s>", "</s>", "<pad>", "<unk>", "<blank>"})


class PieceTokenizer(Protocol):
    """Texts to pieces, as strings, without special tokens; and the pieces of a translation to text."""

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that decide the pieces."""
        ...

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        """Return the pieces of each text, in order."""
        ...

    def decode(self, pieces: Sequence[str]) -> str:
        """Return the text that the pieces of a translation spell."""
        ...


class SentencePieceTokenizer:
    """SentencePiece: one model for both sides, or one each as in OPUS-MT.

    Args:
        source: the source side's model.
        target: the target side's model; `source` when left out.

    Raises:
        BackendError: a file is no SentencePiece model.
    """

    def __init__(self, source: Path, target: Path | None = None) -> None:
        self.files = (source, target) if target else (source,)
        self._source = _sentencepiece(source)
        self._target = _sentencepiece(target) if target else self._source

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        """Return the pieces of each text."""
        pieces: list[list[str]] = self._source.encode([_encodable(text) for text in texts], out_type=str)
        return pieces

    def decode(self, pieces: Sequence[str]) -> str:
        """Return the text; special tokens are left out."""
        return str(self._target.decode([piece for piece in pieces if piece not in _SPECIAL]))


class HuggingFaceTokenizer:
    """A `tokenizer.json`.

    Raises:
        BackendError: the file is no tokenizer.
    """

    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer

        self.files = (path,)
        try:
            self._tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:
            raise BackendError(f"{path}: not a tokenizer.json ({error})") from error
        self._tokenizer.encode_special_tokens = True
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        """Return the pieces of each text; special tokens written in a text count as text."""
        encoded = self._tokenizer.encode_batch([_encodable(text) for text in texts], add_special_tokens=False)
        return [list(one.tokens) for one in encoded]

    def decode(self, pieces: Sequence[str]) -> str:
        """Return the text; special tokens and pieces outside the vocabulary are left out."""
        ids = [self._tokenizer.token_to_id(piece) for piece in pieces if piece not in _SPECIAL]
        return str(self._tokenizer.decode([number for number in ids if number is not None], skip_special_tokens=True))


class CharacterTokenizer:
    """One token per character, `▁` for a space."""

    files: tuple[Path, ...] = ()

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        """Return the characters of each text."""
        return [[_SPACE if char == " " else char for char in text] for text in texts]

    def decode(self, pieces: Sequence[str]) -> str:
        """Join the characters."""
        return "".join(piece for piece in pieces if piece not in _SPECIAL).replace(_SPACE, " ")


class WhitespaceTokenizer:
    """Tokens with spaces between them, for models of text that is tokenised beforehand."""

    files: tuple[Path, ...] = ()

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        """Return the words of each text."""
        return [text.split() for text in texts]

    def decode(self, pieces: Sequence[str]) -> str:
        """Join the words by single spaces."""
        return " ".join(piece for piece in pieces if piece not in _SPECIAL)


def load_tokenizer(directory: Path, option: str | None = None) -> PieceTokenizer:
    """Find the tokenizer of a model directory.

    Args:
        directory: of a CTranslate2 model.
        option: `characters`, `whitespace`, or the path of a SentencePiece model, a tokenizer.json or a directory with
            one of them; without it the model's own directory is searched.

    Raises:
        ConfigError: there is none.
        BackendError: a file is no tokenizer.
    """
    if option == "characters":
        return CharacterTokenizer()
    if option == "whitespace":
        return WhitespaceTokenizer()
    place = Path(option) if option else directory
    if not place.exists():
        raise ConfigError(f"--tokenizer {option}: no such file or directory")
    if place.is_file():
        return HuggingFaceTokenizer(place) if place.suffix == ".json" else SentencePieceTokenizer(place)
    source, target = place / "source.spm", place / "target.spm"
    if source.is_file() and target.is_file():
        return SentencePieceTokenizer(source, target)
    for name in _SHARED:
        if (place / name).is_file():
            return SentencePieceTokenizer(place / name)
    if (place / "tokenizer.json").is_file():
        return HuggingFaceTokenizer(place / "tokenizer.json")
    raise ConfigError(
        f"{place}: no tokenizer in it ({', '.join(('source.spm with target.spm', *_SHARED, 'tokenizer.json'))})",
        hint="--tokenizer PATH, --tokenizer characters or --tokenizer whitespace says how its text becomes tokens",
    )


def _sentencepiece(path: Path) -> Any:
    from sentencepiece import SentencePieceProcessor

    if not os.path.getsize(path):  # noqa: PTH202 - an empty file would load as an empty model
        raise BackendError(f"{path}: empty")
    try:
        return SentencePieceProcessor(model_file=str(path))
    except (RuntimeError, OSError) as error:
        raise BackendError(f"{path}: not a SentencePiece model ({error})") from error


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
