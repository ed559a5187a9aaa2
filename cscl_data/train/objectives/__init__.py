"""What is minimised: one module an objective, all behind one signature."""

from __future__ import annotations

from cscl_data.train.config import TrainConfig
from cscl_data.train.objectives import causal_lm, clo, sft
from cscl_data.train.objectives.base import Objective


def build_objective(config: TrainConfig) -> Objective:
    """Return the objective of a run. The names stand in `config.OBJECTIVES`, where torch is not imported."""
    if config.objective == "clo":
        return clo.build(weight=config.sft_weight, beta=config.beta)
    return {"causal-lm": causal_lm.loss, "sft": sft.loss}[config.objective]


__all__ = ["Objective", "build_objective"]
