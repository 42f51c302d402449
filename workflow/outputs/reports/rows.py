"""The rows of one form as a report's table: which of them, which columns, and on how many each is given."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from workflow import disclosure, items, periods
from workflow.fields import fold, show
from workflow.model import Column, Content, Field, Form, Item, Kind, ReportColumn, ReportSheet, Role, Sheet, Standing, Value
from workflow.model import reports as words
from workflow.outputs import readings, standing
from workflow.outputs.columns import MAY_BE_BLANK, context, joined_period, rag_now
from workflow.outputs.scope import PEOPLE_FIELDS, Scope, shown_value
from workflow.outputs.sheets import NOT_APPLICABLE, NOT_AVAILABLE, Cell, Words, data_sheet, rag_mark

OPENING = "Opening position"
_YEAR = re.compile(r"(\d{4})(?!\d)", re.ASCII)
_ADDED_IN = re.compile(r"(\d{4})(?:-\d{2})?-[A-Z]\d{1,2}-", re.ASCII)
_NEEDS_NOT = MAY_BE_BLANK | {"goal", "year"}


def as_at_words(word: str) -> tuple[tuple[str, str], ...]:
    """What the column "As at" says, for the notes. `word` is what a period is called."""
    return (
        ("As at", f"The {word} whose return gave what stands in the row. (no change): that {word} only confirmed it."),
        (OPENING, f"It stood so before the first {word} that was asked for; no return has changed it since."),
    )


def rows_sheet(scope: Scope, asked: ReportSheet) -> Sheet:
    """One row per item that is meant, its key first. What was not given shows [x] and is counted above the table."""
    form = scope.view.forms[asked.form]
    picked = [i for i in scope.rows(form.name) if is_meant(scope, asked, i)]
    held = sum(1 for i in scope.held(form.name) if is_meant(scope, asked, i))
    columns = [c for c in asked.columns if c.public or not scope.is_public]
    cells = {c.source: cell(scope, form, c.source) for c in columns}
    found = [[cells[c.source](item) for c in columns] for item in picked]
    blanks = [_blank(form, c, asked) for c in columns]
    worded = [[b if c in (None, "") else c for c, b in zip(row, blanks, strict=True)] for row in found]
    rows = [(item.key, *row) for item, row in zip(picked, worded, strict=True)]
    given = (_given(c, [row[n] for row in found]) for n, c in enumerate(columns) if c.source in asked.counted and found)
    lines = (*asked.lines, *given, disclosure.held_back_words(held))
    return data_sheet(
        scope,
        asked.name,
        (Column("Row key", width=14, key=True), *(Column(c.heading, c.kind, c.width) for c in columns)),
        rows,
        Words(asked.title, tuple(line for line in lines if line), asked.empty),
    )


def _given(column: ReportColumn, cells: Sequence[Content]) -> str:
    """"What we did: given on 64 of 69 rows. 5 rows are unanswered and show [x]."""
    missing = sum(1 for c in cells if c in (None, ""))
    left = {0: "", 1: " 1 row is unanswered and shows [x]."}.get(missing, f" {missing} rows are unanswered and show [x].")
    return f"{column.heading}: given on {len(cells) - missing} of {len(cells)} rows.{left}"


def _blank(form: Form, column: ReportColumn, asked: ReportSheet) -> str:
    """What a blank cell of a column says: that it was not given, or does not apply."""
    begins, _, name = column.source.partition(".")
    if begins in words.ANSWERED:
        required = form.has(name) and form.field(name).required
        return NOT_AVAILABLE if required or column.source in asked.counted else NOT_APPLICABLE
    if begins == "register":
        return NOT_APPLICABLE if name in _NEEDS_NOT else NOT_AVAILABLE
    return NOT_AVAILABLE if name in ("rag", "rag_before", "as_at") else NOT_APPLICABLE


# --- which rows


def is_meant(scope: Scope, asked: ReportSheet, item: Item) -> bool:
    """Whether a row in the sheet's plans and themes also goes on, is of its years and has the answers that it asks for."""
    if not (asked.closed or _goes_on(scope, item)) or not _in_years(scope, asked, item):
        return False
    told = {name: fold(scope.now.words(item, name)) for name, _ in asked.where}
    return all(told[name] in map(fold, wanted) for name, wanted in asked.where)


def _goes_on(scope: Scope, item: Item) -> bool:
    """Whether it is still anybody's business: neither closed nor ended before this quarter."""
    over = items.closed(item, scope.view.period) or standing.is_ended(scope.now, item)
    return not over and not (standing.added(item) and standing.is_finished(scope.before, item))


def _in_years(scope: Scope, asked: ReportSheet, item: Item) -> bool:
    """Whether it is of a year that is asked for. Where none is, one that is not asked for yet is left to its own time."""
    if not asked.years:
        return not items.later(item, scope.view.period)
    return any(_of_year(scope, year, item) for year in asked.years)


def _of_year(scope: Scope, year: str, item: Item) -> bool:
    """Whether an item is of a plan year. One that the register gives no year is taken as this year's."""
    now = _this_year(scope, item)
    wanted = {words.THIS_YEAR: now, words.LAST_YEAR: now - 1}.get(fold(year))
    if wanted is None:
        found = _YEAR.match(year.strip())
        wanted = int(found[1]) if found else 0
    own = _YEAR.match(item.text("year")) or (_ADDED_IN.search(item.key) if standing.added(item) else None)
    return (int(own[1]) if own else now) == wanted


