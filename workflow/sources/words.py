"""The words of one paragraph of a Word document, as a reader sees them.

Runs, fields, links, symbols, footnote marks, boxes to tick; what tracked changes put in is taken, what they took out is not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from workflow import fields
from workflow.sources.glyphs import glyph, glyphs, raised
from workflow.sources.numbering import Mark, Numbering, spelled
from workflow.sources.wordstyles import Styles
from workflow.sources.wordxml import MATHS, Element, R, W, attr, child, number, switch, unwrapped

_HIGHLIGHTS = {
    "red": "FF0000", "yellow": "FFFF00", "green": "00FF00", "blue": "0000FF", "cyan": "00FFFF", "magenta": "FF00FF",
    "darkRed": "8B0000", "darkYellow": "808000", "darkGreen": "006400", "darkBlue": "00008B", "darkCyan": "008B8B",
    "darkMagenta": "800080", "black": "000000", "darkGray": "A9A9A9", "lightGray": "D3D3D3",
}  # fmt: skip
_PLAIN = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_GRAPHICS = {"chart": "charts", "diagram": "diagrams"}


@dataclass(slots=True)
class Said:
    """One paragraph: its words without its list's mark, and what they look like as a whole."""

    text: str
    mark: Mark | None = None
    bold: bool = False
    hidden: bool = False
    fill: str = ""
    boxes: list[Element] = field(default_factory=list)  # text boxes that hang on it

    @property
    def shown(self) -> str:
        """The words with the mark before them. An empty line of a numbered list is its number, of a bulleted list nothing."""
        if self.mark is None or (not self.text and self.mark.bullet):
            return self.text
        return f"{self.mark.text} {self.text}".strip()


@dataclass(slots=True)
class Field:
    """A field that is open: a link, a page number, a box to tick. Its code ends where its result begins."""

    code: str = ""
    in_code: bool = True
    start: int = 0  # pieces of the paragraph before its result


@dataclass(slots=True)
class _Piece:
    text: str
    bold: bool
    hidden: bool
    fill: str


@dataclass(slots=True)
class Story:
    """What goes on from paragraph to paragraph in one part of a document: lists, notes, fields, and what was left out."""

    styles: Styles
    numbering: Numbering
    links: Mapping[str, str]  # relationship -> address
    tally: Counter[str] = field(default_factory=Counter)
    notes: dict[tuple[str, str], int] = field(default_factory=dict)  # ("footnote", id) -> its number
    fields: list[Field] = field(default_factory=list)

    def note_mark(self, kind: str, name: str) -> str:
        """The mark of a footnote or endnote, numbered in the order of the text."""
        count = sum(1 for known, _ in self.notes if known == kind)
        at = self.notes.setdefault((kind, name), count + 1)
        return "".join(raised(c) for c in spelled(at, "decimal" if kind == "footnote" else "lowerRoman"))


def read_paragraph(paragraph: Element, story: Story) -> Said:
    """The words of a paragraph; see `Said`."""
    words = _Words(story, story.styles.of_paragraph(paragraph))
    words.walk(paragraph)
    story.fields = [f for f in story.fields if not f.in_code]  # a code does not run on over paragraphs
    for open_field in story.fields:
        open_field.start = 0
    pieces = [p for p in words.pieces if p.text.strip()]
    text = fields.clean("".join(p.text for p in words.pieces))
    gone = switch(child(paragraph, "pPr/rPr"), "del") and not text
    fills = {p.fill for p in pieces}
    if any(p.hidden for p in pieces):
        story.tally["hidden"] += 1
    return Said(
        text,
        None if gone else story.numbering.mark(paragraph),
        bool(pieces) and all(p.bold for p in pieces),
        bool(pieces) and all(p.hidden for p in pieces),
        (fills.pop() if len(fills) == 1 else "") or shade(child(paragraph, "pPr/shd")),
        words.boxes,
    )


