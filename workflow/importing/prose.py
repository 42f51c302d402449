"""Promises that stand as lists in running text: under a line that says so, with what was done in a list below them.

They are found among what stands outside the tables. Everything else there stays set aside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from workflow import fields
from workflow.importing.headings import Headings
from workflow.importing.listed import Entry, Lists, besides, each, entries
from workflow.importing.naming import theme_words
from workflow.model import Aside, OldGrid, SetAside, SourceCell
from workflow.promises import split_list

_LONGEST = 110  # characters of a line that heads a list
_THEME = re.compile(r"(?:priority|goal|theme|domain|objective|strand|section)\b|\d", re.IGNORECASE)
_OUTSIDE = (Aside.TITLE, Aside.OUTSIDE)
PROMISED, DONE, BESIDES = "title", "opening_progress", "besides"


@dataclass
class Block:
    """Lists that belong together: what was promised, what was done, what was done besides; each with the line that heads it."""

    grid: OldGrid
    theme: str
    theme_cells: tuple[SourceCell, ...]
    section: str = ""
    lists: dict[str, list[SourceCell]] = field(default_factory=dict)
    labels: list[SourceCell] = field(default_factory=list)

    @property
    def cells(self) -> tuple[SourceCell, ...]:
        """Every cell that its rows come from."""
        return (*self.labels, *(c for cells in self.lists.values() for c in cells))

    def own(self, entry: Entry) -> tuple[SourceCell, ...]:
        """The lines that an entry's words come from, as far as they can be told; else all."""
        said = [fields.fold(str(v)) for v in entry.values.values()]
        lines = (c for cells in self.lists.values() for c in cells)
        own = tuple(c for c in lines if any((t := _bare(c.text)) and (t in w or w in t) for w in said))
        return own or self.cells

    def entries(self) -> Iterator[Entry]:
        """Its rows."""
        promised, done = (_joined(self.lists.get(name, ())) for name in (PROMISED, DONE))
        yield from entries(Lists(promised, done, apart=True)) if done else each(promised)
        yield from besides(_joined(self.lists.get(BESIDES, ())))


def blocks(aside: Iterable[SetAside], grids: Sequence[OldGrid], headings: Headings) -> list[Block]:
    """The lists of promises outside the tables of some grids."""
    found: list[Block] = []
    for grid in grids:
        cells = [a.cell for a in aside if a.why in _OUTSIDE and _in(a.cell, grid) and a.cell.text.strip()]
        found += _Walk(grid, headings).through(sorted(cells, key=lambda c: (c.row, c.col)))
    return found


def _in(cell: SourceCell, grid: OldGrid) -> bool:
    return (cell.place.file, cell.place.sheet) == (grid.file, grid.name)


@dataclass
class _Walk:
    """Goes through the lines of one grid in order."""

    grid: OldGrid
    headings: Headings
    found: list[Block] = field(default_factory=list)
    theme: tuple[str, tuple[SourceCell, ...]] = ("", ())
    section: str = ""  # the heading of promises that the lines stand under
    block: Block | None = None
    taking: str = ""  # the list that lines go to
    at: int = 0

    def through(self, cells: Sequence[SourceCell]) -> list[Block]:
        """Every line in its order."""
        for n, cell in enumerate(cells):
            following = cells[n + 1] if n + 1 < len(cells) and cells[n + 1].row <= cell.row + 1 else None
            if self.block and cell.row > self.at + 1:
                self.taking = ""
            self.at = cell.row
            if not self._goes_on(cell):
                self._line(cell, following)
        return [b for b in self.found if b.lists.get(PROMISED)]

    def _goes_on(self, cell: SourceCell) -> bool:
        """Whether a line is one more entry of the list that is being taken."""
        if not (self.block and self.taking) or self._heads(cell) or self._label(cell):
            return False
        taken = self.block.lists.setdefault(self.taking, [])
        if taken and _marked(taken[0]) and not _marked(cell) and not cell.text[:1].islower():
            self.taking = ""
            return False
        taken.append(cell)
        return True

    def _line(self, cell: SourceCell, following: SourceCell | None) -> None:
        """A line that may head a list."""
        label, heads = self._label(cell), self._heads(cell)
        lists = following is not None and _marked(following) and not self._heads(following)
        themed = heads and bool(_THEME.match(cell.text.strip())) and bool(theme_words(cell.text).title)
        if heads and label == PROMISED:
            self.section = cell.text
        elif heads and not themed:
            self.section = ""
        if themed and label != PROMISED:
            self.theme = (cell.text, (cell,))
        self.taking = ""
        if (label == PROMISED and lists) or (themed and self.section and lists):
            self._begin(cell, themed and label != PROMISED)
        elif label in (DONE, BESIDES) and self.block and lists:
            self.block.labels.append(cell)
            self.taking = label
        elif heads:
            self.block = None

    def _begin(self, cell: SourceCell, is_theme: bool) -> None:
        self.block = Block(self.grid, self.theme[0], self.theme[1], self.section or cell.text)
        self.block.labels += [] if is_theme else [cell]
        self.found.append(self.block)
        self.taking = PROMISED

    def _heads(self, cell: SourceCell) -> bool:
        return cell.row in self.grid.heads or (cell.bold and not _marked(cell))

    def _label(self, cell: SourceCell) -> str:
        """Which list a line heads: what was promised, done, or done besides; "" for none."""
        text = " ".join(cell.text.split())
        if len(text) > _LONGEST or _marked(cell):
            return ""
        for meant in self.headings.meant(text):
            if meant.field == BESIDES or (meant.form == "commitments" and meant.field in (PROMISED, DONE)):
                return meant.field
        return ""


def _marked(cell: SourceCell) -> bool:
    """Whether a line is an entry of a list by the mark before it."""
    pieces = split_list(cell.text)
    return bool(pieces) and bool(pieces[0].mark) and fields.fold(pieces[0].mark) != fields.fold(cell.text)


def _bare(text: str) -> str:
    """A line without its mark, for comparing."""
    pieces = split_list(text)
    return fields.fold(pieces[0].text) if pieces else ""


def _joined(cells: Iterable[SourceCell]) -> str:
    return "\n".join(c.text for c in cells)
