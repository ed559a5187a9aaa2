from __future__ import annotations

import json
from pathlib import Path

import pytest

from cscl_data.io.licences import stated_licence
from tests.cli.calling import EN_KO, KOREAN, RECORDS, make, manifest


@pytest.mark.parametrize(
    ("files", "licence"),
    [
        ({"cscl_model.json": json.dumps({"licence": "Apache-2.0 (weights)"})}, "Apache-2.0 (weights)"),
        ({"README.md": "---\nlanguage: ko\nlicense: cc-by-nc-4.0\n---\n# NLLB\n"}, "cc-by-nc-4.0"),
        ({"MODEL_CARD.md": "---\nlicence: MIT\n---\n"}, "MIT"),
        ({"README.md": "---\nlicense: other\nlicense_name: gemma\n---\n"}, "gemma"),
        ({"README.md": "---\nlicense: [mit, apache-2.0]\n---\n"}, "mit, apache-2.0"),
        (
            {"cscl_model.json": json.dumps({"licence": "MIT"}), "README.md": "---\nlicense: gpl-3.0\n---\n"},
            "MIT",
        ),
        ({"README.md": "# A model\n\nlicense: mit\n"}, None),
        ({"README.md": "---\nlicense: mit\n"}, None),
        ({"README.md": "---\nlicense: [mit\n---\n"}, None),
        ({"cscl_model.json": "{"}, None),
        ({}, None),
    ],
)
def test_licence_is_read_where_a_model_states_it(files: dict[str, str], licence: str | None, tmp_path: Path) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    assert stated_licence(tmp_path) == licence


def test_card_names_the_licences_of_input_and_model(tmp_path: Path) -> None:
    make(
        *("translate-bundle", RECORDS, *EN_KO, "--fields", "question", "--limit", 1, "--beam-size", 1),
        *("--licence", "CC BY 4.0", "--max-reject-rate", 1, "--out", tmp_path / "out"),
    )
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "## Licences\n\n- input: CC BY 4.0\n- model: Apache-2.0 (weights);" in card
    assert "| default/model.bin | model | Apache-2.0 (weights);" in card
    model = [item for item in manifest(tmp_path / "out")["inputs"] if item.get("role") == "model"]
    assert {item["licence"].split(";")[0] for item in model} == {"Apache-2.0 (weights)"}


def test_card_says_where_no_licence_is_stated(tmp_path: Path) -> None:
    lexicon = tmp_path / "l.tsv"
    lexicon.write_text("tea\t차\n", encoding="utf-8")
    make(
        *("align", KOREAN, *EN_KO, "--limit", 3, "--aligner", "lexicon", "--lexicon", lexicon),
        *("--licence", "CC0-1.0", "--out", tmp_path / "out"),
    )
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "- input: CC0-1.0\n- lexicon: not stated\n" in card
