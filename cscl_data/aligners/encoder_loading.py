"""Loads an encoder directory, or one of the Hub: tokenizer, limit, special subwords, the model in a compute type."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from cscl_data.aligners.devices import device_of_worker
from cscl_data.aligners.encoder import Encoder
from cscl_data.aligners.encoder_ct2 import convert, converts
from cscl_data.aligners.encoder_torch import cut_to
from cscl_data.errors import BackendError, ConfigError, missing_package, unknown_name
from cscl_data.io.hub import HUB
from cscl_data.io.trust import code_of

logger = logging.getLogger(__name__)

COMPUTE_TYPES = ("auto", "bfloat16", "float32", "int8")
_LONGEST = 8_192
"""The longest window where neither the model nor its tokenizer names a limit, and the longest of all. Our default."""
_KIND = ("model_type", "is_decoder", "hidden_act", "activation", "num_attention_heads", "layer_norm_eps")
_PROBE = "The cat sat on the mat."


def load_encoder(
    name: str, *, layer: int | None, compute_type: str = "float32", device: str = "cpu", threads: int = 1
) -> Encoder:
    """Load an encoder directory, or `hub:ORG/NAME`.

    Args:
        name: what `transformers` saved, with a fast tokenizer.
        layer: 0 for the embeddings, k for the output of the k-th layer, None for the last one.
        compute_type: `float32`, `bfloat16`, `int8`, or `auto` (see `resolve_compute_type`).
        device: `cpu`, `cuda`, `cuda:1`, ..., or `auto`.
        threads: batches at the same time, on a CPU; they never change a vector.

    Raises:
        ConfigError: there is no such directory, device or compute type, the model has fewer layers, or it cannot be
            had as int8 (then the message says why).
        BackendError: a package is missing, or the encoder cannot be loaded.
    """
    if compute_type not in COMPUTE_TYPES:
        raise unknown_name("compute type", compute_type, COMPUTE_TYPES)
    tokenizer, model = _load(name)
    device = device_of_worker(device)
    model = (model.get_encoder() if model.config.is_encoder_decoder else model).eval()
    depth = int(model.config.num_hidden_layers)
    layer = depth if layer is None else layer
    if not 0 <= layer <= depth:
        raise ConfigError(f"encoder {name}: has {depth} layers, no layer {layer}", hint=f"give --layer 0 to {depth}")
    compute_type = resolve_compute_type(compute_type, str(model.config.model_type), device, layer)
    prefix, suffix = _special_ids(tokenizer)
    backend = tokenizer.backend_tokenizer
    backend.no_truncation()
    backend.no_padding()
    probe = backend.encode(_PROBE.split(), is_pretokenized=True, add_special_tokens=False).ids
    runner = cut_to(model, layer, np.array([[*prefix, *probe, *suffix]], dtype=np.int32), device="cpu")
    weights = _digest(model)
    encoder = Encoder(
        tokenizer=backend,
        run=runner,
        layer=layer,
        prefix=prefix,
        suffix=suffix,
        pad=tokenizer.pad_token_id or 0,
        limit=_limit(tokenizer, model),
        digest=sha256(weights.encode() + repr(sorted(tokenizer.get_vocab().items())).encode()).hexdigest()[:8],
        compute_type=compute_type,
        device=device,
        threads=threads if device == "cpu" else 1,
    )
    if device == "cpu" and compute_type != "bfloat16" and converts(str(model.config.model_type)) and layer > 0:
        return convert(encoder, model, tokenizer, name=name, weights=weights)
    if compute_type == "bfloat16":
        import torch

        model.to(torch.bfloat16)
    runner.move_to(device)
    return encoder


def resolve_compute_type(compute_type: str, model_type: str, device: str, layer: int) -> str:
    """Return the fastest type for `auto` (our default): int8 on a CPU for families that convert, else bfloat16.

    Raises:
        ConfigError: int8 is asked for, and there is none for this family, layer or device.
    """
    quantises = converts(model_type) and device == "cpu" and layer > 0
    if compute_type == "auto":
        return "int8" if quantises else "bfloat16"
    if compute_type == "int8" and not quantises:
        why = "layer 0" if layer == 0 else f"{model_type} on {device}"
        raise ConfigError(f"--compute-type int8: there is none for {why}", hint="give --compute-type bfloat16")
    return compute_type


def encoder_path(name: str) -> str:
    """Return what `transformers` loads: a directory, or the name of a Hub repository.

    Raises:
        ConfigError: there is no such directory.
    """
    path = name.removeprefix(HUB)
    if not name.startswith(HUB) and not Path(path, "config.json").is_file():
        raise ConfigError(f"encoder {name}: no directory with a config.json", hint="a model of the Hub is hub:ORG/NAME")
    return path


def model_type_of(name: str) -> str:
    """Return the family of an encoder, from its configuration alone.

    Raises:
        ConfigError: there is no such directory.
        BackendError: the configuration cannot be loaded.
    """
    path = encoder_path(name)
    from transformers import AutoConfig

    with _loading(name), code_of(name) as trusted:
        return str(AutoConfig.from_pretrained(path, trust_remote_code=trusted).model_type)


def _load(name: str) -> tuple[Any, Any]:
    try:
        import torch
        from transformers import AutoModel, AutoTokenizer
    except ImportError as error:
        raise missing_package("aligner", "simalign", "transformers") from error
    path = encoder_path(name)
    with _loading(name), code_of(name) as trusted:
        tokenizer = AutoTokenizer.from_pretrained(path, trust_remote_code=trusted)
        if getattr(tokenizer, "add_prefix_space", None) is False:
            # Without it, words of byte-level vocabularies would be taken for continuations of each other.
            tokenizer = AutoTokenizer.from_pretrained(path, add_prefix_space=True, trust_remote_code=trusted)
        model = AutoModel.from_pretrained(path, dtype=torch.float32, trust_remote_code=trusted)
    if not tokenizer.is_fast:
        raise BackendError(f"encoder {name}: has no fast tokenizer", hint="save it with a tokenizer.json")
    return tokenizer, model


@contextmanager
def _loading(name: str) -> Iterator[None]:
    """Show no progress bar, and say which encoder cannot be loaded and why."""
    from transformers.utils import logging as hub_logging

    shown = hub_logging.is_progress_bar_enabled()
    hub_logging.disable_progress_bar()
    try:
        yield
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise BackendError(f"encoder {name}: cannot be loaded ({str(error).strip().splitlines()[0]})") from error
    finally:
        if shown:
            hub_logging.enable_progress_bar()


def _special_ids(tokenizer: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the ids that the tokenizer itself marks as special, before and behind a sentence."""
    full = tokenizer(["a"], is_split_into_words=True, return_special_tokens_mask=True)
    ids, mask = full["input_ids"], full["special_tokens_mask"]
    before = mask.index(0) if 0 in mask else len(mask)
    behind = mask[::-1].index(0) if 0 in mask else 0
    return tuple(ids[:before]), tuple(ids[len(ids) - behind :])


def _limit(tokenizer: Any, model: Any) -> int:
    positions = getattr(model.config, "max_position_embeddings", None) or _LONGEST
    for name, module in model.named_modules():
        padding = getattr(module, "padding_idx", None)
        if name.endswith("position_embeddings") and padding is not None:
            positions = module.num_embeddings - padding - 1  # RoBERTa's positions start behind the padding's
    return int(min(positions, tokenizer.model_max_length, _LONGEST))


def _digest(model: Any) -> str:
    """Return the sha256 of what is left of a model after the cut: names, weights, and the kind of model they are of."""
    import torch

    kind = [getattr(model.config, key, None) for key in _KIND]
    digest = sha256(repr(kind).encode())
    for key, weight in sorted(model.state_dict().items()):
        digest.update(key.encode())
        digest.update(weight.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()
