"""Rules about dates: not in the future, in order, and a plan for what is overdue."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from workflow import fields
from workflow.model import Item, Period, Register
from workflow.rules.registry import Params, Problem, RowFacts, names, rule, text

YEARS_AROUND = 3  # how far from its plan a date may lie; domain.md A10 V11

@rule(
    "not-after", needs=("field",), options=("limit",),
    codes=("date-after-limit",), v=("V08", "V11", "V16"),
    says="A date under {field} is not later than {limit|today}.",
)
def not_after(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """A date of something that happened is not after "today" or the "period-end"."""
    yield from after_limit(facts, text(params, "field"), text(params, "limit", "today"))


def after_limit(facts: RowFacts, name: str, limit: str = "today") -> Iterable[Problem]:
    """The problem of a date after its limit, in the same words wherever it is found."""
    value = facts.values.get(name)
    ends = {"today": (facts.today, "today"), "period-end": (facts.period.end, "the end of the period")}
    day, called = ends[limit]
    if isinstance(value, date) and value > day:
        words = {"limit": f"{called}, {fields.show(day)}"}
        yield Problem("date-after-limit", name, words, fields.show(value), _swapped(value, day.__ge__))


def _swapped(value: date, holds: Callable[[date], bool]) -> str:
    """The day meant where day and month were typed the American way round, for a suggestion: only if the limit holds then."""
    if value.day > 12 or value.day == value.month:
        return ""
    other = date(value.year, value.day, value.month)
    return fields.show(other) if holds(other) else ""


@rule(
    "later-than", needs=("field", "than"),
    codes=("date-not-later",), v=("V10", "V11",),
    says="{field} is later than {than}.",
)
def later_than(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """A date is later than another of the row, answered or shown from the item. `than` "due" means the date in force."""
    name, than = text(params, "field"), text(params, "than")
    value = facts.values.get(name)
    other_name, other = _other_day(facts, than)
    if isinstance(value, date) and other is not None and value <= other:
        words = {"other": facts.heading(other_name), "day": fields.show(other)}
        yield Problem("date-not-later", name, words, fields.show(value), _swapped(value, other.__lt__))


@rule(
    "within-plan", needs=("field",), options=("years",),
    codes=("date-outside-plan",), v=("V11",),
    says="A date under {field} is within {years|3} years of the plan that the row belongs to.",
)
def within_plan(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """A date lies no more than `years` before its plan starts or after it ends (domain.md A10 V11).

    Without a plan, or without the plan's dates, the period's are the measure; the period itself is never outside. A date
    that another limit of the form asks about is not asked about again.
    """
    years = int(str(params.get("years", YEARS_AROUND)))
    (start, starts), (end, ends) = around(facts.period, facts.item, facts.register)
    limits = {"not-after": not_after, "later-than": later_than}
    asked = {p.field for use in facts.form.rules if use.name in limits for p in limits[use.name](facts, use.params)}
    for name in names(params, "field"):
        value = facts.values.get(name)
        if not isinstance(value, date) or not fields.plausible(value) or name in asked:
            continue  # a year that no plan could have was asked about as it was typed
        edge = ""
        if _years_on(value, years) < _years_on(start):
            edge = f"before {starts}, {fields.show(start)}"
        elif _years_on(value, -years) > _years_on(end):
            edge = f"after {ends}, {fields.show(end)}"
        if edge:
            yield Problem("date-outside-plan", name, {"edge": f"{years} years {edge}"}, fields.show(value))


def around(period: Period, item: Item | None, register: Register | None) -> tuple[tuple[date, str], tuple[date, str]]:
    """The first and last day that a row's plan and the period span, and what each is called."""
    plan = register.plan(item.plan) if register and item else None
    start, end = (period.start, f"the start of this {period.word}"), (period.end, f"the end of this {period.word}")
    if plan and plan.start and plan.start < start[0]:
        start = plan.start, "the start of the plan"
    if plan and plan.end and plan.end > end[0]:
        end = plan.end, "the end of the plan"
    return start, end


def _years_on(day: date, years: int = 0) -> tuple[int, int, int]:
    """A day so many years on, for comparing only: 29 February needs no leap year here."""
    return day.year + years, day.month, day.day


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


def done(facts: RowFacts, but: str = "") -> str:
    """How a row is said to be done: under its status, its RAG and what the form wants with Complete; of a row that says "no
    change" also under what it carried forward. `but` is filled in already."""
    form = facts.form
    with_it = [
        name
        for use in form.rules
        if use.name == "required-when" and text(use.params, "when") == "status"
        if {*names(use.params, "is")} & {*facts.status_complete}
        for name in names(use.params, "field")
    ]
    anew = [f.name for f in form.fields if f.carry] if facts.values.get("no_change") is True else []
    boxes = {"status", "rag", *with_it, *anew, *(["no_change"] if anew else [])} - {but}
    return f"say so under {facts.headings([f.name for f in form.fields if f.name in boxes])}"


@rule(
    "overdue-needs-plan", needs=("needs",),
    codes=("overdue-no-plan",), v=("V10",),
    reads=("status",), says="A row that is past its due date and not complete has these filled in: {needs}.",
)
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
    missing = [n for n in needed if have.get(n) is None and n not in facts.held]
    if missing:
        words = {"day": fields.show(day), "boxes": facts.headings(missing), "done": done(facts)}
        yield Problem("overdue-no-plan", missing[0], words)


@rule(
    "date-moved-twice", needs=("field", "help"),
    codes=("date-moved-again",), v=("V10",),
    says="Where {field} moves a date for the second time, {help} says which decision is wanted.",
)
def date_moved_twice(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """A further new date, after one that was agreed or proposed in an earlier quarter, says what the board should decide.

    The first due date stays for ever, and each date that came after it counts (domain.md B4). The same date proposed again
    is no further move, nor is an earlier one.
    """
    name, wanted = text(params, "field"), text(params, "help")
    value = facts.values.get(name)
    if not isinstance(value, date) or not facts.blank(wanted):
        return
    agreed = facts.item.day("revised_due") if facts.item else None
    told = (*facts.earlier.get(name, ()), facts.previous.get(name), agreed)
    before = sorted({day for day in told if isinstance(day, date)} - {value})
    if before and value > before[-1]:
        words = {"before": fields.listed([fields.show(d) for d in before], "and"), "help": facts.heading(wanted)}
        yield Problem("date-moved-again", name, words, fields.show(value))
