"""Faults of the workbook: keys, filled-in cells, headings, and what was done to rows, columns and sheets."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.faults.answers import Box, clean
from tests.faults.desk import Received
from tests.faults.model import NOTE, QUERY, STOP, THE_FILE, Change, Fault, Near, Span, fault
from tests.faults.rows import POLICE, Q2, Q3
from tests.faults.ruled import PROGRESS, RAG, STATUS, box, was
from tests.faults.typing_in import places

KEY = "Row key"


def answers_of(row: str, sheet: str = "") -> dict[Box, Any]:
    """What the clean return answers on a row: what is to be typed again where it was not taken."""
    return {b: v for b, v in clean(POLICE, Q3).items() if b[1] == row and sheet in ("", b[0])}


def key_faults() -> Iterator[Fault]:
    """V04: keys lost, invented, another agency's, repeated; rows and sheets taken out."""
    key = box("A-1.2", KEY)
    retyped = answers_of("A-1.2")
    for name, code, typed in (
        ("key-emptied", "row-key-missing", None), ("key-invented", "row-key-unknown", "A-9.9"),
        ("key-of-another-agency", "row-key-not-yours", "A-2.7"), ("key-misspelled", "row-key-unknown", "A-1,2"),
    ):  # fmt: skip
        yield fault(name, "V04", code, STOP, key, typed={key: typed}, near={key: " A-1.2 "}, remedy=retyped, suggestion="A-1.2")
    twice = {**answers_of("A-1.1"), **retyped}
    pasted = {key: "A-1.1", box("A-1.2", "Recommendation"): "Daily sharing of reports of missing children"}
    yield fault(
        "row-pasted-over",
        "V04",
        "row-key-repeated",
        STOP,
        box("A-1.1", KEY),
        key,
        typed={**pasted, box("A-1.2", "Ref"): "1.1"},
        remedy=twice,
    )
    yield fault("key-pasted-over", "V04", "row-key-repeated", STOP, box("A-1.1", KEY), key, typed={key: "A-1.1"}, remedy=twice)
    spare = ("Issues", "NEW-02", KEY)
    new = {**answers_of("NEW-01", "Issues"), **answers_of("NEW-02", "Issues")}
    yield fault(
        "spare-key-twice", "V04", "row-key-repeated", STOP, ("Issues", "NEW-01", KEY), spare, typed={spare: "NEW-1"},
        near={spare: "new-02"}, remedy=new,
    )  # fmt: skip
    yield fault(
        "row-deleted", "V04", "row-missing", QUERY, ("Commitments", "C-1", ""), change=_delete_row("Commitments", "C-1"),
        remedy=answers_of("C-1"), sheets=("Commitments",), near_change=_delete_row("Actions", "NEW-03"),
    )  # fmt: skip
    lost = {b: v for b, v in clean(POLICE, Q3).items() if b[0] == "Commitments"}
    yield fault(
        "sheet-deleted",
        "V04",
        "form-missing",
        QUERY,
        THE_FILE,
        change=_delete_sheet("Commitments"),
        remedy=lost,
        sheets=("Commitments",),
    )


def context_faults() -> Iterator[Fault]:
    """V05: what we had filled in now reads otherwise."""
    for row, heading, typed, near in (
        ("A-1.2", "Recommendation", "A shared desk for all questions", "A  SHARED desk for urgent questions"),
        ("A-1.1", "Due date", date(2024, 7, 31), "30 June 2024"),
        ("A-2.3", "Agreed new due date", date(2024, 6, 30), "31/03/2024"),
        ("A-1.2", "Ref", "1.20", " 1.2 "),
        ("C-1", "What we said we would do", "Hold a stall in one ward", "Hold pop\u2011up stalls in every ward"),
        ("A-1.2", "Lead", "Housing Service", "Fictional police"),
        ("M-1", "Target", 90, "100"),
    ):  # fmt: skip
        place = box(row, heading)
        yield fault(
            f"{row}-{heading}-changed",
            "V05",
            "context-changed",
            QUERY,
            place,
            typed={place: typed},
            near={place: near},
            remedy={},
        )


def previous_faults() -> Iterator[Fault]:
    """V05: last time's answers, typed over on one row or on several."""
    last = "Progress last time"
    one, two = box("A-1.1", last), box("A-1.2", last)
    told = clean(POLICE, Q2)[box("A-1.1", PROGRESS)]
    yield fault(
        "last-times-answer-changed", "V05", "previous-changed", QUERY, one, typed={one: "The list is sent by noon."},
        near={one: f"  {told}"}, remedy={},
    )  # fmt: skip
    several = {one: "The list is sent by noon.", two: "The desk is open."}
    yield fault(
        "last-times-answers-changed", "V05", "previous-changed-rows", QUERY, one, two, typed=several, near=None, remedy={}
    )
    status = box("A-2.3", "Status last time")
    yield fault(
        "last-times-status-changed",
        "V05",
        "previous-changed",
        QUERY,
        status,
        typed={status: "At risk"},
        near={status: "ON TRACK"},
        remedy={},
    )


