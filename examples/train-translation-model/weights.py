"""Reading the weights of a converted directory back, so that a run can start from a model that ships.

The layout of ``model.bin`` is that of ``ctranslate2.specs.model_spec.ModelSpec._serialize``: a header, then name,
shape, type and bytes of every variable, then pairs of names for those that are stored once. Rows of int8 are divided by
the scale beside them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from model import Attention, Translator
from torch import Tensor, nn

_TYPES = {0: "float32", 1: "int8", 2: "int16", 3: "int32", 4: "float16"}


def _number(file: BinaryIO, form: str) -> int:
    (value,) = struct.unpack(form, file.read(struct.calcsize(form)))
    return int(value)


def _string(file: BinaryIO) -> str:
    return file.read(_number(file, "H"))[:-1].decode("utf-8")


def read_variables(path: Path) -> dict[str, Tensor]:
    """Reads every variable of a ``model.bin`` by its name, int8 rows as the float32 they stand for.

    Raises:
        ValueError: A variable is of a type that this script never writes.
    """
    arrays: dict[str, np.ndarray] = {}
    with path.open("rb") as file:
        _number(file, "I"), _string(file), _number(file, "I")
        for _ in range(_number(file, "I")):
            name, rank = _string(file), _number(file, "B")
            shape = [_number(file, "I") for _ in range(rank)]
            kind, size = _number(file, "B"), _number(file, "I")
            if kind not in _TYPES:
                raise ValueError(f"{path}: {name} is of type {kind}; float32 and int8 can be read")
            arrays[name] = np.frombuffer(file.read(size), _TYPES[kind]).reshape(shape).astype("float32")
        for _ in range(_number(file, "I")):
            alias = _string(file)
            arrays[alias] = arrays[_string(file)]
    scales = {name: arrays[f"{name}_scale"] for name in arrays if f"{name}_scale" in arrays}
    return {
        name: torch.from_numpy(array / scales[name][:, None] if name in scales else array)
        for name, array in arrays.items()
    }


def _modules(model: Translator) -> Iterator[tuple[str, nn.Module]]:
    """Yields the parts of a model with what CTranslate2 calls them."""
    halves = (("encoder", model.encoder, model.encoder_norm), ("decoder", model.decoder, model.decoder_norm))
    for half, layers, norm in halves:
        yield f"{half}/layer_norm", norm
        for index, layer in enumerate(layers):
            attentions: list[tuple[str, Attention]] = [("self_attention", layer.attention)]
            if layer.cross is not None:
                attentions.append(("attention", layer.cross))
            for name, attention in attentions:
                at = f"{half}/layer_{index}/{name}"
                yield f"{at}/layer_norm", attention.norm
                for number, part in enumerate([*attention.project, attention.out]):
                    yield f"{at}/linear_{number}", part
            at = f"{half}/layer_{index}/ffn"
            yield f"{at}/layer_norm", layer.feed_forward.norm
            yield f"{at}/linear_0", layer.feed_forward.first
            yield f"{at}/linear_1", layer.feed_forward.second


def set_weights(model: Translator, directory: Path) -> None:
    """Gives a model the weights of a directory that ``convert.write_directory`` wrote.

    Args:
        model: Model of the same sizes.
        directory: CTranslate2 directory, float32 or int8.

    Raises:
        ValueError: The directory is of another shape.
    """
    found = read_variables(directory / "model.bin")
    parts: list[tuple[str, Tensor]] = [
        ("decoder/embeddings/weight", model.embedding.weight),
        ("decoder/projection/bias", model.bias),
    ]
    for name, module in _modules(model):
        normed = isinstance(module, nn.LayerNorm)
        for own, theirs in (("weight", "gamma" if normed else "weight"), ("bias", "beta" if normed else "bias")):
            parts.append((f"{name}/{theirs}", getattr(module, own)))
    with torch.no_grad():
        for name, parameter in parts:
            if name not in found or found[name].shape != parameter.shape:
                shape = tuple(found[name].shape) if name in found else "missing"
                raise ValueError(f"{directory}: {name} is {shape}, expected {tuple(parameter.shape)}")
            parameter.copy_(found[name])
