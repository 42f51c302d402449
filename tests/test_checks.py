"""The Checks sheet: its formulas, the results saved with them, and what we say when the return arrives, all agree.

Templates are filled in several ways. What the formulas come to is asked of LibreOffice, for all of them in one go; what is
saved is what our own code counts; what we say on arrival is `completeness`, through a run of the quarter.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests import office
from tests import small as s
from tests.small import Q2, Q4, Small, action, commitment, row, signed
from workflow.model import Mark, Severity
from workflow.outputs.template import return_book
from workflow.pipeline import book as books
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.verdict import Verdict

pytestmark = pytest.mark.xdist_group("checks")  # one worker: the cases are filled in once

NIL = {(s.ABOUT, "", "Nothing to report this quarter"): "Yes"}
NO_CHANGE = {"No change this quarter": "Yes"}
VISITS = row("Measures", "M-2", Value=120, Period_type="Quarter", Period_end="Sep 2023")


def _unchanged(sheet: str, key: str) -> dict[s.Box, Any]:
    return {(sheet, key, heading): value for heading, value in NO_CHANGE.items()}


def _new(sheet: str, **by_heading: Any) -> dict[s.Box, Any]:
    return row(sheet, "NEW-01", **by_heading)


# What police types. It leads A-1 (shared with housing), A-2 (past its due date here), C-1 and M-2.
CASES: dict[str, dict[s.Box, Any]] = {
    "empty": {},
    "signed only": signed(),
    "nil": {**signed(), **NIL},
    "nil but begun": {**signed(), **NIL, **row("Actions", "A-1", RAG_now="Green")},
    "no change on all": {
        **signed(), **_unchanged("Actions", "A-1"), **_unchanged("Actions", "A-2"), **_unchanged("Commitments", "C-1"), **VISITS
    },
    "complete": {
        **s.good("police"),
        **row("Actions", "A-2", Proposed_new_due_date=date(2024, 5, 31), Reason_for_the_new_date="Capacity"),
        **row("Actions", "A-2", Getting_back_on_track="A second officer joins the desk in May."),
    },
    "overdue without a plan": s.good("police"),
    "partly": {
        **action("A-1"), **row("Actions", "A-2", Status_now="At risk"), **row("Commitments", "C-1", Evidence_or_link="Minutes"),
    },
    "only said no": {("Actions", "A-1", "No change this quarter"): "No"},
    "white space": {
        **row("Actions", "A-1", Status_now="On track", Progress_this_quarter="   "), (s.ABOUT, "", "Completed by (post)"): " ",
    },
    "complete without proof": {**s.good("police"), **action("A-1", rag="Green", status="Complete")},
    "not public without a reason": {**s.good("police"), ("Commitments", "C-1", "Safe to publish?"): "Part 2"},
    "value without a period": {**s.good("police"), ("Measures", "M-2", "Period type"): None},
    "comment only": {**s.good("police"), **dict.fromkeys(VISITS), ("Measures", "M-2", "Comment on the figure"): "Late again."},
    "no figure": {**s.good("police"), **dict.fromkeys(VISITS), ("Measures", "M-2", "No figure because"): "Not yet due"},
    "asked for by rules": {
        **s.good("police"), **commitment("C-1", status="Complete"), ("Actions", "A-1", "Safe to publish?"): "No",
        ("Measures", "M-2", "Period type"): "Year to date",
    },
    "spare rows": {
        **s.good("police"), **_new("Actions", Recommendation="Share the list", RAG_now="Green"),
        **_new("Issues", Type="Achievement", Title="Award won", Detail="The desk won the county award."),
        **row("Issues", "NEW-02", Title="Half a row"),
    },
}  # fmt: skip
# Formulas alike those of another case: LibreOffice is not asked about them.
ALIKE = {"signed only", "only said no", "complete without proof", "not public without a reason", "no figure"}
# Rules that Checks has a line for: what they ask for on arrival makes a return "To do" in the file too.
SAID_IN_THE_FILE = frozenset({"required-when", "required-in-quarter", "overdue-no-plan", "period-missing", "value-missing"})


@dataclass(frozen=True)
class Line:
    """One line of a Checks sheet."""

    sheet: str
    what: str
    missing: int
    state: str


@dataclass(frozen=True)
class Filled:
    """One case: the file as typed in, what a run of it says, and what our code saves for those answers."""

    partner: str
    data: bytes
    verdict: Verdict
    saved: tuple[Line, ...]
    overall: str


def _saved(small: Small, verdict: Verdict, partner: str) -> tuple[tuple[Line, ...], str]:
    """The Checks sheet that our code writes for a copy of the form with these answers."""
    workspace = workspaces.load(small.root)
    standing = verdict.quarter.merged.standing
    answers = {slot: v.value for slot, v in standing.items() if v.partner == partner and not v.carried}
    template = replace(books._template(workspace, verdict.quarter, partner, s.COLLATED[Q2]), answers=answers)
    sheet = next(sheet for sheet in return_book(template).sheets if sheet.name == "Checks")
    plain = [[cell.value if isinstance(cell, Mark) else cell for cell in cells] for cells in sheet.rows]
    assert isinstance(sheet.lines[0], Mark)
    return tuple(Line(*cells) for cells in plain), str(sheet.lines[0].value)  # type: ignore[arg-type]  # as the columns say


def _read(data: bytes) -> tuple[tuple[Line, ...], str]:
    """The Checks sheet of a workbook as it was last calculated."""
    ws = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["Checks"]
    top = next(c.row for c in ws["A"] if c.value == "Sheet")
    cells = ws.iter_rows(min_row=top + 1, max_col=4, values_only=True)
    return tuple(Line(str(a), str(b), int(float(str(c))), str(d)) for a, b, c, d in cells), str(ws["A2"].value)


def _fill(small: Small, partner: str, typed: Mapping[s.Box, Any], period: str = Q2) -> Filled:
    data = small.filled(partner, typed, period)
    arrived = small.arrive("return.xlsx", data)
    verdict = small.collate(period, dry_run=True)
    arrived.unlink()
    return Filled(partner, data, verdict, *_saved(small, verdict, partner))


def _overdue_register(small: Small) -> None:
    rows = s.register_rows()
    rows["items"] = [{**r, "due": date(2023, 8, 31)} if r["key"] == "A-2" else r for r in rows["items"]]
    small.write_register(rows)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Filled]:
    found: dict[str, Filled] = {}
    small = s.make(tmp_path_factory.mktemp("checks") / "small")
    _overdue_register(small)
    small.issue()
    for name, typed in CASES.items():
        found[name] = _fill(small, "police", typed)
    # housing leads A-3 and C-2; A-1 is a row it only shares, so what it says there starts nothing
    found["shared row"] = _fill(small, "housing", {**s.signed(), **action("A-1"), **row("Actions", "A-3", RAG_now="Amber")})
    fourth = s.make(tmp_path_factory.mktemp("checks") / "small")
    fourth.issue(Q4)
    dropped = row("Commitments", "C-1", What_happens_next_year="Drop")
    found["fourth quarter"] = _fill(fourth, "police", {**signed(), **action("A-1"), **commitment("C-1"), **dropped}, Q4)
    return found


# --- saved results and arrival


@pytest.mark.parametrize("name", [*CASES, "shared row", "fourth quarter"])
def test_saved_results_say_what_is_said_on_arrival(filled: Mapping[str, Filled], name: str) -> None:
    agrees(filled[name], *(filled[name].saved, filled[name].overall))


def agrees(case: Filled, lines: tuple[Line, ...], overall: str) -> None:
    """The Checks lines against the run's missing list and findings, at the level both can express."""
    status = next(r for r in case.verdict.quarter.returns if r.partner == case.partner)
    told = {line.state for line in lines}
    assert told <= {"To do", "Complete"} and all((line.state == "To do") == (line.missing > 0) for line in lines)
    open_lines = [line for line in lines if line.missing]
    labels = {item.label for item in case.verdict.register.items}
    for line in lines:
        if line.sheet == s.ABOUT:
            heading = line.what.rpartition(": ")[0]
            assert (f"{line.sheet}: {heading}" in status.missing) == bool(line.missing), line
    for sheet in ("Actions", "Commitments", "Indicators", "Measures", "Issues"):
        entries = [m.removeprefix(f"{_title(sheet)}, ") for m in status.missing if m.startswith(f"{_title(sheet)}, ")]
        own = [e.partition(": ")[2] for e in entries if e.partition(": ")[0] in labels]
        new = [e for e in entries if e.partition(": ")[0] not in labels]
        mine = [line for line in lines if line.sheet == sheet]
        for line in mine:
            if line.what.startswith("Rows with nothing entered"):
                assert line.missing == own.count("nothing entered"), (line, own)
            elif line.what.endswith(" is blank on rows you have started"):
                heading = line.what.removesuffix(" is blank on rows you have started")
                assert line.missing == sum(heading in words.split(", ") for words in own), (line, own)
            elif line.what.startswith("Rows you added"):
                assert line.missing == len(new), (line, new)
            elif line.what.startswith("Neither"):
                assert line.missing == sum(words.endswith("a value, or the reason there is none") for words in own), (line, own)
    asked = {f.code for f in case.verdict.quarter.findings if f.partner == case.partner and f.severity is not Severity.NOTE}
    ready = not status.missing and not asked & SAID_IN_THE_FILE
    assert bool(open_lines) != ready, (open_lines, status.missing, asked)
    expected = "Complete: this return is ready to send" if ready else f"Not complete yet: lines still to do: {len(open_lines)}"
    assert overall == expected


