"""`--model default` is the shipped model that has the languages; where none has them, the error says what there is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cscl_data.errors import ConfigError
from cscl_data.text.languages import language
from cscl_data.translators import load_translator
from cscl_data.translators.shipped import DEFAULT, INTO_ENGLISH, chosen, shipped_models
from tests.cli.calling import call, make, manifest, rows

LANGUAGES = ("ko", "ja", "id")
RECORD = {
    "ko": {"id": "a", "question": "창문을 어떻게 여나요?", "answer": "손잡이를 누르세요."},
    "ja": {"id": "a", "question": "窓はどうやって開けますか。", "answer": "取っ手を押してください。"},
    "id": {"id": "a", "question": "Bagaimana cara membuka jendela?", "answer": "Tekan gagangnya."},
}


def asked(source: str, target: str, folder: Path) -> tuple[object, ...]:
    records = folder / "records.jsonl"
    records.write_text(json.dumps(RECORD[source], ensure_ascii=False) + "\n", encoding="utf-8")
    pair = ("--src-lang", source, "--tgt-lang", target)
    return ("translate-bundle", records, "--fields", "question,answer", *pair, "--out", folder / "out")


@pytest.mark.parametrize("other", LANGUAGES)
def test_default_is_chosen_by_direction(other: str) -> None:
    assert chosen(DEFAULT, "en", [other]) == DEFAULT
    assert chosen(DEFAULT, other, ["en"]) == INTO_ENGLISH


def test_one_model_has_to_have_every_target() -> None:
    assert chosen(DEFAULT, "en", ["ko", "ja", "id"]) == DEFAULT
    with pytest.raises(ConfigError, match=r"from ko to ja\. They have: en to ko, .*, ko to en"):
        chosen(DEFAULT, "ko", ["en", "ja"])


@pytest.mark.parametrize("spec", ["echo", "hub:some/model", INTO_ENGLISH, "my-model"])
def test_any_other_name_means_itself(spec: str) -> None:
    assert chosen(spec, "sw", ["ta"]) == spec


@pytest.mark.backend
@pytest.mark.parametrize("other", LANGUAGES)
def test_records_are_translated_whole_into_english(other: str, tmp_path: Path) -> None:
    called = make(*asked(other, "en", tmp_path))
    [row] = rows(tmp_path / "out")
    assert row["bundle"]["status"] in ("ok", "fallback")
    assert row["question"].isascii()
    assert row["answer"].isascii()
    assert manifest(tmp_path / "out")["settings"]["model"] == INTO_ENGLISH
    assert f"model {INTO_ENGLISH}: to try things out" in called.stderr


@pytest.mark.backend
def test_each_shipped_model_translates_each_of_its_directions() -> None:
    for spec, source, targets in ((DEFAULT, "en", LANGUAGES), *((INTO_ENGLISH, one, ("en",)) for one in LANGUAGES)):
        translator = load_translator(spec, inter_threads=1)
        for target in targets:
            [translated] = translator.translate([{"en": "Open the window."}.get(source, "Kupang")], source, target)
            assert translated.text, language(target).tag


@pytest.mark.parametrize(("source", "target"), [("ko", "ja"), ("id", "ko")])
def test_a_pair_that_no_shipped_model_has_is_an_error_that_names_what_there_is(
    source: str, target: str, tmp_path: Path
) -> None:
    called = call(*asked(source, target, tmp_path))
    assert called.code == 2
    assert f"no model that ships translates from {source} to {target}. They have: en to ko, en to ja" in called.stderr
    assert "nllb-200" in called.stderr
    assert not (tmp_path / "out").exists()


def test_sentences_are_switched_by_the_model_of_their_direction(tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("창문을 여세요.\n문을 닫으세요.\n불을 켜세요.\n", encoding="utf-8")
    ask = ("make-sentence-cs", text, "--translate-with", "default", "--src-lang", "ko", "--out", tmp_path / "out")
    make(*ask, "--tgt-lang", "en", "--dry-run")
    wrong = call(*ask, "--tgt-lang", "ja")
    assert wrong.code == 2
    assert "no model that ships translates from ko to ja" in wrong.stderr


def test_listings_name_every_shipped_model() -> None:
    listed = json.loads(make("models", "list", "--json").stdout)["shipped"]
    directions = {facts["name"]: facts["directions"] for facts in listed}
    assert directions == {
        DEFAULT: [["en", other] for other in LANGUAGES],
        INTO_ENGLISH: [[other, "en"] for other in LANGUAGES],
    }
    sizes = json.loads(make("doctor", "--json").stdout)["models"]
    assert sizes.keys() == shipped_models().keys() == directions.keys()
    assert sum(sizes.values()) <= 20_000_000
