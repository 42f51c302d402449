"""What is put in a cell for a value: its stored form, its number format and the text a person sees."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from workflow.model import Column, Content, Kind, Mark, Value

LONGEST_TEXT = 32_767  # UTF-16 units: Excel's limit for one cell
_EXACT = 2**53  # above it a spreadsheet's numbers skip whole numbers
_FIRST_DAY = date(1900, 3, 1)  # before it Excel's calendar is wrong by a day
_MOST_PLACES = 15
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NUMBERS = frozenset({Kind.WHOLE, Kind.DECIMAL, Kind.PERCENT, Kind.RATE, Kind.MONEY})
DATE_SHOWN = "dd mmm yyyy"
DATE_TYPED = "dd/mm/yyyy"

_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Excel undoes "_x0041_" escapes in each run of a text. XlsxWriter escapes them, but not two that share an underscore.
_TWIN_ESCAPE = re.compile(r"_x[0-9A-Fa-f]{4}_x[0-9A-Fa-f]{4}_")
_WITHIN_ESCAPE = re.compile(r"(?<=_x[0-9A-Fa-f]{4})(?=_)")


class Drawn(NamedTuple):
    """One cell, ready to be written. `kind` is "text", "number", "date" or "blank"; `text` is what a person sees."""

    kind: str
    value: str | float | date | None
    text: str
    format: str


_BLANK = Drawn("blank", None, "", "@")


def clean(text: str) -> str:
    """`text` with what a workbook cannot hold made visible: control characters as their pictures, the rest as U+FFFD."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNWRITABLE.sub(_picture, text)


def _picture(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code == 0x7F:
        return "\u2421"
    return chr(0x2400 + code) if code < 0x20 else "\ufffd"


def units(text: str) -> int:
    """The length of `text` as Excel counts it, in UTF-16 units."""
    return len(text) + sum(1 for char in text if ord(char) > 0xFFFF)


def clip(text: str, limit: int) -> str:
    """`text` cut to `limit` UTF-16 units with an ellipsis, for places that are not data: messages, properties."""
    if units(text) <= limit:
        return text
    kept = text[: limit - 1]
    while units(kept) > limit - 1:
        kept = kept[:-1]
    return kept + "…"


def fragments(text: str) -> tuple[str, ...]:
    """`text` in pieces that XlsxWriter stores as they stand, usually one.

    XlsxWriter takes a string from `<r>` to `</r>` for ready-made markup and writes it unescaped, and it misses the
    second of two escapes that share an underscore; either would let a partner's text change what the file says. In
    pieces it escapes twice, so no piece may hold a whole escape.
    """
    markup = text.startswith("<r>") and text.endswith("</r>")
    if not markup and not _TWIN_ESCAPE.search(text):
        return (text,)
    pieces = _WITHIN_ESCAPE.split(text)
    return tuple(pieces) if len(pieces) > 1 else (text[:1], text[1:])


def plain(content: Content) -> Value | None:
    """The value of a cell's content, without its mark."""
    return content.value if isinstance(content, Mark) else content


def draw(content: Content, column: Column, *, typed_in: bool = False) -> Drawn:
    """How `content` is stored under `column`. `typed_in` cells have the plain formats that people type into."""
    value = plain(content)
    if value is None or value == "":
        return _BLANK._replace(format=_input_format(column, typed_in)) if typed_in or column.answer else _BLANK
    if isinstance(value, bool):
        return _text("Yes" if value else "No")
    if isinstance(value, date):
        return _day(value, typed_in)
    if isinstance(value, int | float | Decimal):
        return _number(value, column, typed_in)
    text = _text(clean(str(value)))
    # what cannot be read yet keeps its box's format: under "@" its correction would be text again, which the box refuses
    return text._replace(format=_input_format(column, typed_in)) if typed_in else text


def _text(text: str) -> Drawn:
    return Drawn("text", text, text, "@")


def _input_format(column: Column, typed_in: bool) -> str:
    """The number format of an empty answer cell. Months are text: Excel would make 1 July of "Jul 2023"."""
    if column.kind is Kind.DATE:
        return DATE_TYPED if typed_in else DATE_SHOWN
    if column.kind in NUMBERS:
        return "0" if column.kind is Kind.WHOLE else "General"
    return "@"


def _day(value: date, typed_in: bool) -> Drawn:
    day = value.date() if isinstance(value, datetime) else value
    shown = f"{day.day:02d} {_MONTHS[day.month - 1]} {day.year:04d}"
    if day < _FIRST_DAY:
        return _text(shown)
    return Drawn("date", day, shown, DATE_TYPED if typed_in else DATE_SHOWN)


def _number(value: int | float | Decimal, column: Column, typed_in: bool) -> Drawn:
    """A number, or text where a spreadsheet could not hold it exactly."""
    exact = Decimal(str(value))
    exponent = exact.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -_MOST_PLACES or abs(exact) > _EXACT:
        return _text(str(value))
    stored = float(exact)
    if Decimal(repr(float(f"{stored:.16G}"))) != exact:  # XlsxWriter stores 16 digits: 9.8 is kept as 9.800000000000001
        return _text(str(value))
    places = column.decimals if column.decimals is not None else max(0, -exponent)
    shown = f"{exact:,.{places}f}"
    if typed_in:
        whole = column.kind is Kind.WHOLE and exact == exact.to_integral_value()
        return Drawn("number", stored, shown, "0" if whole else "General")
    return Drawn("number", stored, shown, "#,##0" + ("." + "0" * places if places else ""))
