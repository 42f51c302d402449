"""Quarters, years and working days: the calendar arithmetic of reporting (domain.md B2).

A period's key is `2023-24-Q2`, or `2023-Q2` where the year is the calendar year. A key names the year in which its
calendar year starts, so keys of every calendar are read, moved and compared in the same way. Standard library only,
but for the reading of month names, which `fields` knows.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date, timedelta

from workflow import fields
from workflow.fields import month_end
from workflow.model import Calendar, Period

__all__ = [
    "CALENDARS", "bounds", "from_label", "is_key", "is_working_day", "key", "label", "make_key", "month_end", "near",
    "next_key", "parse_key", "parse_month", "previous_key", "quarter", "quarter_number", "same_quarter_last_year",
    "start_year", "working_days_before", "year_label",
]

CALENDARS: dict[str, Calendar] = {
    "april": Calendar("april", "April to March", 4),
    "july": Calendar("july", "July to June", 7),
    "calendar": Calendar("calendar", "January to December", 1),
    "academic": Calendar("academic", "September to August", 9),
}

_KEY = re.compile(r"(\d{4})(?:-(\d{2}))?-Q([1-4])", re.ASCII)
_YEAR = r"(?:20)?(\d{2})(?:\s?[-/]\s?(?:20)?(\d{2}))?"
_LABELS = (
    re.compile(rf"q(?:uarter)?\s?([1-4])(?:\s|,|of)*{_YEAR}", re.ASCII),
    re.compile(rf"{_YEAR}[\s,-]*q(?:uarter)?\s?([1-4])", re.ASCII),
)
_SATURDAY = 5


def _calendar(calendar: Calendar | str) -> Calendar:
    return CALENDARS[calendar] if isinstance(calendar, str) else calendar


def start_year(calendar: Calendar | str, day: date) -> int:
    """The year in which the reporting year that holds `day` starts: 2023 for February 2024 in the April calendar."""
    return day.year - (day.month < _calendar(calendar).first_month)


def quarter_number(calendar: Calendar | str, day: date) -> int:
    """1 to 4."""
    return (day.month - _calendar(calendar).first_month) % 12 // 3 + 1


def quarter(calendar: Calendar | str, start_year: int, n: int) -> tuple[date, date]:
    """The first and last day of quarter `n` of the year that starts in `start_year`. Raises ValueError if n is not 1 to 4."""
    if n not in (1, 2, 3, 4):
        raise ValueError(f"a quarter is 1 to 4, not {n}")
    first = start_year * 12 + _calendar(calendar).first_month - 1 + 3 * (n - 1)  # months since year 0
    last = first + 2
    return date(first // 12, first % 12 + 1, 1), month_end(date(last // 12, last % 12 + 1, 1))


def make_key(calendar: Calendar | str, start_year: int, n: int) -> str:
    """The key of a quarter: "2023-24-Q2", "2023-Q2" in the calendar year."""
    return _key(start_year, n, split=_calendar(calendar).first_month != 1)


def key(calendar: Calendar | str, day: date) -> str:
    """The key of the quarter that holds `day`."""
    return make_key(calendar, start_year(calendar, day), quarter_number(calendar, day))


def _key(year: int, n: int, *, split: bool) -> str:
    return f"{year:04d}-{(year + 1) % 100:02d}-Q{n}" if split else f"{year:04d}-Q{n}"


def _parts(key: str) -> tuple[int, int, bool]:
    match = _KEY.fullmatch(key)
    if not match or (match[2] is not None and int(match[2]) != (int(match[1]) + 1) % 100):
        raise ValueError(f"{key} is not a period: write it like 2023-24-Q2")
    return int(match[1]), int(match[3]), match[2] is not None


def parse_key(key: str) -> tuple[int, int]:
    """The start year and the quarter of a key, whatever its calendar. Raises ValueError for what is not a key."""
    year, n, _ = _parts(key)
    return year, n


def is_key(key: str) -> bool:
    """Whether it is a period's key."""
    try:
        _parts(key)
    except ValueError:
        return False
    return True


def bounds(calendar: Calendar | str, key: str) -> tuple[date, date]:
    """The first and last day of a key's quarter in a calendar. Raises ValueError for what is not a key."""
    return quarter(calendar, *parse_key(key))


def label(key: str) -> str:
    """As people write it: "Q2 2023/24", "Q2 2023". Raises ValueError for what is not a key."""
    year, n, split = _parts(key)
    return f"Q{n} {year:04d}/{(year + 1) % 100:02d}" if split else f"Q{n} {year:04d}"


def from_label(text: str) -> str:
    """The key that a label or a key means: "Q2 2023/24", "2023-24 Q2", "quarter 2 23/24", "Q2 2023"; "" if none.

    A single year is a calendar year; years are of this century. Nothing is guessed: a bare "Q2" names no period.
    """
    words = fields.fold(text)
    for pattern in _LABELS:
        if match := pattern.fullmatch(words):
            n, first, second = match.groups() if pattern is _LABELS[0] else (match[3], match[1], match[2])
            if second is not None and int(second) != (int(first) + 1) % 100:
                return ""
            return _key(2000 + int(first), int(n), split=second is not None)
    return ""


def near(text: str, periods: Iterable[Period]) -> str:
    """The label of the one period whose numbers a text gives, however it is written ("Quarter 2 of 2023-24"); "" for none.

    Numbers and not letters decide: "Q2 2024/25" looks like "Q2 2023/24" and is another quarter.
    """
    wanted = _numbers(text)
    found = [p.label for p in periods if wanted and wanted <= _numbers(p.label) | _numbers(p.key)]
    return found[0] if len(found) == 1 else ""


def _numbers(text: str) -> set[int]:
    """The quarter and the years that a text names, years by their last two digits."""
    return {int(n) % 100 for n in re.findall(r"\d{4}|\d{1,2}", text)}


def _moved(key: str, quarters: int) -> str:
    year, n, split = _parts(key)
    years, index = divmod(year * 4 + n - 1 + quarters, 4)
    return _key(years, index + 1, split=split)


def previous_key(key: str) -> str:
    """The key of the quarter before."""
    return _moved(key, -1)


def next_key(key: str) -> str:
    """The key of the quarter after."""
    return _moved(key, 1)


def same_quarter_last_year(key: str) -> str:
    """The key of the same quarter one year earlier, with which a quarter is compared."""
    return _moved(key, -4)


def year_label(calendar: Calendar | str, day: date) -> str:
    """The reporting year that holds `day`: "2023/24", "2023" in the calendar year."""
    year = start_year(calendar, day)
    return f"{year:04d}" if _calendar(calendar).first_month == 1 else f"{year:04d}/{(year + 1) % 100:02d}"


def is_working_day(day: date, holidays: Collection[date] = ()) -> bool:
    """Monday to Friday and not among `holidays`."""
    return day.weekday() < _SATURDAY and day not in holidays


def working_days_before(day: date, n: int, holidays: Collection[date] = ()) -> date:
    """The n-th working day before `day`, which itself is not counted; `day` itself when n is 0.

    Five clear days before a meeting, which exclude both ends, are `working_days_before(meeting, 6)` (domain.md B6).
    """
    while n > 0:
        day -= timedelta(days=1)
        n -= is_working_day(day, holidays)
    return day


def parse_month(text: str) -> date | None:
    """The last day of a month written as "Sept 23", "September 2023" or "2023-09"; None for anything else."""
    read = fields.read_date(text)
    return read.day if read.how is fields.How.MONTH else None
