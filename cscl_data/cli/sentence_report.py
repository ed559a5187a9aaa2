"""What `make-sentence-cs` says when it ends, beside what every command says."""

from __future__ import annotations

from typing import Any

from cscl_data.io.telling import tell


def show_sentences(report: dict[str, Any]) -> None:
    """Print sentences and switches a document, the share of each language, and what was not translated."""
    documents = max(1, report["documents"])
    lines = [
        f"{report['documents']:,} documents: {report['sentences'] / documents:.1f} sentences "
        f"and {report['switches'] / documents:.1f} switches each",
    ]
    n_sentences = max(1, sum(report["sentences_by_language"].values()))
    n_characters = max(1, sum(report["characters_by_language"].values()))
    lines += [
        f"  {lang:<18} {100 * count / n_sentences:.1f} % of the sentences, "
        f"{100 * report['characters_by_language'][lang] / n_characters:.1f} % of the characters"
        for lang, count in report["sentences_by_language"].items()
    ]
    if "beads" in report:
        total = max(1, sum(report["beads"].values()))
        most = sorted(report["beads"].items(), key=lambda item: (-item[1], item[0]))
        lines.append("beads (sentences of both sides): " + ", ".join(f"{k} {100 * n / total:.1f} %" for k, n in most))
    if report.get("lacking_a_language"):
        lines.append(f"sentences that lack a language: {report['lacking_a_language']:,}; they stand in another one")
    if "translated" in report:
        kept = ", ".join(f"{reason} {count:,}" for reason, count in report["not_translated"].items())
        lines.append(
            f"translated: {report['translated']:,} sentences; left in the source language: "
            f"{sum(report['not_translated'].values()):,}" + (f" ({kept})" if kept else "")
        )
    tell("\n".join(lines))
