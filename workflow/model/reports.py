"""Reports: papers that are asked for by name, each defined in a file of `templates/reports/`, never in code."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.model.forms import Kind


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """One column of a report's table: its heading, and where its cells come from ("register.title", "now.progress")."""

    heading: str
    source: str
    kind: Kind = Kind.TEXT
    width: int = 20
    public: bool = True  # False: left out of public papers
    own: bool = False  # from the register's own column, where a blank may say that it does not apply


@dataclass(frozen=True, slots=True)
class ReportSheet:
    """One sheet of a report. `kind` says what its rows are; the rest says which of them, and what is said around them.

    `years` are plan years as the register writes them, or "this year" and "last year" by each plan's own calendar.
    `counted` are sources of its columns; above the table stands on how many rows each is given.
    """

    name: str
    kind: str
    about: str = ""
    title: str = ""
    lines: tuple[str, ...] = ()
    empty: str = ""
    form: str = ""
    plans: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    closed: bool = False  # also the rows that are closed, or ended with an earlier year
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()  # answers that a row must have: ("type", ("Risk",))
    counted: tuple[str, ...] = ()
    columns: tuple[ReportColumn, ...] = ()
    file: str = ""  # which file says so, for messages


@dataclass(frozen=True, slots=True)
class Report:
    """One report. `name` is the file's name without .toml, and what it is asked for by."""

    name: str
    title: str
    about: str
    sheets: tuple[ReportSheet, ...]
    intro: tuple[str, ...] = ()
    audience: str = "public"
    order: int = 0


# What a sheet's rows are. The first four say their columns in the file; the others are made as they are in packs.
ROWS, THEMES, BOARDS, STRATEGIES = "rows", "themes", "boards", "strategies"
FORM, ACTIVITIES, RETURNS = "form", "activities of the year", "returns log"
AS_IN_PACKS = (
    "summary", "status", "quarter by quarter", "exceptions", "changes", "history", "definitions", "risk matrix",
    "activity totals", "cover text", "glossary", "rag key",
)  # fmt: skip
KINDS = (ROWS, THEMES, BOARDS, STRATEGIES, FORM, ACTIVITIES, RETURNS, *AS_IN_PACKS)
WITH_COLUMNS = (ROWS, THEMES, BOARDS, STRATEGIES)
THIS_YEAR, LAST_YEAR = "this year", "last year"
AUDIENCES = ("public", "partnership", "restricted")

# What a cell may show, by kind. "theme.label by plan" is one column for each plan.
BY_PLAN = "theme.label by plan"
THEME_SOURCES = (
    "theme.id", "theme.plan", "theme.number", "theme.title", "theme.label", "theme.former", "theme.why", "theme.aims",
    "theme.goals", BY_PLAN,
)  # fmt: skip
BOARD_SOURCES = (
    "board.id", "board.name", "board.chair", "board.clerk", "board.frequency", "board.reports_to", "board.audience",
    "board.plans", "board.themes",
)  # fmt: skip
STRATEGY_SOURCES = ("strategy.name", "strategy.owner", "strategy.years", "strategy.about")
# Of a row: "register." and a column of the Items sheet, or what the form's context shows; "now.", "quarter." and "before."
# and an answer of the form, as it stands, as this very quarter gave it, and as it stood at the end of the last; and these.
WORKED_SOURCES = {
    "worked.rag": Kind.TEXT, "worked.rag_before": Kind.TEXT, "worked.direction": Kind.TEXT, "worked.since": Kind.TEXT,
    "worked.now_due": Kind.TEXT, "worked.days_overdue": Kind.WHOLE, "worked.times_moved": Kind.WHOLE,
    "worked.as_at": Kind.TEXT, "worked.score": Kind.WHOLE,
}  # fmt: skip
ANSWERED = ("now", "quarter", "before")
