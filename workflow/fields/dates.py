"""Dates and months as UK people write them: day first, always (domain.md A6.1)."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from workflow.fields.texts import near, straight

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)
YEARS = range(2000, 2101)  # that a date of a return may have
_SEP = r"\s*[-/. \\]\s*"
_GAP = r"[-/., ]*"
_YEAR = r"'?(\d{4}|\d{2})"
_ORDINAL = r"(?:\s*(?:st|nd|rd|th)\b)?"
_LEAD_IN = re.compile(r"^(?:(?:by|on|due)\s+)?(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?(?:the\s+)?(?=[\da-z])")
_END_OF = re.compile(r"^end(?:\s+of)?\s+")
_TIME = re.compile(r"(?:(?<=\d)t|[ ,]+)(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(?:am|pm|z)?$")


class How(StrEnum):
    """How sure a date is that was read from text."""

    EXACT = "exact"
    TIDIED = "tidied"  # sure, but words or a time of day were left out
    MONTH = "month"  # only a month was given; the day is its last
    SWAPPED = "swapped"  # month first, as it can only be read that way
    NONE = "none"


@dataclass(frozen=True, slots=True)
class DateRead:
    """A date read from text; `near` is a guess for the suggestion when there is none (a day without its year)."""

    day: date | None = None
    how: How = How.NONE
    near: date | None = None


def month_end(day: date) -> date:
    """The last day of the month that `day` lies in."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def plausible(day: date) -> bool:
    """Whether its year is one that a plan could have; 1900 to 1999 are slips (domain.md A10 V11)."""
    return day.year in YEARS


def month_name(day: date) -> str:
    """The whole name of its month, whatever the machine's locale: "October"."""
    return _MONTHS[day.month - 1].capitalize()


def day_in(moment: str) -> date | None:
    """The day of an ISO date, or of a date and time with or without its zone; None where it is neither."""
    try:
        return datetime.fromisoformat(moment.replace("Z", "+00:00")).date()
    except ValueError:
        return None


def read_date(text: str, today: date | None = None) -> DateRead:
    """Read a date or a month. Two-digit years are 20yy. `today` serves only to guess a year that was left out."""
    words = straight(text).casefold().strip(" .,;:")
    words, timed = _without_time(words)
    lead = _LEAD_IN.match(words)
    rest = words[lead.end() :] if lead else words
    month = _month(_END_OF.sub("", rest))
    if month is not None:
        return DateRead(month_end(month), How.MONTH)
    for reader in (_day_first, _year_first, _digits, _named):
        found = reader(rest)
        if found is not None:
            tidied = found.how is How.EXACT and (timed or rest != words)
            return DateRead(found.day, How.TIDIED) if tidied else found
    return DateRead(near=_without_year(rest, today) if today else None)


def _without_time(text: str) -> tuple[str, bool]:
    """The text without a time of day, and whether that time said anything (midnight does not)."""
    match = _TIME.search(text)
    if not match or not text[: match.start()]:
        return text, False
    return text[: match.start()], any(int(part or 0) for part in match.groups())


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def day_of(year: int, month: int, day: int) -> date | None:
    """That day; None where the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month_number(word: str) -> int | None:
    """1 to 12 for a month's name or a start of it of three letters or more ("sept", "oct")."""
    return next((n for n, name in enumerate(_MONTHS, 1) if len(word) >= 3 and name.startswith(word)), None)


def _month(text: str) -> date | None:
    """The first day of a month: "sept 23", "september 2023", "2023-09", "09/2023"."""
    if match := re.fullmatch(rf"([a-z]+){_GAP}{_YEAR}", text):
        number, year = month_number(match[1]), _year(match[2])
    elif match := re.fullmatch(rf"(\d{{4}}){_GAP}([a-z]+)", text):
        number, year = month_number(match[2]), int(match[1])
    # With a slash 2011/12 is a financial year, so only a hyphen makes year and month.
    elif match := re.fullmatch(r"(\d{4})\s?-\s?(\d{1,2})", text):
        number, year = int(match[2]), int(match[1])
    elif match := re.fullmatch(r"(\d{1,2})\s?[-/.]\s?(\d{4})", text):
        number, year = int(match[1]), int(match[2])
    else:
        return None
    return day_of(year, number, 1) if number else None


def _day_first(text: str) -> DateRead | None:
    match = re.fullmatch(rf"(\d{{1,2}}){_SEP}(\d{{1,2}}){_SEP}{_YEAR}", text)
    if not match:
        return None
    first, second, year = int(match[1]), int(match[2]), _year(match[3])
    if day := day_of(year, second, first):
        return DateRead(day, How.EXACT)
    if day := day_of(year, first, second):
        return DateRead(day, How.SWAPPED)
    return DateRead()


def _year_first(text: str) -> DateRead | None:
    match = re.fullmatch(rf"(\d{{4}}){_SEP}(\d{{1,2}}){_SEP}(\d{{1,2}})", text)
    return _exact(int(match[1]), int(match[2]), int(match[3])) if match else None


def _digits(text: str) -> DateRead | None:
    """Eight digits: 31102023 or 20231031. No eight digits are a likely date both ways."""
    if not re.fullmatch(r"[0-9]{8}", text):
        return None
    if text[:2] in ("19", "20") and (day := day_of(int(text[:4]), int(text[4:6]), int(text[6:]))):
        return DateRead(day, How.EXACT)
    if text[4:6] in ("19", "20"):
        return _exact(int(text[4:]), int(text[2:4]), int(text[:2]))
    return DateRead()


def _named(text: str) -> DateRead | None:
    """With a month's name: "8th sept 21", "31-oct-2023", "10 th october 2023", "october 31, 2023"."""
    if match := re.fullmatch(rf"(\d{{1,2}}){_ORDINAL}\s*(?:of\s+)?{_GAP}([a-z]+){_GAP}{_YEAR}", text):
        day, word, year = int(match[1]), match[2], _year(match[3])
    elif match := re.fullmatch(rf"([a-z]+){_GAP}(\d{{1,2}}){_ORDINAL}[-/., ]+{_YEAR}", text):
        day, word, year = int(match[2]), match[1], _year(match[3])
    else:
        return None
    if number := month_number(word):
        return _exact(year, number, day)
    guess = month_number(near(word, _MONTHS))
    return DateRead(near=day_of(year, guess, day) if guess else None)


def _without_year(text: str, today: date) -> date | None:
    """The day nearest to `today` for "10 October" or "10/10"; only ever a suggestion."""
    if match := re.fullmatch(rf"(\d{{1,2}}){_ORDINAL}\s*(?:of\s+)?{_GAP}([a-z]+)", text):
        month = month_number(match[2])
    elif match := re.fullmatch(r"(\d{1,2})\s?[-/.]\s?(\d{1,2})", text):
        month = int(match[2])
    else:
        return None
    if not month:
        return None
    years = range(max(1, today.year - 1), min(9999, today.year + 1) + 1)
    days = [d for d in (day_of(year, month, int(match[1])) for year in years) if d]
    return min(days, key=lambda d: abs(d - today), default=None)


def _exact(year: int, month: int, day: int) -> DateRead:
    found = day_of(year, month, day)
    return DateRead(found, How.EXACT) if found else DateRead()
