"""What `--compile` compiles: layers that attend without a mask, and the gradient of the logits, a piece at a time."""

from __future__ import annotations

from functools import partial

import pytest
import torch

from cscl_data.train.batches import Batch, Counts
from cscl_data.train.learner import Learner
from cscl_data.train.objectives import causal_lm
from cscl_data.train.parallel import layers_of
from cscl_data.train.presets import chunk_of
from tests.train.tiny_models import FAMILIES, tiny_model


@pytest.fixture
def graphs(monkeypatch):
    """Collect the graphs that `torch.compile` is given, and run them as they are: inductor would take a minute."""
    found = []

    def keep(graph, examples):
        found.append(graph)
        return graph.forward

    monkeypatch.setattr(torch, "compile", partial(torch.compile, backend=keep))
    torch.compiler.reset()
    yield found
    torch.compiler.reset()


def calls_of(graphs, name):
    return [node for graph in graphs for node in graph.graph.nodes if name in str(node.target)]


@pytest.mark.parametrize("family", [family for family in FAMILIES if family != "gemma2"])  # caps its own attention
def test_compiled_layers_are_causal_without_a_mask_and_compiled_once(family, graphs):
    ids_BT = torch.randint(3, 320, (4, 48), generator=torch.Generator().manual_seed(0))
    counts = Counts(4 * 47)
    batch = Batch(ids_BT, ids_BT, ids_BT.numel(), (), counts)
    model = tiny_model(family).eval()
    learner = Learner(model, causal_lm.loss, chunk=94)
    expected = learner(batch, counts).item()
    learner.likelihood.compile(layers_of(model))
    loss = learner(batch, counts)
    loss.backward()
    assert loss.item() == pytest.approx(expected, rel=1e-6)
    attended = calls_of(graphs, "scaled_dot_product_attention")
    assert len(attended) == 1 < len(layers_of(model))
    assert attended[0].kwargs["is_causal"] is True
    assert attended[0].kwargs["attn_mask"] is None
    assert len(calls_of(graphs, "log_softmax")) == 1


def test_logits_held_at_once_fit_the_memory_and_are_never_none():
    assert chunk_of(151_936, memory=None) == 512
    assert 8 * 151_936 * chunk_of(151_936, memory=80 * 2**30) <= 80 * 2**30 // 16
    assert chunk_of(151_936, memory=141 * 10**9) > chunk_of(151_936, memory=80 * 2**30) > 512
    assert chunk_of(256_000, memory=2**30) == 512
