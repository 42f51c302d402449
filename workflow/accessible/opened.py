"""The ordinary way to a workbook's cells: openpyxl reads all of it."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from workflow.accessible import parts
from workflow.accessible.looks import Cell, Looks
from workflow.accessible.page import THEIRS, Most, Page, Sheet, fits, is_checked, page_of
from workflow.model import Profile

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet


def opened(data: bytes, profile: Profile, most: Most = THEIRS) -> tuple[Workbook, Iterator[Page]]:
    """The workbook and its worksheets to check, one after another. Raises what openpyxl raises where it cannot read it."""
    from openpyxl import load_workbook  # noqa: PLC0415 - heavy

    book = load_workbook(BytesIO(data), data_only=True)  # a formula counts as its saved result
    formulas = load_workbook(BytesIO(data)) if parts.has_formula_links(data) else None
    return book, _pages(book, formulas, (profile, most))


def _pages(book: Workbook, formulas: Workbook | None, given: tuple[Profile, Most]) -> Iterator[Page]:
    (profile, most), looks = given, Looks()
    for sheet in book.worksheets:
        fits(most, str(sheet.title), sheet.max_row, sheet.max_column)
        if is_checked(sheet, profile):
            yield page_of(sheet, profile, _read(sheet, formulas[sheet.title] if formulas else None, looks))


def _read(sheet: Worksheet, formulas: Worksheet | None, looks: Looks) -> Sheet:
    from openpyxl.cell.cell import MergedCell  # noqa: PLC0415 - heavy

    rows: dict[int, list[Cell]] = {}
    links, covered = dict(_formula_links(formulas)), set()
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        kept = rows[number] = []
        for col, cell in enumerate(cells, start=1):
            if isinstance(cell, MergedCell):  # openpyxl's stand-in of a covered cell: neither value nor style
                covered.add((number, col))
                continue
            kept.append(Cell(number, col, cell.value, looks.of(cell)))
            if cell.hyperlink is not None:
                links[number, col] = cell.hyperlink.location or ""
    heights = {row: shape.height for row, shape in sheet.row_dimensions.items() if shape.height is not None}
    return Sheet(rows, heights, links, looks.blank(sheet), frozenset(covered))


def _formula_links(formulas: Worksheet | None) -> Iterator[tuple[tuple[int, int], str]]:
    """The cells that are links made by formulas, of which only the results are read otherwise."""
    for row in formulas.iter_rows() if formulas else ():
        for cell in row:
            if isinstance(cell.value, str) and "HYPERLINK(" in cell.value:
                yield (cell.row, cell.column), ""
