"""An encoder run by CTranslate2 on a CPU, in float32 or int8: converted once into a cache, and only used if it agrees.

A conversion that succeeds can still be another model (its converter knows no causal attention, for one). So the
converted model's vectors are compared with the original's on real sentences, those of the shipped example, before it
is used: every subword's cosine must be at least `MIN_COSINE`. int8 must also find the same links as float32, with an
F1 of at least `MIN_LINK_F1`.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from cscl_data.aligners.encoder import Encoder, Ids, Matrix, Subwords
from cscl_data.aligners.encoder_torch import CPU_BATCH_SUBWORDS
from cscl_data.aligners.matching import inter, similarity
from cscl_data.errors import BackendError, OutputError, missing_package
from cscl_data.io.atomic import write_json
from cscl_data.io.hub import quiet_transformers

logger = logging.getLogger(__name__)

MIN_COSINE = 0.9999
"""Our default; a right conversion to float32 stays within 1e-6 of 1."""
MIN_LINK_F1 = 0.98
"""Our default, for mutual argmax links of int8 against float32."""
_FAMILIES = ("bert", "camembert", "distilbert", "roberta", "xlm-roberta")
_BERTS_POSITIONS = "absolute"  # the converter asks for the attribute, which transformers 5 no longer sets


def converts(model_type: str) -> bool:
    """Tell whether CTranslate2 knows a family, by the name that its configuration gives."""
    return model_type in _FAMILIES


class Ct2Runner:
    """A converted encoder.

    Args:
        directory: of the converted model.
        compute_type: `float32` or `int8`.
        threads: batches at the same time.

    Raises:
        BackendError: ctranslate2 is missing, or cannot load the model.
    """

    batch_subwords = CPU_BATCH_SUBWORDS

    def __init__(self, directory: Path, *, compute_type: str, threads: int) -> None:
        try:
            import ctranslate2
        except ImportError as error:
            raise missing_package("aligner", "simalign", "ctranslate2") from error
        self._array = ctranslate2.StorageView.from_array
        try:
            self._encoder = ctranslate2.Encoder(
                str(directory), compute_type=compute_type, inter_threads=threads, intra_threads=1
            )
        except (RuntimeError, ValueError) as error:
            raise BackendError(
                f"{directory}: cannot be loaded ({_first_line(error)})", hint=f"rm -r {directory}"
            ) from error

    def __call__(self, ids: Ids, lengths: Ids) -> Matrix:
        """Return the states [n, width, d] of rows of ids [n, width]."""
        states = self._encoder.forward_batch(self._array(ids), self._array(lengths)).last_hidden_state
        return np.array(states, dtype=np.float32)


def convert(encoder: Encoder, model: Any, tokenizer: Any, *, name: str, weights: str) -> Encoder:
    """Return the encoder with its model run by CTranslate2, if that agrees with it.

    Without agreement, float32 stays with torch, which gives the same links more slowly.

    Args:
        encoder: with torch behind it.
        model: cut to the layer, of a family that `converts`.
        tokenizer: as loaded by `transformers`; the converter wants one.
        name: what messages call the encoder.
        weights: sha256 of the cut model, the key in the cache.

    Raises:
        BackendError: int8 is asked for, and the conversion fails or does not agree.
    """
    place = cache_home() / f"{weights[:32]}-{version('ctranslate2')}"
    try:
        if not (place / "model.bin").is_file():
            _fill(place, encoder, model, tokenizer)
        found = replace(encoder, run=_runner(place, encoder))
        if encoder.compute_type == "int8":
            _check_links(place, found)
    except (OSError, OutputError, BackendError) as error:
        why = _first_line(error)
        if encoder.compute_type == "int8":
            raise BackendError(
                f"encoder {name}: --compute-type int8 is not to be had ({why})", hint="give --compute-type bfloat16"
            ) from error
        logger.warning("encoder %s: not converted (%s); float32 runs in torch, more slowly", name, why)
        return encoder
    return found


def cache_home() -> Path:
    """Return where converted encoders are kept: `cscl-data/encoders` under XDG_CACHE_HOME, or under ~/.cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cscl-data" / "encoders"


def _runner(place: Path, encoder: Encoder, compute_type: str | None = None) -> Ct2Runner:
    return Ct2Runner(place, compute_type=compute_type or encoder.compute_type, threads=encoder.threads)


def _fill(place: Path, encoder: Encoder, model: Any, tokenizer: Any) -> None:
    """Convert into a temporary directory, compare, and give it its name; a rival's directory is as good as ours."""
    from ctranslate2.converters import TransformersConverter

    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=place.parent) as work, quiet_transformers():
        model.config.position_embedding_type = _BERTS_POSITIONS
        model.save_pretrained(work)
        tokenizer.save_pretrained(work)
        try:
            made = Path(TransformersConverter(work).convert(str(Path(work) / "converted")))
        except (AssertionError, AttributeError, KeyError, RuntimeError, ValueError) as error:
            raise BackendError(f"CTranslate2 does not convert it: {_first_line(error)}") from error
        _check_vectors(encoder, replace(encoder, run=_runner(made, encoder, "float32")))
        try:
            made.rename(place)
        except OSError:
            if not (place / "model.bin").is_file():
                raise


def _check_vectors(original: Encoder, converted: Encoder) -> None:
    sentences = [side for pair in _example(original) for side in pair]
    lowest = min(
        float((_unit(one) * _unit(other)).sum(axis=1).min())
        for one, other in zip(original.vectors(sentences), converted.vectors(sentences), strict=True)
    )
    if not lowest >= MIN_COSINE:
        raise BackendError(f"the converted model is another one: cosine {lowest:.4f} on real sentences")


def _check_links(place: Path, encoder: Encoder) -> None:
    """Compare int8 with float32 once, and keep the figure beside the model."""
    noted = place / "int8.json"
    if not noted.is_file():
        write_json(noted, {"link_f1": _link_f1(replace(encoder, run=_runner(place, encoder, "float32")), encoder)})
    f1 = float(json.loads(noted.read_text(encoding="utf-8"))["link_f1"])
    if not f1 >= MIN_LINK_F1:
        raise BackendError(f"link F1 against float32 is {f1:.3f} on real sentences, below {MIN_LINK_F1}")


def _link_f1(one: Encoder, other: Encoder) -> float:
    pairs = _example(one)
    sentences = [side for pair in pairs for side in pair]
    n_same = n_both = 0
    first, second = (iter(encoder.vectors(sentences)) for encoder in (one, other))
    for _ in pairs:
        a, b = (inter(similarity(next(vectors), next(vectors))) for vectors in (first, second))
        n_same += 2 * int((a & b).sum())
        n_both += int(a.sum()) + int(b.sum())
    return n_same / max(1, n_both)


def _example(encoder: Encoder) -> list[tuple[Subwords, Subwords]]:
    """Return the shipped pairs as subwords; sides of which nothing is left are left out."""
    text = (files("cscl_data.assets") / "example" / "bitext.en-ko.jsonl").read_text(encoding="utf-8")
    rows: Sequence[dict[str, str]] = [json.loads(line)["translation"] for line in text.splitlines()]
    sides = [encoder.subwords([row[lang].split() for row in rows]) for lang in ("en", "ko")]
    return [(src, tgt) for src, tgt in zip(*sides, strict=True) if src.ids and tgt.ids]


def _unit(vectors: Matrix) -> Matrix:
    norms: Matrix = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(norms == 0, 1.0, norms), dtype=np.float32)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
