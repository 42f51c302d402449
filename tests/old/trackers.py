"""Twenty trackers, each laid out as another coordinator would, with the truth about every cell.

`tracker(seed)` gives the same bytes and truth each time. Which habits a seed has follows from the seed by counting, so that the
twenty have every habit, in many mixtures: see `habits`.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from tests.old import tracked

SEEDS = range(20)
Value = str | float | datetime | date | tuple[str, ...] | None

REFS = ("Ref", "No.", "Action ref", "")
TITLES = ("Action", "Task", "What will we do", "Recommendation")
LEADS = ("Lead", "Owner", "Responsible", "Lead agency", "Who")
DUES = ("Due", "Deadline", "By when", "Target date", "Timescale")
RAGS = ("RAG", "Status", "BRAG", "RAG rating")
PROGRESS = ("Progress", "Update", "Comments", "Latest position", "Progress update")
EXTRAS = ("Budget code", "Cost centre", "Risk ref")
WIDTHS = {"ref": 8, "title": 44, "detail": 44, "lead": 24, "opening_rag": 8, "opening_progress": 60}
GROUPS = {  # the upper heading, where headings are two rows deep
    "title": "What",
    "detail": "What",
    "lead": "Who and when",
    "due": "Who and when",
    "opening_rag": "Position",
    "opening_status": "Position",
    "opening_progress": "Position",
    "": "Finance",
}


@dataclass(frozen=True)
class Habits:
    """How one tracker is laid out."""

    titles: int  # rows above the headings
    deep: bool  # headings of two rows, the upper one merged over groups
    theme: str  # "none", "rows" (full width), "labels" (merged at the left), "column" (said again in each row)
    gaps: bool  # blank rows between the rows
    totals: bool
    hide: str  # "", "row", "column", "sheet"
    beside: str  # "", "key" (a key to the colours at the right), "second" (a second table below)
    other: str  # a second sheet: "", "glossary", "contacts", "note"
    rag: str  # "letter", "word", "colour"
    refs: str  # "text", "number" with its decimals, or "general": then 1.10 has become 1.1, and must be asked about
    status: bool  # a column of status words too
    detail: bool  # a recommendation, and what is done about it
    extra: bool  # a column that nobody knows
    dates: tuple[str, ...]
    shuffled: bool


def habits(seed: int) -> Habits:
    """The habits of a seed. Periods of different length, so that each meets many others."""
    unlabelled = REFS[seed % 4] == ""
    theme = ("rows", "labels", "none", "rows", "column")[seed % 5]
    return Habits(
        titles=seed % 4,
        deep=seed % 3 == 1,
        theme="rows" if unlabelled and theme != "none" else theme,
        gaps=seed % 6 == 2,
        totals=seed % 3 == 0,
        hide=("", "row", "", "column", "", "", "sheet")[seed % 7],
        beside=("", "", "key", "", "second", "")[seed % 6],
        other=("glossary", "", "contacts", "note", "")[seed % 5],
        rag=("letter", "word", "colour")[(seed + seed // 3) % 3],
        refs=("text", "number", "text", "general")[seed // 2 % 4],
        status=seed % 4 == 1,
        detail=TITLES[seed // 2 % 4] == "Recommendation",
        extra=seed % 2 == 1,
        dates=tracked.DATE_STYLES[seed % len(tracked.DATE_STYLES)],
        shuffled=seed % 3 == 2,
    )


@dataclass(frozen=True)
class TrackedRow:
    """One row that must be found: by field, the value it must have and the cell it stands in. `lead_text` is what is written.

    `ask` are the fields about which a person must be asked, as the cell alone does not say."""

    sheet: str
    values: Mapping[str, Value]
    cells: Mapping[str, str]
    ask: frozenset[str] = frozenset()


@dataclass
class Truth:
    """What is true of a tracker. `aside` are the cells that are no row's, by sheet and cell, with what they are: "title",
    "heading", "total", "key", "column" (of no field), "other" (another kind of sheet). `themes` are the cells that name a theme
    for several rows. A tracker's RAG by colour stands in cells without text; they are among a row's `cells`."""

    name: str
    habits: Habits
    rows: list[TrackedRow] = field(default_factory=list)
    aside: dict[tuple[str, str], str] = field(default_factory=dict)
    themes: dict[tuple[str, str], str] = field(default_factory=dict)
    form: str = "actions"

    @property
    def accounted(self) -> set[tuple[str, str]]:
        """Every cell that the truth says something of."""
        return {(r.sheet, c) for r in self.rows for c in r.cells.values()} | set(self.aside) | set(self.themes)


class _Writer:
    """A sheet being filled, row by row, with the truth kept beside."""

    def __init__(self, seed: int) -> None:
        self.seed, self.random, self.habits = seed, Random(seed), habits(seed)
        self.truth = Truth(f"tracker-{seed:02}", self.habits)
        self.book = Workbook()
        assert isinstance(self.book.active, Worksheet)
        self.ws = self.book.active
        self.ws.title = ("Actions", "Sheet1", "Tracker", "CSP plan 23-24")[seed % 4]
        self.left = 1 + (seed % 5 == 4)  # where its table begins
        self.columns = self._columns()
        self.row = 0

    def _columns(self) -> list[tuple[str, str]]:
        """Field and heading of each column; "" is the field of a column that nobody knows."""
        seed, own = self.seed, self.habits
        title = TITLES[seed // 2 % 4]
        rag = RAGS[seed % 4] if not own.status else "RAG"
        groups = [
            [("title", title), *([("detail", "Actions")] if own.detail else [])],
            [("lead", LEADS[seed % 5]), ("due", DUES[(seed + seed // 5) % 5])],
            [
                ("opening_rag", rag),
                *([("opening_status", "Status")] if own.status else []),
                ("opening_progress", PROGRESS[(seed + seed // 4) % 5]),
            ],
            *([[("", EXTRAS[seed % 3])]] if own.extra else []),
        ]
        if own.shuffled:
            self.random.shuffle(groups)
            for group in groups:
                self.random.shuffle(group)
        first = [("theme", "Priority")] if own.theme in {"labels", "column"} else []
        return [*first, ("ref", REFS[seed % 4]), *(c for group in groups for c in group)]

    def col(self, name: str) -> int:
        return self.left + [f for f, _ in self.columns].index(name)

    @property
    def right(self) -> int:
        return self.left + len(self.columns) - 1

    def cell(self, col: int) -> Cell:
        made = self.ws.cell(self.row, col)
        assert isinstance(made, Cell)
        return made

    def aside(self, col: int, text: str | int, why: str, bold: bool = False) -> None:
        cell = self.cell(col)
        cell.value, cell.font = text, Font(bold=bold)
        self.truth.aside[(self.ws.title, cell.coordinate)] = why

    def across(self) -> None:
        self.ws.merge_cells(start_row=self.row, end_row=self.row, start_column=self.left, end_column=self.right)

    def titles(self) -> None:
        lines = (
            "Estuary Community Safety Partnership",
            "Action tracker 2023/24",
            "Please update by the Friday before the meeting",
        )
        for number in range(self.habits.titles):
            self.row += 1
            self.aside(self.left, lines[number], "title", bold=number == 0)
            if number == 0:
                self.across()
        if self.habits.titles == 3:
            self.row += 1  # a blank row between the titles and the table

    def headings(self) -> None:
        """One row, or two: then groups are merged above, and a heading without a group is merged downwards."""
        self.row += 1
        if self.habits.deep:
            self._groups()
            self.row += 1
        for col, (name, heading) in enumerate(self.columns, start=self.left):
            self.ws.column_dimensions[get_column_letter(col)].width = WIDTHS.get(name, 14)
            if heading and not (self.habits.deep and name in {"ref", "theme"}):
                self.aside(col, heading, "heading", bold=True)

    def _groups(self) -> None:
        start = self.left
        for col, (name, heading) in enumerate(self.columns, start=self.left):
            group = GROUPS.get(name, "")
            if not group:
                if heading:
                    self.aside(col, heading, "heading", bold=True)
                    self.ws.merge_cells(start_row=self.row, end_row=self.row + 1, start_column=col, end_column=col)
                start = col + 1
                continue
            if col == self.right or GROUPS.get(self.columns[col - self.left + 1][0], "") != group:
                self.aside(start, group, "heading", bold=True)
                if col > start:
                    self.ws.merge_cells(start_row=self.row, end_row=self.row, start_column=start, end_column=col)
                start = col + 1

    def theme(self, theme: str, number: int) -> None:
        """A full-width row above a theme's rows."""
        if self.habits.theme == "rows":
            self.row += 1
            self.cell(self.left).value = f"Priority {number}: {theme}"
            self.cell(self.left).font = Font(bold=True)
            self.truth.themes[(self.ws.title, self.cell(self.left).coordinate)] = theme
            self.across()

    def tracked(self, ref: str, title: str, progress: str, theme: str) -> None:
        """One row of the table, and what it means."""
        self.row += 1
        own, random = self.habits, self.random
        lead = random.choice(tracked.LEADS)
        day = tracked.due(random.choice(own.dates), random.choice(tracked.MONTH_ENDS))
        rag, status = random.choice(tracked.RAG_WORDS), random.choice(tracked.STATUSES)
        written: dict[str, str | float | datetime] = {
            "ref": ref if own.refs == "text" else float(ref),
            "title": title,
            "detail": f"Agree who does this: {title[:1].lower()}{title[1:]}",
            "lead": lead.text,
            "due": day.value,
            "opening_rag": {"letter": tracked.RAG_LETTERS[rag], "word": rag, "colour": ""}[own.rag],
            "opening_status": status,
            "opening_progress": progress,
            "theme": theme,
            "": f"B{random.randint(1000, 9999)}",
        }
        shown = f"{float(ref):g}" if own.refs == "general" else ref
        means: dict[str, Value] = {**written, "ref": shown, "lead": lead.lead, "due": day.date, "opening_rag": rag}
        cells = {}
        for col, (name, _) in enumerate(self.columns, start=self.left):
            if name == "theme" and own.theme == "labels":
                continue
            cell = self.cell(col)
            cell.value = written[name] or None
            self._style(cell, name, ref, rag)
            cells[name] = cell.coordinate
        if extra := cells.pop("", ""):
            self.truth.aside[(self.ws.title, extra)] = "column"
        values = {name: means[name] for name in cells}
        values |= {"lead_text": lead.text, "joint_leads": lead.joint, "contributors": lead.contributors}
        if own.theme != "none":
            values["theme"] = theme
        asked = {"lead": bool(lead.unknown), "due": day.date is None, "ref": shown != ref}
        ask = (name for name, needed in asked.items() if needed)
        self.truth.rows.append(TrackedRow(self.ws.title, values, cells, frozenset(ask)))

    def _style(self, cell: Cell, name: str, ref: str, rag: str) -> None:
        if name == "due" and isinstance(cell.value, datetime):
            cell.number_format = "dd/mm/yyyy"
        if name == "ref":
            cell.number_format = {"text": "@", "number": "0." + "0" * len(ref.partition(".")[2])}.get(
                self.habits.refs, "General"
            )
        if name == "opening_rag" and self.habits.rag == "colour":
            cell.fill = PatternFill("solid", fgColor=tracked.RAG_FILLS[rag][self.seed % 2])

    def label(self, first: int, theme: str) -> None:
        """A theme's label, merged down the rows it stands for."""
        if self.habits.theme == "labels":
            cell = self.ws.cell(first, self.left, theme)
            self.truth.themes[(self.ws.title, cell.coordinate)] = theme
            self.ws.merge_cells(start_row=first, end_row=self.row, start_column=self.left, end_column=self.left)

    def table(self, sizes: Sequence[int], first_theme: int = 1) -> None:
        """Headings and rows: as many rows in each theme as said."""
        self.headings()
        texts = tracked.pairs(self.random, sum(sizes))
        for number, size in enumerate(sizes, start=first_theme):
            theme = tracked.THEMES[(number - 1) % len(tracked.THEMES)]
            self.theme(theme, number)
            start = self.row + 1
            for place in range(1, size + 1):
                if self.habits.gaps and place > 1 and place % 2:
                    self.row += 1
                title, progress = texts.pop()
                self.tracked(f"{number}.{place}", title, progress, theme)
            self.label(start, theme)

    def after(self) -> None:
        """What stands below and beside: totals, a second table, a key to the colours."""
        own, count = self.habits, len(self.truth.rows)
        if own.totals:
            self.row += 1 + self.seed % 2
            self.aside(self.col("title"), "Total actions", "total", bold=True)
            self.aside(self.col("lead"), count, "total")
        if own.beside == "second":
            self.row += 3
            self.aside(self.left, "Actions added at the last meeting", "title", bold=True)
            self.table([2], first_theme=4)
        if own.beside == "key":
            self.row = own.titles + 1
            for text in ("Key", "Red: off track", "Amber: at risk", "Green: on track", "Blue: complete"):
                self.row += 1
                self.aside(self.right + 3, text, "key", bold=text == "Key")

    def hide(self) -> None:
        first = self.truth.rows[1]
        if self.habits.hide == "row":
            self.ws.row_dimensions[self.ws[first.cells["title"]].row].hidden = True
        if self.habits.hide == "column":
            column = self.col("" if self.habits.extra else "opening_progress")
            self.ws.column_dimensions[get_column_letter(column)].hidden = True

    def other(self) -> None:
        """A sheet of something else."""
        sheets: dict[str, list[tuple[str, ...]]] = {
            "glossary": [("Term", "What it means"), ("ASB", "Anti-social behaviour"), ("YOS", "Youth Offending Service")],
            "contacts": [("Name of post", "Agency", "Email"), ("Coordinator", "Community Safety Team", "csp@council.example")],
            "note": [("This tracker is kept by the Community Safety Team.",), ("Ask before you add a column.",)],
        }
        if not self.habits.other:
            return
        self.ws, self.row = self.book.create_sheet(self.habits.other.capitalize()), 0
        for line in sheets[self.habits.other]:
            self.row += 1
            for col, text in enumerate(line, start=1):
                self.aside(col, text, "other", bold=self.row == 1)
        if self.habits.hide == "sheet":
            self.ws.sheet_state = "hidden"


def tracker(seed: int) -> tuple[bytes, Truth]:
    """The tracker of a seed as a workbook, and what is true of it."""
    to = _Writer(seed)
    to.titles()
    to.table([10, 4, 3] if seed % 2 == 0 else [4, 3])
    to.after()
    to.hide()
    to.other()
    saved = io.BytesIO()
    to.book.save(saved)
    return saved.getvalue(), to.truth
