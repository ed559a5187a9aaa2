"""`--indicators auto`, `--catalyst auto`: what the model carries through best, tried on the input's first records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from cscl_data.errors import ConfigError
from cscl_data.io.recordfile import Record, Records
from cscl_data.pipelines.bundle_fields import texts_of
from cscl_data.pipelines.bundle_settings import AUTO, BundleSettings
from cscl_data.pipelines.listen import Listener
from cscl_data.translators import BundleJob, LadderConfig, Translator, load_catalysts, summarise, translate_bundles

CANDIDATES = ("@", "#", "*", "|", "%", "^", "§", "~")
"""What is tried. Our default; the paper has @, #, * and others of one character."""
SAMPLED, SEARCHED = 24, 500
"""Records with several fields that are tried, and how far they are looked for. Our defaults."""
STATEMENTS = ("relation", "concat", "none")
"""What `--catalyst auto` tries, the first of equals taken. Our default."""


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
    """Settle `--indicators auto` and `--catalyst auto` by the records accepted.

    The table that decides is told to the listener: every indicator with the job's own statement, or with each of
    `STATEMENTS`, and without.

    Args:
        records: the input.
        bundles: settings; where neither is `auto`, they come back as they are.
        translator: the model.
        listener: takes the table.

    Returns:
        The settings with the statement whose best indicator did best, and the indicators that do at least half as well
        behind it. `--catalyst auto` is `relation` where no record has two fields to join.

    Raises:
        ConfigError: `--indicators auto`, and no record has several fields to join.
    """
    if AUTO not in (bundles.indicators, bundles.catalyst):
        return bundles
    open_choice = bundles.indicators == AUTO
    jobs = _sample(records, bundles.fields)
    if not jobs and open_choice:
        raise ConfigError(
            f"--indicators {AUTO}: none of the first {SEARCHED} records has two fields to join",
            hint=f"name some: --indicators '{','.join(CANDIDATES[:3])}'",
        )
    statements = _statements(bundles)
    if not jobs:
        return replace(bundles, catalyst=statements[0])
    named = replace(bundles, indicators=",".join(CANDIDATES)) if open_choice else bundles
    tables: dict[str, list[Tried]] = {}
    for statement in statements:
        config = replace(named, catalyst=statement).ladder()
        if statement == statements[0] or config.catalyst.text or not any(map(_is_bare, tables.values())):
            tables[statement] = [_tried(jobs, bundles, translator, config, one) for one in config.indicators]
    _tell(jobs, [row for table in tables.values() for row in table], listener)
    best = statements[0]
    if bundles.catalyst == AUTO:
        best = max(tables, key=lambda name: max(map(_goodness, tables[name])))
    own = sorted(tables[best], key=_goodness, reverse=True)
    enough = own[0].accepted / max(1, own[0].tried) / 2
    chosen = [row.indicator for row in own if row.tried and row.accepted / row.tried >= enough]
    return replace(bundles, catalyst=best, indicators=",".join(chosen) if open_choice else bundles.indicators)


def _statements(bundles: BundleSettings) -> list[str]:
    """Return what is tried, the job's own first; a catalyst file need not have `concat`."""
    if bundles.catalyst != AUTO:
        return list(dict.fromkeys((bundles.catalyst, "none")))
    relations = load_catalysts(Path(bundles.catalyst_file) if bundles.catalyst_file else None)
    known = [relation.name for relation in relations]
    return [name for name in STATEMENTS if name != "concat" or name in known]


def _is_bare(table: Sequence[Tried]) -> bool:
    return table[0].catalyst == "none"


def _goodness(row: Tried) -> tuple[int, int]:
    return row.accepted, row.strict


def _tell(jobs: Sequence[BundleJob], table: Sequence[Tried], listener: Listener) -> None:
    listener.announce(f"indicators: tried on {len(jobs)} records")
    for row in sorted(table, key=lambda row: (row.catalyst, -row.accepted, -row.strict)):
        counts = (f"{name} {100 * getattr(row, name) / max(1, row.tried):5.1f} %" for name in Tried._fields[3:])
        listener.announce(f"  {row.indicator}  catalyst {row.catalyst:<20} {'  '.join(counts)}  of {row.tried}")


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
