"""The marked-up return: a fresh copy with every answer, what needs attention marked, and a way back that changes only that."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell import Cell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests import small as s
from tests.letter_pages import words
from tests.small import Q2, Small, row
from workflow import accessible
from workflow.model import Finding, Profile, Severity
from workflow.pipeline.verdict import Verdict

pytestmark = pytest.mark.usefixtures("no_packs")

ATTENTION = "FBD9C6"
LATER = s.SENT.replace(day=24)
LAST = s.SENT.replace(day=25)

# What police mistypes, one fault of each kind that a marked-up copy can show, and what puts each right word for word.
FAULTS: dict[s.Box, Any] = {
    **s.good("police"),
    ("Actions", "A-1", "Status now"): "On trak",
    ("Actions", "A-2", "Proposed new due date"): "31/02/2024",
    ("Actions", "A-2", "Progress this quarter"): None,
    ("Measures", "M-2", "Value"): "about 120",
    ("Commitments", "C-1", "No change this quarter"): "perhaps",
    (s.ABOUT, "", "Approved on"): None,
    (s.ABOUT, "", "Checked: no names or case details"): None,
    **row("Issues", "NEW-02", Type="Riks", Title="=SUM(1,1)", Detail="-5 posts are vacant in the joint team."),
    ("Issues", "NEW-02", "Likelihood (1 to 5)"): "often",
}
CORRECTED: dict[s.Box, Any] = {
    ("Actions", "A-1", "Status now"): "On track",
    ("Actions", "A-2", "Proposed new due date"): date(2024, 9, 30),
    ("Actions", "A-2", "Progress this quarter"): "The desk opened in August and took forty calls.",
    ("Measures", "M-2", "Value"): 120,
    ("Commitments", "C-1", "No change this quarter"): "No",
    (s.ABOUT, "", "Approved on"): date(2023, 10, 13),
    (s.ABOUT, "", "Checked: no names or case details"): "Yes",
    ("Issues", "NEW-02", "Type"): "Risk",
    ("Issues", "NEW-02", "Likelihood (1 to 5)"): 4,
    ("Issues", "NEW-02", "Impact (1 to 5)"): 2,
}


@dataclass(frozen=True)
class Asked:
    """One line of the Queries sheet."""

    words: str
    sheet: str
    link: str
    row: str
    found: str
    remedy: str


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return s.issued(tmp_path / "small")


def _faulty(small: Small) -> Verdict:
    """Police's faults, and housing, who shares A-1, says another RAG of it."""
    small.returns("police", FAULTS)
    small.returns("housing", {**s.good("housing"), **s.action("A-1", rag="Green")})
    return small.collate()


def _marked(small: Small, partner: str = "police") -> bytes:
    return (small.root / f"outbox/{Q2}/marked-up/{partner}-{Q2}-queries.xlsx").read_bytes()


