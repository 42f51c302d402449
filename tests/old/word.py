"""The old documents as Word documents: lists typed or numbered by the program, tables cut by pages, page furniture."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm

from tests.old.documents import Document, Pairs, Rows, Words
from tests.old.layout import Line, cell_pages, pages

_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True))
_RUN = re.compile(r"(\*\*.+?\*\*|(?<!\w)\*\w.*?\w\*(?!\w)|[⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_STYLES = {"numbers": "List Number", "bullets": "List Bullet"}


def _write(paragraph: Any, text: str) -> None:
    """A text in runs: bold and italic by their marks, footnote marks raised as a word processor raises them."""
    for part in _RUN.split(text):
        if part.startswith("**"):
            paragraph.add_run(part.strip("*")).bold = True
        elif part.startswith("*"):
            paragraph.add_run(part.strip("*")).italic = True
        elif part and part[0] in _SUPERSCRIPTS:
            paragraph.add_run("".join(_SUPERSCRIPTS[c] for c in part)).font.superscript = True
        elif part:
            paragraph.add_run(part)


def _element(name: str, **attributes: str) -> Any:
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


class _Paper:
    """The document that grows, with the numbering that each list of it starts afresh."""

    def __init__(self, title: str) -> None:
        self.doc: Any = docx.Document()
        section = self.doc.sections[0]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
        section.header.paragraphs[0].text = title
        foot = section.footer.paragraphs[0]
        foot.add_run("Page ")
        field = _element("w:fldSimple", instr="PAGE")
        run = _element("w:r")
        text = _element("w:t")
        text.text = "1"
        run.append(text)
        field.append(run)
        foot._p.append(field)

    def number(self) -> int:
        """A new list that counts from 1, in the style of the numbered lists."""
        numbering = self.doc.part.numbering_part.element
        style = self.doc.styles["List Number"].element
        own = style.pPr.numPr.numId.val
        abstract = next(n.abstractNumId.val for n in numbering.num_lst if n.numId == own)
        made = numbering.add_num(abstract)
        made.add_lvlOverride(ilvl=0).add_startOverride(1)
        return int(made.numId)

    def list_line(self, paragraph: Any, line: Line, number: int | None) -> None:
        """One line of a list that the program numbers: its mark is in no text."""
        if line.style not in _STYLES or line.goes_on or (number is None and line.style == "numbers"):
            _write(paragraph, line.typed)
            return
        paragraph.style = self.doc.styles[_STYLES[line.style] + (" 2" if line.level else "")]
        if line.style == "numbers" and not line.level:
            numbered = paragraph._p.get_or_add_pPr().get_or_add_numPr()
            numbered.get_or_add_ilvl().val = 0
            numbered.get_or_add_numId().val = number
        _write(paragraph, line.text)

    def fill(self, cell: Any, lines: Sequence[Line], number: int | None, automatic: bool) -> None:
        for at, line in enumerate(lines):
            paragraph = cell.paragraphs[0] if at == 0 else cell.add_paragraph()
            if automatic:
                self.list_line(paragraph, line, number)
            else:
                _write(paragraph, line.typed)

    def table(self, widths: Sequence[int]) -> Any:
        """An empty table, its columns in proportion to the widths."""
        made = self.doc.add_table(rows=0, cols=len(widths))
        made.style = self.doc.styles["Table Grid"]
        made.autofit = False
        for column, width in zip(made.columns, widths, strict=True):
            column.width = Cm(24.0 * width / sum(widths))
        return made

    def head(self, table: Any, labels: Sequence[str], repeats: bool = False) -> None:
        """A row of headings; `repeats` lets the program print it again on every page."""
        row = table.add_row()
        for cell, label in zip(row.cells, labels, strict=False):
            _write(cell.paragraphs[0], label)
            for run in cell.paragraphs[0].runs:
                run.bold = True
        if repeats:
            row._tr.get_or_add_trPr().append(_element("w:tblHeader"))


def _words(paper: _Paper, block: Words) -> None:
    doc = paper.doc
    if block.kind == "title":
        doc.add_heading(block.entries[0].text, 0)
    elif block.kind == "heading":
        _write(doc.add_heading("", block.level), block.entries[0].text)
    else:
        for text in filter(None, (block.label, block.lead_in)):
            doc.add_paragraph(text)
        number = paper.number() if block.marks == "numbers" else None
        for page, lines in enumerate(pages(block.entries, block.marks)):
            if page:
                doc.add_paragraph("Page 12 of 29")
            for line in lines:
                # A bullet that a page broke went on as a bullet of its own.
                again = Line(line.text, block.entries[0].mark, block.marks) if line.goes_on else line
                paper.list_line(doc.add_paragraph(), again, number)


def _rows(paper: _Paper, block: Rows) -> None:
    table = paper.table([*block.widths, *[3] * block.spare])
    paper.head(table, block.labels, repeats=not block.more)
    for row in block.rows:
        if row.band:
            band = table.add_row().cells
            for cell, part in zip(band, row.band, strict=False):
                cell.text = part
            if len(row.band) == 1:
                band[0].merge(band[-1])
        for cell, text in zip(table.add_row().cells, row.cells, strict=False):
            parts = text.split("\n\n")
            for at, part in enumerate(parts):
                _write(cell.paragraphs[0] if at == 0 else cell.add_paragraph(), part)
    paper.doc.add_paragraph()


def _prose(paper: _Paper, block: Pairs) -> None:
    lists = (block.promises, block.replies, block.extras)
    for label, entries in zip(block.labels, lists, strict=True):
        paper.doc.add_paragraph(label)
        for line in (lines for page in pages(entries) for lines in page):
            _write(paper.doc.add_paragraph(), line.typed)


def _pairs(paper: _Paper, block: Pairs) -> None:
    if block.shape == "prose":
        _prose(paper, block)
        return
    numbers = [paper.number() for _ in block.columns]
    automatic = block.word == "automatic"
    style = "numbers" if automatic and block.marks[0] == "none" else ""  # numbers that are the program's only
    for at, page in enumerate(cell_pages(block)):
        if at:
            paper.doc.add_paragraph("Page 20 of 29")
            paper.doc.paragraphs[-1].add_run().add_break(WD_BREAK.PAGE)
        table = paper.table([2, 3, 2][: len(block.columns)])
        if at == 0 or block.repeat:
            paper.head(table, block.labels)
        for col, (cell, lines) in enumerate(zip(table.add_row().cells, page, strict=True)):
            shown = [Line(x.text, x.mark, style, x.level) if style and col < 2 else x for x in lines]
            paper.fill(cell, shown, numbers[col], automatic)
    paper.doc.add_paragraph()


def as_docx(document: Document) -> bytes:
    """The document in Word: headings, narrative and lists between the tables, headers and footers with page numbers."""
    paper = _Paper(document.title)
    for block in document.blocks:
        if block.page:
            paper.doc.add_page_break()
        match block:
            case Words():
                _words(paper, block)
            case Rows():
                _rows(paper, block)
            case Pairs():
                _pairs(paper, block)
    saved = io.BytesIO()
    paper.doc.save(saved)
    return saved.getvalue()
