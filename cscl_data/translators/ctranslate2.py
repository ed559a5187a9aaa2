"""CTranslate2 model directories: what it cuts, drops or reorders by default is counted, asked for, or put right."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from cscl_data.errors import BackendError, ConfigError
from cscl_data.io.stopwatch import TOKENISE, TRANSLATE, stage
from cscl_data.translators.base import Translation, file_signature
from cscl_data.translators.conversion import conversion_facts
from cscl_data.translators.decoding import Decoder, Output
from cscl_data.translators.families import END, Frame, detect_family, read_vocabulary
from cscl_data.translators.guards import UNREADABLE, has_loop
from cscl_data.translators.numbering import NumberedTokenizer
from cscl_data.translators.ordering import in_order
from cscl_data.translators.tokenization import PieceTokenizer, load_tokenizer

DEFAULT_BEAM_SIZE = 4
"""Our default: the beam's other hypotheses are what a bundle falls back on before it is sent again."""
DEFAULT_BATCH_TOKENS = 4096
"""Tokens of one batch, padding included. Our default."""

LOOP_PIECES = 3
"""No run of so many pieces comes twice when a translation is made again because it turned in circles. Our default."""

_BYTE = re.compile("<0x[0-9A-F]{2}>")
_MODEL_FILES = ("model.bin", "config.json", "cscl_model.json", "tokenizer_config.json")
_VOCABULARIES = ("shared_vocabulary", "source_vocabulary", "target_vocabulary")


