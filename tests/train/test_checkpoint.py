from __future__ import annotations

import pytest
import torch
from safetensors import SafetensorError

from cscl_data.errors import InputError, OutputError
from cscl_data.train.checkpoint import latest_checkpoint, read_state, write_checkpoint
from cscl_data.train.contents import contents_of, load_optimizer, load_weights
from cscl_data.train.folders import write_folder
from cscl_data.train.place import LoaderState
from cscl_data.train.saver import Saver
from cscl_data.train.state import StageProgress, TrainState
from cscl_data.train.step import build_optimizer
from tests.train.tiny_models import tiny_model


def small_model(seed: int):
    torch.manual_seed(seed)
    return torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Linear(4, 1))


def take_step(model, optimizer) -> None:
    optimizer.zero_grad()
    model(torch.randn(2, 3)).sum().backward()
    optimizer.step()


def test_checkpoint_gives_weights_optimizer_random_numbers_and_state_back(tmp_path):
    model = small_model(0)
    optimizer = build_optimizer(model, lr=0.1, weight_decay=0.1)
    take_step(model, optimizer)
    place = LoaderState(epoch=1, window=2, row=3, skip=4, rows=5)
    stages = (StageProgress(first_loss=1 / 3), StageProgress(steps=7, loader=(place, LoaderState(row=1))))
    state = TrainState(stage=1, step=9, tokens_seen=11, stages=stages)
    write_checkpoint(tmp_path, contents_of(model, optimizer), state, keep=2)
    expected = torch.rand(3)

    twin = small_model(1)
    other = build_optimizer(twin, lr=0.1, weight_decay=0.1)
    latest = latest_checkpoint(tmp_path)
    load_weights(latest, twin)
    load_optimizer(latest, other)
    assert read_state(latest) == state
    assert torch.equal(torch.rand(3), expected)
    for one, two in ((model, optimizer), (twin, other)):
        torch.manual_seed(5)
        take_step(one, two)
    assert all(torch.equal(p, q) for p, q in zip(model.parameters(), twin.parameters(), strict=True))


def test_latest_names_a_whole_checkpoint_while_older_ones_go(tmp_path):
    model = small_model(0)
    optimizer = build_optimizer(model, lr=0.1, weight_decay=0.1)
    assert latest_checkpoint(tmp_path) is None
    for step in range(1, 5):
        write_checkpoint(tmp_path, contents_of(model, optimizer), TrainState(step=step), keep=2)
    assert sorted(path.name for path in (tmp_path / "checkpoints").iterdir()) == [
        "latest",
        "step-00000003",
        "step-00000004",
    ]
    assert latest_checkpoint(tmp_path).name == "step-00000004"


def test_saver_writes_what_stood_when_it_was_asked_and_a_state_once(tmp_path):
    model = small_model(0)
    optimizer = build_optimizer(model, lr=0.1, weight_decay=0.1)
    take_step(model, optimizer)
    before = [weight.detach().clone() for weight in model.parameters()]
    saver = Saver(tmp_path, keep=2)
    saver.save(model, optimizer, TrainState(step=1))
    take_step(model, optimizer)
    saver.save(model, optimizer, TrainState(step=1))
    saver.close()
    load_weights(latest_checkpoint(tmp_path), model)
    assert all(torch.equal(one, other) for one, other in zip(model.parameters(), before, strict=True))


def test_tied_weights_are_saved_once_and_stay_tied(tmp_path):
    model = tiny_model("llama", tie_word_embeddings=True)
    contents = contents_of(model, build_optimizer(model, lr=0.1, weight_decay=0.1))
    assert len(contents["weights"]) == len(list(model.parameters()))
    write_checkpoint(tmp_path, contents, TrainState(), keep=1)
    other = tiny_model("llama", tie_word_embeddings=True)
    torch.nn.init.zeros_(other.lm_head.weight)
    load_weights(latest_checkpoint(tmp_path), other)
    assert other.lm_head.weight is other.get_input_embeddings().weight
    assert torch.equal(other.lm_head.weight, model.lm_head.weight)


def test_latest_that_names_nothing_is_an_input_error(tmp_path):
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "latest").write_text("step-00000009\n")
    with pytest.raises(InputError, match="step-00000009, which is not there"):
        latest_checkpoint(tmp_path)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(28, "No space left on device"), OutputError),
        (SafetensorError("I/O error: No space left on device (os error 28)"), OutputError),
        (RuntimeError("PytorchStreamWriter failed writing file data/0: file write failed"), OutputError),
        (RuntimeError("shape mismatch"), RuntimeError),
    ],
)
def test_folder_that_cannot_be_written_leaves_the_older_one(tmp_path, error, told):
    write_folder(tmp_path / "model", lambda partial: (partial / "a").write_text("old"))

    def fill(partial):
        (partial / "a").write_text("new")
        raise error

    with pytest.raises(told):
        write_folder(tmp_path / "model", fill)
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    assert (tmp_path / "model" / "a").read_text() == "old"


def test_folder_is_replaced_whole(tmp_path):
    write_folder(tmp_path / "model", lambda partial: (partial / "a").write_text("old"))
    write_folder(tmp_path / "model", lambda partial: (partial / "b").write_text("new"))
    assert [path.name for path in (tmp_path / "model").iterdir()] == ["b"]
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_state_survives_json():
    import json

    state = TrainState(stages=(StageProgress(last_loss=0.1 + 0.2, loader=(LoaderState(skip=3),)),))
    assert TrainState.from_document(json.loads(json.dumps(state.document()))) == state


def test_state_advances_and_keeps_the_first_and_last_loss():
    state = TrainState()
    for loss, targets in ((3.0, 5), (2.0, 5), (0.0, 0)):
        here = state.here.after(tokens=6, padding=1, loader=(LoaderState(rows=1),))
        state = state.advance(here, loss=loss, targets=targets)
    assert (state.step, state.tokens_seen, state.here.padding, state.here.targets) == (3, 18, 3, 10)
    assert (state.here.first_loss, state.here.last_loss) == (3.0, 2.0)
    state = state.next_stage(1)
    assert (state.stage, state.step, state.here) == (1, 3, StageProgress())
