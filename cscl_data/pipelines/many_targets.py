"""`make-token-cs` with several target languages: every row of a multi-parallel input is a pair in each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

from cscl_data.errors import ConfigError
from cscl_data.generators import LLM
from cscl_data.generators.item import Part, Side, SwitchItem
from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.pipelines.alignment import HowToAlign, LinkedPair, prepare
from cscl_data.pipelines.chunks import by_rows
from cscl_data.pipelines.job import JobReport, RunOptions, Stages, run_job
from cscl_data.pipelines.links import with_links
from cscl_data.pipelines.listen import SILENT, Listener
from cscl_data.pipelines.plan import STATE, JobPlan
from cscl_data.pipelines.settings import joined_sig
from cscl_data.pipelines.shard import ShardOutcome, Work
from cscl_data.pipelines.token_cs import TokenCsJob, plan_token_cs
from cscl_data.pipelines.token_shard import Shard, items_of, merge_notes, outcome_of, side_of, with_alignments
from cscl_data.records import Alignment, Pair, Reject
from cscl_data.text.words import Word

MIXED = "mul"
"""BCP-47's tag for several languages at once: the embedded language of rows that hold more than one."""

FEWER_LANGUAGES = "fewer_languages_than_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyTargetsJob:
    """A `make-token-cs` job with several target languages.

    Attributes:
        first: the job as it would be with the first of them alone.
        bitexts: the same input, read for each target language.
        mix: whether all of them stand in one row, in place of a row for each.

    Raises:
        ConfigError: a language comes twice, or the job needs what belongs to one pair of languages.
    """

    first: TokenCsJob
    bitexts: tuple[BitextSpec, ...]
    mix: bool = False

    def __post_init__(self) -> None:
        job = self.first
        languages = [spec.tgt_lang for spec in self.bitexts]
        if len({job.bitext.src_lang, *languages}) <= len(languages):
            raise ConfigError(f"--tgt-lang {', '.join(languages)}: every language is named once, beside --src-lang")
        aligned = job.alignment
        of_one_pair = {
            "--method llm": job.method == LLM,
            "--alignments": aligned.links is not None,
            "--load-model": aligned.load_model is not None,
            "--lexicon": aligned.lexicon is not None,
            "--priors FILE": aligned.priors not in ("auto", "none"),
            "--tgt-file": job.bitext.tgt_file is not None,
        }
        for flag in (flag for flag, given in of_one_pair.items() if given):
            raise ConfigError(f"{flag} is for one target language, not for {', '.join(languages)}")
        if self.mix and (job.matrix_lang not in ("src", job.bitext.src_lang) or job.method != "align"):
            raise ConfigError(
                "--mix puts several languages into the source sentence: --matrix-lang src, --method align"
            )
        if self.mix and not job.switching.amount.switches:
            raise ConfigError("--mix: nothing is switched at --ratio 0")

    @property
    def jobs(self) -> list[TokenCsJob]:
        """The jobs of each target language alone."""
        return [replace(self.first, bitext=spec) for spec in self.bitexts]


def plan_many_targets(job: ManyTargetsJob, *, dry: bool = False) -> JobPlan:
    """Settle everything that decides the output; see `plan_token_cs`, also for what it raises."""
    plans = [plan_token_cs(one, dry=dry) for one in job.jobs]
    first = plans[0]
    settings = {
        name: value if all(plan.settings[name] == value for plan in plans) else [plan.settings[name] for plan in plans]
        for name, value in first.settings.items()
    }
    inputs = list(dict.fromkeys(facts for plan in plans for facts in plan.inputs))
    return replace(
        first,
        settings={**settings, "mix": job.mix},
        sig=joined_sig([plan.sig for plan in plans], **({"mix": "yes"} if job.mix else {})),
        inputs=inputs,
        deterministic=all(plan.deterministic for plan in plans),
        languages=list(dict.fromkeys(language for plan in plans for language in plan.languages)),
    )


