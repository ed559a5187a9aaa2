"""Checkpoints: `checkpoints/step-00000012/` and the name of the newest in `checkpoints/latest`.

They hold no `config.json`: only the folders called `model` are for `transformers` to load.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_model, save_model

from cscl_data.errors import InputError
from cscl_data.io.atomic import write_json, write_text
from cscl_data.train.folders import write_folder
from cscl_data.train.state import TrainState

FOLDER = "checkpoints"


def save_checkpoint(
    run_dir: Path, model: Any, optimizer: torch.optim.Optimizer, state: TrainState, *, keep: int
) -> None:
    """Write weights, optimizer, random numbers and state; then move `latest`; then drop the oldest beyond `keep`.

    Raises:
        OutputError: it cannot be written; the last good checkpoint stays in force.
    """
    folder = run_dir / FOLDER
    name = f"step-{state.step:08d}"
    latest = latest_checkpoint(run_dir)
    if latest is not None and latest.name == name and read_state(latest) == state:
        return

    def fill(partial: Path) -> None:
        save_model(model, str(partial / "model.safetensors"))
        torch.save(optimizer.state_dict(), partial / "optimizer.pt")
        torch.save({"cpu": torch.get_rng_state(), "cuda": torch.cuda.get_rng_state_all()}, partial / "random.pt")
        write_json(partial / "state.json", state.document())

    write_folder(folder / name, fill)
    write_text(folder / "latest", f"{name}\n")
    for old in sorted(folder.glob("step-*"))[:-keep]:
        if old.name != name:
            shutil.rmtree(old, ignore_errors=True)


def latest_checkpoint(run_dir: Path) -> Path | None:
    """Return the folder that `latest` names, None before the first.

    Raises:
        InputError: it names a folder that is not there.
    """
    pointer = run_dir / FOLDER / "latest"
    if not pointer.is_file():
        return None
    path = pointer.parent / pointer.read_text(encoding="utf-8").strip()
    if not path.is_dir():
        raise InputError(f"{pointer}: names {path.name}, which is not there", hint="--overwrite starts anew")
    return path


def read_state(checkpoint: Path) -> TrainState:
    """Read where the run stood."""
    return TrainState.from_document(json.loads((checkpoint / "state.json").read_text(encoding="utf-8")))


def load_weights(checkpoint: Path, model: Any) -> None:
    """Put the checkpoint's weights into the model."""
    load_model(model, str(checkpoint / "model.safetensors"))


def load_optimizer(checkpoint: Path, optimizer: torch.optim.Optimizer, device: torch.device) -> None:
    """Put the checkpoint's optimizer state and random numbers back."""
    optimizer.load_state_dict(torch.load(checkpoint / "optimizer.pt", map_location=device, weights_only=True))
    numbers = torch.load(checkpoint / "random.pt", map_location="cpu", weights_only=True)
    torch.set_rng_state(numbers["cpu"])
    if device.type == "cuda":
        torch.cuda.set_rng_state_all(numbers["cuda"])
