"""Old grids for tests, written as rows of texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from workflow.fields import fold
from workflow.model import GridKind, OldGrid, OldTable, Place, SourceCell, column_letters
from workflow.oldtables import find_tables

KNOWN = frozenset(
    fold(word)
    for word in (
        "Ref", "Recommendation", "Action", "Actions", "Progress", "Lead", "Timescale", "RAG", "Due date", "Measure", "Target",
        "Value", "What we said we would do", "Progress made", "What we did", "Outcomes for residents", "Term", "Meaning",
        "Owner", "This quarter", "Last quarter",
    )
)  # fmt: skip


def cell(row: int, col: int, text: str = "", **about: Any) -> SourceCell:
    value = about.pop("value", text or None)
    return SourceCell(Place("old.xlsx", "Plan", f"{column_letters(col)}{row}"), row, col, text, value, **about)


def grid(*rows: Sequence[Any], name: str = "Plan", start: int = 1, **about: Any) -> OldGrid:
    """Rows of texts, from row `start`; None or "" is no cell, a dict gives a cell's look, text under "text"."""
    cells = []
    for number, row in enumerate(rows, start):
        for col, given in enumerate(row, 1):
            if given:
                look = dict(given) if isinstance(given, dict) else {"text": given}
                made = cell(number, col, **look)
                cells.append(replace(made, place=replace(made.place, sheet=name)))
    return OldGrid("old.xlsx", name, tuple(cells), **about)


def prose(*lines: str, heads: Iterable[int] = ()) -> OldGrid:
    """A document's text; "" is where a table stands."""
    cells = [
        SourceCell(Place("old.docx", "Text", f"Paragraph {n}"), n, 1, text, text) for n, text in enumerate(lines, 1) if text
    ]
    return OldGrid("old.docx", "Text", tuple(cells), kind=GridKind.PROSE, heads=tuple(heads))


def found(*grids: OldGrid, known: frozenset[str] = KNOWN) -> tuple[OldTable, ...]:
    """The tables, after seeing that every cell is in exactly one place."""
    tables = find_tables(grids, known)
    balanced(grids, tables)
    return tables


def balanced(grids: Iterable[OldGrid], tables: Iterable[OldTable]) -> None:
    """Every cell of every grid is in exactly one of headings, rows and asides of exactly one table."""
    wanted = {id(c): c for g in grids for c in g.cells}
    ends: dict[int, list[tuple[int, str]]] = {}
    for number, table in enumerate(tables):
        heads = {id(c) for h in table.headings for c in h.cells}
        bodies = {id(c) for r in table.rows for c in (*r.cells.values(), *r.band, *(m for ms in r.more.values() for m in ms))}
        asides = [id(s.cell) for s in table.aside]
        assert len(set(asides)) == len(asides), "set aside twice"
        for kind, ids in (("heading", heads), ("row", bodies), ("aside", set(asides))):
            for one in ids:
                ends.setdefault(one, []).append((number, kind))
    assert ends.keys() <= wanted.keys(), "a cell that is in no grid"
    lost = [wanted[one].place for one in wanted.keys() - ends.keys()]
    assert not lost, f"lost: {lost}"
    twice = [(wanted[one].place, at) for one, at in ends.items() if len(at) > 1]
    assert not twice, f"in two places: {twice}"


def headings(table: OldTable) -> list[str]:
    return [h.text for h in table.headings]


def rows(table: OldTable) -> list[list[str]]:
    """The texts of each row by heading."""
    return [[row.text(h.col) for h in table.headings] for row in table.rows]


def bands(table: OldTable) -> list[list[str]]:
    return [[c.text for c in row.band] for row in table.rows]


def asides(table: OldTable) -> dict[str, str]:
    """Why each text was set aside, by text."""
    return {s.cell.text: s.why.name for s in table.aside}
