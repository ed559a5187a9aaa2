"""Word aligners, by name. Each one's packages are imported when it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from cscl_data.aligners.base import Aligner, TokenizedPair
from cscl_data.errors import ConfigError, unknown_name

__all__ = ["ALIGNERS", "VERSIONS", "Aligner", "TokenizedPair", "load_aligner"]


def _statistical(options: dict[str, Any]) -> Aligner:
    from cscl_data.aligners.statistical import load

    return load(_path(options, "model", "--load-model"), rule=options["rule"], threads=options["threads"])


def _simalign(options: dict[str, Any]) -> Aligner:
    from cscl_data.aligners.simalign import load_simalign

    encoder = options["encoder"]
    if encoder is None:
        raise ConfigError("aligner 'simalign' needs an encoder", hint="give --encoder DIR or --encoder hub:ORG/NAME")
    names = ("layer", "matching", "compute_type", "device", "threads")
    return load_simalign(encoder, **{name: options[name] for name in names})


def _eflomal(options: dict[str, Any]) -> Aligner:
    from cscl_data.aligners.eflomal import EflomalAligner
    from cscl_data.aligners.eflomal_program import find_program

    return EflomalAligner(program=find_program(options["program"]), rule=options["rule"])


def _lexicon(options: dict[str, Any]) -> Aligner:
    from cscl_data.aligners.lexicon import load_lexicon_aligner

    return load_lexicon_aligner(_path(options, "lexicon", "--lexicon"), options["languages"])


def _pharaoh(options: dict[str, Any]) -> Aligner:
    from cscl_data.aligners.pharaoh import load_pharaoh

    return load_pharaoh(_path(options, "links", "--alignments"), one_indexed=options["one_indexed"])


ALIGNERS: dict[str, Callable[[dict[str, Any]], Aligner]] = {
    "eflomal": _eflomal,
    "lexicon": _lexicon,
    "pharaoh": _pharaoh,
    "simalign": _simalign,
    "statistical": _statistical,
}
"""Loader by name; it takes the options of `load_aligner`."""

VERSIONS = {"eflomal": 1, "lexicon": 3, "pharaoh": 2, "simalign": 2, "statistical": 6}
"""Version by name; it goes up whenever the links for the same input change."""


def load_aligner(
    name: str,
    *,
    model: str | Path | None = None,
    rule: str = "posterior",
    threads: int = 1,
    encoder: str | None = None,
    layer: int = 8,
    matching: str = "itermax",
    compute_type: str = "float32",
    device: str = "cpu",
    lexicon: str | Path | None = None,
    languages: tuple[str, ...] = (),
    links: str | Path | None = None,
    one_indexed: bool = False,
    program: str | None = None,
) -> Aligner:
    """Load an aligner; options of the other ones are ignored.

    Args:
        name: a key of `ALIGNERS`.
        model: file of a fitted model (statistical).
        rule: how directions are merged (statistical, eflomal), a name of `symmetrize.RULES`.
        threads: of this process (statistical, simalign); never changes the links.
        encoder: directory or `hub:ORG/NAME` of the encoder (simalign).
        layer: the encoder's layer, 0 for its embeddings (simalign).
        matching: a name of `matching.METHODS` (simalign).
        compute_type: a name of `encoder_loading.COMPUTE_TYPES` (simalign).
        device: where the encoder runs, or `auto` (simalign).
        lexicon: file of the bilingual lexicon (lexicon).
        languages: primary subtags of both sides (lexicon).
        links: Pharaoh file (pharaoh).
        one_indexed: whether that file counts tokens from 1.
        program: eflomal's program, a name on PATH or a path (eflomal).

    Raises:
        ConfigError: there is no such aligner, or an option it needs is missing or unknown.
        InputError: a file is missing or damaged.
        BackendError: a package, a program or the encoder is missing.
    """
    if name not in ALIGNERS:
        raise unknown_name("aligner", name, ALIGNERS)
    return ALIGNERS[name](
        {
            "model": model,
            "rule": rule,
            "threads": threads,
            "encoder": encoder,
            "layer": layer,
            "matching": matching,
            "compute_type": compute_type,
            "device": device,
            "lexicon": lexicon,
            "languages": languages,
            "links": links,
            "one_indexed": one_indexed,
            "program": program,
        }
    )


def _path(options: dict[str, Any], name: str, flag: str) -> Path:
    if options[name] is None:
        raise ConfigError(f"no file given for {flag}", hint=f"give {flag} FILE")
    return Path(options[name])
