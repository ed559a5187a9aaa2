"""`make-token-cs --method lexicon`: text without translations to sentences with switched words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path

from cscl_data.errors import ConfigError
from cscl_data.generators import method
from cscl_data.generators.config import TokenCsConfig
from cscl_data.generators.glossary import Glossary
from cscl_data.generators.item import Side as TextSide
from cscl_data.generators.item import SwitchItem
from cscl_data.io.fingerprints import file_input, short_digest
from cscl_data.io.lexicon import Entry, read_lexicon
from cscl_data.io.mono import MonoDocument, MonoSpec, MonoText
from cscl_data.pipelines.align_settings import AlignSettings, resolved_tokenizers
from cscl_data.pipelines.align_sig import chosen_priors, segmenter_sig
from cscl_data.pipelines.alignment import HowToAlign
from cscl_data.pipelines.chunks import by_rows
from cscl_data.pipelines.job import JobReport, RunOptions, Stages, run_job
from cscl_data.pipelines.language_check import SAMPLED_ROWS, Side, check_sides, settle
from cscl_data.pipelines.listen import SILENT, Listener
from cscl_data.pipelines.mono import refuse_columns_of_lines
from cscl_data.pipelines.plan import Basics, JobPlan
from cscl_data.pipelines.prior_trust import PriorTrust
from cscl_data.pipelines.settings import sig_line
from cscl_data.pipelines.shard import ShardOutcome, Work
from cscl_data.pipelines.spacy_pipelines import Pipelines
from cscl_data.pipelines.token_cs import SCHEMA, check_variants
from cscl_data.pipelines.token_shard import Shard, merge_notes, outcome_of, side_of, splitter
from cscl_data.pipelines.token_sig import flat, kept_out_sig, unit_sig
from cscl_data.records import Pair, Reject
from cscl_data.text.attachment import has_heads

NAME = "lexicon"
RANDOM = "random"


@dataclass(frozen=True, slots=True, kw_only=True)
class LexiconCsJob:
    """A whole `make-token-cs --method lexicon` job.

    Attributes:
        text: the input; its rows are switched one by one.
        tgt_lang: language of the words that are switched in.
        lexicon: the lexicon's file, either column of which may be the text's language.
        switching: how to switch.
        cutting: what cuts words, and which lexical priors say how usual a translation is.
        basics: where it goes, and how it is cut.
        matrix_lang: `src`, or the text's language; there is no other.
        n_variants: rows per row of the text, each of another draw.
        pipelines: a spaCy pipeline that marks names and parts of speech in the text, see `settled_pipelines`.

    Raises:
        ConfigError: the matrix language is another one, variants are asked for where there is nothing to vary, or what
            is asked for needs an alignment.
    """

    text: MonoSpec
    tgt_lang: str
    lexicon: str
    switching: TokenCsConfig
    cutting: AlignSettings
    basics: Basics
    matrix_lang: str = "src"
    n_variants: int = 1
    pipelines: Pipelines = field(default_factory=Pipelines)

    def __post_init__(self) -> None:
        if self.matrix_lang not in ("src", self.text.lang):
            raise ConfigError(
                f"--matrix-lang {self.matrix_lang}: --method {NAME} reads text of --src-lang {self.text.lang} alone",
                hint="leave it out, or give the other language's text with the two languages swapped",
            )
        check_variants(self.n_variants, self.switching)
        if "equivalence" in self.switching.constraints:
            raise ConfigError(f"--constraint equivalence compares word orders, and --method {NAME} has one sentence")

    @property
    def is_random(self) -> bool:
        """Whether translations are drawn at random."""
        return self.switching.lexicon_policy == RANDOM

    @property
    def needed_pipelines(self) -> Pipelines:
        """The pipeline of the text, if any; none where nothing is switched."""
        return self.pipelines.of(self.text.lang) if self.switching.amount.switches else Pipelines()


@dataclass(frozen=True, slots=True, kw_only=True)
class LexiconUse:
    """What a worker needs to open the lexicon: the file, the languages, which way round, and the rest."""

    path: str
    src_lang: str
    tgt_lang: str
    flipped: bool
    max_words: int
    cutting: AlignSettings
    is_random: bool


def plan_lexicon_cs(job: LexiconCsJob) -> JobPlan:
    """Settle everything that decides the output; reads the lexicon and the first rows of the text for it.

    Raises:
        ConfigError: a language is unknown, parts of speech are asked for that nothing tells, or columns of lines.
        InputError: the text or the lexicon cannot be read, or the text is clearly not in its language.
    """
    src, tgt = settle(job.text.lang, job.tgt_lang)
    text = MonoText(job.text)
    refuse_columns_of_lines([text])
    sample = [item.text for item in islice(text.rows(), SAMPLED_ROWS) if isinstance(item, MonoDocument)]
    check_sides([Side("--src-lang", src, sample)], job.text.path)
    names = resolved_tokenizers(job.cutting, src, tgt)
    entries = read_lexicon(Path(job.lexicon), max_words=job.switching.max_phrase_len).entries
    analysed = any(map(has_heads, names.values())) or job.pipelines.has_tags
    if job.switching.pos and not (any(entry.pos for entry in entries) or analysed):
        raise ConfigError(f"--pos: {job.lexicon} names no parts of speech, and none are known of {src} and {tgt} words")
    flipped = is_flipped(entries, sample, src, job.cutting)
    files = [file_input(Path(job.lexicon), "lexicon")]
    priors = None if job.is_random else chosen_priors(job.cutting, src, tgt)
    if priors is not None and job.cutting.priors != "auto":
        files.append(file_input(Path(job.cutting.priors), "priors"))
    best = not job.is_random
    sig = sig_line(
        schema=SCHEMA,
        method=method(NAME).sig,
        lexicon=short_digest(files, "lexicon") + (".flipped" if flipped else ""),
        policy=job.switching.lexicon_policy,
        priors=(priors.digest if priors else "none") if best else None,
        segmenter=segmenter_sig(job.cutting, src, tgt),
        **job.needed_pipelines.sig_parts(),
        unit=unit_sig(job.switching) if best else None,
        **job.switching.amount.sig_parts(),
        matrix="src",
        constraints="+".join(sorted(set(job.switching.constraints))) if best else None,
        **kept_out_sig(job.switching),
        seed=job.basics.seed,
    )
    columns = {name: value for name, value in asdict(job.text).items() if name not in ("path", "lang")}
    return JobPlan(
        command="make-token-cs",
        schema=SCHEMA,
        settings={
            "src_lang": src,
            "tgt_lang": tgt,
            **columns,
            "method": NAME,
            **{name: value for name, value in flat(job.switching).items() if name != "max_risk"},
            "matrix_lang": "src",
            "n_variants": job.n_variants,
            "lexicon_flipped": flipped,
            **{name: getattr(job.cutting, name) for name in ("tokenizer", "segmenter", "priors")},
            **names,
            **job.needed_pipelines.settings(),
        },
        sig=sig,
        seed=job.basics.seed,
        shard_rows=job.basics.shard_rows,
        inputs=[*text.facts(), *files, *job.needed_pipelines.facts],
        languages=[src, tgt],
        licence=job.basics.licence,
        rejects_text=job.basics.rejects_text,
    )


def run_lexicon_cs(job: LexiconCsJob, run: RunOptions, listener: Listener = SILENT) -> JobReport:
    """Run the job; see `run_job` for what it raises."""
    plan = plan_lexicon_cs(job)
    text = MonoText(job.text)

    def ready() -> Work:
        pipelines = job.needed_pipelines.opened(listener)
        src, tgt = plan.settings["src_lang"], plan.settings["tgt_lang"]
        listener.note(f"tokenizers: {plan.settings['src_tokenizer']}, {plan.settings['tgt_tokenizer']}")
        listener.note(read_lexicon(Path(job.lexicon), max_words=job.switching.max_phrase_len).note())
        how = HowToAlign(settings=job.cutting, src_lang=src, tgt_lang=tgt)
        shard = Shard(how, NAME, job.switching, "src", job.n_variants, plan.sig, job.basics.seed, False, pipelines)
        use = LexiconUse(
            path=job.lexicon,
            src_lang=src,
            tgt_lang=tgt,
            flipped=plan.settings["lexicon_flipped"],
            max_words=job.switching.max_phrase_len,
            cutting=job.cutting,
            is_random=job.is_random,
        )
        return partial(switch_texts, shard=shard, use=use)

    stages = Stages(
        prepare=ready,
        chunks=lambda: by_rows(text.rows(), job.basics.shard_rows),
        rows_read=lambda: text.rows_read,
        merge=merge_notes,
    )
    return run_job(job.basics.out, plan, stages, run, listener.on_shard)


def switch_texts(chunk: list[MonoDocument | Reject], *, shard: Shard, use: LexiconUse) -> ShardOutcome:
    """Do one shard. An item is a row of text and a variant, or a row that could not be read."""
    read = (item if isinstance(item, Reject) else [_item(item, shard, use)] for item in chunk)
    return outcome_of(read, shard, rows_in=len(chunk))


def is_flipped(entries: Iterable[Entry], texts: Sequence[str], lang: str, cutting: AlignSettings) -> bool:
    """Tell whether the second column of a lexicon is the text's language: whether more of its words are in the text."""
    cut = splitter(lang, cutting).words
    seen: set[str] = set()
    for text in texts:
        for word in cut(text):
            seen.update((text[word.start : word.stem_end].lower(), word.lemma))
    found = [(entry.word.lower() in seen, entry.translation.lower() in seen) for entry in entries]
    return sum(second - first for first, second in found) > 0


