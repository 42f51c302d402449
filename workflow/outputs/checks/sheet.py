"""The Checks sheet itself: a line for each thing to look at, with what is saved beside every formula."""

from __future__ import annotations

from collections.abc import Sequence

from workflow.model import Column, Content, Kind, Mark, Profile, Sheet
from workflow.outputs.checks.about import Record, about_lines, nil
from workflow.outputs.checks.forms import table_lines
from workflow.outputs.checks.formulas import NEVER
from workflow.outputs.checks.lines import COUNT, FIRST, UNSURE, Line
from workflow.outputs.checks.table import Checkable, Table
from workflow.writer import heading_row

NAME = "Checks"
TO_DO, DONE, CANNOT = "To do", "Complete", "Cannot check yet"
_READY = "Complete: this return is ready to send"
_NOT_READY = "Not complete yet: lines still to do: "
_LEFT = f'(ROWS(ret_checks[State])-COUNTIF(ret_checks[State],"{DONE}"))'


def checks_lines(given: Sequence[Checkable], sheets: Sequence[Sheet]) -> list[Line]:
    """What is checked, and what it comes to for the answers on the sheets."""
    by_name = {sheet.name: sheet for sheet in sheets}
    record = next((g for g in given if g.form.layout == "record"), None)
    about = Record(record, by_name[record.form.sheet]) if record else None
    nothing = nil(about) if about and "nil_return" in about.shown else NEVER
    tables = [Table(g, by_name[g.form.sheet], nothing) for g in given if g is not record]
    lines = [*about_lines(about, tables)] if about else []
    return [*lines, *(line for table in tables for line in table_lines(table))]


def checks_sheet(given: Sequence[Checkable], sheets: Sequence[Sheet]) -> Sheet:
    """The sheet. `sheets` are those of the workbook that are filled in, each with what stands in it."""
    lines = checks_lines(given, sheets)
    tops = {sheet.name: heading_row(sheet, Profile.RETURN) for sheet in sheets}
    left = sum(1 for line in lines if line.count)
    return Sheet(
        name=NAME,
        title="Checks: what is still to do",
        table="ret_checks",
        protect=True,
        lines=(
            Mark(_NOT_READY + str(left) if left else _READY, bold=True, formula=_OVERALL),
            "This sheet fills itself in as you type. Where a line says To do, its link leads to the first box in question.",
            "When every line says Complete, save the file and email it back. If something is right although its line says"
            " To do, send it as it is.",
            "More is checked when your return arrives (the Rules sheet lists it); you hear if anything is unclear.",
        ),
        columns=(
            Column("Sheet", width=19),
            Column("What is checked", width=60),
            Column("Rows to do", Kind.WHOLE, 9),
            Column("State", width=13),
            Column("First row", Kind.WHOLE, 9),
            Column("Where to start", width=18),
        ),
        rows=tuple(_row(line, tops[line.sheet]) for line in lines),
        description="What is still to do on this return",
    )


_OVERALL = f'IF({_LEFT}=0,"{_READY}","{_NOT_READY}"&{_LEFT})'


def _row(line: Line, top: int) -> tuple[Content, ...]:
    sheet = line.sheet.replace("'", "''")
    first = top + line.row
    address = f"ADDRESS({FIRST},IFERROR({line.column_formula},1),4)"
    link = f'HYPERLINK("#\'{sheet}\'!"&{address},"Go to row "&{FIRST})'
    state = f'IF({COUNT}=0,"{DONE}",IF({COUNT}="{UNSURE}","{CANNOT}","{TO_DO}"))'
    return (
        Mark(line.sheet, link=f"#'{sheet}'!A1"),
        line.what,
        Mark(line.count, formula=line.count_formula),
        Mark(TO_DO if line.count else DONE, formula=state),
        Mark(first if line.row else "", formula=line.row_formula),
        Mark(f"Go to row {first}" if line.row else "", formula=f'IF({FIRST}="","",{link})', link=f"#'{sheet}'!A1"),
    )
