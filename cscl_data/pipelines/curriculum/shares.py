"""Which share of a bitext is needed for a budget, so that only as many pairs are aligned and switched."""

from __future__ import annotations

import math

from cscl_data.io.bitext import Bitext
from cscl_data.pipelines.chunks import by_rows
from cscl_data.pipelines.curriculum.plan_file import Curriculum
from cscl_data.pipelines.token_counting import TOGETHER, Count
from cscl_data.records import Pair

MORE = 1.3
"""Times the budget that is made at least, for rejects (our default)."""


def draw_of(plan: Curriculum, wanted: int, count: Count) -> tuple[float, int] | None:
    """Return the draw of pairs that gives rows worth so many tokens, and some more; None where all are needed.

    Args:
        plan: the curriculum.
        wanted: tokens of rows.
        count: counts tokens.
    """
    pairs, tokens = 0, 0.0
    spec = plan.bitext
    for batch in by_rows((item for item in Bitext(spec) if isinstance(item, Pair)), TOGETHER):
        sizes = zip(count([pair.src_text for pair in batch]), count([pair.tgt_text for pair in batch]), strict=True)
        pairs += len(batch)
        tokens += sum(row_tokens(plan, src, tgt) for src, tgt in sizes)
    expected = pairs * wanted / max(1.0, tokens)
    share = wanted / max(1.0, tokens) * MORE * (1 + 3 / math.sqrt(max(1.0, expected)))
    return None if share >= 1 else (round(share, 6), plan.seed)


def row_tokens(plan: Curriculum, src: int, tgt: int) -> float:
    """Return about how many tokens the rows have that are made of a pair of so many tokens."""
    amount = plan.switching.amount
    ratio = sum(amount.ratio_range) / 2 if amount.ratio_range is not None else amount.share
    kept = 1.0 if plan.method == "annotate" else 1 - ratio
    framed = {"src": kept * src + ratio * tgt, "tgt": kept * tgt + ratio * src}
    by_choice = {"both": sum(framed.values()), "random": sum(framed.values()) / 2}
    by_code = {plan.src_lang: framed["src"], plan.tgt_lang: framed["tgt"]}
    return plan.n_variants * {**by_code, **framed, **by_choice}[plan.matrix_lang]
