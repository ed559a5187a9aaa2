"""The order in which stages are trained: as given, and the controls of an ablation over the same data."""

from __future__ import annotations

from collections.abc import Sequence

from cscl_data.errors import ConfigError
from cscl_data.records import rng_for, shuffled
from cscl_data.train.forms import FORMS
from cscl_data.train.order import RowGroup, list_row_groups
from cscl_data.train.stages import Budget, Stage
from cscl_data.train.stream import Source

MIX = "mix"


def arrange(stages: Sequence[Stage], order: str, *, seed: int) -> tuple[Stage, ...]:
    """Return the stages as they are trained.

    Args:
        stages: as given.
        order: `given`; `reversed`; `shuffled` (an order of the stages drawn from the seed); or `mix`, a single stage
            of the same length over the data of all.
        seed: of `shuffled`.

    Raises:
        ConfigError: the order does not fit what the stages ask for.
    """
    if order == "given" or len(stages) == 1:
        return tuple(stages)
    if replaying := [stage.name for stage in stages if stage.replay]:
        raise ConfigError(f"--order {order}: stage {replaying[0]!r} replays earlier stages, which needs --order given")
    if order == "reversed":
        return tuple(reversed(stages))
    if order == "shuffled":
        return tuple(shuffled(stages, rng_for(seed, "stages", "train-order")))
    return (_mixed(stages),)


def sources_of(stage: Stage, known: dict[str, Stage], objective: str) -> tuple[Source, ...]:
    """Return what a stage draws from: its own data, then what it replays.

    Args:
        stage: as `arrange` gave it.
        known: the stages by name, for replay.
        objective: names the form of the rows.

    Raises:
        ConfigError: answers are compared, for which rows have to come from one source.
        InputError: a directory holds no rows of this form.
    """
    form, budget = FORMS[objective], stage.budget
    epochs = budget.amount if budget.unit == "epochs" else None
    if form.unit is not None and stage.replay:
        raise ConfigError(f"stage {stage.name!r}: --objective {objective} takes no replay", hint="leave replay out")
    if form.unit is not None and stage.parts and not epochs:
        raise ConfigError(
            f"--order mix: --objective {objective} takes no mix by {budget.unit}", hint="give all budgets in epochs"
        )
    if stage.parts and epochs:
        groups: list[RowGroup] = []
        for part in stage.parts:
            groups += list_row_groups(part.path, form, first=sum(group.rows for group in groups))
        return (Source(stage.name, tuple(groups), 1.0, epochs),)
    if stage.parts:
        return tuple(
            Source(f"{stage.name}/{part.name}", list_row_groups(part.path, form), part.budget.amount / budget.amount)
            for part in stage.parts
        )
    own = 1 - sum(share for _, share in stage.replay)
    replayed = [
        Source(f"{stage.name}/{name}", list_row_groups(known[name].path, form), share) for name, share in stage.replay
    ]
    return (Source(stage.name, list_row_groups(stage.path, form), own, epochs), *replayed)


def _mixed(stages: Sequence[Stage]) -> Stage:
    """Return one stage over the data of all, in proportion to their budgets."""
    units = {stage.budget.unit for stage in stages}
    amounts = {stage.budget.amount for stage in stages}
    unit = units.pop()
    if units or (unit == "epochs" and len(amounts) > 1):
        raise ConfigError(
            "--order mix: the stages' budgets do not add up",
            hint="give all of them in tokens, all in steps, or the same number of epochs",
        )
    if set_apart := [stage.name for stage in stages if (stage.lr, stage.warmup) != (stages[0].lr, stages[0].warmup)]:
        raise ConfigError(f"--order mix: stage {set_apart[0]!r} has its own lr or warmup", hint="--lr, --warmup")
    amount = amounts.pop() if unit == "epochs" else sum(stage.budget.amount for stage in stages)
    first = stages[0]
    return Stage(MIX, first.path, Budget(amount, unit), first.lr, first.warmup, parts=tuple(stages))
