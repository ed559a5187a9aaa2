from __future__ import annotations

import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, GPT2Config, GPT2LMHeadModel

from cscl_data.errors import BackendError, ConfigError, InputError, OutputError
from cscl_data.io.shards import file_facts
from cscl_data.train.checkpoint import latest_checkpoint, read_state
from cscl_data.train.estimate import count_parameters
from cscl_data.train.run import run_train
from cscl_data.train.signals import stop_requests
from cscl_data.train.tokenizer import train_tokenizer
from tests.train.stage_data import sentences, small_config, three_stages, write_stage


@pytest.fixture(scope="module")
def stages(tmp_path_factory):
    return three_stages(tmp_path_factory.mktemp("stages"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory, stages):
    """An uninterrupted run."""
    config = small_config(tmp_path_factory.mktemp("run") / "whole", stages, save_every=4)
    return config, run_train(config, argv=["train"])


def stop_after(steps: int):
    """A wish to stop before the step after this many."""
    asked = iter(range(steps + 1))
    return lambda: next(asked, None) == steps


def read_log(path: Path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def log_of(out: Path) -> str:
    return (out / "log.jsonl").read_text()


def weights_of(out: Path) -> str:
    return file_facts(out / "model" / "model.safetensors").sha256


def test_run_trains_the_stages_in_order_to_their_budgets(whole):
    config, report = whole
    log = read_log(config.out / "log.jsonl")
    assert [line["step"] for line in log] == list(range(1, len(log) + 1))
    assert list(dict.fromkeys(line["stage"] for line in log)) == ["token", "sentence", "mono"]
    token, sentence, mono = report.manifest["stages"]
    assert token["steps"] == 6
    assert 1000 <= sentence["tokens"] < 1000 + 4 * 32
    assert mono["epochs"] == 1.0
    assert mono["rows"] == 25
    assert token["padding"] == sentence["padding"] == 0
    assert 0 < mono["padding"] < 4 * 32
    assert sum(stage["tokens"] for stage in report.manifest["stages"]) == report.manifest["tokens"] == log[-1]["tokens"]
    assert token["first_loss"] == log[0]["loss"]
    assert mono["last_loss"] == log[-1]["loss"] < token["first_loss"]
    assert report.status == "finished"


def test_run_leaves_no_token_of_an_epoch_out(whole):
    config, report = whole
    tokenizer = AutoTokenizer.from_pretrained(config.out / "model")
    written = sum(len(tokenizer(text)["input_ids"]) + 1 for text in sentences(25, start=100))
    assert report.manifest["stages"][2]["tokens"] == written


def test_every_directory_with_a_config_loads_in_transformers(whole):
    config, report = whole
    homes = sorted(path.parent for path in config.out.rglob("config.json"))
    assert [str(home.relative_to(config.out)) for home in homes] == [
        "model",
        "stages/1-token/model",
        "stages/2-sentence/model",
        "stages/3-mono/model",
    ]
    for home in homes:
        model, tokenizer = AutoModelForCausalLM.from_pretrained(home), AutoTokenizer.from_pretrained(home)
        assert model.num_parameters() == report.manifest["model"]["parameters"]
        ids = tokenizer("tea 물", return_tensors="pt")
        assert torch.isfinite(model(**ids).logits).all()
        assert tokenizer.eos_token_id == model.config.eos_token_id == model.generation_config.eos_token_id
    assert weights_of(config.out) == file_facts(homes[-1] / "model.safetensors").sha256


def test_manifest_holds_no_path_of_this_machine_but_those_given_and_no_clock(whole, stages):
    config, _ = whole
    text = (config.out / "manifest.json").read_text()
    manifest = json.loads(text)
    assert manifest["weights"] == [
        {"path": "model/model.safetensors", "bytes": (config.out / "model/model.safetensors").stat().st_size}
        | {"sha256": weights_of(config.out)}
    ]
    assert str(config.out) not in text
    assert [shard["path"] for shard in manifest["stages"][0]["shards"]] == [
        "train-00000.parquet",
        "train-00001.parquet",
    ]
    assert manifest["deterministic"] is True
    assert not {"elapsed_s", "time", "date", "host"} & manifest.keys()


@pytest.mark.parametrize("one_schedule", [False, True])
def test_run_stopped_in_any_stage_and_resumed_equals_the_uninterrupted_one(tmp_path, stages, one_schedule):
    given = [stage.partition(",")[0] for stage in stages] if one_schedule else stages
    straight = small_config(tmp_path / "straight", given, save_every=3, one_schedule=one_schedule)
    run_train(straight)
    torn = replace(straight, out=tmp_path / "torn")
    statuses = [run_train(torn, should_stop=stop_after(steps)).status for steps in (2, 6, 1, 0, 7)]
    assert statuses == ["stopped"] * 5
    assert latest_checkpoint(torn.out).name == "step-00000016"
    assert run_train(torn).status == "finished"
    assert log_of(torn.out) == log_of(straight.out)
    assert weights_of(torn.out) == weights_of(straight.out)
    assert (torn.out / "manifest.json").read_text() == (straight.out / "manifest.json").read_text()


class KilledError(Exception):
    """Stands for a kill: nothing is saved or closed on the way out."""


def test_run_killed_between_checkpoints_cuts_its_log_back_and_repeats_the_lost_steps(tmp_path, whole, stages):
    config, _ = whole
    torn = replace(config, out=tmp_path / "torn")

    def kill(event):
        if event.state.step == 11:
            raise KilledError

    with pytest.raises(KilledError):
        run_train(torn, on_step=kill)
    (torn.out / "log.jsonl").open("a").write('{"step": 12, "sta')
    (torn.out / "checkpoints" / ".step-00000012.partial").mkdir()
    assert read_state(latest_checkpoint(torn.out)).step == 8
    run_train(torn, argv=["train"])
    assert log_of(torn.out) == log_of(config.out)
    assert weights_of(torn.out) == weights_of(config.out)
    assert not list(torn.out.rglob("*.partial"))


def test_run_keeps_the_last_checkpoints_alone(whole):
    config, report = whole
    kept = sorted(path.name for path in (config.out / "checkpoints").glob("step-*"))
    assert len(kept) == config.keep_checkpoints
    assert kept[-1] == f"step-{report.manifest['steps']:08d}" == latest_checkpoint(config.out).name
    assert not (config.out / "checkpoints" / kept[-1] / "config.json").exists()


def test_finished_run_says_so_and_changes_nothing(whole):
    config, _ = whole
    before = {path: path.stat().st_mtime_ns for path in config.out.rglob("*") if path.name != "lock" and path.is_file()}
    report = run_train(config)
    assert report.status == "already finished"
    assert report.manifest["tokens"] == sum(stage["tokens"] for stage in report.manifest["stages"])
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_run_under_other_settings_names_all_that_differs(whole):
    config, _ = whole
    first, *others = config.stages
    other = replace(config, seed=1, lr=0.5, stages=(first._replace(lr=1.0), *others))
    with pytest.raises(ConfigError) as caught:
        run_train(other)
    for part in ("seed (0 -> 1)", "lr (0.002 -> 0.5)", "lr of stage token (None -> 1.0)"):
        assert part in caught.value.message
    assert "--overwrite" in caught.value.hint


def test_run_over_other_data_is_refused_and_overwrite_starts_anew(tmp_path):
    stage = write_stage(tmp_path / "stage", sentences(30))
    config = small_config(tmp_path / "run", [f"s={stage}@2steps"])
    run_train(config)
    first = log_of(config.out)
    write_stage(stage, sentences(30, start=500))
    with pytest.raises(ConfigError, match="data of stage s"):
        run_train(config)
    assert run_train(replace(config, overwrite=True)).status == "finished"
    assert log_of(config.out) != first
    assert len(read_log(config.out / "log.jsonl")) == 2


def test_run_may_move_its_data(tmp_path):
    stage = write_stage(tmp_path / "stage", sentences(30))
    config = small_config(tmp_path / "run", [f"s={stage}@3steps"])
    run_train(config, should_stop=stop_after(1))
    moved = stage.rename(tmp_path / "elsewhere")
    assert run_train(replace(config, stages=(config.stages[0]._replace(path=moved),))).status == "finished"


def test_budget_beyond_the_data_repeats_it_with_a_warning(tmp_path, caplog):
    stage = write_stage(tmp_path / "stage", sentences(12))
    report = run_train(small_config(tmp_path / "run", [f"s={stage}@1000"]))
    assert report.manifest["stages"][0]["epochs"] > 1
    assert report.manifest["stages"][0]["padding"] == 0
    warnings = [record for record in caplog.records if record.levelname == "WARNING"]
    assert [record.message for record in warnings] == ["stage s: the data ends before the budget; it is repeated"]


def test_sigterm_saves_a_checkpoint_and_asks_for_the_exit_code_of_the_shell(tmp_path, whole, stages):
    config, _ = whole
    torn = replace(config, out=tmp_path / "torn", save_every=0)
    before = signal.getsignal(signal.SIGTERM)
    with stop_requests() as stop:
        report = run_train(
            torn,
            on_step=lambda event: os.kill(os.getpid(), signal.SIGTERM) if event.state.step == 9 else None,
            should_stop=stop,
        )
    assert (report.status, stop.exit_code) == ("stopped", 143)
    assert read_state(latest_checkpoint(torn.out)).step == 9
    assert not (torn.out / "manifest.json").exists()
    assert signal.getsignal(signal.SIGTERM) == before
    run_train(torn)
    assert log_of(torn.out) == log_of(config.out)


@pytest.fixture(scope="module")
def with_dropout(tmp_path_factory):
    """A directory with a tiny GPT-2 whose dropout draws random numbers, and its tokenizer."""
    directory = tmp_path_factory.mktemp("gpt2")
    tokenizer = train_tokenizer(iter(sentences(100)), vocab_size=300, context=32)
    torch.manual_seed(1)
    shape = {"n_embd": 16, "n_layer": 2, "n_head": 2, "n_positions": 64, "resid_pdrop": 0.2, "vocab_size": 300}
    GPT2LMHeadModel(GPT2Config(**shape, bos_token_id=1, eos_token_id=2)).save_pretrained(directory)
    tokenizer.save_pretrained(directory)
    return directory


def found_config(directory: Path, out: Path, stages: list[str], **options):
    return small_config(out, stages, **{"model": str(directory), "vocab_size": None, "context": None, **options})


def test_model_directory_with_dropout_resumes_to_the_bit(tmp_path, with_dropout, stages):
    straight = found_config(with_dropout, tmp_path / "straight", stages)
    report = run_train(straight)
    assert report.manifest["settings"]["context"] == 64
    torn = replace(straight, out=tmp_path / "torn")
    run_train(torn, should_stop=stop_after(8))
    run_train(torn)
    assert log_of(torn.out) == log_of(straight.out)
    assert weights_of(torn.out) == weights_of(straight.out)


def test_model_directory_without_a_tokenizer_is_refused_unless_one_is_named(tmp_path, with_dropout, stages):
    bare = tmp_path / "bare"
    AutoModelForCausalLM.from_pretrained(with_dropout).save_pretrained(bare)
    with pytest.raises(BackendError) as caught:
        run_train(found_config(bare, tmp_path / "run", stages))
    assert caught.value.hint == "--tokenizer DIR"
    named = found_config(bare, tmp_path / "run2", stages[:1], tokenizer=str(with_dropout))
    assert run_train(named).status == "finished"


@pytest.mark.parametrize("family", ["llama", "qwen2", "gemma2", "phi3"])
def test_models_of_every_shape_train_resume_and_load(tmp_path, with_dropout, stages, family):
    shape = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    shape |= {"num_key_value_heads": 1, "head_dim": 8, "vocab_size": 320, "max_position_embeddings": 64}
    torch.manual_seed(2)
    ids = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(family, **shape, **ids))
    model.save_pretrained(tmp_path / "start")
    options = {"tokenizer": str(with_dropout), "context": 32}
    straight = found_config(tmp_path / "start", tmp_path / "straight", stages[:1], **options)
    run_train(straight)
    torn = replace(straight, out=tmp_path / "torn")
    run_train(torn, should_stop=stop_after(2))
    run_train(torn)
    assert log_of(torn.out) == log_of(straight.out)
    assert weights_of(torn.out) == weights_of(straight.out)
    trained = AutoModelForCausalLM.from_pretrained(straight.out / "model")
    assert trained.num_parameters() == model.num_parameters() == count_parameters(straight)
    assert not torch.equal(trained.get_input_embeddings().weight, model.get_input_embeddings().weight)


def test_tokenizer_larger_than_the_embedding_is_refused(tmp_path, with_dropout, stages):
    train_tokenizer(iter(sentences(200)), vocab_size=400, context=32).save_pretrained(tmp_path / "large")
    with pytest.raises(ConfigError, match="400 tokens, the model's embedding 300 rows"):
        run_train(found_config(with_dropout, tmp_path / "run", stages, tokenizer=str(tmp_path / "large")))


def test_preset_takes_the_size_of_the_tokenizer_that_is_named(tmp_path, with_dropout, stages):
    config = small_config(tmp_path / "run", stages[:1], tokenizer=str(with_dropout), vocab_size=None)
    report = run_train(config)
    assert report.manifest["tokenizer"]["vocab_size"] == 300
    assert AutoModelForCausalLM.from_pretrained(config.out / "model").config.vocab_size == 300


def test_loss_that_is_not_finite_stops_and_names_the_rows(tmp_path, with_dropout, stages):
    broken = tmp_path / "broken"
    model = AutoModelForCausalLM.from_pretrained(with_dropout)
    model.transformer.ln_f.weight.data.fill_(float("nan"))
    model.save_pretrained(broken)
    config = found_config(broken, tmp_path / "run", stages, tokenizer=str(with_dropout))
    with pytest.raises(BackendError, match="stage token, step 1: loss nan"):
        run_train(config)
    refused = json.loads((config.out / "refused-batch.json").read_text())
    assert refused["step"] == 1
    assert refused["ids"]
    assert all(row_id.startswith("token-") for row_id in refused["ids"])


@pytest.mark.parametrize("content", [None, "{}", "not json"])
def test_damaged_model_directory_is_one_line(tmp_path, stages, content):
    (tmp_path / "model").mkdir()
    if content is not None:
        (tmp_path / "model" / "config.json").write_text(content)
    with pytest.raises(BackendError) as caught:
        run_train(found_config(tmp_path / "model", tmp_path / "run", stages))
    assert "\n" not in caught.value.message


def test_config_names_all_problems_at_once(tmp_path):
    config = small_config(tmp_path / "run", ["a=x", "a=y"], objective="causl-lm", micro_batch=0, lr=-1.0, model="tny")
    with pytest.raises(ConfigError) as caught:
        run_train(config)
    for part in ("'a': the name is used twice", "'causl-lm'", "--micro-batch 0", "--lr -1.0", "unknown model 'tny'"):
        assert part in caught.value.message
    assert not config.out.exists()


def test_rate_of_a_stage_under_one_schedule_is_refused_not_ignored(tmp_path, stages):
    with pytest.raises(ConfigError, match="--one-schedule: stage 'mono' has its own lr or warmup"):
        run_train(small_config(tmp_path / "run", stages, one_schedule=True))


def test_stage_that_is_no_shard_directory_is_an_input_error(tmp_path):
    config = small_config(tmp_path / "run", [f"token={tmp_path}"])
    with pytest.raises(InputError, match="not a shard directory"):
        run_train(config)
    assert not config.out.exists()


def test_run_refuses_a_directory_with_other_files(tmp_path, stages):
    (tmp_path / "letters.txt").write_text("dear all")
    with pytest.raises(OutputError, match="not from cscl-data"):
        run_train(small_config(tmp_path, stages, overwrite=True))


def test_run_refuses_the_directory_of_another_command_even_to_overwrite(tmp_path, stages):
    (tmp_path / ".cscl").mkdir()
    (tmp_path / ".cscl" / "plan.json").write_text('{"command": "align"}')
    for overwrite in (False, True):
        with pytest.raises(OutputError, match="another command"):
            run_train(small_config(tmp_path, stages, overwrite=overwrite))


def test_golden_losses(tmp_path, repository, request):
    """Twenty steps in two stages; the numbers are this trainer's own, kept so that a change of them is seen."""
    stage = write_stage(tmp_path / "stage", sentences(200))
    config = small_config(tmp_path / "run", [f"one={stage}@10steps", f"two={stage}@10steps,lr=1e-3"])
    run_train(config)
    losses = [line["loss"] for line in read_log(config.out / "log.jsonl")]
    path = repository / "tests" / "golden" / "losses.txt"
    if request.config.getoption("--update-golden"):
        path.write_text("".join(f"{loss:.6f}\n" for loss in losses), encoding="utf-8")
    assert losses == pytest.approx([float(line) for line in path.read_text().split()], abs=1e-4)
    assert len(losses) == 20
