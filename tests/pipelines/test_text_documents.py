"""Documents in one language from a directory: divided by their markup, and translated but for code and tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from cscl_data.errors import InputError
from cscl_data.generators.sentence import SentenceCsConfig
from cscl_data.io.documents import FolderTextSpec
from cscl_data.pipelines.bead_documents import BeadDocument
from cscl_data.pipelines.bundle_settings import ModelSettings
from cscl_data.pipelines.sentence_translated import mix_translated
from cscl_data.pipelines.text_documents import opened, sampled, sentence_documents, size
from cscl_data.records import Reject

GUIDE = """# Setting up

Install it first. Then run
it once.

* Open the page.
* Save it.

```sh
make install
```

| key | value |
|---|---|
| a | b |
"""
UNITS = (
    *("# Setting up", "Install it first.", "Then run\nit once.", "* Open the page.", "* Save it."),
    *("```sh\nmake install\n```", "| key | value |\n|---|---|", "| a | b |"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "docs" / "deep").mkdir(parents=True)
    (tmp_path / "docs" / "guide.md").write_text(GUIDE, encoding="utf-8")
    (tmp_path / "docs" / "deep" / "note.txt").write_text("One here. Two here.\n", encoding="utf-8")
    (tmp_path / "docs" / "empty.md").write_text("\n", encoding="utf-8")
    (tmp_path / "docs" / "broken.txt").write_bytes(b"\xff\xfe\xfd")
    (tmp_path / "docs" / "picture.png").write_bytes(b"\x89PNG")
    (tmp_path / "docs" / ".hidden.md").write_text("Not here. Not read.\n", encoding="utf-8")
    return tmp_path / "docs"


def read(folder: Path, **options: object) -> list[BeadDocument | Reject]:
    return list(sentence_documents(opened(FolderTextSpec(path=str(folder), lang="en", **options))))


def test_directory_gives_a_document_or_a_reject_for_every_file(folder: Path) -> None:
    found = read(folder)
    assert [item.doc_id if isinstance(item, BeadDocument) else (item.id, item.reason) for item in found] == [
        ("broken.txt", "undecodable"),
        "deep/note.txt",
        ("empty.md", "empty_side"),
        "guide.md",
    ]
    assert len(read(folder, limit=2)) == 2
    assert sampled(opened(FolderTextSpec(path=str(folder), lang="en")), 3) == ["One here. Two here.\n"]


def test_document_is_divided_by_its_markup_and_nothing_of_it_is_lost(folder: Path) -> None:
    document = read(folder)[-1]
    assert isinstance(document, BeadDocument)
    assert tuple(bead.texts["en"] for bead in document.beads) == UNITS
    assert [bead.id for bead in document.beads] == [f"guide.md:{n}" for n in range(len(UNITS))]
    assert "".join(bead.before.get("en", "") + bead.texts["en"] for bead in document.beads) == GUIDE.strip()
    assert document.fixed == {5, 6, 7}


def test_underlined_heading_is_translated_but_nothing_is_put_behind_it(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("Title\n=====\n\nOne here.\n\n    make it\n", encoding="utf-8")
    [document] = read(tmp_path)
    assert isinstance(document, BeadDocument)
    assert (document.fixed, document.closed) == ({2}, {0, 2})
    [row] = mix_translated(
        [document],
        langs=("en", "ko"),
        config=SentenceCsConfig(mode="annotate", start_lang="src"),
        model=ModelSettings(model="echo"),
        sig="s",
        seed=0,
    ).rows
    assert row["text"] == "Title\n=====\n\nOne here. (One here.)\n\n    make it"


@pytest.mark.parametrize(("mode", "switched"), [("alternate", 2), ("parallel", 8)])
def test_code_and_tables_are_not_translated(folder: Path, mode: str, switched: int) -> None:
    outcome = mix_translated(
        read(folder),
        langs=("en", "ko"),
        config=SentenceCsConfig(mode=mode, start_lang="src"),
        model=ModelSettings(model="echo"),
        sig="s",
        seed=0,
    )
    guide = outcome.rows[-1]
    korean = [guide["text"][s["start"] : s["end"]] for s in guide["segments"] if s["lang"] == "ko"]
    assert len(korean) == switched
    translated = {"# Setting up", *UNITS[1:2], "Then run it once.", *UNITS[3:5]}
    as_it_is = {*UNITS[5:]} if mode == "parallel" else set()
    assert translated | as_it_is >= set(korean), "wrapped lines are joined, code and tables stand in both versions"
    assert guide["text"].startswith(GUIDE.strip())


def test_long_file_counts_as_several_rows_of_a_shard(folder: Path) -> None:
    (folder / "long.txt").write_text("A sentence stands here. " * 100, encoding="utf-8")
    sizes = {item.doc_id: size(item) for item in read(folder) if isinstance(item, BeadDocument)}
    assert sizes == {"deep/note.txt": 1, "guide.md": 1, "long.txt": 11}


def test_directory_without_documents_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no document in it"):
        opened(FolderTextSpec(path=str(tmp_path), lang="en"))
    with pytest.raises(InputError, match="no such directory"):
        opened(FolderTextSpec(path=str(tmp_path / "x"), lang="en"))
