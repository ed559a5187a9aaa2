"""`--fit-on` is read like the input: by the same columns where a file has them, and its languages are looked at."""

import json

import pytest

from cscl_data.errors import InputError
from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.pipelines.align_settings import AlignSettings
from cscl_data.pipelines.link_files import fit_spec, link_files
from tests.cli.calling import EN_KO, KOREAN, bitext_rows, call


def read(path, **columns):
    bitext = BitextSpec(src_lang="en", tgt_lang="ko", paths=("input.tsv",), **columns)
    return [(pair.src_text, pair.tgt_text) for pair in Bitext(fit_spec(AlignSettings(fit_on=(str(path),)), bitext))]


def write(path, content):
    path.write_text(content, encoding="utf-8")
    return path


JSON = json.dumps({"text": "tea", "other": "차", "en": "wrong", "ko": "틀림"}) + "\n"


@pytest.mark.parametrize(
    ("name", "content", "columns"),
    [
        ("more.jsonl", JSON, {"src_column": "text", "tgt_column": "other"}),
        ("more.tsv", "x\ty\ttea\t차\n", {"src_column": "3", "tgt_column": "4", "doc_column": "1"}),
        ("more.csv", "text,other,en\ntea,차,wrong\n", {"src_column": "text", "tgt_column": "other"}),
        ("by_code.jsonl", json.dumps({"en": "tea", "ko": "차"}) + "\n", {"src_column": "text", "tgt_column": "other"}),
        ("two_columns.tsv", "tea\t차\n", {"src_column": "3", "tgt_column": "4"}),
        ("header.tsv", "id\ten\tko\n1\ttea\t차\n", {"src_column": "text", "id_column": "key"}),
    ],
)
def test_columns_of_the_input_are_taken_where_they_are_there(tmp_path, name, content, columns):
    assert read(write(tmp_path / name, content), **columns) == [("tea", "차")]


def test_a_file_with_neither_columns_nor_languages_says_what_it_has(tmp_path):
    path = write(tmp_path / "more.jsonl", json.dumps({"a": "tea", "b": "차"}) + "\n")
    with pytest.raises(InputError, match=r"more\.jsonl: no column 'text', and none for 'en' \(it has: a, b\)"):
        read(path, src_column="text")
    with pytest.raises(InputError, match=r"no column for 'en' \(it has: a, b\)"):
        read(path)


def test_the_input_itself_must_have_the_columns_named(tmp_path):
    path = write(tmp_path / "input.jsonl", json.dumps({"en": "tea", "ko": "차"}) + "\n")
    with pytest.raises(InputError, match="no column 'text' "):
        list(Bitext(BitextSpec(src_lang="en", tgt_lang="ko", paths=(str(path),), src_column="text")))


def test_every_file_is_looked_at_for_its_languages(tmp_path):
    swapped = write(
        tmp_path / "swapped.tsv",
        "".join(f"{row['translation']['ko']}\t{row['translation']['en']}\n" for row in bitext_rows(KOREAN, 20)),
    )
    called = call("align", KOREAN, *EN_KO, "--fit-on", KOREAN, "--fit-on", swapped, "--out", tmp_path / "out")
    assert called.code == 3
    assert f"{swapped}: the two languages look swapped" in called.stderr
    assert not (tmp_path / "out").exists()


def test_links_made_before_need_no_look(tmp_path):
    links = write(tmp_path / "links.txt", "0-0\n")
    bitext = BitextSpec(src_lang="en", tgt_lang="ko", paths=("nothing.tsv",))
    settings = AlignSettings(aligner="pharaoh", links=str(links), fit_on=("nothing.tsv",))
    assert [item.role for item in link_files(settings, bitext)] == ["links"]
