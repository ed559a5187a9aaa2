"""What must come through untouched: code, links, placeholders, markup, math, paths and names of things in programs."""

from __future__ import annotations

import re
from functools import cache

from cscl_data.records import Span

_EXTENSIONS = (
    "bash bat bin bmp bz2 cc cfg cmd com conf cpp css csv dll dmg doc docx env exe gif go gz h hpp htm html ico ini "
    "ipynb iso jar java jpeg jpg js json jsonl jsx kt lock log lua md mdx mjs mp3 mp4 ogg parquet patch pdf php pickle "
    "pkl pl png po ppt pptx properties ps1 py pyc pyi pyx rb rs rst scss sh sql sqlite svg swift tar tex tgz tmx toml "
    "ts tsv tsx ttf txt vue wav webp whl xls xlsx xml xz yaml yml zip zst"
).replace(" ", "|")

_NAME = r"[A-Za-z_][A-Za-z0-9_]*+"
_PATTERNS = (
    # fenced and inline code, with the role or the link marks of reStructuredText
    r"```[^`]*+(?:`(?!``)[^`]*+)*+```",
    r"(?::[A-Za-z][\w+.:-]{0,40}:)?(?:``(?!`)[^\n]{1,300}?``(?!`)|`(?!`)[^`\n]{1,300}+`)_{0,2}",
    # links: Markdown targets, URLs, e-mail addresses
    r"(?<=\])\((?:[^()\s]|\([^()\s]{0,80}\)){1,300}\)",
    r"(?<![A-Za-z0-9])(?:(?:https?|ftps?|file|git|ssh|s3|hdfs)://|www\.)(?:[A-Za-z0-9\-._~:/?#@!$&'*+,;=%{}]|"
    r"\([A-Za-z0-9\-._~:/?#@!$&'*+,;=%]{0,80}\)){1,500}(?<![.,;:!?'*])",
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}+@[A-Za-z0-9-]{1,63}+(?:\.[A-Za-z0-9-]{1,63}+)++",
    # placeholders
    r"\{\{[^{}\n]{0,200}+\}\}",
    r"\$?\{[^{}\n]{0,100}+\}",
    r"%\([A-Za-z_]\w{0,60}+\)[#0+-]*+\d*+(?:\.\d++)?[diouxXeEfFgGcrsa]",
    r"(?<![A-Za-z0-9_%])%(?:\d++\$)?[#0+-]{0,4}+\d{0,4}+(?:\.\d{1,3}+)?[diouxXeEfFgGcrsa@](?![A-Za-z])",
    # math, markup, entities
    r"\$\$[^$]{1,500}+\$\$",
    r"\$(?![\s$])(?=[A-Za-z]\$|[^$\n]{0,99}[\\^_=])[A-Za-z0-9\\^_{}=+\-*/()\[\],.<>|!:' ]{1,100}+(?<! )\$(?!\d)",
    r"<!--[^>]{0,300}?-->|</?[A-Za-z][^<>\n]{0,300}+>",
    r"&(?:[A-Za-z][A-Za-z0-9]{1,31}+|#\d{1,7}+|#[xX][0-9A-Fa-f]{1,6}+);",
    r"(?<![A-Za-z0-9])[A-Za-z]:\\[A-Za-z0-9_.$%~\\-]*+",
    r"\\[A-Za-z]{2,30}+(?:\[[^\[\]\n]{0,80}+\])?(?:\{[^{}\n]{0,100}+\})*+|\\[()\[\]]",
    r"(?<![A-Za-z0-9_$])\$[A-Za-z_][A-Za-z0-9_]{0,60}+(?!\$)",
    # paths, files, flags
    r"(?<![A-Za-z0-9_./~])(?:~|\.{1,2})?/[A-Za-z0-9_.@%+~][A-Za-z0-9_.@%+~/-]*+(?<![.])",
    rf"(?<![A-Za-z0-9_./-])(?:[A-Za-z0-9_.*+-]{{1,80}}+/){{0,12}}[A-Za-z0-9_*+-][A-Za-z0-9_.*+-]{{0,80}}?"
    rf"\.(?:{_EXTENSIONS})(?![A-Za-z0-9_-])",
    r"(?<![A-Za-z0-9_./-])path/to(?:/[A-Za-z0-9_.-]{1,80}+){0,12}",
    r"(?<![A-Za-z0-9_-])--[A-Za-z][A-Za-z0-9_-]*+(?:=[A-Za-z0-9_./:-]++)?",
    r"(?<![!-&)-.0-Z\]-{}~])-[A-Za-z](?![A-Za-z0-9_-])",
    # identifiers: handles, scopes, snake_case, dotted names, calls, camelCase
    r"(?<![A-Za-z0-9_@&])[@#][A-Za-z_][A-Za-z0-9_]*+(?:[.-][A-Za-z0-9_]++)*+",
    rf"(?<![A-Za-z0-9_]){_NAME}(?:::{_NAME})++(?:\(\))?",
    rf"(?<![A-Za-z0-9_])(?=[A-Za-z0-9_]*?[A-Za-z0-9]_++[A-Za-z0-9]|__[A-Za-z]){_NAME}(?:\.{_NAME})*+(?:\(\))?",
    rf"(?<![A-Za-z0-9_.])[A-Za-z_][A-Za-z0-9_]++(?:\.{_NAME})++(?:\(\))?",
    rf"(?<![A-Za-z0-9_.]){_NAME}\(\)",
    r"(?<![A-Za-z0-9_.])[a-z][a-z0-9]*+[A-Z][A-Za-z0-9]*+",
)

