"""Everything of a curriculum that can be told before it runs: files, columns, languages, and what is in use."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from cscl_data.errors import ConfigError
from cscl_data.io.bitext import Bitext
from cscl_data.pipelines.curriculum.jobs import Jobs
from cscl_data.pipelines.language_check import SAMPLED_ROWS
from cscl_data.pipelines.mono import plan_mono
from cscl_data.pipelines.plan import JobPlan
from cscl_data.pipelines.sentence_cs import plan_sentence_cs
from cscl_data.pipelines.token_cs import plan_token_cs
from cscl_data.records import Pair


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
    plans += [plan_sentence_cs(jobs.documents(kind)) for kind in ("sentence", "parallel") if kind in jobs.wanted]
    plans.append(plan_mono(jobs.texts()))
    _require_documents(jobs)
    return plans


def _require_documents(jobs: Jobs) -> None:
    """Refuse documents without a document column before anything is made.

    Raises:
        ConfigError: there is none.
    """
    spec = jobs.plan.documents
    rows = [item for item in islice(Bitext(spec), SAMPLED_ROWS) if isinstance(item, Pair)]
    if rows and all(row.doc_id is None for row in rows):
        whose = "documents" if spec != jobs.plan.bitext else "bitext"
        raise ConfigError(
            f"{whose}: no document column, and the sentence phase needs documents",
            hint="name it with doc_column, or name text with documents under 'documents'",
        )
