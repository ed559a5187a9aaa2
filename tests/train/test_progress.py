"""What is shown while a run goes on, where there is no terminal."""

from __future__ import annotations

import json
import logging
import re

from cscl_data.train.progress import tenths
from tests.train.test_options import SMALL, call


def test_a_line_is_printed_for_each_tenth_of_a_stage_and_of_the_start_models_pass(tmp_path, data):
    args = [*SMALL, "--objective", "clo", "--chat-template", "plain", "--context", "128", "--micro-batch", "2"]
    done = call(*args, "--stage", f"one={data['clo']}@4steps", "--out", tmp_path / "run")
    assert done.exit_code == 0, done.output
    lines = done.stderr.splitlines()
    passed = [line for line in lines if line.startswith("one: start model: ")]
    assert len(passed) == 10
    assert passed[-1] == "one: start model: 100 %  79 of 79 preferences"
    steps = [line for line in lines if re.match(r"one: \d+ %  step \d  loss ", line)]
    assert [re.match(r"one: (\d+) %  step (\d)", line).groups() for line in steps] == [
        ("25", "1"),
        ("50", "2"),
        ("75", "3"),
        ("100", "4"),
    ]
    assert lines.index(passed[-1]) < lines.index(steps[0])


def test_losses_on_evaluation_sets_are_told_when_they_are_measured(tmp_path, data):
    args = ["--stage", f"one={data['causal-lm']}@3steps", "--eval", f"dev={data['causal-lm']}", "--eval-every", "2"]
    done = call(*SMALL, *args, "--out", tmp_path / "run")
    told = [line for line in done.stderr.splitlines() if "--eval" in line]
    logged = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    losses = [(line["step"], line["eval"]["dev"]) for line in logged if "eval" in line]
    assert [step for step, _ in losses] == [2, 3]
    assert told == [f"one, step {step}: nats a target on --eval dev {loss:.4f}" for step, loss in losses]


def test_quiet_shows_no_progress(tmp_path, data):
    logger = logging.getLogger("cscl_data")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        args = ["--objective", "clo", "--chat-template", "plain", "--context", "128", "--eval", f"dev={data['clo']}"]
        done = call(*SMALL, *args, "--stage", f"one={data['clo']}@1steps", "--out", tmp_path / "run")
    finally:
        logger.setLevel(before)
    assert (done.exit_code, done.stderr) == (0, "")


def test_long_work_prints_ten_lines_whatever_its_steps(capsys):
    show = tenths()
    for step in range(1, 1001):
        show("a", step / 1000, f"step {step}")
    show("b", 1.5, "")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 11
    assert (lines[0], lines[9], lines[10]) == ("a: 10 %  step 100", "a: 100 %  step 1000", "b: 100 %  ")
