"""What a workbook holds that could act by itself: macros, links, queries, embedded files.

None of it is ever run, followed or kept: only values leave the reader. It is told, from the names, the content types and the
relationships of the package's parts, so that a person may know what kind of file came.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

from workflow.errors import Unreadable
from workflow.reader.known import part_once
from workflow.reader.package import OUTSIDE, Package, resolve
from workflow.reader.parts import note_kinds
from workflow.reader.xmlread import Elements, parse

OLD_MACROS = "old-style macro sheets"
# The words for a person, and what tells: kinds of relationship and elements of a link's part; how the names of parts begin;
# what stands in content types.
_TOLD: tuple[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    ("macros", ("vbaproject",), ("xl/vbaproject",), ("vbaproject",)),
    (
        OLD_MACROS,
        ("xlmacrosheet", "xlintlmacrosheet", "dialogsheet"),
        ("xl/macrosheets/", "xl/dialogsheets/"),
        ("macrosheet+", "dialogsheet+"),
    ),
    ("links to other workbooks", ("externalbook",), (), ()),
    ("DDE links", ("ddelink",), (), ()),
    ("links to other programs", ("olelink",), (), ()),
    (
        "data connections",
        ("connections", "querytable", "powerpivotdata"),
        ("xl/connections", "xl/querytables/", "xl/model/"),
        (".connections+", ".querytable+"),
    ),
    ("embedded files", ("oleobject", "package"), ("xl/embeddings/",), ("oleobject",)),
    ("controls", ("control", "ctrlprop"), ("xl/activex/", "xl/ctrlprops/"), ("activex", "controlproperties")),
    ("add-ins", ("webextension", "webextensiontaskpanes"), ("xl/webextensions/",), ("webextension",)),
    ("linked pictures", ("image" + OUTSIDE,), (), ()),
    ("links to other files", ("oleobject" + OUTSIDE, "package" + OUTSIDE, "attachedtemplate" + OUTSIDE), (), ()),
)
_TYPES_PART = "[content_types].xml"
_LINK_PARTS = "xl/externallinks/"
_PICTURE = "image/svg+xml"  # is XML, and has a document type in good faith


class _Types(Elements):
    """The content types: by a part's name, or by the ending of names."""

    def __init__(self, package: Package) -> None:
        super().__init__(package)
        self.names: dict[str, str] = {}
        self.endings: dict[str, str] = {}

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        """Take what an element says."""
        said = attrs.get("ContentType", "").lower()
        if tag == "Override":
            name = resolve("", attrs.get("PartName", "")).lower()
            self.package.budget.keep(name, said)
            self.names[name] = said
        elif tag == "Default":
            ending = attrs.get("Extension", "").lower()
            self.package.budget.keep(ending, said)
            self.endings[ending] = said

    def read(self, chunks: Iterable[bytes] | None) -> tuple[dict[str, str], dict[str, str]]:
        """Go through the part."""
        parse(self.package, _TYPES_PART, self, chunks)
        return self.names, self.endings

    def of(self, name: str) -> str:
        """The content type of a part, "" where none is given."""
        return self.names.get(name) or self.endings.get(name.rpartition(".")[2], "")


class _Elements(Elements):
    """The names of a part's elements, in small letters."""

    def __init__(self, package: Package) -> None:
        super().__init__(package)
        self.found: set[str] = set()

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        """Take what an element says."""
        self.found.add(tag.lower())


def look(package: Package) -> tuple[tuple[str, ...], frozenset[str]]:
    """What could act by itself, in plain words, and the names of all parts that are XML by their content type.

    Comes last: what was read before need not be read again. Raises Unreadable for what no part may hold (a document type,
    too much of anything). A part that is not well-formed, and was not needed to read the values, just tells nothing.
    """
    types = _Types(package)
    if _TYPES_PART in package:
        with _tolerated(package, _TYPES_PART):
            types.names, types.endings = part_once(package, _TYPES_PART, "types", types.read)
    said = {name: types.of(name) for name in package.names}
    links = _Elements(package)
    for name in package.unread:
        with _tolerated(package, name):
            if name.endswith(".rels"):
                note_kinds(package, name)
            elif name.startswith(_LINK_PARTS) or "externallink+" in said[name]:
                parse(package, name, links)
    xml = frozenset(name for name, type_ in said.items() if type_.endswith(("+xml", "/xml")) and type_ != _PICTURE)
    return tuple(_words(package.kinds | links.found, package.names, set(said.values()))), xml


def _words(told: set[str], names: Collection[str], types: set[str]) -> Iterator[str]:
    all_names, all_types = "\n".join(("", *names)), "\n".join(types)  # no mark holds a new line
    for words, by_told, by_name, by_type in _TOLD:
        if (
            not told.isdisjoint(by_told)
            or any(f"\n{mark}" in all_names for mark in by_name)
            or any(mark in all_types for mark in by_type)
        ):
            yield words


@contextmanager
def _tolerated(package: Package, part: str) -> Iterator[None]:
    try:
        yield
    except Unreadable as error:
        if error.code != "xml-malformed":
            raise
        package.unread_again(part)
