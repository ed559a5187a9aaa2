import pytest

from cscl_data.errors import ConfigError
from cscl_data.pipelines.bundle_settings import BundleSettings
from cscl_data.translators import UNMARKED, BundleJob, EchoTranslator, LadderConfig, translate_bundles
from cscl_data.translators.unmarked import split_unmarked

TEXTS = ["He runs. She waits.", "Who looks?"]


@pytest.mark.parametrize(
    ("output", "parts"),
    [
        ("그가 달린다. 그녀는 기다린다. 누가 보나?", ("그가 달린다. 그녀는 기다린다.", "누가 보나?")),
        ("그가 달린다. 누가 보나?", None),
        ("그가 달린다. 그녀는 기다린다. 누가 보나? 아무도.", None),
        ("", None),
    ],
)
def test_each_text_gets_as_many_sentences_as_it_had(output, parts):
    apart = split_unmarked(output, TEXTS, "en", "ko")
    assert apart.parts == parts
    assert apart.strict is apart.lenient is (parts is not None)
    assert bool(apart.reason) is (parts is None)


def test_text_without_a_full_stop_is_one_sentence():
    assert split_unmarked("가. 나.", ["a title", "and text"], "en", "ko").parts == ("가.", "나.")


def test_bundle_without_indicators_is_sent_with_spaces_alone_and_says_so():
    config = LadderConfig(rungs=("indicator", "reject"), indicators=(UNMARKED,))
    jobs = [BundleJob(id="a", texts=(" He runs.", "Who looks?")), BundleJob(id="b", texts=("a title", "Who looks?"))]
    held, lost = translate_bundles(jobs, EchoTranslator(), source="en", target="id", config=config)
    assert held.texts == (" He runs.", "Who looks?")
    assert (held.indicator, held.first.indicator, held.first.strict, held.attempts) == ("none", "none", True, 1)
    assert (lost.texts, lost.reason, lost.detail) == (None, "irreversible", "field 1: 1 sentences came back for 2")


def test_statement_needs_an_indicator_behind_it():
    with pytest.raises(ConfigError, match="nothing would tell the catalyst statement"):
        BundleSettings(fields=("question",), src_lang="en", tgt_lang="ko", indicators="none").ladder()
    plain = BundleSettings(fields=("question",), src_lang="en", tgt_lang="ko", indicators="none", catalyst="none")
    assert plain.ladder().indicators == ("none",)
