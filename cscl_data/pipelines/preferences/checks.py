"""Options of `make-preferences` that contradict each other, or that would do nothing."""

from __future__ import annotations

from collections.abc import Collection

from cscl_data.errors import ConfigError
from cscl_data.pipelines.contradictions import flags_of
from cscl_data.pipelines.preferences.settings import REORDER, PreferenceJob
from cscl_data.pipelines.translation_contradictions import OF_MODEL, check_bundle_options

_OF_TRANSLATION = ("model", *OF_MODEL, "catalyst", "catalyst_file", "indicators", "fallback", "protect_mode")
_OF_ORDER = ("fit_on", "load_model", "priors")


def check_preference_options(job: PreferenceJob, given: Collection[str]) -> None:
    """Refuse what a job would ignore.

    Args:
        job: the job.
        given: names of the options that the user gave.

    Raises:
        ConfigError: there is such an option.
    """
    places = job.places
    fields = [name for name in ("prompt_field", "response_field") if name in given]
    if places.messages and (fields or places.translated):
        fields += [name for name in ("tgt_prompt_field", "tgt_response_field") if name in given]
        raise ConfigError(
            f"--messages-field {places.messages}: {flags_of(fields)} would do nothing", hint="give the one or the other"
        )
    if places.translated:
        ignored = [name for name in _OF_TRANSLATION if name in given]
        if ignored:
            raise ConfigError(
                f"--tgt-response-field: the records hold their translations, so {flags_of(ignored)} would do nothing",
                hint=f"leave {flags_of(ignored)} out",
            )
    else:
        check_bundle_options(job.bundles, job.model, given)
    ignored = [name for name in _OF_ORDER if name in given]
    if ignored and job.settings.scheme != REORDER:
        raise ConfigError(
            f"--scheme {job.settings.scheme} aligns no words, so {flags_of(ignored)} would do nothing",
            hint=f"leave {flags_of(ignored)} out, or give --scheme reorder",
        )
    learning = [name for name in ("fit_on", "priors") if name in given]
    if job.alignment.load_model and learning:
        raise ConfigError(
            f"--load-model {job.alignment.load_model}: fitted already, so {flags_of(learning)} would do nothing",
            hint=f"leave {flags_of(learning)} out",
        )
