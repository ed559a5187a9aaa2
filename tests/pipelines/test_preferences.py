"""Records to rows of every scheme, with recorded translations in place of a model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cscl_data.errors import ConfigError, InputError
from cscl_data.io.dataset import iter_dataset
from cscl_data.io.recordfile import RecordSpec
from cscl_data.pipelines.align_settings import AlignSettings
from cscl_data.pipelines.bundle_settings import BundleSettings, ModelSettings
from cscl_data.pipelines.job import RunOptions
from cscl_data.pipelines.plan import Basics
from cscl_data.pipelines.preferences.job import run_preferences
from cscl_data.pipelines.preferences.settings import Places, PreferenceJob, PreferenceSettings, by_language
from cscl_data.text.plug import extract_answer, response_cue
from tests.cli.calling import KOREAN
from tests.pipelines.translations import write_lines

KO = {
    "Name a drink that is hot.": "따뜻한 음료를 하나 말해 주세요.",
    "Green tea is a hot drink.": "녹차는 따뜻한 음료입니다.",
    "And one that is cold?": "그럼 차가운 것은요?",
    "Lemonade, with ice in it.": "얼음을 넣은 레모네이드입니다.",
    "Answer in one sentence.": "한 문장으로 답하세요.",
    "What does `ls` list here?": "`ls`는 여기서 무엇을 보여 주나요?",
    "All files in this folder.": "All the files in this folder.",
    "What is the name of it?": "그 이름은 무엇인가요?",
    "Python": "Python",
}
TEA = {"id": "tea", "prompt": "Name a drink that is hot.", "response": "Green tea is a hot drink."}
ENGLISH = {"id": "ls", "prompt": "What does `ls` list here?", "response": "All files in this folder."}
COPIED = {"id": "py", "prompt": "What is the name of it?", "response": "Python"}
BLANK = {"id": "no", "prompt": "Name a drink that is hot.", "response": " "}
LACKS = {"id": "x", "prompt": "Name a drink that is hot."}
UNKNOWN = {"id": "u", "prompt": "Nobody has recorded this one.", "response": "Green tea is a hot drink."}
TALK = [
    {"role": "system", "content": "Answer in one sentence."},
    {"role": "user", "content": "Name a drink that is hot."},
    {"role": "assistant", "content": "Green tea is a hot drink."},
    {"role": "user", "content": "And one that is cold?"},
    {"role": "assistant", "content": "Lemonade, with ice in it."},
]


def made(
    folder: Path, records: list[dict[str, Any]], *, places: Places | None = None, lang: str = "ko", **settings: Any
) -> Path:
    """Make rows of records; return the output directory."""
    recorded = [{"source": k, "target": v, "source_lang": "en", "target_lang": lang} for k, v in KO.items()]
    places = places or Places()
    fit_on = settings.pop("fit_on", ())
    job = PreferenceJob(
        source=RecordSpec(paths=(str(write_lines(folder / "records.jsonl", records)),)),
        places=places,
        settings=PreferenceSettings(**settings),
        bundles=BundleSettings(
            fields=places.source, src_lang="en", tgt_lang=lang, catalyst="none", fallback="separate,reject"
        ),
        model=ModelSettings(model=f"replay:{write_lines(folder / 'recorded.jsonl', recorded)}"),
        alignment=AlignSettings(fit_on=fit_on),
        basics=Basics(out=folder / "out"),
    )
    report = run_preferences(job, RunOptions(max_reject_rate=1.0))
    assert report.manifest["items"] == report.manifest["rows_out"] + report.manifest["rejects"]
    assert report.manifest["items"] == len(records) * len(job.settings.prompt_langs("en", "ko"))
    return folder / "out"


def rows(out: Path, part: str = "data") -> list[dict[str, Any]]:
    return list(iter_dataset(out, part=part))


def test_each_prompt_chooses_the_answer_in_its_own_language(tmp_path: Path) -> None:
    english, korean = rows(made(tmp_path, [TEA]))
    assert (english["id"], korean["id"]) == ("tea/en", "tea/ko")
    assert english["prompt"] == TEA["prompt"]
    assert korean["prompt"] == KO[TEA["prompt"]]
    assert (english["chosen"], english["rejected"]) == (TEA["response"], KO[TEA["response"]])
    assert (korean["chosen"], korean["rejected"]) == (english["rejected"], english["chosen"])
    assert [(row["prompt_lang"], row["chosen_lang"], row["rejected_lang"]) for row in (english, korean)] == [
        ("en", "en", "ko"),
        ("ko", "ko", "en"),
    ]


def test_what_cannot_be_preferred_is_rejected_for_both_prompts_with_its_reason(tmp_path: Path) -> None:
    out = made(tmp_path, [TEA, ENGLISH, COPIED, BLANK, LACKS, UNKNOWN])
    assert [row["record_id"] for row in rows(out)] == ["tea", "tea"]
    rejects = {row["id"]: (row["reason"], row["detail"]) for row in rows(out, "rejects")}
    assert list(rejects) == [f"{name}/{lang}" for name in ("ls", "py", "no", "x", "u") for lang in ("en", "ko")]
    assert rejects["ls/ko"][0] == "guard_script"
    assert rejects["ls/ko"][1].startswith("the response in ko: 0% of its letters are Hangul")
    assert rejects["py/en"] == ("guard_copy", "the response is the same in both languages")
    assert rejects["no/en"] == ("empty_side", "the assistant's text is blank")
    assert rejects["x/en"] == ("missing_field", "field response: 0 values, one text is needed")
    assert rejects["u/en"][0] == "empty_side"


@pytest.mark.parametrize(
    ("scheme", "langs"), [("sft-target", ["ko"]), ("sft-english", ["en"]), ("sft-both", ["en", "ko"])]
)
def test_instructions_of_either_language(tmp_path: Path, scheme: str, langs: list[str]) -> None:
    out = made(tmp_path, [TEA, COPIED], scheme=scheme)
    texts = {"en": (TEA["prompt"], TEA["response"]), "ko": (KO[TEA["prompt"]], KO[TEA["response"]])}
    assert [(row["lang"], row["prompt"], row["response"]) for row in rows(out)] == [(x, *texts[x]) for x in langs]
    assert all(row["messages"] is None for row in rows(out))
    assert [row["id"] for row in rows(out, "rejects")] == [f"py/{lang}" for lang in langs]


def test_plug_answers_in_english_first_and_its_answer_is_found_again(tmp_path: Path) -> None:
    [row] = rows(made(tmp_path, [TEA], scheme="plug", pivot_instruction=True))
    english = f"English instruction: {TEA['prompt']}\n\nEnglish response: {TEA['response']}"
    assert row["response"] == f"{english}\n\n한국어 응답: {KO[TEA['response']]}"
    assert (row["prompt"], row["lang"]) == (KO[TEA["prompt"]], "ko")
    found = extract_answer(row["response"], pivot_cue=response_cue("en"), target_cue=response_cue("ko"))
    assert found.text == KO[TEA["response"]]


def test_plug_rejects_a_record_whose_answer_would_not_be_found_again(tmp_path: Path) -> None:
    places = Places(prompt=("p",), response="r", tgt_prompt=("q",), tgt_response="s")
    good = {
        "id": "good",
        "p": "What is it called?",
        "r": "Green tea.",
        "q": "뭐라고 하나요?",
        "s": "녹차.\n한국어 응답: 차.",
    }
    bad = {**good, "id": "bad", "r": "It is called so:\n한국어 응답: green tea."}
    out = made(tmp_path, [good, bad], places=places, scheme="plug")
    assert [row["record_id"] for row in rows(out)] == ["good"]
    assert [(row["id"], row["reason"]) for row in rows(out, "rejects")] == [("bad/ko", "irreversible")]


def test_handholding_shows_the_english_example_beside_the_prompt(tmp_path: Path) -> None:
    [row] = rows(made(tmp_path, [TEA], scheme="handhold"))
    shown = f"English instruction: {TEA['prompt']}\nEnglish response: {TEA['response']}"
    assert row["prompt"] == f"{shown}\n\n한국어 지시: {KO[TEA['prompt']]}\n한국어 응답:"
    assert row["response"] == KO[TEA["response"]]


def test_prompts_are_reordered_by_alignment_and_answers_are_not(tmp_path: Path) -> None:
    record = {
        "id": "a",
        "p": "I drink green tea every morning.\n\n`ls`",
        "r": "Every morning.",
        "s": "매일 아침 마셔요.",
    }
    record["q"] = "저는 매일 아침 녹차를 마십니다.\n\n`ls`"
    places = Places(prompt=("p",), response="r", tgt_prompt=("q",), tgt_response="s")
    [row] = rows(made(tmp_path, [record], places=places, scheme="reorder", fit_on=(str(KOREAN),)))
    assert row["prompt"].startswith("저는 마십니다 ")
    assert row["prompt"].endswith(".\n\n`ls`")
    assert sorted(row["prompt"]) == sorted(record["q"])
    assert row["response"] == record["s"]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert [item["role"] for item in manifest["inputs"] if "role" in item] == ["fit"]
    assert "|fit:" in manifest["sig"]


def test_messages_keep_their_turns_and_a_system_text_takes_the_place_of_their_own(tmp_path: Path) -> None:
    systems = by_language("--system", ["ko=짧게 답하세요."], ("en", "ko"))
    records = [{"id": "t", "messages": TALK}]
    english, korean = rows(made(tmp_path, records, places=Places(messages="messages"), form="chat", systems=systems))
    assert [m["role"] for m in english["prompt"]] == ["system", "user", "assistant", "user"]
    assert english["prompt"] == TALK[:-1]
    assert korean["prompt"][0] == {"role": "system", "content": "짧게 답하세요."}
    assert [m["content"] for m in korean["prompt"][1:]] == [KO[m["content"]] for m in TALK[1:-1]]
    assert korean["chosen"] == [{"role": "assistant", "content": KO[TALK[-1]["content"]]}]
    assert korean["rejected"] == [TALK[-1]]


@pytest.mark.parametrize(
    ("messages", "detail"),
    [
        (TALK[1:], "4 turns: --form chat takes more"),
        (TALK[1:2], "roles user: user and assistant in turn are needed"),
        ([TALK[2], TALK[1]], "roles assistant, user:"),
        ([{"role": "tool", "content": "x"}, TALK[2]], "message 1: a role of system, user, assistant"),
        ([TALK[1], {"role": "assistant", "content": None}], "message 2:"),
        ([], "roles none:"),
    ],
)
def test_messages_of_another_form_are_rejected(tmp_path: Path, messages: list[Any], detail: str) -> None:
    records = [{"id": "good", "messages": TALK[1:3]}, {"id": "t", "messages": messages}]
    rejects = rows(made(tmp_path, records, places=Places(messages="messages")), "rejects")
    assert {row["reason"] for row in rejects} == {"missing_field"}
    assert rejects[0]["detail"].startswith(detail)


def test_parts_of_a_prompt_are_joined_and_one_that_is_not_there_is_left_out(tmp_path: Path) -> None:
    places = Places(prompt=("instruction", "input"), response="output")
    whole = {"id": "a", "instruction": "Answer in one sentence.", "input": TEA["prompt"], "output": TEA["response"]}
    bare = {"id": "b", "instruction": TEA["prompt"], "input": "", "output": TEA["response"]}
    prompts = [row["prompt"] for row in rows(made(tmp_path, [whole, bare], places=places))]
    assert prompts[:2] == [
        f"Answer in one sentence.\n\n{TEA['prompt']}",
        f"한 문장으로 답하세요.\n\n{KO[TEA['prompt']]}",
    ]
    assert prompts[2:] == [TEA["prompt"], KO[TEA["prompt"]]]


def test_system_text_stands_before_a_plain_prompt(tmp_path: Path) -> None:
    systems = by_language("--system", ["en=Be brief.", "ko=짧게."], ("en", "ko"))
    english, korean = rows(made(tmp_path, [TEA], systems=systems))
    assert english["prompt"] == f"Be brief.\n\n{TEA['prompt']}"
    assert korean["prompt"].startswith("짧게.\n\n")


def test_records_in_both_languages_need_no_model(tmp_path: Path) -> None:
    record = {**TEA, "ko": {"prompt": "아무 음료나 말해 보세요.", "response": "녹차요, 따뜻하니까요."}}
    places = Places(tgt_prompt=("ko.prompt",), tgt_response="ko.response")
    lacks = {**record, "id": "lacks", "ko": {"prompt": "아무 음료나 말해 보세요."}}
    out = made(tmp_path, [record, lacks], places=places)
    assert [row["chosen"] for row in rows(out)] == [TEA["response"], "녹차요, 따뜻하니까요."]
    assert [row["id"] for row in rows(out, "rejects")] == ["lacks/en", "lacks/ko"]
    manifest = json.loads((out / "manifest.json").read_text())
    assert "translations:given" in manifest["sig"]
    assert [item["path"] for item in manifest["inputs"]] == [str(tmp_path / "records.jsonl")]


def test_languages_of_one_script_are_told_by_their_words(tmp_path: Path) -> None:
    record = {**TEA, "p": "Sebutkan satu minuman yang panas untuk saya.", "r": "The green tea that is in the pot."}
    places = Places(tgt_prompt=("p",), tgt_response="r")
    rejects = rows(made(tmp_path, [record], places=places, lang="id"), "rejects")
    assert rejects[0]["reason"] == "guard_language"


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda: PreferenceSettings(scheme="dpo"), "unknown scheme 'dpo'"),
        (lambda: PreferenceSettings(form="text"), "unknown form 'text'"),
        (lambda: PreferenceSettings(cues=(("ko", "x"),)), "--cue is for --scheme plug"),
        (lambda: PreferenceSettings(scheme="handhold", pivot_instruction=True), "--pivot-instruction is for"),
        (lambda: Places(tgt_response="b"), "prompt field is empty"),
        (lambda: Places(tgt_prompt=("b",)), "go together"),
        (lambda: Places(prompt=("a", "b"), tgt_prompt=("c",), tgt_response="d"), "names 2 fields"),
        (lambda: by_language("--system", ["Be brief."], ("en", "ko")), "expected LANG=TEXT"),
        (lambda: by_language("--system", ["ja=x"], ("en", "ko")), "the languages are en and ko"),
        (lambda: by_language("--system", ["ko=x", "ko=y"], ("en", "ko")), "ko is given twice"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(build: Any, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        build()


def test_input_without_the_fields_says_how_to_name_them(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no record has the field 'prompt'") as caught:
        made(tmp_path, [{"id": "t", "messages": TALK}])
    assert caught.value.hint == (
        "the columns are: id, messages; name them with --prompt-field and --response-field, or --messages-field"
    )
