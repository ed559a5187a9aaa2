from __future__ import annotations

from pathlib import Path

import pytest

from cscl_data.errors import ConfigError, InputError
from cscl_data.train.stages import Budget, Stage, load_stages, parse_budget, parse_stage


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("token=out/t", Stage("token", Path("out/t"), Budget(1, "epochs"))),
        ("token=out/t@5M", Stage("token", Path("out/t"), Budget(5_000_000, "tokens"))),
        ("token=out/t@200k,lr=1e-3", Stage("token", Path("out/t"), Budget(200_000, "tokens"), lr=1e-3)),
        ("a=b@c/t@300steps,warmup=0.1", Stage("a", Path("b@c/t"), Budget(300, "steps"), warmup=0.1)),
        ("a=t,warmup=20,lr=2", Stage("a", Path("t"), Budget(1, "epochs"), lr=2.0, warmup=20.0)),
        ("a=x=y@1epoch", Stage("a", Path("x=y"), Budget(1, "epochs"))),
    ],
)
def test_parse_stage_reads_every_form(text, expected):
    assert parse_stage(text) == expected


@pytest.mark.parametrize(
    ("text", "budget"),
    [
        ("20000", Budget(20_000, "tokens")),
        ("1B", Budget(10**9, "tokens")),
        ("1.5m", Budget(1_500_000, "tokens")),
        ("1steps", Budget(1, "steps")),
        ("3epochs", Budget(3, "epochs")),
    ],
)
def test_parse_budget_knows_its_units(text, budget):
    assert parse_budget(text) == budget
    assert parse_budget(str(budget).replace(" tokens", "").replace(" ", "")) == budget


@pytest.mark.parametrize("text", ["", "5X", "0", "-3", "1.5steps", "0epochs", "M", "b/c"])
def test_parse_budget_refuses_what_is_none(text):
    with pytest.raises(ConfigError, match="not a budget"):
        parse_budget(text)


@pytest.mark.parametrize("text", ["token", "token=", "=x@5M@"])
def test_parse_stage_refuses_another_form(text):
    with pytest.raises(ConfigError):
        parse_stage(text)


def test_parse_stage_names_all_problems_at_once():
    with pytest.raises(ConfigError) as caught:
        parse_stage("t=d@5X,warmpu=3,lr=fast")
    assert "'5X' is not a budget" in caught.value.message
    assert "unknown key 'warmpu', the nearest is 'warmup'" in caught.value.message
    assert "lr='fast' is not a number" in caught.value.message


def test_load_stages_reads_what_the_flags_say(tmp_path):
    path = tmp_path / "stages.yaml"
    path.write_text(
        "stages:\n- {name: token, data: t, tokens: 5M, lr: 1e-3}\n- {name: s, data: /abs, steps: 7}\n"
        "- {name: m, data: m}\n"
    )
    assert load_stages(path) == (
        Stage("token", tmp_path / "t", Budget(5_000_000, "tokens"), lr=1e-3),
        Stage("s", Path("/abs"), Budget(7, "steps")),
        Stage("m", tmp_path / "m"),
    )


def test_load_stages_names_all_problems_and_the_nearest_keys(tmp_path):
    path = tmp_path / "stages.yaml"
    path.write_text(
        "stages:\n- {name: a, dta: x, token: 5}\n- {name: b, data: y, steps: 1, epochs: 2}\n- 7\nstagse: 1\n"
    )
    with pytest.raises(ConfigError) as caught:
        load_stages(path)
    message = caught.value.message
    assert "'dta', the nearest is 'data'" in message
    assert "'token', the nearest is 'tokens'" in message
    assert "stage 1: no 'data'" in message
    assert "stage 2: give one of steps, epochs" in message
    assert "stage 3: not a mapping" in message
    assert "'stagse', the nearest is 'stages'" in message


@pytest.mark.parametrize(("text", "error"), [("stages: [", InputError), ("- 1", ConfigError), ("a: 1", ConfigError)])
def test_load_stages_refuses_another_file(tmp_path, text, error):
    (tmp_path / "stages.yaml").write_text(text)
    with pytest.raises(error):
        load_stages(tmp_path / "stages.yaml")


def test_replay_without_a_number_is_refused_by_name(tmp_path):
    (tmp_path / "stages.yaml").write_text("stages: [{name: b, data: b, replay: {a: null}}]")
    with pytest.raises(ConfigError, match=r"stage 1: replay=\{'a': None\} is not NAME:SHARE"):
        load_stages(tmp_path / "stages.yaml")


def test_load_stages_missing_file_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        load_stages(tmp_path / "none.yaml")
