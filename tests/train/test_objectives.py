"""Runs of every objective: what they read, that they go on to the bit, and what they leave."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from itertools import count

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from cscl_data.errors import ConfigError, InputError
from cscl_data.io.shards import file_facts
from cscl_data.train.checkpoint import latest_checkpoint, read_state
from cscl_data.train.forms import FORMS
from cscl_data.train.order import list_row_groups, read_rows
from cscl_data.train.run import run_train
from cscl_data.train.signals import stop_requests
from cscl_data.train.speech import open_encoder
from cscl_data.train.tokenizer import speech_spec
from tests.train.stage_data import sentences, small_config
from tests.train.test_run import KilledError, log_of, read_log, stop_after, weights_of


def config_of(start, out, stages, objective, **options):
    options = {"vocab_size": None, "context": 96, "batch_size": 4, "micro_batch": 2, "lr": 1e-3, **options}
    return small_config(out, stages, model=str(start), objective=objective, **options)


@pytest.mark.parametrize(
    ("objective", "packing"),
    [("causal-lm", "best-fit"), ("causal-lm", "none"), ("sft", "best-fit"), ("clo", "best-fit"), ("clo", "none")],
)
def test_eight_steps_equal_four_a_kill_and_four(tmp_path, start, data, objective, packing):
    stage = f"one={data[objective]}@8steps"
    straight = config_of(start, tmp_path / "straight", [stage], objective, packing=packing, document_mask=None)
    straight = replace(straight, context=40 if objective != "clo" else 96)
    run_train(straight)
    torn = replace(straight, out=tmp_path / "torn", save_every=4)

    def kill(event):
        if event.state.step == 6:
            raise KilledError

    with pytest.raises(KilledError):
        run_train(torn, on_step=kill)
    assert read_state(latest_checkpoint(torn.out)).step == 4
    assert run_train(torn).status == "finished"
    assert len(read_log(torn.out / "log.jsonl")) == 8
    assert log_of(torn.out) == log_of(straight.out)
    assert weights_of(torn.out) == weights_of(straight.out)


@pytest.mark.parametrize("name", ["sft", "messages"])
def test_sft_trains_every_response_once_an_epoch(tmp_path, start, data, name):
    report = run_train(config_of(start, tmp_path / "run", [f"one={data[name]}"], "sft"))
    (stage,) = report.manifest["stages"]
    assert stage["rows"] == {"sft": 50, "messages": 30}[name]
    assert stage["epochs"] == 1.0
    assert 0 < stage["padding_share"] < 0.3
    assert 0 < stage["targets"] < stage["tokens"]
    assert stage["last_loss"] < stage["first_loss"]
    assert report.manifest["settings"]["packing"] == "best-fit"


def test_sft_counts_the_rows_that_it_cuts_and_warns_once_also_when_it_goes_on(tmp_path, start, data, caplog):
    config = config_of(start, tmp_path / "run", [f"one={data['sft']}"], "sft", context=48)
    run_train(config, should_stop=stop_after(4))
    report = run_train(config)
    spec = speech_spec(AutoTokenizer.from_pretrained(start), "sft", name=str(start), chat_template=None)
    rows = [
        row.values for group in list_row_groups(data["sft"], FORMS["sft"]) for row in read_rows(group, FORMS["sft"])
    ]
    longer = sum(length > 48 for length in open_encoder(spec)(rows).lengths)
    assert 0 < longer < 50
    assert report.manifest["stages"][0]["cut_rows"] == longer
    assert f", {longer} rows cut at the context, loss" in report.lines()[0]
    warnings = [record.message for record in caplog.records if record.levelname == "WARNING"]
    told = "rows longer than --context 48 are cut; the rest of an answer is learned without prompt"
    assert warnings == [f"stage one: {told}"]


def test_sft_without_a_chat_template_says_what_to_do(tmp_path, data):
    config = small_config(tmp_path / "run", [f"one={data['sft']}@2steps"], objective="sft")
    with pytest.raises(ConfigError, match="no chat template") as caught:
        run_train(config)
    assert "--chat-template plain" in caught.value.hint
    assert run_train(replace(config, chat_template="plain")).status == "finished"


def test_sft_with_plain_prompts_refuses_messages(tmp_path, start, data):
    config = config_of(start, tmp_path / "run", [f"one={data['messages']}"], "sft", chat_template="plain")
    with pytest.raises(ConfigError, match="only a chat template can write"):
        run_train(config)


def test_chat_template_of_a_file_is_used_and_part_of_the_plan(tmp_path, start, data):
    (tmp_path / "short.jinja").write_text("{% for m in messages %}{{ m.content }}</s>{% endfor %}")
    config = config_of(start, tmp_path / "run", [f"one={data['messages']}@2steps"], "sft")
    config = replace(config, chat_template=str(tmp_path / "short.jinja"))
    run_train(config)
    with pytest.raises(ConfigError, match="the files of the chat_template"):
        run_train(replace(config, chat_template=None))


def test_clo_trains_attention_alone_and_keeps_reference_log_probs(tmp_path, start, data):
    config = config_of(start, tmp_path / "run", [f"one={data['clo']}@2epochs"], "clo", sft_weight=0.2, beta=0.5)
    report = run_train(config)
    (stage,) = report.manifest["stages"]
    assert stage["last_loss"] < stage["first_loss"]
    references = np.load(config.out / ".cscl" / "reference" / "1-one.npy")
    assert references.shape == (79, 2)
    assert (references < 0).all()
    before, after = (
        AutoModelForCausalLM.from_pretrained(start),
        AutoModelForCausalLM.from_pretrained(config.out / "model"),
    )
    changed = {
        n for (n, p), q in zip(before.named_parameters(), after.parameters(), strict=True) if not torch.equal(p, q)
    }
    projections = {name for name, _ in before.named_parameters() if "self_attn" in name}
    assert changed == projections != set()


def test_clo_begins_at_the_loss_of_a_model_that_has_not_moved(tmp_path, start, data):
    config = config_of(start, tmp_path / "run", [f"one={data['clo']}@1steps"], "clo", sft_weight=0.0, micro_batch=4)
    run_train(config)
    (line,) = read_log(config.out / "log.jsonl")
    assert line["loss"] == pytest.approx(2 * np.log(2), rel=1e-4)


def test_clo_reads_its_references_from_the_file_when_it_goes_on(tmp_path, start, data):
    config = config_of(start, tmp_path / "run", [f"one={data['clo']}@6steps"], "clo")
    steps: list[int] = []
    run_train(config, on_step=lambda event: steps.append(event.state.step), should_stop=lambda: len(steps) == 3)
    path = config.out / ".cscl" / "reference" / "1-one.npy"
    before = file_facts(path), path.stat().st_mtime_ns
    run_train(config)
    assert (file_facts(path), path.stat().st_mtime_ns) == before


def test_sigterm_while_the_start_model_reads_preferences_stops_at_once_and_loses_nothing(tmp_path, start, data):
    stages = [f"one={data['clo']}@2steps", f"two={data['clo']}@2steps"]
    straight = config_of(start, tmp_path / "straight", stages, "clo")
    run_train(straight)
    torn = replace(straight, out=tmp_path / "torn")
    references = torn.out / ".cscl" / "reference"
    asked = count(1)
    with stop_requests() as stop:

        def terminated() -> bool:
            if (references / "1-one.npy").is_file() and next(asked) == 3:  # two forward passes over the second stage
                os.kill(os.getpid(), signal.SIGTERM)
            return stop()

        report = run_train(torn, should_stop=terminated)
    assert (report.status, stop.exit_code, next(asked)) == ("stopped", 143, 4)
    assert [path.name for path in references.iterdir()] == ["1-one.npy"]
    assert report.lines() == [
        "stage one: asked 2 steps, used 0 tokens in 0 steps (0.00 epochs), padding 0.00 %, no loss",
        "stopped: 0 tokens, 0 steps",
    ]
    assert run_train(torn).status == "finished"
    assert log_of(torn.out) == log_of(straight.out)
    assert weights_of(torn.out) == weights_of(straight.out)


def test_clo_refuses_rows_that_are_no_preferences(tmp_path, start, data):
    with pytest.raises(InputError, match=r"no column 'chosen' \(preferences/1 has it\)"):
        run_train(config_of(start, tmp_path / "run", [f"one={data['sft']}"], "clo"))


def test_evaluation_measures_each_set_and_changes_nothing_else(tmp_path, start, data):
    stage = f"one={data['causal-lm']}@6steps"
    plain = config_of(start, tmp_path / "plain", [stage], "causal-lm", context=40)
    run_train(plain)
    sets = (("text", data["causal-lm"]), ("talk", data["messages"]), ("answers", data["clo"]))
    config = replace(plain, out=tmp_path / "run", evals=sets, eval_every=4, eval_rows=20, log_every=5)
    run_train(config, should_stop=stop_after(5))
    run_train(config)
    log = read_log(config.out / "log.jsonl")
    assert [line["step"] for line in log] == [4, 5, 6]
    assert [list(line.get("eval", {})) for line in log] == [
        ["text", "talk", "answers"],
        [],
        ["text", "talk", "answers"],
    ]
    assert log[2]["eval"]["text"] < log[0]["eval"]["text"]
    assert weights_of(config.out) == weights_of(plain.out)


def test_messages_are_measured_with_the_chat_template_that_is_given(tmp_path, data):
    (tmp_path / "short.jinja").write_text("{% for m in messages %}{{ m.content }}</s>{% endfor %}")
    evals = (("talk", data["messages"]),)
    config = small_config(tmp_path / "run", [f"one={data['causal-lm']}@1steps"], evals=evals, eval_rows=4)
    with pytest.raises(ConfigError, match="only a chat template can write"):
        run_train(config)
    assert run_train(replace(config, chat_template=str(tmp_path / "short.jinja"))).status == "finished"


def test_evaluation_is_the_mean_loss_of_the_rows(tmp_path, start, data):
    stage = f"one={data['causal-lm']}@1steps"
    evals = (("text", data["causal-lm"]),)
    config = config_of(start, tmp_path / "run", [stage], "causal-lm", evals=evals, eval_rows=7, lr=1e-9)
    run_train(config)
    (line,) = read_log(config.out / "log.jsonl")
    model, tokenizer = AutoModelForCausalLM.from_pretrained(start), AutoTokenizer.from_pretrained(start)
    total = count = 0
    for text in sentences(7):
        ids = torch.tensor([[*tokenizer(text)["input_ids"], tokenizer.eos_token_id]])
        total += model(input_ids=ids, labels=ids).loss.item() * (ids.numel() - 1)
        count += ids.numel() - 1
    assert line["eval"]["text"] == pytest.approx(total / count, rel=1e-4)