def waived_faults() -> Iterator[Fault]:
    """A waiver on the register: one that still holds, and one that has ended."""
    held, ended = box("C-4", PROGRESS), box("A-2.3", PROGRESS)
    yield fault("a-query-that-is-waived", "V09", "query-waived", NOTE, held, typed={held: "Half are up."}, remedy=was(held))
    told = fault(
        "a-waiver-that-has-ended", "V09", "text-too-short", QUERY, ended, typed={ended: "It waits."}, remedy=was(ended)
    )
    yield told.also("waiver-expired", NOTE, ended, partner=POLICE)


def heading_faults() -> Iterator[Fault]:
    """V02: headings typed over, doubled, added, and columns taken out."""
    head = ("Actions", "", PROGRESS)
    yield fault(
        "heading-misspelled",
        "V02",
        "heading-near",
        NOTE,
        head,
        typed={head: "Progres this qarter"},
        near={head: "Progress made:"},
        remedy={},
    )
    extra: tuple[str, str, str] = ("Actions", "", f"{STATUS} again")
    yield fault(
        "heading-twice", "V02", "heading-repeated", QUERY, extra, change=_column("Actions", STATUS, "At risk"), remedy={},
        sheets=("Actions",),
    )  # fmt: skip
    own = ("Actions", "", "Seen by")
    yield fault(
        "a-column-of-ones-own",
        "V02",
        "heading-unknown",
        NOTE,
        own,
        change=_column("Actions", "Seen by", "Sergeant"),
        remedy={},
        sheets=("Actions",),
    )
    yield fault(
        "answers-under-no-heading", "V02", "answers-unheaded", NOTE, Near(box("A-1.1", WIDEST), 1),
        change=_column("Actions", None, "We hope for more"), remedy={}, sheets=("Actions",),
    )  # fmt: skip
    for sheet, heading in (("Actions", STATUS), ("Actions", PROGRESS), ("Indicators", PROGRESS)):
        lost = {b: v for b, v in clean(POLICE, Q3).items() if (b[0], b[2]) == (sheet, heading)}
        yield fault(
            f"{sheet}-{heading}-taken-out", "V02", "heading-missing", QUERY, (sheet, "", ""), remedy=lost, sheets=(sheet,),
            change=_delete_column(sheet, heading),
        )  # fmt: skip
    lost = {b: v for b, v in clean(POLICE, Q3).items() if b[0] == "Commitments"}
    yield fault(
        "all-headings-taken-out", "V02", "table-unread", QUERY, ("Commitments", "", ""), change=_no_headings("Commitments"),
        remedy=lost, sheets=("Commitments",),
    )  # fmt: skip
    over = ("Actions", "", RAG)
    lost = {b: v for b, v in clean(POLICE, Q3).items() if (b[0], b[2]) == ("Actions", RAG)}
    yield fault(
        "heading-typed-over",
        "V02",
        "heading-missing",
        QUERY,
        ("Actions", "", ""),
        typed={over: "Confidence"},
        near={over: "BRAG"},
        remedy=lost,
        sheets=("Actions",),
    )


WIDEST = "Why not published"  # the last column of the sheet Actions


def hidden_faults() -> Iterator[Fault]:
    """V24: out of sight, merged, twice, and things besides answers."""
    given = list(answers_of("A-1.1"))
    yield fault(
        "row-hidden",
        "V24",
        "answers-hidden",
        NOTE,
        *given,
        change=_hide_row("Actions", "A-1.1"),
        remedy={},
        sheets=("Actions",),
        near_change=_hide_row("Actions", "NEW-01"),
    )
    column = [b for b in clean(POLICE, Q3) if (b[0], b[2]) == ("Commitments", STATUS)]
    yield fault(
        "column-hidden",
        "V24",
        "answers-hidden",
        NOTE,
        *column,
        change=_hide_column("Commitments", STATUS),
        remedy={},
        sheets=("Commitments",),
    )
    yield fault(
        "sheet-hidden",
        "V24",
        "table-hidden",
        NOTE,
        ("Commitments", "", ""),
        change=_hide_sheet("Commitments"),
        remedy={},
        sheets=("Commitments",),
    )
    one, two = box("A-1.1", PROGRESS), box("A-1.2", PROGRESS)
    yield fault(
        "two-rows-merged", "V24", "answers-merged", QUERY, Span(one, two), change=_merge(one, two), near_change=_merged_title,
        remedy=was(two), sheets=("Actions",),
    )  # fmt: skip
    yield fault(
        "sheet-copied", "V24", "table-repeated", QUERY, ("Actions Copy", "", KEY), change=_copy("Actions"), remedy={},
        sheets=("Actions",),
    )  # fmt: skip
    yield fault("notes-on-a-hidden-sheet", "V24", "sheets-hidden", NOTE, ("Kept", "", ""), change=_hidden_notes, remedy={})
    yield fault("macros", "V24", "workbook-active", NOTE, THE_FILE, sent=_with_macros, remedy={})
    place = ("Activities", "NEW-01", "Place")
    yield fault(
        "text-that-became-a-date",
        "V12",
        "text-was-date",
        NOTE,
        place,
        change=_dated(place),
        near={place: "2-1 Club"},
        remedy=was(place),
    )


