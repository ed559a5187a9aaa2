"""`make-priors`: what a bitext teaches about single words, as a file that helps with small inputs."""

from __future__ import annotations

import os
from pathlib import Path

from cscl_data.aligners.priors import Priors, priors_of
from cscl_data.errors import ConfigError, OutputError
from cscl_data.io.bitext import BitextSpec
from cscl_data.pipelines.align_settings import AlignSettings, resolved_tokenizers
from cscl_data.pipelines.alignment import HowToAlign, corpus_of
from cscl_data.pipelines.language_check import check_bitext, settle
from cscl_data.pipelines.listen import SILENT, Listener
from cscl_data.text.languages import language


def make_priors(bitext: BitextSpec, settings: AlignSettings, out: Path, listener: Listener = SILENT) -> Priors:
    """Fit the statistical aligner on a bitext and write what it learned about single words.

    Raises:
        ConfigError: words are to be cut into learned pieces, which no other corpus has.
        InputError: the bitext cannot be read, or is clearly not in its languages.
        OutputError: the file cannot be written.
    """
    from cscl_data.aligners.statistical import FitSettings, fit

    if settings.learns_pieces:
        raise ConfigError(
            f"--segmenter {settings.segmenter}: every corpus has its own pieces, so priors over them match no other",
            hint="leave it out, or keep the whole model with align --save-model",
        )
    settle(bitext.src_lang, bitext.tgt_lang)
    check_bitext(bitext)
    how = HowToAlign(settings=settings, src_lang=bitext.src_lang, tgt_lang=bitext.tgt_lang)
    model = fit(
        corpus_of(how, bitext),
        FitSettings(threads=os.cpu_count() or 1),
        progress=lambda step, done: listener.note(f"aligner: {step} {done:.0%}"),
    )
    names = resolved_tokenizers(settings, bitext.src_lang, bitext.tgt_lang)
    priors = priors_of(
        model,
        src_lang=language(bitext.src_lang).primary,
        tgt_lang=language(bitext.tgt_lang).primary,
        tokenizers=(names["src_tokenizer"], names["tgt_tokenizer"]),
    )
    priors.write(out)
    return priors


def refuse_existing(out: Path) -> None:
    """Refuse to write where something stands, before the bitext is read.

    Raises:
        OutputError: something does.
    """
    if out.exists():
        raise OutputError(f"{out}: is there already", hint="--overwrite replaces it; or choose another --out")
