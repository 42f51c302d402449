"""One way into XML: expat with namespaces, no document types, limits on all that grows, and no exception but `Unreadable`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol
from xml.parsers import expat

from workflow.reader.package import Package
from workflow.reader.refusal import refuse

# The namespaces whose elements we read, transitional and Strict (ECMA-376 parts 4 and 1). Elements of any other
# namespace come as "", so that an extension's element is never taken for one of ours.
MAIN = ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main")
_RELATION_ID = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships id",
    "http://purl.oclc.org/ooxml/officeDocument/relationships id",
)
_KNOWN = frozenset(
    (
        *MAIN,
        "http://schemas.openxmlformats.org/package/2006/relationships",
        "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
        "http://purl.org/dc/elements/1.1/",
        "http://purl.org/dc/terms/",
        "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties",
        "http://purl.oclc.org/ooxml/officeDocument/customProperties",
        "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes",
        "http://purl.oclc.org/ooxml/officeDocument/docPropsVTypes",
        "http://schemas.openxmlformats.org/package/2006/content-types",
    )
)

_CHUNK = 2**18
# A tag or comment that does not end is kept, and looked through again with every further piece of it. The longest that
# programs write, the range of a conditional format, has some thousand characters.
_LONGEST_TOKEN = 2**21  # bytes
_MOST_NAMES = 10_000  # of different elements and attributes; all of SpreadsheetML has about 1,500
MOST_PIECES = 8  # of one text, each of `buffer_size`; a cell's text has at most 32,767 characters


class Sink(Protocol):
    """What receives the elements of one part. `tag` is the local name, "" for an element of a foreign namespace."""

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        """An element starts."""

    def text(self, data: str) -> None:
        """Some of the text of the innermost element; it may come in pieces."""

    def end(self, tag: str) -> None:
        """An element ends."""


class Elements:
    """A Sink that is told only where elements begin; texts and ends cost it nothing."""

    def __init__(self, package: Package) -> None:
        self.package = package

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        """An element starts."""


class Texts:
    """A Sink that keeps the text of the innermost element; for parts small enough that convenience wins."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self._said: list[str] = []

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        """Begin an element, and forget the text before it."""
        self._said.clear()
        self.begin(tag, attrs)

    def text(self, data: str) -> None:
        """Keep the text."""
        self._said.append(data)
        if len(self._said) > MOST_PIECES:
            raise refuse("zip-too-large")

    def end(self, tag: str) -> None:
        """Finish an element with the text that stood in it."""
        self.finish(tag, "".join(self._said))
        self._said.clear()

    def begin(self, tag: str, attrs: dict[str, str]) -> None:
        """An element starts."""

    def finish(self, tag: str, text: str) -> None:
        """An element ends; `text` is what stood in it after its last child."""


def parse(
    package: Package, part: str, sink: Sink | Elements, chunks: Iterable[bytes] | None = None, foreign: str = "xml-malformed"
) -> tuple[str, str]:
    """Give every element of a part to `sink`; returns its root element as namespace and local name.

    `chunks` are the part's bytes where they are at hand, or what is left of them. Raises Unreadable: xml-doctype,
    xml-too-deep, xml-malformed, too-many-cells and zip-too-large for what no return holds, and `foreign` for a root element
    of a foreign namespace, which would otherwise read as an empty part.
    """
    names: dict[str, str] = {}
    parser = expat.ParserCreate(namespace_separator=" ", intern=names)
    tags = _Tags()
    handlers = _handlers(sink, tags, package.limits.depth, part)
    parser.StartElementHandler, parser.EndElementHandler = handlers
    if not isinstance(sink, Elements):
        parser.buffer_text = True
        parser.buffer_size = 2**17
        parser.CharacterDataHandler = sink.text
    parser.StartDoctypeDeclHandler = _doctype
    fed = 0
    try:
        for chunk in _pieces(package.chunks(part) if chunks is None else chunks):
            package.budget.markup(chunk)
            parser.Parse(chunk, False)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > _LONGEST_TOKEN or len(names) > _MOST_NAMES:
                raise refuse("zip-too-large")
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as error:  # LookupError: an encoding nobody knows
        raise refuse("xml-malformed", part=part) from error
    space, _, root = next(iter(tags)).rpartition(" ")
    if space not in _KNOWN:
        raise refuse(foreign, part=part)
    return space, root


def well_formed(package: Package, part: str, data: bytes) -> None:
    """See that a small part is well-formed. Raises Unreadable: xml-malformed, xml-doctype, too-many-cells."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _doctype
    package.budget.markup(data)
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise refuse("xml-malformed", part=part) from error


class _Tags(dict[str, str]):
    """The local names of elements by what expat calls them; "" for those of a foreign namespace."""

    def __missing__(self, name: str) -> str:
        space, _, local = name.rpartition(" ")
        tag = self[name] = local if space in _KNOWN else ""
        return tag


def _handlers(
    sink: Sink | Elements, tags: _Tags, deepest: int, part: str
) -> tuple[Callable[[str, dict[str, str]], None], Callable[[str], None]]:
    """What expat calls at the start and at the end of each element."""
    depth, begin = 0, sink.start
    finish = None if isinstance(sink, Elements) else sink.end

    def start(name: str, attrs: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > deepest:
            raise refuse("xml-too-deep", part=part)
        begin(tags[name], attrs)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        if finish:
            finish(tags[name])

    return start, end


def _doctype(*_: object) -> None:
    raise refuse("xml-doctype")


def _pieces(chunks: Iterable[bytes]) -> Iterable[bytes]:
    for chunk in chunks:
        for at in range(0, len(chunk), _CHUNK):
            yield chunk[at : at + _CHUNK]


def relation_id(attrs: dict[str, str]) -> str:
    """The value of the attribute r:id, "" where there is none."""
    return attrs.get(_RELATION_ID[0]) or attrs.get(_RELATION_ID[1], "")


def is_true(text: str | None) -> bool:
    """An XML boolean (xsd:boolean); an absent one is false."""
    return text is not None and text.strip() in ("1", "true")
