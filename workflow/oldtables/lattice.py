"""Cells by row and column, with what merged cells cover; and what a cell looks like to somebody in search of tables."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cached_property

from workflow.model import SourceCell

REF = re.compile(r"\(?(?:[A-Za-z]{1,4}[-. ]?)?\d{1,3}(?:[.\-]\d{1,3})*[.):]?[a-z]?[.)]?|\(?[a-z][.)]|\(?[ivx]{1,4}[.)]")
_FIGURE = re.compile(r"[-+−]?\s*[£$€]?\s*\d[\d,. ]*%?")
_FURNITURE = re.compile(
    r"page\s+\d+(\s*(of|/)\s*\d+)?|\d+\s+of\s+\d+|[¹²³⁰⁴-⁹*†‡].*|(printed|last saved)( on)?:? .*", re.IGNORECASE | re.DOTALL
)
_MOST_COVERED = 2_000_000  # places under merged cells; a file made to be slow has more


class Lattice:
    """Some cells of one grid. Rows and columns without a cell of their own are passed over."""

    def __init__(self, cells: Iterable[SourceCell]) -> None:
        self.cells: tuple[SourceCell, ...] = tuple(sorted(cells, key=lambda c: (c.row, c.col)))
        self.rows: list[int] = sorted({c.row for c in self.cells})
        self.cols: list[int] = sorted({c.col for c in self.cells})
        self._own: dict[int, list[SourceCell]] = {}
        self._seen: dict[int, dict[int, SourceCell]] = {row: {} for row in self.rows}
        for cell in self.cells:
            self._own.setdefault(cell.row, []).append(cell)
            self._seen[cell.row].setdefault(cell.col, cell)
        self._cover()

    def _cover(self) -> None:
        left = _MOST_COVERED
        for cell in self.cells:
            if cell.rows == cell.cols == 1:
                continue
            rows = self.rows[bisect_left(self.rows, cell.row) : bisect_right(self.rows, cell.row + cell.rows - 1)]
            cols = self.cols[bisect_left(self.cols, cell.col) : bisect_right(self.cols, cell.col + cell.cols - 1)]
            left -= len(rows) * len(cols)
            if left < 0:
                return
            for row in rows:
                seen = self._seen[row]
                for col in cols:
                    seen.setdefault(col, cell)

    def own(self, row: int) -> Sequence[SourceCell]:
        """The cells that begin in a row."""
        return self._own.get(row, ())

    def said(self, row: int) -> list[SourceCell]:
        """Those of them that hold text."""
        return [cell for cell in self.own(row) if cell.text]

    def at(self, row: int, col: int) -> SourceCell | None:
        """The cell that a person sees at an address: its own, or a merged one that covers it."""
        return self._seen[row].get(col) if row in self._seen else None

    def line(self, row: int) -> list[tuple[int, SourceCell]]:
        """All that a person sees in a row, by column; a merged cell comes in every column that it covers."""
        return sorted(self._seen.get(row, {}).items(), key=lambda item: item[0])

    def covered(self, row: int) -> list[SourceCell]:
        """The merged cells with text that come down into a row from above."""
        return list({id(c): c for _, c in self.line(row) if c.row < row and c.text}.values())

    @cached_property
    def width(self) -> int:
        """How many columns are used."""
        return len(self.cols)

    def next_row(self, row: int) -> int | None:
        """The next row with a cell of its own."""
        at = bisect_right(self.rows, row)
        return self.rows[at] if at < len(self.rows) else None

    def row_before(self, row: int) -> int | None:
        """The row with a cell of its own before this one."""
        at = bisect_left(self.rows, row)
        return self.rows[at - 1] if at else None

    def is_wide(self, cell: SourceCell) -> bool:
        """Whether a merged cell goes across most of the columns."""
        covers = bisect_right(self.cols, cell.col + cell.cols - 1) - bisect_left(self.cols, cell.col)
        return cell.cols > 1 and (covers > 1 or self.width == 1) and 5 * covers >= 3 * self.width


def is_figure(cell: SourceCell) -> bool:
    """Whether a cell holds a number."""
    number = isinstance(cell.value, int | Decimal) and not isinstance(cell.value, bool)
    return number or bool(_FIGURE.fullmatch(cell.text.strip()))


def is_year(cell: SourceCell) -> bool:
    """Whether a number may be a year, which may head a column."""
    return cell.text.strip().isdecimal() and 1990 <= int(cell.text.strip()[:5]) <= 2100


def is_ref(cell: SourceCell) -> bool:
    """Whether a cell holds a reference: 3, 1.10, A2, (b)."""
    return bool(REF.fullmatch(cell.text.strip()))


def is_furniture(cell: SourceCell) -> bool:
    """Whether a lone cell is the number of a page or a footnote."""
    return bool(_FURNITURE.fullmatch(cell.text.strip()))
