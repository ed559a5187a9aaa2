from __future__ import annotations

import gzip
import json

import pytest

from cscl_data.errors import ConfigError, InputError
from cscl_data.translators import load_translator
from cscl_data.translators.base import Translation

ROWS = [
    {"source": "a man", "target": "한 남자", "source_lang": "en", "target_lang": "ko"},
    {"source": "a dog", "target": "", "source_lang": "en", "target_lang": "kor"},
    {"source": "a man", "target": "男", "source_lang": "en", "target_lang": "ja"},
]


def write(path, rows):
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")
    return load_translator(f"replay:{path}")


@pytest.mark.parametrize("name", ["r.jsonl", "r.jsonl.gz"])
def test_replay_reports_what_is_missing_and_what_is_empty(tmp_path, name):
    translator = write(tmp_path / name, ROWS)
    assert translator.translate(["a man", "a dog", "nobody", " ", " a man "], "en", "ko") == [
        Translation("한 남자"),
        Translation("", problem="missing"),
        Translation("", problem="missing"),
        Translation(" "),
        Translation("한 남자"),
    ]


def test_replay_refuses_a_pair_that_is_not_recorded(tmp_path):
    translator = write(tmp_path / "r.jsonl", ROWS)
    translator.check_pair("eng_Latn", "ja")
    with pytest.raises(ConfigError, match="en to ja, en to ko"):
        translator.check_pair("ko", "en")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "not JSON"),
        ("[]", "source, target"),
        ('{"source": "x", "target": null, "source_lang": "en", "target_lang": "ko"}', "target missing"),
        (json.dumps(ROWS[0] | {"target": "다른"}), "different translation"),
    ],
)
def test_a_damaged_file_names_the_line(tmp_path, line, said):
    path = tmp_path / "r.jsonl"
    path.write_text(json.dumps(ROWS[0]) + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=rf"r.jsonl:2: .*{said}"):
        load_translator(f"replay:{path}")


def test_a_missing_an_empty_and_a_cut_file_are_input_errors(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        load_translator(f"replay:{tmp_path / 'none.jsonl'}")
    (tmp_path / "empty.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="no recorded translation"):
        load_translator(f"replay:{tmp_path / 'empty.jsonl'}")
    cut = gzip.compress(json.dumps(ROWS[0]).encode() * 50)[:-20]
    (tmp_path / "cut.jsonl.gz").write_bytes(cut)
    with pytest.raises(InputError):
        load_translator(f"replay:{tmp_path / 'cut.jsonl.gz'}")


@pytest.mark.data
def test_the_empty_line_of_a_recorded_system_is_reported(shared_data, tmp_path):
    folder = shared_data / "mt-outputs" / "en-ko"
    source = (folder / "flores-dev.en").read_text("utf-8").splitlines()
    target = (folder / "flores-dev.nllb.ko").read_text("utf-8").splitlines()
    rows = [
        {"source": one, "target": other, "source_lang": "en", "target_lang": "ko"}
        for one, other in zip(source, target, strict=True)
    ]
    answers = write(tmp_path / "nllb.jsonl", rows).translate(source, "en", "ko")
    assert [number for number, answer in enumerate(answers, start=1) if answer.problem] == [555]
