"""Bytes to a Workbook: what stands where in the package, and in which order it is read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from workflow.errors import Unreadable
from workflow.reader.active import OLD_MACROS, look
from workflow.reader.book import Limits, Workbook
from workflow.reader.known import part_once
from workflow.reader.locate import Sought
from workflow.reader.package import Package
from workflow.reader.parts import Relation, Shared, read_properties, read_strings, read_styles, relations, unescape
from workflow.reader.refusal import refuse
from workflow.reader.sheets import Tab, read_sheets
from workflow.reader.xmlread import Texts, is_true, parse, relation_id

_STATES = {"hidden": "hidden", "veryhidden": "veryHidden"}
_STRICT = "purl.oclc.org"


@dataclass(frozen=True, slots=True)
class _Tab:
    name: str
    state: str
    relation: str


@dataclass(slots=True)
class _Contents:
    """What the workbook part says."""

    tabs: list[_Tab] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    date1904: bool = False


class _ContentsSink(Texts):
    def __init__(self, package: Package) -> None:
        super().__init__(package)
        self.found = _Contents()
        self._name = ""

    def begin(self, tag: str, attrs: dict[str, str]) -> None:
        if tag == "sheet":
            state = _STATES.get(attrs.get("state", "").lower(), "visible")
            self.found.tabs.append(_Tab(unescape(attrs.get("name", "")), state, relation_id(attrs)))
        elif tag == "workbookPr":
            self.found.date1904 = is_true(attrs.get("date1904"))
        elif tag == "definedName":
            self._name = unescape(attrs.get("name", "")) if "localSheetId" not in attrs else ""
        if len(self.found.tabs) > self.package.limits.entries or len(self.found.names) > self.package.limits.ranges:
            raise refuse("zip-too-large")

    def finish(self, tag: str, text: str) -> None:
        if tag == "definedName" and self._name:
            self.package.budget.keep(self._name, text)
            self.found.names.setdefault(self._name, unescape(text).strip())


def read_bytes(
    data: bytes,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    sought: Sought | None = None,
    aside: Collection[str] = (),
) -> Workbook:
    """Read a whole workbook (.xlsx, .xlsm, .xltx; transitional or Strict) from its bytes.

    Pure: no disk, no network, nothing executed. Every stored value is returned, or the file is refused; where forms are
    `sought`, a sheet that none of them can stand on is only looked over (`SheetData.passed`). Those that `aside` names are
    not even that: it is for workbooks of our own. Raises Unreadable, and nothing else, with a stable code and one sentence
    for its sender (`refusal.REFUSALS`).
    """
    try:
        return _read(data, limits, sought, aside)
    except Unreadable:
        raise
    except Exception as error:  # a reader must never stop a run (design law 6); `tests` fuzz for what ends here
        raise refuse("unexpected") from error


def _read(data: bytes, limits: Limits, sought: Sought | None, aside: Collection[str]) -> Workbook:
    package = Package(data, limits)
    root = relations(package, "")
    part = _part(package, root, "officeDocument", "xl/workbook.xml")
    if part not in package:
        raise refuse("not-a-workbook")
    contents, space, root_tag = _contents(package, part)
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
    tabs = [Tab(tab.name, tab.state, _sheet_part(package, tab, related)) for tab in contents.tabs if tab.relation]
    sheets, tables = read_sheets(package, [tab for tab in tabs if tab.part], shared, (sought, contents.names, aside))
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


def _contents(package: Package, part: str) -> tuple[_Contents, str, str]:
    """What the workbook part says, and the namespace and name of its root element."""

    def read(chunks: Iterable[bytes] | None) -> tuple[_Contents, str, str]:
        sink = _ContentsSink(package)
        space, root = parse(package, part, sink, chunks, foreign="not-a-workbook")
        return sink.found, space, root

    return part_once(package, part, "workbook", read)


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


def _sheet_part(package: Package, tab: _Tab, related: dict[str, Relation]) -> str:
    """Where a tab's worksheet is; "" for a chart sheet and the like. Raises Unreadable: sheet-missing."""
    relation = related.get(tab.relation)
    if relation is None or relation.target not in package:
        raise refuse("sheet-missing", sheet=tab.name)
    return relation.target if relation.kind == "worksheet" else ""
