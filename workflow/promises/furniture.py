"""What stands in a text and is none of it: footnote marks, bullets and page furniture, set aside and told; drafting notes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import NamedTuple

from workflow import fields
from workflow.promises.marks import BULLETS

FOOTNOTE, PAGE, TITLE, BULLET, DRAFT = "footnote mark", "page number", "document title", "bullet", "drafting note"
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_UNIT = re.compile(r"(?:\b|\d)[kcm]?m$", re.IGNORECASE)  # "m²" is a unit
_BRACKETED = re.compile(r"\[\d{1,3}\]")
_GLUED = re.compile(r"(?<=[^\W\d_]{3})(\d{1,2})\b|(?<=[.,;:)”’])(\d{1,2})(?=\s|$)")
_P_A_G_E = r"(?:page|p\s?a\s?g\s?e)"
_PAGE_LINE = re.compile(
    rf"^[ \t]*(?:{_P_A_G_E}\s*[|:]?\s*\d{{1,4}}(?:\s*(?:of|/)\s*\d{{1,4}})?|\d{{1,4}}\s*\|\s*{_P_A_G_E}"
    r"|-\s?\d{1,4}\s?-)[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_PAGE_INSIDE = re.compile(r"\bPage \d{1,4} of \d{1,4}\b", re.IGNORECASE)
_BULLET = re.compile(rf"^[ \t]*[{re.escape(BULLETS)}](?=\s|[^\W\d_])", re.MULTILINE)
_NOTE = re.compile(
    r"\[[^\]\[]*[^\W\d_][^\]\[]*\]"
    r"|\([^()]*\b(?:to be (?:provided|confirmed|agreed|added|completed)|tbc|tba|check with)\b[^()]*\)"
    r"|\b(?:TBC|TBA|XX+)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Beside:
    """Something in a text that is not its own words: what, where it began, and whether it was taken out."""

    text: str
    kind: str
    at: int  # where it began in the text before it was taken out
    taken: bool = True


class Stripped(NamedTuple):
    """A text without marks and furniture, and all that was found, in the order of the kinds."""

    text: str
    asides: tuple[Beside, ...]


def strip_marks(text: str, *, notes: Collection[str] = (), title: str = "") -> Stripped:
    """Take out what is no word of the text: footnote marks, bullets, page numbers, the document's repeated `title`.

    `notes` are the numbers of the document's footnotes: a digit run into a word is one only where it is among them. Drafting
    notes are told and stay. Every character taken out is in the asides.
    """
    found: list[Beside] = []
    words = fields.fold(title)

    def take(kind: str, when: Callable[[re.Match[str]], bool] = bool) -> Callable[[re.Match[str]], str]:
        def taken(match: re.Match[str]) -> str:
            if not when(match):
                return match[0]
            found.append(Beside(match[0].strip(), kind, match.start()))
            return ""

        return taken

    text = _PAGE_LINE.sub(take(PAGE), text)
    text = _PAGE_INSIDE.sub(take(PAGE), text)
    if words:
        text = re.sub(r"^.+$", take(TITLE, lambda m: fields.fold(m[0]) == words), text, flags=re.MULTILINE)
    text = _RAISED.sub(
        take(FOOTNOTE, lambda m: not (m[0] in "²³" and _UNIT.search(m.string[max(0, m.start() - 4) : m.start()]))), text
    )
    text = _BRACKETED.sub(take(FOOTNOTE), text)
    if notes:
        text = _GLUED.sub(take(FOOTNOTE, lambda m: m[0] in notes), text)
    text = _BULLET.sub(take(BULLET), text)
    found += [Beside(m[0].strip(), DRAFT, m.start(), taken=False) for m in _NOTE.finditer(text)]
    if (asks := text.rstrip()).endswith("?"):
        at = max(asks.rfind(end, 0, len(asks) - 1) for end in ".!?\n") + 1
        if len(asks) - at > 3:
            found.append(Beside(asks[at:].strip(), DRAFT, at, taken=False))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return Stripped("\n".join(line for line in lines if line), tuple(found))
