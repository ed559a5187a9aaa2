"""`demo`: every part of the toolkit, on the shipped example or on a bitext of the user's own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from cscl_data.errors import ConfigError, OutputError
from cscl_data.generators.config import TokenCsConfig
from cscl_data.generators.sentence import SentenceCsConfig
from cscl_data.io.atomic import write_text
from cscl_data.io.bitext import BitextSpec
from cscl_data.io.mono import MonoSpec
from cscl_data.io.recordfile import RecordSpec
from cscl_data.pipelines.align_settings import AlignSettings
from cscl_data.pipelines.bundle_settings import BundleSettings, ModelSettings, TranslateBundleJob
from cscl_data.pipelines.inspect import inspect_directory
from cscl_data.pipelines.inspection.page import render_page
from cscl_data.pipelines.job import RunOptions
from cscl_data.pipelines.listen import SILENT, Listener
from cscl_data.pipelines.mono import MonoJob, run_mono
from cscl_data.pipelines.plan import Basics
from cscl_data.pipelines.preferences.job import run_preferences
from cscl_data.pipelines.preferences.settings import Places, PreferenceJob, PreferenceSettings
from cscl_data.pipelines.sentence_cs import SentenceCsJob, run_sentence_cs
from cscl_data.pipelines.token_cs import TokenCsJob, run_token_cs
from cscl_data.pipelines.translate_bundle import run_translate_bundle

LANGUAGES = ("ko", "ja", "id")
"""Target languages of the shipped example; the model is trained on the first one that was made."""
RECORD_FIELDS = ("question", "context", "answers.*.text")
STAGE_TOKENS = {"token": 40_000, "sentence": 40_000, "mono": 40_000}
"""Tokens a stage of the demo's training run (our default: about a minute on two cores)."""
_MARK = ".cscl-demo"
_FALLBACK = "indicator,smaller,separate,split,keep-source"
_KINDS = {
    "token": "Token-level code-switching",
    "sentence": "Sentence-level code-switching",
    "mono": "Monolingual text",
    "bundle": "Translated records",
    "preferences": "Preferences between answers in two languages",
    "run": "Training run",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoConfig:
    """What the demo runs on.

    Attributes:
        out: where everything goes.
        bitext: the user's own file, or None for the shipped example.
        src_lang: its source language.
        tgt_lang: its target language.
        doc_column: its document column, if it has one.
        overwrite: start anew in `out`.
    """

    out: Path
    bitext: str | None = None
    src_lang: str = "en"
    tgt_lang: str | None = None
    doc_column: str | None = None
    overwrite: bool = False


Teller = Callable[[str, str], None]
"""Told of each step: its title, and the command that does the same."""


def run_demo(config: DemoConfig, tell: Teller, listener: Listener = SILENT) -> dict[str, Path]:
    """Run all steps and write the page that shows them.

    Returns:
        What was made, by name; `page` is the HTML page.

    Raises:
        ConfigError: a bitext of one's own without its target language, or options of one without it.
        OutputError: `out` holds something else.
    """
    if config.bitext is not None and config.tgt_lang is None:
        raise ConfigError("--bitext needs --tgt-lang", hint="for example: --bitext corpus.tsv --tgt-lang ko")
    if config.bitext is None and (config.doc_column is not None or config.src_lang != "en"):
        raise ConfigError("--src-lang and --doc-column are for --bitext", hint="the example is English, with documents")
    _clear(config)
    made: dict[str, Path] = {}
    for tgt_lang in LANGUAGES if config.tgt_lang is None else (config.tgt_lang,):
        made |= _one_language(config, tgt_lang, tell, listener)
    first = LANGUAGES[0] if config.tgt_lang is None else config.tgt_lang
    stages = [(name, made[f"{first} {name}"]) for name in ("token", "sentence", "mono") if f"{first} {name}" in made]
    made["run"] = _train(config, stages, tell)
    shown = [inspect_directory(path) for path in made.values()]
    headings = [f"{_KINDS[name.split()[-1]]}, {name.split()[0]}" if " " in name else _KINDS[name] for name in made]
    page = render_page("cscl-data demo", shown, headings=headings)
    made["page"] = config.out / "index.html"
    paths = " ".join(str(path) for name, path in made.items() if name != "page")
    tell("One page that shows it all", f"cscl-data inspect {paths} --html {made['page']}")
    write_text(made["page"], page)
    return made


def example(name: str) -> Path:
    """Return the path of a shipped example file."""
    return Path(str(files("cscl_data.assets"))) / "example" / name


def _one_language(config: DemoConfig, tgt_lang: str, tell: Teller, listener: Listener) -> dict[str, Path]:
    """Make token-level, sentence-level and monolingual text, and translated records, for one language pair."""
    home = config.out / tgt_lang
    path = config.bitext or str(example(f"bitext.en-{tgt_lang}.jsonl"))
    doc_column = config.doc_column or (None if config.bitext else "doc")
    bitext = BitextSpec(src_lang=config.src_lang, tgt_lang=tgt_lang, paths=(path,), doc_column=doc_column)
    options = RunOptions(overwrite=config.overwrite)
    common = f"--src-lang {config.src_lang} --tgt-lang {tgt_lang}"
    made: dict[str, Path] = {}

    made[f"{tgt_lang} token"] = home / "token"
    tell(
        f"Token-level code-switching, {tgt_lang}",
        f"cscl-data make-token-cs {path} {common} --matrix-lang both --out {home / 'token'}",
    )
    token = TokenCsJob(
        bitext=bitext,
        switching=TokenCsConfig(),
        alignment=AlignSettings(),
        matrix_lang="both",
        basics=Basics(out=home / "token"),
    )
    run_token_cs(token, options, listener)

    if doc_column is not None:
        made[f"{tgt_lang} sentence"] = home / "sentence"
        tell(
            f"Sentence-level code-switching, {tgt_lang}",
            f"cscl-data make-sentence-cs {path} {common} --doc-column {doc_column} --out {home / 'sentence'}",
        )
        sentence = SentenceCsJob(bitexts=(bitext,), switching=SentenceCsConfig(), basics=Basics(out=home / "sentence"))
        run_sentence_cs(sentence, options, listener)

    made[f"{tgt_lang} mono"] = home / "mono"
    tell(f"Monolingual text, {tgt_lang}", f"cscl-data make-mono {path} {path} {common} --out {home / 'mono'}")
    mono = MonoJob(
        source=MonoSpec(path=path, lang=config.src_lang, doc_column=doc_column),
        target=MonoSpec(path=path, lang=tgt_lang, doc_column=doc_column),
        budget=None,
        tokenizer="bytes",
        basics=Basics(out=home / "mono"),
    )
    run_mono(mono, options, listener)

    if config.src_lang == "en" and tgt_lang in LANGUAGES:
        made[f"{tgt_lang} bundle"] = home / "bundle"
        _translate(home / "bundle", tgt_lang, options, tell, listener)
        made[f"{tgt_lang} preferences"] = home / "preferences"
        _prefer(home / "preferences", tgt_lang, options, tell, listener)
    return made


def _translate(out: Path, tgt_lang: str, options: RunOptions, tell: Teller, listener: Listener) -> None:
    path = str(example(f"records.en-{tgt_lang}.jsonl"))
    fields = ",".join(RECORD_FIELDS)
    tell(
        f"Records translated as bundles, {tgt_lang}",
        f"cscl-data translate-bundle {path} --fields '{fields}' --src-lang en --tgt-lang {tgt_lang} "
        f"--fallback {_FALLBACK} --out {out}",
    )
    job = TranslateBundleJob(
        source=RecordSpec(paths=(path,)),
        bundles=BundleSettings(
            fields=RECORD_FIELDS,
            src_lang="en",
            tgt_lang=tgt_lang,
            fallback=_FALLBACK,
        ),
        model=ModelSettings(),
        basics=Basics(out=out),
    )
    run_translate_bundle(job, options, listener)


def _prefer(out: Path, tgt_lang: str, options: RunOptions, tell: Teller, listener: Listener) -> None:
    path = str(example(f"records.en-{tgt_lang}.jsonl"))
    places = Places(prompt=("context", "question"), response="answers.0.text")
    tell(
        f"Preferences between answers in two languages, {tgt_lang}",
        f"cscl-data make-preferences {path} --prompt-field context,question --response-field answers.0.text "
        f"--src-lang en --tgt-lang {tgt_lang} --max-reject-rate 1 --out {out}",
    )
    job = PreferenceJob(
        source=RecordSpec(paths=(path,)),
        places=places,
        settings=PreferenceSettings(),
        bundles=BundleSettings(fields=places.source, src_lang="en", tgt_lang=tgt_lang),
        model=ModelSettings(),
        alignment=AlignSettings(),
        basics=Basics(out=out),
    )
    run_preferences(job, replace(options, max_reject_rate=1.0), listener)


def _train(config: DemoConfig, stages: list[tuple[str, Path]], tell: Teller) -> Path:
    from cscl_data.train.config import TrainConfig
    from cscl_data.train.run import run_train
    from cscl_data.train.stages import parse_stage

    out = config.out / "run"
    asked = [f"{name}={path}@{STAGE_TOKENS[name]}" for name, path in stages]
    flags = " ".join(f"--stage {stage}" for stage in asked)
    tell("A small language model through the curriculum", f"cscl-data train --model tiny {flags} --out {out}")
    parsed = tuple(parse_stage(stage) for stage in asked)
    run_train(TrainConfig(model="tiny", stages=parsed, out=out, overwrite=config.overwrite))
    return out


def _clear(config: DemoConfig) -> None:
    """With `overwrite`, remove what an earlier demo made; anything else in the way is refused."""
    out = config.out
    if out.exists() and any(out.iterdir()) and not (out / _MARK).exists():
        raise OutputError(f"{out}: holds files that are not from the demo", hint="choose another --out")
    write_text(out / _MARK, "made by cscl-data demo\n")
    names = (*LANGUAGES, *([config.tgt_lang] if config.tgt_lang else []), "run", "index.html")
    ours = {out / name for name in names}
    if config.overwrite:
        for path in ours & set(out.iterdir()):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
