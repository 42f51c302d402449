"""Old workbooks and CSV files: every value with its place, as people see it, and what they would not see told."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook as OpenBook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.styles.colors import Color

from tests import raw_books as raw
from tests.random_books import by_openpyxl, by_xlsxwriter
from workflow import fields
from workflow.errors import Unreadable
from workflow.model import OldGrid, Source, SourceCell
from workflow.reader import read_bytes
from workflow.reader.colours import PALETTE, tinted
from workflow.reader.refusal import REFUSALS as OF_READER
from workflow.reader.refusal import refuse as refused_by_reader
from workflow.sources import read_source
from workflow.sources.refusal import REFUSALS, said_here


def made(write: Callable[[Any, Any], None], **options: object) -> Source:
    """A workbook that `write(book, sheet)` fills, read."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, options)
    write(book, book.add_worksheet("Plan"))
    book.close()
    return read_source(buffer.getvalue(), "old/plan.xlsx")


def at(grid: OldGrid, ref: str) -> SourceCell:
    return next(cell for cell in grid.cells if cell.place.cell == ref)


def test_a_cell_is_text_as_people_see_it_with_its_value_and_place() -> None:
    def write(book: Any, sheet: Any) -> None:
        sheet.write_string("A1", "1.10")
        sheet.write_number("B1", 1.1, book.add_format({"num_format": "0.00"}))
        sheet.write_number("C1", 1.1)
        sheet.write_datetime("D1", date(2023, 10, 31), book.add_format({"num_format": "dd/mm/yyyy"}))
        sheet.write_boolean("E1", True)
        sheet.write_formula("F1", "=1/0", None, "#DIV/0!")

    grid = made(write).grids[0]
    told = {cell.place.cell: (cell.text, cell.value) for cell in grid.cells}
    assert told == {
        "A1": ("1.10", "1.10"),
        "B1": ("1.10", Decimal("1.1")),
        "C1": ("1.1", Decimal("1.1")),
        "D1": ("31/10/2023", date(2023, 10, 31)),
        "E1": ("TRUE", True),
        "F1": ("#DIV/0!", "#DIV/0!"),
    }
    assert {(c.place.file, c.place.sheet) for c in grid.cells} == {("old/plan.xlsx", "Plan")}


def test_colours_set_by_hand_are_kept_also_on_blank_cells_beside_values() -> None:
    def write(book: Any, sheet: Any) -> None:
        red, white = book.add_format({"bg_color": "#FF0000"}), book.add_format({"bg_color": "#FFFFFF", "bold": True})
        sheet.write("A1", "Action", white)
        sheet.write("B1", "RAG", red)
        sheet.write_blank("C1", None, red)
        sheet.write_blank("K1", None, red)  # far right of all values
        sheet.write_blank("A9", None, red)  # in a row without a value
        sheet.merge_range("A3:C3", "Goal", red)

    cells = {c.place.cell: c for c in made(write).grids[0].cells}
    assert {ref: c.fill for ref, c in cells.items()} == {"A1": "", "B1": "FF0000", "C1": "FF0000", "A3": "FF0000"}
    assert cells["A1"].bold
    assert not cells["B1"].bold
    assert (cells["A3"].rows, cells["A3"].cols) == (1, 3)
    assert (cells["C1"].text, cells["C1"].value) == ("", None)


def test_theme_tinted_and_numbered_colours_become_the_colour_that_is_seen() -> None:
    book = OpenBook()
    sheet = book.active
    assert sheet is not None
    named, numbered = (Color(theme=4), Color(theme=4, tint=0.5), Color(theme=0)), (Color(indexed=10), Color(indexed=64))
    shades = (*named, *numbered, Color(rgb="FF92D050"))
    for col, shade in enumerate(shades, 1):
        sheet.cell(1, col, "x").fill = PatternFill("solid", fgColor=shade)
    sheet.cell(2, 1, "x").fill = PatternFill("gray125")
    buffer = io.BytesIO()
    book.save(buffer)
    cells = read_source(buffer.getvalue(), "x.xlsx").grids[0].cells
    assert [c.fill for c in cells] == ["4F81BD", tinted("4F81BD", 0.5), "", "FF0000", "", "92D050", ""]


def test_a_tint_makes_a_colour_lighter_or_darker() -> None:
    assert tinted("4F81BD", 0) == "4F81BD"
    assert tinted("808080", 1) == "FFFFFF"
    assert tinted("4F81BD", -1) == "000000"
    assert tinted("4F81BD", 0.8) == "DCE6F2"  # "Blue, Accent 1, Lighter 80%", give or take the last bit
    assert len(PALETTE) == 64


