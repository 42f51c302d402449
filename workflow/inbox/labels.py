"""The names by which the leaves of a received file are shown: the sender's own, made safe, each once. Never a path."""

from __future__ import annotations

import unicodedata

from workflow.model import INSIDE
from workflow.post import one_line

_LONGEST = 80  # characters of one name
_LONGEST_ENDING = 10
_BROKEN = str.maketrans({"/": "_", "\\": "_", INSIDE.strip(): "›"})  # ">" stands between levels


def label(name: str) -> str:
    """A name from outside as text for display: one line, printable, 80 characters with its ending; "" if nothing is left."""
    short = name if len(name) < 100 * _LONGEST else f"{name[: 99 * _LONGEST]}{name[-_LONGEST:]}"
    line = one_line(unicodedata.normalize("NFC", short).translate(_BROKEN))
    line = "".join(c if c.isprintable() else "�" for c in line)
    if len(line) <= _LONGEST:
        return line
    stem, dot, ending = line.rpartition(".")
    if not stem or len(ending) > _LONGEST_ENDING:
        return f"{line[: _LONGEST - 1]}…"
    return f"{stem[: _LONGEST - 2 - len(ending)]}…{dot}{ending}"


class Labels:
    """The names at one level of a received file, each different from the others. `before` is what holds them, "" at the top."""

    def __init__(self, before: str = "") -> None:
        self._before = f"{before}{INSIDE}" if before else ""
        self._counts: dict[str, int] = {}

    def take(self, name: str, otherwise: str) -> str:
        """The whole name of the next thing at this level: `name`, or `otherwise` where nothing of it can be shown."""
        own = label(name) or otherwise
        found = own
        while found in self._counts:
            self._counts[own] += 1
            found = f"{own} ({self._counts[own]})"
        self._counts[found] = 1
        return f"{self._before}{found}"
