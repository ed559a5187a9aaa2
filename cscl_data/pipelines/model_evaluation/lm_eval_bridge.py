"""Tasks of lm-evaluation-harness on a loaded model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cscl_data.errors import BackendError, ConfigError, missing_package
from cscl_data.pipelines.model_evaluation.loaded import LoadedModel

Results = dict[str, dict[str, float]]


class LmEvalTasks:
    """Tasks of the harness by name; whether they exist is known before a model is loaded.

    Args:
        names: tasks or groups, as the harness calls them.
        include: a directory with tasks of one's own (.yaml).
        limit: examples of each task; None takes all.

    Raises:
        BackendError: the harness is not installed.
        ConfigError: there is no such directory, or it knows no such task.

    Source:
        gao-etal-2024-framework. Deviations: none, the harness computes everything.
    """

    def __init__(self, names: Sequence[str], include: Path | None, limit: int | None) -> None:
        try:
            from lm_eval.tasks import TaskManager
        except ImportError as error:
            raise missing_package("option", "--lm-eval", "lm-eval", "lm-eval") from error
        if include is not None and not include.is_dir():
            raise ConfigError(f"--lm-eval-include {include}: no such directory")
        self._names, self._limit = list(names), limit
        self._manager: Any = TaskManager(include_path=None if include is None else str(include))
        unknown = [name for name in names if not self._manager.match_tasks([name])]
        if unknown:
            hint = "list them with: lm-eval ls tasks; --lm-eval-include DIR adds your own"
            raise ConfigError(f"--lm-eval: the harness has no task {', '.join(map(repr, unknown))}", hint=hint)

    def run(self, model: LoadedModel) -> Results:
        """Return the numbers of each task, by metric; the filter stands behind a comma where it is not `none`.

        Raises:
            BackendError: the harness cannot run a task.
        """
        from lm_eval import simple_evaluate
        from lm_eval.models.huggingface import HFLM

        wrapped = HFLM(
            pretrained=model.model,
            tokenizer=model.tokenizer,
            batch_size=model.settings.batch_size,
            max_length=model.context,
        )
        try:
            found = simple_evaluate(
                model=wrapped,
                tasks=self._names,
                task_manager=self._manager,
                limit=self._limit,
                bootstrap_iters=0,
                log_samples=False,
            )
        except (OSError, ValueError, KeyError, AttributeError) as error:
            first = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise BackendError(f"--lm-eval: the harness failed ({first})") from error
        return {task: _numbers(metrics) for task, metrics in found["results"].items()}


def _numbers(metrics: dict[str, Any]) -> dict[str, float]:
    return {
        name.removesuffix(",none"): float(value)
        for name, value in metrics.items()
        if isinstance(value, int | float) and "," in name and "_stderr" not in name
    }
