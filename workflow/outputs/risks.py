"""The risk matrix: where each open risk stands by likelihood and impact, one to five."""

from __future__ import annotations

from workflow.model import Column, Content, Item, Kind, Purpose, Sheet, with_purpose
from workflow.outputs import standing
from workflow.outputs.saying import table_sheet, words_of
from workflow.outputs.scope import Scope
from workflow.wording import shorten

RISK, LIKELIHOOD, IMPACT = "Risk", "likelihood", "impact"
_SCALE = range(1, 6)
_NO_RISK = "None"
_TITLE = 60  # characters


def open_risks(scope: Scope) -> tuple[Item, ...]:
    """The risks in scope that are not closed, in the view's order."""
    return tuple(
        item
        for item in scope.of(Purpose.ISSUES)
        if scope.now.value(item, "type") == RISK and not standing.is_finished(scope.now, item) and not _closed(scope, item)
    )


def _closed(scope: Scope, item: Item) -> bool:
    return scope.now.value(item, "status") == "Closed"


def placed_at(scope: Scope, item: Item) -> tuple[int, int] | None:
    """Likelihood and impact of a risk; None where either is not given."""
    likelihood, impact = scope.now.value(item, LIKELIHOOD), scope.now.value(item, IMPACT)
    return (likelihood, impact) if isinstance(likelihood, int) and isinstance(impact, int) else None


def issues_sheet(scope: Scope) -> str:
    """The tab that has what is said of each risk."""
    form = with_purpose(scope.view.forms, Purpose.ISSUES)
    return form.sheet if form else ""


def risk_matrix_sheet(scope: Scope) -> Sheet:
    """Likelihood down, impact across, titles and row keys in the cells. Words, not colours, say what is high."""
    risks = open_risks(scope)
    at: dict[tuple[int, int], list[str]] = {}
    for item in risks:
        if where := placed_at(scope, item):
            at.setdefault(where, []).append(f"{shorten(standing.title_of(item), _TITLE)} ({item.key})")
    rows: list[tuple[Content, ...]] = [
        (f"Likelihood {n}", *("\n".join(at.get((n, impact), [])) or _NO_RISK for impact in _SCALE)) for n in reversed(_SCALE)
    ]
    columns = (
        Column("Likelihood, highest first", width=18),
        *(Column(f"Impact {n}", Kind.LONG_TEXT, 24) for n in _SCALE),
    )
    words = words_of(scope, "risk_matrix", issues=issues_sheet(scope))
    unplaced = [item.key for item in risks if placed_at(scope, item) is None]
    more = f"Without a likelihood or an impact, so not shown: {', '.join(unplaced)}." if unplaced else ""
    return table_sheet(scope, words, columns, rows if at else [], _highest(scope, at), more)


def _highest(scope: Scope, at: dict[tuple[int, int], list[str]]) -> str:
    """The highest score, and whose it is: what a reader who cannot see a grid at a glance wants to know first."""
    if not at:
        return ""
    top = max(likelihood * impact for likelihood, impact in at)
    names = [name for (likelihood, impact), found in sorted(at.items()) if likelihood * impact == top for name in found]
    count = sum(map(len, at.values()))
    return f"{count} open risk{'' if count == 1 else 's'}. The highest score is {top}: {'; '.join(names)}."