_MARKED = re.compile(
    r"(?<![A-Za-z0-9\[\]])(?:[A-Za-z]+\[[A-Za-z]{1,3}\][A-Za-z]*|\[[A-Za-z]{1,3}\][A-Za-z]+)(?![A-Za-z0-9(\[\]])"
)


def protected_spans(text: str) -> tuple[Span, ...]:
    """Find what no step may alter, translate or split.

    These are code spans and blocks, URLs, e-mail addresses, placeholders (`{x}`, `{{x}}`, `${VAR}`, `%s`,
    `{ -brand }`), HTML and XML tags and entities, LaTeX, paths, file names with a known extension, command-line flags,
    and identifiers (snake_case, camelCase, dotted names, calls). The patterns are our own; each takes linear time.

    Returns:
        Spans in order; two that touch are one.

    Example:
        >>> [text[s:e] for text in ["set `x` to {n} in a_b.py"] for s, e in protected_spans(text)]
        ['`x`', '{n}', 'a_b.py']
    """
    if _hint().search(text) is None:
        return ()
    spans: list[Span] = []
    for match in _pattern().finditer(text):
        start, end = match.span()
        if spans and spans[-1].end == start:
            spans[-1] = Span(spans[-1].start, end)
        else:
            spans.append(Span(start, end))
    return tuple(spans)


def uncut_spans(text: str) -> tuple[Span, ...]:
    """Find what a tokenizer must not cut: the protected spans, and words with a letter in brackets (`e[x]tract`).

    Such a word names the key of a command. A translation writes it anew, so nothing asks for it unchanged.

    Returns:
        Spans in order, apart from each other.

    Example:
        >>> [text[s:e] for text in ["`x`: show the [n]ame [1]"] for s, e in uncut_spans(text)]
        ['`x`', '[n]ame']
    """
    spans = protected_spans(text)
    if "[" not in text:
        return spans
    marked = (Span(*match.span()) for match in _MARKED.finditer(text))
    apart = [word for word in marked if not any(start <= word.end and word.start <= end for start, end in spans)]
    return tuple(sorted((*spans, *apart))) if apart else spans


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS))


@cache
def _hint() -> re.Pattern[str]:
    """Match where at least one pattern could: plain prose is passed over fast."""
    return re.compile(r"[`{$%<&\\/_@#]|-[A-Za-z]|\w\.[A-Za-z_0-9*]|[a-z0-9][A-Z]|::|\(\)|\]\(")
