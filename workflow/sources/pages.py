"""A document's paragraphs and tables in their order, gathered into grids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from workflow.model import GridKind, OldGrid, Place, SourceCell, column_letters
from workflow.sources.words import Said, Story, read_paragraph, shade
from workflow.sources.wordtables import Box, lay_out
from workflow.sources.wordxml import Element, W, child, unwrapped

PROSE = "Text"
_LONGEST_LEAD = 150  # characters of a line above a table that is its title
_PAGE = re.compile(r"(page\s*)?\d{1,4}(\s*(of|/)\s*\d{1,4})?", re.IGNORECASE)  # "Page 3 of 9" in the text itself
_INDENT = "  "


@dataclass(slots=True)
class Content:
    """What stands in one cell."""

    said: list[Said] = field(default_factory=list)
    nested: list[Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Every paragraph on a line of its own, deeper lists set in."""
        least = min((s.mark.depth for s in self.said if s.mark and s.shown), default=0)
        lines = [_INDENT * (s.mark.depth - least if s.mark else 0) + s.shown for s in self.said]
        return "\n".join(lines).strip("\n") if any(s.shown for s in self.said) else ""

    def look(self) -> tuple[str, bool, bool]:
        """Colour, hidden and bold of the words as a whole."""
        spoken = [s for s in self.said if s.text]
        fills = {s.fill for s in spoken}
        one = fills.pop() if len(fills) == 1 else ""
        return one, bool(spoken) and all(s.hidden for s in spoken), bool(spoken) and all(s.bold for s in spoken)


class Pages:
    """Takes a document's body piece by piece; `grids` are its tables and, last, its text."""

    def __init__(self, file: str, story: Story) -> None:
        self.nested: list[tuple[str, str]] = []  # a table's cell, and the name of the table in it
        self._file, self._story = file, story
        self._tables: list[OldGrid] = []
        self._count = 0
        self._prose: list[SourceCell] = []
        self._heads: list[int] = []
        self._under: list[tuple[int, str]] = []  # level and text of the headings above
        self._lead = ""  # a line right above a table that looks like its title
        self._between = True  # whether there is text between the last table and here

    @property
    def grids(self) -> tuple[OldGrid, ...]:
        """All grids, the tables first."""
        if not self._prose:
            return tuple(self._tables)
        prose = OldGrid(self._file, PROSE, tuple(self._prose), kind=GridKind.PROSE, heads=tuple(self._heads))
        return (*self._tables, prose)

    def take(self, container: Element) -> None:
        """Take all that stands in the body, or in a text box."""
        for inner in unwrapped(container, self._story.tally):
            if inner.tag == W + "p":
                self._take_paragraph(inner)
            elif inner.tag == W + "tbl":
                self._count += 1
                self._take_table(inner, f"Table {self._count}")
            elif inner.tag == W + "altChunk":
                self._story.tally["files"] += 1

    def _take_paragraph(self, paragraph: Element) -> None:
        said = read_paragraph(paragraph, self._story)
        if said.shown:
            self._say(said, paragraph)
        for box in said.boxes:
            self.take(box)

    def _say(self, said: Said, paragraph: Element) -> None:
        styles = self._story.styles
        place = Place(self._file, PROSE, f"Paragraph {len(self._prose) + 1}")
        row = len(self._prose) + self._count + 1  # a table takes a row, so that one sees where it stood
        text = _INDENT * (said.mark.depth if said.mark else 0) + said.shown
        self._prose.append(SourceCell(place, row, 1, text, text, said.fill, said.hidden, bold=said.bold))
        level = styles.level(paragraph)
        if level:
            self._heads.append(row)
            self._under = [(above, title) for above, title in self._under if above < level]
            self._under.append((level, said.shown))
        title = not level and len(said.text) <= _LONGEST_LEAD and (said.bold or styles.is_caption(paragraph))
        if not _PAGE.fullmatch(said.text):
            self._between = True
            self._lead = said.shown if title else ""

    def _take_table(self, table: Element, name: str, inside: bool = False) -> None:
        layout = lay_out(table, self._story.tally)
        content = [(box, self._content(box)) for box in layout.boxes]
        cells = [c for box, found in content if (c := self._cell(box, found, name)) is not None]
        lead = (self._lead,) if self._lead else ()
        under = (*(title for _, title in self._under), *lead)
        goes_on = not self._between and not inside and bool(self._tables)
        self._tables.append(OldGrid(self._file, name, tuple(cells), under, heads=tuple(layout.heads), goes_on=goes_on))
        count = 0
        for box, found in content:
            for inner in found.nested:
                count += 1
                self.nested.append((f"{name}, cell {_ref(box)},", f"{name}.{count}"))
                self._take_table(inner, f"{name}.{count}", inside=True)
        self._between = bool(count)

    def _content(self, box: Box) -> Content:
        content = Content()
        for part in box.parts:
            self._gather(part, content)
        return content

    def _gather(self, container: Element, content: Content) -> None:
        for inner in unwrapped(container, self._story.tally):
            if inner.tag == W + "p":
                said = read_paragraph(inner, self._story)
                content.said.append(said)
                for box in said.boxes:
                    self._gather(box, content)
            elif inner.tag == W + "tbl":
                content.nested.append(inner)
            elif inner.tag == W + "altChunk":
                self._story.tally["files"] += 1

    def _cell(self, box: Box, content: Content, name: str) -> SourceCell | None:
        fill, hidden, bold = content.look()
        fill = next((s for part in box.parts if (s := shade(child(part, "tcPr/shd")))), fill)
        text = content.text
        if not text and not fill:
            return None
        place = Place(self._file, name, _ref(box))
        size = (box.rows, box.stop - box.start)
        return SourceCell(
            place, box.row, box.start + 1, text, text or None, fill, hidden or box.hidden, *size, bold=bold
        )  # fmt: skip


def _ref(box: Box) -> str:
    return f"{column_letters(box.start + 1)}{box.row}"


def paragraphs(container: Element, story: Story) -> Iterator[Said]:
    """All paragraphs in an element, those in tables and text boxes too, as they come: for furniture, whose layout says
    nothing."""
    for inner in unwrapped(container, story.tally):
        if inner.tag == W + "p":
            said = read_paragraph(inner, story)
            yield said
            for box in said.boxes:
                yield from paragraphs(box, story)
        elif inner.tag in (W + "tbl", W + "tr", W + "tc"):
            yield from paragraphs(inner, story)
