"""The new year's quarters after a year's review was given back and adopted, and papers of the year that is over."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests import small as s
from tests.rolling import (
    ISSUED,
    NEXT_Q1,
    REGISTER,
    SENT,
    TODAY,
    By,
    adopt,
    column_of,
    laid_out,
    proposed_register,
    read,
    rolled,
    rows,
    said,
    sheet_of,
)
from tests.small import Q4, Box, Small
from workflow import config, periods
from workflow.model import Slot, Standing
from workflow.pipeline import ask
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.collate import collate
from workflow.pipeline.issue import issue
from workflow.pipeline.proposed import PROPOSED
from workflow.pipeline.state import Asked, open_ledger, quarters, taken

pytestmark = pytest.mark.usefixtures("drawn_once")


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return laid_out(tmp_path)


def _worked(small: Small, today: date) -> Mapping[str, Any]:
    workspace = workspaces.load(small.root)
    with open_ledger(small.root, read_only=True) as ledger:
        return quarters(workspace, Asked(small.root, Q4, today), taken(ledger, ledger.submissions()))


def _stood(small: Small) -> Mapping[Slot, Standing]:
    """What the ledger has of the fourth quarter."""
    with open_ledger(small.root, read_only=True) as ledger:
        return ledger.standings()[Q4]


def _keys(small: Small, partner: str, sheet: str) -> list[str]:
    ws = openpyxl.load_workbook(io.BytesIO(small.template(partner, NEXT_Q1)))[sheet]
    column = [str(ws.cell(r, 1).value) for r in range(1, ws.max_row + 1) if ws.cell(r, 1).value]
    return [key for key in column[column.index("Row key") + 1 :] if not key.startswith("NEW-")]


def test_adopting_it_changes_nothing_of_what_earlier_quarters_came_to(small: Small) -> None:
    before = _worked(small, TODAY)
    proposed_register(small)
    adopt(small)
    after = _worked(small, TODAY)
    for key, quarter in before.items():
        assert after[key].merged == quarter.merged, key
        assert after[key].returns == quarter.returns, key
        assert {f.message for f in after[key].findings} == {f.message for f in quarter.findings}, key
        assert {p: {f: [i.key for i in r] for f, r in g.items()} for p, g in after[key].given.items()} == {
            p: {f: [i.key for i in r] for f, r in g.items()} for p, g in quarter.given.items()
        }


def test_the_new_years_templates_have_what_goes_on_and_what_is_new(small: Small) -> None:
    proposed_register(small)
    adopt(small)
    issue(Asked(small.root, NEXT_Q1, ISSUED))
    assert _keys(small, "police", "Commitments") == ["CP23-R1-1", "CP23-R1-5", "CP24-R1-1"]
    assert _keys(small, "housing", "Commitments") == ["CP23-R1-6", "CP24-R2-1"]
    last = ("Commitments", "CP23-R1-1", "Status last time")
    assert s.shown(small.template("police", NEXT_Q1), last) == "On track"
    assert s.shown(small.template("police", NEXT_Q1), ("Commitments", "CP24-R1-1", "Status last time")) in (None, "None")


def test_even_without_a_new_register_what_ended_is_not_asked_for_again(small: Small) -> None:
    more = rows()
    more["periods"] = [*more["periods"], *(config.as_row(p) for p in config.plan_year(periods.CALENDARS["april"], 2024))]
    small.write_register(more)
    issue(Asked(small.root, NEXT_Q1, ISSUED))
    assert _keys(small, "police", "Commitments") == ["CP23-R1-1", "CP23-R1-5"]


# --- a decision of the coordinator's, and what is held


def test_the_coordinators_word_in_the_tracker_counts_and_a_held_choice_ends_nothing(small: Small) -> None:
    path = small.root / f"outbox/{Q4}/master-tracker-{Q4}.xlsx"
    box: Box = ("Commitments", "CP23-R1-4", "What happens next year")
    path.write_bytes(s.type_in(path.read_bytes(), {box: "Continue"}))
    small.arrive("later.xlsx", small.filled("police", {**said(5, "Drop it"), **s.signed()}, Q4), SENT)
    verdict = small.collate(Q4, date(2024, 4, 23))
    assert "choice-unknown" in s.codes(verdict, "police")
    done = rolled(small)
    proposed_register(small)
    assert "    CP23-R1-5 (P1.5)" in done.lines
    assert read(small).item("CP23-R1-4").text("state") == ""  # type: ignore[union-attr]



def test_the_tracker_of_the_last_quarter_has_the_year_end(small: Small) -> None:
    table = sheet_of(small.tracker(Q4), "Year end")
    assert column_of(table, "Next year") == {
        "CP23-R1-1": "Continued", "CP23-R1-2": "Completed", "CP23-R1-3": "Merged into another", "CP23-R1-4": "Dropped",
        "CP23-R1-5": "Not said", "CP23-R1-6": "Not said",
    }  # fmt: skip
    assert column_of(table, "Merged into")["CP23-R1-3"] == "CP23-R1-1: P1.1: Commitment 1"
    assert column_of(table, "Why")["CP23-R1-4"] == "The grant ended"
    assert str(column_of(table, "Source")["CP23-R1-4"]).startswith("inbox/police.xlsx, Commitments, cell ")
    changed = {str(r[2]) for r in sheet_of(small.tracker(Q4), "What changed")[1:]}
    assert "What happens next year" not in changed  # it is asked for in this quarter alone
    keys = column_of(sheet_of(small.tracker(Q4), "Next year"), "Proposed new key")
    assert keys == {
        f"police-{Q4}-next-01": "CP24-R1-1", f"police-{Q4}-next-02": "CP24-R2-1",
        f"police-{Q4}-next-03": "None: it names no theme",
    }  # fmt: skip


def test_a_board_sees_what_happens_next_year(small: Small) -> None:
    pack = (small.root / f"outbox/{Q4}/boards/exec-{Q4}-partnership.xlsx").read_bytes()
    table = sheet_of(pack, "Commitments")
    told = column_of(table, "What happens next year")
    assert (told["CP23-R1-1"], told["CP23-R1-4"]) == ("Continue", "Drop: The grant ended")
    assert "Reason for next year's choice" not in table[0]


# --- themes are called otherwise in another year


def _renamed(small: Small) -> None:
    """The coordinator swaps the numbers of the themes in the review, gives them new titles, and adopts what comes of it."""

    def rename(rows: By) -> None:
        rows["R1"]["Number"].value, rows["R1"]["Theme title"].value = "2", "Data in common"
        rows["R2"]["Number"].value, rows["R2"]["Theme title"].value = "1", "Help sooner"
        rows["CP24-R2-1"]["Lead"].value = "housing"

    proposed_register(small, rename)
    (small.root / REGISTER).write_bytes((small.root / PROPOSED).read_bytes())


def test_the_new_year_has_new_labels_and_the_old_one_stays_as_it_was(small: Small) -> None:
    before, stood = _worked(small, TODAY), _stood(small)
    _renamed(small)
    after = _worked(small, TODAY)
    assert {k: q.merged for k, q in after.items() if k in before} == {k: q.merged for k, q in before.items()}
    issue(Asked(small.root, NEXT_Q1, ISSUED))
    template = small.template("police", NEXT_Q1)
    row, risk = ("Commitments", "CP23-R1-1"), f"police-{Q4}-issue-01"
    assert s.shown(template, (*row, "Status last time")) == "On track"
    # The issue comes back with its answers filled in: the theme's old name is still known.
    assert s.shown(template, ("Issues", risk, "Theme")) == "1 Information sharing"
    told = {"Status now": "At risk", "Progress this quarter": "Two of ten wards are late by some weeks."}
    more: dict[Box, Any] = {**s.signed(), **{(*row, heading): value for heading, value in told.items()}}
    small.arrive("q1.xlsx", small.filled("police", more, NEXT_Q1), datetime(2024, 7, 10, 10, 0, tzinfo=UTC))
    when = date(2024, 7, 16)
    verdict = collate(Asked(small.root, NEXT_Q1, when))
    assert "choice-unknown" not in s.codes(verdict)
    assert _stood(small) == stood
    later = (small.root / f"outbox/{NEXT_Q1}/boards/exec-{NEXT_Q1}-partnership.xlsx").read_bytes()
    table = sheet_of(later, "Commitments")  # what happened next year is said no more, nor is what ended
    assert "What happens next year" not in table[0]
    assert [r[0] for r in table[1:]] == ["CP23-R1-1", "CP23-R1-5", "CP23-R1-6", "CP24-R1-1", "CP24-R2-1"]
    now = small.tracker(NEXT_Q1)
    tracker = sheet_of(now, "Commitments")
    assert len(tracker) == 9  # the tracker has the closed ones, too
    assert set(column_of(tracker, "What happens next year").values()) == {None}
    assert column_of(sheet_of(now, "Issues"), "Theme") == {risk: "2 Data in common"}
    assert column_of(sheet_of(now, "Commitments"), "Theme")["CP23-R1-1"] == "2 Data in common"
    changed = {(r[0], r[2]): (r[3], r[4]) for r in sheet_of(now, "What changed")[1:]}
    assert changed["CP23-R1-1", "Status now"] == ("On track", "At risk")
    title, events = ask.history(Asked(small.root, NEXT_Q1, when), "CP23-R1-1")
    assert "CP23-R1-1" in title
    assert {e.period for e in events} >= {"Q4 2023/24", "Q1 2024/25"}
    # Papers of the year that is over, made again, show the labels of their time.
    ask.emit(Asked(small.root, Q4, when))
    pack = (small.root / f"outbox/{Q4}/boards/exec-{Q4}-partnership.xlsx").read_bytes()
    for data in (small.tracker(Q4), pack):
        assert set(column_of(sheet_of(data, "Commitments"), "Theme").values()) == {"1 Information sharing"}


def test_papers_as_they_stood_have_the_register_of_that_day(small: Small) -> None:
    _renamed(small)
    _, folder = ask.emit(Asked(small.root, Q4, date(2024, 7, 16)), date(2024, 4, 22))
    table = sheet_of((small.root / folder / f"master-tracker-{Q4}.xlsx").read_bytes(), "Commitments")
    assert set(column_of(table, "Theme").values()) == {"1 Information sharing"}
