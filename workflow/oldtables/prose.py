"""Lists in the text of a document that a table's headings stand above: "What we said we would do", and "What we did"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workflow.fields import fold
from workflow.model import Aside, OldGrid, OldHeading, OldRow, OldTable, SetAside, SourceCell
from workflow.oldtables.heads import Heads

_MARKED = re.compile(r"\s*(?:[•◦▪➢✓✗❖○●■□☐☑☒–\-*]|\(?\d{1,2}[.)]|\(?[a-z][.)]|\(?[ivx]{1,4}[.)])\s*\S")
_MOST_WORDS = 12
_LONGEST_INTRO = 1


@dataclass(frozen=True, slots=True)
class _List:
    head: SourceCell
    items: tuple[SourceCell, ...]


def prose_tables(grid: OldGrid, heads: Heads) -> Iterator[OldTable]:
    """The tables that lists under known headings make, of one row each; last, the rest of the text, aside."""
    used: set[int] = set()
    title = ""
    for group, above in _groups(grid, heads):
        title = above or title
        headings = tuple(OldHeading(n, " ".join(one.head.text.split()), (one.head,)) for n, one in enumerate(group, 1))
        cells = {n: one.items[0] for n, one in enumerate(group, 1)}
        more = {n: one.items[1:] for n, one in enumerate(group, 1) if len(one.items) > 1}
        used.update(id(c) for one in group for c in (one.head, *one.items))
        yield OldTable(grid, headings, (OldRow(cells, (), more),), (), title)
    rest = [c for c in grid.cells if id(c) not in used]
    if rest:
        yield OldTable(grid, (), (), tuple(SetAside(c, Aside.OUTSIDE) for c in rest))


def _groups(grid: OldGrid, heads: Heads) -> Iterator[tuple[list[_List], str]]:
    """Lists under different known headings that follow one another, two or more; and the heading above them."""
    group: list[_List] = []
    above = title = ""
    at = 0
    cells = grid.cells
    while at < len(cells):
        cell = cells[at]
        items = _items(cells, at + 1, grid, heads) if _is_head(cell, heads) else []
        said = {fold(one.head.text) for one in group}
        if group and (not items or fold(cell.text) in said or cell.row != group[-1].items[-1].row + 1):
            if len(group) > 1:
                yield group, above
            group = []
        if items:
            above = above if group else title
            group.append(_List(cell, tuple(items)))
        elif cell.row in grid.heads:
            title = " ".join(cell.text.split())
        at += 1 + len(items)
    if len(group) > 1:
        yield group, above


def _is_head(cell: SourceCell, heads: Heads) -> bool:
    return len(cell.text.split()) <= _MOST_WORDS and heads.likeness(cell.text) >= 0.8 and not _MARKED.match(cell.text)


def _items(cells: Sequence[SourceCell], at: int, grid: OldGrid, heads: Heads) -> list[SourceCell]:
    """The paragraphs below a heading, up to the next one, a table, or the end of a list that has marks."""
    found: list[SourceCell] = []
    for cell in cells[at:]:
        before = found[-1] if found else cells[at - 1]
        if cell.row in grid.heads or cell.row != before.row + 1 or _is_head(cell, heads):
            break
        found.append(cell)
    marked = [n for n, cell in enumerate(found) if _MARKED.match(cell.text)]
    if marked and marked[0] <= _LONGEST_INTRO:
        return found[: marked[-1] + 1]
    return found
