"""`evaluate model`: language models side by side, over seeds: loss, retrieval, answers, consistency, tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from cscl_data.errors import ConfigError
from cscl_data.pipelines.listen import SILENT, Listener
from cscl_data.pipelines.model_evaluation.loaded import LoadedModel
from cscl_data.pipelines.model_evaluation.measured import Answer, GroupReport, ModelFigures, ModelReport
from cscl_data.pipelines.model_evaluation.measuring import measure
from cscl_data.pipelines.model_evaluation.questions import Questions, QuestionSpec, read_questions
from cscl_data.pipelines.model_evaluation.runs import parse_groups
from cscl_data.pipelines.model_evaluation.settings import ModelSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateModelJob:
    """What is asked of whom.

    Args:
        models: `[NAME=]DIR[,DIR...]`, at least one.
        settings: how they are run.
        questions: where the questions lie.
    """

    models: tuple[str, ...]
    settings: ModelSettings
    questions: QuestionSpec


def evaluate_model(job: EvaluateModelJob, listener: Listener = SILENT) -> ModelReport:
    """Measure models, one after the other; all questions are held in memory, and one model at a time.

    Raises:
        ConfigError: options contradict each other, or a directory holds no model.
        InputError: a file cannot be read as what it should be.
        BackendError: a model cannot be loaded, or a package is not installed.
    """
    _refuse_idle(job)
    groups = parse_groups(job.models)
    questions = read_questions(job.questions)
    reports: list[GroupReport] = []
    answers: list[Answer] = []
    templates: dict[str, str] = {}
    for group in groups:
        models: list[ModelFigures] = []
        for place in group.models:
            listener.note(f"{place}: loading")
            model = LoadedModel(place, job.settings)
            figures, said = measure(model, group.name, place, questions, listener.note)
            models.append(figures)
            answers += said
            templates[place] = model.template
        reports.append(GroupReport(group.name, tuple(models)))
    notes = [*questions.notes, *_notes(reports, questions, templates)]
    return ModelReport(tuple(reports), tuple(answers), _settings(job), tuple(dict.fromkeys(notes)))


def _refuse_idle(job: EvaluateModelJob) -> None:
    """Refuse settings that nothing asked would take.

    Raises:
        ConfigError: there is one.
    """
    plain = {field.name: field.default for field in fields(job.settings)}
    for name, is_used, what in (
        ("pooling", job.questions.bitext is not None, "sentence pairs"),
        ("max_new_tokens", bool(job.questions.prompts), "--prompts"),
        ("chat_template", bool(job.questions.prompts), "--prompts"),
    ):
        if not is_used and getattr(job.settings, name) != plain[name]:
            raise ConfigError(f"--{name.replace('_', '-')} is for {what}, which are not given")


def _settings(job: EvaluateModelJob) -> dict[str, Any]:
    """Return the options that decide a figure, as JSON values."""
    spec = asdict(job.questions)
    kept = {name: str(value) if name in ("refusals", "tasks_from") and value else value for name, value in spec.items()}
    return {**asdict(job.settings), **kept}


def _notes(groups: Sequence[GroupReport], questions: Questions, templates: dict[str, str]) -> Iterator[str]:
    """Say what one has to know to read the tables."""
    if questions.pairs is not None:
        n = len(questions.pairs.source)
        src, tgt = questions.pairs.langs
        yield f"retrieval: {n:,} pairs {src}-{tgt}, P@1 by CSLS, mean of both directions; by chance {100 / n:.2g} %"
        yield "retrieval: the best layer is chosen on the same pairs; compare lines of one table only"
    for model in (model for group in groups for model in group.models):
        for column, loss in model.losses.items():
            if loss.unknown:
                yield (
                    f"{model.model}: {loss.unknown:,} of {loss.tokens:,} tokens in {column} stand for text that its "
                    "tokenizer does not know; their bytes count as foretold, so bits a byte flatter it"
                )
        for what, n in model.cut.items():
            if n:
                yield f"{model.model}: {n:,} sentences are longer than the context, and were cut for {what}"
        for pair in model.consistency:
            yield f"RankC {'-'.join(pair.langs)} would be {100 * pair.chance:.1f} by chance"
    if questions.prompts:
        for kind in sorted(set(templates.values())):
            of = [place for place, template in templates.items() if template == kind]
            yield f"prompts written by {kind}: {', '.join(of)}"
        yield "answers: one a prompt, the likeliest token each time; refusals are told by phrases, so read some of them"
    if any(len(group.models) > 1 for group in groups):
        yield "± is the standard deviation of the sample over the models of a line"
