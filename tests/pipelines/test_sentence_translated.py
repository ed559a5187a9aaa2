"""Documents in one language: what a mode switches is translated, and what cannot be stays and is counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cscl_data.generators.sentence import SentenceCsConfig
from cscl_data.io.mono import MonoSpec, MonoText
from cscl_data.pipelines.bundle_settings import ModelSettings
from cscl_data.pipelines.sentence_translated import mix_translated
from cscl_data.pipelines.shard import ShardOutcome
from cscl_data.pipelines.text_documents import sentence_documents

TEXT = "One is here. Two is here.\nThree is here.\n\nFour is there. `five()`\n\n7.\n"
KOREAN = {
    "One is here.": "하나 있다.",
    "Two is here.": "둘 있다.",
    "Three is here.": "셋 있다.",
    "Four is there.": "넷.",
}


def outcome_of(tmp_path: Path, recorded: dict[str, str], text: str = TEXT, **options: Any) -> ShardOutcome:
    """Do one shard of a text with recorded translations."""
    (tmp_path / "en.txt").write_text(text, encoding="utf-8")
    rows = [{"source": a, "target": b, "source_lang": "en", "target_lang": "ko"} for a, b in recorded.items()]
    (tmp_path / "replay.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    chunk = list(sentence_documents(MonoText(MonoSpec(path=str(tmp_path / "en.txt"), lang="en"))))
    return mix_translated(
        chunk,
        langs=("en", "ko"),
        config=SentenceCsConfig(**{"start_lang": "src", **options}),
        model=ModelSettings(model=f"replay:{tmp_path / 'replay.jsonl'}"),
        sig="s",
        seed=0,
    )


def test_every_second_sentence_is_translated_and_white_space_stays(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, {"Two is here.": "둘 있다.", "Four is there.": "넷."})
    assert [row["text"] for row in outcome.rows] == ["One is here. 둘 있다.\nThree is here.", "넷. `five()`"]
    name = f"{tmp_path / 'en.txt'}#1"
    assert [segment["pair_id"] for segment in outcome.rows[0]["segments"]] == [f"{name}:{n}" for n in range(3)]
    assert [(reject.id[-3:], reject.reason) for reject in outcome.rejects] == [("3/0", "single_sentence")]
    assert (outcome.rows_in, outcome.items) == (4, 3)
    assert outcome.summary is not None
    assert outcome.summary["translated"] == 2
    assert outcome.summary["not_translated"] == {}


@pytest.mark.parametrize(
    ("mode", "start", "expected"),
    [
        ("annotate", "src", "One is here. (하나 있다.) Two is here. (둘 있다.)\nThree is here. (셋 있다.)"),
        ("annotate", "tgt", "하나 있다. (One is here.) 둘 있다. (Two is here.)\n셋 있다. (Three is here.)"),
        ("parallel", "src", "One is here. Two is here.\nThree is here.\n\n하나 있다. 둘 있다.\n셋 있다."),
        ("parallel", "tgt", "하나 있다. 둘 있다.\n셋 있다.\n\nOne is here. Two is here.\nThree is here."),
    ],
)
def test_translations_stand_where_the_mode_puts_them(tmp_path: Path, mode: str, start: str, expected: str) -> None:
    outcome = outcome_of(tmp_path, KOREAN, mode=mode, start_lang=start)
    assert outcome.rows[0]["text"] == expected


def test_code_stands_in_both_versions_of_a_document(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, KOREAN, mode="parallel")
    assert outcome.rows[1]["text"] == "Four is there. `five()`\n\n넷. `five()`"
    assert [(reject.id[-3:], reject.reason) for reject in outcome.rejects] == [("3/0", "single_sentence")]
    assert outcome.summary is not None
    assert outcome.summary["translated"] == 4


@pytest.mark.parametrize(
    ("translation", "reason"),
    [
        (None, "empty_side"),
        ("Two is here.", "guard_copy"),
        ("Dos está aquí.", "guard_script"),
        ("둘 둘 둘 둘 둘 둘 둘 둘 둘 둘 둘 둘 둘", "guard_repetition"),
    ],
)
def test_sentence_without_a_translation_stays_in_its_language(
    tmp_path: Path, translation: str | None, reason: str
) -> None:
    recorded = {**KOREAN, "Two is here.": translation or ""}
    config = {"mode": "random", "share": 1.0}
    outcome = outcome_of(tmp_path, recorded, TEXT.partition("\n\n")[0], **config)
    [row] = outcome.rows
    assert row["text"] in ("One is here. Two is here.\n셋 있다.", "하나 있다. Two is here.\nThree is here.")
    assert outcome.summary is not None
    assert outcome.summary["not_translated"] == {reason: 1}
    assert outcome.summary["translated"] == 1


@pytest.mark.parametrize(
    ("mode", "start", "expected", "roles"),
    [
        ("annotate", "src", "One is here. (하나 있다.) Two is here.", "TtT"),
        ("annotate", "tgt", "하나 있다. (One is here.) Two is here.", "TtT"),
        ("parallel", "src", "One is here. Two is here.\n\n하나 있다.", "TTt"),
        ("parallel", "tgt", "하나 있다.\n\nOne is here. Two is here.", "Ttt"),
    ],
)
def test_translation_that_fails_leaves_a_hole_and_no_copy(
    tmp_path: Path, mode: str, start: str, expected: str, roles: str
) -> None:
    outcome = outcome_of(
        tmp_path, {"One is here.": "하나 있다."}, "One is here. Two is here.", mode=mode, start_lang=start
    )
    [row] = outcome.rows
    assert row["text"] == expected
    assert "".join("T" if segment["role"] == "text" else "t" for segment in row["segments"]) == roles


def test_document_of_which_nothing_could_be_translated_is_a_reject(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, {"Four is there.": "넷."}, mode="alternate")
    first, last = outcome.rejects
    assert (first.reason, first.detail) == (
        "empty_side",
        "none of 1 sentences was translated: no translation is recorded",
    )
    assert first.source["beads"][0]["texts"] == {"en": "One is here."}
    assert last.reason == "single_sentence"
    assert [row["text"] for row in outcome.rows] == ["넷. `five()`"]


def test_code_and_numbers_alone_are_never_translated(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, {"A": "가"}, "`a()`\n12 + 7\nhttps://example.org/x\n")
    [reject] = outcome.rejects
    assert reject.reason == "unaligned"


def test_marks_of_lists_and_headings_stay_as_they_are(tmp_path: Path) -> None:
    text = "# Two is here.\n- One is here.\n3. **Three is here.**\n"
    recorded = {**KOREAN, "**Three is here.**": "**셋 있다.**"}
    outcome = outcome_of(tmp_path, recorded, text, mode="parallel", start_lang="tgt")
    assert outcome.rows[0]["text"].partition("\n\n")[0] == "# 둘 있다.\n- 하나 있다.\n3. **셋 있다.**"


def test_long_documents_are_cut_after_they_are_translated(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, KOREAN, TEXT.partition("\n\n")[0], max_tokens=30)
    assert [row["text"] for row in outcome.rows] == ["One is here. 둘 있다.", "Three is here."]
    assert outcome.items == 2


@pytest.mark.parametrize("mode", ["alternate", "random", "block", "markov", "annotate", "parallel"])
def test_shards_do_not_change_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    """Seven documents in one, three and seven shards: the same rows, in the same order."""
    text = "\n\n".join(f"{TEXT.partition(chr(10) * 2)[0]} Four is there. Number {n}." for n in range(7))
    recorded = {**KOREAN, **{f"Number {n}.": f"{n}번." for n in range(6)}}
    monkeypatch.chdir(tmp_path)  # ids, and so what is drawn, hold the path as it is given
    whole = outcome_of(Path(), recorded, text, mode=mode, start_lang="random")
    assert len(whole.rows) == 7
    chunk = list(sentence_documents(MonoText(MonoSpec(path="en.txt", lang="en"))))
    for size in (3, 1):
        parts = [
            mix_translated(
                chunk[at : at + size],
                langs=("en", "ko"),
                config=SentenceCsConfig(mode=mode),
                model=ModelSettings(model="replay:replay.jsonl"),
                sig="s",
                seed=0,
            )
            for at in range(0, 7, size)
        ]
        assert [row for part in parts for row in part.rows] == whole.rows
