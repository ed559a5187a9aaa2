"""What decides a run's result, as it stands in `.cscl/plan.json`; a run goes on only under the plan it began with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cscl_data.errors import BackendError
from cscl_data.io.claim import changed_values
from cscl_data.io.dataset import MANIFEST, check_recorded, read_manifest, shard_paths
from cscl_data.io.hub import HUB
from cscl_data.io.shards import file_facts
from cscl_data.train.arrange import arrange
from cscl_data.train.config import TrainConfig
from cscl_data.train.schedule import Schedule, learning_rate
from cscl_data.train.settings import Settings
from cscl_data.train.stages import Stage
from cscl_data.train.state import StageProgress, TrainState
from cscl_data.train.stream import Source, own_sources, passes

_FORMAT = 3
_WEIGHTS = ("*.safetensors", "*.bin", "config.json")
_VOCABULARY = ("tokenizer*", "vocab*", "merges.txt", "*.model", "special_tokens_map.json", "added_tokens.json")


class StagePlan(NamedTuple):
    """A stage with its 1-based number, what it draws from, its schedule, and the part of the run's length it covers."""

    number: int
    stage: Stage
    sources: tuple[Source, ...]
    schedule: Schedule
    one_schedule: bool
    begins: float
    ends: float

    @property
    def rows(self) -> int:
        """Rows of the stage's own data."""
        return sum(source.rows for source in own_sources(self.stage, self.sources))

    @property
    def folder(self) -> str:
        """Name of the stage's folder."""
        return f"{self.number}-{self.stage.name}"

    def share(self, here: StageProgress) -> float:
        """Return the part of the stage's budget that is spent."""
        return here.share(self.stage.budget, self.rows)

    def epochs(self, here: StageProgress) -> float:
        """Return how often the stage's own data was trained on."""
        return round(passes(self.stage, self.sources, here.loader), 6)

    def lr(self, state: TrainState, coming: StageProgress) -> float:
        """Return the learning rate of the step after `state` that will bring the stage to `coming`."""
        share = min(self.share(coming), 1.0)
        if not self.one_schedule:
            return learning_rate(self.schedule, step=coming.steps, share=share)
        whole = self.begins + share * (self.ends - self.begins)
        return learning_rate(self.schedule, step=state.step + 1, share=whole)


def plan_stages(
    config: TrainConfig,
    settings: Settings,
    stages: Sequence[tuple[Stage, tuple[Source, ...]]],
    tokens: Sequence[int],
) -> list[StagePlan]:
    """Give every stage its schedule and its place in the run.

    Args:
        config: the run.
        settings: its resolved numbers.
        stages: in the order in which they are trained, and what each draws from.
        tokens: about how many tokens each stage trains on; they weigh the stages under one schedule.
    """
    total, before, plans = max(sum(tokens), 1), 0, []
    for number, ((stage, sources), size) in enumerate(zip(stages, tokens, strict=True), start=1):
        peak = stage.lr if stage.lr is not None else settings.lr
        warmup = stage.warmup if stage.warmup is not None else config.warmup
        schedule = Schedule(peak, warmup, config.min_lr_ratio)
        span = (before / total, (before + size) / total)
        plans.append(StagePlan(number, stage, sources, schedule, config.one_schedule, *span))
        before += size
    return plans


def plan_document(config: TrainConfig, settings: Settings, *, device: str, dtype: str) -> dict[str, Any]:
    """Return the plan: settings, stages, and hashes of the model, the tokenizer and every shard.

    Raises:
        InputError: a shard cannot be read.
        BackendError: a model or tokenizer directory cannot be read.
    """
    return {
        "format": _FORMAT,
        "command": "train",
        "settings": {
            "model": config.model,
            "objective": config.objective,
            "order": config.order,
            "seed": config.seed,
            "context": settings.context,
            "batch_size": settings.batch_size,
            "micro_batch": settings.micro_batch,
            "packing": settings.packing,
            "document_mask": settings.document_mask,
            "lr": settings.lr,
            "min_lr_ratio": config.min_lr_ratio,
            "warmup": config.warmup,
            "weight_decay": config.weight_decay,
            "max_grad_norm": config.max_grad_norm,
            "one_schedule": config.one_schedule,
            "train_only": settings.train_only,
            "lora": config.lora,
            **({"beta": config.beta, "lambda": config.sft_weight} if config.objective == "clo" else {}),
            **({"source_lang": config.source_lang} if config.objective == "clo" else {}),
            "gradient_checkpointing": config.gradient_checkpointing,
            "compile": config.compile,
            "cross_entropy": config.cross_entropy,
            "attention": config.attention,
            "eval_every": config.eval_every,
            "eval_rows": config.eval_rows,
            "vocab_size": settings.vocab_size,
            "log_every": config.log_every,
            "device": device,
            "dtype": dtype,
        },
        "model_sha256": None if config.is_preset else _folder_hash(config.model, _WEIGHTS),
        "tokenizer_sha256": _tokenizer_hash(config),
        "chat_template_sha256": _template_hash(config),
        "stages": [_stage_entry(stage) for stage in arrange(config.stages, config.order, seed=config.seed)],
        "evals": [{"name": name, "shards": shard_facts(path)} for name, path in config.evals],
    }


