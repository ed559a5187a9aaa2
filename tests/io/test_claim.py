"""A directory belongs to one run and one plan; what another kind of run left is never touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cscl_data.errors import ConfigError, OutputError
from cscl_data.io.claim import STATE, RunKind, changed_values, held_directory, refuse_foreign

KIND = RunKind(
    files=("made", "made.json"),
    is_own=lambda plan: plan.get("kind") == "ours",
    differences=changed_values,
    binds=lambda out: (out / "made").is_dir(),
    kept=("spooled",),
)
OURS = {"kind": "ours", "seed": 0}


def hold(out: Path, plan: dict[str, object], *, overwrite: bool = False) -> None:
    with held_directory(out, plan, KIND, overwrite=overwrite):
        assert json.loads((out / STATE / "plan.json").read_text(encoding="utf-8")) == plan


def make(out: Path, *names: str) -> None:
    for name in names:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(name, encoding="utf-8")


def files(out: Path) -> set[str]:
    return {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()} - {f"{STATE}/lock"}


def test_same_plan_goes_on_and_another_is_named_and_refused(tmp_path: Path) -> None:
    hold(tmp_path / "out", OURS)
    make(tmp_path / "out", "made/a")
    hold(tmp_path / "out", OURS)
    with pytest.raises(ConfigError, match=r"seed \(0 -> 1\); more \(None -> 2\)") as caught:
        hold(tmp_path / "out", {**OURS, "seed": 1, "more": 2})
    assert "--overwrite" in str(caught.value.hint)
    assert files(tmp_path / "out") == {"made/a", f"{STATE}/plan.json"}


def test_plan_that_binds_nobody_gives_way(tmp_path: Path) -> None:
    hold(tmp_path, OURS)
    make(tmp_path, "made.json", f"{STATE}/fit/model", f"{STATE}/spooled.tsv")
    hold(tmp_path, {**OURS, "seed": 1})
    assert files(tmp_path) == {f"{STATE}/plan.json", f"{STATE}/spooled.tsv"}


def test_overwrite_starts_anew_and_leaves_what_is_not_of_a_run(tmp_path: Path) -> None:
    hold(tmp_path, OURS)
    make(tmp_path, "made/a", "made.json", "letter.txt", f"{STATE}/notes/x")
    hold(tmp_path, {**OURS, "seed": 1}, overwrite=True)
    assert files(tmp_path) == {"letter.txt", f"{STATE}/plan.json"}


@pytest.mark.parametrize("plan", [{"kind": "theirs"}, {}, [1]])
@pytest.mark.parametrize("overwrite", [False, True])
def test_run_of_another_kind_is_left_alone(tmp_path: Path, plan: object, overwrite: bool) -> None:
    make(tmp_path, "made/a", f"{STATE}/notes")
    (tmp_path / STATE / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    before = files(tmp_path)
    with pytest.raises(OutputError, match="another command"):
        hold(tmp_path, OURS, overwrite=overwrite)
    assert files(tmp_path) == before


def test_damaged_plan_says_so_and_is_overwritten_when_asked(tmp_path: Path) -> None:
    make(tmp_path, "made/a", f"{STATE}/plan.json")
    with pytest.raises(OutputError, match=r"plan\.json: not JSON") as caught:
        hold(tmp_path, OURS)
    assert caught.value.hint == "--overwrite starts anew"
    hold(tmp_path, OURS, overwrite=True)
    assert files(tmp_path) == {f"{STATE}/plan.json"}


def test_directory_is_held_by_one_run(tmp_path: Path) -> None:
    with (
        held_directory(tmp_path, OURS, KIND, overwrite=False),
        pytest.raises(OutputError, match="in use by another run"),
    ):
        hold(tmp_path, OURS)
    hold(tmp_path, OURS)


def test_files_of_others_are_refused(tmp_path: Path) -> None:
    make(tmp_path, "letter.txt")
    with pytest.raises(OutputError, match="not from cscl-data"):
        hold(tmp_path, OURS)
    with pytest.raises(OutputError, match="is a file"):
        refuse_foreign(tmp_path / "letter.txt")
    assert files(tmp_path) == {"letter.txt"}


def test_half_written_files_and_folders_are_swept_up(tmp_path: Path) -> None:
    make(tmp_path, f"{STATE}/x", "made/.a.1.partial", "made/.b.partial/c/.d.partial", "made/e.partial")
    hold(tmp_path, OURS)
    assert files(tmp_path) == {f"{STATE}/x", f"{STATE}/plan.json", "made/e.partial"}
