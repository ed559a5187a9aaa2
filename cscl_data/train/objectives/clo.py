"""Cross-lingual optimisation: answer in the language of the prompt, and learn the answers in the target language.

B rows, T tokens in a row, S sequences (a prompt with one answer), P = S / 2 preferences.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from cscl_data.train.batches import Batch, Counts, Preferences
from cscl_data.train.likelihood import Likelihood
from cscl_data.train.objectives.base import Objective


def build(*, weight: float, beta: float) -> Objective:
    """Return the objective.

    Source:
        lee-etal-2025-cross: weight * L_SFT + (1 - weight) * L_CL. Deviations: none known; their weight, beta and the
        scale of the two terms are not published. L_SFT is the mean over targets of the chosen answers to prompts in
        the target language, L_CL the mean over records of the sum of both prompts' terms, log-probabilities summed
        over an answer (our defaults).

    Args:
        weight: of the supervised term, in [0, 1].
        beta: how far a preference may lead away from the start model.
    """

    def loss(likelihood: Likelihood, batch: Batch, counts: Counts) -> Tensor:
        if batch.preferences is None:
            raise ValueError("a batch without preferences")
        log_probs_S = sequence_log_probs(likelihood, batch)
        learned = -log_probs_S[batch.preferences.learned_S].sum() / max(counts.targets, 1)
        ratio_P2 = (log_probs_S - batch.preferences.reference_S).view(-1, 2)
        margin_P = beta * (ratio_P2[:, 0] - ratio_P2[:, 1])
        compared = -functional.logsigmoid(margin_P).sum() / max(counts.pairs / 2, 1)
        return weight * learned + (1 - weight) * compared

    return loss


def sequence_log_probs(likelihood: Likelihood, batch: Batch) -> Tensor:
    """Return the log-probability of each sequence's answer given its prompt: float32, [S]."""
    preferences = batch.preferences
    if not isinstance(preferences, Preferences):
        raise ValueError("a batch without preferences")
    losses_BT = likelihood.each(batch)
    sums = torch.zeros(len(preferences.reference_S) + 1, device=losses_BT.device)
    of_target_BT = preferences.sequence_BT[:, 1:]
    return -sums.index_add(0, of_target_BT.flatten(), losses_BT.flatten())[:-1]
