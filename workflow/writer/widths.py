"""How the width of a page is shared among columns, so that rows stay low: the long texts get what the others can spare."""

from __future__ import annotations

from collections.abc import Sequence

from workflow.writer.measure import column_px

_SLACK = 1.08  # lines end at words, so a text takes a little more than its length


def share(floors: Sequence[float], inks: Sequence[Sequence[float]], total: float, widest: float) -> list[float]:
    """Widths that add up to at most `total`, each at least its floor: every step of one character goes where rows shrink most.

    `inks[col][row]` is the length of that cell's text in pixels, were it on one line. Where the floors alone are more
    than `total`, they are the answer.
    """
    widths = list(floors)
    rows = len(inks[0]) if inks else 0
    lines = [[_lines(ink, width) for ink in column] for column, width in zip(inks, widths, strict=True)]
    left = int(total - sum(widths))
    for _ in range(max(0, left)):
        heights = [max(column[row] for column in lines) for row in range(rows)]
        gains = [
            _gain(col, inks[col], width, (lines, heights)) if width + 1 <= widest else 0.0 for col, width in enumerate(widths)
        ]
        best = max(range(len(widths)), key=gains.__getitem__)
        if gains[best] <= 0:
            break
        widths[best] += 1
        lines[best] = [_lines(ink, widths[best]) for ink in inks[best]]
    return widths


def _lines(ink: float, width: float) -> float:
    """About how many lines a text takes: a fraction above one, so that every step counts, and one where it fits."""
    return max(1.0, ink * _SLACK / max(1, column_px(width) - 12))


def _gain(col: int, inks: Sequence[float], width: float, now: tuple[list[list[float]], list[float]]) -> float:
    """By how many lines all rows together shrink if this column gets one character more."""
    lines, heights = now
    gain = 0.0
    for row, ink in enumerate(inks):
        if ink and lines[col][row] >= heights[row]:
            others = max((column[row] for n, column in enumerate(lines) if n != col), default=0.0)
            gain += heights[row] - max(others, _lines(ink, width + 1))
    return gain
