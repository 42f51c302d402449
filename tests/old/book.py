"""The old documents as workbooks, each the way that somebody who retyped the paper would lay it out."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from tests.old.documents import Document, Pairs, Rows, Words, plain
from tests.old.layout import Line, cell_pages, typed

_WRAP = Alignment(wrap_text=True, vertical="top")
_THIN = Side(style="thin")
_EDGE = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_GREY = PatternFill("solid", fgColor="D9D9D9")
_RAG = {"R": "FF0000", "A": "FFC000", "G": "00B050"}
_PAIR_WIDTHS = (50, 70, 50)
_SHORT_DATE = re.compile(r"31/\d\d/\d\d")  # typed as dates; the other two stand as text, as when they were corrected by hand


class _Sheets:
    """Where the next row goes. A block without a sheet goes on the one before."""

    def __init__(self) -> None:
        self.book = Workbook()
        assert self.book.active is not None
        self.book.remove(self.book.active)
        self.sheet: Worksheet | None = None
        self.row = 0
        self._rows: dict[str, int] = {}

    def turn_to(self, name: str) -> None:
        if self.sheet is not None:
            self._rows[self.sheet.title] = self.row
        self.sheet = self.book[name] if name in self.book.sheetnames else self.book.create_sheet(name)
        self.row = self._rows.get(name, 0)
        if self.sheet.oddFooter is not None:
            self.sheet.oddFooter.center.text = "Page &P of &N"

    @property
    def ws(self) -> Worksheet:
        assert self.sheet is not None
        return self.sheet

    def put(self, values: Sequence[str | datetime], bold: bool = False, edge: bool = True) -> int:
        """One row of cells; blanks stay empty."""
        self.row += 1
        for col, value in enumerate(values, start=1):
            cell = self.ws.cell(self.row, col)
            if value != "":
                cell.value = value
                if isinstance(value, str) and value.startswith("="):
                    cell.data_type = "s"
            cell.font = Font(bold=bold)
            if edge:
                cell.border = _EDGE
                cell.alignment = _WRAP
            if bold and edge:
                cell.fill = _GREY
        if edge:
            self.ws.row_dimensions[self.row].height = min(409, 14 * max(map(self._lines, range(1, len(values) + 1))))
        return self.row

    def _lines(self, col: int) -> int:
        """How many lines a cell of this row needs, about."""
        text = str(self.ws.cell(self.row, col).value or "")
        width = self.ws.column_dimensions[chr(ord("A") + col - 1)].width
        return sum(1 + int(len(line) / width) for line in text.split("\n"))

    def across(self, columns: int) -> None:
        """The row just put is one merged cell."""
        self.ws.merge_cells(start_row=self.row, start_column=1, end_row=self.row, end_column=columns)

    def widen(self, widths: Sequence[int]) -> None:
        for col, width in enumerate(widths, start=1):
            letter = chr(ord("A") + col - 1)
            self.ws.column_dimensions[letter].width = max(width, self.ws.column_dimensions[letter].width)


def _words(to: _Sheets, block: Words, columns: int) -> None:
    if block.label:
        to.put([block.label], edge=False)
    if block.lead_in:
        to.put([block.lead_in], edge=False)
    for entry in block.entries:
        first, *rest = entry.text.split("¦")
        for line in (Line(first.strip(), entry.mark), *(Line(r.strip(), entry.mark) for r in rest)):
            to.put([plain(line.typed)], bold=block.kind in {"title", "heading"}, edge=False)
            if block.kind == "title":
                to.across(columns)
        for sub in entry.subs:
            to.put([f"- {sub}"], edge=False)


def _value(label: str, text: str) -> str | datetime:
    if label == "Timescale" and _SHORT_DATE.fullmatch(text):
        return datetime.strptime(text, "%d/%m/%y")  # noqa: DTZ007 (a cell's date has no zone)
    return text


def _rows(to: _Sheets, block: Rows) -> None:
    to.widen(block.widths)
    to.put(block.labels, bold=True)
    for row in block.rows:
        if row.band:
            to.put([*row.band, *[""] * (len(block.labels) - len(row.band))])
            if len(row.band) == 1:
                to.across(len(block.labels))
        at = to.put([_value(label, text) for label, text in zip(block.labels, row.cells, strict=True)])
        for col, (label, text) in enumerate(zip(block.labels, row.cells, strict=True), start=1):
            if label == "RAG":
                to.ws.cell(at, col).fill = PatternFill("solid", fgColor=_RAG[text])
            if label == "Timescale":
                to.ws.cell(at, col).number_format = "dd/mm/yy"
            if label in {"", "Section"}:
                to.ws.cell(at, col).number_format = "@"
        for col in range(len(block.labels) + 1, len(block.labels) + block.spare + 1):
            to.ws.cell(at, col).border = _EDGE
    to.row += 1


def _pairs(to: _Sheets, block: Pairs) -> None:
    to.widen(_PAIR_WIDTHS[: len(block.columns)])
    together = block.book == "run together"
    if block.shape == "prose":
        for label, entries in zip(block.labels, (block.promises, block.replies, block.extras), strict=True):
            to.put([label], edge=False)
            for entry in entries:
                to.put([Line(entry.text, entry.mark).typed], edge=False)
        return
    for number, page in enumerate(cell_pages(block)):
        if number == 0 or block.repeat:
            to.put([plain(label) for label in block.labels], bold=True)
        to.put([typed(lines, together) for lines in page])
    to.row += 1


def _columns(document: Document, start: int) -> int:
    """How many columns the widest table has on the sheet that begins with a block."""
    most = 1
    for block in document.blocks[start:]:
        if block.sheet not in {"", document.blocks[start].sheet}:
            break
        if isinstance(block, Rows | Pairs):
            most = max(most, len(block.labels) + getattr(block, "spare", 0))
    return most


def as_xlsx(document: Document) -> bytes:
    """The document as a workbook: titles merged across, lists as lines in cells, tables under one another on a sheet."""
    to = _Sheets()
    for at, block in enumerate(document.blocks):
        if block.sheet:
            to.turn_to(block.sheet)
        match block:
            case Words():
                _words(to, block, _columns(document, at))
            case Rows():
                _rows(to, block)
            case Pairs():
                _pairs(to, block)
    saved = io.BytesIO()
    to.book.save(saved)
    return saved.getvalue()
