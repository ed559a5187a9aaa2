"""Small spaCy pipelines made by hand: words have the tags of a table, names are those of a list."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import spacy

from cscl_data.pipelines.spacy_pipelines import settled_pipelines
from cscl_data.text.spacy_pipeline import SpacyPipeline

GERMAN = {
    "DET": "der die das den ein eine alle",
    "NOUN": "bank morgen meer mann tag fluss ente haus tür",
    "PROPN": "england wien",
    "VERB": "sah kennt",
    "AUX": "hat",
    "ADJ": "alte tiefe",
    "ADV": "auch",
    "ADP": "von in am",
    "PRON": "sie er",
    "CCONJ": "und",
}
GERMAN_NAMES = {
    "ORG": ("Bank von England",),
    "WORK": ("der alte mann und das meer",),
    "DATE": ("alle Tag",),
    "LOC": ("St. Gallen", "Apollo 11", "die Donau"),
}
SPANISH = {
    "DET": "el la un todos",
    "NOUN": "banco mañana viejo mar río puerta",
    "ADJ": "profundo",
    "ADV": "también",
    "VERB": "vio conoce",
    "ADP": "de por",
    "PRON": "ella",
    "CCONJ": "y",
}
SPANISH_NAMES = {"ORG": ("Banco de Inglaterra",), "WORK": ("el viejo y el mar",)}


def make_nlp(lang: str, tags: Mapping[str, str] = {}, names: Mapping[str, tuple[str, ...]] = {}) -> Any:
    """A pipeline with a component for the tags and one for the names, where there are any."""
    nlp = spacy.blank(lang)
    if tags:
        ruler = nlp.add_pipe("attribute_ruler")
        for tag, words in tags.items():
            ruler.add(patterns=[[{"LOWER": word}] for word in words.split()], attrs={"POS": tag})
    if names:
        patterns = [{"label": label, "pattern": name} for label, listed in names.items() for name in listed]
        nlp.add_pipe("entity_ruler").add_patterns(patterns)
    return nlp


def saved(here: Path, nlp: Any) -> Path:
    """The directory in which it lies saved."""
    nlp.to_disk(here / nlp.lang)
    return here / nlp.lang


def german(here: Path) -> Path:
    return saved(here, make_nlp("de", GERMAN, GERMAN_NAMES))


def spanish(here: Path) -> Path:
    return saved(here, make_nlp("es", SPANISH, SPANISH_NAMES))


def opened(lang: str, directory: Path) -> SpacyPipeline:
    """The pipeline of a language, as a job has it."""
    return settled_pipelines([f"{lang}={directory}"], [lang]).settled[0].pipeline


def installed(here: Path, nlp: Any, name: str = "tiny", version: str = "1.2.3") -> str:
    """Lay a pipeline out in a folder as pip does; return the package's name."""
    nlp.meta.update(name=name, version=version, license="CC0-1.0")
    package = f"{nlp.lang}_{name}"
    (here / package).mkdir()
    nlp.to_disk(here / package / f"{package}-{version}")
    (here / package / "meta.json").write_text(json.dumps(nlp.meta), encoding="utf-8")
    code = "from spacy.util import load_model_from_init_py\n\n\ndef load(**more):\n"
    (here / package / "__init__.py").write_text(f"{code}    return load_model_from_init_py(__file__, **more)\n")
    facts = here / f"{package}-{version}.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n", encoding="utf-8")
    return package