def test_what_is_hidden_is_read_and_told() -> None:
    def write(book: Any, sheet: Any) -> None:
        for row in range(6):
            sheet.write_row(row, 0, [f"a{row}", f"b{row}", f"c{row}"])
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_row(3, None, None, {"hidden": True})
        sheet.set_column(1, 1, None, None, {"hidden": True})
        secret = book.add_worksheet("Lists")
        secret.write("A1", "Red")
        secret.hide()

    source = made(write)
    plan, lists = source.grids
    assert [c.place.cell for c in plan.cells if c.hidden] == ["B1", "B2", "A3", "B3", "C3", "A4", "B4", "C4", "B5", "B6"]
    assert lists.hidden
    assert lists.cells[0].hidden
    assert source.notes == (
        'The sheet is hidden in this workbook and read like any other: "Lists".',
        'Sheet "Plan": rows 3 to 4 are hidden; what stands there was read like any other.',
        'Sheet "Plan": column B is hidden; what stands there was read like any other.',
    )


def test_what_was_not_read_or_is_doubtful_is_told() -> None:
    book = OpenBook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "Action"
    sheet["A1"].comment = Comment("ask again", "somebody")
    sheet["B1"] = "=A1"
    buffer = io.BytesIO()
    book.save(buffer)
    source = read_source(buffer.getvalue(), "x.xlsx")
    assert [c.text for c in source.grids[0].cells] == ["Action", "=A1"]
    assert source.grids[0].cells[1].value is None
    assert source.notes == (
        'Sheet "Sheet": B1 holds a formula that was never worked out; it stands in place of its result.',
        'Sheet "Sheet": 1 comment beside the cells was not read.',
    )

    def write(book: Any, sheet: Any) -> None:
        sheet.write("A1", "gone", book.add_format({"font_strikeout": True}))
        sheet.conditional_format("A1:A9", {"type": "no_blanks", "format": book.add_format({"bg_color": "#00FF00"})})
        sheet.insert_textbox("D4", "Signed off in March")

    assert [note.partition(": ")[2][:30] for note in made(write).notes] == [
        "colours that follow the cells'", "A1 is struck out; please check", "text boxes or shapes lie over ",
    ]  # fmt: skip


def test_values_under_a_merged_cell_are_kept_and_told() -> None:
    rows = raw.cell(raw.text("over"), ' t="inlineStr"').replace(
        "</row>", f'<c r="B1" t="inlineStr">{raw.text("under")}</c></row>'
    )
    source = read_source(raw.book(raw.sheet(rows, after='<mergeCells><mergeCell ref="A1:B1"/></mergeCells>')), "x.xlsx")
    over, under = source.grids[0].cells
    assert (over.text, over.cols, over.hidden) == ("over", 2, False)
    assert (under.text, under.hidden) == ("under", True)
    assert "B1 holds something that nobody sees" in source.notes[0]


def test_raised_figures_are_marks_and_links_keep_their_address() -> None:
    def write(book: Any, sheet: Any) -> None:
        up = book.add_format({"font_script": 1})
        sheet.write_rich_string("A1", "451 women", up, "12", " were helped")
        sheet.write_rich_string("A2", "on the 8", up, "th")
        sheet.write_url("A3", "https://report.example/q2", string="here")
        sheet.write_url("A4", "https://report.example/q3")

    assert [c.text for c in made(write).grids[0].cells] == [
        "451 women¹² were helped",
        "on the 8th",
        "here (https://report.example/q2)",
        "https://report.example/q3",
    ]


@pytest.mark.parametrize("make", [by_xlsxwriter, by_openpyxl])
def test_every_value_of_a_workbook_is_in_a_grid(make: Callable[[int], bytes]) -> None:
    for seed in range(40):
        data = make(seed)
        source = read_source(data, "x.xlsx")
        for sheet, grid in zip(read_bytes(data).sheets, source.grids, strict=True):
            cells = {(c.row, c.col): c for c in grid.cells}
            assert len(cells) == len(grid.cells)
            for where, cell in sheet.cells.items():
                shown = f"={cell.formula}" if cell.type == "uncalculated" else fields.raw_text(cell)
                assert cells[where].text == shown if shown else where not in cells or cells[where].fill
            assert all(cells[where].fill for where in cells.keys() - sheet.cells.keys())


