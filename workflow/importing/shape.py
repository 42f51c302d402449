"""The shape of an old table put right where lists and running text blur it: what stands below it, rows that a page cut in two,
titles that were cut over several cells, and the title that it goes by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from workflow.importing.naming import theme_words
from workflow.model import Aside, OldRow, OldTable, SetAside, SourceCell
from workflow.promises import split_list

_THEME = re.compile(r"(?:priority|goal|theme|domain|objective|strand|section)\s+\w{1,4}\b", re.IGNORECASE)
_NUMBERED = re.compile(r"\d{1,2}(?:\.\d{1,2})*[.:]?\s+\S")
_LONGEST_TITLE = 160
Title = tuple[str, tuple[SourceCell, ...]]


def themed(text: str) -> bool:
    """Whether a line reads as the title of a theme: "Priority 3: Violence", "Goal 6A Children", "7.2 Hate crime"."""
    said = text.strip()
    numbered = _THEME.match(said) or (_NUMBERED.match(said) and len(said) <= _LONGEST_TITLE and not said.endswith("."))
    return bool(numbered and theme_words(said).title)


def title_of(table: OldTable) -> Title:
    """The title of a table: of the lines above it the nearest that names a theme, else the nearest that is made to stand out,
    else what was found to be its title."""
    heads = [c.row for h in table.headings for c in h.cells]
    first = min(heads, default=0)
    above = [a.cell for a in table.aside if a.why is Aside.TITLE and a.cell.row < first]
    lines = sorted((c for c in above if 0 < len(c.text) <= _LONGEST_TITLE), key=lambda c: -c.row)
    stands_out = [c for c in lines if c.bold or c.row in table.grid.heads or c.cols > 1]
    found = next((c for c in stands_out if themed(c.text)), None) or next(iter(stands_out), None)
    return (" ".join(found.text.split()), (found,)) if found else (" ".join(table.title.split()), ())


def without_tail(table: OldTable) -> OldTable:
    """The table without the text below it: lines of one cell each, behind a gap, that were taken for its rows."""
    if len(table.headings) < 2:
        return table
    rows = list(table.rows)
    tail: list[OldRow] = []
    cut = len(rows)
    for n in range(len(rows) - 1, 0, -1):
        if len(rows[n].cells) != 1 or rows[n].more:
            break
        tail.append(rows[n])
        if _first(rows[n]) > _last(rows[n - 1]) + 1:
            cut = n
    if cut == len(rows):
        return table
    kept = rows[:cut]
    used = {id(c) for row in kept for c in (*row.band, *row.cells.values())}
    gone = {id(c): c for row in rows[cut:] for c in (*row.band, *row.cells.values()) if id(c) not in used}
    return replace(table, rows=tuple(kept), aside=(*table.aside, *(SetAside(c, Aside.OUTSIDE) for c in gone.values())))


def _own_band(row: OldRow) -> list[int]:
    return [c.row for c in row.band]


def _first(row: OldRow) -> int:
    """The line in which a row begins; full-width titles right above it are part of it."""
    at = min(c.row for c in row.cells.values())
    for line in sorted(_own_band(row), reverse=True):
        at = line if line == at - 1 else at
    return at


def _last(row: OldRow) -> int:
    return max(c.row + c.rows - 1 for c in row.cells.values())


def mended(rows: Sequence[OldRow], col: int) -> tuple[OldRow, ...]:
    """Rows whose list goes on with that of the row above, because a page ended, become one with it. `col` holds the list."""
    made: list[OldRow] = []
    for row in rows:
        before = made[-1] if made else None
        if before is not None and _goes_on(before, row, col):
            columns = {**row.cells, **before.cells}
            every = {c: dict.fromkeys((*_cells(before, c), *_cells(row, c))) for c in columns}
            more = {c: tuple(x for x in cells if x != columns[c]) for c, cells in every.items()}
            made[-1] = replace(before, cells=columns, more={c: m for c, m in more.items() if m})
        else:
            made.append(row)
    return tuple(made)


def _cells(row: OldRow, col: int) -> tuple[SourceCell, ...]:
    return ((row.cells[col],) if col in row.cells else ()) + tuple(row.more.get(col, ()))


def _goes_on(before: OldRow, row: OldRow, col: int) -> bool:
    """Whether the list of a row counts on from that of the row above, or begins in the middle of a sentence."""
    if row.band != before.band or not row.text(col).strip() or not before.text(col).strip():
        return False
    first, last = split_list(before.text(col)), split_list(row.text(col))
    counted = [p.numbers[-1] for p in first if p.numbered]
    if len(counted) < 2:
        return False
    if not last[0].mark and row.text(col).strip()[:1].islower():
        return True
    numbers = [p.numbers[0] for p in last if p.numbered]
    return bool(numbers) and numbers[0] in (counted[-1], counted[-1] + 1) and numbers[0] > 1


def with_bands(rows: Iterable[OldRow]) -> tuple[OldRow, ...]:
    """Rows that are a theme's title cut over several cells become what the rows below them stand under."""
    made: list[OldRow] = []
    above: tuple[SourceCell, ...] = ()
    for row in rows:
        cells = [row.cells[col] for col in sorted(row.cells)]
        if _cut_title([c.text for c in cells]):
            above = tuple(cells)
            continue
        above = () if row.band else above
        made.append(replace(row, band=(*above, *row.band)) if above else row)
    return tuple(made)


def _cut_title(texts: Sequence[str]) -> bool:
    """Whether the cells of a row are one title that was cut, in the middle of a word or sentence."""
    said = [t.strip() for t in texts if t.strip()]
    goes_on = len(said) > 1 and all(t[:1].islower() for t in said[1:]) and not said[0].endswith((".", ":", ";"))
    return goes_on and _THEME.match(said[0]) is not None
