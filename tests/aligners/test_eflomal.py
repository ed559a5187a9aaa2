"""What eflomal's program is given, and what becomes of what it gives: by a script in its place, and by itself."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from cscl_data.aligners import load_aligner
from cscl_data.aligners.eflomal import EflomalAligner, links_of_corpus
from cscl_data.aligners.eflomal_program import MAX_TOKENS, find_program, run_program, write_words
from cscl_data.errors import BackendError, ConfigError
from tests.aligners.eflomal_programs import calls_of, real_eflomal, stand_in
from tests.aligners.pairs import corpus_of, toy_corpus

TRICKY = ("A\u2028b ||| \x1c é", "İ `a  b` \ufeff")


def words_of(n: int) -> str:
    return " ".join(f"w{i % 50}" for i in range(n))


@pytest.fixture
def program(tmp_path: Path) -> Path:
    return stand_in(tmp_path / "bin")


def test_missing_program_is_named_with_the_line_that_installs_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackendError, match="needs the program eflomal-align, which is not there") as caught:
        load_aligner("eflomal")
    assert caught.value.hint is not None
    assert caught.value.hint.startswith("pip install eflomal (GPL-3; needs a C compiler)")


def test_program_is_found_on_path_and_by_its_path(monkeypatch, program):
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    assert find_program() == str(program)
    monkeypatch.chdir(program.parent)
    assert find_program("./eflomal-align") == str(program.parent / "eflomal-align")


def test_words_are_lowercased_and_hold_neither_spaces_nor_the_separator(tmp_path):
    assert write_words([(["A b", "|||", "C\u2028"], ["\x1d", "Ä"])], tmp_path / "words") == 1
    text = (tmp_path / "words").read_text(encoding="utf-8")
    assert text == "a_b _||| c_ ||| _ ä\n"
    assert [len(side.split()) for side in text.split(" ||| ")] == [3, 2]


def test_pairs_that_eflomal_would_lose_are_kept_from_it(program):
    limit = words_of(MAX_TOKENS)
    pairs = corpus_of(("a b", "x y"), ("", "x"), (words_of(MAX_TOKENS + 1), "x"), ("x", limit + " w"), (limit, "x"))
    made = EflomalAligner(program=str(program)).align(pairs)
    assert [alignment.skipped for alignment in made] == [None, "empty_side", "too_long", "too_long", None]
    assert [[link[:2] for link in alignment.links] for alignment in made] == [[(0, 0), (1, 1)], [], [], [], [(0, 0)]]
    assert calls_of(program) == [2]


def test_pairs_to_learn_from_come_behind_the_corpus_and_get_no_links(program, tmp_path):
    rows = [None, *corpus_of(("a", "x"))]
    found = links_of_corpus(str(program), rows, tmp_path, more=corpus_of(("B c", "y"), ("", "z")), rule="union")
    assert list(found) == [None, [(0, 0)]]
    assert (program.parent / "input.1").read_text(encoding="utf-8") == "a ||| x\nb c ||| y\n"


def test_nothing_to_align_runs_nothing(program):
    aligner = EflomalAligner(program=str(program))
    assert [alignment.skipped for alignment in aligner.align(corpus_of(("", "a")))] == ["empty_side"]
    assert aligner.align([]) == []
    assert calls_of(program) == []


def test_directions_are_merged_by_the_rule(tmp_path):
    program = stand_in(tmp_path, "options.r.write_text('0-0 1-0\\n'); lines = ['0-0 1-1']; options.r = options.f")
    made = {
        rule: [
            link[:2]
            for link in EflomalAligner(program=str(program), rule=rule).align(corpus_of(("a b", "x y")))[0].links
        ]
        for rule in ("intersection", "union", "posterior")
    }
    assert made == {"intersection": [(0, 0)], "union": [(0, 0), (1, 0), (1, 1)], "posterior": [(0, 0), (1, 0), (1, 1)]}


def test_posterior_stands_for_another_rule_and_an_unknown_one_is_refused(program):
    assert load_aligner("eflomal", program=str(program)).sig_parts()["symmetrize"] == "grow-diag-final-and"
    with pytest.raises(ConfigError, match="unknown symmetrization"):
        EflomalAligner(program=str(program), rule="best")


@pytest.mark.parametrize(
    ("then", "says"),
    [
        ("sys.exit('first\\n\\nno memory')", r"ended with status 1 on 2 pairs: first; no memory"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "was killed by signal 9"),
        ("lines = lines[1:]", r"gave links of 1 pairs for 2 pairs: it said nothing"),
        ("lines += ['']", "gave links of 3 pairs"),
        ("sys.exit()", "gave links of 0 pairs"),
        ("lines[1] = '0-0 zero'", "line 2 of its forward links: 'zero' is not a link"),
        ("lines[0] = '0-7'", "link 0-7: outside a pair of 2 and 1 tokens"),
    ],
)
def test_failure_and_lost_lines_are_errors(tmp_path, then, says):
    program = stand_in(tmp_path, then)
    with pytest.raises(BackendError, match=says):
        EflomalAligner(program=str(program)).align(corpus_of(("a b", "x"), ("c", "y")))


def test_file_that_is_no_program_is_an_error(tmp_path):
    program = tmp_path / "eflomal-align"
    program.write_bytes(b"\x7fELF no")
    program.chmod(0o755)
    with pytest.raises(BackendError, match="cannot be run"):
        EflomalAligner(program=str(program)).align(corpus_of(("a", "x")))


def test_whoever_stops_waiting_stops_the_program_and_its_children(tmp_path):
    sleep = "import subprocess; child = subprocess.Popen(['sleep', '60']); (here / 'child').write_text(str(child.pid))"
    program = stand_in(tmp_path, f"{sleep}; child.wait()")
    write_words([(["a"], ["x"])], tmp_path / "words")

    def stop(pairs: int, seconds: float) -> None:
        deadline = time.monotonic() + 30
        while not ((tmp_path / "child").exists() and (tmp_path / "child").read_text()):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_program(str(program), tmp_path / "words", 1, stop)
    child = int((tmp_path / "child").read_text())
    deadline = time.monotonic() + 10
    while Path(f"/proc/{child}").exists() and "Z" not in Path(f"/proc/{child}/stat").read_text().split():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.backend
@pytest.mark.skipif(real_eflomal() is None, reason="no eflomal-align on PATH or in CSCL_EFLOMAL")
def test_eflomal_itself_aligns_a_corpus_with_tricky_text_in_it():
    longest = words_of(MAX_TOKENS)
    corpus = [*toy_corpus(200), *corpus_of(TRICKY, ("", ""), (f"{longest} w", "z"), (longest, longest))]
    made = load_aligner("eflomal", program=real_eflomal()).align(corpus)
    links = [
        (link.src + link.tgt, len(alignment.src_tokens) - 1) for alignment in made[:200] for link in alignment.links
    ]
    assert sum(found == expected for found, expected in links) > 0.9 * len(links) > 800
    assert [alignment.skipped for alignment in made[200:]] == [None, "empty_side", "too_long", None]
    assert len(made[-1].links) > 500
