"""The Queries sheet of a marked-up return: one row per query, each with a link to the very cell, and room for a reply."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from workflow.fields import listed
from workflow.model import Column, Content, Cover, Form, Mark, Role, Sheet, Slot

_NAMED = 3  # cells that are named one by one; more would not fit the column


@dataclass(frozen=True, slots=True)
class Query:
    """One line of the Queries sheet: `targets` are the cells it is about, the first of them the one that is linked.

    `reference` and `covers` are the finding's; `reply` is what was replied before, where that did not close the query.
    """

    sheet: str
    row: str
    found: str
    remedy: str
    targets: tuple[Slot, ...] = ()
    reference: str = ""
    covers: tuple[Cover, ...] = ()
    reply: str = ""

    def named(self, number: int) -> str:
        """What stands in the key column: the number that people say, and which query it is."""
        return f"Q{number}-{self.reference.removeprefix('Q-')}"

    def cells(self, addresses: Mapping[Slot, str]) -> list[str]:
        """Where the cells it is about stand."""
        return list(dict.fromkeys(a for t in self.targets if (a := addresses.get(t))))

    def cell(self, sheets: Set[str], addresses: Mapping[Slot, str]) -> Content:
        """The cells it is about, in words, linked where their sheet is in the book."""
        cells = self.cells(addresses)
        words = _listed(cells)
        if self.sheet in sheets:
            return Mark(words or "The sheet", link=f"#'{self.sheet}'!{cells[0] if cells else 'A1'}")
        return words or "The file"


def queries_sheet(
    form: Form, title: str, queries: Sequence[Query], sheets: Set[str], addresses: Mapping[Slot, str]
) -> Sheet:
    """The sheet, as its form says. `sheets` are the book's tabs; `addresses` says where the cells stand, as far as known."""
    rows: list[tuple[Content, ...]] = []
    for n, query in enumerate(queries, 1):
        cells: dict[str, Content] = {
            "query": query.named(n),
            "sheet": query.sheet,
            "cell": query.cell(sheets, addresses),
            "row": query.row,
            "found": query.found,
            "remedy": query.remedy,
            "reply": query.reply or None,
        }
        rows.append(tuple(cells.get(f.name) for f in form.fields))
    return desk_sheet(form, title, rows, "Queries on this return")


def desk_sheet(form: Form, title: str, rows: Sequence[tuple[Content, ...]], description: str) -> Sheet:
    """A sheet of the queries desk (queries, decisions): its form's columns, those to be typed in as in any return."""
    return Sheet(
        name=form.sheet,
        title=title,
        table=form.table,
        lines=form.intro,
        columns=tuple(
            Column(
                f.heading, f.kind, f.width, answer=f.role is Role.ANSWER, key=f.role is Role.KEY,
                choices=tuple(c.value for c in f.choices), help=f.help, max_length=f.max_length,
            )
            for f in form.fields
        ),
        rows=tuple(rows),
        protect=form.protect,
        description=description,
        empty="There is nothing to settle.",
    )  # fmt: skip


def _listed(cells: Iterable[str]) -> str:
    """ "Cell F9", "Cells F9, F10 and F12", "Cells F9, F12 and 3 more": words, because a bare address is no name for a link
    (X24)."""
    found = [*cells]
    if len(found) <= _NAMED:
        return f"Cell{'s' if len(found) > 1 else ''} {listed(found, 'and')}" if found else ""
    return f"Cells {found[0]}, {found[1]} and {len(found) - 2} more"
