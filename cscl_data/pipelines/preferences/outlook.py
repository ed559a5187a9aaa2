"""What a `make-preferences` job would take, about."""

from __future__ import annotations

from cscl_data.io.recordfile import Records
from cscl_data.io.sources import InputFacts
from cscl_data.pipelines.estimate import BUNDLE, FIT_TEXT_PER_S, Estimate, estimate, estimate_bundle
from cscl_data.pipelines.extent import records_extent
from cscl_data.pipelines.preferences.settings import PreferenceJob


def estimate_preferences(job: PreferenceJob, files: list[InputFacts], *, workers: int) -> Estimate:
    """Estimate a job on a CPU: rows hold each text about once a prompt language, and twice where answers are compared.

    Args:
        job: the job.
        files: those of the plan.
        workers: processes.

    Raises:
        InputError: the input cannot be read.
    """
    records = Records(job.source)
    texts = (*job.places.source, *job.places.target)
    if job.places.translated:
        about = estimate(BUNDLE, records_extent(records, texts), workers=workers)
    else:
        about = estimate_bundle(records, texts, job.model, files, workers=workers)
    learned = sum(item.bytes for item in files if item.role == "fit")
    items = len(job.settings.prompt_langs(*job.langs))
    return about._replace(bytes_out=about.bytes_out * items, seconds=about.seconds + learned / FIT_TEXT_PER_S)
