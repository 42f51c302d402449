"""What the checks look at: a worksheet's cells, with its one table, its widths and its body found once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from workflow.accessible.looks import Cell, Look
from workflow.model import Profile, column_letters
from workflow.writer import LISTS

if TYPE_CHECKING:
    from openpyxl.worksheet.table import Table
    from openpyxl.worksheet.worksheet import Worksheet

DEFAULT_WIDTH = 8.43
_PADDING = 0.71  # what Excel adds to a column's width in the file


class Most(NamedTuple):
    """The largest workbook that is worth checking: cells of a sheet, and bytes unpacked."""

    cells: int
    size: int


THEIRS = Most(5_000_000, 200_000_000)  # a sheet formatted to its last corner would take for ever
OURS = Most(50_000_000, 2_000_000_000)  # what we wrote is as large as the partnership is


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


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of a worksheet as they were read: by row, in the order of columns, none that a merged cell covers.

    Cells that the file does not mention may be missing; they look like `blank`.
    """

    rows: dict[int, list[Cell]]
    heights: Mapping[int, float]  # of the rows that have one
    links: Mapping[tuple[int, int], str]  # where each cell that leads somewhere leads in the workbook
    blank: Look
    covered: frozenset[tuple[int, int]] = frozenset()

    @property
    def corner(self) -> tuple[int, int]:
        """The last row and the last column that are in use."""
        return max(self.rows, default=1), max((cells[-1].column for cells in self.rows.values() if cells), default=1)


@dataclass
class Page:
    """One worksheet. `sheet` is what openpyxl read of it; what it says of cells is not for the checks: `given` is."""

    sheet: Worksheet
    profile: Profile
    given: Sheet
    table: Table | None = None
    area: Area | None = None
    widths: dict[int, float] = field(default_factory=dict)

    @cached_property
    def cells(self) -> list[Cell]:
        """The cells that hold a value, row by row."""
        return [cell for cells in self.given.rows.values() for cell in cells if cell.value is not None]

    @cached_property
    def around(self) -> list[Cell]:
        """Those that are not in the table's body."""
        return [cell for cell in self.cells if not self.inside(cell)]

    @cached_property
    def first(self) -> Cell:
        """The cell A1."""
        return self.at(1, 1)

    def at(self, row: int, col: int) -> Cell:
        """The cell that stands there."""
        found = (cell for cell in self.given.rows.get(row, ()) if cell.column == col)
        return next(found, None) or Cell(row, col, None, self.given.blank)

    def looking(self, test: Callable[[Look], bool], cells: list[Cell] | None = None) -> Iterator[Cell]:
        """The cells (those with a value, if not told others) whose look meets `test`, which is asked once for each look."""
        among = self.cells if cells is None else cells
        looks = {look for look in {cell.look for cell in among} if test(look)}
        if looks:
            yield from (cell for cell in among if cell.look in looks)

    def is_link(self, cell: Cell) -> bool:
        """Whether a cell leads somewhere, by itself or by a HYPERLINK formula."""
        return (cell.row, cell.column) in self.given.links

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

    @cached_property
    def body(self) -> list[Cell]:
        """The cells of the table's body, empty ones too, row by row."""
        a = self.area
        return [cell for row in range(a.top + 1, a.bottom + 1) for cell in self._across(row, a)] if a else []

    def headings(self) -> list[Cell]:
        """The table's heading cells."""
        return self._across(self.area.top, self.area) if self.area else []

    def columns(self) -> list[list[Cell]]:
        """Each column of the table as the cells of its body."""
        found: dict[int, list[Cell]] = {heading.column: [] for heading in self.headings()}
        for cell in self.body:
            if cell.column in found:
                found[cell.column].append(cell)
        return list(found.values())

    def between(self, top: int, left: int, bottom: int, right: int) -> Iterator[Cell]:
        """The cells of a range, empty ones too."""
        for row in range(top, bottom + 1):
            yield from self._across(row, Area(top, left, bottom, right))

    def _across(self, row: int, area: Area) -> list[Cell]:
        cells = self.given.rows.get(row, [])
        wide = area.right - area.left + 1
        if len(cells) == wide and cells[0].column == area.left and cells[-1].column == area.right:
            return cells
        here = {cell.column: cell for cell in cells}
        own = (col for col in range(area.left, area.right + 1) if (row, col) not in self.given.covered)
        return [here.get(col) or Cell(row, col, None, self.given.blank) for col in own]

    def let_go(self) -> None:
        """Forget the table's body: only what stands around it is looked at together with other sheets."""
        self.cells = self.around or self.cells[:1]
        self.body = []
        self.given.rows.clear()


def text_of(cell: Cell) -> str:
    """What a cell says, "" where it holds no text."""
    return cell.value if isinstance(cell.value, str) else ""


def number_of(cell: Cell) -> float | None:
    """A cell's number, None where it holds none."""
    return cell.value if isinstance(cell.value, int | float) and not isinstance(cell.value, bool) else None


class TooLargeError(ValueError):
    """The workbook is larger than is worth checking; the text says in what way."""


def fits(most: Most, title: str, last_row: int, last_col: int) -> None:
    """Raises TooLargeError for a sheet that is formatted far beyond its data."""
    if last_row * last_col > most.cells:
        raise TooLargeError(f"{title} is in use down to cell {at(last_row, last_col)}: delete its empty rows and columns")


def is_checked(sheet: Worksheet, profile: Profile) -> bool:
    """Whether a worksheet is one of those to check. The hidden sheet of drop-down lists of a return is none (X09)."""
    return sheet.title != LISTS or sheet.sheet_state == "visible" or profile is Profile.PUBLISHED


def page_of(sheet: Worksheet, profile: Profile, given: Sheet) -> Page:
    """A worksheet with what was read of its cells."""
    page = Page(sheet, profile, given)
    page.table = next(iter(sheet.tables.values()), None)
    if page.table:
        page.area = _area(page.table.ref)
    for dimension in sheet.column_dimensions.values():
        for col in range(dimension.min or 0, (dimension.max or 0) + 1):
            page.widths[col] = max(0.0, dimension.width - _PADDING) if dimension.customWidth else DEFAULT_WIDTH
    page.first, page.around  # noqa: B018 - what `let_go` keeps
    return page


def _area(reference: str) -> Area:
    from openpyxl.utils.cell import range_boundaries  # noqa: PLC0415 - heavy

    left, top, right, bottom = (int(edge or 0) for edge in range_boundaries(reference))
    return Area(top, left, bottom, right)


def at(row: int, col: int) -> str:
    """An address from numbers that count from 1."""
    return f"{column_letters(col)}{row}"
