"""What a document's styles say of its paragraphs and runs: bold, hidden, raised, level of heading, list."""

from __future__ import annotations

from collections.abc import Iterator

from workflow.sources.wordxml import Element, W, attr, child, number, switch

_MOST = 20  # styles that follow from one another; a circle of them must end
_BODY = 9  # the outline level of ordinary text


class Styles:
    """The styles of one document."""

    def __init__(self, part: Element | None) -> None:
        """`part` is the root of the styles part, None where there is none."""
        self._styles: dict[str, Element] = {}
        self._usual = ""
        for style in () if part is None else part.findall(W + "style"):
            name = attr(style, "styleId")
            self._styles[name] = style
            if attr(style, "type") == "paragraph" and attr(style, "default") in ("1", "true"):
                self._usual = name

    def of_paragraph(self, paragraph: Element) -> str:
        """The style of a paragraph."""
        return attr(child(paragraph, "pPr/pStyle"), "val") or self._usual

    def chain(self, name: str) -> Iterator[Element]:
        """A style and those that it is based on."""
        for _ in range(_MOST):
            style = self._styles.get(name)
            if style is None:
                return
            yield style
            name = attr(child(style, "basedOn"), "val")

    def is_on(self, what: str, properties: Element | None, styles: tuple[str, ...]) -> bool:
        """Whether a run has a property ("b", "vanish"): by itself, else by the first of these styles that says so."""
        told = switch(properties, what)
        if told is not None:
            return told
        for name in styles:
            for style in self.chain(name):
                told = switch(child(style, "rPr"), what)
                if told is not None:
                    return told
        return False

    def raised(self, properties: Element | None, style: str) -> bool:
        """Whether a run is written above the line."""
        if number(attr(child(properties, "position"), "val")) > 0:
            return True  # as LibreOffice writes it
        own = child(properties, "vertAlign")
        if own is not None:
            return attr(own, "val") == "superscript"
        found = (child(s, "rPr/vertAlign") for s in self.chain(style))
        return next((attr(f, "val") == "superscript" for f in found if f is not None), False)

    def level(self, paragraph: Element) -> int:
        """The level of a heading, from 1; 0 for ordinary text."""
        own = child(paragraph, "pPr/outlineLvl")
        told = own if own is not None else self._from_style(paragraph, "pPr/outlineLvl")
        level = number(attr(told, "val"), _BODY) if told is not None else _BODY
        if level < _BODY:
            return level + 1
        name = attr(child(self._styles.get(self.of_paragraph(paragraph)), "name"), "val").casefold()
        if name == "title":
            return 1
        return number(name.removeprefix("heading ")) if name.startswith("heading ") and told is None else 0

    def is_caption(self, paragraph: Element) -> bool:
        """Whether a paragraph is the caption of a table."""
        style = self._styles.get(self.of_paragraph(paragraph))
        return attr(child(style, "name"), "val").casefold() == "caption"

    def list_of(self, paragraph: Element) -> tuple[str, str, str]:
        """The list that a paragraph is in: its number, its level (each "" where not said), and the style that says so."""
        own = child(paragraph, "pPr/numPr")
        list_id, level = attr(child(own, "numId"), "val"), attr(child(own, "ilvl"), "val")
        if list_id:
            return list_id, level, ""
        for style in self.chain(self.of_paragraph(paragraph)):
            told = child(style, "pPr/numPr")
            if list_id := attr(child(told, "numId"), "val"):
                return list_id, level or attr(child(told, "ilvl"), "val"), attr(style, "styleId")
        return "", "", ""

    def list_of_style(self, name: str) -> str:
        """The list that a list style stands for."""
        return next((i for s in self.chain(name) if (i := attr(child(s, "pPr/numPr/numId"), "val"))), "")

    def _from_style(self, paragraph: Element, path: str) -> Element | None:
        found = (child(style, path) for style in self.chain(self.of_paragraph(paragraph)))
        return next((f for f in found if f is not None), None)