# --- CSV


def csv_texts(text: str, encoding: str = "utf-8") -> dict[str, str]:
    grid = read_source(text.encode(encoding), "lists/old plan.csv").grids[0]
    assert grid.name == "old plan"
    assert {(c.place.file, c.place.sheet) for c in grid.cells} == {("lists/old plan.csv", "old plan")}
    return {c.place.cell: c.text for c in grid.cells}


PLAN = 'Action plan\n\nRef,Action,RAG\n1.10,"Meet, then\nwrite",A\n007,"Say ""yes""",G,extra\n\n3,,R\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_csv_file_is_text_in_the_cells_that_excel_shows(encoding: str, delimiter: str, end: str) -> None:
    text = "Action plan\n\n" + PLAN.partition("\n\n")[2].replace("Meet, then", "Meet# then").replace(",", delimiter)
    text = text.replace("#", ",").replace("yes", "£5 – “yes”").replace("\n", end)
    assert csv_texts(text, encoding) == {
        "A1": "Action plan", "A3": "Ref", "B3": "Action", "C3": "RAG", "A4": "1.10", "B4": "Meet, then\nwrite", "C4": "A",
        "A5": "007", "B5": 'Say "£5 – “yes”"', "C5": "G", "D5": "extra", "A7": "3", "C7": "R",
    }  # fmt: skip


def test_excels_own_ways_of_writing_csv() -> None:
    assert csv_texts('sep=;\r\nRef;Action\r\n="007";Meet\r\n') == {"A2": "Ref", "B2": "Action", "A3": "007", "B3": "Meet"}


def test_what_is_doubtful_in_a_csv_file_is_told() -> None:
    notes = read_source(b'Ref,Action\n1,"no end\n2,x\n', "x.csv").notes
    assert any("Quotation marks" in note for note in notes)
    notes = read_source("Ref;Cost\n1;£5 for the café’s\n".encode("cp1252"), "x.csv").notes
    assert "Windows Western European" in notes[0]
    assert notes[1] == "The cells of this file are parted by semicolons."
    notes = read_source(PLAN.encode(), "x.csv").notes
    assert notes[-1] == "Most rows have 3 cells, row 5 more."


CELL = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), max_size=12)


@given(rows=st.lists(st.lists(CELL, min_size=1, max_size=5), min_size=1, max_size=8), delimiter=st.sampled_from(",;\t|"))
def test_every_field_of_a_csv_file_is_in_its_cell(rows: list[list[str]], delimiter: str) -> None:
    body = "\n".join(delimiter.join('"' + f.replace('"', '""') + '"' for f in row) for row in rows)
    wanted = {(r, c): fields.clean(f) for r, row in enumerate(rows, 2) for c, f in enumerate(row, 1) if fields.clean(f)}
    try:
        source = read_source(f"sep={delimiter}\n{body}\n".encode(), "x.csv")
    except Unreadable as error:
        assert error.code in ("file-empty", "html")
        assert not wanted or body.lstrip().startswith('"<')
        return
    found = {(c.row, c.col): c.text for c in source.grids[0].cells}
    kept = {w: t for w, t in wanted.items() if not t.startswith('="')}
    assert {w: t for w, t in found.items() if w in kept} == kept
    assert found.keys() == wanted.keys()


# --- what cannot be read


@pytest.mark.parametrize("code", OF_READER)
def test_a_refusal_is_one_sentence_to_the_person_who_imports(code: str) -> None:
    told = said_here(refused_by_reader(code, **dict.fromkeys(("limit", "part", "sheet", "cell", "found", "type"), "X")))
    assert ": please " in str(told)
    assert "send" not in str(told).partition(": please")[2]
    assert told.code in OF_READER or told.code in REFUSALS


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file-empty"),
        (b"%PDF-1.7\n", "pdf"),
        (b"{\\rtf1 hello}", "word"),
        (b"<html><table></table></html>", "html"),
        (b"\x89PNG\r\n", "picture"),
        (bytes(range(256)), "not-a-table"),
        (raw.packed({"a.csv": b"x"}), "archive"),
        (raw.packed({"content.xml": b"x"}), "open-document"),
        (raw.packed({"[Content_Types].xml": b"x", "_rels/.rels": b"<x"}), "xml-malformed"),
    ],
)
def test_other_files_are_refused_with_what_to_do(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_source(data, "plan.xlsx")
    assert caught.value.code == code
    assert ": please " in str(caught.value)
