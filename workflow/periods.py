"""Periods, years and working days: the calendar arithmetic of reporting (domain.md B2).

A period's key is `2023-24-Q2`, or `2023-Q2` where the year is the calendar year. Its letter says what the year is cut into:
Q quarters, T terms (three of four months), H half-years, M months (M01 to M12, so that keys sort). A key names the year in
which its calendar year starts, so keys of every calendar are read, moved and compared in the same way. Standard library
only, but for the reading of month names, which `fields` knows.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date, timedelta

from workflow import fields
from workflow.fields import month_end
from workflow.model import CUTS, Calendar, Cut, Period, cut_of

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

_QUARTERS = CUTS[0]
_KEY = re.compile(r"(\d{4})(?:-(\d{2}))?-([A-Z])(\d{1,2})", re.ASCII)
_WORDS = "|".join(f"{cut.letter}(?:{cut.word[1:]})?" for cut in CUTS).casefold()
_YEAR = r"(?:20)?(?P<first>\d{2})(?:\s?[-/]\s?(?:20)?(?P<second>\d{2}))?"
_LABELS = (
    re.compile(rf"(?P<word>{_WORDS})\s?(?P<n>\d{{1,2}})(?:\s|,|of)*{_YEAR}", re.ASCII),
    re.compile(rf"{_YEAR}[\s,-]*(?P<word>{_WORDS})\s?(?P<n>\d{{1,2}})", re.ASCII),
)
_SATURDAY = 5


def _calendar(calendar: Calendar | str) -> Calendar:
    return CALENDARS[calendar] if isinstance(calendar, str) else calendar


def start_year(calendar: Calendar | str, day: date) -> int:
    """The year in which the reporting year that holds `day` starts: 2023 for February 2024 in the April calendar."""
    return day.year - (day.month < _calendar(calendar).first_month)


def quarter_number(calendar: Calendar | str, day: date, cut: Cut = _QUARTERS) -> int:
    """The number within its year of the period that holds `day`: 1 to 4 in quarters."""
    return (day.month - _calendar(calendar).first_month) % 12 // (12 // cut.parts) + 1


def quarter(calendar: Calendar | str, start_year: int, n: int, cut: Cut = _QUARTERS) -> tuple[date, date]:
    """The first and last day of period `n` of the year that starts in `start_year`. Raises ValueError for an n too many."""
    if not 1 <= n <= cut.parts:
        raise ValueError(f"a {cut.word} is 1 to {cut.parts}, not {n}")
    months = 12 // cut.parts
    first = start_year * 12 + _calendar(calendar).first_month - 1 + months * (n - 1)  # months since year 0
    last = first + months - 1
    return date(first // 12, first % 12 + 1, 1), month_end(date(last // 12, last % 12 + 1, 1))


def make_key(calendar: Calendar | str, start_year: int, n: int, cut: Cut = _QUARTERS) -> str:
    """The key of a period: "2023-24-Q2", "2023-Q2" in the calendar year, "2023-24-T2" of a year in terms."""
    return _key(start_year, n, cut, split=_calendar(calendar).first_month != 1)


def key(calendar: Calendar | str, day: date, cut: Cut = _QUARTERS) -> str:
    """The key of the period that holds `day`."""
    return make_key(calendar, start_year(calendar, day), quarter_number(calendar, day, cut), cut)


def _key(year: int, n: int, cut: Cut, *, split: bool) -> str:
    number = f"{cut.letter}{n:0{len(str(cut.parts))}d}"
    return f"{year:04d}-{(year + 1) % 100:02d}-{number}" if split else f"{year:04d}-{number}"


def _parts(key: str) -> tuple[int, int, bool]:
    """The start year, the number and whether the year spans two; a key is only what `_key` writes."""
    match = _KEY.fullmatch(key)
    year, n, split = (int(match[1]), int(match[4]), match[2] is not None) if match else (0, 0, False)
    if key != _key(year, n, cut_of(key), split=split) or not 1 <= n <= cut_of(key).parts:
        raise ValueError(f"{key} is not a period: write it like 2023-24-Q2")
    return year, n, split


def parse_key(key: str) -> tuple[int, int]:
    """The start year and the number within the year of a key, whatever its calendar. Raises ValueError for what is no key."""
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
    """The first and last day of a key's period in a calendar. Raises ValueError for what is not a key."""
    return quarter(calendar, *parse_key(key), cut_of(key))


def label(key: str) -> str:
    """As people write it: "Q2 2023/24", "Q2 2023". Raises ValueError for what is not a key."""
    year, n, split = _parts(key)
    number = f"{cut_of(key).letter}{n}"
    return f"{number} {year:04d}/{(year + 1) % 100:02d}" if split else f"{number} {year:04d}"


def from_label(text: str) -> str:
    """The key that a label or a key means: "Q2 2023/24", "2023-24 Q2", "quarter 2 23/24", "Q2 2023"; "" if none.

    A single year is a calendar year; years are of this century. Nothing is guessed: a bare "Q2" names no period.
    """
    words = fields.fold(text)
    for pattern in _LABELS:
        if match := pattern.fullmatch(words):
            n, first, second = int(match["n"]), int(match["first"]), match["second"]
            cut = next(cut for cut in CUTS if match["word"].startswith(cut.letter.casefold()))
            if not 1 <= n <= cut.parts or (second is not None and int(second) != (first + 1) % 100):
                return ""
            return _key(2000 + first, n, cut, split=second is not None)
    return ""


def near(text: str, periods: Iterable[Period]) -> str:
    """The label of the one period whose numbers a text gives, however it is written ("Quarter 2 of 2023-24"); "" for none.

    Numbers and not letters decide: "Q2 2024/25" looks like "Q2 2023/24" and is another quarter.
    """
    wanted = _numbers(text)
    found = [p.label for p in periods if wanted and wanted <= _numbers(p.label) | _numbers(p.key)]
    return found[0] if len(found) == 1 else ""


def _numbers(text: str) -> set[int]:
    """The number and the years that a text names, years by their last two digits."""
    return {int(n) % 100 for n in re.findall(r"\d{4}|\d{1,2}", text)}


def _moved(key: str, by: int) -> str:
    year, n, split = _parts(key)
    cut = cut_of(key)
    years, index = divmod(year * cut.parts + n - 1 + by, cut.parts)
    return _key(years, index + 1, cut, split=split)


def previous_key(key: str) -> str:
    """The key of the period before."""
    return _moved(key, -1)


def next_key(key: str) -> str:
    """The key of the period after."""
    return _moved(key, 1)


def same_quarter_last_year(key: str) -> str:
    """The key of the same period one year earlier, with which a period is compared."""
    return _moved(key, -cut_of(key).parts)


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