def _title(sheet: str) -> str:
    return "Issues, risks and funding" if sheet == "Issues" else sheet


def test_the_cases_are_worth_their_while(filled: Mapping[str, Filled]) -> None:
    """Some are ready, most are not, and every line of the sheet is open in at least one of them."""
    assert {name for name, case in filled.items() if case.overall.startswith("Complete")} == {"nil", "complete"}
    lines = {(line.sheet, line.what) for case in filled.values() for line in case.saved}
    open_lines = {(line.sheet, line.what) for case in filled.values() for line in case.saved if line.missing}
    assert {what for sheet, what in lines - open_lines if sheet != "Activities"} <= {
        "Rows you added (NEW) that lack Proposed commitment, Theme, Accountable lead, End or How it will be shown",
        "What happens next year is blank (asked for this quarter)",
    }


def test_the_fresh_template_says_what_the_blank_return_lacks(tmp_path: Path) -> None:
    """What stands in the file before anybody calculates: a preview on a phone shows it."""
    small = s.issued(tmp_path / "small")
    lines, overall = _read(small.template("police"))
    assert [line.missing for line in lines if line.what.startswith("Rows with nothing entered")] == [2, 1, 1]
    assert overall == f"Not complete yet: lines still to do: {sum(1 for line in lines if line.missing)}"


