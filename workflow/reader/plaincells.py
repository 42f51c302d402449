"""The quick way through a worksheet's rows and cells (see `plain`)."""

from __future__ import annotations

import re

from workflow.reader.cells import COLUMNS, Collector, Found, formula_text, row_number
from workflow.reader.parts import unescape
from workflow.reader.plain import NotPlainError, characters, cut
from workflow.reader.xmlread import is_true

_START = re.compile(rb"<sheetData>")
_END = b"</sheetData>"
_ROW = re.compile(r'<row((?: [\w:]+="[^"<>&]*")*) ?(/?)>')
_ATTR = re.compile(r' ([\w:]+)="([^"<>&]*)"')
# Groups: column letters, row digits, type before the style (openpyxl), style, type after it (all others), formula mark,
# formula attributes, formula text, value, inline text, and last whatever is none of that.
_CELL = re.compile(
    r'<c r="([A-Z]{1,3})([0-9]{1,7})"(?: t="(\w+)")?(?: s="([0-9]+)")?(?: t="(\w+)")? ?(?:/>|>'
    r'(?:<(f)((?: [\w:]+="[^"<>&]*")*) ?(?:/>|>([^<]*)</f>))?'
    r'(?:<v>([^<]*)</v>|<v ?/>|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>)?</c>)'
    r"|(.[^<]*)",
    re.DOTALL,
)


def read_cells(data: bytes, collector: Collector, found: Found) -> bytes:
    """Give the cells of a worksheet part to `collector`, and return the part without its rows. Raises NotPlainError."""
    run, rest = cut(data, _START, _END)
    number = 0
    rows = run.split("</row>")
    for index, row in enumerate(rows):
        head = _ROW.match(row)
        while head is not None:
            number = _start_row(head, number, collector, found)
            if not head[2]:
                break
            head = _ROW.match(row, head.end())
        if index == len(rows) - 1:
            if head is not None or (row and not row.endswith("/>")):
                raise NotPlainError
        elif head is None:
            raise NotPlainError
        else:
            _cells(row[head.end() :], number, collector, found)
    return rest
