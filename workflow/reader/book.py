"""What a workbook is once read: plain values, sparse, with the addresses that the file itself gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflow.model import Cell

Box = tuple[int, int, int, int]  # first row, first column, last row, last column; counted from 1, both ends included

MAX_ROW = 1_048_576
MAX_COL = 16_384


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may hold. The defaults refused none of 2,768 real workbooks (field-notes.md section 3, row 3)."""

    file_bytes: int = 32 * 2**20
    entries: int = 4_000  # zip entries
    part_bytes: int = 200 * 2**20  # one part, inflated; counted as it inflates, whatever its header says
    total_bytes: int = 300 * 2**20  # all parts, inflated
    ratio: int = 250  # inflated to packed, once `ratio_from` bytes are inflated
    ratio_from: int = 2**20
    cells: int = 1_000_000  # stored cells of the workbook; also the most shared strings (`budget` follows from it)
    ranges: int = 100_000  # merged ranges of a sheet, defined names, cell styles
    depth: int = 100  # nested XML elements


# Of what the office itself wrote: its register, and the workbooks made from it. They are as large as the partnership is:
# ten thousand partners with a dozen rows each have a register of 1.1 million cells and a tracker of 2.4 million.
OF_THE_OFFICE = Limits(
    file_bytes=256 * 2**20, part_bytes=1024 * 2**20, total_bytes=1536 * 2**20, cells=8_000_000, ranges=1_000_000
)


@dataclass(frozen=True, slots=True)
class TableRef:
    """A table (ListObject). `area` includes its heading row, unless `header_rows` is 0. `columns` are its headings."""

    name: str
    display_name: str
    sheet: str
    ref: str  # "A4:H30"
    area: Box
    columns: tuple[str, ...]
    header_rows: int = 1


@dataclass(frozen=True, slots=True)
class SheetData:
    """One worksheet. `cells` holds only cells with a value and formulas never calculated; a blank is absent.

    `passed` says that it holds something, and nothing of what was sought: its cells were not taken (`skim`).
    """

    name: str
    state: str  # "visible", "hidden" or "veryHidden"
    cells: Mapping[tuple[int, int], Cell]  # by (row, column)
    merged: tuple[Box, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_cols: frozenset[int] = frozenset()
    passed: bool = False

    @property
    def filled(self) -> bool:
        """Whether it holds anything."""
        return bool(self.cells) or self.passed


@dataclass(frozen=True, slots=True)
class Workbook:
    """A whole workbook: worksheets in the order of their tabs (chart sheets hold no cells and are left out)."""

    sheets: tuple[SheetData, ...]
    names: Mapping[str, str]  # defined name -> reference text; workbook scope only
    tables: tuple[TableRef, ...]
    core: Mapping[str, str]  # title, creator, keywords, created, modified ... (docProps/core.xml)
    custom: Mapping[str, str]  # custom document properties, every type as its text
    date1904: bool
    strict: bool
    active: tuple[str, ...] = ()  # what it holds that could act by itself, in plain words: "macros", "DDE links" (`active`)

    def sheet(self, name: str) -> SheetData | None:
        """The sheet with that name; names are compared without regard to case, as spreadsheet programs do."""
        wanted = name.casefold()
        return next((s for s in self.sheets if s.name.casefold() == wanted), None)
