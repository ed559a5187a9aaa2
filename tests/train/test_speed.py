from __future__ import annotations

import json

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from cscl_data.train.flops import flops_per_token, peak_flops
from cscl_data.train.forms import Marks
from cscl_data.train.model import build_model
from cscl_data.train.pace import Pace, Speed
from cscl_data.train.presets import PRESETS
from cscl_data.train.run import run_train
from cscl_data.train.trainable import choose_weights
from tests.train.stage_data import sentences, small_config, write_stage
from tests.train.test_run import read_log, stop_after
from tests.train.tiny_models import tiny_model

CONTEXT = 64


@pytest.mark.parametrize("what", ["all", "attention"])
@pytest.mark.parametrize("family", ["llama", "gpt2", "qwen2"])
def test_flops_are_those_that_torch_counts_but_for_the_half_of_attention_that_is_masked(family, what):
    model = tiny_model(family, attn_implementation="eager").train()
    choose_weights(model, what, old_tokens=0)
    ids = torch.randint(3, 320, (2, CONTEXT))
    with FlopCounterMode(display=False) as counter:
        model(input_ids=ids, labels=ids, use_cache=False).loss.backward()
    shape = model.config.get_text_config()
    width = shape.num_attention_heads * (getattr(shape, "head_dim", None) or 8)
    masked = 6 * shape.num_hidden_layers * width * CONTEXT
    counted = counter.get_total_flops() / ids.numel()
    assert flops_per_token(model, context=CONTEXT) + masked == pytest.approx(counted, rel=0.08)


def test_flops_of_a_preset_are_six_a_weight_and_those_of_attention():
    preset = PRESETS["tiny"]
    model = build_model(preset, vocab_size=1000, marks=Marks(1, 2, 0))
    weights = preset.parameters + 1000 * preset.width
    assert flops_per_token(model, context=CONTEXT) == 6 * weights + 6 * preset.layers * preset.width * CONTEXT


def test_peak_is_known_of_bfloat16_on_known_devices_alone(monkeypatch):
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "NVIDIA H100 PCIe")
    cuda = torch.device("cuda")
    assert peak_flops(cuda, torch.bfloat16) == 756e12
    assert peak_flops(cuda, None) is None
    assert peak_flops(torch.device("cpu"), torch.bfloat16) is None
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "Something New")
    assert peak_flops(cuda, torch.bfloat16) is None


def test_pace_is_that_of_the_last_fifty_steps():
    seconds = iter(range(200))
    measured = Pace(flops_per_token=2.0, peak=40.0, clock=lambda: next(seconds))
    assert measured.after(0) == Speed(None, None)
    speeds = [measured.after(1000 * step) for step in range(1, 11)]
    assert speeds[-1] == Speed(1000.0, 50.0)
    slower = [measured.after(10_000 + 10 * step) for step in range(1, 51)]
    assert slower[38].tokens_per_s == (10_000 + 390) / 49
    assert slower[-1] == Speed(10.0, 0.5)
    assert Pace(flops_per_token=2.0, peak=None, clock=lambda: next(seconds)).after(5) == Speed()


def test_run_writes_its_speed_apart_from_its_log_and_a_resumed_one_goes_on(tmp_path):
    stage = write_stage(tmp_path / "stage", sentences(60))
    config = small_config(tmp_path / "run", [f"s={stage}@8steps"], log_every=2)
    run_train(config, should_stop=stop_after(4))
    with (config.out / "speed.jsonl").open("a") as file:
        file.write(json.dumps({"step": 6, "tokens_per_s": 1.0, "mfu": None}) + "\n")
    speeds = []
    run_train(config, on_step=lambda event: speeds.append(event.speed.tokens_per_s))
    lines = read_log(config.out / "speed.jsonl")
    assert [line["step"] for line in lines] == [2, 4, 6, 8]
    assert [line["tokens_per_s"] for line in lines[2:]] == [speeds[1], speeds[3]]
    assert speeds[0] is None
    assert all(line["mfu"] is None for line in lines)
    assert "tokens_per_s" not in (config.out / "log.jsonl").read_text()
