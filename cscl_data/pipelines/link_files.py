"""The files that decide word alignments beside the input: lexicon, priors, encoder, links made before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cscl_data.aligners.encoder_loading import encoder_path
from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.io.fingerprints import directory_inputs, file_input, links_inputs
from cscl_data.io.hub import HUB, cached_snapshot, snapshot
from cscl_data.io.sources import InputFacts
from cscl_data.pipelines.align_settings import AlignSettings
from cscl_data.pipelines.language_check import check_bitext

_ENCODER_FILES = ("*.json", "*.txt", "*.model", "*.safetensors", "*.bin")


def fit_spec(settings: AlignSettings, bitext: BitextSpec) -> BitextSpec:
    """Return how what `--fit-on` names is read: by the input's text columns, in a file that lacks them by language.

    The two sides of the input, where that is a Moses pair, are read as this pair: of a drawn input, all its rows.
    """
    if bitext.src_file is not None and settings.fit_on == (bitext.src_file, bitext.tgt_file):
        return replace(bitext, draw=None, limit=None)
    return BitextSpec(
        src_lang=bitext.src_lang,
        tgt_lang=bitext.tgt_lang,
        paths=settings.fit_on,
        src_column=bitext.src_column,
        tgt_column=bitext.tgt_column,
        else_by_code=True,
    )


def link_files(settings: AlignSettings, bitext: BitextSpec, *, dry: bool = False) -> list[InputFacts]:
    """Return the facts of every file beside the input that decides the links.

    Args:
        settings: how pairs are aligned.
        bitext: the job's input, for its languages.
        dry: fetch nothing; an encoder of the Hub that is not in the cache then has no files.

    Raises:
        InputError: a file is missing or cannot be read; what `--fit-on` names is clearly not in the languages.
        BackendError: the encoder cannot be fetched.
    """
    if settings.links is not None and settings.links_path is not None:
        return links_inputs(settings.links_path, given=settings.links)
    if settings.aligner == "lexicon":
        return [file_input(Path(str(settings.lexicon)), "lexicon")]
    if settings.aligner == "simalign":
        return encoder_files(str(settings.encoder), dry=dry)
    if settings.load_model is not None:
        return [file_input(Path(settings.load_model), "aligner")]
    found: list[InputFacts] = []
    if settings.lexicon is not None:
        found.append(file_input(Path(settings.lexicon), "lexicon"))
    if settings.fit_on:
        spec = fit_spec(settings, bitext)
        for path in spec.paths:  # none for the input's own sides, which are looked at as such
            check_bitext(replace(spec, paths=(path,)))
        found += [item._replace(role="fit") for item in Bitext(spec).facts()]
    if settings.priors not in ("auto", "none"):
        found.append(file_input(Path(settings.priors), "priors"))
    return found


def encoder_files(name: str, *, dry: bool = False) -> list[InputFacts]:
    """Return the facts of an encoder's files; none with `dry` for one of the Hub that is not in the cache.

    Raises:
        ConfigError: there is no such directory, or no encoder in it.
        InputError: a file cannot be read.
        BackendError: it cannot be fetched.
    """
    directory = encoder_directory(name, dry=dry)
    return [] if directory is None else directory_inputs(directory, "encoder", _ENCODER_FILES, given=name)


def encoder_directory(name: str, *, dry: bool = False) -> Path | None:
    """Return the directory of an encoder; one of the Hub is fetched once, or with `dry` only looked up in the cache.

    Raises:
        ConfigError: there is no such directory, or no encoder in it.
        BackendError: it cannot be fetched, and no copy is in the cache.
    """
    if not name.startswith(HUB):
        return Path(encoder_path(name))
    repository = name.removeprefix(HUB)
    if dry:
        return cached_snapshot(repository, flag="--encoder")
    directory = snapshot(repository, (*_ENCODER_FILES[:-1], "README.md"), flag="--encoder")
    if any(directory.glob("*.safetensors")):
        return directory
    return snapshot(repository, _ENCODER_FILES, flag="--encoder")
