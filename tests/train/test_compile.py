"""What `--compile` compiles: layers that attend without a mask, and the gradient of the logits, a piece at a time."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
import torch

from cscl_data.train.batches import Batch, Counts
from cscl_data.train.build import build_learner
from cscl_data.train.forms import Marks
from cscl_data.train.learner import Learner
from cscl_data.train.objectives import causal_lm
from cscl_data.train.parallel import layers_of
from cscl_data.train.presets import chunk_of
from cscl_data.train.settings import resolve
from cscl_data.train.speech import SpeechSpec
from tests.train.stage_data import small_config
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


def test_layers_are_compiled_for_the_rows_of_the_first_step(tmp_path, graphs):
    """A graph that was made for other rows before would be made anew for rows of any length."""
    config = replace(small_config(tmp_path, ["a=x"], vocab_size=5000), compile=True)
    spec = SpeechSpec("causal-lm", "", Marks(1, 2, 0), None, None)
    built = build_learner(config, resolve(config), spec, vocab_size=5000, device=torch.device("cpu"), autocast=None)
    ids_BT = torch.randint(3, 5000, (4, 32))
    built.learner(Batch(ids_BT, ids_BT, ids_BT.numel(), (), Counts(4 * 31)), Counts(4 * 31))
    assert built.learner.likelihood.is_chunked
    (layer,) = [graph for graph in graphs if calls_of([graph], "scaled_dot_product_attention")]
    inputs = [node.meta["example_value"] for node in layer.graph.nodes if node.op == "placeholder"]
    assert (4, 32, 128) in [tuple(value.shape) for value in inputs if hasattr(value, "shape")]
    assert not any(isinstance(value, torch.SymInt) for value in inputs)


def test_logits_held_at_once_fit_the_memory_and_are_never_none():
    assert chunk_of(151_936, memory=None) == 512
    assert 8 * 151_936 * chunk_of(151_936, memory=80 * 2**30) <= 80 * 2**30 // 16
    assert chunk_of(151_936, memory=141 * 10**9) > chunk_of(151_936, memory=80 * 2**30) > 512
    assert chunk_of(256_000, memory=2**30) == 512
