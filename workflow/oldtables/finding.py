"""From grids to tables: every cell of every grid ends in the headings, the rows or the asides of exactly one table."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from workflow.fields import fold
from workflow.model import Aside, GridKind, OldGrid, OldTable, SetAside, SourceCell
from workflow.oldtables.blocks import Block, cut
from workflow.oldtables.heads import Head, Heads, headings
from workflow.oldtables.joining import joined
from workflow.oldtables.lattice import Lattice
from workflow.oldtables.prose import prose_tables
from workflow.oldtables.rows import Body, read_body
from workflow.oldtables.splits import mended


def find_tables(grids: Sequence[OldGrid], known: Collection[str]) -> tuple[OldTable, ...]:
    """The tables in the grids of one file, in its order.

    `known` are the headings and synonyms of the forms, folded (`fields.fold`); they tell a heading from other words, and
    which form a table is remains to be found. A grid without a heading comes as a table without headings, all its cells
    aside. A table that goes on after a page break comes once, its further grids in `also`.
    """
    heads = Heads(known)
    found: list[OldTable] = []
    for grid in grids:
        if not grid.cells:
            continue
        if grid.kind is GridKind.FURNITURE:
            found.append(_all_aside(grid, grid.cells, Aside.FURNITURE))
        elif grid.kind is GridKind.PROSE:
            found.extend(prose_tables(grid, heads))
        else:
            before = found[-1] if found and grid.goes_on else None
            whole = joined(before, grid, heads) if before is not None else None
            if whole is not None:
                found[-1] = whole
            else:
                found.extend(_tables(grid, heads))
    return tuple(found)


def _all_aside(grid: OldGrid, cells: Sequence[SourceCell], why: Aside) -> OldTable:
    return OldTable(grid, (), (), tuple(SetAside(cell, why) for cell in cells), grid.under[-1] if grid.under else "")


def _tables(grid: OldGrid, heads: Heads) -> Iterator[OldTable]:
    for block in cut(grid.cells, heads, grid.heads):
        if block.head is None:
            yield _all_aside(grid, block.lattice.cells, Aside.UNKNOWN)
        else:
            yield _table(grid, block, block.head)


def _table(grid: OldGrid, block: Block, head: Head) -> OldTable:
    lattice, apart = _without_notes(block.lattice, head)
    above = [c for c in lattice.cells if c.row < head.first]
    lines = [row for row in lattice.rows if row > head.last]
    heading = headings(lattice, head, lattice.cols)
    in_heading = {id(c) for h in heading for c in h.cells}
    spoken = [{c.col: fold(c.text) for c in lattice.said(row)} for row in head.rows]
    body = read_body(lattice, lines, spoken)
    beside = [c for row in head.rows for c in lattice.own(row) if id(c) not in in_heading]
    aside = [SetAside(c, Aside.TITLE) for c in (*above, *beside, *apart)]
    columns = {col for row in body.rows for col in row.cells}
    kept = tuple(h for h in heading if h.cells or h.text or h.col in columns)
    title = _title(above) or (grid.under[-1] if grid.under else "")
    table = OldTable(grid, kept, tuple(body.rows), tuple(_ordered((*aside, *body.aside))), title)
    return _mended(table, body)


def _mended(table: OldTable, body: Body) -> OldTable:
    """The table with rows that a page broke in two joined again."""
    return replace(table, rows=mended(table.rows, body.broken)) if body.broken else table


def _title(above: Sequence[SourceCell]) -> str:
    """The lines above the heading that stand alone, joined by " / " where there are several."""
    rows: dict[int, list[SourceCell]] = {}
    for cell in above:
        if cell.text:
            rows.setdefault(cell.row, []).append(cell)
    return " / ".join(" ".join(cells[0].text.split()) for _, cells in sorted(rows.items()) if len(cells) == 1)


def _without_notes(lattice: Lattice, head: Head) -> tuple[Lattice, list[SourceCell]]:
    """The table alone, and the notes that stand right of it, behind an empty column and under no heading."""
    headed = [c.col + c.cols - 1 for row in head.rows for c in lattice.own(row) if c.text or c.fill]
    end = max(headed, default=lattice.cols[-1])
    for left, right in pairwise(lattice.cols):
        if left >= end and right > left + 1:
            apart = [c for c in lattice.cells if c.col >= right]
            return Lattice(c for c in lattice.cells if c.col < right), apart
    return lattice, []


def _ordered(aside: Sequence[SetAside]) -> list[SetAside]:
    return sorted(aside, key=lambda a: (a.cell.row, a.cell.col))
