"""Bytes to a Workbook: what stands where in the package, and in which order it is read."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.errors import Unreadable
from workflow.reader.active import OLD_MACROS, look
from workflow.reader.book import Limits, SheetData, TableRef, Workbook
from workflow.reader.cells import Collector, box
from workflow.reader.flags import finished
from workflow.reader.locate import Sought
from workflow.reader.package import Package
from workflow.reader.parts import Relation, Shared, read_properties, read_strings, read_styles, relations, unescape
from workflow.reader.plain import whole
from workflow.reader.refusal import refuse
from workflow.reader.sheet import read_sheet
from workflow.reader.skim import Skim
from workflow.reader.xmlread import Texts, is_true, parse, relation_id

_STATES = {"hidden": "hidden", "veryhidden": "veryHidden"}
_STRICT = "purl.oclc.org"


@dataclass(frozen=True, slots=True)
class _Tab:
    name: str
    state: str
    relation: str


class _Contents(Texts):
    """The workbook part: tabs, defined names, date system."""

    def __init__(self, package: Package) -> None:
        super().__init__(package)
        self.tabs: list[_Tab] = []
        self.names: dict[str, str] = {}
        self.date1904 = False
        self._name = ""

    def begin(self, tag: str, attrs: dict[str, str]) -> None:
        if tag == "sheet":
            state = _STATES.get(attrs.get("state", "").lower(), "visible")
            self.tabs.append(_Tab(unescape(attrs.get("name", "")), state, relation_id(attrs)))
        elif tag == "workbookPr":
            self.date1904 = is_true(attrs.get("date1904"))
        elif tag == "definedName":
            self._name = unescape(attrs.get("name", "")) if "localSheetId" not in attrs else ""
        if len(self.tabs) > self.package.limits.entries or len(self.names) > self.package.limits.ranges:
            raise refuse("zip-too-large")

    def finish(self, tag: str, text: str) -> None:
        if tag == "definedName" and self._name:
            self.package.budget.keep(self._name, text)
            self.names.setdefault(self._name, unescape(text).strip())


class _Table(Texts):
    """One table part."""

    def __init__(self, package: Package) -> None:
        super().__init__(package)
        self.attrs: dict[str, str] = {}
        self.columns: list[str] = []

    def begin(self, tag: str, attrs: dict[str, str]) -> None:
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


def read_bytes(data: bytes, limits: Limits = Limits(), sought: Sought | None = None) -> Workbook:  # noqa: B008 - frozen
    """Read a whole workbook (.xlsx, .xlsm, .xltx; transitional or Strict) from its bytes.

    Pure: no disk, no network, nothing executed. Every stored value is returned, or the file is refused; where forms are
    `sought`, a sheet that none of them can stand on is only looked over (`SheetData.passed`). Raises Unreadable, and nothing
    else, with a stable code and one sentence for its sender (`refusal.REFUSALS`).
    """
    try:
        return _read(data, limits, sought)
    except Unreadable:
        raise
    except Exception as error:  # a reader must never stop a run (design law 6); `tests` fuzz for what ends here
        raise refuse("unexpected") from error


def _read(data: bytes, limits: Limits, sought: Sought | None) -> Workbook:
    package = Package(data, limits)
    root = relations(package, "")
    part = _part(package, root, "officeDocument", "xl/workbook.xml")
    if part not in package:
        raise refuse("not-a-workbook")
    contents = _Contents(package)
    space, root_tag = parse(package, part, contents, foreign="not-a-workbook")
    if root_tag != "workbook" or not contents.tabs:
        raise refuse("not-a-workbook")
    related = relations(package, part)
    shared = Shared(
        read_strings(package, _shared_part(package, related, "sharedStrings", "xl/sharedStrings.xml")),
        read_styles(package, _shared_part(package, related, "styles", "xl/styles.xml")),
        contents.date1904,
        limits,
        package.budget,
    )
    skim = Skim(sought, shared.strings, package.budget) if sought else None
    sheets, tables = _sheets(package, [(tab, related.get(tab.relation)) for tab in contents.tabs], shared, skim)
    core, custom = read_properties(
        package,
        (
            _part(package, root, "core-properties", "docProps/core.xml"),
            _part(package, root, "custom-properties", "docProps/custom.xml"),
        ),
    )
    active, xml = look(package)
    package.check_rest(xml)
    if not all(tab.relation for tab in contents.tabs) and OLD_MACROS not in active:
        active = (OLD_MACROS, *active)
    return Workbook(sheets, contents.names, tables, core, custom, contents.date1904, _STRICT in space, active)


def _part(package: Package, related: dict[str, Relation], kind: str, usual: str) -> str:
    """The part that a relationship of that kind names, else where programs usually keep it; it may be in neither place.

    Strict files write `coreProperties` and `customProperties` where others write a dash.
    """
    wanted = kind.replace("-", "").lower()
    named = [r.target for r in related.values() if r.kind.replace("-", "").lower() == wanted]
    return next((target for target in named if target in package), usual)


def _shared_part(package: Package, related: dict[str, Relation], kind: str, usual: str) -> str:
    """The same, for a part without which cells would be read wrongly: where it is named it must be there."""
    part = _part(package, related, kind, usual)
    if part not in package and any(r.kind == kind for r in related.values()):
        raise refuse("part-missing", part=part)
    return part


def _sheets(
    package: Package, tabs: list[tuple[_Tab, Relation | None]], shared: Shared, skim: Skim | None
) -> tuple[tuple[SheetData, ...], tuple[TableRef, ...]]:
    sheets: list[SheetData] = []
    tables: list[TableRef] = []
    seen: set[str] = set()
    room = shared.limits.cells
    for tab, relation in tabs:
        if not tab.relation:
            continue  # a module or dialogue sheet of Excel 5, which has no part and no cells
        if relation is None or relation.target not in package:
            raise refuse("sheet-missing", sheet=tab.name)
        if relation.kind != "worksheet":
            continue
        if tab.name.casefold() in seen:
            raise refuse("sheet-twice", sheet=tab.name)
        seen.add(tab.name.casefold())
        data = whole(package, relation.target)
        holds = skim.sees_none(data) if skim and data is not None else None
        if holds is not None:
            sheets.append(SheetData(tab.name, tab.state, {}, passed=holds))
            continue
        collector = Collector(tab.name, shared, room)
        found = read_sheet(package, relation.target, collector, data)
        room -= len(collector.cells)
        sheets.append(finished(tab.name, tab.state, collector, found))
        if found.tables:
            tables.extend(_tables(package, relation.target, tab.name, found.tables))
            if len(tables) > shared.limits.entries:
                raise refuse("zip-too-large")
    return tuple(sheets), tuple(tables)


def _tables(package: Package, part: str, sheet: str, ids: list[str]) -> list[TableRef]:
    related = relations(package, part)
    tables: list[TableRef] = []
    for name in dict.fromkeys(ids):
        if name in related:
            sink = _Table(package)
            parse(package, related[name].target, sink)
            table = sink.ref(sheet)
            tables.extend([table] if table else [])
    return tables
