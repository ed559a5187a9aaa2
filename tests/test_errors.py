"""Errors have a place, a cause, a next step and an exit code, and keep them across processes."""

from __future__ import annotations

import pickle

import pytest

from cscl_data import errors
from cscl_data.errors import CsclError, missing_package, unknown_name

EXIT_CODES = {
    "CsclError": 1,
    "ConfigError": 2,
    "InputError": 3,
    "SchemaError": 3,
    "TooManyRejectsError": 3,
    "BackendError": 4,
    "RetryableBackendError": 4,
    "OutputError": 4,
    "PartialRunError": 5,
}


def all_errors() -> list[type[CsclError]]:
    return [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, CsclError)]


def test_error_exit_codes_are_those_of_the_contract() -> None:
    assert {kind.__name__: kind.exit_code for kind in all_errors()} == EXIT_CODES


@pytest.mark.parametrize("kind", all_errors())
def test_error_keeps_message_and_hint_across_processes(kind: type[CsclError]) -> None:
    error = pickle.loads(pickle.dumps(kind("out: disk full", hint="free some space")))
    assert type(error) is kind
    assert (str(error), error.hint) == ("out: disk full", "free some space")


def test_error_tree_in_the_docstring_is_the_real_one() -> None:
    drawn = [line for line in str(errors.__doc__).splitlines() if "──" in line]
    found = {name: int(code) for name, code in (line.split("── ")[1].split()[:2] for line in drawn)}
    assert found == {name: code for name, code in EXIT_CODES.items() if name != "CsclError"}


def test_unknown_name_lists_the_known_ones_and_the_nearest() -> None:
    error = unknown_name("aligner", "simalgin", ["statistical", "simalign", "lexicon", "pharaoh"])
    assert str(error) == "unknown aligner 'simalgin'. Available: lexicon, pharaoh, simalign, statistical"
    assert error.hint == "did you mean 'simalign'?"
    assert unknown_name("aligner", "xyz", ["a"]).hint is None


def test_missing_package_says_how_to_install_it() -> None:
    error = missing_package("aligner", "eflomal", "eflomal", "eflomal")
    assert str(error) == "aligner 'eflomal' needs the package eflomal"
    assert error.hint == "pip install 'cscl-data[eflomal]'"
    assert missing_package("tokenizer", "mecab", "python-mecab-ko").hint == "pip install python-mecab-ko"
