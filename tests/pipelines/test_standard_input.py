import io

import pytest

from cscl_data.errors import OutputError
from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.pipelines.standard_input import spool
from cscl_data.records import Pair


@pytest.mark.parametrize(
    ("data", "ending"),
    [(b"Hello.\tHalo.\n", ".tsv"), (b' {"en": "Hello.", "ko": "Halo."}\n', ".jsonl")],
)
def test_spool_names_the_form_and_is_read_as_dash(tmp_path, data, ending):
    path = spool(tmp_path / "out", io.BytesIO(data))
    assert path.suffix == ending
    bitext = Bitext(BitextSpec(src_lang="en", tgt_lang="ko", paths=("-",), stdin=str(path)))
    assert list(bitext) == [Pair(id="-:1", src_lang="en", tgt_lang="ko", src_text="Hello.", tgt_text="Halo.")]
    assert bitext.facts()[0].path == "-"


def test_spool_keeps_every_byte_of_a_long_stream(tmp_path):
    data = b"a\tb\n" * 700_000
    assert spool(tmp_path / "out", io.BytesIO(data)).read_bytes() == data


def test_spool_refuses_a_foreign_directory(tmp_path):
    (tmp_path / "mine.txt").write_text("keep me")
    with pytest.raises(OutputError, match="not from cscl-data"):
        spool(tmp_path, io.BytesIO(b"a\tb\n"))
    assert (tmp_path / "mine.txt").read_text() == "keep me"
