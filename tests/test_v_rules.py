"""V01 to V30 of domain.md A10: where each fires, where it just does not, and what it says, with the cell and the remedy.

Each line of `v_rules.toml` names a fault of the fault set (`tests/faults`), which says what is typed, what is typed when it
just is no fault, and in which cells it must be found.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from tests.faults import desk
from tests.faults.catalogue import faults
from tests.faults.measure import Case, address, run, seed
from tests.faults.model import Fault
from tests.faults.rows import DUE, HOUSING, POLICE, Q3, TODAY, YOS
from tests.faults.vrules import RULES
from workflow.model import Finding, SubmissionState

SAID: tuple[tuple[str, str, str], ...] = tuple(
    (v, name, said)
    for v, lines in tomllib.loads(Path(__file__).with_name("v_rules.toml").read_text(encoding="utf-8")).items()
    for name, said in lines.items()
)


@cache
def _fault(name: str) -> Fault:
    return next(f for f in faults() if f.name == name)


def _told(fault: Fault) -> Sequence[Finding]:
    outcome = run(Case((fault,)))
    return [*(found for _, _, found in outcome.found), *outcome.extra, *outcome.notes]


@pytest.mark.parametrize(("v", "name", "said"), SAID, ids=[f"{v} {name}" for v, name, _ in SAID])
def test_a_rule_fires_at_its_cell_and_says_what_to_do(v: str, name: str, said: str) -> None:
    fault = _fault(name)
    assert fault.v == v
    _, where = seed(Case((fault,)))
    cells = [address(at, where)[1] for at in fault.expects[0].at]
    found = [f.message for f in _told(fault) if f.code == fault.code and f.partner in (fault.expects[0].partner, "")]
    assert found == [said.format(*cells)]


@pytest.mark.parametrize("name", [name for _, name, _ in SAID])
def test_a_rule_just_does_not_fire(name: str) -> None:
    near = _fault(name).just_not
    assert near, f"{name} has no case that just is no fault"
    assert _fault(name).code not in {f.code for f in _told(near)}


def test_every_rule_has_its_lines() -> None:
    assert {v for v, _, _ in SAID} == {v for v in RULES if v.startswith("V")} - {"V30"}


# --- V03 and V30: what is told by the state of files and partners


def test_v03_the_same_file_again_is_a_duplicate_and_changes_nothing() -> None:
    first = desk.Received("a return.xlsx", desk.filled(POLICE, Q3), Q3)
    again = desk.Received("the same again.xlsx", desk.filled(POLICE, Q3), Q3)
    quarter = desk.quarters(Q3, [*desk.read(first), *desk.read(again), *desk.others(POLICE, Q3)])[Q3]
    states = {s.title: (s.state, s.reason) for s in quarter.submissions}
    assert states["the same again.xlsx"] == (
        SubmissionState.DUPLICATE, "The same workbook as inbox/a return.xlsx, received on 16/01/2024."
    )  # fmt: skip
    assert [f.message for f in quarter.findings] == []


def test_v30_a_partner_that_has_not_returned_is_late_from_the_day_after_the_due_date() -> None:
    sent = [s for partner in (POLICE, HOUSING) for s in desk.clean_submissions(partner, Q3)]
    for day, state in ((DUE[Q3], "owed"), (TODAY[Q3], "late")):
        quarter = desk.quarters(Q3, sent, day)[Q3]
        assert {r.partner: r.state for r in quarter.returns}[YOS] == state
        assert {r.partner: r.state for r in quarter.returns}[POLICE] == "returned"
    owed = next(r for r in quarter.returns if r.partner == YOS)
    assert owed.days_late == 3
    assert "Actions, 2.6: nothing entered" in owed.missing
