"""The names of WordprocessingML, and the ways around what a document wraps its paragraphs and tables in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from lxml.etree import _Element

Element: TypeAlias = "_Element"  # its library takes its time to load

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
MATHS = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"

# What may stand around anything: its children count as if it were not there.
WRAPPERS = frozenset(W + name for name in ("customXml", "smartTag", "sdtContent", "bdo", "dir", "ins", "moveTo"))
DELETED = frozenset(W + name for name in ("del", "moveFrom"))
_TAKEN = frozenset((W + "ins", W + "moveTo"))


def attr(element: Element | None, name: str, default: str = "") -> str:
    """The value of a `w:` attribute as text."""
    return default if element is None else str(element.get(W + name, default))


def child(element: Element | None, path: str) -> Element | None:
    """The first descendant along a path of `w:` names, "pPr/numPr/numId"."""
    for name in path.split("/"):
        element = None if element is None else element.find(W + name)
    return element


def switch(properties: Element | None, name: str) -> bool | None:
    """An on-off property: None where nothing is said of it."""
    found = child(properties, name)
    return None if found is None else attr(found, "val", "1") not in ("0", "false", "off")


def number(text: str, default: int = 0) -> int:
    """A whole number as the format writes it; `default` where it is none."""
    return int(text) if text.lstrip("-").isascii() and text.lstrip("-").isdigit() and len(text) < 10 else default


def unwrapped(element: Element, tally: Counter[str]) -> Iterator[Element]:
    """The children of an element, looked for inside content controls, accepted-for-now insertions and the like.

    Counts in `tally` what was taken as inserted, and left out as deleted or as a prompt of an empty box.
    """
    for inner in element:
        tag = inner.tag
        if not isinstance(tag, str):
            continue  # a comment or processing instruction
        if tag in DELETED:
            tally["deleted"] += 1
        elif tag == W + "sdt":
            if switch(child(inner, "sdtPr"), "showingPlcHdr"):
                tally["prompts"] += 1
            elif (content := inner.find(W + "sdtContent")) is not None:
                yield from unwrapped(content, tally)
        elif tag in WRAPPERS:
            tally["inserted"] += tag in _TAKEN
            yield from unwrapped(inner, tally)
        elif tag == MC + "AlternateContent":
            yield from _one_of(inner, tally)
        else:
            yield inner


def _one_of(alternatives: Element, tally: Counter[str]) -> Iterator[Element]:
    """The same content stands there twice, for newer and for older programs: the first that holds anything."""
    for choice in alternatives:
        if isinstance(choice.tag, str) and len(choice):
            yield from unwrapped(choice, tally)
            return
