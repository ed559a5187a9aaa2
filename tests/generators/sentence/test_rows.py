"""Documents in several languages: every sentence once, in order, verbatim, and never beside its translation."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cscl_data.errors import ConfigError
from cscl_data.generators.sentence import SentenceCsConfig, annotation, generate
from cscl_data.records import Bead, Reject, rng_for
from tests.generators.sentence.documents import configs, documents, langs_of, made, make_beads

SWITCHING = ("alternate", "random", "block", "markov")


@settings(max_examples=40)
@given(beads=documents(), config=configs(SWITCHING), seed=st.integers(0, 1000))
def test_document_holds_every_bead_once_verbatim_in_both_languages(
    beads: list[Bead], config: SentenceCsConfig, seed: int
) -> None:
    [row] = made(beads, config, seed)
    row.check()
    assert [segment.pair_id for segment in row.segments] == [bead.id for bead in beads], "each once, in order"
    assert {segment.lang for segment in row.segments} == {"en", "ko"}
    at = 0
    for bead, segment in zip(beads, row.segments, strict=True):
        assert row.text[segment.start : segment.end] == bead.texts[segment.lang]
        assert not row.text[at : segment.start].strip()
        at = segment.end
    assert at == len(row.text)


@pytest.mark.parametrize(
    ("beads", "reason"),
    [
        ([], "single_sentence"),
        (make_beads(1), "single_sentence"),
        ([Bead(id="a", texts={"en": "One."}), Bead(id="b", texts={"ko": "둘."})], "unaligned"),
    ],
)
def test_document_with_nothing_to_switch_is_a_reject(beads: list[Bead], reason: str) -> None:
    reject = generate("d", beads, langs=("en", "ko"), config=SentenceCsConfig(), rng=rng_for(0, "d/0", "x"))
    assert isinstance(reject, Reject)
    assert (reject.id, reject.reason) == ("d/0", reason)
    assert reject.source["beads"] == [{"id": bead.id, "texts": bead.texts} for bead in beads]


@pytest.mark.parametrize(
    "options",
    [
        {"mode": "alternative"},
        {"start_lang": "en"},
        {"share": -0.1},
        {"share": 1.1},
        {"share": math.nan},
        {"switch_probability": 2.0},
        {"max_tokens": 0},
        {"min_run": 0},
        {"min_run": 3, "max_run": 2},
    ],
)
def test_config_out_of_range_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        SentenceCsConfig(**options)


@settings(max_examples=40)
@given(beads=documents(), config=configs(), seed=st.integers(0, 1000), limit=st.none() | st.integers(1, 60))
def test_rows_hold_all_of_the_document_and_nothing_else(
    beads: list[Bead], config: SentenceCsConfig, seed: int, limit: int | None
) -> None:
    """Whatever the mode, the white space and the limit: every bead stands, once as text, verbatim, in order."""
    config = replace(config, max_tokens=limit)
    made_of = generate("d", beads, langs=("en", "ko"), config=config, rng=rng_for(seed, "d/0", "x"))
    if isinstance(made_of, Reject):
        assert config.mode == "annotate"
        assert made_of.reason == "no_candidate"
        assert all(len(set(bead.texts.values())) == 1 for bead in beads)
        return
    by_id = {bead.id: bead for bead in beads}
    for row in made_of:
        row.check()
        for segment in row.segments:
            text = by_id[segment.pair_id].texts[segment.lang]
            in_brackets = config.mode == "annotate" and segment.role == "translation"
            assert row.text[segment.start : segment.end] == (annotation(text) if in_brackets else text)
        if limit is not None and len({segment.pair_id for segment in row.segments}) > 1:
            assert len(row.text.encode("utf-8")) <= limit
    segments = [segment for row in made_of for segment in row.segments]
    texts = [segment.pair_id for segment in segments if segment.role == "text"]
    assert len(texts) == len(set(texts))
    assert texts == [bead.id for bead in beads if bead.id in set(texts)]
    assert {segment.pair_id for segment in segments} == set(by_id)
    assert [row.id for row in made_of] == [f"d/{n}" for n in range(len(made_of))]
    if limit is None:
        assert len(made_of) == 1


@settings(max_examples=40)
@given(beads=documents(), config=configs(), seed=st.integers(0, 100))
def test_rows_without_their_gaps_are_one_text_cut_at_beads(
    beads: list[Bead], config: SentenceCsConfig, seed: int
) -> None:
    """A limit moves no sentence into another language and changes no white space but that at the cuts."""
    whole = generate("d", beads, langs=("en", "ko"), config=config, rng=rng_for(seed, "d/0", "x"))
    cut = generate("d", beads, langs=("en", "ko"), config=replace(config, max_tokens=12), rng=rng_for(seed, "d/0", "x"))
    if isinstance(whole, Reject) or isinstance(cut, Reject) or config.mode == "parallel":
        return
    at = 0
    for row in cut:
        found = whole[0].text.find(row.text, at)
        assert found >= 0
        assert not whole[0].text[at:found].strip()
        at = found + len(row.text)
    assert not whole[0].text[at:].strip()


def test_white_space_of_the_document_stays() -> None:
    spaces = [{}, {"en": "\n\n", "ko": "\n\n"}, {"en": " ", "ko": " "}, {"en": "\n", "ko": " "}]
    beads = [Bead(id=str(i), texts={"en": f"E{i}.", "ko": f"K{i}."}, before=own) for i, own in enumerate(spaces)]
    [row] = made(beads, SentenceCsConfig(start_lang="src"))
    assert row.text == "E0.\n\nK1. E2.\nK3."
    [row] = made(beads, SentenceCsConfig(mode="parallel", start_lang="src"))
    assert row.text == "E0.\n\nE1. E2.\nE3.\n\nK0.\n\nK1. K2. K3."


def test_annotate_puts_each_translation_behind_its_sentence() -> None:
    beads = [
        Bead(id="a", texts={"ja": "一。", "en": "One."}),
        Bead(id="b", texts={"ja": "二。", "en": "Two."}, before={"ja": "\n", "en": " "}),
        Bead(id="c", texts={"ja": "`x`", "en": "`x`"}),
        Bead(id="d", texts={"en": "Four."}),
    ]
    config = SentenceCsConfig(mode="annotate", start_lang="src")
    [row] = made(beads, config, langs=("ja", "en"))
    assert row.text == "一。（One.）\n二。（Two.）`x` Four."
    [row] = made(beads, config, langs=("en", "ja"))
    assert row.text == "One. (一。) Two. (二。) `x` Four."
    assert [(s.pair_id, s.lang, s.role) for s in row.segments][:2] == [("a", "en", "text"), ("a", "ja", "translation")]


@pytest.mark.parametrize(
    ("text", "translation", "expected"),
    [
        ("## One", "## 하나", "## One (하나) End. (끝.)"),
        ("3. > One", "3. > 하나", "3. > One (하나) End. (끝.)"),
        ("-1 is less.", "-1이 작다.", "-1 is less. (-1이 작다.) End. (끝.)"),
    ],
)
def test_brackets_hold_no_marks(text: str, translation: str, expected: str) -> None:
    beads = [Bead(id="a", texts={"en": text, "ko": translation}), Bead(id="b", texts={"en": "End.", "ko": "끝."})]
    assert made(beads, SentenceCsConfig(mode="annotate", start_lang="src"))[0].text == expected


def test_nothing_is_put_behind_closed_beads() -> None:
    config = SentenceCsConfig(mode="annotate", start_lang="src")
    generated = generate("d", make_beads(3), langs=("en", "ko"), config=config, rng=rng_for(0, "d/0", "x"), closed={1})
    assert isinstance(generated, list)
    assert generated[0].text == "en 0. (ko 0.) en 1. en 2. (ko 2.)"
    none = generate("d", make_beads(2), langs=("en", "ko"), config=config, rng=rng_for(0, "d/0", "x"), closed={0, 1})
    assert isinstance(none, Reject)
    assert none.reason == "no_candidate"


@given(n=st.integers(2, 20), share=st.floats(0, 1), seed=st.integers(0, 100))
def test_annotate_annotates_the_share_asked_for(n: int, share: float, seed: int) -> None:
    [row] = made(make_beads(n), SentenceCsConfig(mode="annotate", share=share), seed)
    assert abs(len(langs_of(row, "translation")) - max(1, share * n)) < 1


def test_parallel_leaves_nothing_out_that_one_side_lacks() -> None:
    beads = [
        Bead(id="a", texts={"en": "A."}),
        Bead(id="b", texts={"en": "B.", "ko": "b."}),
        Bead(id="c", texts={"ko": "c."}),
    ]
    [row] = made(beads, SentenceCsConfig(mode="parallel", start_lang="src"))
    assert row.text == "A. B.\n\nb. c."
    [row] = made(beads, SentenceCsConfig(mode="parallel", start_lang="tgt"))
    assert row.text == "b. c.\n\nA. B."


def test_long_sentence_is_a_row_of_its_own() -> None:
    beads = [Bead(id=str(i), texts={"en": text, "ko": text}) for i, text in enumerate(["A.", "B" * 30, "C.", "D."])]
    rows = made(beads, SentenceCsConfig(max_tokens=10))
    assert [row.text for row in rows] == ["A.", "B" * 30, "C. D."]
    assert [row.id for row in rows] == ["d/0", "d/1", "d/2"]


def test_limit_counts_by_the_counter_given() -> None:
    rows = generate(
        "d",
        make_beads(6),
        langs=("en", "ko"),
        config=SentenceCsConfig(max_tokens=2),
        rng=rng_for(0, "d/0", "x"),
        count=lambda text: 1,
    )
    assert not isinstance(rows, Reject)
    assert [len(row.segments) for row in rows] == [2, 2, 2]


def test_parallel_rows_of_a_long_document_hold_sentences_and_their_own_translations() -> None:
    rows = made(make_beads(4), SentenceCsConfig(mode="parallel", start_lang="src", max_tokens=30))
    assert [row.text for row in rows] == ["en 0. en 1.\n\nko 0. ko 1.", "en 2. en 3.\n\nko 2. ko 3."]


def test_white_space_before_a_row_does_not_count() -> None:
    beads = [Bead(id=str(i), texts={"en": text, "ko": text.lower()}) for i, text in enumerate(["AA", "BB", "CC", "DD"])]
    rows = made(beads, SentenceCsConfig(max_tokens=5, start_lang="src"))
    assert [row.text for row in rows] == ["AA bb", "CC dd"]


@given(
    picks=st.lists(
        st.tuples(st.sampled_from(["Yes.", "yes.", "No.", "Why?", "Oh."]), st.sampled_from(["", "", "", "en", "ko"])),
        min_size=2,
        max_size=12,
    ),
    config=configs(SWITCHING),
    seed=st.integers(0, 100),
)
def test_sentence_that_repeats_its_neighbour_never_translates_it(
    picks: list[tuple[str, str]], config: SentenceCsConfig, seed: int
) -> None:
    korean = {"yes.": "네.", "no.": "아니요.", "why?": "왜요?", "oh.": "네."}
    beads = [
        Bead(id=str(i), texts={lang: text for lang, text in both.items() if lang != lacks})
        for i, (both, lacks) in enumerate(({"en": text, "ko": korean[text.lower()]}, lacks) for text, lacks in picks)
    ]
    found = generate("d", beads, langs=("en", "ko"), config=config, rng=rng_for(seed, "d/0", "x"))
    if isinstance(found, Reject):
        assert found.reason in ("no_candidate", "unaligned")
        return
    [row] = found
    texts = [row.text[segment.start : segment.end] for segment in row.segments]
    for i in range(1, len(beads)):
        one, other = row.segments[i - 1], row.segments[i]
        if one.lang != other.lang:
            assert beads[i].texts.get(one.lang, "").lower() != texts[i - 1].lower()
            assert beads[i - 1].texts.get(other.lang, "").lower() != texts[i].lower()


def test_sentence_turns_to_the_only_language_of_the_one_that_repeats_it() -> None:
    beads = [
        Bead(id="0", texts={"en": "Yes.", "ko": "네."}),
        Bead(id="1", texts={"ko": "네."}),
        Bead(id="2", texts={"en": "Go.", "ko": "가."}),
    ]
    [row] = made(beads, SentenceCsConfig(start_lang="src"))
    assert [segment.lang for segment in row.segments] == ["ko", "ko", "en"]
