"""Rows that a page break cut in two: what stands below the break goes on in the row above it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from workflow.model import OldRow
from workflow.oldtables.lattice import is_ref

_NUMBERED = re.compile(r"\s*\(?(\d{1,2})(?:[.)]|\s)\s*\S")
_ENDS = (".", "!", "?", ":", ";", "”", '"')
_SHORT = 15  # characters of what names a row
_MOSTLY = 0.6


def key_column(rows: Sequence[OldRow]) -> int | None:
    """The column of refs: the first one, where most rows have something short there that is not said twice."""
    cols = sorted({col for row in rows for col in row.cells})
    if not cols or not rows:
        return None
    texts = [row.cells[cols[0]].text.strip() for row in rows if cols[0] in row.cells and row.cells[cols[0]].text.strip()]
    short = [t for t in texts if len(t) <= _SHORT]
    if len(short) < len(texts) or len(texts) < _MOSTLY * len(rows) or len(set(texts)) < len(texts):
        return None
    return cols[0] if any(is_ref(row.cells[cols[0]]) for row in rows if cols[0] in row.cells) or len(rows) > 1 else None


def goes_on(above: OldRow, below: OldRow, key: int | None) -> bool:
    """Whether a row right below a page break is the rest of the row above it.

    It has no ref where rows have one; or a list counts on, or a sentence that did not end goes on, in the same column.
    """
    if [id(c) for c in above.band] != [id(c) for c in below.band]:
        return False
    if key is not None:
        return key not in below.cells or not below.cells[key].text
    return any(_flows(above.text(col), cell.text) for col, cell in below.cells.items() if col in above.cells and cell.text)


def _flows(above: str, below: str) -> bool:
    first = _NUMBERED.match(below)
    numbers = [int(m[1]) for line in above.splitlines() if (m := _NUMBERED.match(line))]
    if first and numbers:
        return int(first[1]) == numbers[-1] + 1
    return bool(above) and below.lstrip()[:1].islower() and not above.rstrip().endswith(_ENDS)


def together(above: OldRow, below: OldRow) -> OldRow:
    """The two as one row; what is below stands in `more`."""
    more = {col: tuple(cells) for col, cells in above.more.items()}
    for col, cell in below.cells.items():
        more[col] = (*more.get(col, ()), cell, *below.more.get(col, ()))
    return replace(above, more=more)


def mended(rows: Sequence[OldRow], broken: Collection[int]) -> tuple[OldRow, ...]:
    """The rows, those joined to the one above that go on there. `broken` are the numbers of rows right below a break."""
    key = key_column([row for n, row in enumerate(rows) if n not in broken])
    found: list[OldRow] = []
    for number, row in enumerate(rows):
        if number in broken and found and goes_on(found[-1], row, key):
            found[-1] = together(found[-1], row)
        else:
            found.append(row)
    return tuple(found)
