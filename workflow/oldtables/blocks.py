"""A grid cut into the pieces that hold one table each: below each other, and side by side with an empty column between."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from workflow.fields import fold
from workflow.model import SourceCell
from workflow.oldtables.heads import Head, Heads
from workflow.oldtables.lattice import Lattice, is_furniture

_BELONGS_ABOVE = re.compile(r"(sub|grand|over)?[- ]?(totals?|all)\b|(note|source|key)s?\b|[*†‡¹²³⁰⁴-⁹]", re.IGNORECASE)
_SAME_ROWS = 0.8  # share of rows in common above which two pieces are one table with an empty column in it
_DEEPEST = 50  # cuts within cuts
_MOST_GAPS = 12  # empty columns tried; a sheet with more is no sheet of tables
_BLANK_ABOVE = 2  # blank rows that a title may stand above its table


@dataclass(frozen=True, slots=True)
class Block:
    """The cells around one heading; those of a grid without any have None."""

    lattice: Lattice
    head: Head | None


def cut(cells: Sequence[SourceCell], heads: Heads, declared: Collection[int], deep: int = 0) -> Iterator[Block]:
    """Cut a grid into blocks. Every cell is in exactly one of them."""
    lattice = Lattice(cells)
    sides = _sides(lattice, heads, declared) if deep < _DEEPEST else None
    if sides:
        for side in sides:
            yield from cut(side, heads, declared, deep + 1)
        return
    found = _distinct(lattice, heads.find(lattice, declared))
    if len(found) < 2 or deep >= _DEEPEST:
        yield Block(lattice, found[0] if found else None)
        return
    starts = [_start(lattice, before, head) for before, head in pairwise(found)]
    edges = [lattice.rows[0], *starts, lattice.rows[-1] + 1]
    for first, after in pairwise(edges):
        part = [c for c in lattice.cells if first <= c.row < after]
        yield from cut(part, heads, declared, deep + 1)


def _distinct(lattice: Lattice, found: list[Head]) -> list[Head]:
    """The headings that begin a table: not those that only come again on a new page, in the middle of one."""
    kept: list[Head] = []
    for head in found:
        if kept and _words(lattice, head) == _words(lattice, kept[-1]):
            before = lattice.row_before(head.first)
            lone = before is not None and before > kept[-1].last and len(lattice.said(before)) == 1
            title = lone and before is not None and not any(is_furniture(c) for c in lattice.said(before))
            if not (title and before is not None and _is_title(lattice, before, head.first)):
                continue
        elif kept and lattice.next_row(head.last) is None and not head.known:
            continue  # a last line set off from the rest is no table
        kept.append(head)
    return kept


def _words(lattice: Lattice, head: Head) -> dict[tuple[int, int], str]:
    return {(row - head.first, c.col): fold(c.text) for row in head.rows for c in lattice.said(row)}


def _is_title(lattice: Lattice, row: int, below: int) -> bool:
    """Whether a lone line may be the title of what begins below it."""
    said = lattice.said(row)
    lone = len(said) == 1 and not lattice.covered(row)
    return lone and not _BELONGS_ABOVE.match(said[0].text.strip()) and below - row <= _BLANK_ABOVE + 1


def _start(lattice: Lattice, before: Head, head: Head) -> int:
    """The row where a table begins, its titles above the heading included."""
    start = head.first
    while (above := lattice.row_before(start)) is not None and above > before.last and _is_title(lattice, above, start):
        if lattice.said(above)[0].col > min(c.col for row in head.rows for c in lattice.said(row)):
            break  # further in than the table: rather the end of a row above
        start = above
    return start


def _sides(lattice: Lattice, heads: Heads, declared: Collection[int]) -> tuple[list[SourceCell], list[SourceCell]] | None:
    """The cells left and right of an empty column, where each side is a table; None where no column parts two tables."""
    gaps = [(left, right) for left, right in pairwise(lattice.cols) if right > left + 1]
    for left_end, right_start in gaps[:_MOST_GAPS]:
        left = [c for c in lattice.cells if c.col <= left_end]
        right = [c for c in lattice.cells if c.col >= right_start]
        if _two_tables(left, right, heads, declared):
            return left, right
    return None


def _two_tables(left: list[SourceCell], right: list[SourceCell], heads: Heads, declared: Collection[int]) -> bool:
    border = min(c.col for c in right)
    across = [c for c in left if c.col + c.cols > border]
    own = [c for c in left if c.col + c.cols <= border]
    if not own:
        return False
    one, other = Lattice(own), Lattice(right)
    if one.width < 2 or other.width < 2:
        return False
    left_heads, right_heads = heads.find(one, declared), heads.find(other, declared)
    if not left_heads or not right_heads:
        return False
    first, second = left_heads[0], right_heads[0]
    if any(c.row > first.last for c in across):
        return False  # something below the heading goes across both
    if first.first != second.first or set(_words(one, first).values()) & set(_words(other, second).values()):
        return True
    rows, others = {r for r in one.rows if r > first.last}, {r for r in other.rows if r > second.last}
    return len(rows & others) < _SAME_ROWS * len(rows | others)
