"""Everything of a curriculum that can be told before it runs: files, columns, languages, and what is in use."""

from __future__ import annotations

from dataclasses import replace

from cscl_data.errors import ConfigError
from cscl_data.pipelines.curriculum.documents import plan_documents
from cscl_data.pipelines.curriculum.jobs import Jobs
from cscl_data.pipelines.curriculum.plan_file import Curriculum
from cscl_data.pipelines.mono import plan_mono
from cscl_data.pipelines.plan import JobPlan
from cscl_data.pipelines.token_cs import plan_token_cs


def check_jobs(jobs: Jobs) -> list[JobPlan]:
    """Plan every job that starts from the user's text, as `--dry-run` of its command would.

    Returns:
        The plans, whose inputs are all that the curriculum is made from.

    Raises:
        ConfigError: a name is unknown, or there are no documents.
        InputError: an input cannot be read, or is clearly not in its language.
        BackendError: a package or a file of a model is missing.
    """
    token = jobs.tokens("token", None)
    token = replace(token, alignment=jobs.alignment(None).alignment)
    plans = [plan_token_cs(token, dry=True)]
    plans += [plan_documents(jobs.documents(kind)) for kind in ("sentence", "parallel") if kind in jobs.wanted]
    plans.append(plan_mono(jobs.texts()))
    return plans


def check_trust(plan: Curriculum, trusted: bool) -> None:
    """Refuse trust in code where the plan names no model that could bring any.

    Args:
        plan: the curriculum.
        trusted: whether the user gave `--trust-remote-code`.

    Raises:
        ConfigError: pairs are aligned without an encoder.
    """
    if trusted and not plan.alignment.encodes:
        raise ConfigError(
            f"--trust-remote-code is for the encoder of aligner: simalign, and the plan has {plan.alignment.aligner}",
            hint="leave it out",
        )
