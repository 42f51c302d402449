"""Books for the tests of the writer and of the accessibility check: one good workbook per profile."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from workflow.model import Book, Column, Content, Kind, Mark, Profile, Sheet

WHEN = date(2023, 10, 20)
RED, AMBER, GREEN = ("Red", "C00000", "FFFFFF"), ("Amber", "FFC000", "000000"), ("Green", "006100", "FFFFFF")
PROGRESS = (
    "Training was delivered to front-line officers across the borough: 212 people came against 250 planned, and 36.4% of "
    "them said in the survey that they felt more confident. "
)


def rag(level: tuple[str, str, str]) -> Mark:
    return Mark(level[0], fill=level[1], ink=level[2])


def progress(times: int, last: str = "Closing words") -> str:
    """A long text that ends in words of its own, so that a test can see whether its end is shown."""
    return PROGRESS * times + last


def table(rows: int = 12, longest: int = 5) -> Sheet:
    """A table of items as a pack shows it; row `n` ends in "Closing words n"."""
    columns = (
        Column("Row key", width=10, key=True), Column("Recommendation", Kind.LONG_TEXT, 28), Column("Lead", width=14),
        Column("Due date", Kind.DATE, 13), Column("RAG", Kind.CHOICE, 8), Column("Value (%)", Kind.PERCENT, 9),
        Column("Attended (people)", Kind.WHOLE, 10), Column("Progress", Kind.LONG_TEXT, 50),
    )
    body: list[tuple[Content, ...]] = [
        (
            f"TR-{n}.1", "Agree one pathway for young people who are at risk", "Youth Offending Service",
            date(2023, 10, 31), rag((RED, AMBER, GREEN)[n % 3]), Decimal("36.4"), 12345 + n,
            progress(n % longest + 1, f"Closing words {n}"),
        )
        for n in range(1, rows + 1)
    ]
    lines = ("This sheet has one table. Position as at 30 Sep 2023. Source: partner returns.",)
    return Sheet("Actions", "Actions and their progress, Q2 2023/24", lines, columns, tuple(body), "Actions_Q2_2023_24")


def published(*sheets: Sheet) -> Book:
    data = sheets or (table(),)
    links = tuple(Mark(f"{sheet.name}: the table", link=f"#'{sheet.name}'!A1") for sheet in data)
    lines: tuple[Content, ...] = (
        "Published 20 Oct 2023. Next update: January 2024.", "Contact: community.safety@estuary.example.",
        "Licence: Open Government Licence.", Mark("Contents", bold=True), *links,
    )
    cover = Sheet("Cover", "Community safety performance, Q2 2023/24", lines, layout="text")
    return Book(
        "Community safety performance, Q2 2023/24", "Performance", "Estuary Borough Community Safety Partnership", WHEN,
        (cover, *data), Profile.PUBLISHED, "community safety, performance",
    )


def working(*sheets: Sheet) -> Book:
    return replace(published(*sheets), profile=Profile.WORKING)


def about() -> Sheet:
    lines: tuple[tuple[Column, Content], ...] = (
        (Column("Return ID"), "police-2023-24-Q2"), (Column("Return by", Kind.DATE), date(2023, 10, 20)),
        (Column("Completed by (post)", answer=True, max_length=100, help="Your post or team."), None),
        (Column("Approved on", Kind.DATE, answer=True), date(2023, 10, 19)),
        (Column("Nothing to report this quarter", Kind.YES_NO, answer=True), True),
        (Column("Comments to the coordinator", Kind.LONG_TEXT, answer=True, max_length=2000), None),
    )
    return Sheet(
        "About this return", "About this return: Police, Q2 2023/24", ("Please send it back by 20 Oct 2023.",),
        rows=tuple((column.heading, value) for column, value in lines), table="ret_about", layout="record",
        line_columns=tuple(column for column, _ in lines), protect=True, description="Who this return is from",
    )


REASONS = ("Capacity", "Waiting, for another agency", "Other")


def asking(protect: bool = True) -> Sheet:
    """A table to be filled in: two items, of which one has a problem, and two spare rows."""
    columns = (
        Column("Row key", width=13, key=True, help="Please leave this as it is."), Column("Ref", width=8),
        Column("Action", Kind.LONG_TEXT, 34), Column("Due date", Kind.DATE, 13), Column("RAG last time", Kind.CHOICE, 9),
        Column("RAG now", Kind.CHOICE, 10, answer=True, choices=("Red", "Amber", "Green"), help="Choose from the list."),
        Column("Progress this quarter", Kind.LONG_TEXT, 44, answer=True, max_length=1000, help="What was done."),
        Column("Reason for the new date", Kind.CHOICE, 16, answer=True, choices=REASONS, lenient=True),
        Column("People trained", Kind.WHOLE, 9, answer=True, minimum=0), Column("Rate", Kind.RATE, 9, answer=True),
        Column("Completed on", Kind.DATE, 13, answer=True), Column("Month", Kind.MONTH, 10, answer=True),
    )
    nothing, measured = (None,) * 7, (None, 12, Decimal("1.5"), None, None)
    problem = Mark("Ambar", attention=True, note="You entered Ambar. Enter Red, Amber or Green.")
    rows: tuple[tuple[Content, ...], ...] = (
        ("TR-1.1", "1.1", progress(2), date(2023, 10, 31), rag(AMBER), *nothing),
        ("TR-1.10", "1.10", progress(1), date(2023, 10, 31), rag(RED), problem, "Done in May", *measured),
        ("NEW-01", None, None, None, None, *nothing), ("NEW-02", None, None, None, None, *nothing),
    )
    return Sheet(
        "Actions", "Actions: Police, Q2 2023/24", ("Say what happened this quarter on each row.",), columns, rows,
        "ret_actions", protect=protect, spare_from=2, description="One row per action",
    )


def to_return(*sheets: Sheet) -> Book:
    guide = Sheet("Guide", "Guide: how to fill this in", ("Press Enable Editing when Excel asks.",), layout="text")
    return Book(
        "Police: return for Q2 2023/24", "Quarterly return", "Estuary Borough Community Safety Partnership", WHEN,
        (about(), *(sheets or (asking(),)), guide), Profile.RETURN, "police-2023-24-Q2",
        (("return_id", "police-2023-24-Q2"), ("partner", "police")),
    )


BOOKS = {Profile.PUBLISHED: published(), Profile.WORKING: working(), Profile.RETURN: to_return()}
