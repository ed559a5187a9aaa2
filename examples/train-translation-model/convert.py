"""Writing a trained model as a CTranslate2 directory, and proving that it is the same model.

The weights go straight into a ``TransformerSpec``, row for row. (Converters that pass through another library's class
may not: the Marian loader, for one, drops the last vocabulary row and starts from a zero embedding.) The result is
accepted only if it decodes real sentences as PyTorch does.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ctranslate2
import torch
from batches import END, PAD, START, encode_source, pad
from ctranslate2.specs import TransformerSpec
from model import Attention, FeedForward, ModelOptions, Translator
from tokenizer import NUMBERING, Tokenizer, language_token
from torch import Tensor, nn

BUNDLE_FIELDS = 5
"""Fields that ``translate-bundle`` puts into one bundle. Nine of ten training bundles have as many or fewer; in longer
ones a small model begins to leave fields out."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Share of sentences that a converted model decodes greedily as PyTorch does."""

    compute_type: str
    sentences: int
    equal: int

    @property
    def share(self) -> float:
        """Equal outputs among all."""
        return self.equal / self.sentences


def _array(tensor: Tensor) -> Any:
    """Copies a tensor: ``optimize`` scales the arrays of a specification in place, which would ruin the live model."""
    return tensor.detach().float().numpy().copy()


def _set_linear(spec: Any, layer: nn.Linear) -> None:
    spec.weight = _array(layer.weight)
    spec.bias = _array(layer.bias)


def _set_norm(spec: Any, layer: nn.LayerNorm) -> None:
    spec.gamma = _array(layer.weight)
    spec.beta = _array(layer.bias)


def _set_attention(spec: Any, attention: Attention) -> None:
    _set_norm(spec.layer_norm, attention.norm)
    for part, layer in zip(spec.linear, [*attention.project, attention.out], strict=True):
        _set_linear(part, layer)


def _set_feed_forward(spec: Any, block: FeedForward) -> None:
    _set_norm(spec.layer_norm, block.norm)
    _set_linear(spec.linear_0, block.first)
    _set_linear(spec.linear_1, block.second)


def build_spec(model: Translator, tokenizer: Tokenizer) -> TransformerSpec:
    """Copies a model into a CTranslate2 specification.

    Args:
        model: Trained model, on CPU in float32.
        tokenizer: Its tokenizer, whose pieces in order are the vocabulary.
    """
    options = model.options
    spec = TransformerSpec.from_config((options.encoder_layers, options.decoder_layers), options.heads, pre_norm=True)
    embedding = _array(model.embedding.weight)
    spec.encoder.embeddings[0].weight = embedding
    spec.decoder.embeddings.weight = embedding
    spec.decoder.projection.weight = embedding
    spec.decoder.projection.bias = _array(model.bias)
    halves: list[tuple[Any, Any, nn.LayerNorm]] = [
        (spec.encoder, model.encoder, model.encoder_norm),
        (spec.decoder, model.decoder, model.decoder_norm),
    ]
    for part, layers, norm in halves:
        part.position_encodings.encodings = _array(model.positions)
        _set_norm(part.layer_norm, norm)
        for layer_spec, layer in zip(part.layer, layers, strict=True):
            _set_attention(layer_spec.self_attention, layer.attention)
            if layer.cross is not None:
                _set_attention(layer_spec.attention, layer.cross)
            _set_feed_forward(layer_spec.ffn, layer.feed_forward)
    spec.register_source_vocabulary(tokenizer.pieces)
    spec.register_target_vocabulary(tokenizer.pieces)
    spec.config.bos_token, spec.config.eos_token, spec.config.unk_token = "<s>", "</s>", "<unk>"
    spec.config.decoder_start_token = "<s>"
    return spec


def write_directory(model: Translator, tokenizer: Path, directory: Path, quantization: str | None) -> None:
    """Writes ``model.bin``, vocabulary, ``config.json`` and ``spm.model``, replacing what was there.

    Args:
        model: Trained model.
        tokenizer: SentencePiece file.
        directory: Output directory; files it does not write stay.
        quantization: ``int8`` or None for float32.
    """
    spec = build_spec(model, Tokenizer(tokenizer))
    spec.validate()
    spec.optimize(quantization=quantization)
    directory.mkdir(parents=True, exist_ok=True)
    spec.save(str(directory))
    shutil.copyfile(tokenizer, directory / "spm.model")