def _item(document: MonoDocument, shard: Shard, use: LexiconUse) -> SwitchItem:
    pair = Pair(
        id=document.id,
        src_lang=use.src_lang,
        tgt_lang=use.tgt_lang,
        src_text=document.text,
        tgt_text="",
        doc_id=document.doc_id,
    )
    frame = side_of(use.src_lang, document.text, shard)
    glossary = _glossary(use)
    offers = glossary.any_of(frame) if use.is_random else glossary.best_of(frame)
    other = TextSide(use.tgt_lang, "", (), running=False)
    return SwitchItem(f"{pair.id}/{use.src_lang}", pair, None, "src", frame, other, offers=offers)


@lru_cache(maxsize=2)
def _glossary(use: LexiconUse) -> Glossary:
    entries = read_lexicon(Path(use.path), max_words=use.max_words).entries
    if use.flipped:
        entries = tuple(entry._replace(word=entry.translation, translation=entry.word) for entry in entries)
    glossary = Glossary(
        entries=entries,
        src_lang=use.src_lang,
        tgt_lang=use.tgt_lang,
        cut=splitter(use.tgt_lang, use.cutting).words,
        max_words=use.max_words,
    )
    priors = None if use.is_random else chosen_priors(use.cutting, use.src_lang, use.tgt_lang)
    if priors is not None:
        glossary.trust = PriorTrust(priors, use.cutting.cutter(use.src_lang), use.cutting.cutter(use.tgt_lang))
    return glossary
