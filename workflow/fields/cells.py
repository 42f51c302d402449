"""A stored cell as its person saw it, and the number that stands in it without float dust."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, localcontext
from functools import lru_cache

from workflow.fields.codec import MONTHS, rounded
from workflow.fields.texts import clean
from workflow.model import Cell, CellType

# Spreadsheets keep 15 significant digits; what a float carries beyond them is dust of some formula.
_DIGITS = 15
LARGEST = 28  # digits before the point; nothing anybody reports has more, and Decimal is exact up to here
# In a number format: quoted text, an escaped character, a colour or locale in brackets, a padding or filling character.
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_LOCALE = re.compile(r"\[\$([^\]-]*)[^\]]*\]")  # [$£-809] shows £
_SIMPLE = re.compile(r"[#,]*0(?:\.(0+))?%?")


@dataclass(frozen=True, slots=True)
class Shape:
    """What a number format does to a number, as far as people use it."""

    simple: bool = False  # one of 0, 0.00, #,##0, 0% and their like, which can be shown exactly
    percent: bool = False  # shown times 100 with a %
    sign: bool = False  # a % that is only printed behind the number, as in 0"%"
    decimals: int = 0
    grouped: bool = False
    currency: str = ""
    day: bool = False
    year: bool = False
    month: bool = False


@lru_cache(maxsize=512)
def shape(code: str) -> Shape:
    """Read a number format code, such as `0.0%` or `dd/mm/yyyy`; only its first section (for positive numbers) counts."""
    first = _LITERAL.sub("", code).partition(";")[0].strip()
    core = first.strip("£$€ ")
    match = _SIMPLE.fullmatch(core)
    letters = "" if core.casefold() == "general" else first.casefold()
    return Shape(
        simple=match is not None,
        percent="%" in first,
        sign="%" in code and "%" not in first,
        decimals=len(match[1] or "") if match else 0,
        grouped="," in core,
        currency=next((c for c in "£€$" if c in _LOCALE.sub(r"\1", code)), ""),
        day="d" in letters,
        year="y" in letters,
        month="m" in letters,
    )


def number_of(value: float) -> Decimal | None:
    """A stored number, exactly as far as a spreadsheet keeps it: 1.1 is 1.1, 0.30000000000000004 is 0.3.

    None for NaN, infinity and numbers of more than 28 digits, which nobody means.
    """
    exact = Decimal(repr(value))
    if not exact.is_finite() or exact.adjusted() >= LARGEST:
        return None
    with localcontext(prec=_DIGITS):
        exact = +exact
    exponent = exact.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -_DIGITS:
        exact = rounded(exact, _DIGITS)
    return plain(exact)


def plain(number: Decimal) -> Decimal:
    """Without trailing zeros or a positive exponent: 3.0 is 3, 1E+2 is 100, -0 is 0."""
    if number == number.to_integral_value():
        return Decimal(int(number))
    return number.normalize()


def times_100(number: Decimal) -> Decimal:
    """Exactly a hundred times the number: a percentage is stored as its hundredth."""
    return plain(number.scaleb(2))


def _shown(number: Decimal, form: Shape) -> tuple[str, bool]:
    """A number under its format, and whether nothing was rounded away."""
    seen = times_100(number) if form.percent else number
    exact = True
    if form.simple:
        cut = rounded(seen, form.decimals)
        exact = cut == seen
        seen = cut
    body = f"{abs(seen):,f}" if form.grouped and form.simple else f"{abs(seen):f}"
    sign = "-" if seen < 0 else ""
    return f"{sign}{form.currency}{body}{'%' if form.percent or form.sign else ''}", exact


def _shown_date(value: date, form: Shape) -> str:
    month = MONTHS[value.month - 1]
    if form.year and form.month and not form.day:
        text = f"{month} {value.year:04d}"
    elif form.day and form.month and not form.year:
        text = f"{value.day} {month}"
    else:
        text = f"{value.day:02d}/{value.month:02d}/{value.year:04d}"
    if isinstance(value, datetime) and value.time() != time():
        text += f" {value:%H:%M}"
    return text


def _shown_time(value: time | timedelta) -> str:
    if isinstance(value, time):
        return f"{value:%H:%M}"
    minutes = int(value.total_seconds() // 60)
    return f"{'-' if minutes < 0 else ''}{abs(minutes) // 60}:{abs(minutes) % 60:02d}"


def raw_text(cell: Cell) -> str:
    """The cell as the person saw it: "36.4%", "31/10/2023", "#REF!", "1.10", "TRUE". "" where nothing showed."""
    value = cell.value
    if cell.type is CellType.UNCALCULATED or value is None:
        return ""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        number = number_of(value)
        return str(value) if number is None else _shown(number, shape(cell.format))[0]
    return _shown_date(value, shape(cell.format)) if isinstance(value, date) else _shown_time(value)


def exact_text(cell: Cell) -> str:
    """As `raw_text`, but a number that its format rounds is written in full: text must not lose digits."""
    value = cell.value
    if isinstance(value, int | float) and not isinstance(value, bool):
        number, form = number_of(value), shape(cell.format)
        if number is not None and not _shown(number, form)[1]:
            return _shown(number, Shape(percent=form.percent, sign=form.sign, currency=form.currency))[0]
    return raw_text(cell)
