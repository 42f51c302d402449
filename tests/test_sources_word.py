"""Old Word documents: every word in a grid, with the marks of lists, merged cells, and what was left out told."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.shared import Length
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import raw_books as raw
from tests.word_files import document, element, p, random_document, read, saved, tbl, tc, texts, tr, words_of
from workflow.errors import Unreadable
from workflow.model import GridKind, OldGrid
from workflow.sources import read_source
from workflow.sources.numbering import spelled

MARKS_OF = {
    "bullet": ("bullet", "&#xF0B7;", "Symbol"), "tick": ("bullet", "&#xF0FC;", "Wingdings"),
    "ring": ("bullet", "o", "Courier New"),
    "1.": ("decimal", "%1.", ""), "a)": ("lowerLetter", "%2)", ""), "(i)": ("lowerRoman", "(%3)", ""),
    "1.1": ("decimal", "%1.%2", ""), "Goal 1:": ("decimal", "Goal %1:", ""), "A": ("upperLetter", "%1", ""),
}  # fmt: skip


def with_list(made: Any, *levels: str, starts: str = "", number: int = 90) -> Any:
    """Give a document a list of its own, number `number`, whose levels are marked like these; `starts` are overrides."""
    root = made.part.numbering_part.element
    lines = ""
    for at, name in enumerate(levels):
        kind, text, font = MARKS_OF[name]
        fonts = f'<w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}"/></w:rPr>' if font else ""
        lines += (
            f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/>{fonts}</w:lvl>'
        )
    root.insert(0, element(f'<w:abstractNum w:abstractNumId="{number}">{lines}</w:abstractNum>'))
    root.append(element(f'<w:num w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>'))
    root.append(element(f'<w:num w:numId="{number + 1}"><w:abstractNumId w:val="{number}"/>{starts}</w:num>'))
    return made


def item(text: str, level: int = 0, number: int = 90) -> str:
    about = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return p(text, about=about) if text else p(about=about)


def first_cell(*blocks: str) -> str:
    return texts(read(document(tbl(tr(tc(*blocks))))).grids[0])["A1"]


# --- tables


def test_a_table_is_a_grid_under_the_headings_of_its_document() -> None:
    made = Document()
    made.add_heading("Delivery plan", 1)
    made.add_heading("Priority 1", 2)
    made.add_paragraph("Some words about it.")
    made.add_paragraph().add_run("What we did").bold = True
    table = made.add_table(2, 2)
    for cell, text in zip(
        (c for row in table.rows for c in row.cells), ("Ref", "Action", "1.10", "Meet\nthen write"), strict=True
    ):
        cell.text = text
    made.add_heading("Priority 2", 2)
    made.add_table(1, 1).rows[0].cells[0].text = "x"
    source = read(made)
    first, second, prose = source.grids
    assert (first.name, first.under) == ("Table 1", ("Delivery plan", "Priority 1", "What we did"))
    assert second.under == ("Delivery plan", "Priority 2")
    assert texts(first) == {"A1": "Ref", "B1": "Action", "A2": "1.10", "B2": "Meet\nthen write"}
    assert first.cells[3].place.file == "plan.docx"
    assert first.cells[3].place.sheet == "Table 1"
    assert prose.kind is GridKind.PROSE
    assert texts(prose)["Paragraph 3"] == "Some words about it."
    assert [c.row for c in prose.cells] == [1, 2, 3, 4, 6], "the first table stood in row 5"
    assert prose.heads == (1, 2, 6)
    assert source.notes == ()


def test_merged_cells_say_what_they_cover() -> None:
    span, down, on = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    grid = read(document(tbl(
        tr(tc("Goal", about=span), "RAG"),
        tr(tc("Theme", about=down), "a", "b"),
        tr(tc(about=on), "c", "d"),
        tr(tc("late words", about=on), "e", "f"),
        tr("g", "h", "i", about='<w:tblHeader/>'),
    ))).grids[0]  # fmt: skip
    sizes = {c.place.cell: (c.text, c.rows, c.cols) for c in grid.cells if (c.rows, c.cols) != (1, 1)}
    assert sizes == {"A1": ("Goal", 1, 2), "A2": ("Theme\n\nlate words", 3, 1)}
    assert texts(grid)["C1"] == "RAG"
    assert texts(grid)["B4"] == "e"
    assert grid.heads == (5,)


def test_a_border_dragged_by_a_hair_makes_no_column() -> None:
    two = '<w:gridSpan w:val="2"/>'
    grid = read(document(tbl(
        tr(tc("Ref", about=two), "Action", "RAG"),
        tr("1", tc("long", about=two), "A"),
        tr(tc("2", about=two), "x", "G"),
        widths=(1000, 60, 3000, 900),
    ))).grids[0]  # fmt: skip
    assert texts(grid) == {"A1": "Ref", "B1": "Action", "C1": "RAG", "A2": "1", "B2": "long", "C2": "A",
                           "A3": "2", "B3": "x", "C3": "G"}  # fmt: skip


def test_a_cell_of_several_hairs_is_a_cell() -> None:
    two = '<w:gridSpan w:val="2"/>'
    made = document(tbl(tr(tc("a", about=two), "b"), tr("c", tc("d", about=two)), widths=(200, 200, 200)))
    assert sorted(texts(read(made).grids[0]).values()) == ["a", "b", "c", "d"]
    rows = (tr("x", tc("a", about=two), "b"), tr(tc("y", about=two), tc("d", about=two)))
    made = document(tbl(*rows, widths=(900, 90, 90, 900)))
    assert sorted(texts(read(made).grids[0]).values()) == ["a", "b", "d", "x", "y"]


def test_rows_that_begin_further_right_and_rows_in_wrappers() -> None:
    wrapped = f"<w:sdt><w:sdtContent>{tr('c', 'd')}</w:sdtContent></w:sdt>"
    gone = tr("x", "y", about='<w:del w:id="1" w:author="x"/>')
    made = document(tbl(tr("a", "b"), tr("only", about='<w:gridBefore w:val="1"/>'), wrapped, gone, tr("e", "f")))
    source = read(made)
    assert texts(source.grids[0]) == {"A1": "a", "B1": "b", "B2": "only", "A3": "c", "B3": "d", "A4": "e", "B4": "f"}
    assert source.notes == ("1 tracked deletion was left out.",)


def test_a_table_in_a_cell_is_a_grid_of_its_own() -> None:
    inner = tbl(tr("in", "side"))
    source = read(document(p("Plan", about='<w:pStyle w:val="Heading1"/>'), tbl(tr("out", tc("before", inner, p("after"))))))
    assert [(g.name, texts(g)) for g in source.grids[:2]] == [
        ("Table 1", {"A1": "out", "B1": "before\nafter"}), ("Table 1.1", {"A1": "in", "B1": "side"}),
    ]  # fmt: skip
    assert source.grids[1].under == ("Plan",)
    assert source.notes == ("Table 1, cell B1, holds a table of its own, which was read as Table 1.1.",)


@pytest.mark.parametrize(("between", "goes_on"), [("", True), ("Page 3 of 9", True), ("Some words", False)])
def test_a_table_right_below_another_may_go_on_in_it(between: str, goes_on: bool) -> None:
    grids = read(document(tbl(tr("a", "b")), p(between), tbl(tr("c", "d")), p("end"))).grids
    assert [g.goes_on for g in grids] == [False, goes_on, False]


def test_colours_are_those_that_a_person_chose() -> None:
    def fill(colour: str, kind: str = "clear") -> str:
        return f'<w:shd w:val="{kind}" w:color="auto" w:fill="{colour}"/>'

    lit = '<w:r><w:rPr><w:highlight w:val="yellow"/></w:rPr><w:t>lit</w:t></w:r>'
    grid = read(document(tbl(
        tr(tc("a", about=fill("ff0000")), tc(about=fill("92D050")), tc("b", about=fill("FFFFFF")), tc("c", about=fill("auto"))),
        tr(tc(p(lit)), tc(p(lit, " not")), tc(p("d", about=fill("00B050")))),
    ))).grids[0]  # fmt: skip
    found = {c.place.cell: c.fill for c in grid.cells}
    assert found == {"A1": "FF0000", "B1": "92D050", "C1": "", "D1": "", "A2": "FFFF00", "B2": "", "C2": "00B050"}
    assert grid.cells[1].text == ""


# --- lists


def test_automatic_numbers_and_bullets_are_shown() -> None:
    made = with_list(document(), "1.", "a)", "(i)")
    made = with_list(made, "bullet", "ring", number=95)
    cell = tc(
        item("one"), item("two"), item("two a", 1), item("two b", 1), item("deep", 2), item("three"), item("three a", 1),
        item("dot", 0, 95), item("ring", 1, 95), item("", 0, 95), item(""),
    )  # fmt: skip
    made.element.body.sectPr.addprevious(element(tbl(tr(cell))))
    assert texts(read(made).grids[0])["A1"].split("\n") == [
        "1. one", "2. two", "  a) two a", "  b) two b", "    (i) deep", "3. three", "  a) three a", "• dot", "  ◦ ring", "",
        "4.",
    ]  # fmt: skip


def test_lists_count_on_or_start_anew_as_the_file_says() -> None:
    starts = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    made = with_list(document(), "1.", starts=starts)
    for block in (item("a"), p("between"), item("b"), item("c", 0, 91), item("d", 0, 91), item("e")):
        made.element.body.sectPr.addprevious(element(block))
    prose = read(made).grids[-1]
    assert [c.text for c in prose.cells] == ["1. a", "between", "2. b", "1. c", "2. d", "3. e"]


def test_marks_of_several_levels_words_and_symbols() -> None:
    made = with_list(with_list(with_list(document(), "Goal 1:", "1.1"), "tick", number=95), "A", number=80)
    for block in (item("g"), item("s", 1), item("t", 1), item("h"), item("u", 1), item("v", 0, 95), item("w", 0, 80)):
        made.element.body.sectPr.addprevious(element(block))
    shown = [c.text.strip() for c in read(made).grids[-1].cells]
    assert shown == ["Goal 1: g", "1.1 s", "1.2 t", "Goal 2: h", "2.1 u", "✓ v", "A w"]


def test_a_ref_that_is_only_a_number_of_a_list_is_there() -> None:
    made = with_list(document(), "1.")
    made.element.body.sectPr.addprevious(element(tbl(tr(tc(item("")), "Meet"), tr(tc(item("")), "Write"))))
    assert texts(read(made).grids[0]) == {"A1": "1.", "B1": "Meet", "A2": "2.", "B2": "Write"}


def test_lists_by_style() -> None:
    made = Document()
    for text, style in (("a", "List Number"), ("b", "List Number"), ("c", "List Bullet"), ("d", "Normal")):
        made.add_paragraph(text, style)
    assert [c.text for c in read(made).grids[-1].cells] == ["1. a", "2. b", "• c", "d"]


@pytest.mark.parametrize(
    ("count", "kind", "shown"),
    [
        (4, "decimal", "4"), (4, "lowerRoman", "iv"), (1994, "upperRoman", "MCMXCIV"), (1, "lowerLetter", "a"),
        (26, "upperLetter", "Z"), (28, "lowerLetter", "bb"), (7, "decimalZero", "07"), (12, "ordinal", "12th"),
        (22, "ordinal", "22nd"), (3, "cardinalText", "Three"), (3, "none", ""), (3, "chineseCounting", "3"),
    ],
)  # fmt: skip
def test_numbers_are_spelled_as_lists_do(count: int, kind: str, shown: str) -> None:
    assert spelled(count, kind) == shown


# --- words


def test_signs_breaks_and_raised_figures() -> None:
    up = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>{}</w:t></w:r>'
    sign = '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>'
    drawn = '<w:r><w:rPr><w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/></w:rPr><w:t>&#xFC;</w:t></w:r>'
    assert first_cell(p(sign, " done ", drawn)) == "✓ done ✓"
    assert (
        first_cell(p("451 women", up.format("12"), " on 8", up.format("th"), " m", up.format("2"))) == "451 women¹² on 8th m²"
    )
    lifted = '<w:r><w:rPr><w:position w:val="9"/></w:rPr><w:t>3</w:t></w:r>'
    assert first_cell(p("as LibreOffice does", lifted)) == "as LibreOffice does³"
    assert first_cell(p("one", "<w:r><w:br/></w:r>", "two", "<w:r><w:tab/></w:r>", "three")) == "one\ntwo\tthree"
    assert first_cell(p("co", "<w:r><w:noBreakHyphen/></w:r>", "op")) == "co-op"


def test_footnotes_are_marks_in_the_text_and_a_grid_of_their_own() -> None:
    ref = '<w:r><w:footnoteReference w:id="{}"/></w:r>'
    made = document(tbl(tr(tc(p("Burglary fell", ref.format(3))), tc(p("more", ref.format(2))))), p("end", ref.format(2)))
    notes = (
        '<w:footnotes><w:footnote w:id="0" w:type="separator"><w:p/></w:footnote>'
        f'<w:footnote w:id="2">{p("<w:r><w:footnoteRef/></w:r>", " Survey, 2021")}</w:footnote>'
        f'<w:footnote w:id="3">{p("Police data")}{p("to May")}</w:footnote></w:footnotes>'
    )
    source = read(made, {"footnotes.xml": ("footnotes", notes)})
    table, prose, noted = source.grids
    assert texts(table) == {"A1": "Burglary fell¹", "B1": "more²"}
    assert texts(prose) == {"Paragraph 1": "end²"}
    assert noted.kind is GridKind.FURNITURE
    assert (noted.name, list(texts(noted).values())) == ("Footnotes", ["¹ Police data", "to May", "² Survey, 2021"])


def test_links_keep_their_address() -> None:
    made = Document()
    made.add_table(1, 1)
    paragraph = made.tables[0].rows[0].cells[0].paragraphs[0]
    links = {"https://report.example/q2": "here", "https://x.example/": "https://x.example", "mailto:a@b.example": "us"}
    for address, words in links.items():
        rel = made.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, True)
        paragraph._p.append(element(f'<w:hyperlink r:id="{rel}"><w:r><w:t>{words}</w:t></w:r></w:hyperlink>'))
        paragraph.add_run("; ")
    found = texts(read(made).grids[0])["A1"]
    assert found == "here (https://report.example/q2); https://x.example; us (a@b.example);"
    begin, middle, end = (f'<w:r><w:fldChar w:fldCharType="{t}"/></w:r>' for t in ("begin", "separate", "end"))
    code = '<w:r><w:instrText xml:space="preserve"> HYPERLINK "https://y.example" </w:instrText></w:r>'
    assert first_cell(p("see ", begin, code, middle, "this", end, " now")) == "see this (https://y.example) now"


def test_boxes_to_tick_and_controls_are_read() -> None:
    box = (
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="0"/>{}</w:checkBox></w:ffData>'
        "</w:fldChar></w:r>"
        '<w:r><w:instrText> FORMCHECKBOX </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    choice = (
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="Red"/>'
        '<w:listEntry w:val="Amber"/></w:ddList></w:ffData></w:fldChar></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    assert first_cell(p(box.format("<w:checked/>"), " yes ", box.format(""), " no ", choice)) == "☑ yes ☐ no Amber"
    kept = f"<w:sdt><w:sdtPr/><w:sdtContent>{p('kept')}</w:sdtContent></w:sdt>"
    prompt = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{p('Click here')}</w:sdtContent></w:sdt>"
    source = read(document(tbl(tr(tc(kept, prompt, "<w:p/>")))))
    assert texts(source.grids[0]) == {"A1": "kept"}
    assert source.notes == ("1 box still shows its prompt; it counts as empty.",)


def test_what_was_tracked_hidden_struck_and_drawn_is_told() -> None:
    made = document(tbl(tr(tc(p(
        "was ", '<w:del w:id="1" w:author="x"><w:r><w:delText>late </w:delText></w:r></w:del>',
        '<w:ins w:id="2" w:author="x"><w:r><w:t>in time </w:t></w:r></w:ins>',
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r>", "<w:r><w:rPr><w:strike/></w:rPr><w:t> no</w:t></w:r>",
        "<w:r><w:drawing/></w:r>",
    )), tc(p("<w:r><w:rPr><w:vanish/></w:rPr><w:t>all</w:t></w:r>")))))  # fmt: skip
    source = read(made, {"comments.xml": ("comments", f'<w:comments><w:comment w:id="1">{p("why")}</w:comment></w:comments>')})
    assert texts(source.grids[0]) == {"A1": "was in time secret no", "B1": "all"}
    assert [c.hidden for c in source.grids[0].cells] == [False, True]
    assert [note.partition(";")[0].partition(",")[0] for note in source.notes] == [
        "1 tracked insertion was taken", "1 tracked deletion was left out.", "2 paragraphs hold hidden text",
        "1 piece of text is struck out", "1 comment beside the text was not read.", "1 picture was not read.",
    ]  # fmt: skip


def test_text_boxes_are_read_once() -> None:
    inside = f"<w:txbxContent>{p('boxed')}</w:txbxContent>"
    both = (
        f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:wsp><wps:txbx>{inside}</wps:txbx></wps:wsp>"
        "</w:drawing>"
        f"</mc:Choice><mc:Fallback><w:pict><v:textbox>{inside}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    source = read(document(tbl(tr(tc(p("cell", both)))), p("out", both)))
    assert texts(source.grids[0]) == {"A1": "cell\nboxed"}
    assert list(texts(source.grids[1]).values()) == ["out", "boxed"]


def test_headers_and_footers_are_furniture() -> None:
    made = Document()
    made.add_paragraph("text")
    made.sections[0].header.paragraphs[0].text = "Westmarsh partnership"
    made.sections[0].footer.add_table(1, 2, Length(5000000)).rows[0].cells[1].text = "Page 1"
    found = {g.name: list(texts(g).values()) for g in read(made).grids if g.kind is GridKind.FURNITURE}
    assert found == {"Headers": ["Westmarsh partnership"], "Footers": ["Page 1"]}


# --- nothing is lost


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32))
def test_every_word_of_a_document_is_in_a_grid(seed: int) -> None:
    data = random_document(seed)
    wanted = words_of(data)
    try:
        grids = read_source(data, "x.docx").grids
    except Unreadable as error:
        assert error.code == "file-empty"
        assert not wanted
        return
    found = ["".join(c.text.split()) for g in grids for c in g.cells]
    left = "\n".join(found)
    for word in sorted(wanted, key=len, reverse=True):
        assert word in left, f"{word} is lost"
        left = left.replace(word, "\x00", 1)
    assert all(one_place(g) for g in grids)


def one_place(grid: OldGrid) -> bool:
    """No two cells stand in one place."""
    return len({c.place for c in grid.cells}) == len(grid.cells) == len({(c.row, c.col) for c in grid.cells})


# --- what cannot be read


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda x: x.replace(b"<w:body>", b"<w:bodi>"), "document-damaged"),
        (lambda x: b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>' + x.partition(b"?>")[2], "xml-doctype"),
        (lambda x: x.replace(b"<w:sectPr", b"<w:x>" * 400 + b"<w:sectPr", 1), "document-damaged"),
        (lambda x: b"<a/>", "document-damaged"),
    ],
)
def test_a_damaged_document_says_so(change: Any, code: str) -> None:
    old = zipfile.ZipFile(io.BytesIO(saved(document(p("x")))))
    parts = {n: change(old.read(n)) if n == "word/document.xml" else old.read(n) for n in old.namelist()}
    with pytest.raises(Unreadable) as caught:
        read_source(raw.packed(parts), "x.docx")
    assert caught.value.code == code


def test_a_strict_document_says_how_to_save_it() -> None:
    kind = b"http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument"
    rels = b'<Relationships><Relationship Type="' + kind + b'"/></Relationships>'
    with pytest.raises(Unreadable, match="Strict"):
        read_source(raw.packed({"[Content_Types].xml": b"<a/>", "_rels/.rels": rels, "word/document.xml": b"<a/>"}), "x.docx")


def test_a_document_that_unpacks_without_end_is_refused() -> None:
    big = raw.packed({"[Content_Types].xml": b"<a/>", "word/document.xml": b" " * 2**23})
    with pytest.raises(Unreadable) as caught:
        read_source(big, "x.docx")
    assert caught.value.code == "too-many-cells"
