"""Supervised fine-tuning: next-token prediction of the responses alone. The labels leave the prompts out."""

from __future__ import annotations

from cscl_data.train.objectives.causal_lm import loss

__all__ = ["loss"]
