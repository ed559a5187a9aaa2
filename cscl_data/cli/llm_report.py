"""What `--method llm` would take and has taken, in a few lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cscl_data.pipelines.llm_estimate import LlmEstimate

_TOLD = ("answers", "prompt_tokens", "answer_tokens", "answers_without_usage", "valid", "valid_at_second_try", "cost")


def llm_lines(counts: Mapping[str, float]) -> list[str]:
    """Return the lines of a report: what the rows took, and the faults and repairs of answers by rule."""
    if not counts:
        return []
    cost = f", cost {counts['cost']:,g}" if "cost" in counts else ""
    lines = [
        f"llm: {counts.get('answers', 0):,} answers, {counts.get('prompt_tokens', 0):,} prompt tokens, "
        f"{counts.get('answer_tokens', 0):,} answer tokens{cost}",
        f"  valid {counts.get('valid', 0):,}, of them at the second try {counts.get('valid_at_second_try', 0):,}",
    ]
    if counts.get("answers_without_usage"):
        lines.append(f"  {counts['answers_without_usage']:,} answers came without counts of their tokens")
    return lines + [f"  {name:<22} {count:,}" for name, count in counts.items() if name not in _TOLD]


def estimate_lines(about: LlmEstimate, host: str) -> list[str]:
    """Return the lines of a plan."""
    cost = f"; cost about {about.cost:,.2g}" if about.cost is not None else ""
    return [
        f"llm: about {about.requests:,} requests to {host}, {about.prompt_tokens:,} prompt tokens and "
        f"{about.answer_tokens:,} answer tokens{cost}",
        "  estimated from the bytes of the text; an answer that breaks a rule is asked for once more",
    ]
