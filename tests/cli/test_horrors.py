"""Text that breaks tools, through whole commands: every row comes out, verbatim, or is rejected."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.cli.calling import EN_KO, assert_conserved, call, rows

HORRORS = (
    *("\ud800", "tea \udfff 차", "\x00", "a\x00b", "a\u2028b\u2029c", "\x85", "\x0b\x0c\x1c", "\ufeffBOM", "\u200b"),
    *("\u202eright to left\u202c and back", "שלום tea مرحبا 차", "\u2066tea\u2069", "e" + "\u0301" * 300),
    *("👨\u200d👩\u200d👧" * 40, "ﷺ" * 50, "각" * 50, "\U000e0001tag", "\uffff", "\U0010ffff", " "),
)
ANY = st.text(st.characters(exclude_categories=()), max_size=30)
few = settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
COMMANDS = {
    "make-token-cs": ("--method", "salad", "--ratio", 0, "--segmenter", "whitespace"),
    "make-sentence-cs": ("--doc-column", "doc", "--any-order"),
    "translate-bundle": ("--fields", "en,ko", "--model", "echo"),
}


def corpus(path: Path, texts: list[str]) -> Path:
    """Write texts on both sides, in turns with a common one, in lines of JSON, which can say everything."""
    pairs = [pair for text in texts for pair in ((text, "차 한 잔"), ("a cup of tea", text), (text, text))]
    lines = [json.dumps({"doc": f"d{n // 9}", "en": a, "ko": b}) + "\n" for n, (a, b) in enumerate(pairs)]
    path.write_text("".join(lines), encoding="ascii")
    return path


def check(name: str, texts: list[str], folder: Path) -> None:
    path, out = corpus(folder / "x.jsonl", texts), folder / "out"
    called = call(name, path, *EN_KO, *COMMANDS[name], "--max-reject-rate", 1, "--overwrite", "--out", out)
    assert called.code == 0, called.stderr[-2000:]
    assert_conserved(out, 3 * len(texts))
    if name == "make-token-cs":
        assert {row["text"] for row in rows(out)} <= {*texts, "a cup of tea"}, "a text is not verbatim"


@pytest.mark.parametrize("name", COMMANDS)
@few
@given(texts=st.lists(ANY, min_size=1, max_size=4))
@example(texts=list(HORRORS))
def test_every_row_comes_out_or_is_rejected(name: str, texts: list[str], tmp_path: Path) -> None:
    check(name, texts, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_lines_of_a_megabyte_come_out_or_are_rejected(name: str, tmp_path: Path) -> None:
    check(name, [*HORRORS, "x" * (1 << 20), "차를마시는아침 " * 48_000], tmp_path)
