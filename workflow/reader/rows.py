"""A workbook and a form -> rows with places and findings.

A table is found by its name or its defined name, then by its headings; a column by its heading; never by a fixed address.
Inserted rows, moved columns, renamed sheets, title rows above and a sheet copied into another workbook all still read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from workflow import fields
from workflow.model import Cell, CellType, Finding, Form, Place, Role, Row, column_letters
from workflow.reader.book import SheetData, Workbook
from workflow.wording import finding

_REFERENCE = re.compile(r"^'?(?P<sheet>(?:[^']|'')+?)'?!\$?(?P<col>[A-Z]{1,3})\$?(?P<row>\d+)")
_FEWEST = 3  # headings by which a table without its name is known


@dataclass(frozen=True, slots=True)
class TableRead:
    """What was read of one form. `headings` gives the column of each field found (in a record form, its line).

    `named`: the table was found by its name; otherwise by its headings, which `share` says how many of were there.
    """

    found: bool
    sheet: str = ""
    rows: tuple[Row, ...] = ()
    findings: tuple[Finding, ...] = ()
    headings: Mapping[str, int] = field(default_factory=dict)
    named: bool = False
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place where a form's headings stand: the line of a table's headings, or the column of a record's."""

    sheet: SheetData
    line: int
    found: Mapping[str, int]  # field -> column (in a record: line)
    named: bool = False


def read_table(book: Workbook, form: Form, file: str) -> TableRead:
    """Read one form's table or record wherever it stands. `found` is False, and nothing is said, where it is not there."""
    spot = _locate(book, form)
    if spot is None:
        return TableRead(False)
    share = len(spot.found) / len(form.fields)
    if form.layout == "record":
        return replace(_read_record(spot, form), named=spot.named, share=share)
    end = _end(book, form, spot)
    columns, findings = _columns(spot, form, file, end)
    rows = tuple(_rows(spot, form, columns, end))
    findings += _hidden_and_merged(spot, form, rows, file)
    return TableRead(True, spot.sheet.name, rows, tuple(findings), columns, spot.named, share)


# --- where it stands


def _locate(book: Workbook, form: Form) -> _Spot | None:
    wanted = _wanted(form)
    for sheet, line, column in _anchors(book, form):
        at = column if form.layout == "record" else line
        found = _match(sheet, at, wanted, record=form.layout == "record")
        if len(found) >= min(_FEWEST, len(form.fields), 2):
            return _Spot(sheet, at, found, named=True)
    spots = [spot for sheet in book.sheets for spot in _search(sheet, form, wanted)]
    by_name = fields.fold(form.sheet)

    def fit(spot: _Spot) -> tuple[int, bool, int]:
        """Forms share headings, so those that are another form's count against a line as its own count for it."""
        line = () if form.layout == "record" else _texts(spot.sheet, spot.line, record=False)
        strangers = sum(1 for _, cell in line if fields.fold(str(cell.value)) not in wanted)
        return len(spot.found) - strangers, fields.fold(spot.sheet.name) == by_name, -spot.line

    return max(spots, key=fit, default=None)


def _wanted(form: Form) -> dict[str, str]:
    """Folded heading or synonym -> field; a heading wins over a synonym of another field."""
    names = {fields.fold(s): f.name for f in form.fields for s in f.synonyms}
    return names | {fields.fold(f.heading): f.name for f in form.fields}


def _anchors(book: Workbook, form: Form) -> Iterator[tuple[SheetData, int, int]]:
    """Where the table's name, or a defined name of the same spelling, says that the headings are."""
    for table in book.tables:
        if form.table in (table.name, table.display_name) and (sheet := book.sheet(table.sheet)):
            yield sheet, table.area[0], table.area[1]
    reference = book.names.get(form.table)
    if reference and (found := _REFERENCE.match(reference)):
        sheet = book.sheet(found["sheet"].replace("''", "'"))
        if sheet:
            yield sheet, int(found["row"]), _column_number(found["col"])


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _texts(sheet: SheetData, at: int, *, record: bool) -> Iterator[tuple[int, Cell]]:
    """The text cells of one line (in a record: of one column), in order."""
    index = 1 if record else 0
    cells = sorted((place[1 - index], cell) for place, cell in sheet.cells.items() if place[index] == at)
    return ((where, cell) for where, cell in cells if cell.type is CellType.TEXT)


def _match(sheet: SheetData, at: int, wanted: Mapping[str, str], *, record: bool) -> dict[str, int]:
    found: dict[str, int] = {}
    for where, cell in _texts(sheet, at, record=record):
        name = wanted.get(fields.fold(str(cell.value)))
        if name:
            found.setdefault(name, where)
    return found


def _search(sheet: SheetData, form: Form, wanted: Mapping[str, str]) -> Iterator[_Spot]:
    """Every line of a sheet that bears enough of the form's headings: half of what a partner answers, and three at least."""
    record = form.layout == "record"
    lines: dict[int, dict[str, int]] = {}
    for (row, col), cell in sorted(sheet.cells.items()):
        name = wanted.get(fields.fold(str(cell.value))) if cell.type is CellType.TEXT else None
        if name:
            lines.setdefault(col if record else row, {}).setdefault(name, row if record else col)
    answers = {f.name for f in form.answers if not f.only_quarter}
    for line, found in lines.items():
        if len(found) >= min(_FEWEST, len(form.fields)) and 2 * len(answers & found.keys()) >= len(answers):
            yield _Spot(sheet, line, found)


