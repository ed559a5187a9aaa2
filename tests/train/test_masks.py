"""Documents in one row see only themselves, and the loss of large vocabularies is made without whole logits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from cscl_data.errors import ConfigError
from cscl_data.train import likelihood
from cscl_data.train.batches import IGNORED, row_collator
from cscl_data.train.build import check_chunk
from cscl_data.train.learner import Learner
from cscl_data.train.likelihood import Likelihood
from cscl_data.train.objectives import causal_lm
from cscl_data.train.order import Row
from cscl_data.train.packing import PackedRow, Piece
from cscl_data.train.place import LoaderState
from tests.train.stage_data import small_config
from tests.train.tiny_models import FAMILIES, tiny_model


def piece(name: str, length: int, *, targets=None) -> Piece:
    generator = np.random.default_rng(sum(map(ord, name)) + length)
    return Piece(Row(name, 0, ()), generator.integers(3, 320, length).astype(np.int32), targets)


def rows_of(*rows):
    return [PackedRow(tuple(pieces), LoaderState()) for pieces in rows]


@pytest.fixture
def documents():
    return [piece("a", 9), piece("b", 14), piece("c", 1), piece("d", 20)]


def loss_of(model, rows, *, separate, chunk=None):
    batch = row_collator(pad=0, context=48, separate=separate)(rows_of(*rows))
    return Likelihood(model, chunk=chunk).total(batch)


@pytest.mark.parametrize("family", FAMILIES)
def test_separate_documents_in_a_row_have_the_loss_that_they_have_alone(family, documents):
    model = tiny_model(family)
    alone = sum(loss_of(model, [[document]], separate=False).item() for document in documents)
    together = loss_of(model, [documents], separate=True).item()
    mixed = loss_of(model, [documents], separate=False).item()
    assert together == pytest.approx(alone, rel=1e-5)
    assert mixed != pytest.approx(alone, rel=1e-2)


def test_first_token_of_a_separate_document_is_no_target_and_positions_begin_anew(documents):
    batch = row_collator(pad=0, context=48, separate=True)(rows_of(documents))
    assert batch.labels_BT[0, [0, 9, 23, 24]].tolist() == [IGNORED] * 4
    assert batch.position_ids_BT[0].tolist() == [*range(9), *range(14), 0, *range(20), *range(4)]
    assert batch.counts.targets == 8 + 13 + 0 + 19
    assert (batch.tokens, batch.padding) == (44, 4)


def test_rows_without_a_context_are_filled_up_to_a_multiple_of_eight(documents):
    batch = row_collator(pad=0, context=None, separate=False)(rows_of([documents[0]], [documents[1]]))
    assert batch.input_ids_BT.shape == (2, 16)
    assert batch.padding == 32 - 9 - 14


def test_tokens_that_are_no_targets_are_read_but_not_learned():
    targets = np.array([False] * 5 + [True] * 4)
    batch = row_collator(pad=0, context=16, separate=False)(rows_of([piece("a", 9, targets=targets)]))
    assert (batch.labels_BT[0] != IGNORED).tolist() == [False] * 5 + [True] * 4 + [False] * 7
    assert batch.counts.targets == 4


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("filled", [True, False])
def test_chunked_cross_entropy_has_the_loss_and_gradients_of_the_whole_one(family, documents, filled):
    rows = [documents, documents[1:]] if filled else [[piece("x", 48)], [piece("y", 48)]]
    results = []
    for chunk in (None, 7):
        model = tiny_model(family)
        assert Likelihood(model, chunk=chunk).agrees(torch.arange(8)[None])
        loss = loss_of(model, rows, separate=filled, chunk=chunk) / 60
        (3 * loss).backward()
        results.append((loss.item(), [p.grad for p in model.parameters()]))
    (whole, grads), (chunked, others) = results
    assert chunked == pytest.approx(whole, rel=1e-6)
    scale = max(grad.abs().max() for grad in grads)
    for one, other in zip(grads, others, strict=True):
        assert torch.allclose(one, other, atol=1e-6 * scale)


def test_no_gradient_of_the_head_is_made_where_none_is_wanted(documents, monkeypatch):
    model = tiny_model("llama")
    expected = loss_of(model, [documents], separate=False, chunk=7).item()
    monkeypatch.setattr(likelihood, "slopes", lambda *parts: pytest.fail("a gradient was made"))
    for context in (torch.no_grad, torch.inference_mode):
        with context():
            assert loss_of(model, [documents], separate=False, chunk=7).item() == pytest.approx(expected, rel=1e-6)


def test_bias_of_a_head_has_the_gradient_of_the_whole_way(documents):
    batch = row_collator(pad=0, context=48, separate=True)(rows_of(documents))
    gradients = []
    for chunk in (None, 7):
        model = tiny_model("llama")
        model.lm_head.bias = torch.nn.Parameter(torch.linspace(-1, 1, 320))
        made = Likelihood(model, chunk=chunk)
        assert made.agrees(torch.arange(8)[None])
        made.total(batch).backward()
        gradients.append(model.lm_head.bias.grad)
    assert torch.allclose(*gradients, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("family", FAMILIES)
def test_chunked_way_fits_a_model_in_bfloat16(family):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert Likelihood(tiny_model(family), chunk=7).agrees(torch.arange(8)[None])


@pytest.mark.parametrize("chunk", [None, 7])
def test_losses_of_single_tokens_add_up_to_the_total_and_carry_gradients(documents, chunk):
    batch = row_collator(pad=0, context=48, separate=True)(rows_of(documents, documents[:2]))
    gradients = []
    for of_each in (False, True):
        model = tiny_model("gemma2")
        made = Likelihood(model, chunk=chunk)
        loss = made.each(batch).sum() if of_each else made.total(batch)
        loss.backward()
        gradients.append((loss.item(), model.get_input_embeddings().weight.grad))
    assert gradients[0][0] == pytest.approx(gradients[1][0], rel=1e-6)
    assert torch.allclose(gradients[0][1], gradients[1][1], rtol=1e-4, atol=1e-4)


def test_chunked_cross_entropy_in_bfloat16_is_near_the_whole_one(documents):
    results = []
    for chunk in (None, 7):
        model = tiny_model("llama")
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = loss_of(model, [documents], separate=False, chunk=chunk)
        loss.backward()
        results.append((loss.item(), model.lm_head.weight.grad))
    assert results[1][0] == pytest.approx(results[0][0], rel=1e-3)
    assert results[1][1].dtype == torch.float32
    error = (results[0][1] - results[1][1]).norm() / results[0][1].norm()
    assert error < 2e-2


def test_model_that_does_more_after_its_decoder_is_told_from_others(tmp_path):
    model = tiny_model("llama")
    whole = model.forward
    model.forward = lambda *args, **kwargs: _scaled(whole(*args, **kwargs))
    learner = Learner(model, causal_lm.loss, chunk=7)
    config = small_config(tmp_path, [], cross_entropy="chunked")
    with pytest.raises(ConfigError, match="do not give this model's logits"):
        check_chunk(config, learner, torch.device("cpu"))
    check_chunk(replace(config, cross_entropy="auto"), learner, torch.device("cpu"))
    assert not learner.likelihood.is_chunked


def _scaled(output):
    output.logits = output.logits * 0.5
    return output
