"""A year's end for the tests: the small partnership after its fourth quarter, its review, and the review given back."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl

from tests import small as s
from tests.small import Q4, Box, Row, Small
from tests.test_import_story import boxes
from workflow import config
from workflow.model import Register
from workflow.pipeline.givenback import given_back
from workflow.pipeline.proposed import PROPOSED
from workflow.pipeline.reviewed import Imports
from workflow.pipeline.roll import Rolled, roll
from workflow.pipeline.state import Asked

TODAY, SENT = date(2024, 5, 13), datetime(2024, 4, 16, 10, 0, tzinfo=UTC)
NEXT_Q1, ISSUED = "2024-25-Q1", date(2024, 7, 2)
REGISTER = "config/register.xlsx"
LEDGER = "ledger.sqlite"
FORMS = config.load_forms(s.ROOT / "templates/register")
REVIEW = "outbox/import/roll-2024-25-review.xlsx"
SHEETS = ("Actions", "Commitments", "Indicators", "Measures", "Plans", "Themes", "Periods")
By = Mapping[str, dict[str, Any]]  # rows of a review by their key


def rows() -> dict[str, list[Row]]:
    """The small register with five commitments of the police, one of housing, and the style of keys CP23-R1-1."""
    made = s.register_rows()
    others = [i for i in made["items"] if i["form"] not in ("commitments", "measures", "indicators")]
    own: list[Row] = [
        {"key": f"CP23-R1-{n}", "form": "commitments", "plan": "REVIEW", "theme": "R1", "ref": f"P1.{n}", "year": "2023/24",
         "title": f"Commitment {n}", "lead": "police" if n < 6 else "housing", "due": date(2024, 3, 31)}
        for n in range(1, 7)
    ]  # fmt: skip
    own[4]["note"] = "Agreed in May."
    return {**made, "items": [*others, *own]}


def said(n: int, choice: str, reason: str = "", status: str = "On track") -> dict[Box, Any]:
    """A whole answer to one commitment in the fourth quarter."""
    boxes = {
        "Status now": status, "Progress this quarter": f"What was promised under {n} went on in all wards.",
        "Outcome for residents": f"Residents of {n} wards are safer.", "What happens next year": choice,
        "Reason for next year's choice": reason,
    }  # fmt: skip
    return {("Commitments", f"CP23-R1-{n}", heading): value for heading, value in boxes.items() if value}


def proposed(n: int, text: str, theme: str = "1 Information sharing", lead: str = "Police") -> dict[Box, Any]:
    boxes = {
        "Proposed commitment": text, "Theme": theme, "Accountable lead": lead, "Start": date(2024, 4, 1),
        "End": date(2025, 3, 31), "How it will be shown": "Staff trained",
    }  # fmt: skip
    return {("Next year", f"NEW-{n:02d}", heading): value for heading, value in boxes.items() if value}


def police() -> dict[Box, Any]:
    risk = {
        "Type": "Risk", "Title": "Lights out in the underpass", "Detail": "It is dark and people avoid it after work.",
        "Theme": "1 Information sharing", "Status": "Open", "Likelihood (1 to 5)": 3, "Impact (1 to 5)": 2,
    }  # fmt: skip
    return {
        **{("Issues", "NEW-01", heading): value for heading, value in risk.items()},
        **s.signed(), **s.action("A-1"), **s.action("A-2"),
        **said(1, "Continue"), **said(2, "Complete", status="Complete"), **said(3, "Merge into another", "Goes on under P1.1"),
        **said(4, "Drop", "The grant ended"),
        **proposed(1, "Train 40 staff in the shared desk by spring"),
        **proposed(2, "Open a desk for parents in the library", "2 Early help", "Rotary Club"),
        **proposed(3, "Hold 12 drop-ins for parents", theme=""),
    }  # fmt: skip


@cache
def collated() -> Mapping[str, bytes]:
    """The workspace after its fourth quarter, made once: police returned, housing did not."""
    with TemporaryDirectory() as folder:
        small = s.make(Path(folder, "small"))
        small.write_register(rows())
        small.issue(Q4)
        small.arrive("police.xlsx", small.filled("police", police(), Q4), SENT)
        small.collate(Q4)
        return {name: (small.root / name).read_bytes() for name in small.files()}


def laid_out(folder: Path) -> Small:
    """A copy of that workspace."""
    for name, data in collated().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return Small(folder)


def rolled(small: Small, *, dry_run: bool = False, today: date = TODAY) -> Rolled:
    return roll(Asked(small.root, None, today), "2024-25", dry_run=dry_run)


def nothing(_: By) -> None:
    """No change to a review."""


def decide(review: Path, change: Callable[[By], None] = nothing, default: str = "Take") -> None:
    """Decide on whatever has no decision, then change what a test wants: rows of all sheets by their key, id or title."""
    book = openpyxl.load_workbook(review)
    found: dict[str, dict[str, Any]] = {}
    for name in SHEETS:
        for row in boxes(book, name) if name in book.sheetnames else ():
            row["Decision"].value = row["Decision"].value or (default or None)
            key = next(row[h].value for h in ("Row key", "Theme id", "Plan id", "Period key") if h in row)
            found[str(key or row["Title"].value)] = row
    change(found)
    book.save(review)


def give(small: Small, *, today: date = TODAY, name: str = REVIEW) -> Imports:
    return given_back(Asked(small.root, None, today), small.root / name)


def proposed_register(small: Small, change: Callable[[By], None] = nothing) -> Imports:
    """The year's review, everything without a decision taken but the proposal that names no theme, given back."""

    def settled(rows: By) -> None:
        rows["Hold 12 drop-ins for parents"]["Decision"].value = "Leave out"
        change(rows)

    rolled(small)
    decide(small.root / REVIEW, settled)
    return give(small)


def read(small: Small, name: str = PROPOSED) -> Register:
    """A register of the workspace, which must be read without a finding."""
    register, found = config.load_register((small.root / name).read_bytes(), FORMS, name, today=TODAY)
    assert register is not None
    assert [f.message for f in found] == []
    return register

def adopt(small: Small) -> None:
    """The coordinator settles who leads the last row, and makes the proposed register the register."""
    lead: Box = ("Items", "CP24-R2-1", "Lead")
    (small.root / REGISTER).write_bytes(s.type_in((small.root / PROPOSED).read_bytes(), {lead: "housing"}))

def sheet_of(data: bytes, name: str) -> list[list[Any]]:
    values = [list(r) for r in openpyxl.load_workbook(io.BytesIO(data), read_only=True)[name].iter_rows(values_only=True)]
    top = next(n for n, r in enumerate(values) if r[0] == "Row key")
    return values[top:]


def column_of(table: Iterable[list[Any]], heading: str) -> dict[str, Any]:
    head, *body = table
    return {str(r[0]): r[head.index(heading)] for r in body}
