"""What a job would take, from the files' sizes and the models' configurations alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from cscl_data.io.hub import HUB, cached_snapshot
from cscl_data.pipelines.embeddings.planning import plan_of
from cscl_data.pipelines.embeddings.run import ready
from cscl_data.pipelines.embeddings.settings import EmbeddingJob

_BLOCKS = 2 << 30
"""Similarities, their sorted part and the least squares of a block (our default)."""


class Outlook(NamedTuple):
    """Signature, inputs as in the manifest, and memory in bytes, beside the interpreter."""

    sig: str
    inputs: list[dict[str, Any]]
    memory_bytes: int


def outlook(job: EmbeddingJob) -> Outlook:
    """Plan a job without loading a model.

    Raises:
        ConfigError: the job cannot be done as asked.
        InputError: something that is given is not there.
    """
    plan = plan_of(ready(job), dry=True)
    weights = {
        role: sum(item["bytes"] for item in plan["inputs"] if item["role"] == role) for role in ("model", "helper")
    }
    described = _config(job.model)
    width = int(described.get("hidden_size") or described.get("n_embd") or 0)
    tables = 1 if described.get("tie_word_embeddings", True) else 2
    rows = int(described.get("vocab_size", 0))
    # the source in float32, the new table, and the copy that the model keeps, for each table
    memory = weights["model"] + weights["helper"] + tables * 3 * 4 * rows * width + _BLOCKS
    return Outlook(plan["sig"], plan["inputs"], memory)


def _config(name: str) -> dict[str, Any]:
    folder = cached_snapshot(name.removeprefix(HUB), flag="--model") if name.startswith(HUB) else Path(name)
    try:
        described: dict[str, Any] = json.loads((Path(str(folder)) / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return described.get("text_config") or described
