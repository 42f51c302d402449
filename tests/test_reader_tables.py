"""A table is found by its name, then by its headings, a row by its key; whatever a person does to the sheet meanwhile."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

from workflow import config
from workflow.model import CellType, Field, Finding, Form, Kind, Role
from workflow.reader import TableRead, Workbook, read_bytes, read_table


def field(name: str, heading: str, role: Role, required: bool = False, synonyms: tuple[str, ...] = ()) -> Field:
    return Field(name, heading, role, Kind.TEXT, required=required, synonyms=synonyms)


FORM = Form(
    "actions",
    "Actions",
    "Actions",
    "ret_actions",
    (
        field("key", "Row key", Role.KEY),
        field("title", "Recommendation", Role.CONTEXT),
        field("before", "RAG last time", Role.PREVIOUS),
        field("rag", "RAG now", Role.ANSWER, required=True, synonyms=("RAG", "Rating")),
        field("progress", "Progress this quarter", Role.ANSWER, required=True, synonyms=("Progress", "Update")),
        field("evidence", "Evidence or link", Role.ANSWER),
    ),
)
RECORD = Form(
    "about",
    "About this return",
    "About this return",
    "ret_about",
    (
        field("return_id", "Return ID", Role.CONTEXT),
        field("partner", "Partner", Role.CONTEXT),
        field("by", "Completed by (post)", Role.ANSWER, required=True),
        field("on", "Approved on", Role.ANSWER, required=True),
        field("nil", "Nothing to report this quarter", Role.ANSWER),
    ),
    layout="record",
)
HEADINGS = tuple(f.heading for f in FORM.fields)
ROWS = (
    ("TR-1.1", "One pathway", "Amber", "Green", "Agreed in May", None),
    ("TR-1.10", "Two pathways", "Red", "Amber", None, "https://a.example"),
    ("TR-2", "Three pathways", "Green", None, None, None),
)
LINES = (("Return ID", "police-Q2"), ("Partner", "Police"), ("Completed by (post)", "Analyst"), ("Approved on", None))
Line = Sequence[object]


class Sheets:
    """A workbook in the making, by sheets; lines are put where the test wants them."""

    def __init__(self) -> None:
        self.book = openpyxl.Workbook()
        self.book.remove(self.book.worksheets[0])

    def put(self, sheet: str, lines: Sequence[Line], row: int = 1, col: int = 1) -> Sheets:
        ws = self.book[sheet] if sheet in self.book.sheetnames else self.book.create_sheet(sheet)
        for down, line in enumerate(lines):
            for across, value in enumerate(line):
                if value is not None:
                    ws.cell(row + down, col + across).value = value
        return self

    def table(self, sheet: str, area: str, name: str = "ret_actions") -> Sheets:
        self.book[sheet].add_table(Table(displayName=name, name=name, ref=area))
        return self

    def name(self, name: str, reference: str) -> Sheets:
        self.book.defined_names[name] = DefinedName(name, attr_text=reference)
        return self

    def read(self) -> Workbook:
        buffer = io.BytesIO()
        self.book.save(buffer)
        return read_bytes(buffer.getvalue())

    def rows(self, form: Form = FORM) -> TableRead:
        return read_table(self.read(), form, "inbox/a.xlsx")


def values(read: TableRead) -> list[Mapping[str, object]]:
    return [{name: cell.value for name, cell in row.cells.items()} for row in read.rows]


def expected(lines: Sequence[Line] = ROWS) -> list[Mapping[str, object]]:
    names = [f.name for f in FORM.fields]
    return [{name: value for name, value in zip(names, line, strict=True) if value is not None} for line in lines]


def codes(read: TableRead) -> list[str]:
    return [f.code for f in read.findings]


def told(read: TableRead, code: str) -> Finding:
    (found,) = [f for f in read.findings if f.code == code]
    return found


# --- finding it


def test_an_ordinary_table() -> None:
    read = Sheets().put("Actions", [HEADINGS, *ROWS], row=4).table("Actions", "A4:F7").rows()
    assert (read.found, read.named, read.sheet, read.line, read.share) == (True, True, "Actions", 4, 1.0)
    assert values(read) == expected()
    assert [row.key for row in read.rows] == ["TR-1.1", "TR-1.10", "TR-2"]
    assert [row.number for row in read.rows] == [5, 6, 7]
    assert read.headings == {"key": 1, "title": 2, "before": 3, "rag": 4, "progress": 5, "evidence": 6}
    assert read.rows[2].columns == read.headings
    assert read.findings == ()


def test_a_table_that_is_not_there_is_no_finding() -> None:
    assert Sheets().put("Other", [("Row key", "Something"), ("a", "b")]).rows() == TableRead(False)
    assert Sheets().put("Empty", []).rows() == TableRead(False)
    assert Sheets().put("Other", [("Row key", "RAG now")]).name("ret_actions", "Gone!$A$1").rows() == TableRead(False)
    assert Sheets().put("Other", [("x",)]).name("ret_actions", "#REF!").rows() == TableRead(False)


@pytest.mark.parametrize("area", ["$A$4:$F$7", "$A$4", "$A$5:$F$7", "A1", "$A$4:$F$7,Actions!$A$1"])
@pytest.mark.parametrize("tab", ["'My ''sheet'''", "'MY ''SHEET'''"])
def test_a_defined_name_leads_to_it_even_if_it_points_beside(tab: str, area: str) -> None:
    sheets = Sheets().put("Actions", [HEADINGS, ("decoy", "x", None, "Red", None, None)])
    read = sheets.put("My 'sheet'", [HEADINGS, *ROWS], row=4).name("RET_actions", f"{tab}!{area}").rows()
    assert (read.named, read.sheet) == (True, "My 'sheet'")
    assert values(read) == expected()


def test_without_a_name_the_headings_tell() -> None:
    titles = [("Actions for Quarter 2",), ("Please fill in RAG now and Progress this quarter",), ()]
    read = Sheets().put("Notes", [("RAG now", "see below")]).put("Blatt1", [*titles, HEADINGS, *ROWS], row=3, col=2).rows()
    assert (read.named, read.sheet, read.line) == (False, "Blatt1", 6)
    assert values(read) == expected()
    assert read.headings["key"] == 2


def test_among_like_tables_the_sheet_of_the_right_name_wins() -> None:
    for tabs in (("Actions", "Copy"), ("Copy", "Actions")):
        sheets = Sheets()
        for tab in tabs:
            sheets.put(tab, [HEADINGS, (tab, None, None, "Red")])
        read = sheets.rows()
        assert read.sheet == "Actions"
        assert told(read, "table-repeated").places[0].sheet == "Copy"


def test_another_forms_headings_count_against_a_table() -> None:
    strangers = [f"Other {n}" for n in range(4)]
    sheets = Sheets().put("Wide", [(*HEADINGS, *strangers), ("w",)]).put("Narrow", [HEADINGS[:5], ("n",)])
    assert sheets.rows().sheet == "Narrow"


def test_a_table_of_another_forms_name_is_that_forms() -> None:
    """Forms share headings; a partner without actions has a sheet of commitments that looks much like one."""
    sheets = Sheets().put("Commitments", [HEADINGS, *ROWS]).table("Commitments", "A1:F4", "ret_commitments")
    assert not sheets.rows().found


@pytest.mark.parametrize("name", ["Table1", "ret_actions3"])
def test_a_table_of_any_other_name_may_be_ours(name: str) -> None:
    """Spreadsheet programs give a table a new name when its sheet is copied."""
    assert values(Sheets().put("Actions (2)", [HEADINGS, *ROWS]).table("Actions (2)", "A1:F4", name).rows()) == expected()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_is_moved_every_row_keeps_its_values(data: st.DataObject) -> None:
    """Columns in any order, with strange ones between; rows sorted and spread; the sheet renamed, the table moved."""
    order = data.draw(st.permutations(range(len(HEADINGS))))
    lines = data.draw(st.permutations(ROWS))
    gaps = data.draw(st.lists(st.integers(0, 2), min_size=len(ROWS), max_size=len(ROWS)))
    top, left = data.draw(st.integers(1, 30)), data.draw(st.integers(1, 5))
    strange = data.draw(st.integers(0, len(order)))
    named = data.draw(st.booleans())

    def laid(line: Line, extra: object) -> list[object]:
        moved = [line[n] for n in order]
        return [*moved[:strange], extra, *moved[strange:]]

    body: list[Line] = [laid(HEADINGS, "Our own remarks")]
    for line, gap in zip(lines, gaps, strict=True):
        body += [()] * gap + [laid(line, "remark")]
    sheets = Sheets().put("Front", [("A cover",)]).put("Renamed", body, top, left)
    if named:
        sheets.name("ret_actions", f"Renamed!$A${top}:$Z$99")
    read = sheets.rows()
    assert values(read) == expected(lines)
    assert read.named == named
    assert told(read, "heading-unknown").found == "Our own remarks"
    assert codes(read) == ["heading-unknown"]


# --- its columns


def test_headings_are_compared_as_people_write_them() -> None:
    written = ["ROW  KEY", "Recommendation:", "RAG last\ntime", "Rag now *", " progress this quarter ", "Evidence or link"]
    read = Sheets().put("Actions", [written, *ROWS]).rows()
    assert values(read) == expected()
    assert read.findings == ()


def test_synonyms_serve_where_the_heading_is_missing() -> None:
    read = Sheets().put("Actions", [("Row key", "Rating", "Update"), ("TR-1.1", "Green", "Done")]).rows()
    assert values(read) == [{"key": "TR-1.1", "rag": "Green", "progress": "Done"}]
    assert read.findings == ()


def test_a_heading_goes_before_a_synonym() -> None:
    line = ("Row key", "Update", "RAG now", "Progress this quarter")
    read = Sheets().put("Actions", [line, ("TR-1.1", "old", "Green", "new")]).rows()
    assert values(read)[0]["progress"] == "new"
    found = told(read, "heading-repeated")
    assert (found.found, found.places[0].cell, found.field) == ("Update", "B1", "progress")


def test_a_near_miss_is_read_and_named() -> None:
    line = ("Row key", "RAG now", "Progres this quartr", "Evidence or link")
    read = Sheets().put("Actions", [line, ("TR-1.1", "Green", "Done", None)]).rows()
    assert values(read)[0]["progress"] == "Done"
    assert "Progress this quarter" in told(read, "heading-near").message
    assert codes(read) == ["heading-near"]


def test_of_two_columns_with_one_heading_the_first_is_read() -> None:
    read = Sheets().put("Actions", [(*HEADINGS, "RAG now"), (*ROWS[0], "Red")]).rows()
    assert values(read) == expected(ROWS[:1])
    found = told(read, "heading-repeated")
    assert (found.places[0].cell, found.severity) == ("G1", "query")


def test_a_missing_column_is_asked_for_if_it_matters() -> None:
    read = Sheets().put("Actions", [("Recommendation", "RAG now", "Evidence or link"), ("x", "Green", None)]).rows()
    missing = [f for f in read.findings if f.code == "heading-missing"]
    assert [f.found for f in missing] == ["Row key", "Progress this quarter"]
    assert "Progress this quarter" in missing[1].message
    assert [row.key for row in read.rows] == [""]


def test_strange_columns_are_noted_only_if_they_hold_something() -> None:
    lines = [(*HEADINGS, "Mine", "Empty"), (*ROWS[0], "remark")]
    read = Sheets().put("Actions", lines).rows()
    found = told(read, "heading-unknown")
    assert (found.found, found.places[0].cell, found.severity) == ("Mine", "G1", "note")


def test_what_stands_under_no_heading_is_noted() -> None:
    lines = [HEADINGS, (*ROWS[0], None, "stray"), ROWS[1], ("TR-3", None, None, "Red", None, None, None, "another")]
    read = Sheets().put("Actions", lines).rows()
    assert [p.cell for p in told(read, "answers-unheaded").places] == ["H2", "H4"]


# --- its rows


def test_blank_rows_and_cells_are_left_out() -> None:
    lines = [HEADINGS, ROWS[0], (), (" ", "\u200b", None, "\n"), ("TR-9", "title", " ", None), (None, None, None, "Red")]
    read = Sheets().put("Actions", lines).rows()
    assert values(read) == [*expected(ROWS[:1]), {"key": "TR-9", "title": "title"}, {"rag": "Red"}]
    assert [row.key for row in read.rows] == ["TR-1.1", "TR-9", ""]
    assert read.rows[-1].number == 6


def test_keys_are_read_as_people_see_them() -> None:
    read = Sheets().put("Actions", [HEADINGS, (1.1, "x"), ("1.10", "x"), (3, "x")]).rows()
    assert [row.key for row in read.rows] == ["1.1", "1.10", "3"]


def test_rows_below_the_tables_end_are_read() -> None:
    read = Sheets().put("Actions", [HEADINGS, *ROWS]).table("Actions", "A1:F2").rows()
    assert values(read) == expected()


def test_a_named_table_below_ends_it_but_not_one_beside() -> None:
    below = Sheets().put("Actions", [HEADINGS, ROWS[0], (), ("Row key", "Type"), ("x", "y")])
    assert values(below.table("Actions", "A1:F2").table("Actions", "A4:B5", "ret_issues").rows()) == expected(ROWS[:1])
    beside = Sheets().put("Actions", [HEADINGS, *ROWS]).put("Actions", [("One", "Two"), ("x", "y")], row=2, col=9)
    assert values(beside.table("Actions", "A1:F4").table("Actions", "I2:J3", "other").rows()) == expected()


def test_any_line_that_heads_its_own_keys_ends_the_table() -> None:
    """Another form's table under ours, pasted there without its name; it shares headings and their columns."""
    other = [("Row key", "Type", None, "RAG now"), ("NEW-01", "Risk", None, "Red")]
    read = Sheets().put("Actions", [HEADINGS, *ROWS, (), *other]).rows()
    assert values(read) == expected()


