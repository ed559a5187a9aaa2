"""What a job says of itself: the report of the manifest, and the model's card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import yaml

from cscl_data.embeddings import METHODS
from cscl_data.embeddings.base import Mixture, select
from cscl_data.embeddings.canonical import forms_of
from cscl_data.embeddings.overlap import ROLES
from cscl_data.embeddings.report import nearest_source_tokens, norms, spread_out, support_sizes
from cscl_data.embeddings.rows import NewRows
from cscl_data.io.card import NOT_STATED
from cscl_data.pipelines.embeddings.materials import Gathered
from cscl_data.pipelines.embeddings.settings import EmbeddingJob
from cscl_data.pipelines.embeddings.source import SourceTables


def report_of(
    job: EmbeddingJob,
    gathered: Gathered,
    mixtures: Sequence[Mixture],
    made: NewRows,
    tables: SourceTables,
    tokenizers: tuple[Any, Any],
) -> dict[str, Any]:
    """Return counts of shared, mixed and other tokens, reasons, support sizes, norms, and neighbours of new tokens."""
    source, target = tokenizers
    materials, overlap = gathered.materials, gathered.overlap
    kinds = Counter(overlap.kinds.values())
    mixed = sum(len(mixture.tokens) for mixture in mixtures)
    forms = forms_of(target)
    chosen = spread_out([number for number in materials.new.tolist() if number in forms], job.sample)
    readable = {number: form.readable for number, form in forms_of(source).items()}
    tokens = source.convert_ids_to_tokens(range(len(tables.input)))
    labels = [readable.get(number, str(token)) for number, token in enumerate(tokens)]
    special = {
        role.removesuffix("_token"): [getattr(target, role), source.convert_ids_to_tokens(overlap.pairs[own])]
        for role in ROLES
        if (own := getattr(target, f"{role}_id", None)) is not None and own in overlap.pairs
    }
    return {
        "source_tokens": len(tables.input),
        "target_tokens": len(target.get_vocab()),
        "shared": {"copied": len(materials.shared_target), **{kind: kinds[kind] for kind in sorted(kinds)}},
        "special": special,
        "special_without": target.convert_ids_to_tokens(list(overlap.unmatched_special)),
        "mixed": mixed,
        "rest": {"rows": made.rest, "how": METHODS[job.method].rest, **reasons_of(job, gathered, mixed)},
        "clipped": made.clipped,
        "support": support_sizes(mixtures),
        "lexicon_entries": gathered.entries,
        "norms": {"source": norms(tables.input), "new": norms(made.table[materials.new])},
        "neighbours": nearest_source_tokens(
            made.table[chosen], tables.input, [forms[number].readable for number in chosen], labels
        ),
    }


def reasons_of(job: EmbeddingJob, gathered: Gathered, mixed: int) -> dict[str, int]:
    """Count why new tokens were not mixed, of which `mixed` were: the first reason that holds."""
    materials = gathered.materials
    reasons: dict[str, int] = {}
    left = materials.new
    for what, vectors in (("no_static_vector", materials.static), ("no_helper_row", materials.helper)):
        if vectors is not None:
            has = select(vectors, left)
            reasons[what] = int((~has).sum())
            left = left[has]
    if job.method == "transtok":
        reasons["not_counted"] = len(materials.new) - mixed
    return {reason: count for reason, count in reasons.items() if count}


def summary_lines(report: dict[str, Any], method: str) -> list[str]:
    """Return the summary of a report, a fact a line."""
    shared, rest = report["shared"], report["rest"]
    lines = [
        f"{report['target_tokens']:,} tokens: {shared['copied']:,} shared with the model's {report['source_tokens']:,} "
        f"(copied), {report['mixed']:,} made by {method}, {rest['rows']:,} by {rest['how']}"
    ]
    reasons = [f"{count:,} {name.replace('_', ' ')}" for name, count in rest.items() if name not in ("rows", "how")]
    lines += [f"  not made by {method}: {', '.join(reasons)}"] if reasons else []
    if report["special_without"]:
        lines.append(f"  special tokens that the source has none for: {', '.join(report['special_without'])}")
    if report["support"]:
        lines.append("  source rows in a new row: " + _listed(report["support"]))
    for side in ("source", "new"):
        if report["norms"][side]:
            lines.append(f"  norms, {side} rows: " + _listed(report["norms"][side]))
    if report["clipped"]:
        lines.append(f"  {report['clipped']:,} rows were longer than three times the longest source row, and scaled")
    return lines


def _listed(numbers: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value:,}" for name, value in numbers.items())


def card_text(manifest: dict[str, Any]) -> str:
    """Return a model card: a YAML header for the Hub, what was done, the figures, the sources and their licences."""
    report, settings = manifest["report"], manifest["settings"]
    licences = {item["role"]: item.get("licence", NOT_STATED) for item in manifest["inputs"]}
    header: dict[str, Any] = {"library_name": "transformers", "tags": ["embedding-transfer", "cscl-data"]}
    if licences.get("model", NOT_STATED) != NOT_STATED:
        header["license"] = licences["model"]
    if settings["tgt_lang"]:
        header["language"] = [settings["tgt_lang"]]
    trained = f"new-tokens:{report['source_tokens']}" if settings["extend"] else "embeddings"
    lines = [
        "---",
        yaml.safe_dump(header, sort_keys=False, allow_unicode=True).strip(),
        "---",
        "",
        f"# {settings['model']} with a new vocabulary, by `cscl-data init-embeddings --method {settings['method']}`",
        "",
        "The layers are those of the source model; only the embeddings are new, and nothing was trained. Train it on "
        "text of the language before use, here what `make-mono` writes:",
        "",
        f"    cscl-data train --model DIR --train-only {trained} --stage mono=MONO@5M --out RUN",
        "",
        *(f"- {line.strip()}" for line in summary_lines(report, settings["method"])),
        "",
        f"`{manifest['sig']}`",
        "",
        "## Inputs",
        "",
        "| path | what | licence | sha256 |",
        "|---|---|---|---|",
        *(
            f"| {item['path']} | {item['role']} | {item.get('licence', NOT_STATED)} | `{item['sha256'][:16]}` |"
            for item in manifest["inputs"]
        ),
        "",
        "## Neighbours of new tokens in the source embedding",
        "",
        "| token | nearest source tokens |",
        "|---|---|",
        *(f"| {_code(near['token'])} | {_near(near['nearest'])} |" for near in report["neighbours"]),
    ]
    return "\n".join(lines) + "\n"


def _near(nearest: Sequence[Sequence[Any]]) -> str:
    return ", ".join(f"{_code(token)} {cosine:.2f}" for token, cosine in nearest)


def _code(token: Any) -> str:
    return f"`{token}`".replace("|", "\\|").replace("\n", " ")
