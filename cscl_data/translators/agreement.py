"""Whether a conversion is still the same model: both answer real sentences, those of the shipped example.

A conversion that succeeds can be another model: CTranslate2's loader of Marian, for one, drops the last row of the
embeddings, which it takes for padding, and starts from zeros where a model of another origin starts from that row. So
a conversion is only used if greedy search gives the same outputs in float32 as the original in PyTorch, both on a CPU,
if the tokens that we send are those of the original's tokenizer, and if what the compute type makes of the weights
still says much the same.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from cscl_data.errors import BackendError, ConfigError
from cscl_data.io.hub import quiet_transformers
from cscl_data.text.languages import known_languages, language
from cscl_data.translators.decoding import Decoder
from cscl_data.translators.families import END, Family, Frame, detect_family, read_vocabulary
from cscl_data.translators.tokenization import load_tokenizer

MIN_SAME = 0.95
"""The least share of sentences whose float32 outputs are equal, and of those whose tokens are. Our default."""
MIN_OVERLAP = 0.7
"""The least F1 of the output's pieces between the compute type and the original. Our default: int8 leaves the shipped
model 0.87 to 0.93, and its outputs in two languages have 0.11 and 0.22 in common."""
EVERY = 3
"""Every third sentence of the example is asked for: 68 of 204."""
COMPARED = 40
"""So many pieces of an output count: later, rounding has had time to grow. Our default."""

_ROOM = 48  # pieces for an output, a little more than are compared
_BATCH = 16
_EXAMPLES = ("en", "ko", "ja", "id")
_TARGETS = ("ko", "ja", "id", "en", "de", "fr", "es", "zh-Hans")

Ids = list[int]


class Agreement(NamedTuple):
    """How far a conversion agrees with its original on `sentences` sentences; the rest are shares of 1.

    `tokens` have the same tokens, `outputs` the same float32 output; `overlap` is the F1 of the pieces of the outputs
    that the compute type gives.
    """

    sentences: int
    tokens: float
    outputs: float
    overlap: float

    def check(self, name: str, compute_type: str) -> None:
        """Return quietly if the conversion may be used.

        Raises:
            BackendError: it is another model, or the compute type makes it one; with the figures.
        """
        if not self.tokens >= MIN_SAME:
            raise BackendError(
                f"{name}: not used: its own tokenizer gives the same tokens as ours for {self.tokens:.0%} of "
                f"{self.sentences} real sentences, at least {MIN_SAME:.0%} are asked for"
            )
        if not self.outputs >= MIN_SAME:
            raise BackendError(
                f"{name}: not used: CTranslate2 makes another model of it; greedy outputs are the same for "
                f"{self.outputs:.0%} of {self.sentences} real sentences, at least {MIN_SAME:.0%} are asked for"
            )
        if not self.overlap >= MIN_OVERLAP:
            raise BackendError(
                f"{name}: not used as {compute_type}: its outputs share {self.overlap:.0%} of their pieces with the "
                f"original's on {self.sentences} real sentences, at least {MIN_OVERLAP:.0%} are asked for",
                hint="--compute-type float32 (models convert: --quantization float32) keeps the weights",
            )


class Questions:
    """The sentences that both models are asked, as token ids.

    Args:
        original: a `transformers` directory.
        converted: what CTranslate2 made of it, with the tokenizer's files.
        name: what messages call the model.

    Raises:
        BackendError: the original's tokenizer cannot be loaded, or the model has no language of the example.
    """

    def __init__(self, original: Path, converted: Path, name: str) -> None:
        vocabulary = read_vocabulary(converted)
        self.family = detect_family(converted, vocabulary)
        self._name = name
        self._number = {piece: number for number, piece in enumerate(vocabulary)}
        source, target = _pair(self.family, original, name)
        self.frame: Frame = self.family.frame(source, target)
        sentences = _example(source)
        pieces = load_tokenizer(converted).encode(sentences)
        self.sources = [[*self.frame.before, *one, *self.frame.after] for one in pieces]
        self.ids = [self.number(one) for one in self.sources]
        theirs = _tokens_of_original(original, sentences, self.frame, self.family, name)
        begin = len(self.frame.before) if self.family.name == "t5" else 0  # the language token is ours to put there
        self.same_tokens = _share(a[begin:] == b for a, b in zip(self.ids, theirs, strict=True))

    def number(self, pieces: Sequence[str]) -> Ids:
        """Return the numbers of pieces in the vocabulary; pieces outside it are unknown."""
        unknown = self._number.get("<unk>", -1)
        return [self._number.get(piece, unknown) for piece in pieces]

    def ask_original(self, directory: Path) -> list[Ids]:
        """Return the outputs of the original, without prefix and end.

        Raises:
            BackendError: it cannot be loaded or run.
        """
        with quiet_transformers():
            try:
                return self._generate(directory)
            except Exception as error:
                raise BackendError(f"{self._name}: transformers cannot run it ({first_line(error)})") from error

    def ask_converted(self, directory: Path, *, compute_type: str, device: str) -> list[Ids]:
        """Return the outputs of a conversion, without prefix and end.

        Raises:
            ConfigError: there is no such device or compute type here.
            BackendError: CTranslate2 cannot load it.
        """
        try:
            decoder = Decoder(
                directory,
                device=device,
                compute_type=compute_type,
                beam_size=1,
                batch_tokens=1024,
                one_by_one=False,
                inter_threads=0,
                intra_threads=1,
            )
        except BackendError as error:
            raise BackendError(f"{self._name}: {error.message.partition(': ')[2]}") from error
        outputs = decoder.run(self.sources, self.frame.target_prefix, most=_ROOM, end=END)
        return [self.number(output.pieces)[:COMPARED] for output in outputs]

    def _generate(self, directory: Path) -> list[Ids]:
        import torch
        from transformers import AutoModelForSeq2SeqLM, GenerationConfig

        model = AutoModelForSeq2SeqLM.from_pretrained(
            str(directory), dtype=torch.float32, trust_remote_code=False
        ).eval()
        said = model.generation_config
        prefix, end = self.number(self.frame.target_prefix), self._number[END]
        start = said.decoder_start_token_id
        start = model.config.decoder_start_token_id if start is None else start
        begun = prefix if self.family.source_last else [start, *prefix]
        pad = model.config.pad_token_id if model.config.pad_token_id is not None else end
        model.generation_config = GenerationConfig(
            num_beams=1,
            do_sample=False,
            min_new_tokens=0 if len(begun) > 1 else 1,  # CTranslate2 counts what is begun
            max_new_tokens=_ROOM,
            decoder_start_token_id=begun[0],
            eos_token_id=end,
            pad_token_id=pad,
            bad_words_ids=said.bad_words_ids,
            suppress_tokens=None if "<pad>" in self._number else [pad],  # OPUS-MT never says its padding
        )
        outputs: list[Ids] = []
        for at in range(0, len(self.ids), _BATCH):
            batch = self.ids[at : at + _BATCH]
            width = max(len(ids) for ids in batch)
            rows = torch.tensor([[*ids, *[pad] * (width - len(ids))] for ids in batch])
            mask = torch.tensor([[1] * len(ids) + [0] * (width - len(ids)) for ids in batch])
            first = torch.tensor([begun] * len(batch))
            with torch.no_grad():
                made = model.generate(input_ids=rows, attention_mask=mask, decoder_input_ids=first).tolist()
            outputs += [_until(row[len(begun) :], end)[:COMPARED] for row in made]
        return outputs


def agreement(theirs: Sequence[Ids], ours: Sequence[Ids], quantised: Sequence[Ids], tokens: float) -> Agreement:
    """Return how far outputs agree: the original's, the conversion's in float32, and those of its compute type."""
    equal = _share(one == other for one, other in zip(theirs, ours, strict=True))
    shared = sum(sum((Counter(a) & Counter(b)).values()) for a, b in zip(theirs, quantised, strict=True))
    both = sum(len(a) + len(b) for a, b in zip(theirs, quantised, strict=True))
    return Agreement(len(theirs), tokens, equal, 2 * shared / both if both else 1.0)


def first_line(error: Exception) -> str:
    """Return the first line of an error's message, or its name where it has none."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _pair(family: Family, original: Path, name: str) -> tuple[str, str]:
    """Return the first pair that the model has, from the language it says it reads, else from English."""
    said = _stated_source(original)
    targets = dict.fromkeys([*_TARGETS, *(entry.tag for entry in known_languages().values())])
    for source in dict.fromkeys([*([said] if said in _EXAMPLES else []), *_EXAMPLES]):
        for target in targets:
            if target == source:
                continue
            try:
                family.frame(source, target)
            except ConfigError:
                continue
            return source, target
    raise BackendError(f"{name}: has none of the languages that conversions are tried on: {', '.join(_EXAMPLES)}")


