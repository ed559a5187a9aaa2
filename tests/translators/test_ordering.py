from __future__ import annotations

from cscl_data.translators.decoding import Output
from cscl_data.translators.numbering import Numbering
from cscl_data.translators.ordering import in_order

NUMBERING = Numbering(("@",), most=3)


class Scripted:
    """Stands for a loaded model: what it wants to say, one script a source, with the pieces it may not say left out."""

    def __init__(self, *scripts):
        self.scripts = [script.split() for script in scripts]
        self.calls = []

    def go_on(self, sources, begun, never, *, most, end):
        self.calls.append((begun, never))
        outputs = []
        for source, start, out in zip(sources, begun, never, strict=True):
            wanted = self.scripts[int(source[0])]
            for piece in start:
                wanted = wanted[wanted.index(piece) + 1 :]
            outputs.append(Output([*start, *(piece for piece in wanted if piece not in out)], -1.0, True))
        return outputs


def run(model, *marks):
    sources = [[str(number), *mark.split()] for number, mark in enumerate(marks)]
    first = [Output(script, -0.5, True) for script in model.scripts]
    found = in_order(model, sources, first, NUMBERING, most=100)
    return [" ".join(output.pieces) for output in found]


def test_outputs_in_order_stay_as_they_are():
    model = Scripted("a <@1> b <@2> c", "<@1> b", "plain")
    assert run(model, "<@1> <@2>", "<@1> <@2>", "") == ["a <@1> b <@2> c", "<@1> b", "plain"]
    assert model.calls == []


def test_an_indicator_too_many_is_left_out_and_the_rest_goes_on():
    model = Scripted("a <@1> b <@2> c <@2> d", "fine <@1>")
    assert run(model, "<@1> <@2>", "<@1>") == ["a <@1> b <@2> c d", "fine <@1>"]
    ((begun, (never,)),) = model.calls
    assert begun == [["a", "<@1>", "b", "<@2>", "c"]]
    assert set(never) == {"<@1>", "<@2>", "<@3>"}


def test_indicators_that_the_source_lacks_or_that_come_too_early():
    assert run(Scripted("<@1> b <@3> c <@2> d"), "<@1> <@2>") == ["<@1> b c <@2> d"]
    assert run(Scripted("<@2> b <@1> c <@1> d"), "<@1> <@2>") == ["b <@1> c d"]
    assert run(Scripted("a <@1> b"), "") == ["a b"]


def test_outputs_with_different_faults_go_on_in_one_call():
    model = Scripted("a <@1> b <@1> c", "<@3> d", "<@2> e <@1> f")
    assert run(model, "<@1> <@2>", "", "<@1> <@2>") == ["a <@1> b c", "d", "e <@1> f"]
    [(begun, never)] = model.calls
    assert begun == [["a", "<@1>", "b"], [], []]
    assert never == [("<@1>", "<@3>"), ("<@1>", "<@2>", "<@3>"), ("<@2>", "<@3>")]


def beamed(*hypotheses, ended=True):
    [first, *others] = [text.split() for text in hypotheses]
    output = Output(first, -0.5, ended, tuple(others))
    [found] = in_order(Scripted(), [["<@1>", "<@2>"]], [output], NUMBERING, most=100)
    return [" ".join(pieces) for pieces in (found.pieces, *found.others)], found.ended


def test_a_hypothesis_with_all_indicators_is_taken_before_one_that_ended_early():
    whole, early, crossed = "<@1> a <@2> b", "<@1> a", "<@2> a <@1> b"
    assert beamed(early, crossed, whole, "<@1> z <@2> z") == ([whole, early, crossed, "<@1> z <@2> z"], True)
    assert beamed(early, "<@1> b") == ([early, "<@1> b"], True)
    assert beamed(whole, "<@1> z <@2> z") == ([whole, "<@1> z <@2> z"], True)


def test_one_that_had_not_ended_gives_way_to_one_that_had():
    assert beamed("<@1> a a a", "<@1> a <@2> b", ended=False) == (["<@1> a <@2> b"], True)
    assert beamed("<@1> a <@2> a a a", "<@1> a", ended=False) == (["<@1> a <@2> a a a", "<@1> a"], False)


def test_counting_starts_anew_after_the_last_number():
    text = "<@1> a <@2> b <@3> c <@1> d"
    assert run(Scripted(text), "<@1> <@2> <@3> <@1>") == [text]
    assert run(Scripted(text + " <@2> e"), "<@1> <@2> <@3> <@1>") == [text + " e"]
