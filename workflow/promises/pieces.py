"""One entry of a list as it stands in a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

ENUMERATED = frozenset({"number", "letter", "roman"})  # kinds of mark that carry a number
TICKS = "✓✔☑✅√"
_NOT_SPACE = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Piece:
    """One entry of a list, with all that stood around it.

    Written out again in the order `mark`, `aside`, `text`, `tail`, `nested` it holds every character that was read, but for
    white space. `stem` says that it only introduces the list ("We will:").
    """

    text: str
    mark: str = ""  # as written: "1.", "3& 4", "(ii)", "•"; "" for a paragraph without one
    numbers: tuple[int, ...] = ()  # what the mark counts: (3, 4) for "3& 4", (2,) for "b)"; () for a bullet
    nested: tuple[Piece, ...] = ()
    tick: bool = False
    aside: str = ""  # a tick taken off before the text
    stem: bool = False
    kind: str = ""  # "number", "letter", "roman", "bullet", "tick"; "" without a mark
    tail: str = ""  # a tick taken off behind the text

    @property
    def numbered(self) -> bool:
        """Whether its mark has a number that a reply could repeat."""
        return self.kind in ENUMERATED and bool(self.numbers)

    @property
    def whole(self) -> str:
        """Its text and all that is nested in it, one line for each, as a person would copy it."""
        return "\n".join((*([self.text] if self.text else []), *(f"{p.mark} {p.whole}".strip() for p in self.nested)))

    def spelled(self) -> Iterator[str]:
        """Every part in the order in which it was read."""
        yield from (self.mark, self.aside, self.text, self.tail)
        for piece in self.nested:
            yield from piece.spelled()


def letters(text: str) -> str:
    """All that is not white space: what no splitting may lose."""
    return "".join(_NOT_SPACE.findall(text))
