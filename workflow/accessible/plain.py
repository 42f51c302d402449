"""The quick way to a workbook's cells, for one written as plainly as our own writer does.

Rows and shared strings are matched token by token against a strict grammar; openpyxl reads the same package without them, and
is asked for all the rest. Anything outside the grammar, and the whole file goes the ordinary way (`opened`). One sheet's cells
at a time are in memory. `tests/test_accessible_lanes.py` holds both ways to the same cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from workflow.accessible.looks import Cell, Look, Looks
from workflow.accessible.page import THEIRS, Most, Page, Sheet, fits, is_checked, page_of
from workflow.model import Profile, column_letters
from workflow.reader import NotPlainError, characters, cut

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_STRINGS = "xl/sharedStrings.xml"
_MAIN = b' xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_HEAD = re.compile(rb'<\?xml version="1\.0" encoding="UTF-8" standalone="yes"\?>\s*<(?:worksheet|sst) ')
_TEXT = re.compile(r'<si><t(?: xml:space="preserve")?>([^<]*)</t></si>|(.+)', re.DOTALL)
# Groups: column letters, row digits, style, type, formula, value; then a row's digits, its height, the slash of an empty row;
# last whatever is none of that. The end of a row leaves all empty.
_TOKEN = re.compile(
    r'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?: s="([0-9]{1,5})")?(?: t="(s|str)")?'
    r"(?:/>|>(?:<f>([^<]+)</f>)?<v>([^<]*)</v></c>)"
    r'|<row r="([1-9][0-9]{0,6})"(?: spans="[0-9]+:[0-9]+")?(?: ht="([1-9][0-9]*(?:\.[0-9]+)?)")?(?: customHeight="1")?(/?)>'
    r"|</row>|(.+)",
    re.DOTALL,
)
_SLICE = 2**16  # characters of rows that are tokens at a time
_COLUMNS = {column_letters(number): number for number in range(1, 2**14 + 1)}


def opened(data: bytes, profile: Profile, most: Most = THEIRS) -> tuple[Workbook, Iterator[Page]]:
    """The workbook and its worksheets to check, one after another. Raises NotPlainError here or later on, and what openpyxl
    raises where it cannot read what it is given."""
    from openpyxl.reader.excel import ExcelReader  # noqa: PLC0415 - heavy

    package = ZipFile(BytesIO(data))
    texts, rest = _without_cells(package)
    reader = ExcelReader(BytesIO(rest), data_only=True)
    reader.read()
    found = [rel.target for sheet, rel in reader.parser.find_sheets() if rel.target in reader.valid_files]
    if len(found) != len(reader.wb.worksheets):
        raise NotPlainError
    return reader.wb, _pages(package, found, reader.wb, (texts, profile, most))


def _pages(package: ZipFile, found: list[str], book: Workbook, given: tuple[list[str], Profile, Most]) -> Iterator[Page]:
    (texts, profile, most), looks = given, Looks()
    for name, sheet in zip(found, book.worksheets, strict=True):
        if _SHEET.fullmatch(name) is None or sheet.merged_cells.ranges:
            raise NotPlainError
        read = _Reading(sheet, looks, texts).read(_cut(package.read(name), b"sheetData")[0])
        fits(most, str(sheet.title), *read.corner)
        if is_checked(sheet, profile):
            yield page_of(sheet, profile, read)


def _without_cells(package: ZipFile) -> tuple[list[str], bytes]:
    """The shared strings, and the package without them and without its cells."""
    texts: list[str] = []
    out, names = BytesIO(), package.namelist()
    if len(set(names)) != len(names):
        raise NotPlainError
    with ZipFile(out, "w") as rest:
        for name in names:
            part = package.read(name)
            if name == _STRINGS:
                run, part = _cut(part, b"sst")
                texts = [_said(text, junk) for text, junk in _TEXT.findall(run)]
            elif _SHEET.fullmatch(name):
                part = _cut(part, b"sheetData")[1]
            rest.writestr(name, part)
    return texts, out.getvalue()


def _said(text: str, junk: str) -> str:
    if junk:
        raise NotPlainError
    return characters(text).replace("x005F_", "")  # as openpyxl reads an escaped underscore


def _cut(part: bytes, tag: bytes) -> tuple[str, bytes]:
    """What stands in the element `tag`, and the part without it. Raises NotPlainError."""
    opening = re.compile(rb"<" + tag + rb"(?: [^<>]*[^<>/])?>")
    if opening.search(part) is None:
        part = part.replace(b"<" + tag + b"/>", b"<" + tag + b"></" + tag + b">")
    run, rest = cut(part, opening, b"</" + tag + b">")
    if not _HEAD.match(rest) or _MAIN not in rest:
        raise NotPlainError
    return run, rest


class _Reading:
    """The cells of one sheet as they are read."""

    def __init__(self, sheet: Worksheet, looks: Looks, texts: list[str]) -> None:
        self._sheet = sheet
        self._book: Any = sheet.parent
        self._looks = looks
        self._texts = texts
        self._styles: dict[tuple[str, str], tuple[Look, dict[str, Any]]] = {}  # with the values that were met in it
        self._rows: dict[int, list[Cell]] = {}
        self._heights: dict[int, float] = {}
        self._links: dict[tuple[int, int], str] = {}

    def read(self, run: str) -> Sheet:
        """All of them. Raises NotPlainError."""
        self._take(run)
        for at, cell in self._sheet._cells.items():  # those that openpyxl made for links and notes
            if cell.hyperlink is not None:
                self._links[at] = cell.hyperlink.location or ""
        for row, col in self._links:
            if all(cell.column != col or cell.value is None for cell in self._rows.get(row, ())):
                raise NotPlainError  # openpyxl puts the address into a linked cell that is empty
        return Sheet(self._rows, self._heights, self._links, self._looks.blank(self._sheet))

    def _take(self, run: str) -> None:
        columns, new = _COLUMNS, tuple.__new__
        number, digits, last = 0, "", 0  # the row we are in ("" between rows), and its last column
        cells: list[Cell] = []
        for letters, below, style, kind, formula, value, row, height, slash, junk in _tokens(run):
            if letters:
                col = columns.get(letters, 0)
                if below != digits or col <= last or (kind and not value):
                    raise NotPlainError
                last = col
                look, known = self._styles.get((style, kind)) or self._style(style, kind)
                content = known.get(value)
                if content is None and value:
                    content = known[value] = self._value(style, kind, value)
                cells.append(new(Cell, (number, col, content, look)))
                if formula and "HYPERLINK(" in characters(formula):
                    self._links[number, col] = ""
            elif row and not digits and int(row) > number:
                number, last = int(row), 0
                digits = "" if slash else row
                cells = self._rows[number] = []
                if height:
                    self._heights[number] = float(height)
            elif digits and not row and not junk:
                digits = ""
            else:
                raise NotPlainError
        if digits:
            raise NotPlainError

    def _style(self, style: str, kind: str) -> tuple[Look, dict[str, Any]]:
        if int(style or 0) >= len(self._book._cell_styles):
            raise NotPlainError
        found = self._styles[style, kind] = self._looks.numbered(self._sheet, int(style or 0)), {}
        return found

    def _value(self, style: str, kind: str, value: str) -> Any:
        """A cell's value as openpyxl reads it: a number is a date where the style says so."""
        if kind == "str":
            return characters(value)
        if kind == "s":
            if not (value.isascii() and value.isdecimal() and len(value) < 10 and int(value) < len(self._texts)):
                raise NotPlainError
            return self._texts[int(value)]
        from openpyxl.utils.datetime import from_excel  # noqa: PLC0415 - heavy

        try:
            number: Any = float(value) if re.search(r"[.Ee]", value) else int(value)
            if int(style or 0) in self._book._date_formats:
                lasts = int(style or 0) in self._book._timedelta_formats
                number = from_excel(number, self._book.epoch, timedelta=lasts)
        except (OverflowError, ValueError) as error:
            raise NotPlainError from error
        return number


def _tokens(run: str) -> Iterator[tuple[str, ...]]:
    """The tokens of the rows, found some rows at a time so that not all of them are in memory together."""
    start, find = 0, _TOKEN.findall
    while start < len(run):
        stop = run.find("</row>", start + _SLICE)
        stop = len(run) if stop < 0 else stop + len("</row>")
        yield from find(run, start, stop)
        start = stop
