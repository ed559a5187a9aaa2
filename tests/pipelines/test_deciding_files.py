"""Every file that decides the output stands in plan and manifest with its hash; another one is refused and named."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from cscl_data.pipelines.align_settings import AlignSettings
from cscl_data.pipelines.bundle_settings import ModelSettings
from cscl_data.pipelines.demo import example
from cscl_data.translators import load_translator
from tests.aligners.tiny_encoders import build_bert
from tests.cli.calling import EN_KO, KOREAN, RECORDS, call, make, manifest

_FEW = (*EN_KO, "--limit", 3)


class Case(NamedTuple):
    """A command that reads another file beside its input: makes the file in a folder, and gives the arguments."""

    role: str
    make_file: Callable[[Path], Path]
    arguments: Callable[[Path], list[object]]


def written(name: str, content: str | bytes) -> Callable[[Path], Path]:
    def write(here: Path) -> Path:
        path = here / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def priors(here: Path) -> Path:
    path = here / "priors.tsv.gz"
    make("make-priors", KOREAN, *EN_KO, "--limit", 20, "--out", path)
    return path


def tokenizer(here: Path) -> Path:
    from tokenizers import Tokenizer, models

    path = here / "tokenizer.json"
    Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]")).save(str(path))
    return path


def links_shard(here: Path) -> Path:
    make("align", KOREAN, *_FEW, "--out", here / "links")
    return here / "links" / "data" / "train-00000.parquet"


def model_part(here: Path) -> Path:
    shutil.copytree(example("x").parents[1] / "models" / "default", here / "model")
    return here / "model" / "cscl_model.json"


def recordings(here: Path) -> Path:
    questions = [json.loads(line)["question"] for line in RECORDS.read_text(encoding="utf-8").splitlines()]
    rows = [{"source": q, "target": q, "source_lang": "en", "target_lang": "ko"} for q in dict.fromkeys(questions)]
    return written("recorded.jsonl", "".join(json.dumps(row) + "\n" for row in rows))(here)


def align(*more: object) -> list[object]:
    return ["align", KOREAN, *_FEW, *more]


def bundle(*more: object) -> list[object]:
    return ["translate-bundle", RECORDS, *_FEW, "--fields", "question", "--max-reject-rate", 1, *more]


CASES = {
    "lexicon": Case("lexicon", written("l.tsv", "tea\t차\n"), lambda f: align("--aligner", "lexicon", "--lexicon", f)),
    "Pharaoh file": Case(
        "links", written("l.pharaoh", "0-0\n" * 3), lambda f: align("--aligner", "pharaoh", "--links", f)
    ),
    "fit-on": Case("fit", written("more.tsv", "green tea\t녹차\n"), lambda f: align("--fit-on", f)),
    "priors": Case("priors", priors, lambda f: align("--priors", f)),
    "alignments": Case("links", links_shard, lambda f: ["make-token-cs", KOREAN, *_FEW, "--alignments", f.parents[1]]),
    "budget tokenizer": Case(
        "tokenizer", tokenizer, lambda f: ["make-mono", KOREAN, KOREAN, *_FEW, "--budget-tokenizer", f]
    ),
    "catalyst file": Case(
        "catalyst",
        written("c.yaml", "generic:\n  text:\n    en: Read this.\n"),
        lambda f: bundle("--model", "echo", "--catalyst-file", f),
    ),
    "recordings": Case("model", recordings, lambda f: bundle("--model", f"replay:{f}")),
    "model directory": Case("model", model_part, lambda f: bundle("--model", f.parent, "--beam-size", 1)),
}


def state_as_made(file: Path) -> None:
    """Let the manifest of a shard say that it was made like this: else it is refused as damaged."""
    path = file.parents[1] / "manifest.json"
    if file.suffix == ".parquet":
        made = json.loads(path.read_text(encoding="utf-8"))
        made["shards"][0]["sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
        path.write_text(json.dumps(made), encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_changed_file_is_refused_and_named(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    file = case.make_file(tmp_path)
    command = [*case.arguments(file), "--out", tmp_path / "out"]
    make(*command)
    recorded = {item["path"]: item for item in manifest(tmp_path / "out")["inputs"] if item.get("role") == case.role}
    assert recorded[str(file)]["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert recorded[str(file)]["rows"] == 0
    make(*command)
    with file.open("ab") as handle:
        handle.write(gzip.compress(b"") if file.suffix == ".gz" else b"\n")
    state_as_made(file)
    refused = call(*command)
    assert refused.code == 2, refused.stderr
    assert "other settings: input (" in refused.stderr
    named = [file, file.parents[1] / "manifest.json"] if file.suffix == ".parquet" else [file]
    assert any(str(path) in refused.stderr for path in named)


@pytest.mark.backend
def test_changed_encoder_is_refused_and_named(tmp_path: Path) -> None:
    encoder = build_bert(tmp_path / "bert")
    command = (
        "align",
        KOREAN,
        *_FEW,
        "--aligner",
        "simalign",
        "--encoder",
        encoder,
        "--layer",
        2,
        "--out",
        tmp_path / "o",
    )
    make(*command)
    made = manifest(tmp_path / "o")
    files = {Path(item["path"]).name for item in made["inputs"] if item.get("role") == "encoder"}
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= files
    weights = encoder / "model.safetensors"
    build_bert(tmp_path / "other", seed=1)
    shutil.copy(tmp_path / "other" / "model.safetensors", weights)
    refused = call(*command)
    assert (refused.code, f"input ({weights})" in refused.stderr) == (2, True), refused.stderr


def test_data_stands_as_before_and_ratio_zero_asks_for_nothing_else(tmp_path: Path) -> None:
    make("make-token-cs", KOREAN, *_FEW, "--ratio", 0, "--licence", "CC0-1.0", "--out", tmp_path / "out")
    [data] = manifest(tmp_path / "out")["inputs"]
    assert set(data) == {"path", "bytes", "sha256", "rows", "licence"}
    assert (data["rows"], data["licence"]) == (3, "CC0-1.0")


def test_shipped_model_goes_by_its_name_and_not_by_a_path_of_this_machine() -> None:
    model = ModelSettings()
    files = model.files()
    assert {item.path for item in files} >= {"default/model.bin", "default/spm.model", "default/cscl_model.json"}
    assert model.describe().sig == load_translator("default").sig


def test_encoder_of_the_hub_is_looked_up_in_the_cache_alone_when_dry() -> None:
    from cscl_data.io.bitext import BitextSpec
    from cscl_data.pipelines.link_files import link_files

    settings = AlignSettings(aligner="simalign", encoder="hub:nobody/none")
    bitext = BitextSpec(src_lang="en", tgt_lang="ko", paths=(str(KOREAN),))
    assert link_files(settings, bitext, dry=True) == []