def test_a_shared_row_is_not_asked_for(tmp_path: Path) -> None:
    """Housing shares A-1 with police, who lead it: the sheet counts A-3 alone."""
    lines, _ = _read(s.issued(tmp_path / "small").template("housing"))
    assert next(line.missing for line in lines if line.sheet == "Actions") == 1


# --- formulas


@pytest.mark.libreoffice
@pytest.mark.skipif(not office.available(), reason="LibreOffice is not installed")
def test_formulas_come_to_what_is_saved(filled: Mapping[str, Filled], tmp_path: Path) -> None:
    jobs: list[office.Job] = []
    asked = {name: case for name, case in filled.items() if name not in ALIKE}
    for n, (name, case) in enumerate(asked.items()):
        source = tmp_path / f"{n}.xlsx"
        source.write_bytes(case.data)
        # a line of one's own in a table or above one changes nothing that is counted
        moved: list[list[object]] = [["insert rows", "Actions", 10, 1], ["insert rows", "Commitments", 3, 2]]
        steps: list[list[object]] = [*(moved if name in ("partly", "complete") else []), ["recalculate", "Checks"]]
        jobs.append((source, tmp_path / f"{n}-saved.xlsx", steps))
    office.edit_all(jobs)
    for (_, target, _), (name, case) in zip(jobs, asked.items(), strict=True):
        lines, overall = _read(target.read_bytes())
        assert lines == case.saved, name
        assert overall == case.overall, name
