"""What the benchmark of training counts, on sizes worked out by hand."""

from __future__ import annotations

import torch
from transformers import AutoConfig, AutoModelForCausalLM

from benchmarks.train_data import write_instructions, write_preferences, write_text
from benchmarks.train_gpu import CONTEXT, on_gpu, shapes
from benchmarks.train_loader import loader_rate, processor_seconds, text_and_bpe
from benchmarks.train_parts import correctness
from cscl_data.io.dataset import dataset_schema, iter_dataset
from cscl_data.train.flops import flops_per_token


def test_shapes_for_a_gpu_have_the_weights_that_their_arithmetic_counts():
    for name, preset in shapes().items():
        config = AutoConfig.for_model(preset.family, **preset.shape, vocab_size=preset.vocab_size)
        with torch.device("meta"):
            model = AutoModelForCausalLM.from_config(config)
        assert model.num_parameters() == preset.parameters + preset.vocab_size * preset.width, name
        attention = 6 * preset.layers * preset.width * CONTEXT
        assert flops_per_token(model, context=CONTEXT) == 6 * model.num_parameters() + attention


def test_without_a_gpu_nothing_is_measured(monkeypatch, tmp_path):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    lines = list(on_gpu(tmp_path, tmp_path))
    assert [figure for _, figure, _ in lines] == ["not measured: no CUDA device"] * 3
    assert [bar for _, _, bar in lines] == ["MFU 45 %", "MFU 50 %", "5 times"]


def test_loader_of_the_benchmark_draws_an_epoch_and_counts_the_processor_time_of_its_workers(tmp_path):
    groups, spec = text_and_bpe(tmp_path / "none", tmp_path, n_pairs=400, vocab_size=512)
    before = processor_seconds()
    rate = loader_rate(groups, spec, packing="wrapped", workers=1, context=64, batch_size=4)
    assert processor_seconds() > before
    assert min(rate.clock, rate.processor) > 0
    assert 0 <= rate.filled < 0.01


def test_text_is_that_of_the_shipped_example_where_there_is_no_pool(tmp_path):
    for write, schema, n in (
        (write_text, "mono/1", 6),
        (write_instructions, "sft/1", 3),
        (write_preferences, "preferences/1", 6),
    ):
        directory = write(tmp_path / schema[:3], tmp_path / "none", 3)
        assert dataset_schema(directory) == schema
        assert len(list(iter_dataset(directory))) == n


def test_losses_of_the_benchmark_reach_their_bar():
    assert all(float(figure) <= float(bar) for _, figure, bar in correctness())
