"""Documents whose sentences are not aligned: Markdown that a translation in brackets would break stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from cscl_data.generators.sentence import SentenceCsConfig
from cscl_data.io.documents import DocumentPair
from cscl_data.pipelines.bead_documents import BeadDocument
from cscl_data.pipelines.bead_settings import BeadSettings
from cscl_data.pipelines.document_alignment import as_beads, find_beads, prepare_beads
from cscl_data.pipelines.sentence_shard import mix_documents


def aligned(tmp_path: Path, english: str, indonesian: str, markup: str) -> BeadDocument:
    settings = BeadSettings(src_lang="en", tgt_lang="id", priors="none")
    pair = DocumentPair("d", english, indonesian, markup)
    found = as_beads(pair, find_beads(pair, prepare_beads(settings, [pair], tmp_path)), settings)
    assert not hasattr(found, "reason")
    return found.document


def annotated(document: BeadDocument) -> str:
    config = SentenceCsConfig(mode="annotate", start_lang="src")
    [row] = mix_documents([document], langs=("en", "id"), config=config, sig="s", seed=0).rows
    return str(row["text"])


@pytest.mark.parametrize(
    ("english", "indonesian"),
    [
        ("The garden\n==========", "Taman kita\n=========="),
        ("Seeds\n---", "Benih\n---"),
        ("    open the_gate  # all of it", "    open the_gate  # semuanya"),
        ("plant | water\n--- | ---\nmint | much", "tanaman | air\n--- | ---\nmint | banyak"),
        ('[guide]: https://a.example/en "Guide"', '[guide]: https://a.example/id "Panduan"'),
        ("```\nmake  # all\n```", "```\nmake  # semua\n```"),
    ],
    ids=["underlined", "underlined-2", "indented", "table", "definition", "fence"],
)
def test_annotate_puts_nothing_behind_blocks_that_are_no_sentences(
    tmp_path: Path, english: str, indonesian: str
) -> None:
    document = aligned(
        tmp_path,
        f"# Water\n\nMint needs water in May.\n\n{english}\n\nRoses grow in June.\n",
        f"# Air\n\nMint perlu air di bulan Mei.\n\n{indonesian}\n\nMawar tumbuh di bulan Juni.\n",
        "markdown",
    )
    assert annotated(document) == (
        "# Water (Air)\n\nMint needs water in May. (Mint perlu air di bulan Mei.)\n\n"
        f"{english}\n\nRoses grow in June. (Mawar tumbuh di bulan Juni.)"
    )


def test_a_paragraph_of_markdown_is_told_by_its_kind_not_by_its_first_character(tmp_path: Path) -> None:
    english, indonesian = "<b>Mint</b> needs water.\n\nRoses grow.", "<b>Mint</b> perlu air.\n\nMawar tumbuh."
    assert annotated(aligned(tmp_path / "a", english, indonesian, "markdown")) == (
        "<b>Mint</b> needs water. (<b>Mint</b> perlu air.)\n\nRoses grow. (Mawar tumbuh.)"
    )
    assert annotated(aligned(tmp_path / "b", english, indonesian, "text")) == (
        "<b>Mint</b> needs water.\n\nRoses grow. (Mawar tumbuh.)"
    )
