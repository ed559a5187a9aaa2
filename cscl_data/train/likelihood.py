"""What a model gives the tokens of a batch: negative log-likelihoods in nats, with or without whole logits.

B rows, T tokens in a row, N positions with a target, H hidden size, V tokens in the vocabulary. Logits of large
vocabularies take more memory than all else: the chunked way has those of a few hundred positions at a time.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from cscl_data.train.batches import IGNORED, Batch


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

    @property
    def is_chunked(self) -> bool:
        """Whether logits stand in memory for some positions at a time."""
        return self._chunk is not None

    def take_whole_logits(self) -> None:
        """Take all logits from the model at once from now on."""
        self._chunk = None

    def compile(self) -> None:
        """Have `torch.compile` compile the decoder, which both ways use; the head is one product of matrices."""
        self._decoder.compile()

    def total(self, batch: Batch) -> Tensor:
        """Return the sum over all targets: float32, shape []."""
        targets_BT = batch.labels_BT[:, 1:]
        if self._chunk is None:
            logits_NV = self._logits(batch)[:, :-1].flatten(0, 1).float()
            return functional.cross_entropy(logits_NV, targets_BT.flatten(), ignore_index=IGNORED, reduction="sum")
        hidden_NH, targets_N = self._picked(batch)
        parts = (hidden_NH, self._weight(), self._head.bias, targets_N, self._cap, self._chunk)
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
        """Say whether decoder and head give the logits of the whole model, so that the chunked way is right for it."""
        if self._head is None or not hasattr(self._head, "weight"):
            return False
        with torch.no_grad():
            was_training = self._model.training
            self._model.eval()
            whole = self._model(input_ids=ids_BT, use_cache=False).logits.float()
            hidden = self._decoder(input_ids=ids_BT, use_cache=False).last_hidden_state
            ours = _logits(hidden, self._weight(), self._head.bias, self._cap)
            self._model.train(was_training)
        return whole.shape == ours.shape and torch.allclose(whole, ours, rtol=1e-3, atol=1e-3)

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
    logits_NV = functional.linear(hidden_NH, weight_VH.to(hidden_NH.dtype), bias_V).float()
    return logits_NV if cap is None else cap * torch.tanh(logits_NV / cap)


def _losses(hidden: Tensor, weight: Tensor, bias: Tensor | None, targets: Tensor, cap: float | None) -> Tensor:
    return functional.cross_entropy(_logits(hidden, weight, bias, cap), targets, reduction="none")


class _SummedLoss(torch.autograd.Function):
    """Cross-entropy of a linear head, summed; the gradient is made beside the loss, so that no logits are kept."""

    @staticmethod
    def forward(
        ctx: Any, hidden: Tensor, weight: Tensor, bias: Tensor | None, targets: Tensor, cap: float | None, chunk: int
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
            logits = functional.linear(states, matrix, None if bias is None else bias.to(matrix.dtype)).float()
            slope = None
            if cap is not None:
                bent = torch.tanh(logits / cap)
                logits, slope = cap * bent, 1 - bent.square()
            logits = logits.sub_(logits.amax(-1, keepdim=True))
            at = targets[rows, None]
            right = logits.gather(1, at)
            grad = logits.exp_()  # e^logit, then the probability
            sums = grad.sum(-1, keepdim=True)
            total += (sums.log() - right).sum()
            if not any(ctx.needs_input_grad):
                continue
            grad = grad.div_(sums)
            grad.scatter_add_(1, at, torch.full_like(right, -1))
            grad = (grad if slope is None else grad * slope).to(matrix.dtype)
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
        return (*scaled, None, None, None)
