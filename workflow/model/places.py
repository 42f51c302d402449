"""Cells, places and findings: where something stands, what it is, and what a person should do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

# A typed answer. A blank is the absence of an answer, never a Value. Percentages are in per cent (36.4 means 36.4%).
Value = str | bool | int | Decimal | date
RawValue = str | bool | float | date | datetime | time | timedelta | None


class CellType(StrEnum):
    """What a stored spreadsheet cell is, before any form gives it a meaning."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"  # a number under a date or time format; value is date, datetime, time or timedelta
    ERROR = "error"  # value is the code, such as "#REF!"
    UNCALCULATED = "uncalculated"  # a formula that no program has calculated: value is None, it is not a blank


class Cell(NamedTuple):
    """One stored cell with a value (or an uncalculated formula). `row` and `col` count from 1."""

    row: int
    col: int
    type: CellType
    value: RawValue
    format: str = "General"  # the number format code
    formula: str | None = None  # without the leading "="
    hidden: bool = False  # its row or column is hidden
    merged: bool = False  # lies under a merged range without being its first cell

    @property
    def ref(self) -> str:
        """The address as people write it: `H9`."""
        return f"{column_letters(self.col)}{self.row}"


def column_letters(col: int) -> str:
    """1 -> "A", 27 -> "AA"."""
    letters = ""
    while col:
        col, rest = divmod(col - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a file (workspace-relative, forward slashes), a sheet and a cell (`H9`); any may be empty."""

    file: str = ""
    sheet: str = ""
    cell: str = ""


class Severity(StrEnum):
    """stop holds the answer; query accepts it and asks; note is for the coordinator only (design.md section 3)."""

    STOP = "stop"
    QUERY = "query"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One cause, one message. `message` is the whole sentence; the parts it was made of stand beside it.

    Made by `wording.finding`, which holds every sentence in one place.
    """

    code: str
    severity: Severity
    message: str
    places: tuple[Place, ...] = ()
    partner: str = ""
    period: str = ""
    items: tuple[str, ...] = ()
    form: str = ""
    field: str = ""
    found: str = ""
    remedy: str = ""
    suggestion: str = ""
