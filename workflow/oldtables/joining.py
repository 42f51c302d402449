"""A table of a document that goes on in the next one, because a page ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from workflow.fields import fold
from workflow.model import Aside, OldGrid, OldRow, OldTable, SetAside, SourceCell
from workflow.oldtables.heads import Head, Heads, headings
from workflow.oldtables.lattice import Lattice
from workflow.oldtables.rows import read_body
from workflow.oldtables.splits import mended


def joined(table: OldTable, grid: OldGrid, heads: Heads) -> OldTable | None:
    """The table with the rows of the grid right below it, where they are its own; None where the grid is another table.

    They are where the grid has as many columns, and either the same heading or none that any form knows.
    """
    if not table.headings:
        return None
    lattice = Lattice(grid.cells)
    found = heads.find(lattice, grid.heads)
    head = found[0] if found else None
    repeated = head is not None and _says(lattice, head) == [fold(h.text) for h in table.headings if h.text]
    if head is not None and head.known and not repeated:
        return None
    columns = _columns(table, lattice)
    if columns is None:
        return None
    aside: list[SetAside] = []
    lines = list(lattice.rows)
    if repeated and head is not None:
        aside = [SetAside(c, Aside.REPEATED) for c in lattice.cells if c.row <= head.last]
        lines = [row for row in lattice.rows if row > head.last]
    body = read_body(lattice, lines, _spoken(table, columns), table.rows[-1].band if table.rows else ())
    first = len(table.rows)
    rows = (*table.rows, *(_moved(row, columns) for row in body.rows))
    kept = {id(c) for row in table.rows for c in row.band}
    own = [s for s in body.aside if id(s.cell) not in kept]
    whole = replace(table, aside=(*table.aside, *aside, *own), also=(*table.also, grid))
    return replace(whole, rows=mended(rows, {first, *(first + n for n in body.broken)}))


def _says(lattice: Lattice, head: Head) -> list[str]:
    return [fold(h.text) for h in headings(lattice, head, lattice.cols) if h.text]


def _columns(table: OldTable, lattice: Lattice) -> Mapping[int, int] | None:
    """Which column of the table each column of the grid is; None where they do not fit."""
    known = [h.col for h in table.headings]
    if lattice.cols == known:
        return dict(zip(known, known, strict=True))
    if len(lattice.cols) == len(known):
        return dict(zip(lattice.cols, known, strict=True))
    fits = 2 * len(lattice.cols) >= len(known) and set(lattice.cols) <= set(known)
    return {col: col for col in lattice.cols} if fits else None


def _spoken(table: OldTable, columns: Mapping[int, int]) -> Sequence[Mapping[int, str]]:
    """The heading's rows by column of the grid."""
    back = {new: old for old, new in columns.items()}
    rows: dict[int, dict[int, str]] = {}
    for heading in table.headings:
        for cell in heading.cells:
            if cell.text and cell.col in back:
                rows.setdefault(cell.row, {})[back[cell.col]] = fold(cell.text)
    return list(rows.values())


def _moved(row: OldRow, columns: Mapping[int, int]) -> OldRow:
    cells: dict[int, SourceCell] = {columns[col]: cell for col, cell in row.cells.items()}
    return replace(row, cells=cells)
