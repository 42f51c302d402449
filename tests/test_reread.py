"""What was written is read again: a cell or a byte that is not what was meant is told, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests import small as s
from tests.small import Q2, Q3, Small
from workflow import outbox, reader
from workflow.errors import WorkflowError
from workflow.outputs.view import View
from workflow.pipeline import press, reread
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.quarter import view_of
from workflow.pipeline.state import Asked, facts, open_ledger, quarters, taken

TRACKER = f"outbox/{Q2}/master-tracker-{Q2}.xlsx"
STANDS: dict[s.Box, Any] = {  # boxes of the tracker, and what they are changed to
    ("Actions", "A-1", "Status now"): "Complete",
    ("Actions", "A-1", "Progress this quarter"): "Something else.",
    ("Actions", "A-2", "Proposed new due date"): date(2024, 9, 1),
    ("Commitments", "C-2", "Status now"): None,
    ("Measures", "M-2", "Value"): 121,
    ("Measures", "M-1", "Value"): "35.2 or so",
    ("Measures", "M-1", "Period end"): "Oct 2023",
    ("Actions", "A-4", "Progress this quarter"): "Words that nobody sent.",
}


@pytest.fixture(scope="module")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """A second quarter in which police answered, with a date among the answers, and YOS its measure alone."""
    small = s.issued(tmp_path_factory.mktemp("reread") / "small")
    moved = s.row("Actions", "A-2", Proposed_new_due_date=date(2024, 9, 30), Reason_for_the_new_date="Capacity")
    small.returns("police", {**s.good("police"), **moved})
    small.returns("housing")
    small.returns("yos", s.row("Measures", "M-1", Value=Decimal("35.2"), Period_type="Quarter", Period_end="Sep 2023"))
    small.collate()
    return small


def view(small: Small) -> View:
    asked = Asked(small.root, Q2, s.COLLATED[Q2])
    workspace = workspaces.load(small.root)
    with open_ledger(small.root, read_only=True) as ledger:
        submissions = taken(ledger, ledger.submissions())
    return view_of(facts(workspace, asked), quarters(workspace, asked, submissions), Q2)


def told(small: Small, data: bytes) -> list[reread.Mismatch]:
    return list(reread.mismatches(reader.read_bytes(data), view(small), TRACKER))


@pytest.fixture
def spoiling(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """`spoiling["change"] = f`: from then on every tracker is changed by `f` on its way to the disk."""
    how: dict[str, Any] = {}
    written = outbox.Outbox.write

    def write(self: outbox.Outbox, path: str, data: bytes) -> outbox.Written:
        change = how.get("change")
        return written(self, path, change(data) if change and "/master-tracker-" in path else data)

    monkeypatch.setattr(outbox.Outbox, "write", write)
    yield how


def test_a_tracker_as_it_was_written_is_in_order(quarter: Small) -> None:
    assert told(quarter, quarter.tracker()) == []


@pytest.mark.parametrize(("box", "instead"), STANDS.items(), ids=lambda v: " ".join(v[1:]) if isinstance(v, tuple) else "")
def test_a_cell_that_says_something_else_is_told_with_both_values(quarter: Small, box: s.Box, instead: Any) -> None:
    data = s.type_in(quarter.tracker(), {box: instead})
    (wrong,) = told(quarter, data)
    assert (wrong.place.file, wrong.place.sheet) == (TRACKER, box[0])
    assert wrong.label.startswith(f"{box[2]} of ")
    words = wrong.words(view(quarter))
    assert words.endswith("This is our fault: please report it.")
    assert f"{box[0]}, cell {wrong.place.cell}" in words
    assert (f'"{wrong.says}"' in words) if instead is not None else ("says nothing, but" in words)


def test_a_row_that_is_lacking_is_told(quarter: Small) -> None:
    wrong = told(quarter, s.type_in(quarter.tracker(), {("Actions", "A-3", "Row key"): "A-9"}))
    assert [(m.place.sheet, m.stands) for m in wrong] == [("Actions", "A-3")]


def test_a_run_stops_where_the_disk_has_other_bytes(tmp_path: Path, spoiling: dict[str, Any]) -> None:
    small = s.issued(tmp_path / "small")
    small.returns("police")
    spoiling["change"] = lambda data: s.type_in(data, {("Actions", "A-1", "Status now"): "Complete"})
    with pytest.raises(WorkflowError, match=r"master-tracker-2023-24-Q2\.xlsx does not hold what was written to it"):
        small.collate()
    spoiling.clear()
    small.collate()  # the next run puts it right, beside what it cannot know to be its own
    assert [
        m for path in sorted((small.root / f"outbox/{Q2}").glob("master-tracker*(new*")) for m in told(small, path.read_bytes())
    ] == []


def test_a_run_stops_where_we_would_write_something_else_than_what_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = s.issued(tmp_path / "small")
    small.returns("police")
    checked = press.checked

    def spoiled(book: Any, name: str) -> bytes:
        data = checked(book, name)
        return s.type_in(data, {("Actions", "A-1", "Status now"): "Complete"}) if "master-tracker" in name else data

    monkeypatch.setattr(press, "checked", spoiled)
    with pytest.raises(WorkflowError) as stopped:
        small.collate()
    assert 'Status now of 1.1) says "Complete", but the ledger has "On track". This is our fault' in str(stopped.value)


def test_the_file_that_was_put_beside_a_persons_edit_is_the_one_that_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = s.issued(tmp_path / "small")
    small.returns("police")
    small.collate()
    tracker = small.root / TRACKER
    tracker.write_bytes(b"not a workbook any more")
    small.returns("housing")
    seen: list[str] = []
    look = reread.mismatches

    def looked(book: reader.Workbook, of: View, file: str) -> Iterator[reread.Mismatch]:
        seen.append(file)
        return look(book, of, file)

    monkeypatch.setattr(reread, "mismatches", looked)
    small.collate()
    assert tracker.read_bytes() == b"not a workbook any more"
    assert seen == [f"outbox/{Q2}/master-tracker-{Q2} (new 2023-10-23).xlsx"]


def test_what_stood_before_is_not_taken_for_what_this_quarter_says(quarter: Small) -> None:
    """A quarter in which nothing came: last quarter's figure and progress may not be printed as this one's."""
    asked = Asked(quarter.root, Q3, s.COLLATED[Q3])
    workspace = workspaces.load(quarter.root)
    with open_ledger(quarter.root, read_only=True) as ledger:
        submissions = taken(ledger, ledger.submissions())
    third = view_of(facts(workspace, asked), quarters(workspace, asked, submissions), Q3)
    wrong = {(m.place.sheet, m.label) for m in reread.mismatches(reader.read_bytes(quarter.tracker()), third, TRACKER)}
    assert ("Actions", "Progress this quarter of 1.1") in wrong
    assert ("Measures", "Value of M-2") in wrong
    assert ("Actions", "Status now of 1.1") not in wrong
