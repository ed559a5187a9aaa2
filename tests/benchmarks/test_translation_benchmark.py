"""What the benchmark of `translate-bundle` counts, and that it gives CTranslate2 what the command gave it."""

from __future__ import annotations

from functools import partial

from benchmarks.translation import (
    Recorder,
    Spent,
    directly,
    first_sent,
    in_batches_of,
    in_turns,
    line,
    singly,
    tokens_of,
)

CALLS = [([["a", "b"], ["c"]], {"beam_size": 4}), ([["c"]], {"beam_size": 1}), ([["d"], ["a", "b"]], {})]


class Handle:
    """The answer of a batch; whether it was waited for."""

    def __init__(self) -> None:
        self.waited = False

    def result(self) -> None:
        self.waited = True


class Model:
    """Takes what a model of CTranslate2 takes."""

    device = "cpu"

    def __init__(self) -> None:
        self.handles: list[Handle] = []

    def translate_batch(self, sources: list[list[str]], **options: object) -> list[Handle]:
        assert all(not handle.waited for handle in self.handles), "waited for before all were begun"
        made = [Handle() for _ in sources]
        self.handles += made
        return made


class Forgetful(Model):
    """One whose earlier answers may have been waited for."""

    def translate_batch(self, sources: list[list[str]], **options: object) -> list[Handle]:
        self.handles.clear()
        return super().translate_batch(sources, **options)


def test_what_was_noted_is_begun_whole_and_then_waited_for() -> None:
    recorder = Recorder(Model())
    directly(recorder, CALLS)
    assert recorder.calls == CALLS
    assert recorder.device == "cpu"
    assert [handle.waited for handle in recorder.model.handles] == [True] * 5


def test_source_tokens_are_counted_and_second_searches_are_not_first_ones() -> None:
    assert tokens_of(CALLS) == 7
    assert first_sent(CALLS) == [CALLS[0], ([["d"]], {})]
    assert first_sent(first_sent(CALLS)) == first_sent(CALLS)


def test_singly_every_sequence_is_a_call_with_its_options() -> None:
    recorder = Recorder(Forgetful())
    singly(recorder, CALLS[:2])
    assert recorder.calls == [([["a", "b"]], {"beam_size": 4}), ([["c"]], {"beam_size": 4}), CALLS[1]]


def test_batches_are_of_so_many_sequences_whatever_the_command_asked_for() -> None:
    [(sources, options)] = in_batches_of(
        8, [([["a"]], {"beam_size": 4, "max_batch_size": 4096, "batch_type": "tokens"})]
    )
    assert sources == [["a"]]
    assert options == {"beam_size": 4, "max_batch_size": 8, "batch_type": "examples"}


def test_works_take_turns_and_their_times_add_up() -> None:
    done: list[str] = []
    spent = in_turns({name: partial(done.append, name) for name in ("ours", "theirs")}, 2)
    assert done == ["ours", "theirs", "ours", "theirs"]
    assert set(spent) == {"ours", "theirs"}
    assert min(one.clock for one in spent.values()) > 0
    once = Spent(5.0, 7.0).plus(lambda: None)
    assert once.clock >= 5.0
    assert once.cpu >= 7.0


def test_a_line_says_how_much_of_the_speed_of_ctranslate2_is_left() -> None:
    told = line("x", 1200, Spent(4.0, 8.0), Spent(3.0, 4.0), "no bar")
    assert told == "a | x | 300 against 400 source tokens/s: 75%, CPU 50% | no bar"
