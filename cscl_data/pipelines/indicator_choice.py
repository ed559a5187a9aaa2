"""`--indicators auto`: which indicator the model carries through best, tried on the first records of the input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from cscl_data.errors import ConfigError
from cscl_data.io.recordfile import Record, Records
from cscl_data.pipelines.bundle_fields import texts_of
from cscl_data.pipelines.bundle_settings import AUTO, BundleSettings
from cscl_data.pipelines.listen import Listener
from cscl_data.translators import BundleJob, LadderConfig, Translator, summarise, translate_bundles
from cscl_data.translators.catalysts import NO_CATALYST

CANDIDATES = ("@", "#", "*", "|", "%", "^", "§", "~")
"""What is tried. Our default; the paper has @, #, * and others of one character."""
SAMPLED, SEARCHED = 24, 500
"""Records with several fields that are tried, and how far they are looked for. Our defaults."""


class Tried(NamedTuple):
    """How an indicator did behind a statement: records tried, and how many came apart and were accepted."""

    indicator: str
    catalyst: str
    tried: int
    strict: int
    lenient: int
    accepted: int


def choose_indicators(
    records: Records, bundles: BundleSettings, translator: Translator, listener: Listener
) -> BundleSettings:
    """Settle `--indicators auto`: candidates in the order of records accepted, with the job's own statement.

    The table that decides is told to the listener, with and without a statement.

    Args:
        records: the input.
        bundles: settings; where `indicators` is not `auto`, they come back as they are.
        translator: the model.
        listener: takes the table.

    Returns:
        The settings with the indicators named that do at least half as well as the best.

    Raises:
        ConfigError: no record has several fields to join.
    """
    if bundles.indicators != AUTO:
        return bundles
    jobs = _sample(records, bundles.fields)
    if not jobs:
        raise ConfigError(
            f"--indicators {AUTO}: none of the first {SEARCHED} records has two fields to join",
            hint=f"name some: --indicators '{','.join(CANDIDATES[:3])}'",
        )
    config = replace(bundles, indicators=",".join(CANDIDATES)).ladder()
    table = [_tried(jobs, bundles, translator, config, indicator) for indicator in CANDIDATES]
    if config.catalyst.text:
        bare = replace(config, catalyst=NO_CATALYST)
        table += [_tried(jobs, bundles, translator, bare, indicator) for indicator in CANDIDATES]
    listener.announce(f"indicators: tried on {len(jobs)} records")
    for row in sorted(table, key=lambda row: (row.catalyst, -row.accepted, -row.strict)):
        counts = (f"{name} {100 * getattr(row, name) / max(1, row.tried):5.1f} %" for name in Tried._fields[3:])
        listener.announce(f"  {row.indicator}  catalyst {row.catalyst:<20} {'  '.join(counts)}  of {row.tried}")
    own = sorted(table[: len(CANDIDATES)], key=lambda row: (-row.accepted, -row.strict))
    best = own[0].accepted / max(1, own[0].tried)
    chosen = [row.indicator for row in own if row.tried and row.accepted / row.tried >= best / 2]
    return replace(bundles, indicators=",".join(chosen))


def _sample(records: Records, fields: tuple[str, ...]) -> list[BundleJob]:
    jobs: list[BundleJob] = []
    for item in islice(records, SEARCHED):
        texts = texts_of(item, fields) if isinstance(item, Record) else None
        if isinstance(texts, dict) and sum(bool(text.strip()) for text in texts.values()) > 1:
            jobs.append(BundleJob(id=str(len(jobs)), texts=tuple(texts.values())))
            if len(jobs) == SAMPLED:
                break
    return jobs


def _tried(
    jobs: Sequence[BundleJob], bundles: BundleSettings, translator: Translator, config: LadderConfig, indicator: str
) -> Tried:
    """Send the records behind one indicator, once; those that hold it themselves do not count."""
    once = replace(config, rungs=("indicator", "reject"), indicators=(indicator,))
    done = translate_bundles(jobs, translator, source=bundles.src_lang, target=bundles.tgt_lang, config=once)
    rows = summarise(done)["reversibility"]
    counts = rows[0] if rows else dict.fromkeys(("tried", "strict", "lenient", "accepted"), 0)
    return Tried(indicator, config.catalyst.name, *(counts[name] for name in Tried._fields[2:]))
