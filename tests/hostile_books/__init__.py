"""Hostile and odd workbooks, each made from a good return by a small function: rows 1 to 20 of the fault table.

`tests/hostile_books.toml` says what must become of each. `python -m tests.hostile_books FOLDER` writes them all to a folder,
so that a person can try them in a spreadsheet program (on a machine that may be harmed).
"""

from __future__ import annotations

from pathlib import Path

from tests.hostile_books import acting, containers, kinds, markup, values
from tests.hostile_books.base import CASES, Good, good

__all__ = ["CASES", "GROUPS", "Good", "good", "made", "write_all"]

GROUPS = (containers, markup, values, kinds, acting)


def made(name: str) -> bytes:
    """The bytes of one case: the same each time."""
    return CASES[name](good())


def write_all(folder: Path) -> int:
    """Write every case to a folder; returns how many."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in CASES:
        (folder / f"{name}.xlsx").write_bytes(made(name))
    return len(CASES)