def _stated_source(original: Path) -> str:
    try:
        said = json.loads((original / "tokenizer_config.json").read_text(encoding="utf-8")).get("source_lang") or ""
        return language(said).primary if said else ""
    except (OSError, ValueError, AttributeError, ConfigError):
        return ""


def _example(source: str) -> list[str]:
    other = "ko" if source == "en" else source
    text = (files("cscl_data.assets") / "example" / f"bitext.en-{other}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line)["translation"][source] for line in text.splitlines()[::EVERY]]


def _tokens_of_original(original: Path, sentences: Sequence[str], frame: Frame, family: Family, name: str) -> list[Ids]:
    from transformers import AutoTokenizer

    codes = [token.strip("_") for token in (*frame.before, *frame.after) if token in family.languages]
    named = {"src_lang": codes[0]} if codes and family.name in ("m2m100", "nllb", "mbart") else {}
    lead = f"{frame.before[0]} " if frame.before and family.name == "marian" else ""
    with quiet_transformers():
        try:
            tokenizer: Any = AutoTokenizer.from_pretrained(str(original), trust_remote_code=False, **named)
            return [list(tokenizer(lead + sentence)["input_ids"]) for sentence in sentences]
        except Exception as error:
            raise BackendError(f"{name}: its tokenizer cannot be loaded ({first_line(error)})") from error


def _until(ids: Ids, end: int) -> Ids:
    return ids[: ids.index(end)] if end in ids else ids


def _share(same: Iterable[bool]) -> float:
    marks = list(same)
    return sum(marks) / max(1, len(marks))
