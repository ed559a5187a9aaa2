"""Where a run stands: everything besides weights, optimizer and random numbers that going on needs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from cscl_data.train.place import LoaderState, Place
from cscl_data.train.stages import Budget


class StageProgress(NamedTuple):
    """What one stage has used so far.

    `tokens` are those trained on, `padding` the filled positions beside them, `targets` the tokens predicted. The
    losses are those of the first and the latest step that had a target. `loader` is the place in each source, the
    stage's own rows first.
    """

    steps: int = 0
    tokens: int = 0
    padding: int = 0
    targets: int = 0
    first_loss: float | None = None
    last_loss: float | None = None
    loader: Place = (LoaderState(),)

    @property
    def rows(self) -> int:
        """Rows of the stage's own data that were trained on whole."""
        return self.loader[0].rows

    @property
    def cut(self) -> int:
        """Rows that were cut because they are longer than the context; 0 where all rows are cut (`wrapped`)."""
        return sum(place.cut for place in self.loader)

    def share(self, budget: Budget, stage_rows: int) -> float:
        """Return the part of the budget that is spent; the stage ends at 1 (tokens may overshoot by part of a step).

        Args:
            budget: of the stage.
            stage_rows: rows of the stage's data.
        """
        if budget.unit == "epochs":
            return self.rows / (budget.amount * stage_rows)
        return (self.tokens if budget.unit == "tokens" else self.steps) / budget.amount

    def after(self, *, tokens: int, padding: int, loader: Place) -> StageProgress:
        """Return the progress once a step over this many tokens is taken (its loss is not known yet)."""
        return self._replace(
            steps=self.steps + 1, tokens=self.tokens + tokens, padding=self.padding + padding, loader=loader
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainState:
    """The stage in force (0-based), steps taken and tokens seen over all stages, and each stage's progress so far."""

    stage: int = 0
    step: int = 0
    tokens_seen: int = 0
    stages: tuple[StageProgress, ...] = (StageProgress(),)

    @property
    def here(self) -> StageProgress:
        """Progress of the stage in force."""
        return self.stages[self.stage]

    def advance(self, here: StageProgress, *, loss: float, targets: int) -> TrainState:
        """Return the state after a step that brought the stage to `here`."""
        last = loss if targets else here.last_loss
        first = here.first_loss if here.first_loss is not None else last
        here = here._replace(targets=here.targets + targets, first_loss=first, last_loss=last)
        return replace(
            self,
            step=self.step + 1,
            tokens_seen=self.tokens_seen + here.tokens - self.here.tokens,
            stages=(*self.stages[:-1], here),
        )

    def next_stage(self, sources: int) -> TrainState:
        """Return the state at the beginning of the next stage, which draws from this many sources."""
        return replace(self, stage=self.stage + 1, stages=(*self.stages, StageProgress(loader=beginning(sources))))

    def document(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        stages = [{**s._asdict(), "loader": [place._asdict() for place in s.loader]} for s in self.stages]
        return {"stage": self.stage, "step": self.step, "tokens_seen": self.tokens_seen, "stages": stages}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> TrainState:
        """Read what `document` wrote."""
        stages = tuple(
            StageProgress(**{**entry, "loader": tuple(LoaderState(**place) for place in entry["loader"])})
            for entry in document["stages"]
        )
        return cls(**{**document, "stages": stages})


def beginning(sources: int) -> Place:
    """Return the place where a stage begins that draws from this many sources."""
    return (LoaderState(),) * sources
