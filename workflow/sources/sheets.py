"""Workbooks, through our own reader: one grid a sheet, every value with its colours, and notes on what is not seen at once."""

from __future__ import annotations

from collections.abc import Iterator, Sized
from dataclasses import replace
from datetime import date, datetime

from workflow import fields
from workflow.model import Cell, CellType, OldGrid, Place, SourceCell, Value, column_letters
from workflow.reader import Limits, SheetData, SheetLook, Workbook, read_bytes, read_looks
from workflow.sources.notes import counted, named, together

_PLAIN = SheetLook()


def read_sheets(data: bytes, file: str, limits: Limits) -> tuple[tuple[OldGrid, ...], tuple[str, ...]]:
    """The worksheets of a workbook as grids, and the notes. Raises Unreadable as the reader does."""
    book = read_bytes(data, limits)
    looks = read_looks(data, book, limits)
    grids, notes = [], list(_notes_of_book(book))
    for sheet in book.sheets:
        look = looks.get(sheet.name, _PLAIN)
        grids.append(_grid(sheet, look, file, _declared(book, sheet.name)))
        notes.extend(f'Sheet "{sheet.name}": {said}' for said in _notes_of_sheet(sheet, look))
    return tuple(grids), tuple(notes)


def _declared(book: Workbook, sheet: str) -> tuple[int, ...]:
    """The heading rows of the sheet's own tables (Insert, Table)."""
    return tuple(sorted({t.area[0] for t in book.tables if t.sheet == sheet and t.header_rows}))


def _grid(sheet: SheetData, look: SheetLook, file: str, heads: tuple[int, ...]) -> OldGrid:
    merged = {area[:2]: (area[2] - area[0] + 1, area[3] - area[1] + 1) for area in sheet.merged}
    under = _covered(sheet, look)
    hidden = sheet.state != "visible"
    all_cells = (_cell(Place(file, sheet.name), cell, look, merged.get(at, (1, 1))) for at, cell in sheet.cells.items())
    cells = [cell for cell in all_cells if cell.text or cell.fill]  # spaces alone are a blank
    for (row, col), fill in look.fills.items():
        if (row, col) not in sheet.cells and (row, col) not in under:
            unseen = row in sheet.hidden_rows or col in sheet.hidden_cols
            rows, cols = merged.get((row, col), (1, 1))
            place = Place(file, sheet.name, f"{column_letters(col)}{row}")
            cells.append(SourceCell(place, row, col, "", fill=fill, hidden=unseen, rows=rows, cols=cols))
    if hidden:
        cells = [replace(cell, hidden=True) for cell in cells]
    ordered = tuple(sorted(cells, key=lambda c: (c.row, c.col)))
    return OldGrid(file, sheet.name, ordered, hidden=hidden, heads=heads)


def _covered(sheet: SheetData, look: SheetLook) -> set[tuple[int, int]]:
    """The painted blank cells that lie under a merged one."""
    blank = [at for at in look.fills if at not in sheet.cells]
    found: set[tuple[int, int]] = set()
    if len(blank) * len(sheet.merged) > 10_000_000:
        blank = []  # a file made to be slow; its blanks then count as cells of their own
    for r1, c1, r2, c2 in sheet.merged:
        found.update(at for at in blank if r1 <= at[0] <= r2 and c1 <= at[1] <= c2 and at != (r1, c1))
    return found


def _cell(sheet: Place, cell: Cell, look: SheetLook, size: tuple[int, int]) -> SourceCell:
    at = (cell.row, cell.col)
    text = fields.clean(look.texts[at]) if at in look.texts else fields.raw_text(cell)
    if cell.type is CellType.UNCALCULATED:
        text = f"={cell.formula}"
    link = look.links.get(at, "").removeprefix("mailto:")
    if link and link not in text:
        text = f"{text} ({link})"
    return SourceCell(
        Place(sheet.file, sheet.sheet, cell.ref),
        cell.row,
        cell.col,
        text,
        _value(cell, text),
        look.fills.get(at, ""),
        cell.hidden or cell.merged,  # nobody sees what lies under a merged cell
        *size,
        at in look.bold,
    )


def _value(cell: Cell, text: str) -> Value | None:
    """The typed value of a date, number or yes and no; otherwise the text. None for a formula never worked out."""
    value = cell.value
    if isinstance(value, bool):
        return value
    if cell.type is CellType.UNCALCULATED or not text:
        return None
    if isinstance(value, int | float):
        return fields.number_of(value)
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else text


def _notes_of_book(book: Workbook) -> Iterator[str]:
    unseen = [f'"{s.name}"' for s in book.sheets if s.state != "visible"]
    if unseen:
        which = "sheet is" if len(unseen) == 1 else "sheets are"
        yield f"The {which} hidden in this workbook and read like any other: {together(unseen)}."
    if book.active:
        yield f"This workbook also holds {together(book.active)}; of that nothing was run or followed."


def _notes_of_sheet(sheet: SheetData, look: SheetLook) -> Iterator[str]:
    rows = {row for row, _ in sheet.cells} & sheet.hidden_rows
    cols = {col for _, col in sheet.cells} & sheet.hidden_cols
    if rows:
        yield f"{named(rows, 'row')} {_verb(rows, 'is', 'are')} hidden; what stands there was read like any other."
    if cols:
        yield f"{named(cols, 'column')} {_verb(cols, 'is', 'are')} hidden; what stands there was read like any other."
    under = [cell.ref for cell in sheet.cells.values() if cell.merged]
    if under:
        holds = _verb(under, "holds", "hold")
        yield f"{together(under)} {holds} something that nobody sees, because a merged cell lies over it; please check it."
    unknown = [cell.ref for cell in sheet.cells.values() if cell.type is CellType.UNCALCULATED]
    if unknown:
        holds = _verb(unknown, "holds", "hold")
        yield f"{together(unknown)} {holds} a formula that was never worked out; it stands in place of its result."
    if look.conditional:
        yield "colours that follow the cells' values (conditional formatting) were not read; only colours set by hand were."
    if look.struck:
        struck = [f"{column_letters(col)}{row}" for row, col in sorted(look.struck) if (row, col) in sheet.cells]
        if struck:
            yield f"{together(struck)} {_verb(struck, 'is', 'are')} struck out; please check whether it still holds."
    if look.comments:
        was = "was" if look.comments == 1 else "were"
        yield f"{counted(look.comments, 'comment', 'comments')} beside the cells {was} not read."
    if look.shapes:
        yield "text boxes or shapes lie over the cells; their words were not read."


def _verb(of: Sized, one: str, many: str) -> str:
    return one if len(of) == 1 else many