def tidied_faults() -> Iterator[Fault]:
    """V11: a date with words around it is read, and that is noted."""
    place = box("A-1.3", "Proposed new due date")
    yield fault(
        "date-with-words",
        "V11",
        "date-tidied",
        NOTE,
        place,
        typed={place: "by Tue 30/04/2024"},
        near={place: "30.4.24"},
        remedy=was(place),
    )


def book_faults() -> Iterator[Fault]:
    """Everything of this module."""
    for some in (key_faults, context_faults, previous_faults, waived_faults, heading_faults, hidden_faults, tidied_faults):
        yield from some()


# --- what is done to a workbook


def _sheet(book: Workbook, name: str) -> Worksheet:
    ws = book[name]
    assert isinstance(ws, Worksheet)
    return ws


def _cell(book: Workbook, place: Box) -> Any:
    sheet, ref = places(book)[place]
    return book[sheet][ref]


def _delete_row(sheet: str, key: str) -> Change:
    def change(book: Workbook) -> None:
        _sheet(book, sheet).delete_rows(_cell(book, (sheet, key, KEY)).row)

    return change


def _delete_sheet(sheet: str) -> Change:
    return lambda book: book.remove(book[sheet])


def _delete_column(sheet: str, heading: str) -> Change:
    def change(book: Workbook) -> None:
        _sheet(book, sheet).delete_cols(_cell(book, (sheet, "", heading)).column)

    return change


def _column(sheet: str, heading: str | None, said: str) -> Change:
    """One more column at the right, with something beside the first row."""

    def change(book: Workbook) -> None:
        top = _cell(book, (sheet, "", KEY)).row
        ws = _sheet(book, sheet)
        right = max(c.column for c in ws[top] if c.value) + 1
        ws.cell(top, right).value = heading
        ws.cell(top + 1, right).value = said

    return change


def _no_headings(sheet: str) -> Change:
    def change(book: Workbook) -> None:
        top = _cell(book, (sheet, "", KEY)).row
        for cell in _sheet(book, sheet)[top]:
            cell.value = None

    return change


def _hide_row(sheet: str, key: str) -> Change:
    def change(book: Workbook) -> None:
        _sheet(book, sheet).row_dimensions[_cell(book, (sheet, key, KEY)).row].hidden = True

    return change


def _hide_column(sheet: str, heading: str) -> Change:
    def change(book: Workbook) -> None:
        _sheet(book, sheet).column_dimensions[_cell(book, (sheet, "", heading)).column_letter].hidden = True

    return change


def _hide_sheet(sheet: str) -> Change:
    def change(book: Workbook) -> None:
        _sheet(book, sheet).sheet_state = "hidden"

    return change


def _merge(one: Box, two: Box) -> Change:
    def change(book: Workbook) -> None:
        first, last = _cell(book, one), _cell(book, two)
        last.value = None
        _sheet(book, one[0]).merge_cells(f"{first.coordinate}:{last.coordinate}")

    return change


def _merged_title(book: Workbook) -> None:
    _sheet(book, "Actions").merge_cells("A1:D1")


def _copy(sheet: str) -> Change:
    def change(book: Workbook) -> None:
        book.copy_worksheet(_sheet(book, sheet))

    return change


def _hidden_notes(book: Workbook) -> None:
    ws = book.create_sheet("Kept")
    ws["A1"] = "Kept"
    ws["B1"] = "for the next return"
    ws.sheet_state = "hidden"


def _dated(place: Box) -> Change:
    def change(book: Workbook) -> None:
        cell = _cell(book, place)
        cell.value = date(2024, 1, 2)
        cell.number_format = "dd/mm/yyyy"

    return change


def _with_macros(data: bytes) -> Sequence[Received]:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as book:
        book.writestr(zipfile.ZipInfo("xl/vbaProject.bin", (2023, 9, 1, 0, 0, 0)), b"\xd0\xcf\x11\xe0" + bytes(200))
    return [Received("police.xlsm", out.getvalue(), Q3)]
