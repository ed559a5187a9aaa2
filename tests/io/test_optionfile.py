"""Option files: keys as flags are spelt, and every wrong key named."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from cscl_data.errors import ConfigError, InputError
from cscl_data.io.optionfile import option_defaults, read_mapping, unknown_key


class Flag(NamedTuple):
    name: str | None
    opts: list[str]


FLAGS = [
    Flag("min_score", ["--min-score"]),
    Flag("as_json", ["--json"]),
    Flag("config", ["--config"]),
    Flag("help", ["-h", "--help"]),
]


def write(folder: Path, text: str) -> Path:
    path = folder / "options.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("key", ["min-score", "min_score", "--min-score"])
def test_keys_are_flags_and_give_parameters(tmp_path: Path, key: str) -> None:
    assert option_defaults(write(tmp_path, f"{key}: 0.5\njson: true\n"), FLAGS) == {"min_score": 0.5, "as_json": True}


def test_all_wrong_keys_are_named_with_the_nearest(tmp_path: Path) -> None:
    path = write(tmp_path, "min-scroe: 1\nconfig: x\nhelp: true\njsn: 1\n")
    with pytest.raises(ConfigError) as caught:
        option_defaults(path, FLAGS)
    lines = caught.value.message.splitlines()
    assert lines[0] == f"{path}: unknown key 'min-scroe', the nearest is 'min-score'"
    assert [line.split("'")[1] for line in lines] == ["min-scroe", "config", "help", "jsn"]


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("[1, 2]", ConfigError, "not a mapping of names to values"),
        ("a: [", InputError, "not YAML"),
        ("", ConfigError, "not a mapping"),
    ],
)
def test_file_that_is_no_mapping_is_one_line(tmp_path: Path, text: str, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says) as caught:
        read_mapping(write(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_missing_file_and_bytes_that_are_no_text(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.yaml: no such file"):
        read_mapping(tmp_path / "none.yaml")
    (tmp_path / "x.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not YAML"):
        read_mapping(tmp_path / "x.yaml")


def test_unknown_key_among_none() -> None:
    assert unknown_key("a", []) == "unknown key 'a'"


def test_option_that_may_be_repeated_takes_one_value_too(tmp_path: Path) -> None:
    class Repeated(Flag):
        multiple = True

    options = [Repeated("constraint", ["--constraint"])]
    for value in ("equivalence", "[equivalence]"):
        assert option_defaults(write(tmp_path, f"constraint: {value}\n"), options) == {"constraint": ["equivalence"]}