def test_the_headings_once_more_are_passed_over() -> None:
    read = Sheets().put("Actions", [HEADINGS, ROWS[0], HEADINGS, ROWS[1], (None, *HEADINGS[1:]), ROWS[2]]).rows()
    assert values(read) == expected()
    assert read.findings == ()


def test_the_headings_again_in_another_order_end_it_and_are_told() -> None:
    turned = [tuple(reversed(line)) for line in (HEADINGS, ROWS[1])]
    read = Sheets().put("Actions", [HEADINGS, ROWS[0], (), *turned]).rows()
    assert values(read) == expected(ROWS[:1])
    assert told(read, "table-repeated").places[0].cell == "A4"


def test_a_copy_without_answers_is_not_mentioned() -> None:
    blank = [(key, title, before, None, None, None) for key, title, before, *_ in ROWS]
    assert Sheets().put("Actions", [HEADINGS, *ROWS]).put("Old", [HEADINGS, *blank]).rows().findings == ()


# --- out of sight


def test_hidden_answers_are_read_and_noted_once() -> None:
    sheets = Sheets().put("Actions", [HEADINGS, *ROWS])
    sheets.book["Actions"].row_dimensions[2].hidden = True
    sheets.book["Actions"].row_dimensions[4].hidden = True  # no answer there
    read = sheets.rows()
    assert values(read) == expected()
    assert [p.cell for p in told(read, "answers-hidden").places] == ["D2", "E2"]


