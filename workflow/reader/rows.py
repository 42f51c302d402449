"""A workbook and a form -> rows with places and findings.

A table is found by its name or its defined name, then by its headings; a column by its heading; never by a fixed address.
Inserted rows, moved columns, renamed sheets, title rows above and a sheet copied into another workbook all still read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from workflow import fields
from workflow.model import ASKS_WHOM, Cell, CellType, Field, Finding, Form, Place, Role, Row
from workflow.reader import oddities
from workflow.reader.book import Workbook
from workflow.reader.locate import Headings, Lines, Sought, Spot, is_named, label, locate, sought_for, spots
from workflow.wording import finding, shorten

_BESIDE = 3  # how far to the right of a record's heading its answer may stand
_HINTS = frozenset(map(label, ASKS_WHOM))  # our own words beside a record's answer box
_ALIKE = 0.55  # the share of letters in common from which a heading is suggested; it is taken only when it is nearer than that
# Words that many headings have.
_SAY_LITTLE = frozenset({
    "the", "this", "quarter", "last", "time", "now", "new", "for", "and", "not", "date", "row", "from", "why", "made",
})

Cells = Mapping[tuple[int, int], Cell]


@dataclass(frozen=True, slots=True)
class TableRead:
    """What was read of one form. `headings` gives the column of each field found (in a record form, its line).

    `named`: the table was found by its name; otherwise by its headings, which `share` says how many of were there.
    `line` is the row of a table's headings (in a record form, their column), 0 where nothing was found.
    """

    found: bool
    sheet: str = ""
    rows: tuple[Row, ...] = ()
    findings: tuple[Finding, ...] = ()
    headings: Mapping[str, int] = field(default_factory=dict)
    named: bool = False
    share: float = 0.0
    line: int = 0


def read_tables(book: Workbook, forms: Mapping[str, Form] | Sought, file: str) -> dict[str, TableRead]:
    """Read several forms' tables, by the names that they go by here; see `read_table`. The workbook is looked through once."""
    sought = forms if isinstance(forms, Sought) else sought_for(forms)
    lines = Lines(book, sought)
    return {name: _read_table(lines, its, file) for name, its in sought.headings.items()}


def remarks(book: Workbook, tables: Iterable[TableRead], file: str, ours: Collection[str] = ()) -> tuple[Finding, ...]:
    """What the coordinator should know of a workbook besides the `tables` that were read from it.

    Notes only: what it holds that could act by itself (macros, links ...), and hidden sheets that hold something and are
    neither those of the tables nor `ours` (the names of sheets that we write ourselves).
    """
    return tuple(oddities.besides(book, {*ours, *(table.sheet for table in tables)}, file))


def sheet_meant(book: Workbook, form: Form, taken: Collection[str] = ()) -> str:
    """Of a form whose table was not found, the sheet where it may once have stood: one of its name, or near to it, that holds
    something and is not `taken` by another table. "" where there is none."""
    free = {fields.fold(sheet.name): sheet.name for sheet in book.sheets if sheet.filled and sheet.name not in taken}
    return free.get(fields.fold(form.sheet)) or fields.near(form.sheet, free.values())


def read_table(book: Workbook, form: Form, file: str) -> TableRead:
    """Read one form's table or record wherever it stands. `found` is False, and nothing is said, where it is not there.

    Rows come in the sheet's order; a row of blanks is left out, and so is a cell of white space only. A row without a key
    but with other cells has the key "". The answers of hidden rows, columns and sheets and those under merged cells are
    read like any other; findings say so. `file` is what the findings' places call the file.
    """
    sought = Sought({form.name: form})
    return _read_table(Lines(book, sought), sought.headings[form.name], file)


def _read_table(lines: Lines, headings: Headings, file: str) -> TableRead:
    book, form = lines.book, headings.form
    there = spots(lines, headings)
    spot = locate(book, headings, there)
    if spot is None:
        return TableRead(False)
    columns, findings = dict(spot.found), list[Finding]()
    rows: tuple[Row, ...] = ()
    if form.layout == "record":
        rows = (_record(spot, form),)
    else:
        end = _end(book, headings, spot, there)
        columns, findings = _columns(spot, headings, file, end)
        rows = tuple(_rows(spot, form, columns, end))
        findings += oddities.unheaded(spot, form, rows, file)
    findings += oddities.hidden(spot.sheet, form, rows, file)
    findings += oddities.merged(spot.sheet, form, rows, file)
    findings += oddities.repeated(headings, spot, there, file)
    share = len(spot.found) / len(form.fields)
    return TableRead(True, spot.sheet.name, rows, tuple(findings), columns, spot.named, share, spot.line)


def _end(book: Workbook, headings: Headings, spot: Spot, there: Sequence[Spot]) -> int:
    """The last row of a table: the sheet's last, or the one before another table begins below it.

    Another table is one with a name of its own under our columns, or a line of headings with ours or our key's among them.
    Just our headings again are passed over, as when two tables were pasted under each other.
    """
    last = max((row for row, _ in spot.sheet.cells), default=spot.line)
    starts = [
        table.area[0]
        for table in book.tables
        if table.sheet == spot.sheet.name and not is_named(table, headings.form)
        if any(table.area[1] <= column <= table.area[3] for column in spot.found.values())
    ]
    key = headings.form.key.name if headings.form.key else ""
    starts += [
        s.line
        for s in there
        if s.sheet is spot.sheet and not s.repeats(spot)
        if headings.suffice(s.found.keys()) or (key in s.found and s.found[key] == spot.found.get(key))
    ]
    return min([last, *(start - 1 for start in starts if start > spot.line)])


