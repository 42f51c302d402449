"""Word documents: the package and its parts, in the order of the text; one grid a table, one for the text, and furniture."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from workflow.errors import Unreadable
from workflow.model import GridKind, OldGrid, Place, SourceCell
from workflow.reader import Limits, whole_document
from workflow.sources.numbering import Numbering
from workflow.sources.pages import Pages, paragraphs
from workflow.sources.refusal import refuse
from workflow.sources.words import Said, Story
from workflow.sources.wordstyles import Styles
from workflow.sources.wordxml import Element, W, attr

if TYPE_CHECKING:
    from docx.opc.part import Part

# What was left out or taken on trust, in words, one and many of it.
_TOLD = (
    ("inserted", "1 tracked insertion was taken, though nobody accepted it yet.",
     "{} tracked insertions were taken, though nobody accepted them yet."),
    ("deleted", "1 tracked deletion was left out.", "{} tracked deletions were left out."),
    ("hidden", "1 paragraph holds hidden text; it was read like any other.",
     "{} paragraphs hold hidden text; it was read like any other."),
    ("struck", "1 piece of text is struck out; please check whether it still holds.",
     "{} pieces of text are struck out; please check whether they still hold."),
    ("prompts", "1 box still shows its prompt; it counts as empty.", "{} boxes still show their prompts; they count as empty."),
    ("comments", "1 comment beside the text was not read.", "{} comments beside the text were not read."),
    ("pictures", "1 picture was not read.", "{} pictures were not read."),
    ("charts", "1 chart was not read.", "{} charts were not read."),
    ("diagrams", "1 diagram was not read; its words are not here.", "{} diagrams were not read; their words are not here."),
    ("files", "1 file that was put into this document as a whole was not read: please import it by itself.",
     "{} files that were put into this document as wholes were not read: please import them by themselves."),
)  # fmt: skip
_FURNITURE = (("header", "Header"), ("footer", "Footer"))
_NOTES = (("footnote", "Footnote"), ("endnote", "Endnote"))


def read_document(data: bytes, file: str, limits: Limits) -> tuple[tuple[OldGrid, ...], tuple[str, ...]]:
    """The tables, the text and the furniture of a document as grids, and the notes. Raises Unreadable."""
    if whole_document(data, limits):
        raise refuse("strict-document")
    from docx.package import Package  # noqa: PLC0415 - takes its time to load

    try:
        return _read(Package.open(io.BytesIO(data)).main_document_part, file)
    except Unreadable:
        raise
    except Exception as error:  # what a damaged part leads the library to is not to be foreseen
        raise refuse("document-damaged") from error


def _read(main: Part, file: str) -> tuple[tuple[OldGrid, ...], tuple[str, ...]]:
    root = _root(main)
    body = None if root is None else root.find(W + "body")
    if body is None:
        raise refuse("document-damaged")
    styles = Styles(_root(_related(main, "styles")))
    story = Story(styles, Numbering(_root(_related(main, "numbering")), styles), _links(main))
    pages = Pages(file, story)
    pages.take(body)
    grids = [*pages.grids, *_noted(main, file, story), *_furniture(main, file, story)]
    if not any(grid.cells for grid in grids):
        raise refuse("file-empty")
    comments = _root(_related(main, "comments"))
    story.tally["comments"] = 0 if comments is None else len(comments.findall(W + "comment"))
    told = [one if story.tally[what] == 1 else many.format(story.tally[what]) for what, one, many in _TOLD if story.tally[what]]
    nested = [f"{cell} holds a table of its own, which was read as {name}." for cell, name in pages.nested]
    return tuple(grids), (*told, *nested)


def _related(part: Part, kind: str) -> Part | None:
    """The part that a relationship of that kind leads to."""
    return next(iter(_all_related(part, kind)), None)


def _all_related(part: Part, kind: str) -> list[Part]:
    return [r.target_part for r in part.rels.values() if not r.is_external and r.reltype.rpartition("/")[2] == kind]


def _root(part: Part | None) -> Element | None:
    """The root element of a part; a part that the library has no class for holds only its bytes."""
    from docx.oxml.parser import parse_xml  # noqa: PLC0415

    if part is None:
        return None
    element: Element | None = getattr(part, "element", None)
    return element if element is not None else parse_xml(part.blob)


def _links(part: Part) -> dict[str, str]:
    """The addresses that the links in a part lead to."""
    return {name: r.target_ref for name, r in part.rels.items() if r.is_external and r.reltype.endswith("/hyperlink")}


def _noted(main: Part, file: str, story: Story) -> Iterator[OldGrid]:
    """Footnotes and endnotes, each kind a grid, with their marks before them."""
    for kind, name in _NOTES:
        part = _related(main, kind + "s")
        root = _root(part)
        if part is None or root is None:
            continue
        own = Story(story.styles, story.numbering, _links(part), story.tally, story.notes)
        found: list[tuple[int, str, Said]] = []
        for note in root.findall(W + kind):
            if attr(note, "type", "normal") == "normal":
                name_of = attr(note, "id")
                mark = story.note_mark(kind, name_of)
                text = [said for said in paragraphs(note, own) if said.shown]
                found += [(story.notes[(kind, name_of)], mark if n == 0 else "", said) for n, said in enumerate(text)]
        found.sort(key=lambda one: one[0])
        yield from _grid(file, name, [(f"{mark} {said.shown}".strip(), said) for _, mark, said in found])


def _furniture(main: Part, file: str, story: Story) -> Iterator[OldGrid]:
    """Page headers and footers, each kind a grid; what is the same in several sections comes once."""
    for kind, name in _FURNITURE:
        found: dict[str, Said] = {}
        for part in _all_related(main, kind):
            root = _root(part)
            if root is not None:
                own = Story(story.styles, story.numbering, _links(part), story.tally, story.notes)
                found |= {said.shown: said for said in paragraphs(root, own) if said.shown}
        yield from _grid(file, name, list(found.items()))


def _grid(file: str, name: str, lines: Iterable[tuple[str, Said]]) -> Iterator[OldGrid]:
    cells = tuple(
        SourceCell(Place(file, f"{name}s", f"{name} {n}"), n, 1, text, text, said.fill, said.hidden, bold=said.bold)
        for n, (text, said) in enumerate(lines, 1)
    )
    if cells:
        yield OldGrid(file, f"{name}s", cells, kind=GridKind.FURNITURE)
