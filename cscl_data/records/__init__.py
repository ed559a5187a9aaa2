"""The row types, their Arrow schemas, and the invariants they hold."""

from cscl_data.records.beads import Bead
from cscl_data.records.instructions import Message, PreferenceRow, SftRow, plain_prompt
from cscl_data.records.pairs import Alignment, Link, Pair
from cscl_data.records.rejects import REASONS, Reject, printable
from cscl_data.records.rng import rng_for, shuffled
from cscl_data.records.rows import (
    NO_LANGUAGE,
    Edit,
    MonoRow,
    Segment,
    SentenceCsRow,
    TaggedToken,
    TokenCsRow,
    cmi,
    restore,
    spf,
)
from cscl_data.records.schemas import (
    BUNDLE,
    QE_SCORES,
    SCHEMA_KEY,
    SCHEMAS,
    bundle_struct,
    is_bundle,
    named_schema,
    schema_for,
)
from cscl_data.records.spans import Span, spans_are_ordered

__all__ = [
    "BUNDLE",
    "NO_LANGUAGE",
    "QE_SCORES",
    "REASONS",
    "SCHEMAS",
    "SCHEMA_KEY",
    "Alignment",
    "Bead",
    "Edit",
    "Link",
    "Message",
    "MonoRow",
    "Pair",
    "PreferenceRow",
    "Reject",
    "Segment",
    "SentenceCsRow",
    "SftRow",
    "Span",
    "TaggedToken",
    "TokenCsRow",
    "bundle_struct",
    "cmi",
    "is_bundle",
    "named_schema",
    "plain_prompt",
    "printable",
    "restore",
    "rng_for",
    "schema_for",
    "shuffled",
    "spans_are_ordered",
    "spf",
]
