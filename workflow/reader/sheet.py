"""One worksheet's XML, through expat: every form that the format allows.

Rows and cells give their own addresses (`r`); where they give none they are counted on from the one before, and they may
stand in any order.
"""

from __future__ import annotations

from collections.abc import Iterable

from workflow.reader import plain
from workflow.reader.book import MAX_COL, Limits
from workflow.reader.cells import Around, Collector, Found, address, box, formula_text, is_hidden, row_number
from workflow.reader.known import once
from workflow.reader.package import Package
from workflow.reader.parts import unescape
from workflow.reader.plaincells import read_cells
from workflow.reader.refusal import refuse
from workflow.reader.xmlread import MOST_PIECES, parse, relation_id

_COLUMNS_OF_A_STEP = 2_000  # columns hidden at once that cost as much as one element


class SheetSink:
    """Receives a worksheet's elements and gives its cells to a Collector."""

    def __init__(self, collector: Collector, found: Found, limits: Limits) -> None:
        self.collector = collector
        self.found = found
        self.limits = limits
        self.row = self.col = 0
        self.style: str | None = None
        self.kind = "n"
        self.value: str | None = None
        self.inline: list[str] | None = None
        self.formula: str | None = None
        self.f_attrs: dict[str, str] = {}
        self.said: list[str] = []
        self.in_cell = self.phonetic = False

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        """An element starts. In order of how often."""
        self.said.clear()
        if tag == "c":
            self._start_cell(attrs)
        elif tag == "row":
            self._start_row(attrs)
        elif self.in_cell:
            if tag == "f":
                self.f_attrs = attrs
            elif tag == "is":
                self.inline = []
            elif tag == "rPh":
                self.phonetic = True
        else:
            self._start_other(tag, attrs)

    def text(self, data: str) -> None:
        """Some text of the innermost element."""
        self.said.append(data)
        if len(self.said) > MOST_PIECES:
            raise refuse("zip-too-large")

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag == "v":
            self.value = "".join(self.said)
        elif tag == "c":
            self.in_cell = False
            if self.value is not None or self.formula is not None or self.inline is not None:
                self._add()
        elif tag == "f" and self.in_cell:
            self.formula = formula_text(self.collector, self.found, (self.row, self.col), self.f_attrs, "".join(self.said))
        elif tag == "t" and self.inline is not None and not self.phonetic:
            self.inline.append(unescape("".join(self.said)))
        elif tag == "rPh":
            self.phonetic = False
        self.said.clear()

    def _start_row(self, attrs: dict[str, str]) -> None:
        self.row = row_number(self.collector, attrs.get("r"), self.row)
        self.col = 0
        if is_hidden(attrs, "ht"):
            self.found.hidden_rows.add(self.row)

    def _start_cell(self, attrs: dict[str, str]) -> None:
        ref = attrs.get("r")
        if ref is None:
            self.col += 1
            if self.col > MAX_COL or not self.row:
                raise self.collector.refuse("cell-reference", f"after column {self.col - 1}")
        else:
            at = address(ref)
            if at is None or at[0] != self.row:
                raise self.collector.refuse("cell-reference", ref)
            self.col = at[1]
        self.style = attrs.get("s")
        self.kind = attrs.get("t", "n")
        self.value = self.formula = self.inline = None
        self.in_cell = True

    def _add(self) -> None:
        kind, value = self.kind, self.value
        if self.inline is not None and value is None:
            kind, value = "inlineStr", "".join(self.inline)
        elif value and kind in ("str", "inlineStr"):
            value = unescape(value)
        self.collector.add((self.row, self.col, self.style, kind, value, self.formula))

    def _start_other(self, tag: str, attrs: dict[str, str]) -> None:
        around = self.found.around
        if tag == "mergeCell":
            area = box(attrs.get("ref", ""))
            if area is None:
                raise self.collector.refuse("cell-reference", attrs.get("ref", ""))
            around.merged.append(area)
            if len(around.merged) > self.limits.ranges:
                raise refuse("too-many-cells")
        elif tag == "col" and is_hidden(attrs, "width"):
            first, last = max(int(attrs["min"]), 1), min(int(attrs["max"]), MAX_COL)
            self.collector.budget.step(max(last - first, 0) // _COLUMNS_OF_A_STEP)
            if not around.hidden_cols:
                around.hidden_cols = bytearray(MAX_COL + 1)
            around.hidden_cols[first : last + 1] = b"\1" * max(last + 1 - first, 0)
        elif tag == "tablePart":
            around.tables.append(relation_id(attrs))


def read_sheet(package: Package, part: str, collector: Collector, data: bytes | None) -> Found:
    """Go through one worksheet part. Its cells end up in `collector`, the rest is returned. Raises Unreadable.

    `data` is the part, or None where it is too long to be held in memory.
    """
    if data is not None:
        try:
            return _quickly(package, part, collector, data)
        except plain.NotPlainError:
            collector.cells.clear()
    found = Found()
    _parse(package, part, SheetSink(collector, found, package.limits), None if data is None else [data])
    return found


def _quickly(package: Package, part: str, collector: Collector, data: bytes) -> Found:
    """The same for a part that is written plainly. Raises NotPlainError."""

    def read() -> Around:
        sink = SheetSink(collector.aside(), Found(), package.limits)
        _parse(package, part, sink, [rest])
        if sink.row:  # rows where no row belongs
            raise plain.NotPlainError
        return sink.found.around

    found = Found()
    rest = read_cells(data, collector, found)
    found.around = once(package, "around", rest, read)
    return found


def _parse(package: Package, part: str, sink: SheetSink, chunks: Iterable[bytes] | None) -> None:
    _, root = parse(package, part, sink, chunks)
    if root != "worksheet":
        raise refuse("xml-malformed", part=part)
