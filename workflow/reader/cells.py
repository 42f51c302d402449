"""What the file says of a cell (a type letter and a text) turned into a `Cell`, or refused with its address.

Two wholly different ways of going through a sheet's XML (`sheet` and `plain`) end here, so that a cell means one thing.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from math import isfinite, nan

from workflow.errors import Unreadable
from workflow.model import Cell, CellType, RawValue, column_letters
from workflow.reader.book import MAX_COL, MAX_ROW, Box
from workflow.reader.formats import GENERAL, Meaning, from_iso, from_serial
from workflow.reader.parts import PLAIN, Shared, unescape
from workflow.reader.refusal import refuse
from workflow.reader.xmlread import is_true

_TEXT, _NUMBER, _BOOLEAN = CellType.TEXT, CellType.NUMBER, CellType.BOOLEAN
_DATE, _ERROR, _UNCALCULATED = CellType.DATE, CellType.ERROR, CellType.UNCALCULATED
_IS_NUMBER = Meaning.NUMBER
new = tuple.__new__

_LONGEST_TEXT = 32_767  # UTF-16 units, the format's own limit; what is longer would be cut short by any other program
_SURELY_SHORT = _LONGEST_TEXT // 2  # characters; each is at most two units
LONGEST_INDEX = 10  # digits of a shared string's number
_LONGEST_NUMBER = 1_000  # characters; programs write at most 25
_BOOLEANS = {"0": False, "1": True, "false": False, "true": True}
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.IGNORECASE)


# What a file says of a cell: row, column, style number, type ("n" where it gives none), stored value (escapes of a text
# decoded; None where there is none), formula.
Raw = tuple[int, int, str | None, str, str | None, str | None]


class _Columns(dict[str, int]):
    """Column numbers by letters, worked out when first asked for; 0 beyond the last column."""

    def __missing__(self, letters: str) -> int:
        number = 0
        for letter in letters:
            number = number * 26 + ord(letter) - 64
        self[letters] = number if number <= MAX_COL else 0
        return self[letters]


COLUMNS = _Columns()


def address(ref: str) -> tuple[int, int] | None:
    """ "H9" -> (9, 8); None for what is no address of a cell."""
    match = _REFERENCE.fullmatch(ref)
    if match is None:
        return None
    row, col = int(match[2]), COLUMNS[match[1].upper()]
    return (row, col) if col and row <= MAX_ROW else None


def box(ref: str) -> Box | None:
    """ "A4:H30", or a single "A4" -> (4, 1, 30, 8); None for what is no range of cells."""
    first, _, last = ref.replace("$", "").partition(":")
    start, stop = address(first), address(last or first)
    if start is None or stop is None:
        return None
    (r1, c1), (r2, c2) = start, stop
    return min(r1, r2), min(c1, c2), max(r1, r2), max(c1, c2)


class Collector:
    """The cells of one sheet, as they are found."""

    def __init__(self, sheet: str, shared: Shared, room: int) -> None:
        """`room` is how many cells the workbook may still hold."""
        self.sheet = sheet
        self.cells: dict[tuple[int, int], Cell] = {}
        self._shared = shared
        self.strings = shared.strings
        self.styles = shared.styles
        self.room = room
        self.budget = shared.budget

    def aside(self) -> Collector:
        """Another one for the same sheet, with nothing in it yet."""
        return Collector(self.sheet, self._shared, self.room)

    def add(self, found: Raw) -> None:
        """Take a cell as the file gives it; one that is blank is left out.

        Raises Unreadable: cell-twice, cell-number, cell-value, cell-string-missing, cell-text-too-long, too-many-cells.
        """
        row, col, style, kind, text, formula = found
        at = (row, col)
        code, what = self.styles.get(style, PLAIN) if style else PLAIN
        type_, value = self._typed(at, kind, text, what)
        if value is None or value == "":
            if formula is None or type_ is _TEXT:
                return  # a blank, or a formula whose result is the empty text, which looks and counts as a blank
            type_, value = _UNCALCULATED, None
        if at in self.cells:
            raise self.refuse("cell-twice", at)
        self.cells[at] = new(Cell, (row, col, type_, value, code, formula, False, False))
        if len(self.cells) > self.room:
            raise refuse("too-many-cells")

    def add_text(self, row: int, col: int, style: str, text: str) -> None:
        """Take a cell that is a shared text and no formula: what nearly every cell of nearly every file is. Like `add`."""
        at = (row, col)
        if len(text) > _SURELY_SHORT:
            self._check_length(at, text)
        if text:
            if at in self.cells:
                raise self.refuse("cell-twice", at)
            # As Cell(...) makes it, but in half the time.
            code = self.styles.get(style, PLAIN)[0] if style else GENERAL
            self.cells[at] = new(Cell, (row, col, _TEXT, text, code, None, False, False))
            if len(self.cells) > self.room:
                raise refuse("too-many-cells")

    def refuse(self, code: str, at: tuple[int, int] | str, **words: object) -> Unreadable:
        """The refusal of a cell, with its sheet and address."""
        cell = at if isinstance(at, str) else f"{column_letters(at[1])}{at[0]}"
        return refuse(code, sheet=self.sheet, cell=cell, **words)

    def _typed(self, at: tuple[int, int], kind: str, text: str | None, what: Meaning) -> tuple[CellType, RawValue]:
        """The type and value of a cell; the value is None where the text is blank."""
        if kind in ("str", "inlineStr"):
            self._check_length(at, text or "")
            self.budget.keep(text or "")
            return _TEXT, text or ""
        bare = (text or "").strip()
        if kind == "n" and bare:
            return self._number(at, bare, what)
        if kind not in ("n", "s", "b", "e", "d"):
            raise self.refuse("cell-value", at, found=bare, type=kind)
        if not bare:
            return _NUMBER, None
        if kind == "s":
            index = int(bare) if len(bare) < LONGEST_INDEX and bare.isdecimal() else len(self.strings)
            if index >= len(self.strings):
                raise self.refuse("cell-string-missing", at)
            return _TEXT, self.strings[index]
        return self._rare(at, kind, bare)

    def _rare(self, at: tuple[int, int], kind: str, bare: str) -> tuple[CellType, RawValue]:
        if kind == "e":
            self._check_length(at, bare)
            self.budget.keep(bare)
            return _ERROR, bare
        if kind == "b" and bare in _BOOLEANS:
            return _BOOLEAN, _BOOLEANS[bare]
        if kind == "d":
            with suppress(ValueError, OverflowError):
                return _DATE, from_iso(bare)
        raise self.refuse("cell-value", at, found=bare, type=kind)

    def _number(self, at: tuple[int, int], text: str, what: Meaning) -> tuple[CellType, RawValue]:
        try:
            number = float(text) if len(text) < _LONGEST_NUMBER else nan
        except ValueError:
            number = nan
        # Python reads "1_000" and the digits of other scripts as numbers; the format does not.
        if not isfinite(number) or "_" in text or not text.isascii():
            raise self.refuse("cell-number", at, found=text)
        if what is not _IS_NUMBER:
            moment = from_serial(number, what, self._shared.date1904)
            if moment is not None:
                return _DATE, moment
        return _NUMBER, number

    def _check_length(self, at: tuple[int, int], text: str) -> None:
        if len(text) > _SURELY_SHORT and len(text.encode("utf-16-le")) > 2 * _LONGEST_TEXT:
            raise self.refuse("cell-text-too-long", at)


@dataclass(slots=True)
class Around:
    """What stands around a sheet's rows."""

    hidden_cols: bytearray = field(default_factory=bytearray)  # a flag per column; empty where none is hidden
    merged: list[Box] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)  # relationship ids


