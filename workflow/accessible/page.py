"""What the checks look at: a worksheet as openpyxl read it, with its one table, its widths and its body found once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeGuard

from workflow.model import Profile, column_letters
from workflow.writer import LISTS

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.styles.colors import Color
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.table import Table
    from openpyxl.worksheet.worksheet import Worksheet

DEFAULT_WIDTH = 8.43
_MOST_CELLS = 5_000_000  # a sheet formatted to its last corner would take for ever
_PADDING = 0.71  # what Excel adds to a column's width in the file


class Fault(NamedTuple):
    """One failed check: the sheet, the cell or range ("" for the whole), and what is wrong and what to do, in words."""

    sheet: str
    cell: str
    words: str


class Area(NamedTuple):
    """The table's range, counted from 1, its heading row included."""

    top: int
    left: int
    bottom: int
    right: int


class Look(NamedTuple):
    """How a cell looks. Many cells look the same, and asking openpyxl for each part of each cell takes long."""

    font: str
    size: float
    bold: bool
    plain: bool  # upright, level, not struck out
    underlined: bool
    wrapped: bool
    indent: float
    side: str | None
    locked: bool
    colour: str
    fill: str


@dataclass(slots=True)
class Page:
    """One worksheet. `cells` are the cells that hold a value."""

    sheet: Worksheet
    profile: Profile
    table: Table | None = None
    area: Area | None = None
    cells: list[Cell] = field(default_factory=list)
    widths: dict[int, float] = field(default_factory=dict)
    formula_links: frozenset[str] = frozenset()  # the cells whose formula makes a link
    looks: dict[int, Look] = field(default_factory=dict)  # by style
    _looked: dict[Cell, Look] = field(default_factory=dict)
    _body: list[list[Cell]] | None = None

    def look(self, cell: Cell) -> Look:
        """How a cell looks. Every check asks, and openpyxl works the style out anew each time."""
        if cell not in self._looked:
            self._looked[cell] = self._look(cell)
        return self._looked[cell]

    def _look(self, cell: Cell) -> Look:
        style = int(cell.style_id)
        if style not in self.looks:
            font, alignment = cell.font, cell.alignment
            self.looks[style] = Look(
                font=str(font.name or ""),
                size=float(font.sz or 11),
                bold=bool(font.b),
                plain=not (font.i or font.strike or alignment.textRotation),
                underlined=bool(font.u),
                wrapped=bool(alignment.wrap_text),
                indent=float(alignment.indent or 0),
                side=alignment.horizontal,
                locked=bool(cell.protection.locked),
                colour=colour(font.color, "000000"),
                fill=fill_of(cell),
            )
        return self.looks[style]

    def is_link(self, cell: Cell) -> bool:
        """Whether a cell leads somewhere, by itself or by a HYPERLINK formula."""
        return cell.hyperlink is not None or cell.coordinate in self.formula_links

    @property
    def name(self) -> str:
        """The tab's name."""
        return str(self.sheet.title)

    def fault(self, words: str, cell: str = "") -> Fault:
        """A fault on this sheet."""
        return Fault(self.name, cell, words)

    def width(self, col: int) -> float:
        """A column's width in characters."""
        return self.widths.get(col, DEFAULT_WIDTH)

    def inside(self, cell: Cell) -> bool:
        """Whether a cell lies in the table's body."""
        a = self.area
        return a is not None and a.top < cell.row <= a.bottom and a.left <= cell.column <= a.right

    @property
    def _rows(self) -> list[list[Cell]]:
        """The rows of the table's body, looked up once."""
        if self._body is None:
            a = self.area
            rows = self.sheet.iter_rows(a.top + 1, a.bottom, a.left, a.right) if a else ()
            self._body = [[cell for cell in cells if is_own(cell)] for cells in rows]
        return self._body

    def body(self) -> Iterator[Cell]:
        """The cells of the table's body, empty ones too, row by row."""
        for cells in self._rows:
            yield from cells

    def headings(self) -> list[Cell]:
        """The table's heading cells."""
        if not self.area:
            return []
        return [cell for cell in self.sheet[self.area.top][self.area.left - 1 : self.area.right] if is_own(cell)]

    def columns(self) -> Iterator[list[Cell]]:
        """Each column of the table as the cells of its body."""
        found: dict[int, list[Cell]] = {heading.column: [] for heading in self.headings()}
        for cell in self.body():
            if cell.column in found:
                found[cell.column].append(cell)
        yield from found.values()


def is_own(cell: Cell | MergedCell) -> TypeGuard[Cell]:
    """False for openpyxl's stand-in of a covered cell, which has neither value nor style worth a check."""
    return type(cell).__name__ != "MergedCell"


def text_of(cell: Cell) -> str:
    """What a cell says, "" where it holds no text."""
    return cell.value if isinstance(cell.value, str) else ""


def number_of(cell: Cell) -> float | None:
    """A cell's number, None where it holds none."""
    return cell.value if isinstance(cell.value, int | float) and not isinstance(cell.value, bool) else None


class TooLargeError(ValueError):
    """The workbook is larger than is worth checking; the text says in what way."""


def pages(book: Workbook, profile: Profile) -> list[Page]:
    """The worksheets to check. The hidden sheet of drop-down lists of a return is none of them (X09).

    Raises TooLargeError for a sheet that is formatted far beyond its data.
    """
    found = []
    for sheet in book.worksheets:
        if sheet.max_row * sheet.max_column > _MOST_CELLS:
            corner = at(sheet.max_row, sheet.max_column)
            raise TooLargeError(f"{sheet.title} is in use down to cell {corner}: delete its empty rows and columns")
        if sheet.title == LISTS and sheet.sheet_state != "visible" and profile is not Profile.PUBLISHED:
            continue
        page = Page(sheet, profile)
        page.table = next(iter(sheet.tables.values()), None)
        if page.table:
            page.area = _area(page.table.ref)
        page.cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None and is_own(cell)]
        for dimension in sheet.column_dimensions.values():
            for col in range(dimension.min or 0, (dimension.max or 0) + 1):
                page.widths[col] = max(0.0, dimension.width - _PADDING) if dimension.customWidth else DEFAULT_WIDTH
        found.append(page)
    return found


def _area(reference: str) -> Area:
    from openpyxl.utils.cell import range_boundaries  # noqa: PLC0415 - heavy

    left, top, right, bottom = (int(edge or 0) for edge in range_boundaries(reference))
    return Area(top, left, bottom, right)


def colour(found: Color | None, default: str) -> str:
    """A colour as RRGGBB; `default` where it is automatic or left to a theme that we do not read."""
    if found is None or found.type != "rgb" or not isinstance(found.rgb, str):
        return "FFFFFF" if found is not None and found.type == "theme" and found.theme == 0 else default
    return found.rgb[-6:]


def fill_of(cell: Cell) -> str:
    """The colour of a cell's fill as RRGGBB, "" for none."""
    return colour(cell.fill.fgColor, "FFFFFF") if cell.fill and cell.fill.fill_type else ""


def at(row: int, col: int) -> str:
    """An address from numbers that count from 1."""
    return f"{column_letters(col)}{row}"