def _book(data: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def _queries(book: Workbook) -> Iterator[Asked]:
    ws = book["Queries"]
    top = next(c.row for c in ws["A"] if c.value == "Query")
    assert [c.value for c in ws[top]] == ["Query", "Sheet", "Cell", "Row", "What we found", "What to do", "Your reply"]
    for cells in ws.iter_rows(min_row=top + 1):
        link = cells[2].hyperlink.location if cells[2].hyperlink else ""
        texts = [str(c.value or "") for c in cells]
        yield Asked(texts[2], texts[1], link or "", texts[3], texts[4], texts[5])


def _cells_by_sheet(book: Workbook) -> dict[str, list[str]]:
    """The cells that the Queries sheet names, by the sheet they stand on."""
    found: dict[str, list[str]] = {}
    for query in _queries(book):
        found.setdefault(query.sheet, []).extend(re.findall(r"[A-Z]+\d+", query.words))
    return found


def _target(book: Workbook, link: str) -> Cell:
    sheet, _, cell = link.rpartition("!")
    ws = book[sheet.strip("'")]
    assert isinstance(ws, Worksheet)
    found = ws[cell]
    assert isinstance(found, Cell)
    return found


def _asked(verdict: Verdict, partner: str = "police") -> list[Finding]:
    return [f for f in verdict.quarter.findings if f.partner == partner and f.severity is not Severity.NOTE]


def test_every_query_links_to_the_very_cell_and_the_cell_is_marked_in_words(small: Small) -> None:
    asked = _asked(_faulty(small))
    book = _book(_marked(small))
    queries = list(_queries(book))
    assert len(queries) == len(asked) >= 9
    for query, finding in zip(queries, asked, strict=True):
        assert re.fullmatch(r"Cells? [A-Z]+\d+.*", query.words), query
        cell = _target(book, query.link)
        assert query.words.split()[1].strip(",") == cell.coordinate
        assert str(cell.fill.fgColor.rgb).endswith(ATTENTION) and cell.border.left.style, (query, cell.coordinate)
        assert cell.comment and query.found in cell.comment.text and query.remedy in cell.comment.text
        if finding.found and not finding.code.startswith("row-key"):
            assert f'"{cell.value}"' in query.found, (query, cell.value)


def test_the_letter_asks_what_the_queries_sheet_asks_at_the_same_cells(small: Small) -> None:
    """Its reader has the copy open, not the file that was sent, in which rows may stand elsewhere."""
    rows = {**FAULTS, ("Actions", "A-2", "Row key"): "A-22", ("Commitments", "C-1", "No change this quarter"): None}
    rows |= {("Commitments", "C-1", heading): None for heading in ("Status now", "Progress this quarter")}
    small.returns("police", rows)
    small.collate()
    letter = words((small.root / f"outbox/{Q2}/mail/query-police.txt").read_text(encoding="utf-8"))
    queries = [*_queries(_book(_marked(small)))]
    assert queries
    for query in queries:
        cells = [*re.findall(r"[A-Z]+\d+", query.words)]
        where = f"{query.sheet}, cell{'s' if len(cells) > 1 else ''} {', '.join(cells)}"
        assert where in letter, letter
        assert f": {words(query.found)} {words(query.remedy)}" in letter
    assert re.search(r"Commitments, cell [A-Z]+\d+: Nothing was entered on this row of yours: ", letter)
    assert "on row A-2. Your file had: Status now" in letter


def test_what_was_held_stands_as_it_was_typed_in_a_box_that_takes_the_correction(small: Small) -> None:
    """The box keeps its format: under a text format its own date rule would refuse the corrected date."""
    _faulty(small)
    data = _marked(small)
    for place in (box for box, value in FAULTS.items() if value is not None):
        assert str(s.shown(data, place)).removesuffix(" 00:00:00") == str(FAULTS[place]), place
    due = s.box(_book(data), ("Actions", "A-2", "Proposed new due date"))
    assert due.value == "31/02/2024" and due.number_format == "dd/mm/yyyy"
    assert s.box(_book(data), ("Measures", "M-2", "Value")).number_format == "General"
    assert s.box(_book(data), ("Issues", "NEW-02", "Title")).data_type == "s"  # text stays text


def test_it_passes_the_accessibility_list_and_each_sheet_says_where_to_look(small: Small) -> None:
    _faulty(small)
    for partner in ("police", "housing"):
        assert accessible.check(_marked(small, partner), Profile.RETURN, f"{partner}-{Q2}-queries.xlsx") == ()
    for sheet, cells in _cells_by_sheet(_book(_marked(small))).items():
        told = next(str(c.value) for c in _book(_marked(small))[sheet]["A"] if str(c.value).startswith("Please look at "))
        assert all(cell in told for cell in cells), (sheet, told)


def test_sent_back_unchanged_it_changes_nothing(small: Small) -> None:
    before = _faulty(small)
    small.arrive("police again.xlsx", _marked(small), LATER)
    after = small.collate(today=LATER.date())
    told = [{slot: v.value for slot, v in verdict.quarter.merged.standing.items()} for verdict in (before, after)]
    assert told[0] == told[1]
    assert s.counts(before)[0] == s.counts(after)[0]
    assert {(f.code, f.form, f.field, f.items) for f in _asked(before)} == {
        (f.code, f.form, f.field, f.items) for f in _asked(after)
    }
    assert s.states(before)["police"] == s.states(after)["police"]
    runs = (after.run, small.collate(today=LATER.date()).run)
    assert runs[0] == runs[1]  # the file was taken in once; the same inbox again is no new run


def test_corrected_word_for_word_every_query_goes(small: Small) -> None:
    _faulty(small)
    small.arrive("police again.xlsx", s.type_in(_marked(small), CORRECTED), LATER)
    small.arrive("housing again.xlsx", s.type_in(_marked(small, "housing"), {("Actions", "A-1", "RAG now"): "Amber"}), LATER)
    verdict = small.collate(today=LATER.date())
    assert _asked(verdict) == [] and _asked(verdict, "housing") == []
    assert s.states(verdict)["police"] == "returned"
    assert not list((small.root / f"outbox/{Q2}").glob("marked-up/*.xlsx"))


def test_a_stale_copy_does_not_show_again_what_was_corrected_since(small: Small) -> None:
    """The deputy corrects a cell in one marked-up copy; then the lead returns another, that cell as it was issued."""
    _faulty(small)
    stale = s.type_in(_marked(small), {("Measures", "M-2", "Value"): 120})
    small.arrive("deputy.xlsx", s.type_in(_marked(small), row("Commitments", "C-1", Status_now="At risk")), LATER)
    small.arrive("lead.xlsx", stale, LAST)
    small.collate(today=LAST.date())
    assert s.shown(_marked(small), ("Commitments", "C-1", "Status now")) == "At risk"


def test_a_row_with_nothing_on_it_is_asked_about_at_its_first_box(small: Small) -> None:
    typed = {box: value for box, value in s.good("police").items() if box[1] not in ("A-2", "M-2")}
    small.returns("police", typed)
    small.collate()
    book = _book(_marked(small))
    places = {(q.sheet, q.link) for q in _queries(book)}
    boxes = {sheet: s.box(book, (sheet, key, heading)).coordinate for sheet, key, heading in (
        ("Actions", "A-2", "Status now"), ("Measures", "M-2", "Value")
    )}  # fmt: skip
    assert places == {(sheet, f"'{sheet}'!{cell}") for sheet, cell in boxes.items()}


def test_a_row_whose_key_was_changed_is_shown_with_what_stood_on_it(small: Small) -> None:
    """The copy has the right key again, but not the answers: they are quoted, so that they can be entered again."""
    data = small.filled("police")
    book = _book(data)
    s.box(book, ("Actions", "A-2", "Row key")).value = "A2 - police"
    small.arrive("police.xlsx", s.saved(book))
    small.collate()
    marked = _book(_marked(small))
    query = next(q for q in _queries(marked) if q.row.startswith("Row key"))
    assert _target(marked, query.link).value == "A-2"
    assert 'Status now "On track"' in query.remedy and "The work on A-2 went on" in query.remedy
    assert "A2 - police" in query.found
    small.arrive("again.xlsx", s.type_in(_marked(small), s.action("A-2")), LATER)
    assert _asked(small.collate(today=LATER.date())) == []


def test_a_filled_in_text_that_was_changed_is_marked_where_ours_stands(small: Small) -> None:
    small.returns("police", {**s.good("police"), ("Actions", "A-1", "Recommendation"): "Another one"})
    small.collate()
    book = _book(_marked(small))
    (query,) = _queries(book)
    cell = _target(book, query.link)
    assert cell.value == "Recommendation 1.1" and cell.comment and '"Another one"' in cell.comment.text
