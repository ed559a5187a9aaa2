"""The spaCy pipelines that a job is told to use: found, checked and named in `sig`, before spaCy itself is loaded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from configparser import ConfigParser
from configparser import Error as ConfigSyntaxError
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from cscl_data.errors import BackendError, ConfigError
from cscl_data.io.fingerprints import file_input
from cscl_data.io.sources import InputFacts
from cscl_data.pipelines.listen import Listener
from cscl_data.text.languages import language
from cscl_data.text.spacy_pipeline import FLAG, SpacyPipeline
from cscl_data.text.word_rules.marked import ANALYSED

ROLE = "pipeline"
_META, _CONFIG = "meta.json", "config.cfg"
_ANY_LANGUAGE = "xx"
_NAMING = frozenset({"ner", "beam_ner", "entity_ruler", "span_ruler"})
_TAGGING = frozenset({"morphologizer", "attribute_ruler"})
_LEARNED = frozenset({"tok2vec", "transformer", "curated_transformer", "tagger", *_TAGGING, "ner", "beam_ner"})
"""Components that need no other but the first three."""
_UNNEEDED = frozenset({"textcat", "textcat_multilabel", "spancat", "spancat_singlelabel", "entity_linker"})
_READ_BY_RULES = frozenset({"parser", "beam_parser", "lemmatizer", "trainable_lemmatizer", "senter", "sentencizer"})
"""Components that patterns of rulers and components of other makers may need."""


class Settled(NamedTuple):
    """A pipeline with the files that decide what it is."""

    pipeline: SpacyPipeline
    facts: tuple[InputFacts, ...]


@dataclass(frozen=True, slots=True)
class Pipelines:
    """The pipelines of a job, one a language, in the order of their languages."""

    settled: tuple[Settled, ...] = ()

    def of(self, *languages: str) -> Pipelines:
        """Return those that are for one of the languages."""
        primaries = {language(tag).primary for tag in languages}
        return Pipelines(tuple(one for one in self.settled if one.pipeline.lang in primaries))

    @property
    def has_tags(self) -> bool:
        """Whether one of them tells parts of speech."""
        return any(one.pipeline.tags for one in self.settled)

    @property
    def facts(self) -> list[InputFacts]:
        """The facts of all their files."""
        return [facts for one in self.settled for facts in one.facts]

    def sig_parts(self) -> dict[str, str]:
        """Return the part of `sig` that names them, if there are any."""
        named = "+".join(f"{one.pipeline.lang}={one.pipeline.sig}" for one in self.settled)
        return {"pipelines": named} if named else {}

    def settings(self) -> dict[str, Any]:
        """Return the setting that names them, if there are any."""
        named = {one.pipeline.lang: one.pipeline.sig for one in self.settled}
        return {"spacy_pipelines": named} if named else {}

    def opened(self, listener: Listener) -> tuple[SpacyPipeline, ...]:
        """Try them once, before workers load them, and say which they are.

        Raises:
            BackendError: spaCy is not installed, or one cannot be loaded or does not work.
        """
        for pipeline, _ in self.settled:
            pipeline.marks("A.")
            known = " and ".join(("names",) * pipeline.names + ("parts of speech",) * pipeline.tags)
            listener.note(f"spaCy pipeline of {pipeline.lang}: {pipeline.source} ({pipeline.sig}), {known}")
        return tuple(one.pipeline for one in self.settled)


def settled_pipelines(given: Sequence[str], languages: Sequence[str]) -> Pipelines:
    """Find and check the pipelines that the user named; nothing is loaded.

    Args:
        given: `LANG=NAME`, NAME an installed package or a directory, one a language.
        languages: tags of the languages whose words the job reads.

    Raises:
        ConfigError: one is malformed, of another language, for no language of the job, no pipeline, or of no use.
        BackendError: a package is not installed.
        InputError: a file cannot be read.
    """
    found: dict[str, Settled] = {}
    primaries = [language(tag).primary for tag in languages]
    for one in given:
        tag, equals, source = one.partition("=")
        if not (tag and equals and source):
            raise ConfigError(f"{FLAG} takes LANG=NAME, not {one!r}", hint=f"{FLAG} en=en_core_web_sm")
        primary = language(tag).primary
        if primary not in primaries:
            raise ConfigError(f"{FLAG} {one}: the words are {' and '.join(languages)}", hint="leave it out")
        if primary in found:
            raise ConfigError(f"{FLAG}: {primary} has two pipelines", hint="give one a language")
        found[primary] = _settled(f"{FLAG} {one}", primary, source)
    return Pipelines(tuple(found[primary] for primary in sorted(found)))


def _settled(where: str, primary: str, source: str) -> Settled:
    package = _package(source)
    root = Path(source) if package is None else package
    if package is None and not root.is_dir():
        if source.isidentifier():
            hint = f"python -m spacy download {source}"
            raise BackendError(f"{where}: neither an installed package nor a directory", hint=hint)
        raise ConfigError(f"{where}: no such directory", hint="give one that nlp.to_disk has written")
    meta = _meta(where, root)
    is_for = meta["lang"]
    if is_for not in (primary, _ANY_LANGUAGE):
        raise ConfigError(f"{where}: a pipeline for {is_for}, not for {primary}", hint=f"{FLAG} {is_for}={source}")
    data = root if package is None else root / f"{is_for}_{meta['name']}-{meta['version']}"
    factories = _factories(where, data)
    of_others = set(factories.values()) - _LEARNED - _UNNEEDED - _READ_BY_RULES - _NAMING
    names = bool(of_others) or not _NAMING.isdisjoint(factories.values())
    tags = (bool(of_others) or not _TAGGING.isdisjoint(factories.values())) and primary not in ANALYSED
    if not names and not tags:
        alone = "; parts of speech of Korean and Japanese come from their own analysers" if primary in ANALYSED else ""
        raise ConfigError(f"{where}: knows no names and no parts of speech ({', '.join(factories) or 'empty'}){alone}")
    by_rules = bool(of_others) or not {"entity_ruler", "span_ruler"}.isdisjoint(factories.values())
    dropped = _UNNEEDED if by_rules else _UNNEEDED | _READ_BY_RULES
    licence = meta.get("license") or None
    if package is None:
        given = source.rstrip("/")
        facts = tuple(_tree(root, given, licence))
        told = "".join(f"{item.path.removeprefix(given)}\0{item.sha256}\n" for item in facts)
        sig = sha256(told.encode()).hexdigest()[:8]
    else:
        facts = (file_input(root / _META, ROLE, given=f"{source}/{_META}", licence=licence),)
        sig = f"{source}-{meta['version']}"
    pipeline = SpacyPipeline(
        lang=primary,
        source=source,
        is_package=package is not None,
        sig=sig,
        excluded=tuple(name for name, factory in factories.items() if factory in dropped),
        names=names,
        tags=tags,
    )
    return Settled(pipeline, facts)


def _package(name: str) -> Path | None:
    """Return the folder of an installed package, None where there is none of that name."""
    if not name.isidentifier():
        return None
    try:
        version(name)
        spec = find_spec(name)
    except (PackageNotFoundError, ValueError):
        return None
    return Path(next(iter(spec.submodule_search_locations))) if spec and spec.submodule_search_locations else None


def _meta(where: str, root: Path) -> dict[str, Any]:
    try:
        meta = json.loads((root / _META).read_text(encoding="utf-8"))
        if all(isinstance(meta[key], str) for key in ("lang", "name", "version")):
            return dict(meta)
        cause = "lang, name or version is no text"
    except OSError:
        cause = "it is not there"
    except (ValueError, TypeError, KeyError) as error:
        cause = f"{type(error).__name__}: {error}"
    raise ConfigError(f"{where}: no spaCy pipeline, by its {_META}: {cause}", hint="give what nlp.to_disk has written")


def _factories(where: str, data: Path) -> dict[str, str]:
    """Return the components that run, in order, by name, and what each of them is."""
    config = ConfigParser(interpolation=None, delimiters=("=",))
    try:
        config.read_string((data / _CONFIG).read_text(encoding="utf-8"))
        names = json.loads(config["nlp"]["pipeline"])
        disabled = json.loads(config["nlp"].get("disabled", "[]"))
        return {name: json.loads(config[f"components.{name}"]["factory"]) for name in names if name not in disabled}
    except (OSError, ConfigSyntaxError, KeyError, ValueError, TypeError) as error:
        said = " ".join(str(error).split())
        raise ConfigError(f"{where}: no spaCy pipeline, by its {_CONFIG}: {type(error).__name__}: {said}") from error


def _tree(root: Path, given: str, licence: str | None) -> Iterator[InputFacts]:
    """Yield the facts of the files in a directory and in the folders in it, but for hidden ones."""
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        inside = path.relative_to(root)
        if not any(part.startswith((".", "__")) for part in inside.parts):
            yield file_input(path, ROLE, given=f"{given}/{inside.as_posix()}", licence=licence)
