"""What a run will take, told from its first rows and a model's shape: no model and no torch is loaded."""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tokenizers import Tokenizer

from cscl_data.errors import BackendError
from cscl_data.io.hub import HUB
from cscl_data.train.arrange import arrange, sources_of
from cscl_data.train.config import TrainConfig
from cscl_data.train.forecast import forecast
from cscl_data.train.forms import FORMS
from cscl_data.train.mixing import loader_settings
from cscl_data.train.presets import LARGE_VOCABULARY, PRESETS, chunk_of
from cscl_data.train.settings import Settings, read_model_config, resolve
from cscl_data.train.sketch import check_telling, sketch_speech
from cscl_data.train.stream import own_sources
from cscl_data.train.tokenizer_files import core_of, tokenizer_folder

CPU_CORE_FLOPS = 6e10
GPU_FLOPS = 4.4e14
"""Arithmetic a second that training reaches on one CPU core in float32 (our guess) and on one large GPU: the preset
`0.5b` on an H200, compiled, in bfloat16 (`make bench-train BENCH='--only gpu'`)."""
GPU_MEMORY = 80 * 2**30
"""Bytes of that GPU, where the size of a piece of logits depends on it (our default)."""


class StageEstimate(NamedTuple):
    """A stage: rows, tokens and steps (both about right), passes over the data, and whether that repeats it.

    `memory_bytes` is the peak, `cpu_core_s` and `gpu_s` are seconds on one CPU core and on a large GPU; None where the
    model is not known. What is trained, and how, is the same in all stages of a run, so their peaks are equal.
    """

    name: str
    rows: int
    tokens: int
    steps: int
    epochs: float
    repeats: bool
    memory_bytes: int | None = None
    cpu_core_s: float | None = None
    gpu_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A run: its stages; parameters (None: not known before the model is fetched), memory and time by device."""

    stages: tuple[StageEstimate, ...]
    parameters: int | None
    memory_bytes: int | None
    cpu_core_s: float | None
    gpu_s: float | None

    def lines(self) -> list[str]:
        """Return the plan as lines."""
        lines = []
        for stage in self.stages:
            note = "; the data is repeated" if stage.repeats else ""
            if stage.memory_bytes is not None and stage.cpu_core_s is not None and stage.gpu_s is not None:
                note += f"; {_gib(stage.memory_bytes)}"
                note += f"; {_duration(stage.cpu_core_s)} on one CPU core, {_duration(stage.gpu_s)} on a large GPU"
            lines.append(
                f"stage {stage.name}: {stage.rows} rows, about {stage.tokens} tokens, {stage.steps} steps, "
                f"{stage.epochs:.2f} epochs{note}"
            )
        if self.parameters is None or self.memory_bytes is None or self.cpu_core_s is None or self.gpu_s is None:
            return [*lines, "parameters, memory and time: known once the model is fetched"]
        return [
            *lines,
            f"parameters: {self.parameters}; memory: about {_gib(self.memory_bytes)}",
            f"time: about {_duration(self.cpu_core_s)} on one CPU core, {_duration(self.gpu_s)} on a large GPU",
        ]


def estimate_run(config: TrainConfig) -> Estimate:
    """Estimate a run.

    Raises:
        ConfigError: the configuration cannot be, or the objective needs a chat template and there is none.
        InputError: a stage's directory is not one of shards, or a shard is damaged.
        BackendError: a directory of a model or a tokenizer cannot be read.
    """
    config.check()
    settings = resolve(config)
    stages = []
    parameters = count_parameters(config)
    flops = None if parameters is None else 6 * parameters
    memory = None if parameters is None else _memory(config, settings, parameters)
    known = {stage.name: stage for stage in config.stages}
    arranged = arrange(config.stages, config.order, seed=config.seed)
    drawn = [(stage, sources_of(stage, known, config.objective)) for stage in arranged]
    groups = [(stage.name, sources[0].groups) for stage, sources in drawn]
    check_telling(config)
    encode = FORMS[config.objective].build(sketch_speech(config, settings, groups))
    for stage, sources in drawn:
        told = forecast(stage, sources, loader_settings(config, settings), encode)
        rows = sum(source.rows for source in own_sources(stage, sources))
        seconds = (
            (None, None) if flops is None else tuple(flops * told.tokens / rate for rate in (CPU_CORE_FLOPS, GPU_FLOPS))
        )
        stages.append(StageEstimate(stage.name, rows, *told, memory, *seconds))
    if parameters is None or flops is None:
        return Estimate(stages=tuple(stages), parameters=None, memory_bytes=None, cpu_core_s=None, gpu_s=None)
    tokens = sum(stage.tokens for stage in stages)
    return Estimate(
        stages=tuple(stages),
        parameters=parameters,
        memory_bytes=memory,
        cpu_core_s=flops * tokens / CPU_CORE_FLOPS,
        gpu_s=flops * tokens / GPU_FLOPS,
    )


def _memory(config: TrainConfig, settings: Settings, parameters: int) -> int:
    """Estimate the peak in bytes: weights in float32, gradients and two moments of what is trained, activations.

    Of bfloat16 arithmetic, which is told from the options alone, activations take half. `0.5b` and the shape of
    Qwen2-1.5B took 84 and 59 GiB on an H200, compiled, with 16 and 4 rows of 4,096 tokens; the estimate says 104
    and 75.
    """
    width, layers, vocabulary = _shape(config)
    table = vocabulary * width
    by_part = {"attention": 4 * width * width * layers, "embeddings": table, "new-tokens": table}
    trained = by_part.get(settings.train_only.partition(":")[0], parameters)
    if config.lora:
        trained = 14 * config.lora * width * layers
    kept = 2 if config.gradient_checkpointing else 34  # values a token and a layer
    large = vocabulary >= LARGE_VOCABULARY
    chunked = config.cross_entropy == "chunked" or (config.cross_entropy == "auto" and large)
    rows = settings.micro_batch * settings.context
    logits = 3 * vocabulary * (min(rows, chunk_of(max(vocabulary, 1), memory=GPU_MEMORY)) if chunked else rows)
    wide = config.dtype == "float32" or (config.dtype == "auto" and config.device != "cuda")
    return 4 * parameters + 12 * trained + (4 if wide else 2) * kept * width * layers * rows + 4 * logits


def count_parameters(config: TrainConfig) -> int | None:
    """Count a model's weights from the preset's entry or the headers of its files; None where there are none here.

    Raises:
        BackendError: a weight file is damaged.
    """
    if config.is_preset:
        preset = PRESETS[config.model]
        return preset.parameters + _vocabulary(config) * preset.width
    paths = [] if config.model.startswith(HUB) else sorted(Path(config.model).glob("*.safetensors"))
    return sum(_count_in_file(path) for path in paths) or None


def _count_in_file(path: Path) -> int:
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(length))
    except (OSError, ValueError, struct.error, MemoryError) as error:
        raise BackendError(f"{path}: not a whole safetensors file") from error
    return sum(math.prod(entry["shape"]) for name, entry in header.items() if name != "__metadata__")


def _shape(config: TrainConfig) -> tuple[int, int, int]:
    if config.is_preset:
        preset = PRESETS[config.model]
        return preset.width, preset.layers, _vocabulary(config)
    known = read_model_config(Path(config.model))
    width = known.get("hidden_size") or known.get("n_embd") or 0
    layers = known.get("num_hidden_layers") or known.get("n_layer") or 0
    return int(width), int(layers), int(known.get("vocab_size") or 0)


def _vocabulary(config: TrainConfig) -> int:
    """Return how many tokens a preset's embedding holds: those of the tokenizer that is given, else of the preset."""
    given = tokenizer_folder(config)
    core = None if given is None else core_of(given)
    if core is not None:
        return int(Tokenizer.from_str(core).get_vocab_size())
    return config.vocab_size or PRESETS[config.model].vocab_size


def _gib(size: int) -> str:
    return f"{size / 2**30:.2f} GiB"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
