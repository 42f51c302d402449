"""What a period is made of: spans, points (months and days, with or without a year), and the arithmetic of years."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from workflow.fields.dates import How, day_of, month_end, month_number, read_date

# The words of the choice field "Period type" in templates/returns/measures.toml.
KINDS = (
    "Quarter", "Year to date", "Rolling 12 months", "Calendar year", "Financial year", "Cumulative", "Cohort", "Snapshot",
)
APRIL = 4  # the month in which a financial year starts, whatever calendar a partnership reports by
EARLIEST, LATEST = 1900, 2200  # years
END_OF = re.compile(r"(?:the )?end (?:of )?(?:the )?(?=[\da-z])")
_SOON = 92  # days: a period without a year that ends within a quarter of the day it is read may be the coming one


@dataclass(frozen=True, slots=True)
class Span:
    """A period: what kind it is (one of `KINDS`, or "" where only dates were told) and its first and last day.

    No `end`: it has none ("ongoing", "to date"). No `start`: nobody said. A day is a span that starts and ends on it.
    """

    kind: str
    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class SpanRead:
    """What a text means as a period. Two readings or more: it is ambiguous.

    `likely`: only the year was left out, so the first reading (the last one that has ended) is much likelier than the
    other. `anchored`: its dates were counted from the day of reading, because the text gives none. `published` is a day
    of publication that stood beside it, `provisional` whether it was called so.
    """

    readings: tuple[Span, ...] = ()
    likely: bool = False
    anchored: bool = False
    published: date | None = None
    provisional: bool = False

    @property
    def endless(self) -> bool:
        """Whether it is a period without an end."""
        return any(s.end is None for s in self.readings)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that it could be, each once."""
        return tuple(dict.fromkeys(s.kind for s in self.readings))

    def with_kind(self, kind: str) -> SpanRead:
        """The same dates as another kind of period."""
        return self.each(lambda s: replace(s, kind=kind))

    def each(self, change: Callable[[Span], Span]) -> SpanRead:
        """Every reading changed, each once."""
        return replace(self, readings=tuple(dict.fromkeys(change(s) for s in self.readings)))


@dataclass(frozen=True, slots=True)
class Point:
    """A month, or a day of it, with or without its year."""

    month: int
    day: int | None
    year: int | None

    def first(self, year: int) -> date | None:
        """Its first day in that year; None where that year has no such day."""
        return day_of(year, self.month, self.day or 1)

    def last(self, year: int) -> date | None:
        """Its last day in that year."""
        first = self.first(year)
        return month_end(first) if first and self.day is None else first


def read_point(text: str) -> Point | None:
    """"October", "end of Oct 23", "31 October", "31/10/2023"."""
    rest = END_OF.sub("", text, count=1) if END_OF.match(text) else text
    read = read_date(rest)
    if read.day is not None:
        known = EARLIEST <= read.day.year <= LATEST
        return Point(read.day.month, None if read.how is How.MONTH else read.day.day, read.day.year) if known else None
    if match := re.fullmatch(r"(\d{1,2}) ?(?:st|nd|rd|th)?[ -](?:of )?([a-z]+)\.?", rest):
        day, word = int(match[1]), match[2]
    elif match := re.fullmatch(r"([a-z]+)\.?(?: (\d{1,2})(?:st|nd|rd|th))?", rest):
        day, word = int(match[2] or 0), match[1]
    else:
        return None
    month = month_number(word)
    return Point(month, day or None, None) if month and day_of(2000, month, day or 1) else None


def back(end: date, months: int) -> date:
    """The first day of so many months that end with `end`: for a month's last day, the first of a month."""
    if end == month_end(end):
        index = end.year * 12 + end.month - months
        return date(index // 12, index % 12 + 1, 1)
    index = end.year * 12 + end.month - 1 - months
    before = date(index // 12, index % 12 + 1, 1)
    return before.replace(day=min(end.day, month_end(before).day)) + timedelta(days=1)


def whole_year(digits: str) -> int:
    """2023 for "2023" and for "23"."""
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def read_pair(text: str) -> tuple[int, int] | None:
    """The first and last year of "2023/24", "22-23", "2021/2022", "22/24"; None for a single year or what is none."""
    match = re.fullmatch(r"(\d{4}|\d{2})\s?([-/])\s?(\d{4}|\d{2})", text)
    if not match or (len(match[1]) == 2 and len(match[3]) == 4):
        return None
    if len(match[1]) == 4 and len(match[3]) == 2 and match[2] == "-" and 1 <= int(match[3]) <= 12:
        return None  # 2011-12 is a month, as `read_date` has it
    first = whole_year(match[1])
    last = int(match[3]) if len(match[3]) == 4 else first - first % 100 + int(match[3])
    last += 100 if last < first and (first + 1) % 100 == 0 else 0  # 1999/00
    return (first, last) if EARLIEST <= first < last <= LATEST else None


@dataclass(frozen=True, slots=True)
class Years:
    """A calendar, by the month in which its year starts, and the day as at which periods are read."""

    first_month: int
    as_at: date

    @property
    def anchor(self) -> date:
        """The last day of the last month that has ended."""
        this = month_end(self.as_at)
        return this if this == self.as_at else self.as_at.replace(day=1) - timedelta(days=1)

    @property
    def split(self) -> int:
        """The month in which a year written "2023/24" starts."""
        return self.first_month if self.first_month != 1 else APRIL

    def year_start(self, day: date, first_month: int) -> date:
        """The first day of the year that holds `day`."""
        return date(day.year - (day.month < first_month), first_month, 1)

    def year_of(self, kind: str, year: int, first_month: int) -> Span:
        """The year that starts in that month of `year`."""
        start = date(year, first_month, 1)
        return Span(kind, start, date(year + 1, first_month, 1) - timedelta(days=1))

    def quarter_of(self, year: int, n: int, first_month: int) -> Span:
        """Quarter `n` of that year."""
        index = year * 12 + first_month - 1 + 3 * (n - 1)
        start = date(index // 12, index % 12 + 1, 1)
        index += 2
        return Span("Quarter", start, month_end(date(index // 12, index % 12 + 1, 1)))

    def spans(self, start: date, end: date) -> tuple[Span, ...]:
        """From one day to another, as each kind of period that these dates alone make."""
        if start > end:
            return ()
        months = (end.year - start.year) * 12 + end.month - start.month + 1
        kinds: list[str] = []
        if start.day == 1 and end == month_end(end) and months <= 12:
            if months == 12:
                special = {1: "Calendar year", self.split: "Financial year"}
                kinds.append(special.get(start.month, "Rolling 12 months"))
            if months == 3 and (start.month - self.first_month) % 3 == 0:
                kinds.append("Quarter")
            if months < 12 and start.month == self.first_month and months > 1:
                kinds.append("Year to date")
        return tuple(Span(kind, start, end) for kind in kinds or [""])

    def yearless(self, make: Callable[[int], tuple[Span, ...]]) -> SpanRead | None:
        """The last one that has ended, and beside it the coming one if that ends soon, else the one before."""
        made = [spans for y in range(self.as_at.year - 8, self.as_at.year + 2) if (spans := make(y))]
        ended = [s for s in made if s[0].end and s[0].end <= self.as_at]
        coming = [s for s in made if s[0].end and 0 < (s[0].end - self.as_at).days <= _SOON]
        if not ended:
            return None
        second = coming[:1] or ended[-2:-1]
        return SpanRead((*ended[-1], *(second[0] if second else ())), likely=True)