@dataclass(slots=True)
class Found:
    """What a sheet's XML holds beside its cells."""

    hidden_rows: set[int] = field(default_factory=set)
    arrays: list[tuple[Box, str]] = field(default_factory=list)
    shared_formulas: dict[str, str] = field(default_factory=dict)  # si -> the formula of its first cell
    around: Around = field(default_factory=Around)


def row_number(collector: Collector, text: str | None, before: int) -> int:
    """The number of a row, counted on from the row before where the file gives none. Raises Unreadable: cell-reference."""
    number = before + 1
    if text is not None:
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0
    if not 1 <= number <= MAX_ROW:
        raise collector.refuse("cell-reference", f"row {text or number}")
    return number


def is_hidden(attrs: dict[str, str], size: str) -> bool:
    """Whether nobody sees a row or column: it is hidden, or its size ("ht", "width") is nothing."""
    return is_true(attrs.get("hidden")) or attrs.get(size, "").strip() in ("0", "0.0")


def formula_text(collector: Collector, found: Found, at: tuple[int, int], attrs: dict[str, str], text: str) -> str:
    """A cell's formula. Followers of a shared formula give only its number, and get the text of its first cell."""
    text = unescape(text)
    collector.budget.keep(text)
    kind = attrs.get("t")
    if kind == "shared":
        number = attrs.get("si", "")
        if text:
            found.shared_formulas[number] = text
        else:
            text = found.shared_formulas.get(number, "")
    elif kind == "array":
        area = box(attrs.get("ref", ""))
        if area is not None and area[2:] != at:
            found.arrays.append((area, text))
    return text
