"""Label-smoothed cross-entropy that fits in the cache."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F


class SmoothedLoss(torch.autograd.Function):
    """Label-smoothed cross-entropy of tied output logits, with its gradient, a block of positions at a time.

    The logits of a batch never exist as a whole, which on CPU saves most of the memory traffic of the loss.
    """

    @staticmethod
    def forward(
        ctx: Any, states: Tensor, weight: Tensor, bias: Tensor, labels: Tensor, weights: Tensor, smoothing: float
    ) -> Tensor:
        """Returns the mean loss; the gradients are computed here and only scaled in ``backward``.

        Args:
            ctx: Autograd context.
            states: Decoder states of the real target tokens. [N, C]
            weight: Output embedding. [V, C]
            bias: Output bias. [V]
            labels: Gold ids. [N]
            weights: Weight of each position. [N]
            smoothing: Share of probability spread over the vocabulary (Szegedy et al., 2016,
                https://arxiv.org/abs/1512.00567).
        """
        kind = torch.bfloat16 if states.dtype == torch.bfloat16 else weight.dtype
        half, cast, size = states.to(kind), weight.to(kind), len(weight)
        grad_states = torch.empty_like(half)
        grad_weight = torch.zeros_like(weight)
        grad_bias = torch.zeros_like(bias)
        loss = torch.zeros(())
        for begin in range(0, len(half), 512):
            block, gold = half[begin : begin + 512], labels[begin : begin + 512, None]
            weight_column = weights[begin : begin + 512, None]
            log_probabilities = F.linear(block, cast).float().add_(bias).log_softmax(-1)
            loss -= (1 - smoothing) * (weight_column * log_probabilities.gather(1, gold)).sum()
            loss -= smoothing / size * (weight_column.T @ log_probabilities).sum()
            grad = log_probabilities.exp_().sub_(smoothing / size)
            grad.scatter_add_(1, gold, torch.full_like(grad[:, :1], smoothing - 1))
            grad.mul_(weight_column)
            grad_bias += grad.sum(0)
            grad = grad.to(kind)
            grad_states[begin : begin + 512] = grad @ cast
            grad_weight += grad.T @ block
        total = weights.sum()
        ctx.save_for_backward(grad_states, grad_weight, grad_bias, total)
        return loss / total

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        """Returns the gradients of states, weight and bias."""
        grad_states, grad_weight, grad_bias, total = ctx.saved_tensors
        scale = grad / total
        return grad_states * scale.to(grad_states.dtype), grad_weight * scale, grad_bias * scale, None, None, None
