"""What was measured of one model, of the models of one line, and of all of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cscl_data.evaluation.answers import AnswerCounts, ExtractedCounts
from cscl_data.evaluation.likelihoods import TextLoss
from cscl_data.evaluation.retrieval import LayerScore
from cscl_data.evaluation.spread import Spread, spread

BITS, NATS, RETRIEVAL, LANGUAGE, REFUSAL, EXTRACTED, CONSISTENCY, TASKS = (
    "bits a byte, by language",
    "nats a token, by language (depends on the tokenizer)",
    "retrieval, %",
    "answers in the language of the prompt, %",
    "answers that refuse, %",
    "answers taken out behind their cues, %",
    "consistency, %",
    "lm-evaluation-harness",
)
"""Titles of the tables, in their order."""


class Consistency(NamedTuple):
    """RankC of two languages, what chance would give, and how often the right candidate came first in each.

    All in [0, 1]; `accuracy` is empty where no query says what is right.
    """

    langs: tuple[str, str]
    rank_c: float
    chance: float
    accuracy: dict[str, float]


class Answer(NamedTuple):
    """One answer, as it is kept beside the report: the line and the model, the prompts, and what came back.

    `taken` is the part of it that was judged, None where all of it was.
    """

    name: str
    model: str
    prompts: str
    id: str
    prompt: str
    lang: str
    answer: str
    in_language: bool
    refused: bool
    taken: str | None = None


@dataclass(slots=True)
class ModelFigures:
    """All figures of one model; a part that was not asked for is empty.

    `losses` are by language, `answers` and `extracted` by the name of the prompts and their language, `tasks` by task
    and metric. `cut` counts the sentences that were cut at the context, by what they were for.
    """

    model: str
    losses: dict[str, TextLoss] = field(default_factory=dict)
    layers: tuple[LayerScore, ...] = ()
    answers: dict[tuple[str, str], AnswerCounts] = field(default_factory=dict)
    extracted: dict[tuple[str, str], ExtractedCounts] = field(default_factory=dict)
    consistency: tuple[Consistency, ...] = ()
    tasks: dict[str, dict[str, float]] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)

    def figures(self) -> Iterator[tuple[str, str, float]]:
        """Yield table, column and value of every figure that stands in a table; shares are in percent."""
        for title, measure in ((BITS, "bits_per_byte"), (NATS, "nats_per_token")):
            for lang, loss in self.losses.items():
                if (value := getattr(loss, measure)) is not None:
                    yield title, lang, value
        if self.layers:
            for name, scores in (
                ("P@1", [layer.mean_csls for layer in self.layers]),
                ("MEXA", [layer.mexa for layer in self.layers]),
            ):
                yield RETRIEVAL, f"{name}, mean of layers", 100 * sum(scores) / len(scores)
                yield RETRIEVAL, f"{name}, best layer", 100 * max(scores)
        for title, rate in ((LANGUAGE, "language_rate"), (REFUSAL, "refusal_rate")):
            for (name, lang), counts in self.answers.items():
                yield title, f"{name} {lang}", 100 * getattr(counts, rate)
        for (name, lang), found in self.extracted.items():
            for kind, share in found.shares().items():
                yield EXTRACTED, f"{name} {lang} {kind}", 100 * share
        for pair in self.consistency:
            yield CONSISTENCY, f"RankC {'-'.join(pair.langs)}", 100 * pair.rank_c
        rights = {lang: share for pair in self.consistency for lang, share in pair.accuracy.items()}
        for lang, share in rights.items():
            yield CONSISTENCY, f"right in {lang}", 100 * share
        for task, metrics in self.tasks.items():
            for metric, value in metrics.items():
                yield TASKS, f"{task} {metric}", value

    def document(self) -> dict[str, Any]:
        """Return them as JSON values."""
        return {
            "model": self.model,
            "losses": {lang: loss.document() for lang, loss in self.losses.items()},
            "layers": [layer.document() for layer in self.layers],
            "answers": [
                {"prompts": name, "lang": lang, **counts.document()} for (name, lang), counts in self.answers.items()
            ],
            "extracted": [
                {"prompts": name, "lang": lang, **found._asdict()} for (name, lang), found in self.extracted.items()
            ],
            "consistency": [pair._asdict() for pair in self.consistency],
            "tasks": self.tasks,
            "cut": self.cut,
        }


class GroupReport(NamedTuple):
    """One line of the tables: the figures of its models, one a seed."""

    name: str
    models: tuple[ModelFigures, ...]

    def spreads(self) -> dict[tuple[str, str], Spread]:
        """Return mean and spread of every figure, by table and column."""
        found: dict[tuple[str, str], list[float]] = {}
        for model in self.models:
            for title, column, value in model.figures():
                found.setdefault((title, column), []).append(value)
        return {key: spread(values) for key, values in found.items()}

    def document(self) -> dict[str, Any]:
        """Return the line as JSON values: mean, spread and values by table and column, and all of each model."""
        tables: dict[str, dict[str, Any]] = {}
        for (title, column), value in self.spreads().items():
            tables.setdefault(title, {})[column] = value.document()
        return {"name": self.name, "tables": tables, "models": [model.document() for model in self.models]}


class ModelReport(NamedTuple):
    """What was found: a part a line of the tables, every answer, and what one has to know."""

    groups: tuple[GroupReport, ...]
    answers: tuple[Answer, ...]
    settings: dict[str, Any]
    notes: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return the report as JSON values; the answers stand beside it."""
        return {
            "command": "evaluate model",
            "settings": self.settings,
            "groups": [group.document() for group in self.groups],
            "notes": list(self.notes),
        }

    def files(self) -> dict[str, str]:
        """Return what stands beside a page, by file name: the numbers, and every answer as a line."""
        found = {"report.json": json.dumps(self.document(), ensure_ascii=False, indent=2) + "\n"}
        if self.answers:
            lines = (json.dumps(answer._asdict(), ensure_ascii=False) + "\n" for answer in self.answers)
            found["answers.jsonl"] = "".join(lines)
        return found
