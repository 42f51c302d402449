"""A small hand-made view of two quarters, and how to make others like it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from workflow.config import load_forms
from workflow.items import added_items
from workflow.merge import fold
from workflow.model import (
    Balance,
    Board,
    Book,
    Finding,
    Form,
    Item,
    Mark,
    Partner,
    Partnership,
    Period,
    Place,
    Plan,
    RagLevel,
    Register,
    ReturnStatus,
    Severity,
    Sheet,
    Slot,
    Standing,
    Term,
    Theme,
    Value,
)
from workflow.outputs.view import View

FOLDER = Path(__file__).parents[1] / "templates" / "returns"
Q1, Q2, Q3 = "2023-24-Q1", "2023-24-Q2", "2023-24-Q3"
# (form, key, field) -> value, for one quarter
Answers = Mapping[Slot, Value]


@cache
def forms() -> dict[str, Form]:
    """The shipped return forms."""
    return load_forms(FOLDER)


def _period(number: int, first: date, last: date) -> Period:
    return Period(
        f"2023-24-Q{number}",
        f"Q{number} 2023/24",
        "april",
        first,
        last,
        last,
        last,
        date(2023, 3 * number + 2, 3),
        "open",
        number,
    )


PERIODS = (
    _period(1, date(2023, 4, 1), date(2023, 6, 30)),
    _period(2, date(2023, 7, 1), date(2023, 9, 30)),
    _period(3, date(2023, 10, 1), date(2023, 12, 31)),
)


def _level(scheme: str, letter: str, word: str, meaning: str, rule: str = "chosen", **more: object) -> RagLevel:
    return RagLevel(scheme, letter, word, meaning, "C00000", "FFFFFF", rule, **more)  # type: ignore[arg-type]


RAG = (
    _level("RAG", "R", "Red", "off track: not expected in time"),
    _level("RAG", "A", "Amber", "at risk"),
    _level("RAG", "G", "Green", "on course"),
    _level("BRAG", "B", "Blue", "complete", "status is", statuses=("Complete",)),
    _level("BRAG", "R", "Red", "off track", "status is", statuses=("Off track", "Closed – not delivered")),
    _level("BRAG", "A", "Amber", "at risk", "status is", statuses=("At risk",)),
    _level("BRAG", "G", "Green", "on track", "status is", statuses=("On track",)),
    _level("BRAG", "N", "Grey", "not started", "status is", statuses=("Not started",)),
    _level("Target", "R", "Red", "off target", "off target %", at_least=10.0),
    _level("Target", "A", "Amber", "near target", "off target %", at_least=5.0, below=10.0),
    _level("Target", "G", "Green", "on target", "off target %", below=5.0),
    _level("Late", "R", "Red", "more than a month late", "days late", at_least=31.0),
    _level("Late", "A", "Amber", "up to a month late", "days late", at_least=1.0, below=31.0),
    _level("Late", "G", "Green", "not late", "days late", below=1.0),
)


def item(key: str, form: str, plan: str = "REVIEW", theme: str = "R1", **values: Value) -> Item:
    """An item led by the police, with a title of its own."""
    return Item(key, form, plan, theme, "police", ("yos",), (), {"title": f"Title of {key}", **values})


def measure(key: str, **values: Value) -> Item:
    """A measure of the plan."""
    return item(key, "measures", "CSP", "DA", **{"unit": "number", "polarity": "Lower is better", **values})


ITEMS = (
    item("TR-1", "actions", ref="1", due=date(2023, 8, 31), opening_rag="Green", opening_status="On track"),
    item("TR-2", "actions", ref="2", due=date(2023, 7, 31), revised_due=date(2023, 12, 31)),
    item("TR-3", "actions", ref="3", due=date(2023, 12, 31), public="No"),
    item("TR-4", "actions", ref="4", due=date(2023, 5, 31)),
    item("C-1", "commitments", "CSP", "DA", due=date(2024, 3, 31)),
    item("C-2", "commitments", "CSP", "DA", due=date(2024, 3, 31)),
    item("C-3", "commitments", "CSP", "HATE", due=date(2024, 3, 31)),
    item("I-1", "indicators", "HWB", "6A", measure="M-SMALL", term="Short"),
    measure("M-RATE", unit="%", target=Decimal("32.3"), period_type="Rolling 12 months", counts="people"),
    measure("M-SMALL", counts="people", period_type="Quarter"),
    measure("M-NONE", counts="things", opening_value=Decimal(5), opening_period_end=date(2023, 3, 31), period_type="Quarter"),
)
ANSWERS: dict[str, dict[Slot, Value]] = {
    Q1: {
        ("actions", "TR-1", "status"): "On track",
        ("actions", "TR-1", "rag"): "Green",
        ("actions", "TR-1", "progress"): "Spring progress of the first action.",
        ("actions", "TR-1", "new_due"): date(2023, 9, 30),
        ("actions", "TR-4", "status"): "Complete",
        ("actions", "TR-4", "rag"): "Green",
        ("actions", "TR-4", "progress"): "All of it was done in the spring.",
        ("commitments", "C-1", "status"): "At risk",
        ("commitments", "C-1", "progress"): "Waiting for the funding decision.",
        ("measures", "M-RATE", "value"): Decimal("36.4"),
        ("measures", "M-RATE", "period_type"): "Rolling 12 months",
        ("measures", "M-RATE", "period_end"): date(2023, 6, 30),
        ("measures", "M-RATE", "numerator"): Decimal(40),
        ("measures", "M-RATE", "denominator"): Decimal(110),
        ("measures", "M-SMALL", "value"): Decimal(12),
        ("measures", "M-SMALL", "period_type"): "Quarter",
        ("measures", "M-SMALL", "period_end"): date(2023, 6, 30),
    },
    Q2: {
        ("actions", "TR-1", "status"): "At risk",
        ("actions", "TR-1", "rag"): "Amber",
        ("actions", "TR-1", "progress"): "Summer progress of the first action.",
        ("actions", "TR-1", "new_due"): date(2023, 11, 30),
        ("actions", "TR-1", "slip_reason"): "Capacity",
        ("actions", "TR-1", "help_needed"): "Agree the new date.",
        ("actions", "TR-2", "status"): "On track",
        ("actions", "TR-2", "rag"): "Green",
        ("actions", "TR-2", "progress"): "Going on as planned.",
        ("actions", "TR-2", "new_due"): date(2024, 1, 31),
        ("actions", "TR-3", "status"): "On track",
        ("actions", "TR-3", "rag"): "Red",
        ("actions", "TR-3", "progress"): "Secret work.",
        ("commitments", "C-1", "status"): "On track",
        ("commitments", "C-1", "progress"): "Funding came; work has begun.",
        ("commitments", "C-2", "status"): "On track",
        ("commitments", "C-2", "progress"): "Hidden words of a commitment.",
        ("commitments", "C-2", "public_safe"): "Part 2",
        ("commitments", "C-2", "public_reason"): "Paragraph 7 reason",
        ("indicators", "I-1", "progress"): "There were 3 exclusions this term.",
        ("measures", "M-RATE", "value"): Decimal("37.3"),
        ("measures", "M-RATE", "period_type"): "Rolling 12 months",
        ("measures", "M-RATE", "period_end"): date(2023, 9, 30),
        ("measures", "M-RATE", "numerator"): Decimal(41),
        ("measures", "M-RATE", "denominator"): Decimal(110),
        ("measures", "M-SMALL", "value"): Decimal(3),
        ("measures", "M-SMALL", "period_type"): "Quarter",
        ("measures", "M-SMALL", "period_end"): date(2023, 9, 30),
        ("measures", "M-SMALL", "comment"): "Three were excluded.",
        ("issues", "police-2023-24-Q2-issue-01", "type"): "Risk",
        ("issues", "police-2023-24-Q2-issue-01", "title"): "Bikes in the park",
        ("issues", "police-2023-24-Q2-issue-01", "detail"): "Calls are up since the summer.",
        ("issues", "police-2023-24-Q2-issue-01", "theme"): "2 Domestic abuse",
        ("issues", "police-2023-24-Q2-issue-01", "likelihood"): 4,
        ("issues", "police-2023-24-Q2-issue-01", "impact"): 3,
        ("activities", "yos-2023-24-Q2-activity-01", "type"): "Training",
        ("activities", "yos-2023-24-Q2-activity-01", "title"): "Course for carers",
        ("activities", "yos-2023-24-Q2-activity-01", "attended"): 4,
        ("activities", "yos-2023-24-Q2-activity-01", "sessions"): 2,
        ("activities", "yos-2023-24-Q2-activity-01", "theme"): "2 Domestic abuse",
        ("about", "police-2023-24-Q2", "completed_email"): "analyst@police.example",
        ("about", "police-2023-24-Q2", "approved_by"): "Superintendent",
    },
}

ALL = Board("all", "Whole Board", "restricted", "Quarterly")
PUBLIC = Board("public", "Public Committee", "public", "Quarterly")
THEMED = Board("themed", "Abuse Board", "partnership", "Quarterly", plans=("CSP",), themes=("DA",))

REGISTER = Register(
    partnership=Partnership(
        "Estuary Partnership",
        "Estuary",
        "Estuary",
        "Coordinator",
        "c@estuary.example",
        label="Example: a fictional borough",
        licence="Open Government Licence v3.0",
    ),
    calendars=(),
    periods=PERIODS,
    partners=(Partner("police", "Estuary Police"), Partner("yos", "Youth Offending Service"), Partner("late", "Late Agency")),
    contacts=(),
    aliases=(),
    plans=(
        Plan("REVIEW", "Review", "april", "RAG"),
        Plan("CSP", "Plan", "april", "BRAG", "Target"),
        Plan("HWB", "Strategy", "july", "BRAG", "Target"),
        Plan("OLD", "Old plan", "april", "Late"),
    ),
    themes=(
        Theme("R1", "REVIEW", "1", "Sharing"),
        Theme("DA", "CSP", "2", "Domestic abuse"),
        Theme("HATE", "CSP", "5", "Hate crime"),
        Theme("6A", "HWB", "6A", "Safe children"),
    ),
    items=ITEMS,
    boards=(ALL, PUBLIC, THEMED),
    rag=RAG,
    glossary=(Term("YOS", "Youth Offending Service"), Term("ABC", "Never used")),
)


def standings(answers: Answers, period: str) -> dict[Slot, Standing]:
    """A quarter's answers as they stand, all sent by the police."""
    return {
        slot: Standing(
            value, period, "police", Place("inbox/police.xlsx", slot[0].title(), f"H{n + 2}"), "ab" * 32, "2023-10-12T09:30:00"
        )
        for n, (slot, value) in enumerate(answers.items())
    }


