"""Cells, places and findings: where something stands, what it is, and what a person should do about it."""

from __future__ import annotations

import hashlib
import re
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


_RANGE = re.compile(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})")
_MOST_CELLS = 2_000


def cells_of(area: str) -> tuple[str, ...]:
    """The cells of a range, "O9:O10" -> ("O9", "O10"); of a very large one only its corners; () for anything else."""
    match = _RANGE.fullmatch(area)
    if not match:
        return ()
    (left, right), (top, bottom) = (sorted(map(_column, match.group(1, 3))), sorted(map(int, match.group(2, 4))))
    if (right - left + 1) * (bottom - top + 1) > _MOST_CELLS:
        return (f"{match[1]}{match[2]}", f"{match[3]}{match[4]}")
    return tuple(f"{column_letters(col)}{row}" for row in range(top, bottom + 1) for col in range(left, right + 1))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number


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


class Cover(NamedTuple):
    """One problem that a finding gathers: its code, the cell of the row that it is about, and a mark of what stood there.

    The mark is a short hash, so that a reply or a decision holds for as long as the value it explains is unchanged, and
    the value itself is kept nowhere.
    """

    code: str
    form: str
    key: str
    field: str
    mark: str

    @property
    def slot(self) -> tuple[str, str, str]:
        """The cell it is about."""
        return (self.form, self.key, self.field)


def mark_of(found: str) -> str:
    """The mark of a value as it stood there."""
    return hashlib.sha256(found.encode("utf-8", "surrogatepass")).hexdigest()[:10]


@dataclass(frozen=True, slots=True)
class Finding:
    """One cause, one message. `message` is the whole sentence; the parts it was made of stand beside it.

    Made by `wording.finding`, which holds every sentence in one place. `covers` are the single problems gathered in it.
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
    covers: tuple[Cover, ...] = ()

    @property
    def problems(self) -> tuple[Cover, ...]:
        """The single problems: those gathered, or, for one about a file as a whole, the finding itself."""
        sheet = self.form or (self.places[0].sheet if self.places else "")
        return self.covers or (Cover(self.code, sheet, "; ".join(self.items), self.field, mark_of(self.found)),)

    @property
    def reference(self) -> str:
        """What a reply or a decision names it by: the same as long as partner, period, cells and values are."""
        told = "|".join((self.partner, self.period, *sorted("\x1f".join(c) for c in self.problems)))
        return f"Q-{hashlib.sha256(told.encode('utf-8', 'surrogatepass')).hexdigest()[:6].upper()}"