class _Words:
    """Collects the pieces of one paragraph."""

    def __init__(self, story: Story, style: str) -> None:
        self.story = story
        self.style = style
        self.pieces: list[_Piece] = []
        self.boxes: list[Element] = []

    def walk(self, element: Element) -> None:
        for inner in unwrapped(element, self.story.tally):
            tag = str(inner.tag)
            if tag == W + "r":
                self._run(inner)
            elif tag in (W + "hyperlink", W + "fldSimple"):
                start = len(self.pieces)
                self.walk(inner)
                self._add_address(start, self.story.links.get(inner.get(R + "id", ""), "") or _link(attr(inner, "instr")))
            elif tag == W + "ruby":
                self.walk(base) if (base := inner.find(W + "rubyBase")) is not None else None
            elif tag.startswith(MATHS):
                self._say("".join(str(t.text or "") for t in inner.iter(MATHS + "t")))

    def _run(self, run: Element) -> None:
        story, properties = self.story, child(run, "rPr")
        styles = (attr(child(properties, "rStyle"), "val"), self.style)
        look = _Piece(
            "",
            story.styles.is_on("b", properties, styles),
            story.styles.is_on("vanish", properties, styles),
            shade(child(properties, "shd")) or _HIGHLIGHTS.get(attr(child(properties, "highlight"), "val"), ""),
        )
        if story.styles.is_on("strike", properties, ()):
            story.tally["struck"] += 1
        fonts = child(properties, "rFonts")
        font = attr(fonts, "ascii") or attr(fonts, "hAnsi")
        up = story.styles.raised(properties, styles[0])
        for inner in unwrapped(run, story.tally):
            text = self._inside(inner, font)
            if text and not any(f.in_code for f in story.fields[:-1]):
                self._say(raised(text) if up else text, look)

    def _inside(self, inner: Element, font: str) -> str:
        """The text of one thing in a run; what opens and closes fields, and holds boxes and pictures, is noted."""
        tag = str(inner.tag)
        name = tag.removeprefix(W)
        if name == "t":
            return glyphs(str(inner.text or ""), font)
        if name in _PLAIN:
            return _PLAIN[name]
        if name == "sym":
            code = attr(inner, "char")
            return glyph(chr(int(code, 16)), attr(inner, "font")) if code and len(code) <= 4 else ""
        if name in ("footnoteReference", "endnoteReference"):
            own_mark = attr(inner, "customMarkFollows") in ("1", "true")
            return "" if own_mark else self.story.note_mark(name.removesuffix("Reference"), attr(inner, "id"))
        if name == "instrText":
            if self.story.fields:
                self.story.fields[-1].code += str(inner.text or "")
        elif name == "fldChar":
            return self._field(inner)
        elif name in ("drawing", "pict", "object"):
            self._drawn(inner)
        return ""

    def _field(self, mark: Element) -> str:
        open_fields = self.story.fields
        match attr(mark, "fldCharType"):
            case "begin":
                open_fields.append(Field(start=len(self.pieces)))
                return _box(child(mark, "ffData"))
            case "separate" if open_fields:
                open_fields[-1].in_code, open_fields[-1].start = False, len(self.pieces)
            case "end" if open_fields:
                ended = open_fields.pop()
                self._add_address(ended.start, _link(ended.code))
        return ""

    def _drawn(self, drawing: Element) -> None:
        boxes = list(_boxes(drawing))
        self.boxes.extend(boxes)
        if not boxes:
            kinds = [str(e.get("uri", "")).rpartition("/")[2] for e in drawing.iter() if str(e.tag).endswith("}graphicData")]
            self.story.tally[next((_GRAPHICS[k] for k in kinds if k in _GRAPHICS), "pictures")] += 1

    def _say(self, text: str, look: _Piece | None = None) -> None:
        look = look or _Piece("", False, False, "")
        self.pieces.append(_Piece(text, look.bold, look.hidden, look.fill))

    def _add_address(self, start: int, address: str) -> None:
        """Put a link's address behind its words, where they do not say it."""
        address = address.removeprefix("mailto:")
        said = "".join(p.text for p in self.pieces[start:])
        if address and said.strip() and address.rstrip("/") not in said:
            last = self.pieces[-1]
            self.pieces.append(_Piece(f" ({address})", last.bold, last.hidden, last.fill))


def _boxes(element: Element) -> Iterator[Element]:
    """The contents of the text boxes in a drawing, each once: newer and older programs' copies are alternatives."""
    for inner in unwrapped(element, Counter()):
        if inner.tag == W + "txbxContent":
            yield inner
        else:
            yield from _boxes(inner)


def _link(code: str) -> str:
    """The address in a field's code: HYPERLINK "https://report.example"."""
    words = code.strip().split(None, 1)
    if len(words) < 2 or words[0].upper() != "HYPERLINK" or not words[1].startswith('"'):
        return ""
    return words[1][1:].partition('"')[0]


def _box(data: Element | None) -> str:
    """An old form's box to tick, or its list to choose from."""
    if (tick := child(data, "checkBox")) is not None:
        told = switch(tick, "checked")
        return "☑" if (told if told is not None else switch(tick, "default")) else "☐"
    if (choice := child(data, "ddList")) is not None:
        entries = [attr(e, "val") for e in choice.findall(W + "listEntry")]
        at = number(attr(child(choice, "result"), "val"))
        return entries[at] if 0 <= at < len(entries) else ""
    return ""


def shade(shading: Element | None) -> str:
    """The colour of a shading, RRGGBB; "" for none, white and automatic."""
    pattern = attr(shading, "val")
    colour = attr(shading, "color" if pattern == "solid" else "fill").upper()
    known = len(colour) == 6 and all(c in "0123456789ABCDEF" for c in colour)
    return colour if known and colour != "FFFFFF" and pattern != "nil" else ""