def view(answers: Mapping[str, Answers] = ANSWERS, period: str = Q2, items: tuple[Item, ...] = ITEMS, **more: object) -> View:
    """The view of `period` over the answers of each quarter up to it."""
    register = replace(REGISTER, items=items)
    given = {key: standings(answers.get(key, {}), key) for key in (p.key for p in PERIODS) if key <= period}
    now, before = fold(list(given.values())), fold([s for key, s in given.items() if key < period])
    by_period: dict[Slot, dict[str, Standing]] = {}
    for key, each in given.items():
        for slot, standing in each.items():
            by_period.setdefault(slot, {})[key] = standing
    rows = {
        f.name: tuple(i for i in items if i.form == f.name) + added_items(f, now, register)
        for f in forms().values()
        if f.layout == "table"
    }
    finding = Finding(
        "choice-unknown", Severity.STOP, 'Actions, cell H9: you entered "Ambar".', (Place("f.xlsx", "Actions", "H9"),), "police"
    )
    made = View(
        register,
        forms(),
        next(p for p in PERIODS if p.key == period),
        date(2023, 11, 3),
        now,
        before,
        by_period,
        rows,
        (
            ReturnStatus("police", "returned", ("police.xlsx",), date(2023, 10, 12), 0, 9, 9, signed_off=True),
            ReturnStatus("late", "late"),
        ),
        (finding,),
        Balance(10, 6, 4),
        {},
    )
    return replace(made, **more)  # type: ignore[arg-type]


def plain(content: object) -> object:
    """A cell's value without its mark."""
    return content.value if isinstance(content, Mark) else content


def table(book: Book, name: str) -> Sheet:
    """The sheet called `name`."""
    return next(s for s in book.sheets if s.name == name)


def records(sheet: Sheet) -> list[dict[str, object]]:
    """A sheet's rows by heading."""
    return [{c.heading: plain(cell) for c, cell in zip(sheet.columns, row, strict=True)} for row in sheet.rows]


def row(book: Book, name: str, key: str) -> dict[str, object]:
    """One row of a sheet, by its key."""
    return next(r for r in records(table(book, name)) if r["Row key"] == key)


def all_text(book: Book) -> str:
    """Everything that a workbook says, in one text."""
    parts = [book.title, book.subject, book.keywords]
    for sheet in book.sheets:
        parts += [sheet.title, sheet.description, sheet.empty, *(str(plain(c)) for c in sheet.lines)]
        parts += [str(plain(cell)) for each in sheet.rows for cell in each] + [c.heading for c in sheet.columns]
    return "\n".join(parts)
