"""Killed at random moments, every command ends with the bytes of a run that nobody disturbed."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.torture import COMMANDS, trials_of

TRIALS = 20


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_twenty_trials_of_kills_change_no_byte(name: str, tmp_path: Path) -> None:
    assert [number for number, same in trials_of(name, range(TRIALS), tmp_path) if not same] == []
