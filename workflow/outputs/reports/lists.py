"""What the register itself lists, as a report's table: themes, boards, strategies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from workflow.fields import split_many
from workflow.model import Board, Column, Content, Register, ReportColumn, ReportSheet, Sheet, Strategy, Theme
from workflow.model import reports as words
from workflow.outputs.scope import Scope
from workflow.outputs.sheets import NOT_APPLICABLE, Words, data_sheet

Says = Callable[[Register, Any], Content]


def sheet(scope: Scope, asked: ReportSheet) -> Sheet:
    """One row per theme, board or strategy."""
    register = scope.register
    match asked.kind:
        case words.THEMES:
            records: Sequence[object] = _themes(register, asked)
        case words.BOARDS:
            records = register.boards
        case _:
            records = register.strategies
    columns = [pair for c in asked.columns for pair in _columns(register, asked, c)]
    rows = [tuple(says(register, record) or NOT_APPLICABLE for _, says in columns) for record in records]
    return data_sheet(
        scope, asked.name, [column for column, _ in columns], rows, Words(asked.title, asked.lines, asked.empty)
    )


def _themes(register: Register, asked: ReportSheet) -> list[Theme]:
    """Each theme of the plans once, as the last of them calls it."""
    found: dict[str, Theme] = {}
    for plan in _plans(register, asked):
        for theme in register.themes:
            if theme.plan == plan and (not asked.themes or theme.id in asked.themes):
                found[theme.id] = theme
    return list(found.values())


def _plans(register: Register, asked: ReportSheet) -> Iterable[str]:
    return asked.plans or dict.fromkeys(p.id for p in register.plans)


def _columns(register: Register, asked: ReportSheet, column: ReportColumn) -> Iterable[tuple[Column, Says]]:
    """A column with what it says; the one by plan is a column for each plan, headed by its name."""
    if column.source != words.BY_PLAN:
        key = column.source in ("theme.id", "board.id")
        yield Column(column.heading, column.kind, column.width, key=key), SAYS[column.source]
        return
    for plan in _plans(register, asked):
        found = register.plan(plan)
        heading = f"{column.heading}: {found.name if found else plan}"
        yield Column(heading, column.kind, column.width), _label(plan)


def _label(plan: str) -> Says:
    def says(register: Register, theme: Theme) -> Content:
        found = register.theme(theme.id, plan)
        return found.label if found else None

    return says


def _goals(register: Register, theme: Theme) -> Content:
    """The second labels of a theme's rows, as the register gives them."""
    given = (i.text("goal") for i in register.items if (i.theme, i.plan) == (theme.id, theme.plan))
    return ", ".join(sorted({goal for text in given for goal in split_many(text)}))


def _plan_names(register: Register, plans: Sequence[str]) -> str:
    return "; ".join(plan.name for key in plans if (plan := register.plan(key))) or "All"


def _theme_names(register: Register, board: Board) -> str:
    within = (t for t in register.themes if t.id in board.themes and (not board.plans or t.plan in board.plans))
    return "; ".join(dict.fromkeys(t.label for t in within)) or "All"


def _theme(attribute: str) -> Says:
    return lambda _register, theme: str(getattr(theme, attribute))


def _of(attribute: str) -> Says:
    def says(_register: Register, record: Board | Strategy) -> Content:
        return str(getattr(record, attribute))

    return says


SAYS: Mapping[str, Says] = {
    **{f"theme.{name}": _theme(name) for name in ("id", "number", "title", "label", "why", "aims")},
    "theme.plan": lambda register, theme: plan.name if (plan := register.plan(theme.plan)) else theme.plan,
    "theme.former": lambda _register, theme: "; ".join(theme.former),
    "theme.goals": _goals,
    **{f"board.{name}": _of(name) for name in ("id", "name", "chair", "clerk", "frequency", "reports_to", "audience")},
    "board.plans": lambda register, board: _plan_names(register, board.plans),
    "board.themes": _theme_names,
    **{f"strategy.{name}": _of(name) for name in ("name", "owner", "years", "about")},
}
