"""Links from a bilingual lexicon: tokens that translate each other, the one nearest to the diagonal first.

Either column of the lexicon may be the source language; `io.lexicon` says what a file looks like.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from cscl_data.aligners.base import TokenizedPair, alignment_of, has_empty_side
from cscl_data.aligners.keys import key_of
from cscl_data.io.lexicon import read_lexicon
from cscl_data.records import Alignment, Link
from cscl_data.text.stems import Stemmer, stemmers_of
from cscl_data.text.tokenizers.base import Token

EXACT_SCORE = 1.0
KEY_SCORE = 0.8
"""Score of a link found only after both words were cut to their keys. Our default."""

Entries = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LexiconAligner:
    """Links tokens that the lexicon gives as translations: by surface or dictionary form, then by key.

    Args:
        by_form: translations by lowercased word, of both languages.
        by_key: keys of translations by key, see `keys.key_of`; it finds inflected forms.
        digest: of the entries, for `sig`.
    """

    by_form: Entries
    by_key: Entries
    digest: str
    name: str = field(default="lexicon", init=False)
    version: int = field(default=3, init=False)
    deterministic: bool = field(default=True, init=False)

    def sig_parts(self) -> Mapping[str, str]:
        """Return name, version, and the digest of the lexicon."""
        return {"aligner": f"{self.name}.{self.version}", "lexicon": self.digest}

    def align(self, pairs: Sequence[TokenizedPair]) -> list[Alignment]:
        """Return one alignment per pair, in order; a pair with an empty side is skipped as `empty_side`."""
        return [
            alignment_of(pair, (), "empty_side") if has_empty_side(pair) else alignment_of(pair, self._links(pair))
            for pair in pairs
        ]

    def _links(self, pair: TokenizedPair) -> list[Link]:
        n_src, n_tgt = len(pair.src_tokens), len(pair.tgt_tokens)
        targets: dict[str, list[int]] = {}
        for j, token in enumerate(pair.tgt_tokens):
            for form in (*_forms(pair.tgt_text, token), "\0" + _bare_key(pair.tgt_text, token)):
                targets.setdefault(form, []).append(j)
        candidates: dict[tuple[int, int], float] = {}
        for i, token in enumerate(pair.src_tokens):
            for form in _forms(pair.src_text, token):
                for translation in self.by_form.get(form, ()):
                    candidates.update(((i, j), EXACT_SCORE) for j in targets.get(translation, ()))
            for key in self.by_key.get(_bare_key(pair.src_text, token), ()):
                for j in targets.get("\0" + key, ()):
                    candidates.setdefault((i, j), KEY_SCORE)
        near = sorted(candidates, key=lambda c: (-candidates[c], abs((c[0] + 0.5) / n_src - (c[1] + 0.5) / n_tgt), c))
        links, src_taken, tgt_taken = [], set(), set()
        for i, j in near:
            if i not in src_taken and j not in tgt_taken:
                src_taken.add(i)
                tgt_taken.add(j)
                links.append(Link(i, j, candidates[i, j]))
        return links


def lexicon_aligner(entries: Iterable[tuple[str, str]], languages: Sequence[str] = ()) -> LexiconAligner:
    """Build the aligner from (word, translation) entries; they hold in both directions.

    Args:
        entries: of the lexicon.
        languages: primary subtags of both sides, whose stemmers join inflected forms.
    """
    stemmers = stemmers_of(languages)
    by_form: dict[str, set[str]] = {}
    by_key: dict[str, set[str]] = {}
    digest = sha256()
    for word, translation in entries:
        digest.update(f"{word}\t{translation}\n".encode())
        for one, other in ((word, translation), (translation, word)):
            by_form.setdefault(_plain(one), set()).add(_plain(other))
            for key in _keys(one, stemmers):
                by_key.setdefault(key, set()).update(_keys(other, stemmers))
    return LexiconAligner(
        by_form={word: frozenset(found) for word, found in by_form.items()},
        by_key={key: frozenset(found) for key, found in by_key.items()},
        digest=digest.hexdigest()[:8],
    )


def load_lexicon_aligner(path: Path, languages: Sequence[str] = ()) -> LexiconAligner:
    """Read a lexicon file; see `read_lexicon` for what it raises, `lexicon_aligner` for the languages."""
    return lexicon_aligner(read_lexicon(path).pairs, languages)


def _keys(word: str, stemmers: Iterable[Stemmer]) -> list[str]:
    return list(dict.fromkeys([key_of(word), *(key_of(word, lemma=stem(word)) for stem in stemmers)]))


def _plain(form: str) -> str:
    return unicodedata.normalize("NFKC", form).lower()


def _forms(text: str, token: Token) -> list[str]:
    surface = _plain(text[token.start : token.end])
    return [surface] if not token.lemma or _plain(token.lemma) == surface else [surface, _plain(token.lemma)]


def _bare_key(text: str, token: Token) -> str:
    """The key without part of speech: a lexicon's words have no comparable one."""
    return key_of(text[token.start : token.end], lemma=token.lemma)
