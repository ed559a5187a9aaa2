from __future__ import annotations

import json
from dataclasses import replace

import pytest

from cscl_data.errors import ConfigError
from cscl_data.train.arrange import arrange
from cscl_data.train.run import run_train
from cscl_data.train.stages import Budget, load_stages, parse_stage
from tests.train.stage_data import sentences, small_config, three_stages, write_stage
from tests.train.test_run import log_of, read_log, stop_after, weights_of

GIVEN = tuple(parse_stage(text) for text in ("a=x@10steps", "b=y@20steps", "c=z@30steps", "d=w@40steps"))


def names(stages):
    return [stage.name for stage in stages]


def test_orders_of_stages():
    assert names(arrange(GIVEN, "given", seed=0)) == ["a", "b", "c", "d"]
    assert names(arrange(GIVEN, "reversed", seed=0)) == ["d", "c", "b", "a"]
    shuffled = {tuple(names(arrange(GIVEN, "shuffled", seed=seed))) for seed in range(8)}
    assert len(shuffled) > 2
    assert arrange(GIVEN, "shuffled", seed=3) == arrange(GIVEN, "shuffled", seed=3)
    (mixed,) = arrange(GIVEN, "mix", seed=0)
    assert (mixed.name, mixed.budget, names(mixed.parts)) == ("mix", Budget(100, "steps"), ["a", "b", "c", "d"])


@pytest.mark.parametrize(
    ("stages", "order", "problem"),
    [
        (("a=x@10steps", "b=y@5M"), "mix", "budgets do not add up"),
        (("a=x@1epochs", "b=y@2epochs"), "mix", "budgets do not add up"),
        (("a=x@1M,lr=1", "b=y@2M"), "mix", "'b' has its own lr"),
        (("a=x@1M", "b=y@2M,replay=a:0.1"), "reversed", "'b' replays earlier stages"),
    ],
)
def test_order_that_does_not_fit_is_refused(stages, order, problem):
    with pytest.raises(ConfigError, match=problem):
        arrange([parse_stage(text) for text in stages], order, seed=0)


def test_replay_is_read_from_the_command_line_and_from_a_file(tmp_path):
    assert parse_stage("c=z@1M,replay=a:0.1+b:0.05,lr=2").replay == (("a", 0.1), ("b", 0.05))
    (tmp_path / "s.yaml").write_text(
        "stages: [{name: a, data: a}, {name: b, data: b, replay: {a: 0.2}}, {name: c, data: c, replay: 'b:0.1'}]"
    )
    assert [stage.replay for stage in load_stages(tmp_path / "s.yaml")] == [(), (("a", 0.2),), (("b", 0.1),)]


@pytest.mark.parametrize("replay", ["b", "b:x", ":0.1"])
def test_replay_of_another_form_is_refused(replay):
    with pytest.raises(ConfigError, match="is not NAME:SHARE"):
        parse_stage(f"a=x,replay={replay}")


def test_replay_of_a_later_stage_or_of_too_much_is_refused(tmp_path):
    stages = ["a=x,replay=b:0.1", "b=y,replay=a:1.5", "c=z,replay=a:0.6+b:0.4"]
    with pytest.raises(ConfigError) as caught:
        run_train(small_config(tmp_path / "run", stages))
    assert "'a': replay of 'b', which is no earlier stage" in caught.value.message
    assert caught.value.message.count("together below 1") == 2


def test_replay_mixes_an_earlier_stage_in_and_goes_on_to_the_bit(tmp_path):
    token, mono = (write_stage(tmp_path / name, sentences(60, start=i)) for i, name in ((0, "t"), (70, "m")))
    stages = [f"token={token}@2steps", f"mono={mono}@1epochs,replay=token:0.25"]
    straight = small_config(tmp_path / "straight", stages)
    report = run_train(straight)
    alone = run_train(
        small_config(
            tmp_path / "alone", [f"mono={mono}@1epochs"], tokenizer=str(straight.out / "model"), vocab_size=None
        )
    )
    with_replay, own = report.manifest["stages"][1]["tokens"], alone.manifest["stages"][0]["tokens"]
    assert with_replay * 0.75 == pytest.approx(own, rel=0.1)
    assert report.manifest["stages"][1]["epochs"] == 1.0
    torn = replace(straight, out=tmp_path / "torn")
    for steps in (3, 5):
        run_train(torn, should_stop=stop_after(steps))
    run_train(torn)
    assert log_of(torn.out) == log_of(straight.out)
    assert weights_of(torn.out) == weights_of(straight.out)
    state = json.loads(
        (
            torn.out / "checkpoints" / (torn.out / "checkpoints" / "latest").read_text().strip() / "state.json"
        ).read_text()
    )
    assert len(state["stages"][1]["loader"]) == 2


def test_reversed_stages_train_in_that_order(tmp_path):
    config = small_config(tmp_path / "run", three_stages(tmp_path), order="reversed")
    report = run_train(config)
    assert [stage["name"] for stage in report.manifest["stages"]] == ["mono", "sentence", "token"]
    assert sorted(path.name for path in (config.out / "stages").iterdir()) == ["1-mono", "2-sentence", "3-token"]


@pytest.mark.parametrize("budget", ["4steps", "600", "1epochs"])
def test_mix_is_one_stage_of_the_same_length_over_all_data(tmp_path, budget):
    a, b = (write_stage(tmp_path / name, sentences(20, start=i)) for i, name in ((0, "a"), (40, "b")))
    stages = [f"a={a}@{budget}", f"b={b}@{budget}"]
    report = run_train(small_config(tmp_path / "mix", stages, order="mix"))
    given = run_train(small_config(tmp_path / "given", stages))
    (mixed,) = report.manifest["stages"]
    parts = given.manifest["stages"]
    assert mixed["tokens"] == pytest.approx(sum(stage["tokens"] for stage in parts), abs=128)
    if budget == "1epochs":
        assert mixed["rows"] == 40
        assert mixed["tokens"] == sum(stage["tokens"] for stage in parts)
    losses = [line["stage"] for line in read_log(tmp_path / "mix" / "log.jsonl")]
    assert set(losses) == {"mix"}
