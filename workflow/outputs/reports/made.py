"""The sheets that only reports have and that are worked out as a whole: the year's activities, the returns log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workflow import disclosure, items, periods, summary
from workflow.merge import fold
from workflow.model import Column, Content, Item, Kind, Purpose, ReturnStatus, Sheet, with_purpose
from workflow.outputs import counts, standing
from workflow.outputs.activity import ADDED, ADDED_COLUMNS
from workflow.outputs.scope import Scope
from workflow.outputs.sheets import NOT_APPLICABLE, NOT_AVAILABLE, Words, data_sheet

# --- activities


def activities_of_the_year(scope: Scope) -> Sheet:
    """The activities of the reporting year so far, added up by theme. A total that would give a small count away shows [c]."""
    by_theme: dict[str, list[dict[str, int]]] = {}
    found = list(_activities(scope))
    for item, values in found:
        by_theme.setdefault(standing.theme_words(item, scope.register), []).append(values)
    order = [t.label for t in scope.register.themes]
    themes = sorted(by_theme, key=lambda t: (t not in order, order.index(t) if t in order else 0, t))
    rows: list[tuple[Content, ...]] = [(theme, *_totals(scope, by_theme[theme])) for theme in themes]
    if len(rows) > 1:
        rows.append(("All themes", *_totals(scope, [values for _, values in found])))
    columns = (Column("Theme", width=44), *ADDED_COLUMNS)
    told = Words(
        "Activities of the year so far",
        (f"Each {scope.word}'s activities, added up. [x]: no activity of the theme gave a number.",),
        "No activity was returned this year.",
    )
    return data_sheet(scope, "Activities of the year", columns, rows, told)


def _activities(scope: Scope) -> Iterator[tuple[Item, dict[str, int]]]:
    """Every activity of this year's quarters in scope, with the numbers that it gave."""
    form, year = with_purpose(scope.view.forms, Purpose.ACTIVITIES), _year(scope.view.period.key)
    if form is None:
        return
    given = {slot: by for slot, by in scope.view.by_period.items() if slot[0] == form.name}
    each = [{s: by[key] for s, by in given.items() if key in by} for key in sorted({k for by in given.values() for k in by})]
    standings = fold(each)
    for item in items.added_items(form, standings, scope.register):
        first = next(iter(sorted(k for slot, by in given.items() if slot[1] == item.key for k in by)), "")
        held = scope.is_public and disclosure.hold_back("", item.values.get("public_safe"))
        if _year(first) == year and scope.covers(item) and not held:
            numbers = {n: v for n in ADDED if isinstance(v := item.values.get(n), int) and not isinstance(v, bool)}
            yield item, numbers


def _year(key: str) -> int:
    return periods.parse_key(key)[0] if periods.is_key(key) else 0


def _totals(scope: Scope, own: Sequence[dict[str, int]]) -> Iterator[Content]:
    yield len(own)
    for name in ADDED:
        given = [values[name] for values in own if name in values]
        hidden = name == "attended" and any(scope.small(v) for v in given)
        yield disclosure.HIDDEN if hidden else NOT_AVAILABLE if not given else summary.total(given)


# --- returns


def returns_log(scope: Scope) -> Sheet:
    """Who returned, when, in how many files, and how much of it is asked. For the public only how many."""
    if scope.is_public:
        return counts.returns_sheet(scope)
    columns = (
        Column("Partner", width=30),
        Column("State", width=14),
        Column("Received", Kind.DATE, 13),
        Column("Days late", Kind.WHOLE, 9),
        Column("Files received", Kind.WHOLE, 9),
        Column("Rows owed", Kind.WHOLE, 9),
        Column("Rows answered", Kind.WHOLE, 11),
        Column("Queries open", Kind.WHOLE, 10),
        Column("Answers held", Kind.WHOLE, 10),
        Column("Signed off", width=10),
    )
    rows = [_returned(scope, status) for status in scope.view.returns]
    return data_sheet(scope, "Returns log", columns, rows, Words("Returns received", (counts.returns_words(scope),)))


def _returned(scope: Scope, status: ReturnStatus) -> tuple[Content, ...]:
    return (
        scope.register.partner_name(status.partner),
        status.state.capitalize(),
        status.received or NOT_APPLICABLE,
        status.days_late,
        len(status.files),
        status.rows,
        status.answered,
        status.queries,
        status.held,
        "Yes" if status.signed_off else "No",
    )