def _end(book: Workbook, form: Form, spot: _Spot) -> int:
    """The last line of the table: the sheet's last, or the one before another table begins below it."""
    last = max((row for row, _ in spot.sheet.cells), default=spot.line)
    below = [
        t.area[0]
        for t in book.tables
        if t.sheet == spot.sheet.name and t.area[0] > spot.line and form.table not in (t.name, t.display_name)
    ]
    return min(last, min(below, default=last + 1) - 1)


# --- its columns


def _columns(spot: _Spot, form: Form, file: str, end: int) -> tuple[dict[str, int], list[Finding]]:
    """The column of each field, with what is odd about the headings: near misses, repeats, strangers, missing ones."""
    columns = dict(spot.found)
    wanted = _wanted(form)
    findings: list[Finding] = []
    for col, cell in _texts(spot.sheet, spot.line, record=False):
        text = str(cell.value)
        place = Place(file, spot.sheet.name, cell.ref)
        name = wanted.get(fields.fold(text))
        if name and columns[name] != col:
            findings.append(finding("heading-repeated", [place], form=form.name, field=name, found=text))
        elif not name and fields.fold(text):
            open_fields = {f.heading: f for f in form.fields if f.name not in columns}
            near = fields.near(text, list(open_fields))
            if near:
                columns[open_fields[near].name] = col
                field_name = open_fields[near].name
                findings.append(finding("heading-near", [place], form=form.name, field=field_name, found=text, meant=near))
            elif any(spot.line < row <= end and c == col for row, c in spot.sheet.cells):
                findings.append(finding("heading-unknown", [place], form=form.name, found=text))
    for f in form.fields:
        if f.role is Role.ANSWER and f.required and f.name not in columns and not f.only_quarter:
            place = Place(file, spot.sheet.name, "")
            findings.append(finding("heading-missing", [place], form=form.name, field=f.name, found=f.heading))
    return columns, findings


# --- its rows


def _rows(spot: _Spot, form: Form, columns: Mapping[str, int], end: int) -> Iterator[Row]:
    by_column = {col: name for name, col in columns.items()}
    lines: dict[int, dict[str, Cell]] = {}
    for (row, col), cell in spot.sheet.cells.items():
        name = by_column.get(col)
        if name and spot.line < row <= end:
            lines.setdefault(row, {})[name] = cell
    key = form.key
    headings = {
        name: fields.fold(str(c.value)) for name, col in columns.items() if (c := spot.sheet.cells.get((spot.line, col)))
    }
    for number in sorted(lines):
        cells = lines[number]
        if all(fields.fold(str(c.value)) == headings.get(name) for name, c in cells.items()):
            continue  # the headings once more, as when two tables are pasted under each other
        text = fields.raw_text(cells[key.name]).strip() if key and key.name in cells else ""
        yield Row(form.name, text, spot.sheet.name, number, cells, columns)


def _read_record(spot: _Spot, form: Form) -> TableRead:
    """A record: headings down one column, the answer in the next, or the first one filled of the three to the right."""
    cells: dict[str, Cell] = {}
    for name, line in spot.found.items():
        near = [spot.sheet.cells[line, c] for c in range(spot.line + 1, spot.line + 4) if (line, c) in spot.sheet.cells]
        answer = next((c for c in near if c.col == spot.line + 1 or not _is_label(c)), None)
        if answer:
            cells[name] = answer
    columns = dict.fromkeys(spot.found, spot.line + 1)
    first = min(spot.found.values())
    row = Row(form.name, "", spot.sheet.name, first, cells, columns, dict(spot.found))
    return TableRead(True, spot.sheet.name, (row,), (), dict(spot.found))


def _is_label(cell: Cell) -> bool:
    """Our own words beside an empty answer box."""
    return fields.fold(str(cell.value)) in {"please complete", "filled in for you"}


def _hidden_and_merged(spot: _Spot, form: Form, rows: Sequence[Row], file: str) -> list[Finding]:
    """What was read although a person may not see it there: answers in hidden lines, and under merged cells."""
    names = {f.name for f in form.answers}
    given = [cell for row in rows for name, cell in row.cells.items() if name in names]
    findings: list[Finding] = []
    hidden = [Place(file, spot.sheet.name, c.ref) for c in given if c.hidden]
    if hidden:
        findings.append(finding("answers-hidden", hidden, form=form.name))
    columns = {col for row in rows[:1] for name, col in row.columns.items() if name in names}
    lines = {row.number for row in rows}
    for top, left, bottom, right in spot.sheet.merged:
        across = [c for c in columns if left <= c <= right]
        down = [n for n in lines if top <= n <= bottom]
        if across and down and (len(across) > 1 or len(down) > 1):
            area = f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"
            findings.append(finding("answers-merged", [Place(file, spot.sheet.name, area)], form=form.name))
    return findings
