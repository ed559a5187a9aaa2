"""What models are asked about: sentence pairs, texts, prompts, and queries with candidates, each read once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cscl_data.errors import ConfigError, InputError
from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.io.mono import MonoSpec, MonoText
from cscl_data.io.recordfile import Record, Records, RecordSpec
from cscl_data.records import Pair
from cscl_data.text.languages import language

MASK = "<mask>"
"""Where a candidate goes, as in the data of qi-etal-2023-cross."""
_LANG_COLUMNS = ("lang", "prompt_lang")


class Pairs(NamedTuple):
    """Sentences and their translations in the same order; no text comes twice on its side.

    Attributes:
        langs: source and target language.
        source: sentences.
        target: their translations.
        notes: what was left out.
    """

    langs: tuple[str, str]
    source: list[str]
    target: list[str]
    notes: tuple[str, ...]


class Prompt(NamedTuple):
    """A prompt, and the language its answer is wanted in."""

    id: str
    text: str
    lang: str


class Query(NamedTuple):
    """A question in several languages: by language the sentences that its candidates make, and which one is right.

    `answer` counts from 0; None where nothing says.
    """

    id: str
    sentences: dict[str, tuple[str, ...]]
    answer: int | None


def read_pairs(spec: BitextSpec) -> Pairs:
    """Read a bitext for retrieval; of pairs that share a text on one side the first stays, for none can be found.

    Raises:
        InputError: it cannot be read, or holds fewer than two pairs.
    """
    seen: tuple[set[str], set[str]] = (set(), set())
    source: list[str] = []
    target: list[str] = []
    unreadable = repeated = 0
    for item in Bitext(spec):
        if not isinstance(item, Pair) or not item.src_text.strip() or not item.tgt_text.strip():
            unreadable += 1
        elif item.src_text in seen[0] or item.tgt_text in seen[1]:
            repeated += 1
        else:
            for side, text, kept in zip(seen, (item.src_text, item.tgt_text), (source, target), strict=True):
                side.add(text)
                kept.append(text)
    place = spec.paths[0] if spec.paths else str(spec.src_file)
    if len(source) < 2:
        raise InputError(f"{place}: {len(source)} pairs that differ; retrieval needs two at least")
    langs = language(spec.src_lang).tag, language(spec.tgt_lang).tag
    return Pairs(langs, source, target, tuple(_left_out(place, unreadable, repeated, len(source))))


def read_texts(spec: MonoSpec) -> tuple[list[str], list[str]]:
    """Read the documents of a monolingual text; return them, and what was left out.

    Raises:
        InputError: it cannot be read, or holds none.
    """
    items = list(MonoText(spec))
    texts = [item.text for item in items if isinstance(item, tuple)]
    if not texts:
        raise InputError(f"{spec.path}: no text in it")
    return texts, list(_left_out(spec.path, len(items) - len(texts), 0, len(texts)))


def read_prompts(path: str, limit: int | None) -> tuple[list[Prompt], list[str]]:
    """Read prompts: records with `prompt`, and `lang` or `prompt_lang`; return them, and what was left out.

    Raises:
        InputError: it cannot be read, or none of its records is of this form.
    """
    prompts: list[Prompt] = []
    bad = 0
    for item in Records(RecordSpec(paths=(path,), limit=limit)):
        values = item.values if isinstance(item, Record) else {}
        text, lang = values.get("prompt"), next((values[name] for name in _LANG_COLUMNS if values.get(name)), None)
        if isinstance(text, str) and text.strip() and isinstance(lang, str):
            prompts.append(Prompt(str(item.id), text, language(lang).tag))
        else:
            bad += 1
    if not prompts:
        raise InputError(f"{path}: no prompts", hint='write records {"prompt": "...", "lang": "ko"}')
    return prompts, list(_left_out(path, bad, 0, len(prompts)))


def read_queries(path: str, limit: int | None) -> list[Query]:
    """Read queries: `prompt` by language with `<mask>` where a candidate goes, `candidates` by language, `answer`.

    Raises:
        InputError: it cannot be read, or a record is not of this form; the message says which and why.
    """
    found = []
    for item in Records(RecordSpec(paths=(path,), limit=limit)):
        problem = "cannot be read" if not isinstance(item, Record) else _problem(item.values)
        if problem or not isinstance(item, Record):
            raise InputError(
                f"{path}: {item.id}: {problem}",
                hint='{"prompt": {"en": "The capital of Japan is <mask>.", "ko": ...}, '
                '"candidates": {"en": ["Tokyo", "Kyoto"], "ko": ...}, "answer": 0}',
            )
        values = item.values
        sentences = {
            language(lang).tag: tuple(prompt.replace(MASK, one) for one in values["candidates"][lang])
            for lang, prompt in values["prompt"].items()
        }
        found.append(Query(item.id, sentences, values.get("answer")))
    if not found:
        raise InputError(f"{path}: no queries in it")
    if len({tuple(sorted(query.sentences)) for query in found}) > 1:
        raise InputError(f"{path}: its queries are not all in the same languages")
    return found


def parse_texts(given: Sequence[str], column: str | None, limit: int | None) -> list[MonoSpec]:
    """Read every `--text LANG=PATH`.

    Raises:
        ConfigError: one has another form, or a malformed language.
    """
    specs = []
    for item in given:
        lang, equals, path = item.partition("=")
        if not equals or not lang or not path:
            raise ConfigError(f"--text {item!r}: expected LANG=PATH", hint="--text ko=dev.ko.txt")
        specs.append(MonoSpec(path=path, lang=language(lang).tag, text_column=column, limit=limit))
    return specs


def _problem(values: Mapping[str, Any]) -> str:
    prompts, candidates, answer = (values.get(key) for key in ("prompt", "candidates", "answer"))
    if not isinstance(prompts, dict) or not isinstance(candidates, dict) or len(prompts) < 2:
        return "`prompt` and `candidates` are not by language, two at least"
    if prompts.keys() != candidates.keys():
        return "`prompt` and `candidates` are not in the same languages"
    if not all(isinstance(prompt, str) and MASK in prompt for prompt in prompts.values()):
        return f"a prompt has no {MASK}"
    if not all(
        isinstance(those, list) and all(isinstance(one, str) and one for one in those) for those in candidates.values()
    ):
        return "`candidates` are not lists of texts"
    sizes = {len(those) for those in candidates.values()}
    if len(sizes) > 1 or min(sizes) < 2:
        return "the languages have different numbers of candidates, or fewer than two"
    if answer is not None and not (isinstance(answer, int) and 0 <= answer < min(sizes)):
        return f"`answer` {answer!r} is not the number of a candidate, counted from 0"
    return ""


def _left_out(place: str, unreadable: int, repeated: int, kept: int) -> list[str]:
    notes = []
    if unreadable:
        notes.append(f"{place}: {unreadable:,} rows cannot be used and are left out; {kept:,} are measured")
    if repeated:
        notes.append(
            f"{place}: {repeated:,} pairs share a text with one before and are left out of {kept + repeated:,}"
        )
    return notes
