"""What reading one workbook may cost, so that a file made to be slow or to fill the memory is refused instead.

The work that a file asks for does not follow from its size: a hundred kilobytes of zip file may hold fifty million empty
cells. Where a system cannot limit a process, these static limits hold the line alone.
"""

from __future__ import annotations

import sys

from workflow.reader.book import Limits
from workflow.reader.refusal import refuse

# Measured with CPython 3.11. At the default of a million cells a file may ask for five million steps (about 4 s) and keep
# about 290 MB; the largest of 2,768 real workbooks needs a quarter of either.
_CELL = 240  # bytes that a stored cell takes
_ROOM = 48 * 2**20  # bytes for everything besides cells
_STEPS, _STEPS_OF_A_CELL = 2_000_000, 3


class Budget:
    """Work and room for one workbook. Every way through a file spends from the same one."""

    def __init__(self, limits: Limits = Limits()) -> None:  # noqa: B008 - frozen, so one for all is safe
        self._steps = _STEPS + _STEPS_OF_A_CELL * limits.cells
        self._room = _ROOM + _CELL * limits.cells

    @property
    def left(self) -> tuple[int, int]:
        """The steps and the bytes that may still be spent."""
        return self._steps, self._room

    def pay(self, cost: tuple[int, int]) -> None:
        """Spend steps and bytes as somebody did before, for the same. Raises Unreadable: too-many-cells, zip-too-large."""
        self.step(cost[0])
        self.take(cost[1])

    def step(self, count: int) -> None:
        """Go through so many elements or cells. Raises Unreadable: too-many-cells."""
        self._steps -= count
        if self._steps < 0:
            raise refuse("too-many-cells")

    def markup(self, xml: bytes) -> None:
        """Go through some XML. Its elements are counted at the speed of a byte search; four attributes cost as much as one."""
        self.step(xml.count(b"<") - xml.count(b"</") + xml.count(b"=") // 4)

    def keep(self, *texts: str) -> None:
        """Keep some texts. Raises Unreadable: zip-too-large."""
        self.take(sum(map(sys.getsizeof, texts)))

    def keep_cells(self, count: int) -> None:
        """Keep so many cells. Raises Unreadable: zip-too-large."""
        self.take(_CELL * count)

    def take(self, size: int) -> None:
        """Use so many bytes of memory. Raises Unreadable: zip-too-large."""
        self._room -= size
        if self._room < 0:
            raise refuse("zip-too-large")
