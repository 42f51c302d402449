"""Rules about dates: not in the future, in order, and a plan for what is overdue."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from workflow import fields
from workflow.rules.registry import Params, Problem, RowFacts, names, rule, text


@rule("not-after", needs=("field",), options=("limit",))
def not_after(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """A date of something that happened is not after "today" or the "period-end"."""
    yield from after_limit(facts, text(params, "field"), text(params, "limit", "today"))


def after_limit(facts: RowFacts, name: str, limit: str = "today") -> Iterable[Problem]:
    """The problem of a date after its limit, in the same words wherever it is found."""
    value = facts.values.get(name)
    ends = {"today": (facts.today, "today"), "period-end": (facts.period.end, "the end of the period")}
    day, called = ends[limit]
    if isinstance(value, date) and value > day:
        yield Problem("date-after-limit", name, {"limit": f"{called}, {fields.show(day)}"}, fields.show(value))


@rule("later-than", needs=("field", "than"))
def later_than(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """A date is later than another of the row, answered or shown from the item. `than` "due" means the date in force."""
    name, than = text(params, "field"), text(params, "than")
    value = facts.values.get(name)
    other_name, other = _other_day(facts, than)
    if isinstance(value, date) and other is not None and value <= other:
        words = {"other": facts.heading(other_name), "day": fields.show(other)}
        yield Problem("date-not-later", name, words, fields.show(value))


def _other_day(facts: RowFacts, than: str) -> tuple[str, date | None]:
    """A date to compare with, and the field it stands in: the row's own answer, else the item's."""
    own = facts.values.get(than)
    if isinstance(own, date):
        return than, own
    if facts.item is None:
        return than, None
    if than == "due" and facts.item.day("revised_due"):
        return "revised_due", facts.item.day("revised_due")
    return than, facts.item.day(than)


def due(facts: RowFacts) -> date | None:
    """The date in force: the agreed new one if there is one, else the first."""
    return _other_day(facts, "due")[1]


def overdue(facts: RowFacts) -> bool:
    """Whether the row was due before the period's end and has neither been completed nor closed."""
    day, status = due(facts), facts.stands("status")
    return day is not None and day < facts.period.end and status not in (*facts.status_complete, *facts.status_closed)


@rule("overdue-needs-plan", needs=("needs",))
def overdue_needs_plan(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """An overdue row needs its recovery boxes filled; one problem names those that are not (domain.md A10 V10).

    What was proposed in an earlier quarter still counts as long as the date it proposed has not passed.
    """
    day = due(facts)
    needed = names(params, "needs")
    if not facts.values or day is None or not overdue(facts):
        return
    proposed = [facts.stands(n) for n in needed]
    lapsed = any(isinstance(v, date) and v <= facts.period.end for v in proposed)
    have = facts.values if lapsed else {**facts.previous, **facts.values}
    missing = [n for n in needed if have.get(n) is None]
    if missing:
        words = {"day": fields.show(day), "boxes": facts.headings(missing)}
        yield Problem("overdue-no-plan", missing[0], words)
