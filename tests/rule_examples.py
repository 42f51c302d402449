"""A form, an item and a period for the tests of `rules`, and the sentence that a person reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from workflow import rules
from workflow.model import Field, Form, Item, Kind, Period, Place, Role, RuleUse, Value
from workflow.wording import finding

DUE = date(2023, 9, 15)
TODAY = date(2023, 10, 20)
PERIOD = Period(
    "2023-24-Q2", "Q2 2023/24", "april", date(2023, 7, 1), date(2023, 9, 30), date(2023, 10, 2), date(2023, 10, 20),
    date(2023, 11, 1), "open", 2,
)
HEADINGS = {
    "no_change": "No change this quarter", "status": "Status now", "rag": "RAG now", "progress": "Progress this quarter",
    "evidence": "Evidence or link", "completed_on": "Completed on", "new_due": "Proposed new due date",
    "slip_reason": "Reason for the new date", "recovery": "Getting back on track", "public_safe": "Safe to publish?",
    "public_reason": "Why not published", "outcome": "Outcome for residents", "value": "Value", "numerator": "Numerator",
    "denominator": "Denominator", "period_type": "Period type", "period_end": "Period end", "period_start": "Period start",
    "comment": "Comment", "not_available": "Not available because", "text": "Commitment", "lead": "Lead", "start": "Start",
    "end": "End", "measure": "Measure", "help_needed": "Help needed from the board",
}
FORM = Form(
    "actions", "Actions", "Actions", "ret_actions",
    (
        Field("key", "Row key", Role.KEY, Kind.TEXT), Field("due", "Due date", Role.CONTEXT, Kind.DATE),
        Field("revised_due", "Agreed new due date", Role.CONTEXT, Kind.DATE),
        *(Field(n, h, Role.ANSWER, Kind.TEXT, min_length=20 if n == "progress" else 0) for n, h in HEADINGS.items()),
    ),
)
Answers = Mapping[str, Value]
Use = tuple[str, Mapping[str, object]]

# The rules as the forms use them.
PROGRESS: Use = ("progress-text", {"field": "progress"})
NEEDS_EVIDENCE: Use = ("required-when", {"field": "evidence", "when": "status", "is": "Complete"})
OVERDUE: Use = ("overdue-needs-plan", {"needs": ["new_due", "slip_reason", "recovery"]})
RAG: Use = ("rag-agrees", {})
EITHER: Use = ("value-or-reason", {"value": "value", "reason": "not_available"})
FRACTION: Use = ("fraction", {"value": "value", "numerator": "numerator", "denominator": "denominator"})
PERIOD_GIVEN: Use = ("period-given", {"type": "period_type", "end": "period_end"})
ENDED: Answers = {"value": 5, "period_type": "Quarter", "period_end": date(2023, 9, 30)}
MOVEMENT: Use = ("movement", {"value": "value", "comment": "comment", "threshold": 30})
MISSED: Use = ("comment-when-target-missed", {"value": "value", "comment": "comment"})
ALONE: Use = ("no-change-alone", {"no_change": "no_change"})
SMART: Use = ("smart", {"field": "text"})


def item(**values: Value) -> Item:
    return Item("TR-1.1", "actions", "REVIEW", "R1", "lscp", values={"ref": "1.1", **values})


def measure(unit: str = "number", **values: Value) -> Item:
    return item(unit=unit, counts="Incidents", polarity="Lower is better", period_type="Quarter", **values)


def run(
    name: str, params: Mapping[str, object], values: Answers, previous: Answers | None = None, of: Item | None = None,
    **more: Any,
) -> tuple[rules.Problem, ...]:
    form = replace(FORM, rules=(RuleUse(name, params),))
    return rules.run(form, rules.RowFacts(form, "TR-1.1", of or item(), values, previous or {}, PERIOD, TODAY, **more))


def codes(*args: Any, **more: Any) -> list[str]:
    return [p.code for p in run(*args, **more)]


def say(problem: rules.Problem) -> str:
    words: dict[str, Any] = dict(problem.words)
    heading = FORM.field(problem.field).heading
    return finding(
        problem.code, [Place("f.xlsx", "Actions", "H9")], heading=heading, item="1.1", found=problem.found,
        suggestion=problem.suggestion, **words,
    ).message


def sentence(*args: Any, **more: Any) -> str:
    """The one sentence that a rule makes, after the place."""
    (problem,) = run(*args, **more)
    start = f"Actions, cell H9 ({FORM.field(problem.field).heading} for 1.1): "
    message = say(problem)
    assert message.startswith(start)
    return message.removeprefix(start)
