"""Returns received, quarter beside quarter: how many partners' returns were in which state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from workflow.model import Chart, Column, Content, Draws, Kind, ReturnStatus, Series
from workflow.outputs import counts
from workflow.outputs.front import Section
from workflow.outputs.pictures.sheet import picture, quarters, span
from workflow.outputs.saying import table_sheet, words_of
from workflow.outputs.scope import Scope
from workflow.writer import BLANK_LOOK

_NOT_DUE = "not due"
# (look, colour): what came in is dark, what is missing is light.
_LOOKS: Mapping[str, tuple[int, str]] = {
    "returned": (0, "1F4E79"),
    "nil return": (4, "9DC3E6"),
    "part returned": (2, "BDD7EE"),
    "held": (5, "E2E2E2"),
    "late": (3, "F8CBAD"),
    "owed": (BLANK_LOOK, "FFFFFF"),
}


def returns_pictures(scope: Scope) -> Iterable[Section]:
    """The picture and its table; nothing before there are two quarters in which anybody owed a return."""
    given = {p.label: _returns(scope, p.key) for p in quarters(scope)}
    due = {label: found for label, found in given.items() if any(s.state != _NOT_DUE for s in found)}
    if len(due) < 2:
        return
    states = [state for state in counts.STATES if any(s.state == state for found in due.values() for s in found)]
    rows: list[tuple[Content, ...]] = [
        (label, *(_count(found, state) for state in states), len(found)) for label, found in due.items()
    ]
    word, around = scope.word.capitalize(), words_of(scope, "picture_returns")
    drawn = [state for state in states if state != _NOT_DUE]
    chart = Chart(
        draws=Draws.COLUMNS,
        title=around.title,
        sheet=around.sheet,
        names=word,
        series=tuple(Series(s.capitalize(), s.capitalize(), *_LOOKS[s]) for s in drawn),
        first=0,
        count=len(rows),
        alt=_alt(due, drawn, scope.word),
        names_title=word,
        values_title="Number of partners",
    )
    yield picture(scope, "returns", chart, around.lines)
    columns = [Column(word, width=16), *(Column(s.capitalize(), Kind.WHOLE, 12) for s in states)]
    columns.append(Column("Partners", Kind.WHOLE, 12))
    yield Section(table_sheet(scope, around, columns, rows), around.about)


def _returns(scope: Scope, period: str) -> tuple[ReturnStatus, ...]:
    return scope.view.returns if period == scope.view.period.key else scope.view.returns_before.get(period, ())


def _count(found: Iterable[ReturnStatus], state: str) -> int:
    return sum(1 for status in found if status.state == state)


def _alt(due: Mapping[str, tuple[ReturnStatus, ...]], states: Iterable[str], word: str) -> str:
    labels = list(due)
    said = [f"Columns of the number of partners by the state of their return, for each {word}, {span(labels)}."]
    known = list(states)
    for label, found in due.items():
        told = [f"{n} {state}" for state in known if (n := _count(found, state))]
        owed = sum(1 for s in found if s.state != _NOT_DUE)
        said.append(f"{label}: of {owed} partner{'' if owed == 1 else 's'}, {', '.join(told)}.")
    return " ".join(said)
