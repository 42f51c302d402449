"""The activity log added up, by type of activity."""

from __future__ import annotations

from workflow import disclosure, summary
from workflow.fields import show
from workflow.model import Column, Content, Item, Kind, Purpose, Sheet
from workflow.outputs.saying import table_sheet, words_of
from workflow.outputs.scope import Scope
from workflow.outputs.sheets import NOT_AVAILABLE

TOTAL, NO_TYPE = "All activities", "No type given"
ADDED = ("sessions", "places", "attended")
ADDED_COLUMNS = (
    Column("Activities", Kind.WHOLE, 12),
    Column("Sessions", Kind.WHOLE, 12),
    Column("Places offered", Kind.WHOLE, 12),
    Column("Attended", Kind.WHOLE, 12),
)


def activity_totals_sheet(scope: Scope) -> Sheet:
    """One row per type and, last, the sum of all: activities, sessions, places offered, people who came.

    A total that would give away a count that is not shown is not shown either (domain.md B8).
    """
    rows = scope.of(Purpose.ACTIVITIES)
    types: dict[str, list[Item]] = {}
    for item in rows:
        types.setdefault(show(scope.now.value(item, "type") or NO_TYPE), []).append(item)
    told: list[tuple[Content, ...]] = [_row(scope, name, of) for name, of in sorted(types.items())]
    if len(told) > 1:
        told.append(_row(scope, TOTAL, list(rows)))
    columns = (Column("Type of activity", width=24), *ADDED_COLUMNS)
    return table_sheet(scope, words_of(scope, "activity_totals"), columns, told)


def _row(scope: Scope, name: str, of: list[Item]) -> tuple[Content, ...]:
    return (name, len(of), *(_total(scope, field, of) for field in ADDED))


def _total(scope: Scope, field: str, of: list[Item]) -> Content:
    if field == "attended" and any(field in scope.hidden(item) for item in scope.of(Purpose.ACTIVITIES)):
        return disclosure.HIDDEN
    values = [v for item in of if isinstance(v := scope.now.value(item, field), int)]
    added = summary.total(values)
    return int(added) if added is not None else NOT_AVAILABLE if scope.board else None
