"""What a workbook's cells look like: colours, bold, struck out, raised figures, and the addresses behind their words.

Only an import of old files asks for it, because people say things with colours there. It goes through the file once more,
so that reading a return costs nothing for it. What a conditional format would paint is not worked out, only told.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from workflow.reader.book import MAX_COL, Limits, Workbook
from workflow.reader.cells import address, box
from workflow.reader.colours import PALETTE, resolve_colour, theme_colours
from workflow.reader.package import Package
from workflow.reader.parts import Relation, relations, unescape
from workflow.reader.xmlread import Texts, is_true, parse, relation_id

At = tuple[int, int]

_WHITE = "FFFFFF"
_NO_PATTERN = ("none", "gray125", "gray0625")  # the second is in every file, as the format demands, and nobody chose it
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_WORDS_IN_SHAPE = re.compile(rb"<(?:\w+:)?t>[^<]*\S[^<]*</")


@dataclass(frozen=True, slots=True)
class SheetLook:
    """One worksheet's looks, by (row, column). Colours are RRGGBB; white and automatic are no colour."""

    fills: Mapping[At, str] = field(default_factory=dict)
    bold: frozenset[At] = frozenset()
    struck: frozenset[At] = frozenset()  # struck out as a whole
    texts: Mapping[At, str] = field(default_factory=dict)  # of cells with raised figures: "reports¹", not "reports1"
    links: Mapping[At, str] = field(default_factory=dict)  # the address that a click on the cell opens
    conditional: bool = False  # formats that follow the cells' values were set
    comments: int = 0
    shapes: bool = False  # text boxes or shapes with words lie over the cells


def read_looks(data: bytes, book: Workbook, limits: Limits = Limits()) -> dict[str, SheetLook]:  # noqa: B008 - frozen
    """The looks of each sheet of a workbook that was read, by its name.

    A blank cell counts only in a row that holds a value, and no further right than one column past the last value: a
    whole sheet painted is no answer. Raises Unreadable like `read_bytes`.
    """
    package = Package(data, limits)
    root = relations(package, "")
    part = _named(root, "officeDocument", package, "xl/workbook.xml")
    tabs = _Tabs(package)
    parse(package, part, tabs)
    related = relations(package, part)
    styles = _styles(package, related)
    raised = _Raised(package)
    if (strings := _named(related, "sharedStrings", package, "xl/sharedStrings.xml")) in package:
        parse(package, strings, raised)
    looks: dict[str, SheetLook] = {}
    for name, relation in tabs.found:
        sheet = book.sheet(name)
        target = related.get(relation)
        if sheet is not None and target is not None and target.target in package:
            wanted = _Wanted(frozenset(row for row, _ in sheet.cells), max((col for _, col in sheet.cells), default=0) + 1)
            sink = _Cells(package, styles, raised.found, wanted)
            parse(package, target.target, sink)
            looks[sheet.name] = _look(package, target.target, sink)
    return looks


def _named(related: Mapping[str, Relation], kind: str, package: Package, usual: str) -> str:
    return next((r.target for r in related.values() if r.kind == kind and r.target in package), usual)


def _look(package: Package, part: str, sink: _Cells) -> SheetLook:
    related = relations(package, part)
    comments = _Comments(package)
    shapes = False
    for relation in related.values():
        if relation.kind == "comments" and relation.target in package:
            parse(package, relation.target, comments)
        elif relation.kind == "drawing" and relation.target in package:
            shapes = shapes or bool(_WORDS_IN_SHAPE.search(package.read(relation.target)))
    addresses = _addresses(package, part) if sink.linked else {}
    links = {at: addresses[link] for at, link in sink.linked.items() if link in addresses}
    return SheetLook(
        sink.fills, frozenset(sink.bold), frozenset(sink.struck), sink.texts, links, sink.conditional, comments.count, shapes
    )


class _Tabs(Texts):
    def __init__(self, package: Package) -> None:
        super().__init__(package)
        self.found: list[tuple[str, str]] = []

    def begin(self, tag: str, attrs: dict[str, str]) -> None:
        if tag == "sheet":
            self.found.append((unescape(attrs.get("name", "")), relation_id(attrs)))


class _Comments(Texts):
    def __init__(self, package: Package) -> None:
        super().__init__(package)
        self.count = 0

    def begin(self, tag: str, attrs: dict[str, str]) -> None:
        self.count += tag == "comment"


class _Addresses(Texts):
    """The relationships that leave the package, which `relations` leaves out."""

    def __init__(self, package: Package) -> None:
        super().__init__(package)
        self.found: dict[str, str] = {}

    def begin(self, tag: str, attrs: dict[str, str]) -> None:
        if tag == "Relationship" and attrs.get("Type", "").endswith("/hyperlink"):
            self.package.budget.keep(attrs.get("Target", ""))
            self.found[attrs.get("Id", "")] = attrs.get("Target", "")


def _addresses(package: Package, part: str) -> dict[str, str]:
    folder, _, name = part.rpartition("/")
    sink = _Addresses(package)
    if (rels := f"{folder}/_rels/{name}.rels") in package:
        parse(package, rels, sink)
    return sink.found


@dataclass(frozen=True, slots=True)
class _Style:
    fill: str = ""
    bold: bool = False
    struck: bool = False

    def __bool__(self) -> bool:
        return bool(self.fill or self.bold or self.struck)


