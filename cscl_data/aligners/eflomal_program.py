"""How eflomal's program is called: a file of words in, a file of links for each direction out.

eflomal is GPL-3, so it runs as a program of its own and is never imported. What it does in silence, and what is done
about it here or in `aligners.eflomal`: it lowercases (so do we, before it); it gives a side of 1,024 words or more no
links (such pairs are kept from it); one empty side or one word `|||` ends it for the whole corpus (the word is written
otherwise); it has no seed.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from cscl_data.aligners.pharaoh import parse_line
from cscl_data.errors import BackendError
from cscl_data.io.atomic import output_errors

PROGRAM = "eflomal-align"
"""What it is called on PATH."""
MAX_TOKENS = 1023
"""Words of the longest side that it reads; a longer one is an empty one to it."""
WordPair = tuple[Sequence[str], Sequence[str]]
Waiting = Callable[[int, float], None]

_SEPARATOR = "|||"
_SPACE = re.compile(r"\s")
_FIRST_S, _LONGEST_S = 10.0, 300.0
_LINES_OF_LOG = 5


class LinkFiles(NamedTuple):
    """Files of links, line n for pair n: found from source to target, and from target to source."""

    forward: Path
    backward: Path


def find_program(name: str | None = None) -> str:
    """Return the absolute path of eflomal's program.

    Args:
        name: a name on PATH or a path; None for `eflomal-align`.

    Raises:
        BackendError: there is no such program; the hint is the line that installs it.
    """
    found = shutil.which(name or PROGRAM)
    if found is None:
        raise BackendError(
            f"aligner 'eflomal' needs the program {name or PROGRAM}, which is not there or cannot be run",
            hint="pip install eflomal (GPL-3; needs a C compiler), or give --eflomal PROGRAM",
        )
    return str(Path(found).absolute())


def write_words(pairs: Iterable[WordPair], path: Path) -> int:
    """Write pairs of words as eflomal reads them, lowercased; whitespace inside a word becomes `_`.

    Args:
        pairs: the words of both sides, neither of them empty, at most `MAX_TOKENS` each.
        path: the file.

    Returns:
        The number of pairs.

    Raises:
        OutputError: the file cannot be written.
    """
    n_pairs = 0
    with output_errors(path), path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as out:
        for src, tgt in pairs:
            out.write(f"{_written(src)} {_SEPARATOR} {_written(tgt)}\n")
            n_pairs += 1
    return n_pairs


def _written(words: Sequence[str]) -> str:
    return " ".join(_word(word) for word in words)


def _word(word: str) -> str:
    plain = _SPACE.sub("_", word.lower())
    return f"_{plain}" if plain in ("", _SEPARATOR) else plain


def run_program(program: str, source: Path, n_pairs: int, waiting: Waiting | None = None) -> LinkFiles:
    """Run eflomal on a file of `write_words` (model 3, which is IBM 1, HMM and fertility) and wait for it.

    Args:
        program: its path.
        source: the file; what eflomal writes lies beside it.
        n_pairs: how many pairs the file has, at least 1.
        waiting: called with the number of pairs and the seconds so far: at the start, after 10, then ever more rarely.

    Raises:
        BackendError: it cannot be started, ends with an error (with the end of what it said), or gives another number
            of lines than it was given.
    """
    links = LinkFiles(source.with_suffix(".forward"), source.with_suffix(".backward"))
    log = source.with_suffix(".log")
    command = [program, "--overwrite", "-m", "3", "-i", source, "-f", links.forward, "-r", links.backward]
    environment = {**os.environ, "TMPDIR": str(source.parent.absolute())}
    with output_errors(log), log.open("wb") as said:
        try:
            running = subprocess.Popen(
                [*map(str, command)],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            raise BackendError(f"{program}: cannot be run: {error.strerror}") from error
        status = _wait(running, lambda seconds: waiting(n_pairs, seconds) if waiting else None)
    if status:
        how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        raise BackendError(f"{program}: {how} on {n_pairs:,} pairs: {_end_of(log)}")
    for path in links:
        n_lines = _count_lines(path)
        if n_lines != n_pairs:
            raise BackendError(f"{program}: gave links of {n_lines:,} pairs for {n_pairs:,} pairs: {_end_of(log)}")
    return links


def read_links(path: Path) -> Iterator[list[tuple[int, int]]]:
    """Yield the links of every pair from a file of `run_program`, sorted (source, target) word indices, 0-based.

    Raises:
        BackendError: a line holds something else.
    """
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                links = [(link.src, link.tgt) for link in parse_line(line)]
            except ValueError as error:
                raise BackendError(f"eflomal, line {number:,} of its {path.suffix[1:]} links: {error}") from error
            yield links


def _wait(running: subprocess.Popen[bytes], waiting: Callable[[float], None]) -> int:
    """Return the exit status; whatever stops the waiting stops the program, with the sampler that it starts."""
    started, pause_s = time.monotonic(), _FIRST_S
    try:
        while True:
            waiting(time.monotonic() - started)
            try:
                return running.wait(timeout=pause_s)
            except subprocess.TimeoutExpired:
                pause_s = min(2 * pause_s, _LONGEST_S)
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()


def _count_lines(path: Path) -> int:
    if not path.exists():
        return 0
    with path.open("rb") as lines:
        return sum(1 for _ in lines)


def _end_of(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return "; ".join(lines[-_LINES_OF_LOG:]) or "it said nothing"