def run_many_targets(job: ManyTargetsJob, run: RunOptions, listener: Listener = SILENT) -> JobReport:
    """Run the job; see `run_job` for what it raises."""
    plan = plan_many_targets(job)
    jobs = job.jobs
    bitexts = [Bitext(one.bitext) for one in jobs]

    def ready() -> Work:
        pipelines = job.first.pipelines.opened(listener) if job.first.switching.amount.switches else ()
        shards = []
        for one in jobs:
            how = HowToAlign(settings=one.alignment, src_lang=one.bitext.src_lang, tgt_lang=one.bitext.tgt_lang)
            if one.aligns:
                listener.note(f"{one.bitext.src_lang}-{one.bitext.tgt_lang}")
                state = one.basics.out / STATE / one.bitext.tgt_lang
                state.mkdir(parents=True, exist_ok=True)
                how = prepare(one.alignment, one.bitext, state, listener, workers=run.workers)
            shards.append(
                Shard(
                    how,
                    one.method,
                    one.switching,
                    plan.settings["matrix_lang"],
                    one.n_variants,
                    plan.sig,
                    one.basics.seed,
                    one.aligns,
                    pipelines,
                )
            )
        return partial(switch_rows, shards=tuple(shards), mix=job.mix)

    def rows() -> Iterator[tuple[LinkedPair | Reject, ...]]:
        readers = [with_links(bitext, one.alignment) for bitext, one in zip(bitexts, jobs, strict=True)]
        return zip(*readers, strict=True)

    stages = Stages(
        prepare=ready,
        chunks=lambda: by_rows(rows(), job.first.basics.shard_rows),
        rows_read=lambda: bitexts[0].rows_read,
        merge=merge_notes,
    )
    return run_job(job.first.basics.out, plan, stages, run, listener.on_shard)


def switch_rows(chunk: list[tuple[LinkedPair | Reject, ...]], *, shards: tuple[Shard, ...], mix: bool) -> ShardOutcome:
    """Do one shard.

    An item is a row, a target language, a matrix language and a variant; with `mix`, a row and a variant.
    """
    columns = [list(with_alignments([row[k] for row in chunk], shard)) for k, shard in enumerate(shards)]
    rows = zip(*columns, strict=True)
    if not mix:
        found = (one for row in rows for one in _apart(row, shards))
        return outcome_of(found, shards[0], rows_in=len(chunk))
    notes: Counter[str] = Counter()
    outcome = outcome_of((_together(row, shards, notes) for row in rows), shards[0], rows_in=len(chunk))
    return outcome._replace(summary=merge_notes([outcome.summary or {"notes": {}}, {"notes": notes}]))


_Read = tuple[Pair, Alignment | None] | tuple[Reject, None]


def _apart(row: Sequence[_Read], shards: tuple[Shard, ...]) -> Iterator[Reject | list[SwitchItem]]:
    """Yield what each target language has of a row. Variants of the source sentence are numbered through."""
    for k, ((read, alignment), shard) in enumerate(zip(row, shards, strict=True)):
        if isinstance(read, Reject):
            yield read
            continue
        yield [
            item._replace(first_variant=k * shard.n_variants if item.matrix == "src" else 0)
            for item in items_of(read, alignment, shard)
        ]


class _Joined(NamedTuple):
    """The other sides of a row, one a line, as one side, and what each of them is of it."""

    side: Side
    parts: tuple[Part, ...]


def _together(row: Sequence[_Read], shards: tuple[Shard, ...], notes: Counter[str]) -> Reject | list[SwitchItem]:
    """Return the item of a row in which all its target languages are embedded; unreadable ones are left out."""
    read = [
        (found, alignment, shard)
        for (found, alignment), shard in zip(row, shards, strict=True)
        if isinstance(found, Pair) and alignment is not None and not alignment.skipped
    ]
    if not read:
        pair, alignment = next(((one, links) for one, links in row if isinstance(one, Pair)), (row[0][0], None))
        if isinstance(pair, Reject):
            return pair
        return list(items_of(pair, alignment, shards[0]))
    if len(read) < len(row):
        notes[FEWER_LANGUAGES] += shards[0].n_variants
    pair, _, shard = read[0]
    joined = _joined([(side_of(one.tgt_lang, one.tgt_text, how), links) for one, links, how in read])
    whole = replace(pair, tgt_lang=MIXED, tgt_text=joined.side.text)
    frame = side_of(pair.src_lang, pair.src_text, shard)
    return [SwitchItem(f"{pair.id}/{frame.lang}", whole, None, "src", frame, joined.side, parts=joined.parts)]


def _joined(sides: Sequence[tuple[Side, Alignment]]) -> _Joined:
    texts: list[str] = []
    words: list[Word] = []
    langs: list[str] = []
    parts = []
    at = 0
    for side, alignment in sides:
        parts.append(Part(side, alignment, len(words)))
        words += [
            word._replace(start=word.start + at, end=word.end + at, stem_end=word.stem_end + at) for word in side.words
        ]
        langs += [side.lang] * len(side.words)
        texts.append(side.text)
        at += len(side.text) + 1
    return _Joined(Side(MIXED, "\n".join(texts), tuple(words), langs=tuple(langs)), tuple(parts))
