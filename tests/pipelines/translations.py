"""Directories of `translate-bundle`, made with a translator that looks translations up in a small recording."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cscl_data.io.recordfile import RecordSpec
from cscl_data.pipelines.bundle_settings import BundleSettings, ModelSettings, TranslateBundleJob
from cscl_data.pipelines.job import RunOptions
from cscl_data.pipelines.plan import Basics
from cscl_data.pipelines.translate_bundle import run_translate_bundle

RECORDED = {
    "The cat drinks milk.": "Kucing minum susu.",
    "What does it drink?": "Apa yang diminumnya?",
    "Milk": "Susu",
    "Warm milk": "Susu yang hangat",
    "Two books lie there.": "Dua buku ada di situ.",
    "How many books?": "Berapa banyak buku?",
    "Two": "Dua buah",
}
"""English to Indonesian; a text that is not here has no translation."""
RECORDS = [
    {
        "id": "a",
        "context": "The cat drinks milk.",
        "question": "What does it drink?",
        "answers": [{"text": "Milk"}, {"text": "Warm milk"}],
    },
    {"id": "b", "context": "Nobody has recorded this.", "question": "How many books?", "answers": []},
    {"id": "c", "context": "Two books lie there.", "question": "How many books?", "answers": [{"text": "Two"}]},
]
REFERENCES = [
    {"id": "c", "q": "Ada berapa buku?", "c": "Dua buku terletak di sana.", "answers": ["Dua"]},
    {"id": "b", "q": "Ada berapa buku?", "c": "Ini tidak direkam.", "answers": []},
    {"id": "a", "q": "Apa yang ia minum?", "c": "Kucing itu minum susu.", "answers": ["Susu", "Susu hangat"]},
]
"""In another order."""
FIELDS = "question,context,answers.*.text"
REF_FIELDS = "q,c,answers.*"


def write_lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    """Write JSON lines."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def recording(folder: Path) -> Path:
    """Write what is recorded."""
    pair = {"source_lang": "en", "target_lang": "id"}
    rows = [{"source": source, "target": target, **pair} for source, target in RECORDED.items()]
    return write_lines(folder / "recorded.jsonl", rows)


def translated(folder: Path, records: list[dict[str, Any]] = RECORDS, name: str = "out", **settings: Any) -> Path:
    """Translate records, each field alone, and return the directory."""
    job = TranslateBundleJob(
        source=RecordSpec(paths=(str(write_lines(folder / f"{name}.jsonl", records)),)),
        bundles=BundleSettings(
            fields=tuple(FIELDS.split(",")),
            src_lang="en",
            tgt_lang="id",
            **{"catalyst": "none", "fallback": "separate,reject", **settings},
        ),
        model=ModelSettings(model=f"replay:{recording(folder)}"),
        basics=Basics(out=folder / name),
    )
    run_translate_bundle(job, RunOptions(max_reject_rate=1.0))
    return folder / name