def test_a_hidden_sheet_is_read_and_noted_once() -> None:
    sheets = Sheets().put("Front", [("x",)]).put("Actions", [HEADINGS, *ROWS])
    sheets.book["Actions"].sheet_state = "veryHidden"
    read = sheets.rows()
    assert values(read) == expected()
    assert codes(read) == ["table-hidden"]


@pytest.mark.parametrize(
    ("area", "asked"),
    [
        ("D2:D3", True),  # one answer for two rows
        ("D2:E2", True),  # one text in two boxes
        ("C2:D2", True),  # an answer under what we filled in
        ("A2:A3", True),  # one key for two rows
        ("B2:B3", False),
        ("F2:H2", False),  # a box made wider
        ("D8:D9", False),
    ],
)
def test_merged_answers_are_asked_about(area: str, asked: bool) -> None:
    sheets = Sheets().put("Actions", [HEADINGS, *ROWS])
    sheets.book["Actions"].merge_cells(area)
    read = sheets.rows()
    assert ("answers-merged" in codes(read)) == asked
    if asked:
        assert told(read, "answers-merged").places[0].cell == area


def test_merged_cells_that_hold_nothing_are_no_trouble() -> None:
    sheets = Sheets().put("Actions", [HEADINGS, ("TR-1",), ("TR-2",)])
    sheets.book["Actions"].merge_cells("D2:E3")
    assert sheets.rows().findings == ()


