"""Measuring a converted model: are bundles returned in one piece, and how good is the text?"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bundles import Example
from convert import Converted
from data import Segment
from sacrebleu.metrics import CHRF

_LETTERS = {
    "en": re.compile(r"[A-Za-z]"),
    "ko": re.compile(r"[\uac00-\ud7a3]"),
    "ja": re.compile(r"[\u3040-\u30ff\u3400-\u9fff]"),
    "id": re.compile(r"[A-Za-z]"),
}


@dataclass(frozen=True, slots=True)
class BundleScore:
    """How bundles came back at the first try.

    Attributes:
        bundles: Number of bundles.
        reversible: Share split into the right number of non-empty fields.
        changed: Share of the fields of reversible bundles that differ from their source.
        script: Share of those fields with at least one letter of the target script.
        kept_numbers: Share of those fields whose digits all return.
    """

    bundles: int
    reversible: float
    changed: float
    script: float
    kept_numbers: float


def split_fields(text: str, indicator: str) -> list[str]:
    """Returns what stands behind each indicator, without the statement before the first."""
    return [part.strip() for part in text.split(indicator)[1:]]


def score_bundles(outputs: Sequence[str], bundles: Sequence[Example], *, into_english: bool) -> BundleScore:
    """Scores outputs against the bundles they translate."""
    reversible = fields = changed = script = numbers = 0
    for output, bundle in zip(outputs, bundles, strict=True):
        parts, sources = split_fields(output, bundle.indicator), split_fields(bundle.source, bundle.indicator)
        if len(parts) != bundle.fields or not all(parts):
            continue
        reversible += 1
        for part, source in zip(parts, sources, strict=True):
            fields += 1
            changed += part != source
            letters = _LETTERS.get("en" if into_english else bundle.language)
            script += letters is None or letters.search(part) is not None
            numbers += set(re.findall(r"\d+", source)) <= set(re.findall(r"\d+", part))
    some = max(fields, 1)
    return BundleScore(
        len(bundles),
        *(round(x, 4) for x in (reversible / max(len(bundles), 1), changed / some, script / some, numbers / some)),
    )


def read_records(path: Path, names: Sequence[str], statement: str, indicator: str, language: str) -> list[Example]:
    """Reads records of English fields and joins them as ``translate-bundle`` does.

    Args:
        path: JSONL with the fields under ``en``.
        names: Field names.
        statement: Catalyst statement.
        indicator: Indicator; records that contain it are left out.
        language: Target language.
    """
    examples = []
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = [json.loads(line)["en"][name] for name in names]
        if not any(indicator in field for field in fields):
            source = " ".join([statement, *(f"{indicator} {field}" for field in fields)])
            examples.append(Example(language, source, "", indicator, len(fields)))
    return examples


def chrf(outputs: Sequence[str], references: Sequence[str]) -> float:
    """Corpus chrF with sacreBLEU's defaults."""
    score: float = CHRF().corpus_score(list(outputs), [list(references)]).score
    return round(score, 2)


def evaluate(
    model: Converted,
    dev: dict[str, list[Segment]],
    bundles: Sequence[Example],
    *,
    into_english: bool,
    sentences: int,
    seed: int,
) -> dict[str, object]:
    """Scores single sentences and bundles of each language.

    Args:
        model: Converted model.
        dev: Held-out segments per language.
        bundles: Held-out bundles of any language, in the direction of the model.
        into_english: Direction of the model.
        sentences: Sentences per language.
        seed: Seed of their choice.
    """
    report: dict[str, object] = {}
    for language, segments in dev.items():
        chosen = random.Random(seed).sample(segments, min(sentences, len(segments)))
        sources, references = zip(*(segment.sides(into_english=into_english) for segment in chosen), strict=True)
        report[f"chrf-{language}"] = chrf(model.translate(sources, language), references)
        own = [bundle for bundle in bundles if bundle.language == language]
        report[f"bundles-{language}"] = asdict(
            score_bundles(model.translate([bundle.source for bundle in own], language), own, into_english=into_english)
        )
    return report
