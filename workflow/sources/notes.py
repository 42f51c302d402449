"""Small things that the notes about a file say alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workflow.fields import listed
from workflow.model import column_letters

_MOST = 8  # runs of rows or columns named before the rest is only counted


def counted(count: int, one: str, many: str) -> str:
    """ "1 comment", "3 comments"."""
    return f"{count} {one if count == 1 else many}"


def runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Runs of numbers that follow one another, as first and last."""
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def named(numbers: Iterable[int], word: str) -> str:
    """Rows or columns by name, runs of them short: "rows 5, 7 and 9 to 12", "column C"."""
    spelled = column_letters if word == "column" else str
    found = runs(numbers)
    shown = [spelled(a) if a == b else f"{spelled(a)} to {spelled(b)}" for a, b in found[:_MOST]]
    left = sum(b - a + 1 for a, b in found[_MOST:])
    plural = "" if len(found) == 1 and found[0][0] == found[0][1] else "s"
    return f"{word}{plural} {together([*shown, f'{left} more'] if left else shown)}"


def together(words: Sequence[str]) -> str:
    """ "A, B and C"; a long list is cut short."""
    shown = list(words) if len(words) <= _MOST + 1 else [*words[:_MOST], f"{len(words) - _MOST} more"]
    return listed(shown, "and")
