"""The quick way through a worksheet's rows and cells (see `plain`)."""

from __future__ import annotations

import re

from workflow.reader.cells import COLUMNS, Collector, Found, formula_text, row_number
from workflow.reader.parts import unescape
from workflow.reader.plain import NotPlainError, characters, cut
from workflow.reader.xmlread import is_true

_START = re.compile(rb"<sheetData>")
_END = b"</sheetData>"
_ATTR = re.compile(r' ([\w:]+)="([^"<>&]*)"')
_ATTRS = r'((?: [\w:]+="[^"<>&]*")*) ?'
# Groups: column letters, row digits, type before the style (openpyxl), style, type after it (all others), formula mark,
# formula attributes, formula text, value, inline text; row mark, row attributes, slash of an empty row; last whatever is
# none of that. An end of a row leaves them all empty.
_TOKEN = re.compile(
    r'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?: t="(\w+)")?(?: s="([0-9]+)")?(?: t="(\w+)")? ?(?:/>|>'
    rf"(?:<(f){_ATTRS}(?:/>|>([^<]*)</f>))?"
    r'(?:<v>([^<]*)</v>|<v ?/>|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>)?</c>)'
    rf"|<(row){_ATTRS}(/?)>|</row>|(.[^<]*)",
    re.DOTALL,
)


def read_cells(data: bytes, collector: Collector, found: Found) -> bytes:
    """Give the cells of a worksheet part to `collector`, and return the part without its rows. Raises NotPlainError."""
    run, rest = cut(data, _START, _END)
    number, digits = 0, ""  # the row we are in; "" between rows
    for token in _TOKEN.findall(run):
        letters, below, early, style, late, f, f_attrs, f_text, value, inline, row, attrs, slash, junk = token
        if letters:
            if below != digits or (early and late):
                raise NotPlainError
            if value or f or inline:
                col = COLUMNS[letters]
                kind = early or late or "n"
                text = value or inline
                if not col:
                    raise NotPlainError
                if "&" in text:
                    text = characters(text)
                if inline:
                    kind = "inlineStr"
                if kind in _TEXTS:
                    text = unescape(text)
                formula = formula_text(found, (number, col), _attributes(f_attrs), characters(f_text)) if f else None
                collector.add((number, col), style, kind, text, formula)
        elif row:
            if digits:
                raise NotPlainError
            number = _start_row(attrs, number, collector, found)
            digits = "" if slash else str(number)
        elif junk or not digits:
            raise NotPlainError
        else:
            digits = ""
    if digits:
        raise NotPlainError
    return rest


_TEXTS = frozenset(("str", "inlineStr"))


def _start_row(text: str, before: int, collector: Collector, found: Found) -> int:
    attrs = _attributes(text)
    number = row_number(collector, attrs.get("r"), before)
    if is_true(attrs.get("hidden")):
        found.hidden_rows.add(number)
    return number


def _attributes(text: str) -> dict[str, str]:
    pairs = _ATTR.findall(text)
    attrs = dict(pairs)
    if len(attrs) != len(pairs):
        raise NotPlainError
    return attrs
