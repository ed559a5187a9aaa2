"""Text whose tokens somebody tagged with languages, such as a natural corpus, under inspection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cscl_data.errors import InputError
from cscl_data.evaluation.corpus import SwitchingTally
from cscl_data.evaluation.switching import code_mixing_index
from cscl_data.io.recordfile import Record, Records, RecordSpec
from cscl_data.pipelines.inspection.counts import shares, summary_values, switching_histograms, switching_values
from cscl_data.pipelines.inspection.problems import Problems
from cscl_data.pipelines.inspection.sampling import Reservoir
from cscl_data.pipelines.inspection.shards import RowsSeen
from cscl_data.pipelines.inspection.shown import Line, Piece, ShownRow
from cscl_data.records import NO_LANGUAGE

TAGGED = "tagged"
"""The kind of a file of tagged text."""

NOT_LANGUAGES = frozenset(
    {
        "acro", "ambig", "ambiguous", "emoji", "fw", "lang3", "mix", "mixed", "mul", "ne", "num", "other", "punct",
        "symbol", "und", "univ", "unk", "zxx",
    }
)  # fmt: skip
"""Tags, in lower case, that name no language in corpora of code-switching (our default; `--count` overrides it)."""


class TaggedText(NamedTuple):
    """One text: its tags as they stand, and `langs`, where `zxx` stands for a tag that is not counted.

    `tokens` is empty where the file has none. A row that cannot be used says why in `fault`.
    """

    id: str
    tokens: list[str]
    tags: list[str]
    langs: list[str]
    fault: str | None = None


def tagged_texts(path: Path, counted: Sequence[str]) -> Iterator[TaggedText]:
    """Yield the texts of a file, in order.

    Args:
        path: `.jsonl`, `.json`, `.parquet`, also `.gz` or `.zst`: `tags` and, if at hand, `tokens` of each text, as
            lists or as texts with spaces between.
        counted: the tags that are languages; without any, all but `NOT_LANGUAGES`.

    Raises:
        InputError: the file is missing or of another kind.
    """
    for record in Records(RecordSpec(paths=(str(path),))):
        if not isinstance(record, Record):
            yield TaggedText(record.id, [], [], [], record.detail)
            continue
        tags, tokens = (_texts(record.values.get(name)) for name in ("tags", "tokens"))
        if tags is None:
            yield TaggedText(record.id, [], [], [], "has no list `tags` of texts")
        elif tokens is not None and len(tokens) != len(tags):
            yield TaggedText(record.id, [], [], [], f"has {len(tokens)} tokens and {len(tags)} tags")
        else:
            langs = [tag if _is_counted(tag, counted) else NO_LANGUAGE for tag in tags]
            yield TaggedText(record.id, tokens or [], tags, langs)


def read_tagged(path: Path, counted: Sequence[str], problems: Problems, *, sample: int, seed: int) -> RowsSeen:
    """Read a file of tagged text once: measure it, and offer its rows to the sample.

    Raises:
        InputError: the file is missing, of another kind, or has no token with one of the tags that are counted.
    """
    tally, reservoir = SwitchingTally(), Reservoir[TaggedText](sample, seed)
    ignored: Counter[str] = Counter()
    for text in tagged_texts(path, counted):
        if text.fault is not None:
            problems.add(text.id, text.fault)
            continue
        tally.add(text.langs)
        ignored.update(tag for tag, lang in zip(text.tags, text.langs, strict=True) if lang == NO_LANGUAGE)
        reservoir.offer(text)
    scores = tally.scores()
    if not scores.texts and problems.listed:
        first = problems.listed[0]
        raise InputError(f"{first.place}: {first.what}", hint='a line is {"tokens": [...], "tags": [...]}')
    found = sorted({*scores.languages}.difference({NO_LANGUAGE}))
    missing = sorted({*counted}.difference(found))
    if missing or not found:
        tags = ", ".join([*found, *(tag for tag, _ in ignored.most_common(20))])
        what = f"no token is tagged {', '.join(missing)}" if missing else "no token is tagged with a language"
        raise InputError(f"{path}: {what}", hint=f"name the languages with --count; its tags are: {tags or 'none'}")
    statistics = {
        "switching": switching_values(scores),
        "tokens": summary_values(scores.tokens),
        "languages_by_tokens": shares(scores.languages),
        "tags_not_counted": shares(ignored),
        "histograms": switching_histograms(tally),
    }
    return RowsSeen(scores.texts, statistics, [_shown(text) for text in reservoir.items()], tally)


def _texts(value: Any) -> list[str] | None:
    if isinstance(value, str):
        return value.split()
    return value if isinstance(value, list) and all(isinstance(item, str) for item in value) else None


def _is_counted(tag: str, counted: Sequence[str]) -> bool:
    return tag in counted if counted else bool(tag.strip()) and tag.lower() not in NOT_LANGUAGES


def _shown(text: TaggedText) -> ShownRow:
    languages = Counter(lang for lang in text.langs if lang != NO_LANGUAGE)
    main = min(languages, key=lambda lang: (-languages[lang], lang), default="")
    pieces: list[Piece] = []
    for token, lang in zip(text.tokens, text.langs, strict=bool(text.tokens)):
        pieces.append(Piece(" " if pieces else ""))
        pieces.append(Piece(token, lang, marked=lang not in (NO_LANGUAGE, main)))
    facts = {"CMI": f"{code_mixing_index(text.langs):.1f}", "most words": main}
    return ShownRow(text.id, facts, (Line("text", "", tuple(pieces)),) if pieces else ())
