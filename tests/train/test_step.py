from __future__ import annotations

import copy
import math

import pytest
import torch

from cscl_data.train.batches import IGNORED, Batch, Counts
from cscl_data.train.forms import FORMS, Marks
from cscl_data.train.learner import Learner
from cscl_data.train.model import build_model
from cscl_data.train.objectives import causal_lm
from cscl_data.train.presets import PRESETS
from cscl_data.train.step import build_optimizer, set_lr, train_step

VOCABULARY = 300


@pytest.fixture
def model():
    torch.manual_seed(0)
    return Learner(
        build_model(PRESETS["tiny"], vocab_size=VOCABULARY, marks=Marks(1, 2, 0)), causal_lm.loss, chunk=None
    )


def random_batch(rows: int, *, filled: int = 0, seed: int = 0) -> Batch:
    """Rows of 24 tokens, the last `filled` positions of the last row filled."""
    generator = torch.Generator().manual_seed(seed)
    ids_BT = torch.randint(3, VOCABULARY, (rows, 24), generator=generator)
    labels_BT = ids_BT.clone()
    if filled:
        ids_BT[-1, -filled:] = 0
        labels_BT[-1, -filled:] = IGNORED
    return Batch(ids_BT, labels_BT, rows * 24 - filled, ("a",), Counts(rows * 23 - filled))


def part(batch: Batch, rows: slice) -> Batch:
    labels_BT = batch.labels_BT[rows]
    return Batch(batch.input_ids_BT[rows], labels_BT, 0, (), Counts(int((labels_BT[:, 1:] != IGNORED).sum())))


def gradients(model):
    return [p.grad.clone() for p in model.parameters()]


@pytest.mark.parametrize("filled", [0, 9])
def test_loss_and_gradients_equal_those_that_transformers_computes_from_labels(model, filled):
    batch = random_batch(3, filled=filled)
    ours = model(batch, batch.counts)
    ours.backward()
    our_gradients = gradients(model)
    model.zero_grad()
    theirs = model.model(
        input_ids=batch.input_ids_BT, attention_mask=(batch.input_ids_BT != 0).long(), labels=batch.labels_BT
    ).loss
    theirs.backward()
    assert ours.item() == pytest.approx(theirs.item(), abs=1e-6)
    for one, other in zip(our_gradients, gradients(model), strict=True):
        assert torch.allclose(one, other, atol=1e-6)


def test_train_step_weighs_every_target_alike_in_whichever_micro_batch(model):
    batch, twin = random_batch(3, filled=20), copy.deepcopy(model)
    whole = train_step(model, build_optimizer(model, lr=1e-3, weight_decay=0.1), [batch], max_grad_norm=1.0)
    parts = [part(batch, slice(0, 2)), part(batch, slice(2, 3))]
    split = train_step(twin, build_optimizer(twin, lr=1e-3, weight_decay=0.1), parts, max_grad_norm=1.0)
    assert split.targets == whole.targets == 3 * 23 - 20
    assert split.loss == pytest.approx(whole.loss, abs=1e-5)
    assert split.grad_norm == pytest.approx(whole.grad_norm, abs=1e-5)


def test_train_step_learns_one_batch_by_heart(model):
    optimizer = build_optimizer(model, lr=3e-3, weight_decay=0.0)
    batch = random_batch(2)
    losses = [train_step(model, optimizer, [batch], max_grad_norm=1.0).loss for _ in range(30)]
    assert losses[0] == pytest.approx(math.log(VOCABULARY), abs=0.3)
    assert losses[-1] < 0.5 * losses[0]


def test_train_step_clips_to_the_norm_and_reports_the_norm_before(model):
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    before = [p.detach().clone() for p in model.parameters()]
    result = train_step(model, optimizer, [random_batch(2)], max_grad_norm=1e-3)
    moved = math.sqrt(sum(((p - q) ** 2).sum().item() for p, q in zip(model.parameters(), before, strict=True)))
    assert result.grad_norm > 1e-2
    assert moved == pytest.approx(1e-3, rel=1e-2)


def test_train_step_leaves_the_weights_alone_when_the_loss_is_not_finite(model):
    before = copy.deepcopy(model.state_dict())
    optimizer = build_optimizer(model, lr=1e-3, weight_decay=0.1)
    broken = Learner(model.model, lambda *parts: causal_lm.loss(*parts) * math.nan, chunk=None)
    result = train_step(broken, optimizer, [random_batch(2)], max_grad_norm=1.0)
    assert not result.finite
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_train_step_leaves_the_weights_alone_when_only_a_gradient_is_not_finite(model):
    before = copy.deepcopy(model.state_dict())
    optimizer = build_optimizer(model, lr=1e-3, weight_decay=0.1)
    next(model.parameters()).register_hook(lambda grad: grad * math.inf)
    result = train_step(model, optimizer, [random_batch(2)], max_grad_norm=1.0)
    assert math.isfinite(result.loss)
    assert not result.finite
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_train_step_survives_rows_without_a_target(model):
    batch = Batch(torch.tensor([[5]]), torch.tensor([[5]]), 1, ("a",), Counts(0))
    result = train_step(model, build_optimizer(model, lr=1e-3, weight_decay=0.0), [batch], max_grad_norm=1.0)
    assert (result.loss, result.targets, result.finite) == (0.0, 0, True)


def test_train_step_in_bfloat16_is_near_float32_and_keeps_float32_weights(model):
    twin, batch = copy.deepcopy(model), random_batch(2)
    exact = train_step(model, build_optimizer(model, lr=1e-3, weight_decay=0.0), [batch], max_grad_norm=1.0)
    optimizer = build_optimizer(twin, lr=1e-3, weight_decay=0.0)
    rough = train_step(twin, optimizer, [batch], max_grad_norm=1.0, autocast=torch.bfloat16)
    assert rough.loss == pytest.approx(exact.loss, rel=2e-2)
    assert {p.dtype for p in twin.parameters()} == {torch.float32}


def test_build_optimizer_decays_matrices_alone(model):
    matrices, vectors = build_optimizer(model, lr=1e-3, weight_decay=0.1).param_groups
    assert {p.dim() for p in matrices["params"]} == {2}
    assert {p.dim() for p in vectors["params"]} == {1}
    assert (matrices["weight_decay"], vectors["weight_decay"]) == (0.1, 0.0)


def test_set_lr_sets_every_group(model):
    optimizer = build_optimizer(model, lr=1.0, weight_decay=0.0)
    set_lr(optimizer, 0.25)
    assert {group["lr"] for group in optimizer.param_groups} == {0.25}


def test_objectives_and_their_names_agree():
    from cscl_data.train.config import OBJECTIVES as NAMES

    assert tuple(FORMS) == NAMES
