"""When a period's days fall: issue, due and papers, counted in working days after the period's end (domain.md D4)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from workflow import periods
from workflow.model import CUTS, Calendar, Cut, Period

# Working days after the last day of the period: for Q3 2025/26, Mon 5 Jan, Thu 22 Jan and Tue 3 Feb 2026 (domain.md D4).
ISSUE, DUE, PAPERS = 2, 15, 23


def plan_year(calendar: Calendar, start_year: int, cut: Cut = CUTS[0]) -> tuple[Period, ...]:
    """The periods of the year that starts in `start_year`, planned, with bank holidays of England left out."""
    return tuple(_plan(calendar, start_year, n, cut) for n in range(1, cut.parts + 1))


def _plan(calendar: Calendar, start_year: int, n: int, cut: Cut) -> Period:
    start, end = periods.quarter(calendar, start_year, n, cut)
    holidays = bank_holidays(end.year) | bank_holidays(end.year + 1)
    issue, due, papers = (working_days_after(end, days, holidays) for days in (ISSUE, DUE, PAPERS))
    key = periods.make_key(calendar, start_year, n, cut)
    return Period(
        key=key, label=periods.label(key), calendar=calendar.id, start=start, end=end, issue_date=issue, due_date=due,
        papers_date=papers, state="planned", quarter=n,
    )


def working_days_after(day: date, n: int, holidays: Collection[date] = ()) -> date:
    """The n-th working day after `day`, which itself is not counted."""
    while n > 0:
        day += timedelta(days=1)
        n -= periods.is_working_day(day, holidays)
    return day


def bank_holidays(year: int) -> frozenset[date]:
    """The eight yearly bank holidays of England and Wales, with their substitute days; one-off days are not known here.

    Banking and Financial Dealings Act 1971, schedule 1, and the customary substitute Mondays and Tuesdays.
    """
    easter = _easter(year)
    days = {
        easter - timedelta(days=2), easter + timedelta(days=1),
        _monday(date(year, 5, 1)), _monday(date(year, 5, 25)), _monday(date(year, 8, 25)),
    }
    for fixed in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        day = fixed
        while day.weekday() > 4 or day in days:
            day += timedelta(days=1)
        days.add(day)
    return frozenset(days)


def _monday(day: date) -> date:
    """The first Monday on or after a day."""
    return day + timedelta(days=-day.weekday() % 7)


def _easter(year: int) -> date:
    """Easter Sunday by the Gregorian reckoning: the Sunday after the full moon of the church's own tables."""
    golden, century = year % 19, year // 100
    skipped, moved = century - century // 4, (8 * century + 13) // 25
    epact = (skipped - moved + 19 * golden + 15) % 30
    moon = epact - (epact // 28) * (1 - (29 // (epact + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - skipped) % 7
    offset = moon - weekday
    month = 3 + (offset + 40) // 44
    return date(year, month, offset + 28 - 31 * (month // 4))
