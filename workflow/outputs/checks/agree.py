"""Whether RAG, status and dates tell one story, as `rules.rag` and `rules.dates` have it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from workflow import items, rules
from workflow.model import Kind
from workflow.outputs.checks.answers import Params, overdue, readable
from workflow.outputs.checks.formulas import ALWAYS, NEVER, Number, Test, compare, constant, either
from workflow.outputs.checks.lines import Part, Topic
from workflow.outputs.checks.table import Table
from workflow.rules.rag import ORDER, TROUBLED, colour


def rag_agrees(table: Table, params: Params) -> Iterable[Part]:
    """RAG against dates, status and a later date; and a day of completion without completion."""
    rag, status, new_due, done = (str(params.get(n, n)) for n in ("rag", "status", "new_due", "completed_on"))
    if status in table.shown and done in table.shown:
        carried = ~table.filled(status) & table.listed(table.before(status))
        wanted = table.form.field(status).required  # then a blank one is asked for itself
        told = either((table.known_word(status), carried & table.unchanged if wanted else carried))
        open_ = told & ~table.is_one_of(status, ("Complete",))
        test = _given(table, done) & open_
        yield Part(Topic.AGREE, done, test, ("completed-not-complete",), table.heading(status), table.begun)
    if rag not in table.shown:
        return
    good, poor = _coloured(table, rag, "G"), _coloured(table, rag, "RA")
    against = (
        good & overdue(table, status),
        poor & table.is_one_of(status, ("Complete",)),
        good & table.is_one_of(status, sorted(TROUBLED)),
        _better(table, rag) & _given(table, new_due) if new_due in table.shown else NEVER,
    )
    codes = ("rag-green-overdue", "rag-status-disagree", "rag-better-later")
    test = either(against) & readable(table, status)
    yield Part(Topic.AGREE, rag, test, codes, table.heading(rag), table.begun)


def _coloured(table: Table, rag: str, letters: str) -> Test:
    return table.is_one_of(rag, [word for word in table.codes(rag) if colour(word) and colour(word) in letters])


def _better(table: Table, rag: str) -> Test:
    """Whether the RAG is better than it stood before."""
    before = {key: colour(value) for key, value in table.before(rag).items()}
    return either(
        table.listed(key for key, then in before.items() if then == letter)
        & _coloured(table, rag, "".join(better for better, place in ORDER.items() if place > ORDER[letter]))
        for letter in ORDER
    )


def _given(table: Table, name: str) -> Test:
    """Whether a day was entered: one that cannot be read is asked about by itself."""
    return either((table.is_number(name), table.filled(name) & table.has_digit(name)))


# --- dates


def not_after(table: Table, params: Params) -> Iterable[Part]:
    """A day that is still to come, of something that happened."""
    name = str(params["field"])
    if name in table.shown and table.form.field(name).kind is Kind.DATE:
        if params.get("limit", "today") == "today":
            late = compare(table.cell(name), ">", today(table.given.today))
        else:
            late = compare(table.cell(name), ">", constant(table.period.end))
        yield Part(Topic.DATES, name, table.day(name) & late, ("date-after-limit",), scope=table.begun)


def today(day: date) -> Number:
    """The day on which the workbook is looked at; what is saved in it was worked out on the day that it was made."""
    fixed = constant(day)
    return Number("TODAY()", fixed.of)


def later_than(table: Table, params: Params) -> Iterable[Part]:
    """A day that is not later than another of the row, or than the due date in force."""
    name, than = str(params["field"]), str(params["than"])
    if name not in table.shown or table.form.field(name).kind is not Kind.DATE:
        return
    soon: list[Test] = []
    if than == "due":
        due = {k: day for k, i in table.items.items() if (day := items.current_due(i))}
        soon.append(table.listed(due) & compare(table.cell(name), "<=", table.by_key(due)))
    if than in table.shown and table.form.field(than).kind is Kind.DATE:
        own = table.spare if than == "due" else ALWAYS
        soon.append(own & table.day(than) & compare(table.cell(name), "<=", table.cell(than)))
    yield Part(Topic.DATES, name, table.day(name) & either(soon), ("date-not-later",), scope=table.begun)


def within_plan(table: Table, params: Params) -> Iterable[Part]:
    """A day that is far from its plan's own."""
    years = int(str(params.get("years", rules.dates.YEARS_AROUND)))
    for name in rules.names(params, "field"):
        if name not in table.shown or table.form.field(name).kind is not Kind.DATE:
            continue
        bounds = {key: around(table, key, years) for key in (*table.items, "")}
        groups: dict[tuple[date, date], list[str]] = {}
        for key, limits in bounds.items():
            groups.setdefault(limits, []).append(key)
        far = either(
            either((table.listed(keys), table.spare if "" in keys else NEVER))
            & either((compare(table.cell(name), "<", constant(low)), compare(table.cell(name), ">", constant(high))))
            for (low, high), keys in groups.items()
        )
        yield Part(Topic.DATES, name, table.day(name) & far, ("date-outside-plan",), scope=table.begun)


def around(table: Table, key: str, years: int) -> tuple[date, date]:
    """The first and last day that a row's dates may have; "" is a new row, which belongs to no plan yet."""
    (start, _), (end, _) = rules.dates.around(table.period, table.items.get(key), table.given.register)
    return _years_on(start, -years), _years_on(end, years)


def _years_on(day: date, years: int) -> date:
    """The same day of another year; 28 February for the 29th where that year has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


RULES = {
    "rag-agrees": rag_agrees, "not-after": not_after, "later-than": later_than, "within-plan": within_plan,
}  # fmt: skip
