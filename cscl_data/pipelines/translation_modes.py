"""`evaluate translation-modes`: records translated in every mode by one model, and the modes side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from cscl_data.errors import ConfigError, unknown_name
from cscl_data.evaluation.translation import TranslationMetrics
from cscl_data.io.atomic import write_json
from cscl_data.io.recordfile import RecordSpec
from cscl_data.pipelines.bundle_settings import BundleSettings, ModelSettings, TranslateBundleJob
from cscl_data.pipelines.evaluate_translation import (
    Coverage,
    EvaluateTranslationJob,
    HypothesisReport,
    TranslationReport,
    evaluate_translation,
)
from cscl_data.pipelines.job import RunOptions
from cscl_data.pipelines.listen import SILENT, Listener
from cscl_data.pipelines.plan import Basics
from cscl_data.pipelines.translate_bundle import plan_translate_bundle, run_translate_bundle
from cscl_data.pipelines.translation_evaluation.fields import field_pairs
from cscl_data.pipelines.translation_evaluation.hypotheses import bundle_manifest, first_tries
from cscl_data.translators import UNMARKED

REPORT = "report.json"


class Mode(NamedTuple):
    """How one arm sends the fields of a record; `indicators` None for those that are asked for."""

    catalyst: str
    fallback: str
    indicators: str | None = None


MODES = {
    "separate": Mode("none", "separate,reject"),
    "concatenated": Mode("none", "indicator,reject", UNMARKED),
    "indicator": Mode("none", "indicator,reject"),
    "catalyst-concat": Mode("concat", "indicator,reject"),
    "catalyst-relation": Mode("relation", "indicator,reject"),
}
"""The arms: no ladder, so that a record is in an arm only if its mode gave it.

Source:
    moon-etal-2024-translation: each field alone; all behind indicators; behind a statement that they are joined, or one
    how they relate. `concatenated`, with nothing between them, is our reading of its baseline.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationModesJob:
    """What is asked.

    Args:
        source: the records.
        bundles: what every arm does alike; catalyst and ladder are the arm's own.
        model: which translates.
        out: gets a directory of `translate-bundle` for each arm, the report and the page.
        arms: names of `MODES`.
        ref: records that hold references, None for those translated, where `ref_fields` says the fields.
        ref_fields: where the references stand.
        ref_id_column: the column of --ref with the ids.
        licence: of the records.
    """

    source: RecordSpec
    bundles: BundleSettings
    model: ModelSettings
    out: Path
    arms: tuple[str, ...] = tuple(MODES)
    ref: Path | None = None
    ref_fields: str | None = None
    ref_id_column: str | None = None
    licence: str | None = None
    shard_rows: int = 10_000

    def arm(self, name: str) -> TranslateBundleJob:
        """Return the job of one arm."""
        mode = MODES[name]
        return TranslateBundleJob(
            source=self.source,
            bundles=replace(
                self.bundles,
                catalyst=mode.catalyst,
                fallback=mode.fallback,
                indicators=mode.indicators or self.bundles.indicators,
            ),
            model=self.model,
            basics=Basics(out=self.out / name, shard_rows=self.shard_rows, licence=self.licence),
        )

    def scored(self) -> EvaluateTranslationJob | None:
        """Return how the arms are scored; None where there are no references.

        Raises:
            ConfigError: the references stand beside the sources, and those are in several files.
        """
        if self.ref is None and self.ref_fields is None:
            return None
        if self.ref is None and len(self.source.paths) > 1:
            raise ConfigError("--ref-fields: there are several inputs", hint="give one, or --ref FILE")
        return EvaluateTranslationJob(
            hyp=tuple(f"{name}={self.out / name}" for name in self.arms),
            ref=self.ref or Path(self.source.paths[0]),
            fields=",".join(self.bundles.fields),
            ref_fields=self.ref_fields,
            ref_id_column=self.ref_id_column or (self.source.id_column if self.ref is None else None),
            records=self.bundles.records if self.ref is None else None,
            limit=self.source.limit if self.ref is None else None,
        )


def run_translation_modes(job: TranslationModesJob, run: RunOptions, listener: Listener = SILENT) -> TranslationReport:
    """Translate the records in every arm, go on where an earlier run stopped, and put the arms side by side.

    Raises:
        ConfigError: an arm is unknown or comes twice, or the settings are others than those of the run resumed.
        InputError: records or references cannot be read, or do not go together.
        BackendError: the model cannot be loaded, or sacrebleu is not installed and there are references.
    """
    for name in job.arms:
        if name not in MODES:
            raise unknown_name("arm", name, MODES)
    if len(set(job.arms)) < len(job.arms) or not job.arms:
        raise ConfigError(f"--arms {','.join(job.arms)}: each arm once, and at least one")
    wanted = job.scored()
    if wanted is not None:
        _check_references(wanted, job)
    for name in job.arms:
        plan_translate_bundle(job.arm(name), dry=True)
    notes = []
    for name in job.arms:
        listener.note(f"arm {name}")
        manifest = run_translate_bundle(job.arm(name), run, listener).manifest
        if MODES[name].catalyst != manifest["settings"]["catalyst_name"] == "none":
            notes.append(f"{name}: there is no statement in {job.bundles.src_lang}, so it is the arm indicator again")
    report = _unscored(job) if wanted is None else evaluate_translation(wanted)
    report = report._replace(notes=(*report.notes, *notes))
    write_json(job.out / REPORT, report.document())
    return report


def _check_references(wanted: EvaluateTranslationJob, job: TranslationModesJob) -> None:
    """Fail before hours of translation: metrics, fields and references are looked at first."""
    TranslationMetrics(job.bundles.tgt_lang)
    pairs = field_pairs(wanted.fields, wanted.ref_fields)
    wanted.references(pairs, [])


def _unscored(job: TranslationModesJob) -> TranslationReport:
    parts = []
    for name in job.arms:
        manifest = bundle_manifest(job.out / name)
        parts.append(_counted(name, job.out / name, manifest))
    return TranslationReport(tuple(parts), 0, ("no references: --ref FILE or --ref-fields PATHS gives chrF and BLEU",))


def _counted(name: str, path: Path, manifest: dict[str, Any]) -> HypothesisReport:
    cover = Coverage(
        records=manifest["items"],
        compared=manifest["rows_out"],
        rejected=dict(manifest["rejects_by_reason"]),
        absent=0,
        others=0,
        kept_source=0,
        texts_missing=0,
    )
    settings = manifest["settings"]
    return HypothesisReport(
        name=name,
        path=str(path),
        target=settings["tgt_lang"],
        output_mode=settings["output_mode"],
        matched="",
        coverage=cover,
        scores={},
        common={},
        reversibility=first_tries(manifest),
        tokenizer="",
        signatures={},
    )
