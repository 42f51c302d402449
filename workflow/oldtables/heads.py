"""Which rows are headings: by words that forms know, by what the file says, or by how they look beside what is below them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from workflow.fields import fold, near
from workflow.model import OldHeading, SourceCell
from workflow.oldtables.lattice import Lattice, is_figure, is_ref, is_year

_LONGEST = 120  # characters of a heading
_MOST_WORDS_LOOKED_LIKE = 10  # of a heading that no form knows
_NEAR = 0.85
_SURE = 0.8  # likeness from which a word is a heading by itself
_TRIMMED = re.compile(r"\s*[:*?.†]+$|\s*\([^)]*\)\s*$")
_LOOK_BELOW = 5  # rows


@dataclass(frozen=True, slots=True)
class Head:
    """One heading of a table: its row, or its two rows."""

    rows: tuple[int, ...]
    known: bool  # words in it are known to forms

    @property
    def first(self) -> int:
        """Its upper row."""
        return self.rows[0]

    @property
    def last(self) -> int:
        """Its lower row."""
        return self.rows[-1]


class Heads:
    """Recognises heading rows. `known` are folded headings and synonyms of forms."""

    def __init__(self, known: Collection[str]) -> None:
        self._known = frozenset(known)
        self._by_size: dict[int, list[str]] = {}
        for word in self._known:
            if word:
                self._by_size.setdefault(len(word), []).append(word)
        self._seen: dict[str, float] = {}
        self._exact: dict[str, bool] = {}

    def likeness(self, text: str) -> float:
        """How much a text is a known heading: 1 it is one, 0.8 nearly, 0.5 it holds one among few other words, 0 not at all."""
        if text not in self._seen:
            self._seen[text] = self._likeness(text)
        return self._seen[text]

    def _is_known(self, text: str) -> bool:
        if text not in self._exact:
            self._exact[text] = len(text) <= _LONGEST and fold(text) in self._known
        return self._exact[text]

    def _likeness(self, text: str) -> float:
        if len(text) > _LONGEST:
            return 0.0
        folded = fold(text)
        bare = _TRIMMED.sub("", _TRIMMED.sub("", folded))
        if folded in self._known or bare in self._known:
            return 1.0
        words = bare.split()
        if len(bare) > 3 and len(words) <= 8 and near(bare, self._like(bare), _NEAR):
            return _SURE
        if len(words) <= 5:
            runs = (" ".join(words[a:b]) for a in range(len(words)) for b in range(a + 1, len(words) + 1))
            return 0.5 if any(run in self._known for run in runs) else 0.0
        return 0.0

    def _like(self, bare: str) -> list[str]:
        """The known words that may be near one at all: about as long, with the same letter first or last."""
        sizes = range(int(len(bare) * 0.7), int(len(bare) / 0.7) + 2)
        return [k for size in sizes for k in self._by_size.get(size, ()) if k[0] == bare[0] or k[-1] == bare[-1]]

    def find(self, lattice: Lattice, declared: Collection[int]) -> list[Head]:
        """The headings in some cells, from above. Two rows that make one heading are one."""
        single = [row for row in lattice.rows if self._by_words(lattice, row, row in declared)]
        taken = set(single)
        looked = [row for row in lattice.rows if row not in taken and _by_looks(lattice, row, declared)]
        found: list[Head] = []
        for row in sorted((*single, *looked)):
            if found and row <= found[-1].last:
                continue
            if not self._is_sub(lattice, row, found):
                found.append(self._deep(lattice, row, row in taken))
        return found

    def _is_sub(self, lattice: Lattice, row: int, found: list[Head]) -> bool:
        """Whether a row of words that look like headings, right below a heading, is rather its first row of entries."""
        return bool(found) and lattice.row_before(row) == found[-1].last and not self._by_words(lattice, row, False)

    def _by_words(self, lattice: Lattice, row: int, declared: bool) -> bool:
        cells = lattice.said(row)
        if not cells or not _may_head(cells):
            return False
        at_top = declared or _at_top(lattice, row)
        exact = any(self._is_known(c.text) for c in cells)
        if not exact and not at_top:
            return False  # near misses take long to find, and rows are many
        likes = [self.likeness(c.text) for c in cells]
        score = sum(likes)
        if len(cells) == 1:
            return score == 1 and _heads_alone(lattice, row, cells[0])
        sure = any(like >= _SURE for like in likes)
        if not at_top:  # in the middle of rows, which may hold such words by chance
            return (score >= 3 or all(c.bold for c in cells)) and score >= 2 and sure and 2 * score >= len(cells)
        if declared and score:
            return True
        return (score >= 2 and sure and 3 * score >= len(cells)) or (score >= 1 and 2 * score >= len(cells))

    def _deep(self, lattice: Lattice, row: int, known: bool) -> Head:
        """The heading with the row above that groups it, or the row below that divides it."""
        above, below = lattice.row_before(row), lattice.next_row(row)
        if below == row + 1 and (
            _divides(lattice, row, below) or (self._by_words(lattice, below, True) and self._groups(lattice, row, below))
        ):
            return Head((row, below), True)
        if above == row - 1 and (_divides(lattice, above, row) or self._groups(lattice, above, row)):
            return Head((above, row), known)
        return Head((row,), known)

    def _groups(self, lattice: Lattice, top: int, bottom: int) -> bool:
        """Whether the upper of two rows groups the lower by words alone, without merged cells."""
        upper, lower = [c for c in lattice.said(top) if c.rows == 1], lattice.said(bottom)  # what is merged down is whole
        first = lower[0].col if lower else 0
        return (
            _at_top(lattice, top)
            and len(upper) >= 2
            and len(lower) > len(upper)
            and _may_head(upper)
            and any(c.col > first for c in upper)
            and {c.col for c in upper} <= {c.col for c in lower}
            and not any(self.likeness(c.text) == 1 and c.col == first for c in upper)
        )


def _at_top(lattice: Lattice, row: int) -> bool:
    """Whether nothing, a blank row or a lone line stands above a row."""
    before = lattice.row_before(row)
    return before is None or before < row - 1 or len(lattice.said(before)) <= 1


def _heads_alone(lattice: Lattice, row: int, cell: SourceCell) -> bool:
    """Whether the only word of a row may head a table: one of a single column, or of refs without a heading and that column."""
    below = lattice.next_row(row)
    if below is None or cell.cols > 1 or cell.col != lattice.cols[-1] or lattice.width > 2:
        return False
    return lattice.width == 1 or (bool(lattice.said(below)) and is_ref(lattice.said(below)[0]))


def _may_head(cells: list[SourceCell]) -> bool:
    """Whether nothing in a row speaks against its being headings."""
    figures = [c for c in cells if is_figure(c) and not is_year(c)]
    return (
        all(len(c.text) <= _LONGEST for c in cells)
        and 3 * len(figures) <= len(cells)
        and not (is_ref(cells[0]) and not is_year(cells[0]))
        and not any(c.value is not None and isinstance(c.value, date) for c in cells)
    )


def _by_looks(lattice: Lattice, row: int, declared: Collection[int]) -> bool:
    """Whether a row that no form knows is set off from what is below it, and has a word for every column."""
    cells, below = lattice.said(row), lattice.next_row(row)
    if len(cells) < 2 or below is None or below > row + 1 or not _may_head(cells):
        return False
    if any(len(c.text.split()) > _MOST_WORDS_LOOKED_LIKE for c in cells) or len({fold(c.text) for c in cells}) < len(cells):
        return False
    if not _at_top(lattice, row):
        return False  # in the middle of other rows
    if row in declared:
        return True
    before, under = lattice.row_before(row), lattice.said(below)
    if len(cells) > 2 and len(under) == 1 and lattice.is_wide(under[0]):
        return True  # a title across the table right below it
    return _set_off(lattice, cells, below) or (before is None and _other_below(lattice, row, cells))


def _set_off(lattice: Lattice, cells: list[SourceCell], below: int) -> bool:
    under = lattice.said(below)
    bold = all(c.bold for c in cells) and not (under and all(c.bold for c in under))
    fills = {c.fill for c in cells}
    filled = len(fills) == 1 and "" not in fills and not all(c.fill in fills for c in under)
    return bold or filled


def _other_below(lattice: Lattice, row: int, cells: list[SourceCell]) -> bool:
    """Whether a column of short words stands over figures, dates or long texts."""
    short = {c.col for c in cells if not is_figure(c) and len(c.text) <= 40}
    rows = lattice.rows[lattice.rows.index(row) + 1 :][:_LOOK_BELOW]
    found = [c for r in rows for c in lattice.said(r) if c.col in short]
    return any(is_figure(c) or isinstance(c.value, date) or len(c.text) > 60 for c in found)


def _divides(lattice: Lattice, top: int, bottom: int) -> bool:
    """Whether the lower of two rows divides merged headings of the upper one, and says nothing besides."""
    upper, lower = lattice.said(top), lattice.said(bottom)
    groups = [c for c in upper if c.cols > 1 and not lattice.is_wide(c)]
    if not groups or not lower or not _may_head(lower):
        return False
    under = [c for c in lower if any(g.col <= c.col < g.col + g.cols for g in groups)]
    if any(sum(g.col <= c.col < g.col + g.cols for c in lower) < 2 for g in groups):
        return False
    beside = [c for c in lower if c not in under]
    upper_cols = {c.col for c in upper if c not in groups}
    return not any(c.col in upper_cols for c in beside)


def headings(lattice: Lattice, head: Head, cols: Collection[int]) -> tuple[OldHeading, ...]:
    """The heading of every column; "" where nothing stands above it."""
    spread = dict(_spread(lattice, head))
    found: list[OldHeading] = []
    for col in sorted(cols):
        cells: list[SourceCell] = []
        for row in head.rows:
            cell = lattice.at(row, col) or spread.get((row, col))
            if cell is not None and cell.row in head.rows and cell not in cells:
                cells.append(cell)
        texts = list(dict.fromkeys(" ".join(c.text.split()) for c in cells if c.text))
        found.append(OldHeading(col, " / ".join(texts), tuple(cells)))
    return tuple(found)


def _spread(lattice: Lattice, head: Head) -> Iterator[tuple[tuple[int, int], SourceCell]]:
    """A word of the upper row that is not merged goes on to the next word of that row, over words of the lower one."""
    if len(head.rows) < 2:
        return
    row, group = head.first, None
    for col in lattice.cols:
        here = lattice.at(row, col)
        if here is not None and here.text:
            group = here if here.rows == 1 and here.cols == 1 else None
        elif group is not None and (sub := lattice.at(head.last, col)) is not None and sub.text:
            yield (row, col), group
