"""What a sheet's ranges say of its cells: hidden, merged, result of an array formula. Done once, when all cells are known."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from workflow.model import Cell
from workflow.reader.book import Box, SheetData
from workflow.reader.budget import Budget
from workflow.reader.cells import Collector, Found

_HIDDEN_ROW = 100  # bytes that the number of a hidden row takes


def within(cells: Mapping[tuple[int, int], Cell], area: Box, used: Box, budget: Budget) -> Iterator[tuple[int, int]]:
    """The addresses of the stored cells in a box, at the cost of the smaller of the two. `used` is the box of all cells."""
    r1, c1, r2, c2 = max(area[0], used[0]), max(area[1], used[1]), min(area[2], used[2]), min(area[3], used[3])
    size = max(r2 - r1 + 1, 0) * max(c2 - c1 + 1, 0)
    budget.step(2 * min(size, len(cells)) + 1)
    if size <= len(cells):
        yield from [(r, c) for r in range(r1, r2 + 1) for c in range(c1, c2 + 1) if (r, c) in cells]
    else:
        yield from [(r, c) for r, c in cells if r1 <= r <= r2 and c1 <= c <= c2]


def _used(cells: Collection[tuple[int, int]]) -> Box:
    rows, cols = [row for row, _ in cells], [col for _, col in cells]
    return (min(rows), min(cols), max(rows), max(cols)) if rows else (1, 1, 0, 0)


def mark_hidden(cells: dict[tuple[int, int], Cell], rows: frozenset[int], cols: frozenset[int]) -> None:
    """Flag the cells that stand in a hidden row or column."""
    if rows or cols:
        for at, cell in cells.items():
            if at[0] in rows or at[1] in cols:
                cells[at] = cell._replace(hidden=True)


def mark_merged(cells: dict[tuple[int, int], Cell], merged: Sequence[Box], budget: Budget) -> None:
    """Flag the cells that lie under a merged range and are not its first cell."""
    used = _used(cells) if merged else (1, 1, 0, 0)
    for area in merged:
        for at in within(cells, area, used, budget):
            if at != area[:2] and not cells[at].merged:
                cells[at] = cells[at]._replace(merged=True)


def mark_arrays(cells: dict[tuple[int, int], Cell], arrays: Sequence[tuple[Box, str]], budget: Budget) -> None:
    """Flag the results of an array formula beside its first cell: the file gives the formula only there."""
    used = _used(cells) if arrays else (1, 1, 0, 0)
    for area, formula in arrays:
        for at in within(cells, area, used, budget):
            if cells[at].formula is None:
                cells[at] = cells[at]._replace(formula=formula)


def finished(name: str, state: str, collector: Collector, found: Found) -> SheetData:
    """The sheet as a value, every cell with its flags."""
    cells, budget = collector.cells, collector.budget
    budget.keep_cells(len(cells))
    budget.take(_HIDDEN_ROW * len(found.hidden_rows))
    rows = frozenset(found.hidden_rows)
    around = found.around
    cols = frozenset(col for col, flag in enumerate(around.hidden_cols) if flag)
    mark_arrays(cells, found.arrays, budget)
    mark_merged(cells, around.merged, budget)
    mark_hidden(cells, rows, cols)
    return SheetData(name, state, cells, tuple(around.merged), rows, cols)