def write_description(
    directory: Path, languages: Sequence[str], *, into_english: bool, longest: int, licence: str
) -> None:
    """Writes ``cscl_model.json``, from which the package's CTranslate2 adapter learns how to call the model."""
    description = {
        "family": "cscl",
        "directions": [[language, "en"] if into_english else ["en", language] for language in languages],
        "source_prefix": "<2{source}>" if into_english else "<2{target}>",
        "append_eos": True,
        "tokenizer": "spm.model",
        "numbered_indicators": {"indicators": list(NUMBERING.indicators), "most": NUMBERING.most},
        "bundle_fields": BUNDLE_FIELDS,
        "max_source_tokens": longest,
        "max_target_tokens": 2 * longest,
        "licence": licence,
    }
    text = json.dumps(description, ensure_ascii=False, indent=2) + "\n"
    (directory / "cscl_model.json").write_text(text, encoding="utf-8")


class Converted:
    """A converted directory, called as the package calls it.

    Args:
        directory: CTranslate2 directory with ``spm.model``.
        compute_type: Computation type, e.g. ``float32``.
        threads: Threads of CTranslate2.
        beam: Beam size.
    """

    def __init__(self, directory: Path, *, compute_type: str, threads: int = 1, beam: int = 1) -> None:
        self.tokenizer = Tokenizer(directory / "spm.model")
        self._beam = beam
        self._translator = ctranslate2.Translator(
            str(directory), device="cpu", compute_type=compute_type, inter_threads=1, intra_threads=threads
        )

    def translate(self, texts: Sequence[str], language: str, *, limit: int = 256) -> list[str]:
        """Translates texts into at most ``limit`` pieces each; ``language`` is the one beside English."""
        batch = [[language_token(language), *self.tokenizer.split(text), "</s>"] for text in texts]
        results = self._translator.translate_batch(
            batch, beam_size=self._beam, max_batch_size=2048, batch_type="tokens", max_decoding_length=limit
        )
        return [self.tokenizer.join(result.hypotheses[0]) for result in results]


GATE_LIMIT = 100
"""Longest output in the gate, in pieces: decoding without a cache takes time that grows with the cube of it."""


def greedy_outputs(model: Translator, tokenizer: Path, sentences: Sequence[tuple[str, str]]) -> list[str]:
    """Decodes pairs of a text and the language beside English greedily with PyTorch, in evaluation mode."""
    processor = Tokenizer(tokenizer)
    outputs: list[str] = []
    for begin in range(0, len(sentences), 20):
        source = pad([encode_source(processor, *sentence) for sentence in sentences[begin : begin + 20]])
        outputs += map(processor.decode, model.greedy(source, source != PAD, START, END, GATE_LIMIT))
    return outputs


def agreement(
    expected: Sequence[str], directory: Path, compute_type: str, sentences: Sequence[tuple[str, str]]
) -> Agreement:
    """Compares the greedy output of a converted directory with that of PyTorch, one sentence at a time.

    Args:
        expected: What PyTorch gave (``greedy_outputs``).
        directory: The conversion.
        compute_type: Computation type of the conversion.
        sentences: Pairs of a text and the language beside English.
    """
    converted = Converted(directory, compute_type=compute_type)
    outputs = (converted.translate([text], language, limit=GATE_LIMIT)[0] for text, language in sentences)
    equal = sum(output == wanted for output, wanted in zip(outputs, expected, strict=True))
    return Agreement(compute_type, len(sentences), equal)


def load_checkpoint(path: Path) -> tuple[Translator, dict[str, Any]]:
    """Loads a training checkpoint as a model in evaluation mode and the checkpoint itself."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    model = Translator(ModelOptions(**state["options"]))
    model.load_state_dict(state["model"])
    return model.eval(), state
