"""Number formats, and the dates that hide behind numbers.

A spreadsheet stores a date as a number of days; only the cell's number format says that it is one. Codes of the formats
that files name by number alone: ECMA-376 part 1, 18.8.30. The rules of what counts as a date are held against openpyxl and
calamine in `tests/test_reader_oracles.py`, which lists where we differ and why.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from enum import IntEnum

GENERAL = "General"

# Those that follow the reader's country (5 to 8, 14, 22, 41 to 44) stand here as a British edition shows them.
BUILTIN: dict[int, str] = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
    5: '"£"#,##0;-"£"#,##0', 6: '"£"#,##0;[Red]-"£"#,##0', 7: '"£"#,##0.00;-"£"#,##0.00', 8: '"£"#,##0.00;[Red]-"£"#,##0.00',
    9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: "dd/mm/yyyy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: "dd/mm/yyyy h:mm",
    37: "#,##0;-#,##0", 38: "#,##0;[Red]-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;[Red]-#,##0.00",
    41: "#,##0;-#,##0;-", 42: '"£"#,##0;-"£"#,##0;-', 43: "#,##0.00;-#,##0.00;-", 44: '"£"#,##0.00;-"£"#,##0.00;-',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    # Dates of East Asian editions; other editions show the same days in their own way.
    **dict.fromkeys((*range(27, 37), *range(50, 59)), "dd/mm/yyyy"),
}  # fmt: skip


class Meaning(IntEnum):
    """What a number under a format is."""

    NUMBER = 0
    DATE = 1  # a date, a time of day or both
    DURATION = 2  # hours, minutes or seconds that run on: [h]:mm


# What a format says literally or about its looks: quoted text, an escaped character, a space as wide as or a fill of a
# character, and any bracket (colour, condition, locale, currency) but an elapsed time.
_LITERAL = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]|General', re.IGNORECASE | re.DOTALL)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_DATE_LETTER = re.compile(r"[dmyhs]", re.IGNORECASE)

_DAY_MS = 86_400_000
_EPOCH_1900 = date(1899, 12, 30).toordinal()  # right from 1 March 1900 on, which is serial 61
_EPOCH_1904 = date(1904, 1, 1).toordinal()
_LAST_ORDINAL = date.max.toordinal()
_PHANTOM = 60  # 29 February 1900, a day that Excel has and the calendar has not
_LAST_DURATION = 999_999_999.0  # days, the most that a timedelta holds

_ISO_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")

Moment = date | datetime | time | timedelta


def meaning(code: str) -> Meaning:
    """What numbers under a format code are. Only the code's first section decides: it is the one for positive numbers."""
    first = _LITERAL.sub("", code).split(";")[0]
    if _ELAPSED.search(first):
        return Meaning.DURATION
    return Meaning.DATE if _DATE_LETTER.search(first) else Meaning.NUMBER


def from_serial(serial: float, what: Meaning, date1904: bool) -> Moment | None:
    """The date, date and time, time of day (below 1) or duration that a serial number stands for, to the millisecond.

    None where there is no such day: a negative number, the phantom serial 60, a year past 9999.
    """
    if what is Meaning.DURATION:
        return timedelta(milliseconds=round(serial * _DAY_MS)) if abs(serial) < _LAST_DURATION else None
    if not 0 <= serial < _LAST_ORDINAL:
        return None
    days, ms = divmod(round(serial * _DAY_MS), _DAY_MS)
    if days == 0:
        return _clock(ms)
    if date1904:
        ordinal = _EPOCH_1904 + days
    elif days == _PHANTOM:
        return None
    else:
        ordinal = _EPOCH_1900 + days + (days < _PHANTOM)
    if ordinal > _LAST_ORDINAL:
        return None
    day = date.fromordinal(ordinal)
    return datetime.combine(day, _clock(ms)) if ms else day


def from_iso(text: str) -> Moment:
    """The value of a cell of type `d` (ECMA-376 part 1, 18.17.4.1). Midnight is a date. Raises ValueError."""
    text = text.strip().removesuffix("Z")
    duration = _ISO_DURATION.fullmatch(text)
    if duration and any(duration.groups()):
        days, hours, minutes, seconds = (float(part or 0) for part in duration.groups())
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if ":" in text and "-" not in text[:5]:
        return time.fromisoformat(text).replace(tzinfo=None)
    moment = datetime.fromisoformat(text).replace(tzinfo=None)
    return moment if moment.time() != time() else moment.date()


def _clock(ms: int) -> time:
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    return time(minutes // 60, minutes % 60, seconds, ms * 1000)
