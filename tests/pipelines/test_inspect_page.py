import re
from html.parser import HTMLParser

import pytest

from cscl_data.pipelines.inspect import inspect_directory
from cscl_data.pipelines.inspection.page import render_page
from cscl_data.pipelines.inspection.shown import Piece, cut_pieces, visible
from cscl_data.records import MonoRow, Reject
from tests.pipelines.directories import SIG, sentence_row, token_row, write_directory, write_run

NASTY = "<script>alert('1')</script> & \"q\" \x1b[31m \u202e{{ 7 * 7 }}"
VOID = {"meta", "br", "path", "use", "rect"}


class Page(HTMLParser):
    """Reads a page: its elements with their attributes, its text, and whether the elements nest."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.texts, self.open, self.nests = [], [], [], True
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in VOID:
            self.nests = self.nests and bool(self.open) and self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture
def inspections(tmp_path):
    reject = Reject(id=NASTY, stage="token_cs", reason="no_candidate", detail=NASTY, source={"en": NASTY})
    tokens = write_directory(tmp_path / "token", "token_cs/1", [[token_row(f"p{i}") for i in range(4)]], [reject])
    nasty = MonoRow(id=NASTY, doc_id=None, text=NASTY, lang="en").row(SIG)
    mono = write_directory(tmp_path / "mono", "mono/1", [[nasty]])
    sentences = write_directory(tmp_path / "sentence", "sentence_cs/1", [[sentence_row()]])
    run = write_run(tmp_path / "run", stages=("token", "a<b$c$"))
    return [inspect_directory(path) for path in (tokens, mono, sentences, run)]


def test_page_is_self_contained_and_nests(inspections):
    html = render_page("A page", inspections)
    page = Page(html)
    assert page.nests
    assert page.open == []
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "link", "img", "iframe", "object"}
    addresses = [v for _, attrs in page.elements for k, v in attrs.items() if k.endswith(("href", "src")) and v]
    assert all(address.startswith("#") for address in addresses)
    assert "url(http" not in html


def test_everything_is_escaped(inspections):
    html = render_page(NASTY, inspections)
    assert "<script" not in html
    assert "\x1b" not in html
    assert "\u202e" not in html
    text = "".join(Page(html).texts)
    assert "<script>alert('1')</script> & \"q\" \\x1b[31m \\u202e{{ 7 * 7 }}" in text
    assert "a<b$c$" in text


def test_page_is_the_same_twice(inspections):
    assert render_page("A page", inspections) == render_page("A page", inspections)


def test_table_of_contents_leads_to_every_part(inspections):
    page = Page(render_page("A page", inspections, headings=["One", "Two", "Three", "Four"]))
    targets = [attrs["href"][1:] for tag, attrs in page.elements if tag == "a"]
    sections = [attrs["id"] for tag, attrs in page.elements if tag == "section"]
    assert targets == sections
    assert {"One", "Two", "Three", "Four"} <= set(page.texts)


def test_ids_are_unique_and_plots_refer_to_their_own(inspections):
    html = render_page("A page", inspections)
    ids = [attrs["id"] for _, attrs in Page(html).elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", html)) <= set(ids)
    assert html.count("<svg") == 6  # three of the token rows, one of the sentences, two of the run


def test_switched_words_carry_language_and_what_they_replaced(inspections):
    spans = [a for tag, a in Page(render_page("A page", inspections[:1])).elements if tag == "span" and "title" in a]
    assert spans == [{"class": "sw l0", "lang": "ko", "title": "green tea"}] * 4


def test_plots_take_their_colours_from_the_page(inspections):
    svg = render_page("A page", inspections[3:]).split("<svg")[1]
    assert "var(--accent)" in svg
    assert "#070809" not in svg


def test_problems_stand_on_the_page(tmp_path):
    out = write_directory(tmp_path, "token_cs/1", [[token_row(f"p{i}", cmi=1.0) for i in range(30)]])
    text = "".join(Page(render_page("A page", [inspect_directory(out)])).texts)
    assert "30 invariants broken" in text
    assert "cmi 1.0000 is stored, its tokens give 33.3333" in text
    assert "and 10 more" in text


def test_headings_must_be_as_many_as_parts(inspections):
    with pytest.raises(ValueError, match="zip"):
        render_page("A page", inspections, headings=["One"])


def test_cut_pieces_gives_the_text_back():
    pieces = cut_pieces("a b c d", [(2, 3, Piece("", "ko", marked=True)), (0, 1, Piece("")), (4, 99, Piece(""))])
    assert [piece.text for piece in pieces] == ["a ", "b", " c d"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("차 🌱 é", "차 🌱 é"),
        ("a\tb\r\n", "a\\tb\\r\\n"),
        ("\x00\x7f", "\\x00\\x7f"),
        ("\u2028\u2067", "\\u2028\\u2067"),
    ],
)
def test_visible_spells_out_what_acts(text, shown):
    assert visible(text) == shown


def test_visible_can_keep_line_breaks():
    assert visible("a\n\tb\r", keep_breaks=True) == "a\n\tb\\r"
