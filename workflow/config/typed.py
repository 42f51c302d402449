"""Rows of a table that a form describes, typed as the register's cells are, with findings that say where and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from workflow.config.cells import Line, SheetCells
from workflow.config.itemrows import opening_choices
from workflow.model import Choice, Field, Finding, Form, Register, Row, Value
from workflow.validate import gather


def type_rows(
    form: Form, rows: Sequence[Row], register: Register, file: str, today: date
) -> tuple[tuple[Line, ...], tuple[Finding, ...]]:
    """The rows that hold anything, in order, each value as its field is typed. A cell that cannot be read is in `Line.held`."""

    def choices(f: Field, values: Mapping[str, Value]) -> Sequence[Choice]:
        return opening_choices(f, values, register)

    cells = SheetCells(form, file, today, choices)
    lines = tuple(line for row in rows if (line := cells.line(row)))
    return lines, gather(cells.troubles, "", "")
