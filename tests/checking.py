"""Returns with faults seeded into them, and what the Checks sheet and a run of the quarter each say of the same file.

One workspace: Police lead many rows alike, so that one return holds a fault on each of them. What stood before this quarter
is the register's opening position.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests import small as s
from tests.small import ABOUT, Q2, Q3, Q4, Box, Small, row
from workflow.model import Finding, Form, Severity, Slot, Value
from workflow.outputs.checks import Claim, Line, checks_lines
from workflow.outputs.template import Template, _checkable, _record, _table
from workflow.pipeline import book as books
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.verdict import Verdict
from workflow.validate import record_key

SENT = {Q2: s.SENT, Q3: datetime(2024, 1, 15, 10, 0, tzinfo=UTC), Q4: datetime(2024, 4, 15, 10, 0, tzinfo=UTC)}
FAR = date(2099, 1, 1)  # still to come, whenever the tests run and LibreOffice asks what day it is
LAST = "The earlier position, as agreed."
LATE, DUE = date(2023, 8, 31), date(2024, 6, 30)
Row = dict[str, Value]


def _action(n: int, **more: Value) -> Row:
    opening: Row = {"opening_status": "On track", "opening_rag": "Amber", "opening_progress": LAST}
    return {
        "key": f"A-{n:02d}", "form": "actions", "plan": "REVIEW", "theme": "R1", "ref": f"1.{n}",
        "title": f"Recommendation {n}", "detail": f"Action {n}", "lead": "police", "start": date(2023, 4, 1), "due": DUE,
        **opening, **more,
    }  # fmt: skip


def _measure(n: int, **more: Value) -> Row:
    usual: Row = {"unit": "number", "counts": "incidents", "polarity": "Lower is better", "period_type": "Quarter"}
    opening: Row = {"opening_value": Decimal(100), "opening_period_end": date(2023, 6, 30)}
    return {
        "key": f"M-{n:02d}", "form": "measures", "plan": "REVIEW", "theme": "R1", "title": f"Measure {n}", "lead": "police",
        **usual, **opening, **more,
    }  # fmt: skip


LATE_ROWS = (5, 6, 7, 25)  # actions that are past their due date
NEW_ROWS = (17,)  # actions without an earlier answer
SHARE: Row = {"unit": "%", "counts": "people", "opening_value": Decimal("36.4")}
MEASURES: Mapping[int, Row] = {
    5: {"target": Decimal(90), "opening_value": ""},
    6: SHARE,
    7: {**SHARE, "opening_value": ""},
    8: {**SHARE, "opening_value": ""},
    9: {**SHARE, "opening_value": ""},
    12: {"period_type": "Cumulative"},
    13: {"opening_value": ""},
    15: {"opening_value": ""},
    17: {"unit": "rate per 1,000", "opening_value": ""},
    19: {"target": Decimal(120), "polarity": "Higher is better", "opening_value": ""},
    20: {**SHARE, "opening_value": "", "title": "Change in re-offending"},
    21: {"opening_value": Decimal(0)},
    22: {"swing": Decimal(10)},
    25: {"counts": "people", "opening_value": ""},
    26: {**SHARE, "opening_value": ""},
    27: {**SHARE, "opening_value": Decimal(-4), "title": "Change in homelessness"},
}


def register_rows() -> dict[str, list[Row]]:
    """The small register, with many rows of one kind."""
    rows = s.register_rows()
    later: Row = {"opening_status": "", "opening_rag": "", "opening_progress": ""}
    actions = [
        _action(n, **({"due": LATE} if n in LATE_ROWS else {}), **(later if n in NEW_ROWS else {}))
        for n in range(1, 35)
    ]
    actions[9]["opening_rag"] = "Red"
    actions[32] |= {"lead": "housing", "joint_leads": "police"}
    commitments: list[Row] = [
        {"key": f"C-{n}", "form": "commitments", "plan": "REVIEW", "theme": "R1", "ref": f"C{n}", "title": f"Commitment {n}",
         "lead": "police", "due": date(2024, 3, 31)}
        for n in range(1, 5)
    ]  # fmt: skip
    indicators: list[Row] = [
        {"key": f"I-{n}", "form": "indicators", "plan": "REVIEW", "theme": "R2", "title": f"Indicator {n}", "lead": "police",
         "term": "Short"}
        for n in range(1, 4)
    ]  # fmt: skip
    measures = [_measure(n, **MEASURES.get(n, {})) for n in range(1, 28)]
    rows["items"] = [*actions, *commitments, *indicators, *measures]
    return rows


def made(root: Path) -> Small:
    """The workspace, issued for the second quarter."""
    small = s.make(root)
    small.write_register(register_rows())
    small.issue()
    return small


# --- one row filled in well


def action(n: int | str, **more: Any) -> dict[Box, Any]:
    key = n if isinstance(n, str) else f"A-{n:02d}"
    told = f"Work on {key} went on: two boroughs now share the list each week."
    return row("Actions", key, **{"Status_now": "On track", "RAG_now": "Amber", "Progress_this_quarter": told, **more})


def late(n: int, **more: Any) -> dict[Box, Any]:
    plan = {
        "Proposed_new_due_date": date(2024, 9, 30), "Reason_for_the_new_date": "Capacity",
        "Getting_back_on_track": "A second officer joins the desk in May.",
    }  # fmt: skip
    return action(n, **{**plan, **more})


def finished(n: int, **more: Any) -> dict[Box, Any]:
    proof = {"Evidence_or_link": "Minutes of the board, item 4", "Completed_on": date(2023, 9, 20)}
    return action(n, **{"Status_now": "Complete", "RAG_now": "Green", **proof, **more})


def commitment(n: int, **more: Any) -> dict[Box, Any]:
    told = f"What commitment {n} promises was begun, and the first families were seen."
    return row("Commitments", f"C-{n}", **{"Status_now": "On track", "Progress_this_quarter": told, **more})


def indicator(n: int, **more: Any) -> dict[Box, Any]:
    told = "Fewer came back than a year ago, in both boroughs."
    return row("Indicators", f"I-{n}", **{"Progress_this_quarter": told, **more})


def measure(n: int, value: Any = 105, **more: Any) -> dict[Box, Any]:
    return row("Measures", f"M-{n:02d}", **{"Value": value, "Period_type": "Quarter", "Period_end": "Sep 2023", **more})


def clean() -> dict[Box, Any]:
    """A whole return in which nothing is asked."""
    typed = {**s.signed()}
    for n in range(1, 35):
        typed |= {} if n == 33 else late(n) if n in LATE_ROWS else action(n)
    for n in range(1, 5):
        typed |= commitment(n)
    for n in range(1, 4):
        typed |= indicator(n)
    own: dict[int, dict[Box, Any]] = {
        5: measure(5, 80), 6: measure(6, 36.4), 7: measure(7, 36.4), 8: measure(8, 50), 9: measure(9, 50),
        12: measure(12, 105, Period_type="Cumulative"), 17: measure(17, 4.2), 19: measure(19, 130), 20: measure(20, -3.5),
        21: measure(21, 0), 22: measure(22, 105), 26: measure(26, 50), 27: measure(27, -12),
    }  # fmt: skip
    for n in range(1, 28):
        typed |= own.get(n, measure(n))
    return typed


# --- what both say of a return


@dataclass(frozen=True)
class Said:
    """One return: the file, what a run says of it, and the lines of its Checks sheet as our code works them out."""

    data: bytes
    verdict: Verdict
    lines: tuple[Line, ...]
    forms: Mapping[str, Form]

    def asked(self, claim: Claim, form: str) -> set[str]:
        """The rows that the run asks about with what a claim stands for."""
        return {
            "" if form == "about" else key
            for f in self.findings(form)
            if f.code in claim.codes and f.field in claim.fields and not _unknowable(f)
            for key in f.items
        }

    def findings(self, form: str) -> Iterable[Finding]:
        return (f for f in self.verdict.quarter.findings if f.partner == "police" and f.form == form)

    def queried(self, form: str) -> set[str]:
        """The rows that the run asks anything about, or holds an answer of."""
        return {key for f in self.findings(form) if f.severity is not Severity.NOTE for key in f.items}


def _unknowable(finding: Finding) -> bool:
    """What a formula cannot read as a date, because it is written out with figures in it."""
    dated = finding.code.startswith(("date-", "period-")) and finding.code not in ("date-after-limit", "date-implausible")
    typed = finding.code in ("date-unreadable", "period-no-end", "period-published", "period-unclear", "period-ambiguous",
                             "period-anchored")  # fmt: skip
    return dated and typed and any(c.isdigit() for c in finding.found)


def say(small: Small, typed: Mapping[Box, Any], period: str = Q2) -> Said:
    """Fill in the template, send it, and work out its Checks sheet."""
    data = small.filled("police", typed, period)
    arrived = small.arrive("return.xlsx", data, SENT[period])
    verdict = small.collate(period, dry_run=True)
    arrived.unlink()
    return Said(data, verdict, tuple(lines_of(small, verdict, typed)), workspaces.load(small.root).forms)


def lines_of(small: Small, verdict: Verdict, typed: Mapping[Box, Any]) -> Sequence[Line]:
    """The lines of a copy of the form in which the same is typed."""
    workspace = workspaces.load(small.root)
    period = verdict.quarter.period.key
    template = books._template(workspace, verdict.quarter, "police", s.COLLATED[period])
    template = replace(template, answers=dict(_slots(template, typed)))
    forms = [template.forms[name] for name in template.given]
    sheets = [_record(form, template) if form.layout == "record" else _table(form, template) for form in forms]
    return checks_lines([_checkable(form, template) for form in forms], sheets)


def _slots(template: Template, typed: Mapping[Box, Any]) -> Iterable[tuple[Slot, Any]]:
    by_sheet = {template.forms[name].sheet: template.forms[name] for name in template.given}
    period = template.period.key
    for (sheet, key, heading), value in typed.items():
        form = by_sheet[sheet]
        name = next(f.name for f in form.fields if f.heading == heading)
        found = next((i for i in template.given[form.name] if i.key == key), None)
        of = record_key("police", period) if sheet == ABOUT else permanent(key, form.name, period)
        if found and found.lead != "police":
            name = f"{name}@police"
        yield (form.name, of, name), Decimal(str(value)) if isinstance(value, float) else value


def permanent(key: str, form: str, period: str = Q2) -> str:
    """A spare row's key as findings have it."""
    prefix = {"actions": "action", "issues": "issue", "activities": "activity", "next_year": "next"}.get(form, "")
    return f"police-{period}-{prefix}-{key[-2:]}" if key.startswith("NEW-") else key


def joined(line: Line, period: str = Q2) -> Iterable[tuple[Claim, set[str]]]:
    """The claims of a line, those about the same boxes together, each with the rows that it finds.

    Together, because a run says of one box only the plainest thing that is wrong with it.
    """
    claims: dict[tuple[str, ...], list[Claim]] = {}
    for claim in line.claims:
        claims.setdefault(claim.fields, []).append(claim)
    for fields, group in claims.items():
        codes = tuple(dict.fromkeys(code for claim in group for code in claim.codes))
        yield Claim(codes, fields, group[0].box, (), ""), {
            permanent(key, line.form, period) for claim in group for key in claim.rows
        }
