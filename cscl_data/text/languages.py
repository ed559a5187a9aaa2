"""The languages: what each is called by whom, how it is written, and where its sentences end."""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from importlib.resources import files

from cscl_data.errors import ConfigError

_UNSPACED = frozenset({"Jpan", "Hans", "Hant", "Hani", "Thai", "Laoo", "Khmr", "Mymr", "Tibt", "Hira", "Kana"})
_CASED = frozenset({"Latn", "Cyrl", "Grek", "Armn"})
_CJK_ENDS = "。．！？｡"
_ENDS = {
    "Arab": "؟۔",
    "Armn": "։՜՞",
    "Beng": "।॥",
    "Deva": "।॥",
    "Ethi": "።፧፨",
    "Grek": ";\u037e",
    "Gujr": "।॥",
    "Guru": "।॥",
    "Hang": _CJK_ENDS,
    "Hans": _CJK_ENDS,
    "Hant": _CJK_ENDS,
    "Jpan": _CJK_ENDS,
    "Khmr": "។៕",
    "Knda": "।॥",
    "Mlym": "।॥",
    "Mymr": "။",
    "Olck": "᱾᱿",
    "Orya": "।॥",
    "Taml": "।॥",
    "Telu": "।॥",
    "Tfng": "።",
    "Tibt": "།༎",
}
_ALIASES = {
    "zh": "zh-Hans",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
    "zh-tw": "zh-Hant",
    "zh-hk": "zh-Hant",
    "zh-mo": "zh-Hant",
    "yue-hant": "yue",
    "no": "nb",
    "nor": "nb",
    "fil": "tl",
    "iw": "he",
    "in": "id",
    "msa": "ms",
    "ara": "ar",
    "zho": "zh-Hans",
    "cmn": "zh-Hans",
    "fas": "fa",
    "kmr": "ku",
}
_NLLB = {"sat_Olck": "sat_Beng", "arb_Latn": None, "min_Arab": None}
_WELL_FORMED = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?P<rest>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?)"
)


@dataclass(frozen=True, kw_only=True)
class Language:
    """One language in one script.

    `tag` is its BCP-47 tag, `flores` its FLORES-200 code, `nllb`, `m2m` and `opus` what those model families call it
    (None where they do not have it), `script` its ISO 15924 code, `sentence_ends` the characters that can end a
    sentence. `known` is False for a tag outside the table, which runs on the rules of its script.
    """

    tag: str
    name: str
    script: str
    flores: str | None = None
    nllb: str | None = None
    m2m: str | None = None
    opus: str | None = None
    known: bool = True

    @cached_property
    def primary(self) -> str:
        """The first subtag: `zh` of `zh-Hans`, `en` of `en-GB`."""
        return self.tag.split("-", 1)[0]

    @property
    def spaced(self) -> bool:
        """Whether spaces stand between words."""
        return self.script not in _UNSPACED

    @property
    def cased(self) -> bool:
        """Whether the script has capitals."""
        return self.script in _CASED

    @property
    def sentence_ends(self) -> str:
        """The characters that can end a sentence."""
        return ".!?…‼⁇⁈⁉" + _ENDS.get(self.script, "")


@lru_cache(maxsize=1024)
def language(tag: str) -> Language:
    """Find the language of a tag.

    Args:
        tag: a BCP-47 tag in any case (`en`, `zh-hans`, `pt-BR`), a FLORES-200 code (`kor_Hang`), or the first part of
            one (`kor`). A region stays in the tag and changes nothing else.

    Returns:
        The language; `known` is False where the tag is well formed and not in the table. The caller warns of it.

    Raises:
        ConfigError: the tag is malformed.

    Example:
        >>> language("KOR_hang").tag, language("zh").nllb, language("pt-br").tag
        ('ko', 'zho_Hans', 'pt-BR')

    Source:
        rfc5646, section 2.1 (the grammar; registered language subtags of 5 to 8 letters do not exist and are refused);
        nllb-2022, table 1 (codes).
    """
    table = known_languages()
    key = tag.strip().lower().replace("_", "-")
    found = table.get(key)
    if found is not None:
        return found
    match = _WELL_FORMED.fullmatch(key)
    if match is None:
        raise ConfigError(f"language tag {tag!r}: not a BCP-47 tag such as en, ko or zh-Hans", hint=_suggestion(tag))
    primary, script = match["language"], (match["script"] or "").title()
    tail = (f"-{match['region'].upper()}" if match["region"] else "") + match["rest"]
    base = table.get(f"{primary}-{script.lower()}") or table.get(primary)
    if base is not None and script in ("", base.script):
        return replace(base, tag=base.tag + tail)
    head = f"{base.primary if base else primary}{'-' + script if script else ''}"
    name = f"{base.name} ({script})" if base else primary
    return Language(tag=head + tail, name=name, script=script or "Latn", known=False)


@cache
def known_languages() -> Mapping[str, Language]:
    """Return every language of the table, by each lowercased name it may be asked for."""
    text = files("cscl_data.assets").joinpath("languages.tsv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
    table: dict[str, Language] = {}
    for row in rows:
        flores, tag = row["flores"], row["tag"]
        entry = Language(
            tag=tag,
            name=row["name"],
            script=flores.split("_")[1],
            flores=flores,
            nllb=_NLLB.get(flores, flores),
            m2m=row["m2m"] or None,
            opus=tag.split("-", 1)[0],
        )
        table[tag.lower()] = entry
        table[flores.lower().replace("_", "-")] = entry
    for entry in list(table.values()):
        table.setdefault(f"{entry.primary}-{entry.script}".lower(), entry)
        if entry.flores is not None and "-" not in entry.tag:
            table.setdefault(entry.flores[:3], entry)
    for alias, tag in _ALIASES.items():
        table.setdefault(alias, table[tag.lower()])
    return table


def _suggestion(tag: str) -> str | None:
    by_name = {entry.name.lower(): entry.tag for entry in known_languages().values()}
    close = difflib.get_close_matches(tag.lower(), by_name, n=1)
    return f"the tag of {close[0].title()} is {by_name[close[0]]}" if close else None