# --- records


def test_a_record() -> None:
    read = Sheets().put("About this return", [("About",), (), *LINES], row=2).rows(RECORD)
    (row,) = read.rows
    assert (read.found, read.sheet, read.line, row.key) == (True, "About this return", 1, "")
    assert values(read) == [{"return_id": "police-Q2", "partner": "Police", "by": "Analyst"}]
    assert row.lines == {"return_id": 4, "partner": 5, "by": 6, "on": 7} == read.headings
    assert set(row.columns.values()) == {2}
    assert read.findings == ()


def test_a_record_is_found_by_its_name_first() -> None:
    decoy = [(label, "decoy") for label, _ in LINES]
    sheets = Sheets().put("About this return", decoy).put("Sheet9", LINES, row=3, col=3)
    read = sheets.name("ret_about", "Sheet9!$C$3:$D$6").rows(RECORD)
    assert (read.named, read.sheet, read.line) == (True, "Sheet9", 3)
    assert values(read)[0]["partner"] == "Police"


def test_a_records_answer_may_stand_a_little_further_right() -> None:
    lines = [("Return ID", None, "police-Q2"), ("Partner", " ", None, "Police"), ("Approved on", None, "Please complete")]
    read = Sheets().put("About", [*lines, ("Completed by (post)", "Filled in for you", None, "Analyst")]).rows(RECORD)
    assert values(read) == [{"return_id": "police-Q2", "partner": "Police", "by": "Analyst"}]


