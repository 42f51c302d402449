"""The Queries sheet of a marked-up return: one row per query, each with a link to the very cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from workflow.model import Column, Content, Kind, Mark, Sheet, Slot

NAME = "Queries"


@dataclass(frozen=True, slots=True)
class Query:
    """One line of the Queries sheet: `targets` are the cells it is about, the first of them the one that is linked."""

    sheet: str
    row: str
    found: str
    remedy: str
    targets: tuple[Slot, ...] = ()


def queries_sheet(title: str, queries: Sequence[Query], sheets: Set[str], addresses: Mapping[Slot, str]) -> Sheet:
    """The sheet. `sheets` are the book's tabs; `addresses` says where the cells stand, as far as that is known yet."""
    return Sheet(
        name=NAME,
        title=title,
        table="ret_queries",
        lines=(
            "Thank you for your return. This is a fresh copy of it with every answer you gave.",
            "Please correct the cells listed here (each has a dark border and a note on its sheet) and email this file back.",
            "Is an answer right as it stands? Say so in a reply to our email, or under Comments to the coordinator on the sheet"
            " About this return, and name the query.",
        ),
        columns=(
            Column("Query", width=8, key=True),
            Column("Sheet", width=18),
            Column("Cell", width=26),
            Column("Row", width=24),
            Column("What we found", Kind.LONG_TEXT, 44),
            Column("What to do", Kind.LONG_TEXT, 44),
        ),
        rows=tuple(_row(n, query, sheets, addresses) for n, query in enumerate(queries, 1)),
        protect=False,
        description="Queries on this return",
    )


def _row(number: int, query: Query, sheets: Set[str], addresses: Mapping[Slot, str]) -> tuple[Content, ...]:
    cells = list(dict.fromkeys(a for t in query.targets if (a := addresses.get(t))))
    words = _listed(cells)
    cell: Content = words or "The file"
    if query.sheet in sheets:
        cell = Mark(words or "The sheet", link=f"#'{query.sheet}'!{cells[0] if cells else 'A1'}")
    return (f"Q{number}", query.sheet, cell, query.row, query.found, query.remedy)


def _listed(cells: Iterable[str]) -> str:
    """ "Cell F9", "Cells F9 and F12", "Cells F9, F12 and 3 more": words, because a bare address is no name for a link (X24)."""
    found = [*cells]
    if len(found) < 3:
        return f"Cell{'s' if len(found) > 1 else ''} {' and '.join(found)}" if found else ""
    return f"Cells {found[0]}, {found[1]} and {len(found) - 2} more"
