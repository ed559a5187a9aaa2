"""The plan file of `make-curriculum`: what text there is, and what is made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cscl_data.errors import ConfigError, unknown_name
from cscl_data.generators import LLM, METHODS
from cscl_data.generators.amount import DEFAULT_RATIO, Amount
from cscl_data.generators.config import TokenCsConfig
from cscl_data.generators.sentence import SentenceCsConfig
from cscl_data.io.bitext import BitextSpec
from cscl_data.io.mono import MonoSpec
from cscl_data.io.optionfile import read_mapping
from cscl_data.pipelines.align_settings import AlignSettings
from cscl_data.pipelines.contradictions import (
    check_align_options,
    check_amount_options,
    check_dedup_options,
    check_method_options,
)
from cscl_data.pipelines.curriculum.arms import CONTROLS, PARTS, PHASES
from cscl_data.pipelines.curriculum.documents import NOT_GIVEN, Documents, read_documents
from cscl_data.pipelines.curriculum.documents import OPTIONS as DOCUMENT_OPTIONS
from cscl_data.pipelines.curriculum.filling import Section, options_of
from cscl_data.pipelines.sentence_options import check_sentence_options
from cscl_data.pipelines.text_filters import FilterSettings
from cscl_data.pipelines.token_counting import BYTES, parse_budget, tokenizer_file

_TOP = (
    *("src_lang", "tgt_lang", "seed", "budget", "budget_tokenizer", "controls"),
    *("bitext", "documents", "mono", "align", "token", "sentence"),
)
_MADE_HERE = ("links", "links_under", "one_indexed")
_OF_TOKEN = ("method", "matrix_lang", "n_variants")
_OF_TEXTS = ("source", "target", "src_column", "tgt_column", "text_column", "doc_column", "limit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Curriculum:
    """Everything that a plan file says.

    Attributes:
        src_lang: source language of all text.
        tgt_lang: target language.
        seed: seed of every random choice.
        budgets: tokens by phase.
        tokenizer: what counts them.
        controls: names of `arms.CONTROLS`.
        bitext: pairs for the token phase.
        documents: documents for the sentence phase.
        texts: monolingual text of both languages.
        filters: what is kept out of it.
        alignment: how pairs are aligned.
        switching: how words are switched.
        method: by which method of `make-token-cs`.
        matrix_lang: its matrix language.
        n_variants: its rows a pair.
        sentence: how sentences are switched.
    """

    src_lang: str
    tgt_lang: str
    seed: int
    budgets: dict[str, int]
    tokenizer: str
    controls: tuple[str, ...]
    bitext: BitextSpec
    documents: Documents
    texts: tuple[MonoSpec, MonoSpec]
    filters: FilterSettings
    alignment: AlignSettings
    switching: TokenCsConfig
    method: str
    matrix_lang: str
    n_variants: int
    sentence: SentenceCsConfig

    def budget_of(self, part: str) -> int:
        """Return the tokens that a part of `arms.PARTS` is to have."""
        return sum(self.budgets[phase] for phase in PARTS[part].phases)


def read_plan(path: Path, *, seed: int | None = None, limit: int | None = None) -> Curriculum:
    """Read a plan file and check all that can be told without the text.

    Args:
        path: the YAML file.
        seed: takes the place of the plan's.
        limit: takes the place of every limit on input rows.

    Raises:
        InputError: the file is missing or not YAML.
        ConfigError: its content has another form, or options contradict each other; all problems are named at once.
        BackendError: there is no tokenizer at the path.
    """
    problems: list[str] = []
    document = read_mapping(path)
    top = Section(document, str(path), _TOP, path.parent, problems)

    def section(name: str, known: list[str]) -> Section:
        return Section(document.get(name), f"{path}: {name}", known, path.parent, problems)

    langs = {name: top.take(name, str, None) for name in ("src_lang", "tgt_lang")}
    problems += [f"{path}: no {name!r}" for name, lang in langs.items() if lang is None]
    src_lang, tgt_lang = (str(lang) for lang in langs.values())
    pairs = section("bitext", options_of(BitextSpec, without=(*NOT_GIVEN, "window")))
    mono = section("mono", [*_OF_TEXTS, *options_of(FilterSettings)])
    align = section("align", options_of(AlignSettings, without=_MADE_HERE))
    token = section("token", [*_OF_TOKEN, *options_of(TokenCsConfig, Amount, without=("amount", "lexicon_policy"))])
    sentence = section("sentence", options_of(SentenceCsConfig))
    limits = {} if limit is None else {"limit": limit}
    problems += [f"{path}: no {name!r}" for name in ("bitext", "mono") if document.get(name) is None]

    bitext = pairs.fill(BitextSpec, src_lang=src_lang, tgt_lang=tgt_lang, **limits) if document.get("bitext") else None
    documents = None
    if document.get("documents") is not None:
        documents = read_documents(section("documents", DOCUMENT_OPTIONS), src_lang, tgt_lang, limit)
    texts = _texts(mono, src_lang, tgt_lang, limit) if document.get("mono") else None
    filters, alignment, sentences = (
        mono.fill(FilterSettings),
        align.fill(AlignSettings),
        sentence.fill(SentenceCsConfig),
    )
    amount = token.fill(Amount) or Amount()
    if "salad" in _controls(document.get("controls"), str(path), []) and not amount.is_asked:
        amount = replace(amount, ratio=DEFAULT_RATIO)  # which the control reaches, too
    switching = token.fill(TokenCsConfig, amount=amount)
    method = token.take("method", str, "align")
    budgets = _budgets(document.get("budget"), str(path), problems)
    controls = _controls(document.get("controls"), str(path), problems)
    tokenizer = str(top.take("budget_tokenizer", str, BYTES))
    tokenizer = tokenizer if tokenizer == BYTES else top.file(tokenizer)
    seeds = top.take("seed", int, 0)
    variants, matrix_lang = token.take("n_variants", int, 1), token.take("matrix_lang", str, "src")
    if method not in METHODS or not METHODS[method].pairs or method in (LLM, "salad"):
        known = [name for name, one in METHODS.items() if one.pairs and name != "salad"]
        problems.append(f"{path}: token: {unknown_name('method', str(method), known).message}")
    if problems:
        raise ConfigError("\n".join(problems))
    if not (bitext and texts and filters and alignment and switching and sentences and budgets):
        raise ConfigError(f"{path}: cannot be read")
    checks: list[Callable[[], None]] = [
        lambda: check_amount_options(token.given),
        lambda: check_method_options(method, switching, alignment, token.given, of_llm=()),
        lambda: check_align_options(
            alignment, align.given, languages=(src_lang, tgt_lang), links_flag="--alignments", cuts_words=True
        ),
        lambda: check_sentence_options(sentences.mode, None, sentence.given),
        lambda: check_dedup_options(filters.dedup, mono.given),
    ]
    for check, name in zip(checks, ("token", "token", "align", "sentence", "mono"), strict=True):
        try:
            check()
        except ConfigError as error:
            problems.append(f"{path}: {name}: {error.message}")
    if problems:
        raise ConfigError("\n".join(problems))
    tokenizer_file(tokenizer)
    return Curriculum(
        src_lang=src_lang,
        tgt_lang=tgt_lang,
        seed=seeds if seed is None else seed,
        budgets=budgets,
        tokenizer=tokenizer,
        controls=controls,
        bitext=bitext,
        documents=documents or bitext,
        texts=texts,
        filters=filters,
        alignment=alignment,
        switching=switching,
        method=method,
        matrix_lang=matrix_lang,
        n_variants=variants,
        sentence=sentences,
    )


def _texts(mono: Section, src_lang: str, tgt_lang: str, limit: int | None) -> tuple[MonoSpec, MonoSpec] | None:
    """Return where the text of each language lies."""
    both = mono.take("text_column", str, None), mono.take("doc_column", str, None), mono.take("limit", int, None)
    found = []
    for key, column, lang in (("source", "src_column", src_lang), ("target", "tgt_column", tgt_lang)):
        path = mono.take(key, str, None)
        if path is None:
            mono.note(f"no {key!r}")
            continue
        text_column = mono.take(column, str, None) or both[0]
        found.append(
            MonoSpec(path=path, lang=lang, text_column=text_column, doc_column=both[1], limit=limit or both[2])
        )
    return (found[0], found[1]) if len(found) == 2 else None


def _budgets(value: Any, path: str, problems: list[str]) -> dict[str, int]:
    """Read `5M`, or `{token: 5M, sentence: 5M, mono: 10M}`."""
    if value is None:
        problems.append(f"{path}: no 'budget'")
        return {}
    by_phase = value if isinstance(value, dict) else dict.fromkeys(PHASES, value)
    section = Section(by_phase, f"{path}: budget", PHASES, Path(), problems)
    budgets = {}
    for phase in PHASES:
        text = section.take(phase, str, None)
        try:
            budgets[phase] = parse_budget("" if text is None else text)
        except ConfigError as error:
            problems.append(f"{path}: {phase}: {error.message}")
    return budgets


def _controls(value: Any, path: str, problems: list[str]) -> tuple[str, ...]:
    """Read a list of controls, or `all`."""
    if value == "all":
        return CONTROLS
    listed = value if isinstance(value, list) else [] if value is None else [value]
    for name in listed:
        if name not in CONTROLS:
            error = unknown_name("control", str(name), (*CONTROLS, "all"))
            problems.append(f"{path}: controls: {error.message}" + (f" ({error.hint})" if error.hint else ""))
    return tuple(name for name in CONTROLS if name in listed)