def _stage_entry(stage: Stage) -> dict[str, Any]:
    parts = stage.parts or (stage,)
    shards = [
        {**shard, "path": f"{part.name}/{shard['path']}" if stage.parts else shard["path"]}
        for part in parts
        for shard in shard_facts(part.path)
    ]
    replay = "+".join(f"{name}:{share:g}" for name, share in stage.replay) or None
    budget = str(stage.budget)
    entry = {"name": stage.name, "budget": budget, "lr": stage.lr, "warmup": stage.warmup, "replay": replay}
    return {**entry, "shards": shards}


def differences(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Name what differs between two plans, as `name (old -> new)`."""
    found = changed_values(old.get("settings", {}), new.get("settings", {}))
    found += [key for key in ("format", "command") if old.get(key) != new.get(key)]
    found += [
        f"the files of the {key.removesuffix('_sha256')}"
        for key in ("model_sha256", "tokenizer_sha256", "chat_template_sha256")
        if old.get(key) != new.get(key)
    ]
    if old.get("evals") != new.get("evals"):
        found.append("what --eval measures")
    old_stages, new_stages = old.get("stages", []), new.get("stages", [])
    names = [[stage["name"] for stage in stages] for stages in (old_stages, new_stages)]
    if names[0] != names[1]:
        return [*found, f"stages ({', '.join(names[0])} -> {', '.join(names[1])})"]
    for one, other in zip(old_stages, new_stages, strict=True):
        keys = [key for key in ("budget", "lr", "warmup", "replay") if one[key] != other[key]]
        found += [f"{key} of stage {one['name']} ({one[key]} -> {other[key]})" for key in keys]
        if one["shards"] != other["shards"]:
            found.append(f"data of stage {one['name']}")
    return found


def shard_facts(directory: Path) -> list[dict[str, Any]]:
    """List name, bytes and sha256 of the shards; the hash is that of the manifest where the size is, too.

    Raises:
        InputError: a shard has another size than its manifest says.
    """
    paths = shard_paths(directory)
    known: dict[str, dict[str, Any]] = {}
    if (directory / MANIFEST).is_file():
        known = {entry["path"]: entry for entry in read_manifest(directory).get("shards", [])}
    shards = []
    for path in paths:
        entry = known.get(f"{path.parent.name}/{path.name}", {})
        size = path.stat().st_size
        if entry.get("bytes") == size:
            digest = entry["sha256"]
        else:
            digest = file_facts(path).sha256
            check_recorded(path, digest)
        shards.append({"path": path.name, "bytes": size, "sha256": digest})
    return shards


def _template_hash(config: TrainConfig) -> str | None:
    path = Path(config.chat_template or "")
    return file_facts(path).sha256 if config.chat_template is not None and path.is_file() else config.chat_template


def _tokenizer_hash(config: TrainConfig) -> str | None:
    if config.tokenizer is None and config.is_preset:
        return None
    return _folder_hash(config.tokenizer or config.model, _VOCABULARY)


def _folder_hash(name: str, patterns: Sequence[str]) -> str | None:
    if name.startswith(HUB):
        return None
    if not Path(name).is_dir():
        raise BackendError(f"{name}: no such directory")
    paths = sorted({path for pattern in patterns for path in Path(name).glob(pattern) if path.is_file()})
    facts = [[path.name, file_facts(path).sha256] for path in paths]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
