"""How lists lie in cells: the lines of each, page by page, before a workbook or a document is made of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tests.old.documents import BREAK, BULLET, TICK, Entry, Pairs


@dataclass(frozen=True)
class Line:
    """One line of a cell. `goes_on` is the rest of a line that a page cut."""

    text: str
    mark: str = ""
    style: str = "none"  # "numbers" or "bullets", as a word processor would number it by itself
    level: int = 0
    goes_on: bool = False

    @property
    def typed(self) -> str:
        return f"{self.mark} {self.text}" if self.mark else self.text


def _cut(line: Line) -> list[list[Line]]:
    """A line on the pages it stands on: what is before the page break keeps the mark, unless nothing is."""
    first, *rest = re.split(rf"\s*{BREAK}\s*", line.text)
    if not rest:
        return [[line]]
    if not first:
        return [[], [replace(line, text=rest[0])]]
    return [[replace(line, text=first)], [replace(line, text=rest[0], mark="", style="none", goes_on=True)]]


def pages(entries: Sequence[Entry], style: str = "none", sub_marks: str = "bullets") -> list[list[Line]]:
    """The lines of a list, on one page or on two."""
    made: list[list[Line]] = [[]]
    for entry in entries:
        text = f"{TICK} {entry.text}" if entry.tick else entry.text
        lines = [Line(text, entry.mark, style)]
        for number, sub in enumerate(entry.subs, start=1):
            mark = f"{number}." if sub_marks == "numbers" else BULLET
            lines.append(Line(sub, mark, sub_marks, level=1))
        for line in lines:
            first, *rest = _cut(line)
            made[-1] += first
            made += rest
    return made


def cell_pages(block: Pairs) -> list[list[list[Line]]]:
    """By page, by column: the lines of each cell of a table of lists. A list that ends on page 1 leaves a blank cell."""
    by_column = [pages(c, s, block.sub_marks) for c, s in zip(block.columns, block.marks, strict=False)]
    for column, text in zip(by_column, block.intro, strict=False):
        if text:
            column[0].insert(0, Line(text))
    count = max(len(p) for p in by_column)
    return [[column[page] if page < len(column) else [] for column in by_column] for page in range(count)]


def typed(lines: Sequence[Line], run_together: bool = False) -> str:
    """A cell's text in a workbook: a line for each entry, or none at all between them."""
    return ("" if run_together else "\n").join(line.typed for line in lines)
