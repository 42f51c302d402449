"""The rows of a table's body, put together as they will stand in the file.

XlsxWriter keeps an object for each cell until it closes the workbook, and goes through several calls for each. Most cells of a
long table are plain texts, numbers, dates and blanks: here they become their row's markup at once. Whatever is more goes
through XlsxWriter still. `tests/test_writer_body.py` holds both ways to the same bytes.
"""

from __future__ import annotations

from datetime import date
from io import StringIO
from typing import Any

from workflow.model import column_letters
from workflow.writer import values
from workflow.writer.formats import Format, Worksheet

EPOCH = date(1899, 12, 30)
_SPANNED = 16  # rows that say together which columns they use


class Body:
    """The body of one table, written where XlsxWriter would write its rows. Rows and columns count from 0."""

    def __init__(self, tab: Worksheet, first: int, columns: int) -> None:
        self.tab = tab
        self._first = first
        self._starts = [f'<c r="{column_letters(col + 1)}' for col in range(columns)]
        self._rows: list[str] = []
        self._texts: dict[str, str] = {}  # what follows a cell's style
        settle(tab)
        tab._write_rows, tab._calculate_spans = self._write_rows, self._calculate_spans

    def add(self, cells: list[str]) -> None:
        """The next row, as the markup of its cells."""
        self._rows.append("".join(cells))

    def text(self, text: str) -> str | None:
        """What follows the style of a cell that holds a text; None where XlsxWriter must write it."""
        found = self._texts.get(text)
        if found is not None:
            self.tab.str_table.count += 1
            return found
        if len(values.fragments(text)) > 1 or len(text) * 2 > values.LONGEST_TEXT:
            return None
        index = self.tab.str_table._get_shared_string_index(text)
        found = self._texts[text] = f' t="s"><v>{index}</v></c>'
        return found

    def starts(self) -> list[str]:
        """How the markup of the next row's cells begins, up to the number of the style."""
        rest = f'{self._first + len(self._rows) + 1}" s="'
        return [start + rest for start in self._starts]

    def taken(self, row: int, col: int) -> str:
        """The markup of a cell that XlsxWriter was given."""
        self.tab.fh = StringIO()
        self.tab._write_cell(row, col, self.tab.table[row][col])
        return str(self.tab.fh.getvalue())

    def end(self) -> None:
        """No more rows: XlsxWriter is told how far they reach."""
        self._texts.clear()
        if self.tab._check_dimensions(self._first + len(self._rows) - 1, len(self._starts) - 1):
            raise ValueError("XlsxWriter refused the rows: there are too many")

    def _calculate_spans(self) -> None:
        tab, last = self.tab, self._first + len(self._rows) - 1
        type(tab)._calculate_spans(tab)
        tab.row_spans |= dict.fromkeys(range(self._first // _SPANNED, last // _SPANNED + 1), f"1:{len(self._starts)}")

    def _write_rows(self) -> None:
        tab, last = self.tab, self.tab.dim_rowmax
        tab.dim_rowmax = self._first - 1
        type(tab)._write_rows(tab)  # what stands above
        tab.dim_rowmax = last
        for row, cells in enumerate(self._rows, start=self._first):
            tab._write_row(row, tab.row_spans[row // _SPANNED], tab.row_info.get(row))
            tab.fh.write(cells)
            tab._xml_end_tag("row")
        self._rows.clear()


class Forgetful(dict[object, object]):
    """Where XlsxWriter notes each cell of a table, lest another table takes it: a sheet of ours has one."""

    def __setitem__(self, key: object, value: object) -> None:
        """Keep nothing."""


def settle(tab: Worksheet) -> None:
    """Give the formats of the cells that XlsxWriter holds their numbers, in the order in which it would."""
    for _, cells in sorted(tab.table.items()):
        for _, cell in sorted(cells.items()):
            if cell.format:
                format_number(cell.format)


def format_number(style: Format) -> int:
    """A format's number in the file."""
    return int(style._get_xf_index())


def shown(kind: str, value: Any) -> str:
    """What follows the style of a cell that holds no text."""
    if kind == "blank":
        return "/>"
    if kind == "date":
        value = (value - EPOCH).days
    return f"><v>{value:.16G}</v></c>"
