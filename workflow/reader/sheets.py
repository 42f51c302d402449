"""The worksheets of a workbook with their tables; those on which nothing that is sought can stand are passed over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from workflow.reader.book import SheetData, TableRef
from workflow.reader.cells import Collector, box
from workflow.reader.flags import finished
from workflow.reader.known import LONGEST, once, part_once
from workflow.reader.locate import Sought, may_lead
from workflow.reader.package import Package
from workflow.reader.parts import Shared, relations, unescape
from workflow.reader.plain import HEAD, whole
from workflow.reader.refusal import refuse
from workflow.reader.sheet import read_sheet
from workflow.reader.skim import Seen, Skim
from workflow.reader.xmlread import MAIN, Elements, parse, well_formed

_MOST_PUT_OFF = 2**24  # bytes of sheets that wait until all names are known


class Tab(NamedTuple):
    """One tab, and the part that its worksheet is in."""

    name: str
    state: str
    part: str


class _Table(Elements):
    """One table part."""

    def __init__(self, package: Package) -> None:
        super().__init__(package)
        self.attrs: dict[str, str] = {}
        self.columns: list[str] = []

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        """Take what an element says."""
        if tag == "table":
            self.attrs = attrs
        elif tag == "tableColumn":
            self.package.budget.keep(attrs.get("name", ""))
            self.columns.append(unescape(attrs.get("name", "")))

    def ref(self, sheet: str) -> TableRef | None:
        """The table as a value; None where its range is none."""
        area = box(self.attrs.get("ref", ""))
        if area is None:
            return None
        name = unescape(self.attrs.get("name", ""))
        shown = unescape(self.attrs.get("displayName", "")) or name
        headers = 0 if self.attrs.get("headerRowCount", "1").strip() == "0" else 1
        return TableRef(name or shown, shown, sheet, self.attrs["ref"], area, tuple(self.columns), headers)



class _Sheets:
    """The worksheets as they are read."""

    def __init__(self, package: Package, shared: Shared) -> None:
        self._package = package
        self._shared = shared
        self._room = shared.limits.cells
        self.tables: list[TableRef] = []

    def read(self, tab: Tab, data: bytes | None) -> SheetData:
        """One of them, cell by cell."""
        collector = Collector(tab.name, self._shared, self._room)
        found = read_sheet(self._package, tab.part, collector, data)
        self._room -= len(collector.cells)
        if found.around.tables:
            related = relations(self._package, tab.part)
            self._take(tab, (related[name].target for name in dict.fromkeys(found.around.tables) if name in related))
        return finished(tab.name, tab.state, collector, found)

    def look_at_names(self, tab: Tab) -> None:
        """Take the tables of a sheet that is not read."""
        self._take(tab, (r.target for r in relations(self._package, tab.part).values() if r.kind == "table"))

    def _take(self, tab: Tab, parts: Iterable[str]) -> None:
        self.tables.extend(table for part in parts if (table := _table(self._package, part, tab.name)))
        if len(self.tables) > self._shared.limits.entries:
            raise refuse("zip-too-large")


def read_sheets(
    package: Package, tabs: Sequence[Tab], shared: Shared, asked: tuple[Sought | None, Collection[str], Collection[str]]
) -> tuple[tuple[SheetData, ...], tuple[TableRef, ...]]:
    """Every worksheet, in order, and the tables. `asked` is what is sought, the workbook's defined names, and the
    sheets that are left aside.

    A sheet with few headings of a form, enough only where the form's name leads to them, waits until all names are known.
    Raises Unreadable.
    """
    sought, names, aside = asked
    skim = Skim(sought, shared.strings, package.budget) if sought else None
    sheets = _Sheets(package, shared)
    found: dict[str, SheetData] = {}
    waiting: list[tuple[Tab, bytes, Seen]] = []
    left = _MOST_PUT_OFF
    for tab in tabs:
        if tab.name.casefold() in found:
            raise refuse("sheet-twice", sheet=tab.name)
        if tab.name in aside:
            found[tab.name.casefold()] = SheetData(tab.name, tab.state, {}, passed=True)
            continue
        data = whole(package, tab.part)
        seen = skim.look(data) if skim and data is not None else None
        if data is None or seen is None or len(data) > left:
            found[tab.name.casefold()] = sheets.read(tab, data)
            continue
        found[tab.name.casefold()] = SheetData(tab.name, tab.state, {}, passed=seen.holds)
        if seen.forms:
            left -= len(data)
            waiting.append((tab, data, seen))
            sheets.look_at_names(tab)
    for tab, data, seen in waiting:
        if any(may_lead(form, names, sheets.tables) for form in seen.forms):
            sheets.tables = [table for table in sheets.tables if table.sheet != tab.name]
            found[tab.name.casefold()] = sheets.read(tab, data)
    return tuple(found.values()), tuple(sheets.tables)


def _table(package: Package, part: str, sheet: str) -> TableRef | None:
    def read(chunks: Iterable[bytes] | None) -> TableRef | None:
        sink = _Table(package)
        parse(package, part, sink, chunks)
        return sink.ref(sheet)

    if part in package and package.size(part) <= LONGEST and (bare := _bare(package, part)):
        return once(package, ("table", sheet), bare, lambda: read([bare]))
    return part_once(package, part, ("table", sheet), read)


def _bare(package: Package, part: str) -> bytes:
    """A table without its extension, in which programs put what is read out of it; b"" where that cannot be told.

    That text is another one in each return, and the rest is the same in hundreds.
    """
    data = package.read(part)
    table, _, extension = data.partition(b"<extLst>")
    if not extension.endswith(b"</extLst></table>") or not HEAD.match(data) or b"<!" in data or b"&#" in data:
        return b""
    if b"<table" in extension or sum(data.count(space.encode()) for space in MAIN) != 1:  # no prefix that means ours
        return b""
    well_formed(package, part, data)
    return table + b"</table>"