def _columns(spot: Spot, headings: Headings, file: str, end: int) -> tuple[dict[str, int], list[Finding]]:
    """The column of each field, with what is odd about the headings: near misses, repeats, strangers, missing ones."""
    form, cells = headings.form, spot.sheet.cells
    columns = dict(spot.found)
    used = {col for row, col in cells if spot.line < row <= end}
    findings: list[Finding] = []
    strangers: list[Cell] = []
    for col, cell in _headings(spot):
        text = str(cell.value)
        place = Place(file, spot.sheet.name, cell.ref)
        name = headings.field(label(text))
        if name and columns[name] != col:
            findings.append(finding("heading-repeated", [place], form=form.name, field=name, found=text))
        elif not name and label(text):
            open_fields = {f.heading: f for f in form.fields if f.name not in columns}
            near = fields.near(text, list(open_fields))
            if near:
                name = open_fields[near].name
                columns[name] = col
                findings.append(finding("heading-near", [place], form=form.name, field=name, found=text, meant=near))
            elif col in used:
                strangers.append(cell)
    return columns, [*findings, *_lost(form, columns, strangers, Place(file, spot.sheet.name))]


def _lost(form: Form, columns: Mapping[str, int], strangers: Sequence[Cell], sheet: Place) -> Iterator[Finding]:
    """Columns that are not the form's, and columns of the form's that are not there. One may be the other under a new heading:
    that is suggested, never taken, and where the form's column is needed it is asked about once."""
    missing = {f.heading: f for f in form.fields if f.name not in columns and f.role in (Role.KEY, Role.ANSWER)}
    meant: dict[str, Cell] = {}
    for cell in strangers:
        heading = _resembling(str(cell.value), [f for h, f in missing.items() if h not in meant])
        if heading:
            meant[heading] = cell
        if not heading or not _needed(form, missing[heading]):
            place = Place(sheet.file, sheet.sheet, cell.ref)
            yield finding("heading-unknown", [place], form=form.name, found=str(cell.value), suggestion=heading)
    for heading, f in missing.items():
        if _needed(form, f):
            other = meant.get(heading)
            place = Place(sheet.file, sheet.sheet, other.ref if other else "")
            besides = f', but there is one headed "{shorten(str(other.value), 40)}"' if other else ""
            yield finding("heading-missing", [place], form=form.name, field=f.name, found=heading, besides=besides)


def _needed(form: Form, f: Field) -> bool:
    """Whether a lost column is asked about: the key, and answers that must be given or that a rule looks at."""
    ruled = {word for use in form.rules for value in use.params.values() for word in _words(value)}
    asked = f.role is Role.ANSWER and (f.required or f.name in ruled) and f.shown("return")
    return f.role is Role.KEY or (asked and not f.only_quarter)


def _resembling(text: str, missing: Sequence[Field]) -> str:
    """The heading that a strange one may stand for: alike by its letters, or by a word that says something; "" for none."""
    words = {word: f.heading for f in missing for word in (*f.synonyms, f.heading)}
    said = _telling(text)
    return words.get(fields.near(text, words, _ALIKE), "") or next((h for w, h in words.items() if _telling(w) & said), "")


def _telling(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{3,}", fields.fold(text))) - _SAY_LITTLE


def _words(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value),)


def _headings(spot: Spot) -> list[tuple[int, Cell]]:
    """The text cells of a table's heading row, in order."""
    row = [(col, cell) for (line, col), cell in spot.sheet.cells.items() if line == spot.line and cell.type is CellType.TEXT]
    return sorted(row)


def _rows(spot: Spot, form: Form, columns: Mapping[str, int], end: int) -> Iterator[Row]:
    by_column = {col: name for name, col in columns.items()}
    lines: dict[int, dict[str, Cell]] = {}
    for (row, col), cell in spot.sheet.cells.items():
        name = by_column.get(col)
        if name and spot.line < row <= end and not _is_blank(cell):
            lines.setdefault(row, {})[name] = cell
    said = {name: label(str(c.value)) for name, col in columns.items() if (c := spot.sheet.cells.get((spot.line, col)))}
    key = form.key.name if form.key else ""
    for number in sorted(lines):
        cells = lines[number]
        if all(label(str(cell.value)) == said.get(name) for name, cell in cells.items()):
            continue  # the headings once more
        text = fields.raw_text(cells[key]).strip() if key in cells else ""
        yield Row(form.name, text, spot.sheet.name, number, cells, columns)


def _record(spot: Spot, form: Form) -> Row:
    """A record: headings down one column, the answer in the next, or in the first one filled of the three to the right."""
    cells: dict[str, Cell] = {}
    for name, line in spot.found.items():
        beside = (spot.sheet.cells.get((line, spot.line + n)) for n in range(1, _BESIDE + 1))
        answer = next((c for c in beside if c and not _is_blank(c) and label(str(c.value)) not in _HINTS), None)
        if answer:
            cells[name] = answer
    columns = dict.fromkeys(spot.found, spot.line + 1)
    return Row(form.name, "", spot.sheet.name, min(spot.found.values()), cells, columns, dict(spot.found))


def _is_blank(cell: Cell) -> bool:
    """Whether a stored cell is white space only, and so looks and counts as a blank."""
    if cell.type is not CellType.TEXT:
        return False
    text = str(cell.value)
    return not (text[:1].isascii() and text[:1].isalnum()) and not fields.clean(text)
