"""What one shard of `make-sentence-cs --translate-with` does: some sentences of documents are translated."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from cscl_data.generators.sentence import Place, SentenceCsConfig, Unplaced, places, unplaced, write
from cscl_data.pipelines.bead_documents import STAGE, BeadDocument, n_rows
from cscl_data.pipelines.bundle_settings import ModelSettings
from cscl_data.pipelines.sentence_shard import complete, counter, summarise
from cscl_data.pipelines.shard import ShardOutcome
from cscl_data.records import Bead, Reject, SentenceCsRow, Span, rng_for
from cscl_data.text.scripts import letters_by_script
from cscl_data.translators import (
    DEFAULT_CHECKS,
    BundleJob,
    BundleResult,
    LadderConfig,
    Translator,
    translate_bundles,
)
from cscl_data.translators.guards import hardly_in_script
from cscl_data.translators.pieces import translatable_spans

_BREAK = re.compile(r"\s*[\r\n]\s*")
_ECHO = LadderConfig(rungs=("separate", "split", "reject"))
_LADDER = replace(_ECHO, checks=(*DEFAULT_CHECKS, "copy"))
FEWEST_LETTERS, OWN_SCRIPT = 4, 0.1
"""A translation of so many letters has at least this share of them in the script of its language, words taken over
included and code and links left out. Our defaults: a sentence about programs may be full of names."""


class Failure(NamedTuple):
    """Why a sentence has no translation: a reject reason and a detail."""

    reason: str
    detail: str


Translated = Mapping[tuple[int, str], str | Failure]
"""The translation of a bead (from 0) into a language."""


def mix_translated(
    chunk: Sequence[BeadDocument | Reject],
    *,
    langs: tuple[str, ...],
    config: SentenceCsConfig,
    model: ModelSettings,
    sig: str,
    seed: int,
    tokenizer: str = "bytes",
) -> ShardOutcome:
    """Do one shard. An item is a row to be made of a document, or an input row that cannot be read.

    Only what the mode puts into a target language is translated. A sentence whose translation fails stays in the
    source language and is counted; a document of which nothing could be translated is a reject.

    Args:
        chunk: documents with sentences in the source language, and rows that could not be read.
        langs: the source language, then the target languages.
        config: how to switch.
        model: what translates.
        sig: signature of the rows.
        seed: the job's seed.
        tokenizer: what counts tokens for `max_tokens`.

    Raises:
        BackendError: the model failed.
        SchemaError: a sentence is missing in the rows (a bug).
    """
    count = counter(tokenizer) if config.max_tokens else len
    documents = [item for item in chunk if isinstance(item, BeadDocument)]
    rejects = [item for item in chunk if isinstance(item, Reject)]
    planned = [_planned(document, langs, config, seed) for document in documents]
    translated = _translated(documents, planned, _loaded(model), langs)
    items = len(rejects)
    made: list[SentenceCsRow] = []
    failures: Counter[str] = Counter()
    done = 0
    for document, wanted, found in zip(documents, planned, translated, strict=True):
        failed = [value for value in found.values() if isinstance(value, Failure)]
        failures.update(failure.reason for failure in failed)
        done += len(found) - len(failed)
        placed = wanted if isinstance(wanted, Unplaced) else _settled(wanted, found, langs[0], config.mode)
        if isinstance(placed, Unplaced):
            rejects.append(unplaced(document.doc_id, document.beads, placed))
            items += 1
            continue
        beads = _with_translations(document.beads, found, placed, langs[0])
        rows = complete(document, write(document.doc_id, beads, placed, config=config, count=count))
        made += rows
        items += len(rows)
    summary = summarise(made, count=count, max_tokens=config.max_tokens)
    summary |= {"translated": done, "not_translated": dict(sorted(failures.items()))}
    return ShardOutcome([row.row(sig) for row in made], rejects, sum(map(n_rows, chunk)), items, summary)


def _planned(
    document: BeadDocument, langs: tuple[str, ...], config: SentenceCsConfig, seed: int
) -> list[Place] | Unplaced:
    """Settle what stands where as if every sentence were translated.

    Code, links and numbers alone never are; `parallel` repeats them in the translation of the document.
    """
    able = [_is_able(document, i, langs[0]) for i in range(len(document.beads))]
    repeats = config.mode == "parallel" and any(able)
    beads = [
        Bead(id=bead.id, texts={**dict.fromkeys(langs if one or repeats else (), ""), **bead.texts})
        for bead, one in zip(document.beads, able, strict=True)
    ]
    return places(beads, langs, config, rng_for(seed, f"{document.doc_id}/0", STAGE), document.closed)


def _is_able(document: BeadDocument, i: int, lang: str) -> bool:
    """Tell whether a bead is to be translated: it holds words, and is no code and no table."""
    return i not in document.fixed and _core(document.beads[i].texts[lang], lang) is not None


def _core(text: str, lang: str) -> Span | None:
    """Return the part of a sentence that is sent: without the marks of lists and headings around it."""
    spans = translatable_spans(text, lang)
    if not spans or not letters_by_script([text]).total():
        return None
    return Span(spans[0].start, spans[-1].end)


def _translated(
    documents: Sequence[BeadDocument],
    planned: Sequence[list[Place] | Unplaced],
    translator: Translator,
    langs: tuple[str, ...],
) -> list[Translated]:
    """Translate what stands in a target language, all documents of the shard in one call for each of them."""
    found: list[dict[tuple[int, str], str | Failure]] = [{} for _ in documents]
    for target in langs[1:]:
        wanted = [
            (n, place.bead)
            for n, placed in enumerate(planned)
            if not isinstance(placed, Unplaced)
            for place in placed
            if place.lang == target and _is_able(documents[n], place.bead, langs[0])
        ]
        texts = [documents[n].beads[i].texts[langs[0]] for n, i in wanted]
        cores = [_core(text, langs[0]) or Span(0, len(text)) for text in texts]
        sent = [_BREAK.sub(" ", text[core.start : core.end]) for text, core in zip(texts, cores, strict=True)]
        jobs = [BundleJob(id="", texts=(one,)) for one in sent]
        config = _ECHO if translator.name == "echo" else _LADDER
        results = translate_bundles(jobs, translator, source=langs[0], target=target, config=config)
        for (n, i), text, core, result in zip(wanted, texts, cores, results, strict=True):
            made = _judged(result, target, translator.name)
            found[n][i, target] = made if isinstance(made, Failure) else text[: core.start] + made + text[core.end :]
    return list(found)


def _judged(result: BundleResult, target: str, translator: str) -> str | Failure:
    """Return the translation, or what speaks against it; an echo is taken as it is."""
    if result.texts is None:
        return Failure(result.reason, result.detail.removeprefix("field 1: "))
    [translation] = (found.strip() for found in result.texts)
    if translator != "echo" and hardly_in_script([translation], target, letters=FEWEST_LETTERS, share=OWN_SCRIPT):
        return Failure("guard_script", f"the translation is not in the script of {target}")
    return translation


def _settled(placed: Sequence[Place], found: Translated, source: str, mode: str) -> list[Place] | Unplaced:
    """Take out the places whose translation failed; a sentence that has no other one stays in the source language."""
    failures = [value for value in found.values() if isinstance(value, Failure)]
    if len(failures) == len(found):
        [(reason, _)] = Counter(failure.reason for failure in failures).most_common(1)
        detail = next(failure.detail for failure in failures if failure.reason == reason)
        return Unplaced(reason, f"none of {len(failures)} sentences was translated: {detail}")
    held = [place for place in placed if not isinstance(found.get((place.bead, place.lang)), Failure)]
    there = {place.bead for place in held}
    texts = {place.bead for place in held if place.role == "text"}
    settled: list[Place] = []
    for place in placed:
        if isinstance(found.get((place.bead, place.lang)), Failure):
            if place.bead not in there:
                settled.append(Place(place.bead, source))
        elif mode == "annotate" and place.bead not in texts:
            settled.append(Place(place.bead, place.lang))
        else:
            settled.append(place)
    return settled


def _with_translations(beads: Sequence[Bead], found: Translated, placed: Sequence[Place], source: str) -> list[Bead]:
    """Return the beads with what stands of them: translations, and what stands for one as it is."""
    texts: list[dict[str, str]] = [dict(bead.texts) for bead in beads]
    for place in placed:
        made = found.get((place.bead, place.lang), beads[place.bead].texts[source])
        if isinstance(made, str):
            texts[place.bead].setdefault(place.lang, made)
    return [Bead(id=bead.id, texts=own, before=bead.before) for bead, own in zip(beads, texts, strict=True)]


@lru_cache(maxsize=1)
def _loaded(model: ModelSettings) -> Translator:
    return model.load()
