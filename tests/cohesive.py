"""Documents whose neighbouring lines share words, as those of people do."""

from __future__ import annotations

from random import Random

_SYLLABLES = ("ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "zu")


def make_documents(n_documents: int, n_lines: int, seed: int = 0) -> list[list[dict[str, str]]]:
    """Lines of eight words, three of them from the topic of the last few lines."""
    rng = Random(seed)
    words = ["".join(_SYLLABLES[int(rng.random() * 15)] for _ in range(4)) for _ in range(900)]
    documents = []
    for _ in range(n_documents):
        lines = []
        topic: list[str] = []
        for i in range(n_lines):
            if i % 5 == 0:
                topic = [words[int(rng.random() * 900)] for _ in range(4)]
            line = [topic[int(rng.random() * 4)] for _ in range(3)] + [words[int(rng.random() * 900)] for _ in range(5)]
            lines.append({"en": " ".join(line)})
        documents.append(lines)
    return documents


def shuffled_lines(documents: list[list[dict[str, str]]], seed: int = 1) -> list[list[dict[str, str]]]:
    """The same lines in documents of the same lengths, in an order without sense."""
    rng = Random(seed)
    lines = sorted((line for document in documents for line in document), key=lambda _: rng.random())
    return [[lines.pop() for _ in document] for document in documents]