def _styles(package: Package, related: Mapping[str, Relation]) -> dict[str, _Style]:
    """The looks of every cell style that has any, by its number as the file writes it."""
    part, theme = _named(related, "styles", package, "xl/styles.xml"), _named(related, "theme", package, "xl/theme/theme1.xml")
    if part not in package:
        return {}
    sink = _Styles(package)
    parse(package, part, sink)
    colours = theme_colours(package.read(theme) if theme in package else b"")
    palette = (*sink.palette, *PALETTE[len(sink.palette) :])
    fills = [resolve_colour(attrs, colours, palette) for attrs in sink.fills]
    found: dict[str, _Style] = {}
    for number, (fill, font) in enumerate(sink.pairs):
        colour = fills[fill] if fill < len(fills) else ""
        bold, struck = sink.fonts[font] if font < len(sink.fonts) else (False, False)
        if style := _Style(colour if colour != _WHITE else "", bold, struck):
            found[str(number)] = style
    return found


class _Styles(Texts):
    """Fills as the attributes of their colour, fonts as (bold, struck out), cell styles as pairs of their numbers."""

    def __init__(self, package: Package) -> None:
        super().__init__(package)
        self.fills: list[dict[str, str]] = []
        self.fonts: list[tuple[bool, bool]] = []
        self.pairs: list[tuple[int, int]] = []
        self.palette: list[str] = []
        self._inside = ""
        self._pattern = ""

    def begin(self, tag: str, attrs: dict[str, str]) -> None:
        if tag in ("fills", "fonts", "cellXfs", "indexedColors"):
            self._inside = tag
        elif self._inside == "fills":
            self._fill(tag, attrs)
        elif self._inside == "fonts":
            self._font(tag, attrs)
        elif self._inside == "cellXfs" and tag == "xf":
            self.pairs.append((_number(attrs.get("fillId")), _number(attrs.get("fontId"))))
        elif self._inside == "indexedColors" and tag == "rgbColor":
            self.palette.append(resolve_colour(attrs, ()))

    def _fill(self, tag: str, attrs: dict[str, str]) -> None:
        if tag == "fill":
            self.fills.append({})
            self._pattern = ""
        elif tag == "patternFill":
            self._pattern = attrs.get("patternType", "none")
        elif self.fills and self._pattern not in _NO_PATTERN:
            second = tag == "color" or (tag == "bgColor" and self._pattern != "solid")  # of a gradient, the first
            if tag == "fgColor" or (second and not self.fills[-1]):
                self.fills[-1] = attrs

    def _font(self, tag: str, attrs: dict[str, str]) -> None:
        if tag == "font":
            self.fonts.append((False, False))
        elif tag in ("b", "strike") and self.fonts:
            bold, struck = self.fonts[-1]
            on = is_true(attrs.get("val", "1"))
            self.fonts[-1] = (on, struck) if tag == "b" else (bold, on)

    def finish(self, tag: str, text: str) -> None:
        if tag == self._inside:
            self._inside = ""


class _Raised(Texts):
    """The shared strings in which figures are raised, by their number: a footnote's mark must not become a digit."""

    def __init__(self, package: Package) -> None:
        super().__init__(package)
        self.found: dict[str, str] = {}
        self._count = 0
        self._runs: list[str] = []
        self._up = self._any = self._phonetic = False

    def begin(self, tag: str, attrs: dict[str, str]) -> None:
        if tag == "si":
            self._runs, self._any = [], False
        elif tag == "r":
            self._up = False
        elif tag == "vertAlign":
            self._up = attrs.get("val") == "superscript"
        elif tag == "rPh":
            self._phonetic = True

    def finish(self, tag: str, text: str) -> None:
        if tag == "t" and not self._phonetic:
            raised = self._up and text.strip().isdecimal() and text.isascii()
            self._any = self._any or raised
            self._runs.append(unescape(text).translate(_RAISED) if raised else unescape(text))
        elif tag == "r":
            self._up = False
        elif tag == "rPh":
            self._phonetic = False
        elif tag == "si":
            if self._any:
                self.package.budget.keep(*self._runs)
                self.found[str(self._count)] = "".join(self._runs)
            self._count += 1


@dataclass(frozen=True, slots=True)
class _Wanted:
    rows: Collection[int]
    last_col: int


class _Cells(Texts):
    """The cells of a sheet and their style numbers."""

    def __init__(self, package: Package, styles: Mapping[str, _Style], raised: Mapping[str, str], wanted: _Wanted) -> None:
        super().__init__(package)
        self.fills: dict[At, str] = {}
        self.bold: set[At] = set()
        self.struck: set[At] = set()
        self.texts: dict[At, str] = {}
        self.linked: dict[At, str] = {}
        self.conditional = False
        self._styles, self._raised, self._wanted = styles, raised, wanted
        self._row = self._col = 0
        self._shared = False

    def begin(self, tag: str, attrs: dict[str, str]) -> None:
        if tag == "c":
            at = address(attrs.get("r", ""))
            self._row, self._col = at or (self._row, min(self._col + 1, MAX_COL))
            self._shared = attrs.get("t") == "s"
            self._keep(self._styles.get(attrs.get("s", "0")))
        elif tag == "row":
            given = attrs.get("r", "")
            self._row, self._col = int(given) if given.isdecimal() else self._row + 1, 0
        elif tag == "conditionalFormatting":
            self.conditional = True
        elif tag == "hyperlink" and (area := box(attrs.get("ref", ""))) and relation_id(attrs):
            self.linked[area[:2]] = relation_id(attrs)

    def _keep(self, style: _Style | None) -> None:
        if style is None or self._row not in self._wanted.rows or self._col > self._wanted.last_col:
            return
        at = (self._row, self._col)
        self.package.budget.keep_cells(1)
        if style.fill:
            self.fills[at] = style.fill
        if style.bold:
            self.bold.add(at)
        if style.struck:
            self.struck.add(at)

    def finish(self, tag: str, text: str) -> None:
        if tag == "v" and self._shared and text.strip() in self._raised:
            self.texts[(self._row, self._col)] = self._raised[text.strip()]


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() else 0
