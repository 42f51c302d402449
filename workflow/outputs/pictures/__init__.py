"""Pictures of what people would rather look at: RAG by theme, returns received, measures beside their targets. The one door.

Each picture stands on a sheet of its own that says what it shows, names the table it draws and leads to it; the table
follows the pictures in the same paper. There is a picture only where there is something to see: at least two quarters, and
of a measure a target. What an audience may not see is in neither table nor picture, and both say so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from workflow.outputs.front import Section
from workflow.outputs.pictures.measures import measure_pictures
from workflow.outputs.pictures.returns import returns_pictures
from workflow.outputs.pictures.themes import theme_pictures
from workflow.outputs.scope import Scope
from workflow.outputs.sheets import LONGEST_TAB


def picture_sections(scope: Scope) -> Iterable[Section]:
    """The pictures of one paper, each group before the table that it draws."""
    names: set[str] = set()
    for group in (theme_pictures(scope), returns_pictures(scope), measure_pictures(scope)):
        for section in group:
            name = _own(section.sheet.name, names)
            names.add(name.casefold())
            yield replace(section, sheet=replace(section.sheet, name=name))


def _own(name: str, taken: set[str]) -> str:
    """A sheet's name that no other picture has: keys that differ only in signs or beyond a tab's length get a number."""
    own, number = name, 1
    while own.casefold() in taken:
        number += 1
        own = f"{name[: LONGEST_TAB - len(str(number)) - 1]} {number}"
    return own
