"""The English dictionary: what parts of speech a form may have, and as which it is inflected."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cscl_data.errors import BackendError
from cscl_data.text import english
from cscl_data.text.english import Entry, entry


@pytest.mark.parametrize(
    ("word", "pos", "inflected"),
    [
        ("scientific", {"ADJ"}, set()),
        ("exports", {"NOUN", "VERB"}, {"NOUN", "VERB"}),
        ("written", {"VERB"}, {"VERB"}),
        ("higher", {"ADJ", "ADV"}, {"ADJ", "ADV"}),
        ("physically", {"ADV"}, set()),
        ("Japanese", {"ADJ", "NOUN"}, set()),
        ("japanese", set(), set()),
        ("Nadal", set(), set()),
    ],
)
def test_entry(word, pos, inflected):
    found = entry(word)
    assert (found.pos, found.inflected) == (pos, inflected)


def test_a_hyphenated_word_is_looked_up_by_its_last_part():
    assert entry("police-guarded") == entry("guarded") != Entry()


def test_the_dictionary_is_read_without_spacy():
    code = "import sys; from cscl_data.text.english import entry; entry('tea'); print('spacy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_without_the_package_the_error_is_the_line_that_installs_it(monkeypatch):
    english._dictionary.cache_clear()
    monkeypatch.setattr(english, "find_spec", lambda name: None)
    with pytest.raises(BackendError) as caught:
        entry("tea")
    assert caught.value.hint == "pip install lemminflect"
    english._dictionary.cache_clear()
