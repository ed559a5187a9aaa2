"""What a run says of itself: the manifest, written last, and the lines of its summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from cscl_data import __version__
from cscl_data.io.shards import file_facts
from cscl_data.train.plan import StagePlan
from cscl_data.train.state import TrainState

_PACKAGES = ("torch", "transformers", "tokenizers", "pyarrow")

Status = Literal["finished", "already finished", "stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainReport:
    """The end of a run.

    Attributes:
        status: `stopped` leaves a checkpoint from which the same command goes on.
        out: the run's directory.
        manifest: as in `manifest.json`; for a stopped run what it would hold so far.
        elapsed_s: of this command alone.
        trained_tokens: by this command alone.
        training_s: of the steps alone, saving included.
    """

    status: Status
    out: Path
    manifest: dict[str, Any]
    elapsed_s: float
    trained_tokens: int = 0
    training_s: float = 0.0

    def lines(self) -> list[str]:
        """Return the summary, a line a stage."""
        lines = []
        for stage in self.manifest["stages"]:
            first, last = stage["first_loss"], stage["last_loss"]
            losses = "no loss" if first is None or last is None else f"loss {first:.4f} -> {last:.4f}"
            cut = f", {stage['cut_rows']} rows cut at the context" if stage.get("cut_rows") else ""
            lines.append(
                f"stage {stage['name']}: asked {stage['budget']}, used {stage['tokens']} tokens in {stage['steps']} "
                f"steps ({stage['epochs']:.2f} epochs), padding {100 * stage['padding_share']:.2f} %{cut}, {losses}"
            )
        rate = f", {self.trained_tokens / self.training_s:,.0f} tokens/s" if self.trained_tokens else ""
        lines.append(f"{self.status}: {self.manifest['tokens']} tokens, {self.manifest['steps']} steps{rate}")
        if self.status == "stopped":
            return [*lines, f"checkpoint: {self.out / 'checkpoints'}"] if self.manifest["steps"] else lines
        return [*lines, f"model: {self.out / 'model'}", f"manifest: {self.out / 'manifest.json'}"]


def manifest_of(
    plan: dict[str, Any],
    plans: Sequence[StagePlan],
    state: TrainState,
    *,
    parameters: int,
    vocab_size: int,
    argv: Sequence[str],
) -> dict[str, Any]:
    """Build the manifest: no clock, no host, no path but those given.

    Args:
        plan: the plan's document.
        plans: the stages; those not begun are left out.
        state: where the run stands.
        parameters: of the model.
        vocab_size: of the tokenizer.
        argv: the command, for the record.
    """
    stages = [
        {
            "name": of_stage.stage.name,
            "data": ", ".join(str(part.path) for part in of_stage.stage.parts or (of_stage.stage,)),
            "budget": str(of_stage.stage.budget),
            "tokens": done.tokens,
            "steps": done.steps,
            "epochs": of_stage.epochs(done),
            "targets": done.targets,
            "padding": done.padding,
            "padding_share": round(done.padding / max(done.tokens + done.padding, 1), 6),
            "cut_rows": done.cut,
            "first_loss": done.first_loss,
            "last_loss": done.last_loss,
            "rows": of_stage.rows,
            "shards": entry["shards"],
        }
        for of_stage, done, entry in zip(plans, state.stages, plan["stages"], strict=False)  # stages begun alone
    ]
    return {
        "command": "train",
        "argv": list(argv),
        "settings": plan["settings"],
        "versions": {"cscl-data": __version__, **{name: version(name) for name in _PACKAGES}},
        "seed": plan["settings"]["seed"],
        "deterministic": plan["settings"]["device"] == "cpu",
        "model": {"source": plan["settings"]["model"], "sha256": plan["model_sha256"], "parameters": parameters},
        "tokenizer": {"sha256": plan["tokenizer_sha256"], "vocab_size": vocab_size},
        "tokens": state.tokens_seen,
        "steps": state.step,
        "stages": stages,
    }


def weight_files(folder: Path) -> list[dict[str, Any]]:
    """List the weight files of a saved model with bytes and sha256."""
    paths = sorted(folder.glob("*.safetensors"))
    return [{"path": f"{folder.name}/{path.name}", **file_facts(path)._asdict()} for path in paths]
