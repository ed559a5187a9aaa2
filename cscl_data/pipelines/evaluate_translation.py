"""`evaluate translation`: what `translate-bundle` wrote, from any number of models or modes, against references."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from cscl_data.errors import ConfigError
from cscl_data.evaluation.translation import TranslationMetrics, TranslationScore
from cscl_data.io.recordfile import RecordSpec
from cscl_data.pipelines.alignment_evaluation.named import parse_named, refuse_twins
from cscl_data.pipelines.translation_evaluation.fields import FieldPair, field_pairs
from cscl_data.pipelines.translation_evaluation.hypotheses import Hypothesis, bundle_manifest, read_hypothesis
from cscl_data.pipelines.translation_evaluation.references import References, read_references
from cscl_data.pipelines.translation_evaluation.tables import ALL

MOST_LEFT_OUT = 0.5
"""Below this share of the records of the largest, what all have in common gets a warning. Our default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateTranslationJob:
    """What is asked.

    Args:
        hyp: `[NAME=]DIR` of `translate-bundle`, at least one.
        ref: records that hold the references.
        fields: of the translated records, with commas.
        ref_fields: where the reference of each field stands; None for the same paths.
        ref_id_column: the column of --ref whose ids are those of `bundle.id`.
        records: the path of the record list of a `.json` reference.
        limit: the first so many records of --ref are all of it.
    """

    hyp: tuple[str, ...]
    ref: Path
    fields: str
    ref_fields: str | None = None
    ref_id_column: str | None = None
    records: str | None = None
    limit: int | None = None

    def references(self, pairs: tuple[FieldPair, ...], source_fields: Sequence[str]) -> References:
        """Read the references; see `read_references` for the arguments and for what it raises."""
        spec = RecordSpec(paths=(str(self.ref),), id_column=self.ref_id_column, limit=self.limit)
        return read_references(spec, pairs, records=self.records, source_fields=source_fields)


class Coverage(NamedTuple):
    """Records of the reference: compared, rejected by the job with reasons, and never seen by it.

    `texts_missing` counts reference texts of compared records without a translation; they are in no score.
    """

    records: int
    compared: int
    rejected: dict[str, int]
    absent: int
    others: int
    kept_source: int
    texts_missing: int


class HypothesisReport(NamedTuple):
    """One line of each table: what was read, how much of it could be compared, and its scores by field.

    `scores` are over its own records, `common` over the records that every hypothesis has; by field, and `ALL`.
    """

    name: str
    path: str
    target: str
    output_mode: str
    matched: str
    coverage: Coverage
    scores: dict[str, TranslationScore]
    common: dict[str, TranslationScore]
    reversibility: dict[str, int]
    tokenizer: str
    signatures: dict[str, str]

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            **self._asdict(),
            "coverage": self.coverage._asdict(),
            "scores": {name: score._asdict() for name, score in self.scores.items()},
            "common": {name: score._asdict() for name, score in self.common.items()},
        }


class TranslationReport(NamedTuple):
    """What was found: a part for every `--hyp`, how many records all of them have, and what one has to know."""

    hypotheses: tuple[HypothesisReport, ...]
    common_records: int
    notes: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {
            "hypotheses": [hypothesis.document() for hypothesis in self.hypotheses],
            "common_records": self.common_records,
            "notes": list(self.notes),
        }


def evaluate_translation(job: EvaluateTranslationJob) -> TranslationReport:
    """Score translated records against references.

    References and translations are held in memory.

    Raises:
        ConfigError: names or fields do not go together.
        InputError: a file or directory cannot be read as what it should be, or they are not of the same records.
        BackendError: sacrebleu is not installed.
    """
    if not job.hyp:
        raise ConfigError("no translation is given", hint="--hyp DIR: what cscl-data translate-bundle wrote")
    named = [parse_named(item) for item in job.hyp]
    refuse_twins("--hyp", [name for name, _ in named])
    pairs = field_pairs(job.fields, job.ref_fields)
    manifests = {path: bundle_manifest(path) for _, path in named}
    metrics: dict[str, TranslationMetrics] = {}
    for manifest in manifests.values():
        target = manifest["settings"]["tgt_lang"]
        metrics.setdefault(target, TranslationMetrics(target))
    references = {}
    found = []
    for name, path in named:
        fields = tuple(manifests[path]["settings"].get("fields") or ()) if _apart(pairs) else ()
        if fields not in references:
            references[fields] = job.references(pairs, fields)
        found.append((read_hypothesis(name, path, pairs, references[fields]), references[fields]))
    common = set.intersection(*(set(hypothesis.texts) for hypothesis, _ in found))
    reports = tuple(
        _report(hypothesis, reference, pairs, common, metrics[hypothesis.target]) for hypothesis, reference in found
    )
    return TranslationReport(reports, len(common), tuple(_notes(reports, metrics, len(common))))


