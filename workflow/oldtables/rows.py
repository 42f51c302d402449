"""What stands below a heading: rows, the bands between them, headings again, totals, notes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from workflow.fields import fold
from workflow.model import Aside, OldRow, SetAside, SourceCell
from workflow.oldtables.lattice import Lattice, is_figure, is_furniture, is_ref

_TOTAL = re.compile(r"(sub|grand|over)?[- ]?(totals?|all)\b|count\b|sum\b|(number|no\.?) of\b|average\b", re.IGNORECASE)
_FIGURES_IN = re.compile(r"\d")
_NOTE = re.compile(r"(note|notes|source|sources|key|n\.?b\.?|\*)\b", re.IGNORECASE)
_TITLE_WORDS = re.compile(
    r"(priority|goal|theme|objective|outcome|section|aim|strand|domain|pillar|ambition|workstream|part)\b", re.IGNORECASE
)
_LONGEST_BAND = 200  # characters
_LONGEST_LABEL = 60


class Line(Enum):
    """What a row is."""

    ROW = auto()
    BAND = auto()
    REPEATED = auto()
    TOTAL = auto()
    NOTE = auto()
    FURNITURE = auto()
    EMPTY = auto()


_ASIDE = {
    Line.REPEATED: Aside.REPEATED, Line.TOTAL: Aside.TOTAL, Line.NOTE: Aside.TITLE, Line.FURNITURE: Aside.FURNITURE,
    Line.EMPTY: Aside.EMPTY, Line.BAND: Aside.TITLE,
}  # fmt: skip


@dataclass(slots=True)
class Body:
    """What was found below a heading. `broken` are the numbers of rows that follow a heading repeated on a new page."""

    rows: list[OldRow] = field(default_factory=list)
    aside: list[SetAside] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    band: tuple[SourceCell, ...] = ()  # what the last row stands under


Spoken = Sequence[Mapping[int, str]]  # the rows of a heading: their words by column, folded


def read_body(lattice: Lattice, lines: Sequence[int], heading: Spoken, start: tuple[SourceCell, ...] = ()) -> Body:
    """The rows among some lines of a table. `start` is the band that they stand under before any other comes."""
    kinds = _kinds(lattice, lines, heading)
    body = Body(band=start)
    bands = _Bands(start)
    fresh = False
    for row in lines:
        kind = kinds[row]
        if kind is Line.ROW:
            body.band = bands.above()
            if fresh and body.rows:
                body.broken.append(len(body.rows))
            body.rows.append(_row(lattice, row, kinds, body.band))
        elif kind is Line.BAND:
            for cell in lattice.said(row):
                bands.take(cell)
            body.aside.extend(SetAside(c, Aside.EMPTY) for c in lattice.own(row) if not c.text)
        else:
            body.aside.extend(SetAside(c, _ASIDE[kind]) for c in lattice.own(row))
        fresh = kind in (Line.REPEATED, Line.FURNITURE)
    used = {id(c) for row in body.rows for c in row.band}
    body.aside.extend(SetAside(c, Aside.TITLE) for c in bands.met if id(c) not in used)
    return body


class _Bands:
    """The full-width titles that stand one under another: those that look alike are of one rank."""

    def __init__(self, start: tuple[SourceCell, ...]) -> None:
        self.met: list[SourceCell] = []
        self._stack = list(start)
        self._fresh = False

    def take(self, cell: SourceCell) -> None:
        self.met.append(cell)
        looks = [_look(c) for c in self._stack]
        if _look(cell) in looks:
            del self._stack[looks.index(_look(cell)) :]
        elif not self._fresh:
            del self._stack[-1:]
        self._stack.append(cell)
        self._fresh = True

    def above(self) -> tuple[SourceCell, ...]:
        self._fresh = False
        return tuple(self._stack)


def _look(cell: SourceCell) -> tuple[object, ...]:
    return (cell.fill, cell.bold, cell.col, cell.cols)


def _row(lattice: Lattice, row: int, kinds: Mapping[int, Line], band: tuple[SourceCell, ...]) -> OldRow:
    cells: dict[int, SourceCell] = {}
    seen: set[int] = set()
    for col, cell in lattice.line(row):
        if id(cell) not in seen and kinds.get(cell.row) is Line.ROW:
            seen.add(id(cell))
            cells[col] = cell
    labels: list[SourceCell] = []
    for col in lattice.cols:
        if col not in cells or cells[col].rows < 2 or not cells[col].text:
            break
        labels.append(cells[col])
    return OldRow(cells, (*band, *labels))


def _kinds(lattice: Lattice, lines: Sequence[int], heading: Spoken) -> dict[int, Line]:
    look = _BodyLook(lattice, lines)
    kinds = {row: _kind(lattice, row, heading, look) for row in lines}
    last = max((row for row in lines if kinds[row] is Line.ROW and not _counts(lattice, row, look)), default=None)
    for at, row in enumerate(lines):
        if last is not None and row <= last:
            if kinds[row] is Line.NOTE:
                kinds[row] = Line.BAND  # something stands under it
            continue
        apart = at > 0 and (lines[at - 1] < row - 1 or kinds[lines[at - 1]] is Line.TOTAL)
        if kinds[row] is Line.ROW and last is not None and (apart or _only_figures(lattice, row)):
            if _counts(lattice, row, look):
                kinds[row] = Line.TOTAL
        elif kinds[row] is Line.BAND and any(is_furniture(c) for c in lattice.said(row)):
            kinds[row] = Line.FURNITURE
    return kinds


class _BodyLook:
    """What most rows look like, to tell what is set off from them."""

    def __init__(self, lattice: Lattice, lines: Sequence[int]) -> None:
        full = [lattice.said(row) for row in lines if len(lattice.said(row)) > 1]
        told = [c for cells in full if len(cells) > 2 for c in cells]
        self.said = Counter(c.col for c in told)
        self.figures = Counter(c.col for c in told if is_figure(c))
        firsts = [cells[0] for cells in full]
        self.bold = 2 * sum(c.bold for c in firsts) > len(firsts)
        self.fills = {fill for fill, count in Counter(c.fill for c in firsts).items() if 5 * count > len(firsts)}
        self.refs = bool(firsts) and 2 * sum(is_ref(c) for c in firsts) > len(firsts)
        self.first = min((c.col for c in firsts), default=lattice.cols[0] if lattice.cols else 0)


def _kind(lattice: Lattice, row: int, heading: Spoken, look: _BodyLook) -> Line:
    said = lattice.said(row)
    if not said:
        return Line.ROW if lattice.covered(row) else Line.EMPTY
    if _repeats(said, heading):
        return Line.REPEATED
    totals = _TOTAL.match(said[0].text.strip()) and all(is_figure(c) or _short_count(c) for c in said[1:])
    if totals and (len(said) > 1 or _FIGURES_IN.search(said[0].text)):
        return Line.TOTAL
    if len(said) > 1 or any(c.col > look.first for c in lattice.covered(row)):
        return Line.ROW
    return _lone(lattice, said[0], look)


def _lone(lattice: Lattice, cell: SourceCell, look: _BodyLook) -> Line:
    """What the only cell of a row is."""
    text = cell.text.strip()
    if re.fullmatch(r"page\s+\d+(\s*(of|/)\s*\d+)?", text, re.IGNORECASE):
        return Line.FURNITURE
    if lattice.is_wide(cell):
        return Line.NOTE if _NOTE.match(text) else Line.BAND
    if cell.col > look.first or lattice.width == 1 or is_ref(cell) or len(text) > _LONGEST_BAND:
        return Line.ROW
    if _NOTE.match(text):
        return Line.NOTE
    set_off = (cell.bold and not look.bold) or (cell.fill and cell.fill not in look.fills)
    titled = lattice.width > 2 and _TITLE_WORDS.match(text) is not None
    return Line.BAND if set_off or titled or (look.refs and lattice.width > 2) else Line.ROW


def _repeats(said: Sequence[SourceCell], heading: Spoken) -> bool:
    """Whether a row says what a row of the heading says in the same columns, and nothing else."""
    return any(
        len(said) >= min(len(words), 2) and 2 * len(said) > len(words) and all(words.get(c.col) == fold(c.text) for c in said)
        for words in heading
    )


def _short_count(cell: SourceCell) -> bool:
    return len(cell.text) <= 30 and bool(_FIGURES_IN.search(cell.text))


def _only_figures(lattice: Lattice, row: int) -> bool:
    return all(is_figure(c) for c in lattice.said(row))


def _counts(lattice: Lattice, row: int, look: _BodyLook) -> bool:
    """Whether a row is a word and figures, or figures alone, where the rows of the table are words."""
    said = lattice.said(row)
    figures = [c for c in said if is_figure(c)]
    words = [c for c in said if not is_figure(c)]
    if not figures or len(words) > 1 or lattice.width < 3:
        return False
    if words and (words[0] is not said[0] or len(words[0].text) > _LONGEST_LABEL):
        return False
    itself = len(said) > 2
    others = sum(look.said[c.col] - itself for c in figures)
    return others > 0 and 2 * sum(look.figures[c.col] - itself for c in figures) < others
