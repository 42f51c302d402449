"""From a reviewed import to issued templates in three commands: in an empty workspace, and in the example's."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from tests.old.book import as_xlsx
from tests.old.documents import document
from workflow import reader
from workflow.cli import main
from workflow.pipeline import start

TODAY = "2023-10-04"
REVIEW = "outbox/import/Action-plan-review.xlsx"
POST = "Partnership Lead"


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--workspace", str(folder), "--today", TODAY], catch_exceptions=False)


def edited(path: Path, change: Callable[[openpyxl.Workbook], None]) -> Path:
    """The workbook as a person saves it after a change."""
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return path


def boxes(book: openpyxl.Workbook, sheet: str) -> list[dict[str, Any]]:
    """The rows of a sheet by heading."""
    tab: Any = book[sheet]
    head = next(r for r in tab.iter_rows() if any(c.value in ("Decision", "Row key", "Partner id") for c in r))
    names = {c.column: str(c.value) for c in head}
    return [
        {names[c.column]: c for c in row if c.column in names}
        for row in tab.iter_rows(min_row=head[0].row + 1)
        if any(c.value is not None for c in row)
    ]


def accept_all(book: openpyxl.Workbook) -> None:
    """Take every row but the measures that numbers in text would be; settle a lead that nobody is, and say whom to write to."""
    for name in book.sheetnames:
        for row in boxes(book, name) if any(c.value == "Decision" for r in book[name].iter_rows() for c in r) else ():
            if row["Decision"].value != "Leave out":
                row["Decision"].value = "Take"
            if "Contact email" in row:
                row["Contact post"].value, row["Contact email"].value = POST, f"{row['Partner id'].value}@partners.example"


def about_us(book: openpyxl.Workbook) -> None:
    """What only a person knows of a partnership."""
    known = {
        "Name of the partnership": "Westmarsh Safety Partnership", "Short name": "WSP", "Coordinator (post)": "Coordinator",
        "Contact email": "office@westmarsh.example",
    }  # fmt: skip
    tab: Any = book["Partnership"]
    for row in tab.iter_rows():
        if row[0].value in known:
            row[1].value = known[row[0].value]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "Action plan.xlsx"
    path.write_bytes(as_xlsx(document("action_plan")))
    return path


def to_issued(folder: Path, settle: Callable[[openpyxl.Workbook], None]) -> None:
    """The three commands, with a save of the proposed register between the first and the second."""
    review = edited(folder / REVIEW, accept_all)
    given = run(folder, "import", "--reviewed", str(review))
    assert given.exit_code in (0, 1), given.output
    shutil.copyfile(edited(folder / "config/register-proposed.xlsx", settle), folder / "config/register.xlsx")
    checked = run(folder, "check")
    assert "to put right" not in checked.output, checked.output
    issued = run(folder, "issue", "--period", "2023-24-Q2")
    assert issued.exit_code == 0, issued.output


def plan_of(folder: Path) -> set[str]:
    """The row keys of the imported plan in all templates together."""
    keys: set[str] = set()
    for path in (folder / "outbox/2023-24-Q2/templates").glob("*.xlsx"):
        sheet = reader.read_bytes(path.read_bytes()).sheet("Actions")
        keys |= {str(c.value) for c in sheet.cells.values() if c.col == 1} if sheet else set()
    return {key for key in keys if key.startswith("TRYVG-")}


def test_from_a_review_to_templates_in_a_new_workspace(tmp_path: Path, old: Path) -> None:
    folder = tmp_path / "new"
    start.init(folder, "april", date.fromisoformat(TODAY))
    register = (folder / "config/register.xlsx").read_bytes()
    imported = run(folder, "import", str(old))
    assert imported.exit_code in (0, 1), imported.output
    assert (folder / "config/register.xlsx").read_bytes() == register
    to_issued(folder, about_us)
    assert len(plan_of(folder)) == 15


@pytest.mark.long  # the new workspace goes the same way
def test_from_a_review_to_templates_in_the_examples_workspace(tmp_path: Path, old: Path) -> None:
    folder = tmp_path / "example"
    start.lay_out(folder)
    run(folder, "import", str(old))
    to_issued(folder, lambda book: None)
    assert len(plan_of(folder)) == 15
