"""`make-preferences`: English instruction records to preferences or instructions in two languages."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import Any

from cscl_data.errors import InputError
from cscl_data.io.recordfile import Records
from cscl_data.pipelines.bundle_fields import require_fields, sampled_texts
from cscl_data.pipelines.chunks import by_rows
from cscl_data.pipelines.indicator_choice import choose_indicators
from cscl_data.pipelines.job import JobReport, RunOptions, Stages, run_job
from cscl_data.pipelines.language_check import Side, check_sides, settle
from cscl_data.pipelines.listen import SILENT, Listener
from cscl_data.pipelines.mask_choice import choose_mask
from cscl_data.pipelines.plan import STATE, JobPlan
from cscl_data.pipelines.preferences.reordering import order_files, order_sig, ready_to_order
from cscl_data.pipelines.preferences.settings import REORDER, PreferenceJob, PreferenceSettings
from cscl_data.pipelines.preferences.shard import Shard, make_rows
from cscl_data.pipelines.preferences.verifying import VERSION as CHECK
from cscl_data.pipelines.settings import sig_line
from cscl_data.pipelines.shard import Work
from cscl_data.pipelines.translate_bundle import METHOD as LADDER
from cscl_data.translators import check_model, is_shipped, merge_summaries

METHOD = "preferences.1"


def plan_preferences(job: PreferenceJob, *, dry: bool = False) -> JobPlan:
    """Settle everything that decides the output.

    The model is loaded, for its choice of device and compute type; with `dry` it is not, and they stand as asked.

    Raises:
        ConfigError: an unknown language, model, rung or indicator; the languages are the same; the model lacks them.
        InputError: the input cannot be read, lacks a field, or is clearly in another language.
    """
    languages = settle(*job.langs)
    records = _opened(job)
    bundles, settings, places = job.bundles, job.settings, job.places
    files = order_files(job.alignment, job.langs) if settings.scheme == REORDER else []
    order = order_sig(job.alignment, job.langs, files) if settings.scheme == REORDER else {}
    translation, chosen, deterministic = _translation(job, languages, dry=dry)
    sig = sig_line(
        schema=settings.schema,
        method=METHOD,
        scheme=settings.scheme,
        pair=">".join(languages),
        fields=",".join((*places.source, *places.target)),
        **translation,
        **{f"system_{lang}": _digest(text) for lang, text in settings.systems},
        **{f"cue_{lang}": _digest(text) for lang, text in settings.cues},
        pivot_instruction="yes" if settings.pivot_instruction else None,
        check=CHECK,
        **order,
        seed=job.basics.seed,
    )
    return JobPlan(
        command="make-preferences",
        schema=settings.schema,
        settings={
            "src_lang": languages[0],
            "tgt_lang": languages[1],
            **_spelt(settings),
            "prompt_field": None if places.messages else ",".join(places.prompt),
            "response_field": None if places.messages else places.response,
            "messages_field": places.messages,
            "tgt_prompt_field": ",".join(places.tgt_prompt) or None,
            "tgt_response_field": places.tgt_response,
            **chosen,
            **({"load_model": job.alignment.load_model, "priors": job.alignment.priors} if order else {}),
            "id_column": job.source.id_column,
            "limit": job.source.limit,
        },
        sig=sig,
        seed=job.basics.seed,
        shard_rows=job.basics.shard_rows,
        inputs=[*records.facts(), *([] if places.translated else [*bundles.files(), *job.model.files()]), *files],
        deterministic=deterministic,
        languages=languages,
        licence=job.basics.licence,
        rejects_text=job.basics.rejects_text,
    )


def run_preferences(job: PreferenceJob, run: RunOptions, listener: Listener = SILENT) -> JobReport:
    """Run the job; see `run_job` for what it raises."""
    if job.bundles.has_choices() and not job.places.translated:
        plan_preferences(job, dry=True)  # what is wrong is said before a model is loaded
        translator = job.model.load()
        chosen = choose_mask(Records(job.source), job.bundles, translator, listener)
        chosen = choose_indicators(Records(job.source), chosen, translator, listener)
        job = replace(job, bundles=chosen)
    plan = plan_preferences(job)
    records = Records(job.source)
    shard = Shard(
        langs=job.langs, places=job.places, settings=job.settings, bundles=job.bundles, model=job.model, sig=plan.sig
    )

    def ready() -> Work:
        if not job.places.translated:
            if is_shipped(job.model.model):
                listener.note("model default: for trying things out, and often wrong; --model takes NLLB or OPUS-MT")
            catalyst = job.bundles.ladder().catalyst
            listener.note(f"catalyst: {catalyst.name}" + (f" ({catalyst.note})" if catalyst.note else ""))
        if job.settings.scheme != REORDER:
            return partial(make_rows, shard=shard)
        state = job.basics.out / STATE
        order = ready_to_order(job.alignment, job.langs, state, listener, workers=run.workers)
        return partial(make_rows, shard=replace(shard, order=order))

    stages = Stages(
        prepare=ready,
        chunks=lambda: by_rows(records, job.basics.shard_rows),
        rows_read=lambda: records.rows_read,
        merge=None if job.places.translated else merge_summaries,
    )
    return run_job(job.basics.out, plan, stages, run, listener.on_shard)


def _opened(job: PreferenceJob) -> Records:
    """Open the input, and see that its fields are there and in their languages."""
    places = job.places
    records = Records(job.source)
    try:
        require_fields(records, (*places.source, *places.target))
    except InputError as error:
        flags = "name them with --prompt-field and --response-field, or --messages-field"
        raise InputError(error.message, hint=f"{error.hint}; {flags}" if error.hint else flags) from error
    sides = [Side("--src-lang", job.langs[0], sampled_texts(records, places.source))]
    if places.translated:
        sides.append(Side("--tgt-lang", job.langs[1], sampled_texts(records, places.target)))
    check_sides(sides, records.sources[0].given)
    return records


def _translation(job: PreferenceJob, languages: list[str], *, dry: bool) -> tuple[dict[str, Any], dict[str, Any], bool]:
    """Return what `sig` and the settings say of the translations, and whether they are the same every time."""
    if job.places.translated:
        return {"translations": "given"}, {}, True
    bundles = job.bundles
    check_model(job.model.model)
    translator = job.model.describe() if dry else job.model.load()
    translator.check_pair(languages[0], languages[1])
    in_sig = {
        "translator": f"{translator.name}.{translator.sig}",
        "ladder": LADDER,
        "beam": job.model.beam_size,
        "compute": translator.settings.get("compute_type"),
        "catalyst": bundles.catalyst_sig(),
        "indicators": bundles.indicators,
        "fallback": bundles.fallback,
        "protect": f"mask.{bundles.mask_shape}" if bundles.protect_mode == "mask" else bundles.protect_mode,
    }
    chosen = {
        "catalyst": bundles.catalyst,
        "catalyst_file": bundles.catalyst_file,
        "catalyst_name": bundles.catalyst_name(),
        "indicators": bundles.indicators,
        "fallback": bundles.fallback,
        "protect_mode": bundles.protect_mode,
        "mask_shape": bundles.mask_shape if bundles.protect_mode == "mask" else None,
        "model": job.model.model,
        **dict(translator.settings),
    }
    return in_sig, chosen, translator.deterministic


def _spelt(settings: PreferenceSettings) -> dict[str, Any]:
    """Return the settings as JSON values."""
    return {
        "scheme": settings.scheme,
        "form": settings.form,
        "system": [f"{lang}={text}" for lang, text in settings.systems] or None,
        "cue": [f"{lang}={text}" for lang, text in settings.cues] or None,
        "pivot_instruction": settings.pivot_instruction or None,
    }


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:8]