def test_a_record_twice() -> None:
    read = Sheets().put("About this return", LINES).put("About (2)", LINES).rows(RECORD)
    assert (read.sheet, codes(read)) == ("About this return", ["table-repeated"])


# --- all forms of the house


def test_every_form_finds_its_own_headings_and_only_those() -> None:
    """Each return form's sheet, without any name, is read back by its own form with all of its headings."""
    forms = config.load_forms(Path(__file__).parents[1] / "templates" / "returns")
    sheets = Sheets()
    for form in forms.values():
        headings = [f.heading for f in form.fields]
        sheets.put(f"x {form.name}", [(h,) for h in headings] if form.layout == "record" else [headings])
    book = sheets.read()
    for form in forms.values():
        read = read_table(book, form, "")
        assert (read.sheet, read.share, read.findings) == (f"x {form.name}", 1.0, ())


def test_cells_keep_their_type_and_place() -> None:
    read = Sheets().put("Actions", [HEADINGS, ("TR-1", "t", None, "=1+1", 5, True)], row=3, col=2).rows()
    cells = read.rows[0].cells
    assert {name: (cell.ref, cell.type) for name, cell in cells.items()} == {
        "key": ("B4", CellType.TEXT), "title": ("C4", CellType.TEXT), "rag": ("E4", CellType.UNCALCULATED),
        "progress": ("F4", CellType.NUMBER), "evidence": ("G4", CellType.BOOLEAN),
    }  # fmt: skip
