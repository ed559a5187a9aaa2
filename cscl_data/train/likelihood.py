"""What a model gives the tokens of a batch: negative log-likelihoods in nats, with or without whole logits.

B rows, T tokens in a row, N positions with a target, H hidden size, V tokens in the vocabulary. Logits of large
vocabularies take more memory than all else: the chunked way has those of a few hundred positions at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from cscl_data.train.batches import IGNORED, Batch

Slopes = Callable[[Tensor, Tensor, float | None], tuple[Tensor, Tensor]]
"""Of logits, targets and a cap, the loss and its gradient by the logits: `slopes`, or that compiled."""


class Likelihood:
    """Negative log-likelihoods of the labels under a model.

    Args:
        model: a causal language model of `transformers`, or one that `peft` wraps.
        chunk: positions at a time; None takes all logits from the model at once.
    """

    def __init__(self, model: Any, *, chunk: int | None) -> None:
        self._model = model
        self._chunk = chunk
        inner = model.get_base_model() if hasattr(model, "get_base_model") else model
        self._decoder = inner.base_model
        self._head = inner.get_output_embeddings()
        self._cap = getattr(inner.config.get_text_config(), "final_logit_softcapping", None)
        self._slopes: Slopes = slopes

    @property
    def is_chunked(self) -> bool:
        """Whether logits stand in memory for some positions at a time."""
        return self._chunk is not None

    def take_whole_logits(self) -> None:
        """Take all logits from the model at once from now on."""
        self._chunk = None

    def compile(self, layers: Sequence[torch.nn.Module]) -> None:
        """Have `torch.compile` compile each layer, and what the chunked way makes of logits.

        Layers alike are compiled once. Beside them, the model sees that a row needs no mask but the causal one, which
        attention has kernels for; compiled as a whole, it would make a mask and attend twice as long.

        Args:
            layers: of the decoder; empty: the decoder is compiled whole.
        """
        for part in layers or [self._decoder]:
            part.compile()
        self._slopes = torch.compile(slopes)

    def total(self, batch: Batch) -> Tensor:
        """Return the sum over all targets: float32, shape []."""
        targets_BT = batch.labels_BT[:, 1:]
        if self._chunk is None:
            logits_NV = self._logits(batch)[:, :-1].flatten(0, 1).float()
            return functional.cross_entropy(logits_NV, targets_BT.flatten(), ignore_index=IGNORED, reduction="sum")
        hidden_NH, targets_N = self._picked(batch)
        weight_VH, bias_V = self._weight(), self._head.bias
        if not torch.is_grad_enabled():  # a function of autograd is told what wants gradients, not whether any are made
            weight_VH, bias_V = weight_VH.detach(), None if bias_V is None else bias_V.detach()
        parts = (hidden_NH, weight_VH, bias_V, targets_N, self._cap, self._chunk, self._slopes)
        loss: Tensor = _SummedLoss.apply(*parts)  # type: ignore[no-untyped-call] # torch does not annotate it
        return loss

    def each(self, batch: Batch) -> Tensor:
        """Return the value of every position, [B, T - 1], 0 where there is no target: float32."""
        targets_BT = batch.labels_BT[:, 1:]
        if self._chunk is None:
            logits_NV = self._logits(batch)[:, :-1].flatten(0, 1).float()
            losses_N = functional.cross_entropy(logits_NV, targets_BT.flatten(), ignore_index=IGNORED, reduction="none")
            return losses_N.view_as(targets_BT)
        hidden_NH, targets_N = self._picked(batch)
        weight_VH, cap = self._weight(), self._cap
        parts = [
            checkpoint(_losses, hidden, weight_VH, self._head.bias, targets, cap, use_reentrant=False)
            for hidden, targets in zip(
                torch.split(hidden_NH, self._chunk), torch.split(targets_N, self._chunk), strict=True
            )
        ]
        losses_BT = torch.zeros(targets_BT.shape, device=targets_BT.device)
        return losses_BT.masked_scatter(targets_BT != IGNORED, torch.cat(parts))

    def agrees(self, ids_BT: Tensor) -> bool:
        """Say whether decoder and head give the logits of the whole model, so that the chunked way is right for it.

        Each may round in its own place: in 32 bits they are to be alike within 0.1 % of their norm, else within 2 %
        (ours). What a model does beside its head (a scale of logits) is far more.
        """
        if self._head is None or not hasattr(self._head, "weight"):
            return False
        with torch.no_grad():
            was_training = self._model.training
            self._model.eval()
            whole = self._model(input_ids=ids_BT, use_cache=False).logits
            hidden = self._decoder(input_ids=ids_BT, use_cache=False).last_hidden_state
            ours = _logits(hidden, self._weight(), self._head.bias, self._cap)
            self._model.train(was_training)
        if whole.shape != ours.shape:
            return False
        tolerance = 1e-3 if whole.dtype == torch.float32 else 2e-2
        return bool((whole.float() - ours).norm() <= tolerance * whole.float().norm())

    def _logits(self, batch: Batch) -> Tensor:
        output = self._model(input_ids=batch.input_ids_BT, position_ids=batch.position_ids_BT, use_cache=False)
        logits: Tensor = output.logits
        return logits

    def _picked(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return the last hidden states before each target, and the targets."""
        hidden_BTH = self._decoder(
            input_ids=batch.input_ids_BT, position_ids=batch.position_ids_BT, use_cache=False
        ).last_hidden_state
        targets_BT = batch.labels_BT[:, 1:]
        if batch.preferences is None and batch.counts.targets == targets_BT.numel():
            return hidden_BTH[:, :-1].flatten(0, 1), targets_BT.flatten()  # counting on the device would stall it
        is_target_BT = targets_BT != IGNORED
        return hidden_BTH[:, :-1][is_target_BT], targets_BT[is_target_BT]

    def _weight(self) -> Tensor:
        weight: Tensor = self._head.weight
        return weight