class CTranslate2Translator:
    """A CTranslate2 model directory with its tokenizer.

    Texts are translated in batches of similar length, equal texts once. A text beyond the model's limit is not sent
    (`too_long`). The output limit depends on the text's own length alone; an output that reaches it is made again with
    more room, and is `truncated` if even then it has not ended. An output that turns in circles is made again without
    repeated runs of `LOOP_PIECES` pieces, and that one is taken if it ends and does not. One whose byte pieces spell no
    character is made again without such pieces.

    Args:
        directory: with model.bin, the vocabulary and the tokenizer.
        tokenizer: see `load_tokenizer`.
        device: `auto`, `cpu`, `cuda`, `cuda:1` or `cuda:0,1`; `auto` is cuda where there is one.
        compute_type: as CTranslate2 names them; `auto` is the fastest that the device has.
        beam_size: 1 or more.
        batch_tokens: tokens of one batch, padding included.
        inter_threads: batches at the same time, on each device; 0 is one per core of a CPU and one per GPU.
        intra_threads: threads of one batch (CPU).
        deterministic: translate every text in a batch of its own, so that its neighbours cannot change it.

    Raises:
        ConfigError: there is no such directory, no tokenizer, or no such device or compute type.
        BackendError: the directory holds no whole CTranslate2 model.
    """

    name = "ctranslate2"

    def __init__(
        self,
        directory: Path,
        *,
        tokenizer: str | None = None,
        device: str = "auto",
        compute_type: str = "auto",
        beam_size: int = DEFAULT_BEAM_SIZE,
        batch_tokens: int = DEFAULT_BATCH_TOKENS,
        inter_threads: int = 0,
        intra_threads: int = 1,
        deterministic: bool = False,
    ) -> None:
        check_directory(directory)
        self._directory = directory
        vocabulary = read_vocabulary(directory)
        self._bytes = [piece for piece in vocabulary if _BYTE.fullmatch(piece)]
        self._family = detect_family(directory, vocabulary)
        self._tokenizer: PieceTokenizer = load_tokenizer(directory, tokenizer)
        if self._family.numbering:
            self._tokenizer = NumberedTokenizer(self._tokenizer, self._family.numbering)
        self._tokenizer_name = tokenizer or "own"
        self._decoder = Decoder(
            directory,
            device=device,
            compute_type=compute_type,
            beam_size=beam_size,
            batch_tokens=batch_tokens,
            one_by_one=deterministic,
            inter_threads=inter_threads,
            intra_threads=intra_threads,
        )

    @cached_property
    def sig(self) -> str:
        """Hash the model's and the tokenizer's files, once."""
        return file_signature(signed_files(self._directory, self._tokenizer))

    @property
    def deterministic(self) -> bool:
        """Whether every text has a batch of its own."""
        return self._decoder.one_by_one

    @property
    def settings(self) -> Mapping[str, str | int | bool]:
        """Family, tokenizer, device and compute type as resolved, and the search."""
        named = self._tokenizer_name in ("own", "characters", "whitespace")
        return {
            "family": self._family.name,
            "tokenizer": self._tokenizer_name if named else "given",
            "device": self._decoder.device,
            "compute_type": self._decoder.compute_type,
            "beam_size": self._decoder.beam_size,
            "deterministic": self.deterministic,
        }

    @property
    def max_source_tokens(self) -> int | None:
        """The longest source that the model holds, special tokens included."""
        return self._family.max_source_tokens

    @property
    def max_bundle_fields(self) -> int | None:
        """The most fields of one bundle, if the model says it (`bundle_fields` of a model of ours)."""
        return self._family.bundle_fields

    def check_pair(self, source: str, target: str) -> None:
        """Return quietly if the model has both languages; one of a single pair does not say which, and takes any.

        Raises:
            ConfigError: it has not.
        """
        self._frame(source, target)

    def count_tokens(self, text: str, source: str, target: str) -> int:
        """Return the number of tokens that would be sent, special tokens included.

        Raises:
            ConfigError: the model does not have this pair.
        """
        frame = self._frame(source, target)
        return len(self._tokenizer.encode([text])[0]) + len(frame.before) + len(frame.after)

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translation]:
        """Translate each text; see `Translator.translate`.

        Raises:
            ConfigError: the model does not have this pair.
            BackendError: the model failed.
            RetryableBackendError: it ran out of memory.
        """
        frame = self._frame(source, target)
        done = {text: Translation(text) for text in texts if not text.strip()}
        distinct = [text for text in dict.fromkeys(texts) if text not in done]
        sources: dict[str, list[str]] = {}
        with stage(TOKENISE):
            encoded = self._tokenizer.encode(distinct) if distinct else []
        for text, pieces in zip(distinct, encoded, strict=True):
            if len(pieces) + len(frame.before) + len(frame.after) > self._family.max_source_tokens:
                done[text] = Translation("", problem="too_long")
            elif not pieces:
                done[text] = Translation("", problem="empty")
            else:
                sources[text] = [*frame.before, *pieces, *frame.after]
        outputs = dict(zip(sources, self._search(list(sources.values()), frame), strict=True))
        broken = [text for text, output in outputs.items() if self._breaks(output) and UNREADABLE not in text]
        whole = self._search([sources[text] for text in broken], frame, never=self._bytes) if broken else []
        outputs |= dict(zip(broken, whole, strict=True))
        loops = [text for text, output in outputs.items() if self._loops(output) and not has_loop(text)]
        without = self._search([sources[text] for text in loops], frame, no_repeat=LOOP_PIECES) if loops else []
        outputs |= {
            text: output
            for text, output in zip(loops, without, strict=True)
            if output.ended and not self._loops(output)
        }
        done |= {text: self._translation(output) for text, output in outputs.items()}
        return [done[text] for text in texts]

    def _search(
        self, sources: list[list[str]], frame: Frame, *, no_repeat: int = 0, never: Sequence[str] = ()
    ) -> list[Output]:
        most = self._family.max_target_tokens - len(frame.target_prefix) - 1
        with stage(TRANSLATE):
            outputs = self._decoder.run(
                sources, frame.target_prefix, most=most, end=END, no_repeat=no_repeat, never=never
            )
            if self._family.numbering:
                return in_order(self._decoder, sources, outputs, self._family.numbering, most=most)
            return outputs

    def _breaks(self, output: Output) -> bool:
        return bool(self._bytes) and UNREADABLE in self._text(output.pieces)

    def _loops(self, output: Output) -> bool:
        return has_loop(self._text(output.pieces))

    def _frame(self, source: str, target: str) -> Frame:
        try:
            return self._family.frame(source, target)
        except ConfigError as error:
            name = conversion_facts(self._directory).get("model", self._directory.name)
            raise ConfigError(f"{name}: {error.message}", hint=error.hint) from error

    def _translation(self, output: Output) -> Translation:
        text = self._text(output.pieces)
        problem = "" if text.strip() else "empty"
        found = dict.fromkeys(self._text(pieces) for pieces in output.others)
        others = tuple(other for other in found if other.strip() and other != text)
        return Translation(text if not problem else "", output.score, not output.ended, problem, others)

    def _text(self, pieces: Sequence[str]) -> str:
        return self._tokenizer.decode([piece for piece in pieces if not self._family.owns(piece)])


def check_directory(directory: Path) -> None:
    """Return quietly if a directory is a CTranslate2 model.

    Raises:
        ConfigError: there is no such directory.
        BackendError: it holds something else.
    """
    if not directory.is_dir():
        raise ConfigError(
            f"{directory}: no such model directory",
            hint="--model takes default, echo, replay:FILE, hub:ORG/NAME or a directory of CTranslate2 or transformers",
        )
    if (directory / "model.bin").is_file():
        return
    raise BackendError(f"{directory}: no model.bin in it, and no weights of transformers: not a translation model")


def signed_files(directory: Path, tokenizer: PieceTokenizer) -> list[Path]:
    """Return the files that decide what a model says."""
    names = [*_MODEL_FILES, *(f"{stem}.{ending}" for stem in _VOCABULARIES for ending in ("json", "txt"))]
    return sorted({path for name in names if (path := directory / name).is_file()} | set(tokenizer.files))
