"""spaCy pipelines are found, checked and named in `sig` before spaCy is loaded."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import spacy

from cscl_data.errors import BackendError, ConfigError, CsclError
from cscl_data.pipelines.listen import SILENT
from cscl_data.pipelines.spacy_pipelines import settled_pipelines
from tests.spacy_pipelines import german, installed, make_nlp, saved, spanish

NAMES = {"PER": ("Anna",)}


def test_a_directory_is_named_by_what_is_in_it(tmp_path: Path) -> None:
    here = german(tmp_path)
    found = settled_pipelines([f"de={here}"], ["de-AT", "ko"])
    [sig] = found.sig_parts().values()
    assert sig.startswith("de=")
    assert len(sig) == len("de=") + 8
    assert found.settings() == {"spacy_pipelines": {"de": sig[3:]}}
    assert {facts.role for facts in found.facts} == {"pipeline"}
    assert f"{here}/entity_ruler/patterns.jsonl" in {facts.path for facts in found.facts}

    moved = tmp_path / "elsewhere"
    shutil.copytree(here, moved)
    (moved / ".cache").write_text("hidden")
    assert settled_pipelines([f"de={moved}/"], ["de"]).sig_parts() == {"pipelines": sig}
    (moved / "entity_ruler" / "patterns.jsonl").write_text("")
    assert settled_pipelines([f"de={moved}"], ["de"]).sig_parts() != {"pipelines": sig}


def test_a_package_is_named_by_name_and_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    name = installed(tmp_path, make_nlp("de", names=NAMES), name="tiny_named")
    found = settled_pipelines([f"de={name}"], ["de"])
    assert found.sig_parts() == {"pipelines": "de=de_tiny_named-1.2.3"}
    assert [(facts.path, facts.licence) for facts in found.facts] == [("de_tiny_named/meta.json", "CC0-1.0")]
    assert len(found.opened(SILENT)[0].marks("Anna").names) == 1


def test_pipelines_stand_in_the_order_of_their_languages(tmp_path: Path) -> None:
    given = [f"es={spanish(tmp_path)}", f"de={german(tmp_path)}"]
    found = settled_pipelines(given, ["es", "de", "en"])
    assert [one.pipeline.lang for one in found.settled] == ["de", "es"]
    assert [one.pipeline.lang for one in found.of("es", "en").settled] == ["es"]
    assert settled_pipelines([], ["es"]).sig_parts() == settled_pipelines([], ["es"]).settings() == {}


def test_a_pipeline_for_any_language_serves_all(tmp_path: Path) -> None:
    here = saved(tmp_path, make_nlp("xx", names=NAMES))
    found = settled_pipelines([f"de={here}", f"ko={here}"], ["de", "ko"])
    assert [(one.pipeline.names, one.pipeline.tags) for one in found.settled] == [(True, False)] * 2


@pytest.mark.parametrize(
    ("components", "excluded"),
    [
        (("tagger", "attribute_ruler", "ner", "parser", "lemmatizer", "textcat"), {"parser", "lemmatizer", "textcat"}),
        # rules may read what parser and lemmatizer say
        (("parser", "lemmatizer", "entity_ruler", "textcat"), {"textcat"}),
    ],
)
def test_components_that_nothing_needs_are_not_loaded(
    tmp_path: Path, components: tuple[str, ...], excluded: set[str]
) -> None:
    nlp = spacy.blank("de")
    for component in components:
        nlp.add_pipe(component, name=f"my_{component}")
    nlp.config["nlp"]["disabled"] = []
    here = saved_config(tmp_path, nlp)
    [one] = settled_pipelines([f"de={here}"], ["de"]).settled
    assert {name.removeprefix("my_") for name in one.pipeline.excluded} == excluded


def saved_config(here: Path, nlp: spacy.Language) -> Path:
    """Write what says of a pipeline that was not trained what it is."""
    nlp.config.to_disk(here / "config.cfg")
    (here / "meta.json").write_text(json.dumps(nlp.meta), encoding="utf-8")
    return here


def test_components_that_are_switched_off_count_for_nothing(tmp_path: Path) -> None:
    nlp = make_nlp("de", {"NOUN": "haus"}, NAMES)
    nlp.disable_pipe("attribute_ruler")
    [one] = settled_pipelines([f"de={saved(tmp_path, nlp)}"], ["de"]).settled
    assert (one.pipeline.names, one.pipeline.tags) == (True, False)


def damaged(here: Path) -> str:
    nlp = make_nlp("de", names=NAMES)
    directory = saved(here, nlp)
    (directory / "config.cfg").write_text("[nlp]\npipeline = [\n")
    return f"de={directory}"


def without_meta(here: Path) -> str:
    (here / "meta.json").write_text('{"lang": "de"}')
    return f"de={here}"


REFUSED: dict[str, tuple[Callable[[Path], list[str]], type[CsclError], str]] = {
    "no language": (lambda _: ["en_core_web_sm"], ConfigError, "takes LANG=NAME, not 'en_core_web_sm'"),
    "no name": (lambda _: ["de="], ConfigError, "takes LANG=NAME, not 'de='"),
    "another language than the words": (lambda _: ["fr=fr_core_news_sm"], ConfigError, "the words are de and ko"),
    "a pipeline of another language": (
        lambda here: [f"de={spanish(here)}"],
        ConfigError,
        "a pipeline for es, not for de",
    ),
    "two of a language": (
        lambda here: [f"de={german(here)}", f"de-AT={german(here)}"],
        ConfigError,
        "de has two pipelines",
    ),
    "not installed": (lambda _: ["de=de_core_news_xx"], BackendError, "neither an installed package nor a directory"),
    "no directory": (lambda here: [f"de={here}/none"], ConfigError, "no such directory"),
    "a package that is no pipeline": (lambda _: ["de=numpy"], ConfigError, "no spaCy pipeline, by its meta.json"),
    "a directory that is none": (lambda here: [without_meta(here)], ConfigError, "by its meta.json: KeyError: 'name'"),
    "a damaged one": (lambda here: [damaged(here)], ConfigError, "no spaCy pipeline, by its config.cfg"),
    "one that knows nothing": (
        lambda here: [f"de={saved(here, spacy.blank('de'))}"],
        ConfigError,
        "knows no names and no parts of speech (empty)",
    ),
    "tags of Korean": (
        lambda here: [f"ko={saved(here, make_nlp('xx', {'NOUN': '집'}))}"],
        ConfigError,
        "come from their own analysers",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_pipeline_for_the_job_is_refused(name: str, tmp_path: Path) -> None:
    given, kind, message = REFUSED[name]
    with pytest.raises(kind) as caught:
        settled_pipelines(given(tmp_path), ["de", "ko"])
    assert message in caught.value.message
    assert type(caught.value) is kind


def test_a_missing_package_names_the_command_that_fetches_it() -> None:
    with pytest.raises(BackendError) as caught:
        settled_pipelines(["de=de_core_news_xx"], ["de"])
    assert caught.value.hint == "python -m spacy download de_core_news_xx"


def test_one_that_spacy_cannot_load_says_why(tmp_path: Path) -> None:
    here = german(tmp_path)
    config = (here / "config.cfg").read_text(encoding="utf-8")
    (here / "config.cfg").write_text(
        config.replace('factory = "entity_ruler"', 'factory = "unheard_of"'), encoding="utf-8"
    )
    found = settled_pipelines([f"de={here}"], ["de"])
    with pytest.raises(BackendError, match=r"cannot load it: .*unheard_of"):
        found.opened(SILENT)


def test_one_that_fails_on_text_says_why(tmp_path: Path) -> None:
    nlp = make_nlp("de", names=NAMES)
    nlp.get_pipe("entity_ruler").add_patterns([{"label": "PER", "pattern": [{"DEP": "nsubj"}]}])
    found = settled_pipelines([f"de={saved(tmp_path, nlp)}"], ["de"])
    with pytest.raises(BackendError, match=r"fails on a text: .*DEP"):
        found.opened(SILENT)
