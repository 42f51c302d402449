"""A template filled in by LibreOffice's own application, saved as .xlsx, comes back with every value (issue line).

Typed as a person in the UK types: choices, dates day first, 36.4%, 1,234, text that begins with = or -. Then again with the
workbook rearranged as people rearrange theirs. LibreOffice is started once for all of it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests import office
from tests import small as s
from tests.small import ABOUT, Q2, Box, Small
from workflow import reader, validate
from workflow.model import Slot, Value
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.ground import Arrival
from workflow.pipeline.identify import identify

pytestmark = [
    pytest.mark.libreoffice,
    pytest.mark.xdist_group("office"),
    pytest.mark.skipif(not office.available(), reason="LibreOffice is not installed"),
]

LONG = "The pathway was tried out with nine families, and seven of them stayed in touch. " * 12
TWO_LINES = "- protocols with two boroughs in use\n- one contact point agreed, and checked each week"
# What is typed, and what comes back. `=` and `-` begin ordinary words here.
TYPED: dict[Box, tuple[str, Value]] = {
    (ABOUT, "", "Completed by (post)"): ("Partnership Analyst", "Partnership Analyst"),
    (ABOUT, "", "Approved by (post)"): ("Head of Service", "Head of Service"),
    (ABOUT, "", "Approved on"): ("05/10/2023", date(2023, 10, 5)),
    (ABOUT, "", "Checked: no names or case details"): ("Yes", True),
    (ABOUT, "", "Comments to the coordinator"): ("=SUM of the figures is checked", "=SUM of the figures is checked"),
    ("Actions", "A-4", "Status now"): ("At risk", "At risk"),
    ("Actions", "A-4", "RAG now"): ("Amber", "Amber"),
    ("Actions", "A-4", "Progress this quarter"): (LONG, LONG.strip()),
    ("Actions", "A-4", "Proposed new due date"): ("03/12/2023", date(2023, 12, 3)),
    ("Actions", "A-4", "Reason for the new date"): ("Waiting for another agency", "Waiting for another agency"),
    ("Actions", "A-4", "Getting back on track"): (TWO_LINES, TWO_LINES),
    ("Actions", "A-4", "Evidence or link"): ("=https://minutes.example/7", "=https://minutes.example/7"),
    ("Actions", "NEW-01", "Recommendation"): ("Share the 1.10 list", "Share the 1.10 list"),
    ("Actions", "NEW-01", "Ref"): ("1.10", "1.10"),
    ("Actions", "NEW-01", "Due date"): ("31/3/24", date(2024, 3, 31)),
    ("Actions", "NEW-01", "Status now"): ("Not started", "Not started"),
    ("Indicators", "I-1", "Progress this quarter"): ("-5 came back, year on year", "-5 came back, year on year"),
    ("Indicators", "I-1", "Does this answer the indicator?"): ("No", False),
    ("Measures", "M-1", "Value"): ("36.4%", Decimal("36.4")),
    ("Measures", "M-1", "Numerator"): ("1,456", 1456),
    ("Measures", "M-1", "Denominator"): ("4,000", 4000),
    ("Measures", "M-1", "Period type"): ("Rolling 12 months", "Rolling 12 months"),
    ("Measures", "M-1", "Period end"): ("Sep 2023", date(2023, 9, 30)),
    ("Measures", "M-1", "Same period last year"): ("35.25", Decimal("35.25")),
    ("Measures", "M-1", "Provisional?"): ("Yes", True),
    ("Measures", "M-1", "Comment on the figure"): ("+1.2 points, as foreseen", "+1.2 points, as foreseen"),
    ("Issues", "NEW-01", "Type"): ("Funding", "Funding"),
    ("Issues", "NEW-01", "Title"): ("'Safer' bid", "'Safer' bid"),
    ("Issues", "NEW-01", "Detail"): ("@partners: a bid was sent in September.", "@partners: a bid was sent in September."),
    ("Issues", "NEW-01", "Amount (£)"): ("£25,000", 25000),
    ("Issues", "NEW-01", "Deadline"): ("1 Nov 2023", date(2023, 11, 1)),
}  # fmt: skip


@dataclass(frozen=True)
class Saved:
    """The workspace, and the template as LibreOffice saved it: untouched, filled in, and filled in and rearranged."""

    small: Small
    files: Mapping[str, bytes]


def _steps(template: bytes) -> list[list[object]]:
    book = openpyxl.load_workbook(io.BytesIO(template))
    return [["type", place[0], s.box(book, place).coordinate, typed] for place, (typed, _) in TYPED.items()]


def _rearrange(template: bytes) -> list[list[object]]:
    """Sorted, hidden, inserted, moved and renamed, in ways that never touch what was typed."""
    ws = openpyxl.load_workbook(io.BytesIO(template))["Actions"]
    top = next(c.row for c in ws["A"] if c.value == "Row key")
    last = ws.cell(ws.max_row, ws.max_column).coordinate
    progress = next(c.column for c in ws[top] if c.value == "Progress this quarter")
    return [
        ["sort down", "Actions", f"A{top + 1}:{last}", 1],
        ["insert rows", "Actions", top + 2, 2],
        ["insert rows", "Actions", 3, 1],
        ["insert columns", "Actions", 4, 1],
        ["move column", "Actions", progress + 1, 3],
        ["insert columns", "Measures", 3, 2],
        ["insert rows", "Issues", 2, 3],
        ["hide rows", "Issues", 5, 6],
        ["rename", "Measures", "Figures for the board"],
        ["rename", "Actions", "1. Actions (ours)"],
    ]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Saved:
    folder = tmp_path_factory.mktemp("office")
    small = s.issued(folder / "small")
    template = small.template("yos")
    source = folder / "yos.xlsx"
    source.write_bytes(template)
    steps = {"untouched": [], "filled": _steps(template), "moved": [*_steps(template), *_rearrange(template)]}
    office.edit_all([(source, folder / f"{name}.xlsx", told) for name, told in steps.items()])
    return Saved(small, {name: (folder / f"{name}.xlsx").read_bytes() for name in steps})


def _slots(small: Small) -> dict[Slot, Value]:
    """Where each value belongs once it is read."""
    forms = workspaces.load(small.root).forms
    by_sheet = {form.sheet: form for form in forms.values()}
    slots: dict[Slot, Value] = {}
    for (sheet, key, heading), (_, value) in TYPED.items():
        form = by_sheet[sheet]
        name = next(f.name for f in form.fields if f.heading == heading)
        added = f"yos-{Q2}-{form.spare_prefix}-{key[-2:]}" if key.startswith("NEW") else key
        slots[form.name, added or validate.record_key("yos", Q2), name] = value
    return slots


@pytest.mark.parametrize("name", ["filled", "moved"])
def test_every_value_comes_back(saved: Saved, tmp_path: Path, name: str) -> None:
    small = s.issued(tmp_path / "small")
    small.arrive("anything.xlsx", saved.files[name], sent=None)
    verdict = small.collate(dry_run=True)
    found = {slot: v.value for slot, v in verdict.quarter.merged.standing.items() if v.partner == "yos"}
    assert found == _slots(small)
    assert s.counts(verdict) == (len(TYPED) - 2, 2, 0, 0)  # the RAG and the value are what they were before
    held = [f for f in verdict.quarter.findings if f.partner == "yos" and f.severity.value == "stop"]
    assert held == []


def test_untouched_it_comes_back_without_an_answer_or_a_question_about_a_cell(saved: Saved, tmp_path: Path) -> None:
    small = s.issued(tmp_path / "small")
    small.arrive("yos.xlsx", saved.files["untouched"], sent=None)
    verdict = small.collate(dry_run=True)
    assert s.counts(verdict) == (0, 0, 0, 0)
    assert {f.code for f in verdict.quarter.findings if f.partner == "yos"} == {"row-unanswered", "sign-off-missing"}


def test_identity_outlives_the_program_that_saved_it(saved: Saved) -> None:
    """About sheet, custom properties and keywords each say whose return it is, after LibreOffice as before."""
    workspace = workspaces.load(saved.small.root)
    ours = reader.read_bytes(saved.small.template("yos"))
    for data in saved.files.values():
        book = reader.read_bytes(data)
        assert {k: v for k, v in book.custom.items() if k in ours.custom} == dict(ours.custom)
        for name in ("title", "keywords", "creator", "subject"):
            assert book.core.get(name) == ours.core[name], name
        tables = {name: reader.read_table(book, form, "") for name, form in workspace.forms.items()}
        arrival = Arrival("x.xlsx", "", b"", date(2023, 10, 20))
        found = identify(book, {n: t for n, t in tables.items() if t.found}, workspace.ground, arrival)
        assert (found.partner, found.period, found.findings) == ("yos", Q2, ())
        assert found.issue == ours.custom["issue"]


def test_drop_downs_locks_and_the_checks_outlive_it_too(saved: Saved) -> None:
    ours = openpyxl.load_workbook(io.BytesIO(saved.small.template("yos")))
    theirs = openpyxl.load_workbook(io.BytesIO(saved.files["filled"]))
    for ws in ours.worksheets:
        again = theirs[ws.title]
        assert again.protection.sheet == ws.protection.sheet, ws.title
        for kind in ("list", "date", "decimal"):
            boxes = [{c for rule in w.data_validations.dataValidation if rule.type == kind for c in _cells(str(rule.sqref))}
                     for w in (ws, again)]  # fmt: skip
            assert boxes[0] == boxes[1], (ws.title, kind)
    states = [c.value for c in openpyxl.load_workbook(io.BytesIO(saved.files["filled"]), data_only=True)["Checks"]["D"]]
    assert "Complete" in states and "To do" in states


def _cells(areas: str) -> set[str]:
    sheet = openpyxl.Workbook().active
    assert sheet is not None
    found: set[str] = set()
    for area in areas.split():
        cells = sheet[area]
        rows = cells if isinstance(cells, tuple) else ((cells,),)
        found.update(c.coordinate for row in rows for c in (row if isinstance(row, tuple) else (row,)))
    return found
