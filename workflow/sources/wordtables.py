"""One table of a Word document: which cell stands where, over how many rows and columns.

A document has no columns: each row is cut as it likes, and a border dragged by a hair makes a column of its own. So the
edges that differ by less than a finger's breadth, and cut nothing off, count as one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from workflow.sources.wordxml import Element, W, attr, child, number, switch, unwrapped

_HAIR = 300  # twentieths of a point, about half a centimetre
_MOST_COLUMNS = 1_000


@dataclass(slots=True)
class Box:
    """One cell: its contents (more than one element where merged cells still hold something), its row and its columns."""

    parts: list[Element]
    row: int  # from 1
    start: int  # edges, from 0
    stop: int
    rows: int = 1
    hidden: bool = False


@dataclass(slots=True)
class Layout:
    """A table's cells by row, then column; the rows that are repeated as headings on each page."""

    boxes: list[Box] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)


def lay_out(table: Element, tally: Counter[str]) -> Layout:
    """The cells of a table. Their edges are counted as people see columns, from 0."""
    layout = Layout()
    open_below: dict[int, Box] = {}  # cells that the next row may go on, by their left edge
    row = 0
    for line in unwrapped(table, tally):
        if line.tag != W + "tr":
            continue
        properties = line.find(W + "trPr")
        if child(properties, "del") is not None:
            tally["deleted"] += 1
            continue
        row += 1
        if switch(properties, "tblHeader"):
            layout.heads.append(row)
        goes_on: dict[int, Box] = {}
        for box, merged in _line(line, row, tally):
            above = open_below.get(box.start) if merged == "continue" else None
            if above is not None:
                above.rows += 1
                above.parts.extend(box.parts)
                above.stop = max(above.stop, box.stop)
                goes_on[box.start] = above
            else:
                layout.boxes.append(box)
                if merged:
                    goes_on[box.start] = box
        open_below = goes_on
    _straighten(layout.boxes, [number(attr(col, "w")) for col in table.findall(f"{W}tblGrid/{W}gridCol")])
    return layout


def _line(line: Element, row: int, tally: Counter[str]) -> Iterator[tuple[Box, str]]:
    """The cells of a row, each with "restart" or "continue" where it is merged with those below or above."""
    properties = line.find(W + "trPr")
    at = min(number(attr(child(properties, "gridBefore"), "val")), _MOST_COLUMNS)
    before: Box | None = None
    for cell in unwrapped(line, tally):
        if cell.tag != W + "tc":
            continue
        about = cell.find(W + "tcPr")
        if child(about, "cellDel") is not None:
            tally["deleted"] += 1
        wide = min(max(number(attr(child(about, "gridSpan"), "val", "1"), 1), 1), _MOST_COLUMNS)
        sideways, down = child(about, "hMerge"), child(about, "vMerge")
        box = Box([cell], row, at, at + wide, hidden=bool(switch(properties, "hidden")))
        at += wide
        if sideways is not None and attr(sideways, "val", "continue") == "continue" and before is not None:
            before.stop = box.stop
            before.parts.extend(box.parts)
            continue
        before = box
        yield box, "" if down is None else attr(down, "val", "continue")


def _straighten(boxes: list[Box], widths: list[int]) -> None:
    """Number the edges anew, as few as the cells need."""
    used = sorted({edge for box in boxes for edge in (box.start, box.stop)})
    if not used:
        return
    cut = {(box.start, box.stop) for box in boxes}
    column, columns = 0, {used[0]: 0}
    for left, right in pairwise(used):
        width = sum(widths[left:right]) if right <= len(widths) else _HAIR
        if width >= _HAIR or (left, right) in cut:
            column += 1
        columns[right] = column
    if any(columns[box.start] == columns[box.stop] for box in boxes):
        columns = {edge: at for at, edge in enumerate(used)}  # a cell of several hairs
    for box in boxes:
        box.start, box.stop = columns[box.start], columns[box.stop]
