"""Returns: what may be typed in, what helps while typing, and the words beside the shading."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from tests import writer_books as books
from workflow import writer
from workflow.model import Book, Column, Kind, Mark, Sheet

HEADINGS = 5  # title, intro, spare rows, who fills it in, headings


def opened(book: Book) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(writer.render(book)))


@pytest.fixture(scope="module")
def book() -> openpyxl.Workbook:
    return opened(books.to_return())


@pytest.fixture(scope="module")
def actions(book: openpyxl.Workbook) -> Worksheet:
    return book["Actions"]


def part(book: Book, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(writer.render(book))) as package:
        return package.read(name).decode()


def col(sheet: Worksheet, heading: str) -> int:
    return next(cell.column for row in sheet.iter_rows() for cell in row if cell.value == heading)


def rule(sheet: Worksheet, cell: str) -> DataValidation | None:
    return next((v for v in sheet.data_validations.dataValidation if cell in v.sqref), None)


def rule_of(column: Column) -> DataValidation:
    sheet = Sheet("Texts", "Texts", (), (Column("Row key"), replace(column, answer=True)), (("a", None),), "t")
    found = rule(opened(books.to_return(sheet))["Texts"], "B4")
    assert found
    return found


def test_only_answers_and_spare_rows_are_unlocked(actions: Worksheet) -> None:
    due, rag, key = col(actions, "Due date"), col(actions, "RAG now"), col(actions, "Row key")
    first, spare = HEADINGS + 1, HEADINGS + 3
    assert actions.protection.sheet
    assert not actions.protection.password
    assert actions.cell(first, due).protection.locked
    assert not actions.cell(first, rag).protection.locked
    assert not actions.cell(spare, due).protection.locked  # nothing stands there yet: a new row is theirs
    assert actions.cell(spare, key).protection.locked
    assert not actions.protection.formatColumns  # openpyxl: False means allowed
    assert not actions.protection.insertRows
    assert not actions.protection.sort
    assert actions.protection.deleteRows


def test_protection_only_where_the_form_asks_for_it() -> None:
    book = opened(books.to_return(books.asking(protect=False)))
    assert not book["Actions"].protection.sheet
    assert book["About this return"].protection.sheet
    assert not book["Guide"].protection.sheet


def test_shading_stands_beside_words(book: openpyxl.Workbook, actions: Worksheet) -> None:
    words = [actions.cell(HEADINGS - 1, n).value for n in range(1, actions.max_column + 1)]
    assert words[: col(actions, "RAG now") - 1] == ["Filled in for you"] * 5
    assert set(words[5:]) == {"Please complete"}
    assert actions.cell(HEADINGS + 1, col(actions, "RAG now")).fill.fgColor.rgb == "FFFFF9DB"
    assert actions.cell(HEADINGS + 1, col(actions, "Due date")).fill.fgColor.rgb == "FFF2F2F2"
    about = book["About this return"]
    assert [about.cell(row, 3).value for row in (4, 5, 6)] == ["Filled in for you", "Filled in for you", "Please complete"]


def test_spare_rows_are_told_in_words(actions: Worksheet) -> None:
    assert actions["A3"].value == (
        "The last 2 rows (NEW-01 to NEW-02) are spare, for something that is not listed: "
        "fill in their shaded boxes, or leave them blank."
    )


def test_a_problem_is_shown_by_a_note_and_a_border_too(actions: Worksheet) -> None:
    cell = actions.cell(HEADINGS + 2, col(actions, "RAG now"))
    assert cell.comment
    assert cell.comment.text == "You entered Ambar. Enter Red, Amber or Green."
    assert "<author></author>" in part(books.to_return(), "xl/comments1.xml")
    assert cell.border.left.style == "medium"
    assert cell.value == "Ambar"


def test_notes_are_for_returns_only() -> None:
    sheet = replace(books.table(), rows=((Mark("x", note="see"), *books.table().rows[0][1:]),))
    for book in (books.published(sheet), books.working(sheet)):
        assert opened(book)["Actions"]["A4"].comment is None


def test_formats_of_cells_to_be_typed_in(actions: Worksheet) -> None:
    shown = {
        heading: actions.cell(HEADINGS + 1, col(actions, heading)).number_format
        for heading in ("RAG now", "Progress this quarter", "People trained", "Rate", "Completed on", "Month", "Row key", "Ref")
    }
    assert shown == {
        "RAG now": "@", "Progress this quarter": "@", "People trained": "0", "Rate": "General", "Completed on": "dd/mm/yyyy",
        "Month": "@", "Row key": "@", "Ref": "@",
    }
    assert actions.cell(HEADINGS + 2, col(actions, "Ref")).value == "1.10"


def test_choices_are_enforced_in_line_or_from_the_hidden_lists(book: openpyxl.Workbook, actions: Worksheet) -> None:
    rag = rule(actions, f"F{HEADINGS + 1}")
    assert rag
    assert (rag.type, rag.formula1, rag.errorStyle or "stop") == ("list", '"Red,Amber,Green"', "stop")
    assert rag.showErrorMessage
    assert rag.prompt == "Choose from the list."
    reason = rule(actions, f"H{HEADINGS + 1}")
    assert reason
    assert (reason.formula1, reason.errorStyle) == ("drop_down_list_1", "warning")
    where = book.defined_names["drop_down_list_1"].attr_text.replace("'", "").replace("$", "")
    assert where == "Lists!A2:A4"
    assert [cell[0].value for cell in book["Lists"]["A2:A4"]] == list(books.REASONS)
    assert book["Lists"].sheet_state == "hidden"


def test_many_or_long_choices_stand_on_the_lists_sheet() -> None:
    words = tuple(f"Partner agency number {n}" for n in range(40))
    found = rule_of(Column("Lead", Kind.CHOICE, choices=words))
    assert found.formula1 == "drop_down_list_1"
    assert len(found.error or "") <= 255


def test_yes_no_has_a_drop_down() -> None:
    assert rule_of(Column("Sure", Kind.YES_NO)).formula1 == '"Yes,No"'


def test_dates_are_kept_within_the_century() -> None:
    found = rule_of(Column("When", Kind.DATE))
    assert (found.type, found.operator or "between", found.formula1, found.formula2) == ("date", "between", "36526", "73415")
    assert "31 Oct 2023" in (found.error or "")


def test_numbers_refuse_words_and_ask_about_what_is_out_of_range() -> None:
    free = rule_of(Column("Rate", Kind.RATE))
    assert (free.type, free.errorStyle or "stop") == ("decimal", "stop")
    limited = rule_of(Column("Share (%)", Kind.PERCENT, minimum=0, maximum=100))
    assert (limited.formula1, limited.formula2, limited.errorStyle) == ("0", "100", "warning")
    assert "from 0 to 100" in (limited.error or "")
    assert rule_of(Column("People", Kind.WHOLE, minimum=0)).type == "whole"


def test_long_text_is_only_warned_about() -> None:
    found = rule_of(Column("Progress", Kind.LONG_TEXT, max_length=1000))
    assert (found.type, found.formula1, found.errorStyle) == ("textLength", "1000", "warning")


def test_help_is_an_input_message_within_excels_limits() -> None:
    found = rule_of(Column("A heading that is longer than thirty-two characters", help="word " * 100))
    assert found.type in (None, "none")
    assert len(found.promptTitle or "") <= 32
    assert len(found.prompt or "") <= 255
    assert (found.prompt or "").endswith("…")


def test_spare_rows_have_the_rules_of_their_kind(actions: Worksheet) -> None:
    due = rule(actions, f"D{HEADINGS + 3}")
    assert due
    assert due.type == "date"
    assert rule(actions, f"D{HEADINGS + 1}") is None


def test_a_record_has_a_rule_per_line(book: openpyxl.Workbook) -> None:
    about = book["About this return"]
    assert [getattr(rule(about, f"B{row}"), "type", None) for row in range(4, 10)] == [
        None, None, "textLength", "date", "list", "textLength",
    ]


def test_a_register_has_drop_downs_but_no_lock() -> None:
    sheet = replace(books.asking(), spare_from=None)
    tab = opened(books.working(sheet))["Actions"]
    rule_f = rule(tab, "F4")
    assert rule_f
    assert rule_f.type == "list"
    assert tab["K4"].number_format == "dd mmm yyyy"  # an empty date cell takes a date
    assert not tab.protection.sheet


def test_rows_that_people_type_into_may_grow() -> None:
    """A height set "by hand" would cut off what they type."""
    assert 'customHeight="1"' not in part(books.to_return(), "xl/worksheets/sheet2.xml")
    assert 'customHeight="1"' in part(books.published(), "xl/worksheets/sheet2.xml")
