"""What stands in the generated trackers: their sentences, names, dates and ratings, each beside what it means.

Words of a column's heading are in `trackers`; here is what goes below them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from tests.old.documents import document

RAG_WORDS = ("Red", "Amber", "Green", "Blue")
RAG_LETTERS = {"Red": "R", "Amber": "A", "Green": "G", "Blue": "B"}
RAG_FILLS = {  # what people click on in their office program
    "Red": ("FF0000", "C00000"),
    "Amber": ("FFC000", "FFBF00"),
    "Green": ("00B050", "92D050"),
    "Blue": ("0070C0", "00B0F0"),
}
STATUSES = ("Not started", "On track", "At risk", "Off track", "Complete")
THEMES = ("Safer homes", "Young people", "Streets and places")


@dataclass(frozen=True)
class Lead:
    """What stands in a lead cell, and whom it means by the example register. `unknown` are names of no partner."""

    text: str
    lead: str
    joint: tuple[str, ...] = ()
    contributors: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


LEADS = (
    Lead("Estuary Police", "police"),
    Lead("YOS", "yos"),
    Lead("Housing", "housing"),
    Lead("Youth Offending Service", "yos"),
    Lead("Estuary LSCP", "lscp"),
    Lead("LCSP", "lscp"),
    Lead("Community Safety Team", "community-safety"),
    Lead("CSC and Estuary Education", "csc", ("education",)),
    Lead("Estuary Police / Fire", "police", ("fire",)),
    Lead("Probation Service & Housing", "probation", ("housing",)),
    Lead("Housing and Community Safety Team and ASB Team", "housing", ("community-safety", "asb")),
    Lead("LSCP, SAB to include CSC and ASC", "lscp", ("sab",), ("csc", "asc")),
    Lead("Public Health and Private Landlords", "public-health", (), (), ("Private Landlords",)),
)


@dataclass(frozen=True)
class Due:
    """A due date as somebody wrote it. `date` is None for what is no date; such a cell must be asked about."""

    value: str | datetime
    date: date | None


def due(style: str, day: date) -> Due:
    """A date in one of the ways that people write it; a month alone means its last day."""
    texts = {
        "short": f"{day:%d/%m/%y}",
        "full": f"{day:%d/%m/%Y}",
        "dots": f"{day:%d.%m.%y}",
        "words": f"{day.day} {day:%B %Y}",
        "month": f"{day:%b %Y}",
        "end of": f"end {day:%b %y}",
        "iso": day.isoformat(),
    }
    if style == "date":
        return Due(datetime(day.year, day.month, day.day), day)  # noqa: DTZ001 (a cell's date has no zone)
    if style == "ongoing":
        return Due("Ongoing", None)
    return Due(texts[style], day)


MONTH_ENDS = (date(2023, 7, 31), date(2023, 9, 30), date(2023, 10, 31), date(2023, 12, 31), date(2024, 3, 31))
DATE_STYLES = (
    ("date",),
    ("short",),
    ("words",),
    ("month", "end of"),
    ("date", "short", "words", "ongoing"),
    ("full", "dots", "iso"),
)


def pairs(random: Random, count: int) -> list[tuple[str, str]]:
    """Different actions with what became of each, from the annual report."""
    known = [
        (section.promises[reply.answers[0] - 1].words, reply.words)
        for section in document("annual_report").pairs
        if section.id != "P2"
        for reply in section.replies
    ]
    return random.sample(known, count)
