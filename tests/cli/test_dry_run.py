"""`--dry-run` says what a command would do and about what it would take; it loads nothing heavy and writes nothing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from cscl_data.io import sizes
from cscl_data.io.bitext import BitextSpec
from cscl_data.io.sizes import about
from cscl_data.io.sources import find_sources
from cscl_data.pipelines.align_settings import AlignSettings
from cscl_data.pipelines.estimate import BUNDLE, estimate_align, estimate_bundle
from cscl_data.pipelines.extent import bitext_extent
from tests.cli.calling import EN_KO, JAPANESE, KOREAN, RECORDS, make
from tests.spacy_pipelines import make_nlp, saved

HEAVY = ("numba", "torch", "ctranslate2", "spacy", "transformers", "mecab", "sudachipy", "simalign", "sacremoses")
FIELDS = "question,context,answers.*.text"


def lexicon(here: Path) -> Path:
    (here / "l.tsv").write_text("tea\t차\n", encoding="utf-8")
    return here / "l.tsv"


def encoder(here: Path) -> Path:
    (here / "encoder").mkdir()
    (here / "encoder" / "config.json").write_text("{}", encoding="utf-8")
    return here / "encoder"


def pipeline(here: Path) -> Path:
    return saved(here, make_nlp("en", {"NOUN": "tea"}, {"ORG": ("Bank of England",)}))


COMMANDS = {
    "align": lambda _: ["align", KOREAN, *EN_KO],
    "align by another rule": lambda _: ["align", KOREAN, *EN_KO, "--symmetrize", "union"],
    "align Japanese, on more": lambda _: [
        "align",
        JAPANESE,
        "--src-lang",
        "en",
        "--tgt-lang",
        "ja",
        "--fit-on",
        JAPANESE,
    ],
    "align in learned pieces": lambda _: ["align", KOREAN, *EN_KO, "--segmenter", "learned"],
    "align by lexicon": lambda here: ["align", KOREAN, *EN_KO, "--aligner", "lexicon", "--lexicon", lexicon(here)],
    "align by eflomal": lambda _: ["align", KOREAN, *EN_KO, "--aligner", "eflomal", "--eflomal", "nowhere"],
    "align by encoder": lambda here: ["align", KOREAN, *EN_KO, "--aligner", "simalign", "--encoder", encoder(here)],
    "align by encoder of the Hub": lambda _: [
        *("align", KOREAN, *EN_KO, "--aligner", "simalign", "--encoder", "hub:nobody/none")
    ],
    "make-token-cs": lambda _: ["make-token-cs", KOREAN, *EN_KO, "--matrix-lang", "both"],
    "make-token-cs by a pipeline": lambda here: [
        *("make-token-cs", KOREAN, *EN_KO, "--spacy-pipeline", f"en={pipeline(here)}", "--pos", "NOUN")
    ],
    "make-sentence-cs": lambda _: ["make-sentence-cs", KOREAN, *EN_KO, "--doc-column", "doc"],
    "make-mono": lambda _: ["make-mono", KOREAN, KOREAN, *EN_KO],
    "translate-bundle": lambda _: ["translate-bundle", RECORDS, *EN_KO, "--fields", FIELDS],
    "translate-bundle by a model of the Hub": lambda _: [
        *("translate-bundle", RECORDS, *EN_KO, "--fields", FIELDS, "--model", "hub:nobody/none")
    ],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_dry_run_loads_nothing_heavy_and_writes_nothing(name: str, tmp_path: Path) -> None:
    arguments = [str(item) for item in [*COMMANDS[name](tmp_path), "--out", tmp_path / "out", "--dry-run"]]
    script = (
        "import json, sys\n"
        "from cscl_data.cli.app import main\n"
        f"sys.argv = ['cscl-data', *{arguments!r}]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "print(json.dumps(sorted(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not set(HEAVY) & set(json.loads(done.stdout.splitlines()[-1]))
    assert not (tmp_path / "out").exists()
    assert re.search(r"^read: about [\d,]+ rows with [\d.]+ [kM]B of text", done.stderr, re.MULTILINE)
    assert re.search(r"^write: about [\d.]+ [kM]B$", done.stderr, re.MULTILINE)
    assert re.search(r"^time: about \d+ (second|minute)s? with 1 worker on a CPU$", done.stderr, re.MULTILINE)


def test_quiet_dry_run_shows_the_plan_that_was_asked_for(tmp_path: Path) -> None:
    """The last call is not quiet, so that no later test finds the log so."""
    command = [*COMMANDS["make-sentence-cs"](tmp_path), "--out", tmp_path / "out", "--dry-run"]
    said = [make(*quiet, *command).stderr for quiet in (("--quiet",), ())]
    assert said[0] == said[1]
    assert told(said[0]).rows > 0


class Told(NamedTuple):
    """What a plan told: rows to read, bytes to write."""

    rows: int
    bytes_out: float


def told(stderr: str) -> Told:
    rows = re.search(r"^read: about ([\d,]+) rows", stderr, re.MULTILINE)
    size = re.search(r"^write: about ([\d.]+) (k|M)B$", stderr, re.MULTILINE)
    assert rows, stderr
    assert size, stderr
    return Told(int(rows[1].replace(",", "")), float(size[1]) * {"k": 1e3, "M": 1e6}[size[2]])


@pytest.mark.parametrize(
    "name", ["align", "align by lexicon", "make-token-cs", "make-sentence-cs", "make-mono", "translate-bundle"]
)
def test_estimate_is_near_what_the_command_then_writes(name: str, tmp_path: Path) -> None:
    model = ("--model", "echo") if name == "translate-bundle" else ()
    command = [*COMMANDS[name](tmp_path), *model, "--max-reject-rate", 1, "--out", tmp_path / "out"]
    estimated = told(make(*command, "--dry-run").stderr)
    make(*command)
    written = sum(path.stat().st_size for path in (tmp_path / "out" / "data").glob("*.parquet"))
    # A Parquet file says a few kilobytes about itself, which a handful of rows does not outweigh.
    assert written / 4 - 8_000 < estimated.bytes_out < 4 * written
    read = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))["rows_in"]
    assert abs(estimated.rows - read) <= 0.06 * read


def spec_of(path: Path, **options: object) -> BitextSpec:
    return BitextSpec(src_lang="en", tgt_lang="ko", paths=(str(path),), **options)


def test_estimate_grows_with_the_text_and_shrinks_with_workers_and_limit(tmp_path: Path) -> None:
    row = json.dumps({"en": "A sentence about green tea. " * 4, "ko": "녹차에 대한 문장입니다. " * 4}) + "\n"
    small, large = tmp_path / "small.jsonl", tmp_path / "large.jsonl"
    small.write_text(row * 20_000, encoding="utf-8")
    large.write_text(row * 60_000, encoding="utf-8")
    one = estimate_align(spec_of(small), AlignSettings(), [], workers=1)
    three = estimate_align(spec_of(large), AlignSettings(), [], workers=1)
    assert 2.9 < three.bytes_out / one.bytes_out < 3.1
    assert one.seconds < three.seconds < 3 * one.seconds
    assert estimate_align(spec_of(large), AlignSettings(), [], workers=4).seconds < three.seconds
    assert estimate_align(spec_of(large, limit=20_000), AlignSettings(), [], workers=1) == one
    fitted = estimate_align(spec_of(small), AlignSettings(fit_on=(str(large),)), [], workers=1)
    assert fitted.seconds > one.seconds + 20


def test_estimate_of_eflomal_grows_with_the_root_of_its_pairs(tmp_path: Path) -> None:
    row = json.dumps({"en": "word " * 20, "ko": "낱말 " * 20}, ensure_ascii=False) + "\n"
    path = tmp_path / "pairs.jsonl"
    path.write_text(row * 20_000, encoding="utf-8")

    def more_s(limit: int, **options: object) -> float:
        spec = BitextSpec(src_lang="en", tgt_lang="ko", paths=(str(path),), limit=limit)
        links = (AlignSettings(aligner="eflomal", **options), AlignSettings(links=str(tmp_path)))
        sampled, none = (estimate_align(spec, settings, [], workers=1).seconds for settings in links)
        return sampled - none

    assert more_s(20_000) == pytest.approx(10 * more_s(200), rel=0.05)
    assert more_s(10_000, fit_on=(str(path),)) == pytest.approx(more_s(20_000) * 1.5**0.5, rel=0.05)


def test_estimate_of_a_translation_grows_with_the_model() -> None:
    from cscl_data.io.recordfile import Records, RecordSpec
    from cscl_data.pipelines.bundle_settings import ModelSettings

    model = ModelSettings()
    files = model.files()
    records = Records(RecordSpec(paths=(str(RECORDS),)))
    fields = tuple(FIELDS.split(","))
    large = [item._replace(bytes=100 * item.bytes) for item in files]
    small_s, large_s = (estimate_bundle(records, fields, model, some, workers=1).seconds for some in (files, large))
    assert 1 < small_s < 60
    assert (large_s - BUNDLE.start_s) / (small_s - BUNDLE.start_s) == pytest.approx(100, rel=0.1)


@pytest.mark.parametrize("ending", ["tsv", "tsv.gz", "tsv.zst"])
def test_rows_of_a_file_beyond_what_is_read_are_estimated(ending: str, tmp_path: Path, monkeypatch) -> None:
    import gzip

    import pyarrow as pa

    n_rows = 400_000
    monkeypatch.setattr(sizes, "_READ_BYTES", 8 << 20)
    lines = "".join(f"sentence {i} about {i * 7919 % 9973}\t문장 {i} 번 {i * 104729 % 9973}\n" for i in range(n_rows))
    path = tmp_path / f"b.{ending}"
    if ending == "tsv.zst":
        with pa.CompressedOutputStream(str(path), "zstd") as stream:
            stream.write(lines.encode())
    else:
        path.write_bytes(gzip.compress(lines.encode(), 1) if ending.endswith("gz") else lines.encode())
    [source] = find_sources([str(path)], ("tsv",))
    assert abs(about(source, 300).rows - n_rows) < n_rows // 6
    assert bitext_extent(spec_of(path, limit=10)).rows == 10


def test_rows_that_grow_longer_behind_the_first_ones_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "b.tsv"
    path.write_text("short\t짧다\n" * 1_000 + ("a much longer sentence " * 10 + "\t훨씬 더 긴 문장\n") * 1_000, "utf-8")
    text_bytes = path.stat().st_size - 2 * 2_000
    assert 0.8 * text_bytes < bitext_extent(spec_of(path)).text_bytes < 1.2 * text_bytes