def _apart(pairs: Sequence[FieldPair]) -> bool:
    """Tell whether references stand in other fields than translations, so that the sources may stand there too."""
    return all(pair.translated != pair.reference for pair in pairs)


def _report(
    hypothesis: Hypothesis,
    references: References,
    pairs: Sequence[FieldPair],
    common: set[int],
    metrics: TranslationMetrics,
) -> HypothesisReport:
    wanted = sum(len(references.texts[number]) for number in hypothesis.texts)
    scores = _scores(hypothesis, references, pairs, hypothesis.texts, metrics)
    coverage = Coverage(
        records=len(references.ids),
        compared=len(hypothesis.texts),
        rejected=dict(sorted(hypothesis.rejected.items())),
        absent=hypothesis.absent,
        others=hypothesis.others,
        kept_source=hypothesis.kept_source,
        texts_missing=wanted - scores[ALL].texts,
    )
    whole = common == set(hypothesis.texts)
    return HypothesisReport(
        name=hypothesis.name,
        path=str(hypothesis.path),
        target=hypothesis.target,
        output_mode=hypothesis.output_mode,
        matched=hypothesis.matched,
        coverage=coverage,
        scores=scores,
        common=scores if whole else _scores(hypothesis, references, pairs, common, metrics),
        reversibility=hypothesis.reversibility,
        tokenizer=metrics.tokenizer,
        signatures=metrics.signatures(),
    )


def _scores(
    hypothesis: Hypothesis,
    references: References,
    pairs: Sequence[FieldPair],
    numbers: Iterable[int],
    metrics: TranslationMetrics,
) -> dict[str, TranslationScore]:
    """Return the scores of some records, by field and in all; texts without a translation are left out."""
    texts: list[list[tuple[str, str]]] = [[] for _ in pairs]
    for number in sorted(numbers):
        made = hypothesis.texts[number]
        for place, reference in references.texts[number].items():
            if place in made:
                texts[place[0]].append((made[place], reference))
    scored = {ALL: [both for field in texts for both in field]}
    if len(pairs) > 1:
        scored |= {pair.name: field for pair, field in zip(pairs, texts, strict=True)}
    return {
        name: metrics.score([made for made, _ in both], [reference for _, reference in both])
        for name, both in scored.items()
    }


def _notes(reports: Sequence[HypothesisReport], metrics: dict[str, TranslationMetrics], n_common: int) -> Iterable[str]:
    for target, metric in metrics.items():
        if metric.missing:
            yield f"BLEU of {target} is not computed: its tokenizer {metric.tokenizer} is missing; {metric.missing}"
    fewest = min(reports, key=lambda report: report.coverage.compared)
    most = max(report.coverage.compared for report in reports)
    if n_common < MOST_LEFT_OUT * most:
        yield (
            f"only {n_common:,} of up to {most:,} records are in all of them, which says little; the fewest are in "
            f"{fewest.name}: leave it out to compare the others"
        )
    for report in reports:
        cover = report.coverage
        if report.matched == "order":
            yield f"{report.name}: no id of --ref is in it; record n of its input is compared with record n of --ref"
        if cover.absent:
            yield f"{report.name}: {cover.absent:,} records of --ref were not in its input"
        if cover.others:
            yield f"{report.name}: {cover.others:,} records that are not in --ref are left aside"
        if cover.kept_source:
            yield f"{report.name}: {cover.kept_source:,} records kept their source text, which is scored as it is"
        if cover.texts_missing:
            yield f"{report.name}: {cover.texts_missing:,} texts of --ref have no counterpart in it, and count nowhere"
