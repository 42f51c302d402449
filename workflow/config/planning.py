"""When a period's days fall: issue, due and papers, counted in working days after the period's end (domain.md D4)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from workflow import periods
from workflow.model import CUTS, Calendar, Cut, Period

# Working days after the last day of the period: for Q3 2025/26, Mon 5 Jan, Thu 22 Jan and Tue 3 Feb 2026 (domain.md D4).
ISSUE, DUE, PAPERS = 2, 15, 23


def plan_year(calendar: Calendar, start_year: int, cut: Cut = CUTS[0]) -> tuple[Period, ...]:
    """The periods of the year that starts in `start_year`, planned; bank holidays of England are no working days."""
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
    """The weekdays of a year that are bank holidays in England, with substitute days and those given once.

    The library `holidays` knows them; a day that is proclaimed later comes with a newer version of it. For a year that it does
    not know (after 2100) there are none, so that only weekends are left out.
    """
    import holidays  # noqa: PLC0415 - not needed to say what the commands are

    found = holidays.country_holidays("GB", subdiv="ENG", years=year)
    return frozenset(day for day in found if day.year == year and day.weekday() < 5)
