"""What a person should know of what was read: answers out of sight, under merged cells, beside the columns, twice; and of
what the workbook holds besides."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence

from workflow import fields
from workflow.model import CellType, Finding, Form, Place, Role, Row, column_letters
from workflow.reader.book import SheetData, Workbook
from workflow.reader.locate import Headings, Spot
from workflow.wording import finding


def hidden(sheet: SheetData, form: Form, rows: Sequence[Row], file: str) -> list[Finding]:
    """Answers that nobody sees in the workbook. They were read like any other."""
    names = {f.name for f in form.answers}
    given = [cell for row in rows for name, cell in row.cells.items() if name in names]
    if given and sheet.state != "visible":
        return [finding("table-hidden", [Place(file, sheet.name)], form=form.name)]
    places = [Place(file, sheet.name, cell.ref) for cell in given if cell.hidden]
    return [finding("answers-hidden", places, form=form.name)] if places else []


def merged(sheet: SheetData, form: Form, rows: Sequence[Row], file: str) -> list[Finding]:
    """Merged cells over several of the table's cells, an answer or a key among them, that hold something."""
    at = {
        (row.lines.get(name, row.number), col): name for row in rows for name, col in row.columns.items()
    } if sheet.merged else {}  # fmt: skip
    lines, columns = sorted({line for line, _ in at}), sorted({col for _, col in at})
    names = {f.name for f in form.fields if f.role in (Role.ANSWER, Role.KEY)}
    places: list[Place] = []
    for top, left, bottom, right in sheet.merged:
        down = lines[bisect_left(lines, top) : bisect_right(lines, bottom)]
        across = columns[bisect_left(columns, left) : bisect_right(columns, right)]
        covered = [(line, col) for line in down for col in across if (line, col) in at]
        filled = (top, left) in sheet.cells or any(cell in sheet.cells for cell in covered)
        if len(covered) > 1 and filled and any(at[cell] in names for cell in covered):
            places.append(Place(file, sheet.name, f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"))
    return [finding("answers-merged", places, form=form.name)] if places else []


def unheaded(spot: Spot, form: Form, rows: Sequence[Row], file: str) -> list[Finding]:
    """Cells in the table's rows whose column has no heading, or a number for one, so that they were not read."""
    lines = {row.number for row in rows}
    cells = spot.sheet.cells
    headed = {c for (r, c), cell in cells.items() if r == spot.line and cell.type is CellType.TEXT}
    found = sorted((r, c) for r, c in cells if r in lines and c not in headed)
    places = [Place(file, spot.sheet.name, cells[at].ref) for at in found]
    return [finding("answers-unheaded", places, form=form.name)] if places else []


def repeated(headings: Headings, spot: Spot, there: Sequence[Spot], file: str) -> list[Finding]:
    """The same table or record somewhere else, with answers in it that were not read.

    The same is what has all the headings that were read, and no more strange ones. Our headings again in the same columns
    of the same sheet were passed over (`rows`), so what stands under them was read.
    """
    form = headings.form
    places = []
    lowest: dict[str, dict[int, int]] = {}  # by sheet, the last row in each column that holds something
    for other in there:
        alike = other.strangers <= spot.strangers and other.found.keys() >= spot.found.keys()
        if alike and other.sheet.name not in lowest:
            lowest[other.sheet.name] = _lowest(other.sheet)
        if alike and not other.repeats(spot) and _answered(other, form, lowest[other.sheet.name]):
            first = min(other.found.values())
            row, col = (first, other.line) if form.layout == "record" else (other.line, first)
            places.append(Place(file, other.sheet.name, f"{column_letters(col)}{row}"))
    return [finding("table-repeated", places, form=form.name, first=spot.sheet.name)] if places else []


def besides(book: Workbook, known: Collection[str], file: str) -> list[Finding]:
    """What the workbook holds that could act by itself, and hidden sheets with something on them, but for the `known` ones."""
    findings = []
    if book.active:
        findings.append(finding("workbook-active", [Place(file)], what=fields.listed(book.active, "and")))
    places = [Place(file, s.name) for s in book.sheets if s.state != "visible" and s.filled and s.name not in known]
    if places:
        findings.append(finding("sheets-hidden", places))
    return findings


def _answered(spot: Spot, form: Form, lowest: Mapping[int, int]) -> bool:
    """Whether any answer stands under (in a record: beside) these headings."""
    names = {f.name for f in form.answers}
    if form.layout == "record":
        return any((row, spot.line + 1) in spot.sheet.cells for name, row in spot.found.items() if name in names)
    return any(lowest.get(col, 0) > spot.line for name, col in spot.found.items() if name in names)


def _lowest(sheet: SheetData) -> dict[int, int]:
    found: dict[int, int] = {}
    for row, col in sheet.cells:
        if row > found.get(col, 0):
            found[col] = row
    return found