def _logits(hidden_NH: Tensor, weight_VH: Tensor, bias_V: Tensor | None, cap: float | None) -> Tensor:
    return _capped(functional.linear(hidden_NH, weight_VH.to(hidden_NH.dtype), bias_V), cap)


def _capped(logits_NV: Tensor, cap: float | None) -> Tensor:
    return logits_NV.float() if cap is None else cap * torch.tanh(logits_NV.float() / cap)


def _losses(hidden: Tensor, weight: Tensor, bias: Tensor | None, targets: Tensor, cap: float | None) -> Tensor:
    return functional.cross_entropy(_logits(hidden, weight, bias, cap), targets, reduction="none")


def slopes(logits_NV: Tensor, targets_N1: Tensor, cap: float | None) -> tuple[Tensor, Tensor]:
    """Return the summed loss of logits, float32 and shape [], and its gradient by them, [N, V] in their type.

    The probabilities are rounded to that type before the target's own is set, so that nothing wide is kept; compiled,
    it reads the logits twice and writes once.
    """
    wide_NV, bend_NV = logits_NV, None
    if cap is not None:
        bent_NV = torch.tanh(logits_NV.float() / cap)
        wide_NV, bend_NV = cap * bent_NV, 1 - bent_NV.square()
    logs_NV = torch.log_softmax(wide_NV, dim=-1, dtype=torch.float32)
    right_N1 = logs_NV.gather(1, targets_N1)
    grad_NV, of_right_N1 = logs_NV.exp_(), right_N1.exp() - 1
    if bend_NV is not None:
        grad_NV, of_right_N1 = grad_NV * bend_NV, of_right_N1 * bend_NV.gather(1, targets_N1)
    narrow_NV = grad_NV.to(logits_NV.dtype)
    return -right_N1.sum(), narrow_NV.scatter_(1, targets_N1, of_right_N1.to(logits_NV.dtype))


class _SummedLoss(torch.autograd.Function):
    """Cross-entropy of a linear head, summed; the gradient is made beside the loss, so that no logits are kept."""

    @staticmethod
    def forward(
        ctx: Any,
        hidden: Tensor,
        weight: Tensor,
        bias: Tensor | None,
        targets: Tensor,
        cap: float | None,
        chunk: int,
        slopes: Slopes,
    ) -> Tensor:
        """Return the loss and keep its gradients. hidden [N, H], weight [V, H], bias [V] or None, targets [N]."""
        to_hidden, to_weight, to_bias = ctx.needs_input_grad[:3]
        grads = [
            torch.empty_like(hidden) if to_hidden else None,
            torch.zeros_like(weight, dtype=torch.float32) if to_weight else None,
            torch.zeros_like(bias, dtype=torch.float32) if to_bias and bias is not None else None,
        ]
        total = torch.zeros((), device=hidden.device)
        narrow = torch.get_autocast_dtype(hidden.device.type)
        matrix = weight.to(narrow) if torch.is_autocast_enabled(hidden.device.type) else weight.to(hidden.dtype)
        for start in range(0, hidden.shape[0], chunk):
            rows = slice(start, start + chunk)
            states = hidden[rows].to(matrix.dtype)
            logits = functional.linear(states, matrix, None if bias is None else bias.to(matrix.dtype))
            if not any(ctx.needs_input_grad):
                total += functional.cross_entropy(_capped(logits, cap), targets[rows], reduction="sum")
                continue
            loss, grad = slopes(logits, targets[rows, None], cap)
            total += loss
            if grads[0] is not None:
                grads[0][rows] = grad @ matrix
            if grads[1] is not None:
                if states.dtype == torch.float32:
                    grads[1].addmm_(grad.T, states)
                else:
                    grads[1] += grad.T @ states
            if grads[2] is not None:
                grads[2] += grad.sum(0)
        ctx.grads = grads
        return total

    @staticmethod
    def backward(ctx: Any, *outer: Tensor) -> tuple[Tensor | None, ...]:
        """Return the kept gradients, scaled."""
        scaled = [None if grad is None else grad.mul_(outer[0]) for grad in ctx.grads]
        return (*scaled, None, None, None, None)
