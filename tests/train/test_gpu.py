"""What only a CUDA device can show: `pytest -m gpu tests/train`."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from cscl_data.train.batches import Batch, Counts
from cscl_data.train.learner import Learner
from cscl_data.train.objectives import causal_lm
from cscl_data.train.run import run_train
from tests.train.in_ranks import config_of
from tests.train.stage_data import sentences, small_config, write_preferences, write_stage
from tests.train.test_ranks import run_two
from tests.train.test_run import read_log
from tests.train.tiny_models import FAMILIES, tiny_model

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")]


def losses_of(config) -> list[float]:
    run_train(config)
    return [line["loss"] for line in read_log(config.out / "log.jsonl")]


def test_gpu_in_float32_trains_as_the_cpu_does(tmp_path):
    stage = f"s={write_stage(tmp_path / 's', sentences(90))}@8steps"
    cpu = small_config(tmp_path / "cpu", [stage])
    gpu = replace(cpu, out=tmp_path / "gpu", device="cuda", dtype="float32", workers=2)
    assert losses_of(gpu) == pytest.approx(losses_of(cpu), rel=1e-3)


@pytest.mark.parametrize("objective", ["causal-lm", "clo"])
def test_gpu_in_bfloat16_learns_and_goes_on(tmp_path, objective):
    path = tmp_path / "s"
    write = write_preferences if objective == "clo" else write_stage
    stage = f"s={write(path, 60 if objective == 'clo' else sentences(200))}@20steps"
    options = {"objective": objective, "device": "cuda", "dtype": "bfloat16", "context": 128, "lr": 3e-3}
    if objective == "clo":
        options |= {"chat_template": "plain", "train_only": "all"}
    straight = small_config(tmp_path / "straight", [stage], **options)
    losses = losses_of(straight)
    assert losses[-1] < losses[0]
    torn = replace(straight, out=tmp_path / "torn")
    steps: list[int] = []
    run_train(torn, on_step=lambda event: steps.append(event.state.step), should_stop=lambda: len(steps) == 10)
    assert losses_of(torn) == pytest.approx(losses, rel=2e-2)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("dtype", [None, torch.bfloat16])
def test_gpu_has_the_loss_of_the_cpu_whole_and_chunked(family, dtype):
    ids_BT = torch.randint(3, 320, (4, 64), generator=torch.Generator().manual_seed(0))
    counts = Counts(4 * 63)
    batch = Batch(ids_BT, ids_BT, ids_BT.numel(), (), counts)
    expected = Learner(tiny_model(family), causal_lm.loss, chunk=None)(batch, counts).item()
    for chunk in (None, 100):
        learner = Learner(tiny_model(family).cuda(), causal_lm.loss, chunk=chunk)
        with torch.autocast("cuda", dtype=dtype, enabled=dtype is not None):
            loss = learner(batch.to(torch.device("cuda")), counts)
        loss.backward()
        assert loss.item() == pytest.approx(expected, rel=1e-4 if dtype is None else 5e-2)


def test_clo_needs_hardly_more_memory_than_sft_of_attention():
    from benchmarks.train_parts import peak_of_steps

    assert peak_of_steps("clo", "cuda") <= 1.2 * peak_of_steps("sft", "cuda")


def test_memory_that_runs_out_names_the_options_that_need_less(tmp_path):
    from cscl_data.errors import BackendError

    stage = f"s={write_stage(tmp_path / 's', sentences(400))}@2steps"
    config = small_config(tmp_path / "run", [stage], device="cuda", model="98m", context=1024, batch_size=16)
    torch.cuda.set_per_process_memory_fraction(0.01)
    try:
        with pytest.raises(BackendError, match="out of GPU memory") as caught:
            run_train(config)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert "--micro-batch 8" in caught.value.hint


@pytest.mark.skipif(torch.cuda.device_count() < 2, reason="fewer than two CUDA devices")
def test_gpus_together_take_the_steps_of_one_and_one_that_runs_out_of_memory_ends_all(tmp_path, monkeypatch):
    """Over NCCL, whose calls never return when a process is missing."""
    monkeypatch.setenv("RANKS_DEVICE", "cuda")
    write_stage(tmp_path / "causal-lm", sentences(75))
    write_stage(tmp_path / "dev", sentences(9, start=100))
    straight = losses_of(config_of(tmp_path, "straight"))
    rough = losses_of(config_of(tmp_path, "rough", dtype="bfloat16"))
    kinds = [(parallel, dtype) for parallel in ("ddp", "fsdp") for dtype in ("float32", "bfloat16")]
    jobs = [f"{parallel}-{dtype}:{parallel}:causal-lm:{dtype}:99" for parallel, dtype in kinds]
    done = run_two(tmp_path, *jobs, "short:ddp:causal-lm:float32:99")
    for parallel, dtype in kinds:
        losses = [line["loss"] for line in read_log(tmp_path / f"{parallel}-{dtype}" / "log.jsonl")]
        exact = dtype == "float32"
        assert losses == pytest.approx(straight if exact else rough, rel=1e-4 if exact else 2e-2), done.stderr
    assert done.returncode != 0
    assert "out of GPU memory" in (tmp_path / "short-1").read_text()
