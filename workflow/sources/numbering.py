"""The marks of a document's automatic lists, as a reader sees them: "1.", "1.3", "a)", "(iv)", "•".

The file stores which list and level a paragraph is in, and never the mark itself (ECMA-376 part 1, 17.9).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from workflow.sources.glyphs import glyph
from workflow.sources.wordstyles import Styles
from workflow.sources.wordxml import Element, W, attr, child, number

_LEVELS = 9
_PLACEHOLDER = re.compile(r"%([1-9])")
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"),
    (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_WORDS = "Zero One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve".split()  # noqa: SIM905 - reads better
_MOST_LETTERS, _MOST_ROMAN = 26 * 20, 4000


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands before a paragraph of a list, and how deep it is in the list, from 0."""

    text: str
    depth: int
    bullet: bool


@dataclass(frozen=True, slots=True)
class _Level:
    kind: str
    text: str
    start: int
    restart: int | None  # after which level it begins anew; 0 never, None after any above it
    plain: bool  # all numbers in it as 1, 2, 3
    style: str
    font: str


class Numbering:
    """The lists of one document, counted as its paragraphs come: ask for marks in the order of the text."""

    def __init__(self, part: Element | None, styles: Styles) -> None:
        """`part` is the root of the numbering part, None where there is none."""
        self._styles = styles
        self._lists: dict[str, str] = {}  # list -> what it is an instance of
        self._own: dict[tuple[str, int], int] = {}  # where a list says itself at which number a level starts
        self._levels: dict[tuple[str, int], _Level] = {}  # by list, where it changes them, or by what it is an instance of
        self._linked: dict[str, str] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._begun: set[tuple[str, int]] = set()
        for abstract in () if part is None else part.findall(W + "abstractNum"):
            name = "a" + attr(abstract, "abstractNumId")
            self._linked[name] = attr(child(abstract, "numStyleLink"), "val")
            self._take_levels(name, abstract)
        for num in () if part is None else part.findall(W + "num"):
            self._take_list(num)

    def _take_levels(self, name: str, holder: Element) -> None:
        for level in holder.findall(W + "lvl"):
            at = number(attr(level, "ilvl"))
            if 0 <= at < _LEVELS:
                self._levels[(name, at)] = _level(level)

    def _take_list(self, num: Element) -> None:
        name = attr(num, "numId")
        self._lists[name] = "a" + attr(child(num, "abstractNumId"), "val")
        for override in num.findall(W + "lvlOverride"):
            self._take_levels(name, override)
            start = child(override, "startOverride")
            if start is not None:
                self._own[(name, number(attr(override, "ilvl")))] = number(attr(start, "val"))

    def mark(self, paragraph: Element) -> Mark | None:
        """The mark before a paragraph, None where it is in no list. Counts on, so each paragraph is asked for once."""
        name, said, style = self._styles.list_of(paragraph)
        base = self._base(name)
        if not base:
            return None
        depth = number(said)
        if style and not said:
            depth = next((at for (own, at), lv in self._levels.items() if own == base and lv.style == style), 0)
        level = self._level(name, base, depth)
        if level is None or not 0 <= depth < _LEVELS:
            return None
        if level.kind == "bullet":
            shown = glyph(level.text[:1], level.font) if level.text.strip() else "•"
            return Mark("◦" if shown == "o" else shown if shown.isprintable() else "•", depth, True)
        self._count(name, base, depth)
        return Mark(self._shown(name, base, depth, level), depth, False)

    def _base(self, name: str, left: int = 5) -> str:
        """What a list is an instance of; through a list style where it only names one."""
        base = self._lists.get(name, "")
        link = self._linked.get(base, "")
        if link and left:
            return self._base(self._styles.list_of_style(link), left - 1) or base
        return base

    def _level(self, name: str, base: str, depth: int) -> _Level | None:
        return self._levels.get((name, depth)) or self._levels.get((base, depth))

    def _start(self, name: str, base: str, depth: int) -> int:
        level = self._level(name, base, depth)
        return self._own.get((name, depth), level.start if level else 1)

    def _count(self, name: str, base: str, depth: int) -> None:
        counts = self._counts.setdefault(base, [None] * _LEVELS)
        fresh = (name, depth) in self._own and (name, depth) not in self._begun
        self._begun.add((name, depth))
        now = counts[depth]
        counts[depth] = self._start(name, base, depth) if now is None or fresh else now + 1
        for above in range(depth):
            if counts[above] is None:
                counts[above] = self._start(name, base, above)
        for below in range(depth + 1, _LEVELS):
            level = self._level(name, base, below)
            after = level.restart if level else None
            if after is None or 0 < depth + 1 <= after:
                counts[below] = None

    def _shown(self, name: str, base: str, depth: int, level: _Level) -> str:
        counts = self._counts[base]

        def count(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            other = self._level(name, base, at)
            kind = "decimal" if level.plain or other is None else other.kind
            return spelled(counts[at] or 0, kind) if at <= depth else ""

        return _PLACEHOLDER.sub(count, level.text).strip()


def _level(element: Element) -> _Level:
    restart = child(element, "lvlRestart")
    fonts = child(element, "rPr/rFonts")
    return _Level(
        kind=attr(child(element, "numFmt"), "val", "decimal"),
        text=attr(child(element, "lvlText"), "val"),
        start=number(attr(child(element, "start"), "val", "1"), 1),
        restart=None if restart is None else number(attr(restart, "val")),
        plain=child(element, "isLgl") is not None,
        style=attr(child(element, "pStyle"), "val"),
        font=attr(fonts, "ascii") or attr(fonts, "hAnsi"),
    )


def spelled(count: int, kind: str) -> str:
    """A number as a list writes it; kinds that hardly anybody uses come as figures."""
    shown = str(count)
    match kind:
        case "none":
            shown = ""
        case "decimalZero":
            shown = f"{count:02d}"
        case "lowerLetter" | "upperLetter" if 0 < count <= _MOST_LETTERS:
            shown = chr(97 + (count - 1) % 26) * ((count - 1) // 26 + 1)
        case "lowerRoman" | "upperRoman" if 0 < count < _MOST_ROMAN:
            shown = _roman(count)
        case "ordinal":
            last = count % 10 if count % 100 not in (11, 12, 13) else 0
            shown = f"{count}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(last, 'th') }"
        case "cardinalText" if 0 <= count < len(_WORDS):
            shown = _WORDS[count]
    return shown.upper() if kind.startswith("upper") else shown


def _roman(count: int) -> str:
    shown = ""
    for value, letters in _ROMAN:
        times, count = divmod(count, value)
        shown += letters * times
    return shown