def _this_year(scope: Scope, item: Item) -> int:
    """The year in which its plan's own year starts that holds the end of the period."""
    plan = scope.register.plan(standing.plan_of(item, scope.register))
    name = plan.calendar if plan else scope.register.partnership.calendar
    own = next((c for c in scope.register.calendars if c.id == name), None) or periods.CALENDARS.get(name)
    return periods.start_year(own or periods.CALENDARS["april"], scope.view.period.end)


# --- what a cell shows


def cell(scope: Scope, form: Form, source: str) -> Cell:
    """What a source says of an item, as the scope's audience may see it."""
    begins, _, name = source.partition(".")
    match begins:
        case "register":
            return _of_register(scope, form, name)
        case "worked":
            return lambda i: WORKED[source](scope, i)
        case "now":
            return lambda i: _plain(_as_it_stands(scope, i, name), form.field(name))
        case "quarter":
            return lambda i: _plain(_this_quarter(scope, i, name), form.field(name))
    return lambda i: _plain(_before(scope, i, name), form.field(name))


def _plain(value: Value | None, field: Field) -> Content:
    """A month is no day."""
    return readings.month_words(value) if field.kind is Kind.MONTH and hasattr(value, "month") else value  # type: ignore[arg-type]


def _of_register(scope: Scope, form: Form, name: str) -> Cell:
    if name == "theme":
        return lambda i: standing.theme_words(i, scope.register)
    if name == "plan":
        return lambda i: plan.name if (plan := scope.register.plan(standing.plan_of(i, scope.register))) else None
    own = (f for f in form.fields if f.role is Role.CONTEXT and name in (f.source, f.name))
    field = next(own, None) or Field(name, name, Role.CONTEXT, Kind.TEXT)
    return lambda i: context(scope, field, i)


def _as_it_stands(scope: Scope, item: Item, name: str) -> Value | None:
    """An answer whichever quarter gave it. Old words may say a figure that was hidden then: they are searched for it, too."""
    value = shown_value(scope, item, name)
    return disclosure.HIDDEN if value is not None and _says_hidden(scope, item, show(value)) else value


def _says_hidden(scope: Scope, item: Item, text: str) -> bool:
    """Whether words tell the public a figure of the row's measure that is hidden for any quarter so far."""
    linked = _measure_of(scope, item) if scope.is_public else None
    if linked is None:
        return False
    hidden = (p.key for p in scope.moments.periods if scope.why_hidden_then(linked, p.key))
    given = (r for key in hidden if (r := scope.now.readings.given(linked, key)))
    return disclosure.mentions(text, {n for r in given for n in (r.value, r.numerator) if n})


def _measure_of(scope: Scope, item: Item) -> Item | None:
    """The measure that an indicator is linked to."""
    key = item.text("measure")
    return next((m for m in scope.view.measures if key and m.key == key), None)


def _this_quarter(scope: Scope, item: Item, name: str) -> Value | None:
    if name in scope.hidden(item):
        return disclosure.HIDDEN
    given = scope.view.reported(item.form, item.key, name)
    return None if given is None else given.value


def _before(scope: Scope, item: Item, name: str) -> Value | None:
    """An answer at the end of the quarter before. To the public nothing that was not to be published then, nor what may say a
    figure that is hidden now."""
    value = scope.before.value(item, name)
    if value is None or not scope.is_public:
        return value
    unsafe = disclosure.hold_back(item.text("public"), scope.before.value(item, "public_safe"))
    small = name in PEOPLE_FIELDS and scope.small(value)
    linked = _measure_of(scope, item)
    told = bool(linked and scope.hidden(linked)) or _says_hidden(scope, item, show(value))
    return disclosure.HIDDEN if unsafe or small or told or name in scope.hidden(item) else value


def _rag_before(scope: Scope, item: Item) -> Content:
    return rag_mark(scope.rag_then(scope.before, item), standing.status(scope.before, item))


def as_at(scope: Scope, item: Item) -> str | None:
    """The quarter that gave or confirmed what stands in a row: "Q2 2023/24"; for what stood before the first, that it did."""
    form = scope.view.forms[item.form]
    found: Standing | None = scope.now.standing(item, "progress") or standing.source(scope.moments, item, form)
    period = scope.register.period(found.period) if found else None
    if found and period:
        return joined_period(period.label, found.carried)
    if found is None and not any(scope.now.value(item, f.name) for f in form.answers):
        return None
    return f"End of {item.text('year')}" if item.text("state") == "Closed" and item.text("year") else OPENING


def _score(scope: Scope, item: Item) -> Content:
    likelihood, impact = scope.now.value(item, "likelihood"), scope.now.value(item, "impact")
    return likelihood * impact if isinstance(likelihood, int) and isinstance(impact, int) else None


WORKED: Mapping[str, Callable[[Scope, Item], Content]] = {
    "worked.rag": rag_now,
    "worked.rag_before": _rag_before,
    "worked.direction": lambda s, i: standing.direction(s.rag(i), s.rag_then(s.before, i)),
    "worked.since": lambda s, i: standing.since(s.rag(i), s.rag_then(s.before, i)),
    "worked.now_due": lambda s, i: standing.now_due(s.now, i),
    "worked.days_overdue": lambda s, i: standing.days_overdue(s.now, i),
    "worked.times_moved": lambda s, i: standing.times_moved(s.moments, i),
    "worked.as_at": as_at,
    "worked.score": _score,
}
