"""Sentence-level code-switching: a document whose sentences stand in more than one language."""

from cscl_data.generators.sentence.config import METHOD, MODES, SHARES, START_LANGS, SentenceCsConfig
from cscl_data.generators.sentence.joints import joint, sentence_brackets, separator
from cscl_data.generators.sentence.places import Place, Unplaced, places
from cscl_data.generators.sentence.rows import STAGE, Count, count_bytes, generate, unplaced, write

__all__ = [
    "METHOD",
    "MODES",
    "SHARES",
    "STAGE",
    "START_LANGS",
    "Count",
    "Place",
    "SentenceCsConfig",
    "Unplaced",
    "count_bytes",
    "generate",
    "joint",
    "places",
    "sentence_brackets",
    "separator",
    "unplaced",
    "write",
]
