"""The register as its own rows, cell by cell, so that a changed copy of it can be written and loses nothing of the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count

from workflow import fields, reader
from workflow.config.book import OWN
from workflow.config.cells import Line, SheetCells, no_choices
from workflow.config.itemrows import opening_choices
from workflow.config.register import SHEETS
from workflow.model import Cell, Content, Form, Place, Register, Row, Value


@dataclass(frozen=True, slots=True)
class Kept:
    """Every row of the register by form and field, as it was typed. What stands in a column of the coordinator's own stands
    under its heading after OWN; `own` lists these headings by form, in order.

    `lost` are the places of what cannot be written again because it could not be read; `sheets` are tabs that are none of the
    register's.
    """

    rows: Mapping[str, Sequence[Mapping[str, Content]]] = field(default_factory=dict)
    own: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lost: tuple[Place, ...] = ()
    sheets: tuple[str, ...] = ()


def keep_register(data: bytes, forms: Mapping[str, Form], register: Register, file: str, today: date) -> Kept:
    """The rows of the register that `register` was read from. `forms` are the register's own, `file` names it in places.

    `today` only helps to read a date without a year. Raises Unreadable where the workbook cannot be read.
    """
    book = reader.read_bytes(data, reader.OF_THE_OFFICE)
    rows: dict[str, list[Mapping[str, Content]]] = {}
    own: dict[str, tuple[str, ...]] = {}
    lost: list[Place] = []
    known = set[str]()
    for name in (s for s in SHEETS if s in forms):  # a workspace may be older than a sheet
        form = forms[name]
        table = reader.read_table(book, form, file)
        known.add(table.sheet)
        cells = SheetCells(form, file, today, (lambda f, v: opening_choices(f, v, register)) if name == "items" else no_choices)
        beside = dict(_own_columns(book, table, form))
        own[name] = tuple(beside.values())
        rows[name] = []
        for row in table.rows:
            line = cells.line(row)
            lost.extend(_lost(row, line, file))
            if line is not None:
                rows[name].append({**line.values, **_own_cells(book, row, beside)})
    others = (s.name for s in book.sheets if s.name not in known and s.cells and s.state == "visible")
    return Kept(rows, own, tuple(lost), tuple(others))


def _lost(row: Row, line: Line | None, file: str) -> Iterator[Place]:
    """Where a row could not be used, its first cell; where single cells could not be read, those."""
    if line is None:
        first = min(row.cells.values(), key=lambda c: c.col, default=None)
        if first is not None:
            yield Place(file, row.sheet, first.ref)
        return
    yield from (line.places[name] for name in sorted(line.held))


def _own_columns(book: reader.Workbook, table: reader.TableRead, form: Form) -> Iterator[tuple[int, str]]:
    """The columns of a table that are not the form's, with their headings; one that stands there already gets a number."""
    sheet = book.sheet(table.sheet) if table.found and form.layout == "table" else None
    if sheet is None:
        return
    taken = {fields.fold(f.heading) for f in form.fields}
    for (line, column), cell in sorted(sheet.cells.items()):
        heading = fields.clean(fields.raw_text(cell)) if line == table.line else ""
        if heading and column not in table.headings.values():
            free = next(h for n in count(1) if fields.fold(h := heading if n == 1 else f"{heading} ({n})") not in taken)
            taken.add(fields.fold(free))
            yield column, free


def _own_cells(book: reader.Workbook, row: Row, beside: Mapping[int, str]) -> dict[str, Value]:
    """What stands in the coordinator's own columns of a row, as text."""
    sheet = book.sheet(row.sheet)
    found: dict[str, Cell] = {h: c for at, h in beside.items() if sheet and (c := sheet.cells.get((row.number, at)))}
    return {f"{OWN}{heading}": fields.raw_text(cell) for heading, cell in found.items()}
