"""Word documents for tests: by python-docx, with what it cannot write put in as XML."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from workflow.model import OldGrid, Source
from workflow.sources import read_source

SPACES = nsdecls("w", "r", "m") + (
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
)
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def element(xml: str) -> Any:
    """One element from XML in which the usual prefixes are known."""
    return parse_xml(re.sub(r"<([\w:]+)", rf"<\1 {SPACES}", xml, count=1))


def document(*blocks: str) -> Any:
    """A document whose body are these blocks of XML."""
    made = Document()
    end = made.element.body.sectPr
    for block in blocks:
        end.addprevious(element(block))
    return made


def saved(made: Any, parts: Mapping[str, tuple[str, str]] = {}) -> bytes:
    """The bytes of a document. `parts` adds parts by name: their kind of relationship, and their XML."""
    buffer = io.BytesIO()
    made.save(buffer)
    if not parts:
        return buffer.getvalue()
    old, new = zipfile.ZipFile(buffer), io.BytesIO()
    with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as out:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/_rels/document.xml.rels":
                base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
                more = "".join(f'<Relationship Id="x{n}" Type="{base}/{kind}" Target="{part}"/>' for n, (part, (kind, _)) in
                               enumerate(parts.items()))  # fmt: skip
                data = data.replace(b"</Relationships>", more.encode() + b"</Relationships>")
            if name == "[Content_Types].xml":
                kind = "application/vnd.openxmlformats-officedocument.wordprocessingml"
                names = [f'<Override PartName="/word/{part}" ContentType="{kind}.{k}+xml"/>' for part, (k, _) in parts.items()]
                more = "".join(names)
                data = data.replace(b"</Types>", more.encode() + b"</Types>")
            if name.removeprefix("word/") not in parts:
                out.writestr(name, data)
        for part, (_, xml) in parts.items():
            out.writestr(f"word/{part}", re.sub(r"<([\w:]+)", rf"<\1 {SPACES}", xml, count=1))
    return new.getvalue()


def read(made: Any, parts: Mapping[str, tuple[str, str]] = {}) -> Source:
    """A document, read."""
    return read_source(saved(made, parts), "plan.docx")


def p(*inside: str, about: str = "") -> str:
    """A paragraph; what begins with "<" is XML, other text a run."""
    runs = "".join(i if i.startswith("<") else f'<w:r><w:t xml:space="preserve">{i}</w:t></w:r>' for i in inside)
    return f"<w:p>{f'<w:pPr>{about}</w:pPr>' if about else ''}{runs}</w:p>"


def tc(*blocks: str, about: str = "") -> str:
    """A cell of paragraphs, or of tables."""
    inside = "".join(b if b.startswith("<") else p(b) for b in blocks) or "<w:p/>"
    return f"<w:tc>{f'<w:tcPr>{about}</w:tcPr>' if about else ''}{inside}</w:tc>"


def tr(*cells: str, about: str = "") -> str:
    """A row; what is no XML is a cell of one paragraph."""
    inside = "".join(c if c.startswith("<w:tc") else tc(c) for c in cells)
    return f"<w:tr>{f'<w:trPr>{about}</w:trPr>' if about else ''}{inside}</w:tr>"


def tbl(*rows: str, widths: tuple[int, ...] = ()) -> str:
    """A table of rows."""
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def texts(grid: OldGrid) -> dict[str, str]:
    """The texts of a grid by cell."""
    return {c.place.cell: c.text for c in grid.cells}


def words_of(data: bytes) -> list[str]:
    """Every text in a document's own part, by the standard library alone; without white space."""
    root = ElementTree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml"))
    return [t for e in root.iter(WORD + "t") if (t := "".join((e.text or "").split()))]


WORDS = (
    "Work with schools",
    "1.10",
    "On track",
    "£5 & more",
    "a < b",
    "As above",
    "31/10/23",
    "✓",
    "3 & 4",
    "– see (b)",
    "ASB",
)


def random_document(seed: int) -> bytes:
    """Paragraphs, tables, boxes and wrappers of every kind, one in another."""
    chance = random.Random(seed)
    return saved(document(*(_block(chance, 2) for _ in range(chance.randint(1, 7)))))


def _text(chance: random.Random) -> str:
    said = chance.choice(WORDS).replace("&", "&amp;").replace("<", "&lt;")
    return f"{said} {chance.randrange(1000)}"


def _inline(chance: random.Random, depth: int) -> str:  # noqa: PLR0911 - one way of wrapping a run after another
    run = f"<w:r>{chance.choice(LOOKS)}<w:t>{_text(chance)}</w:t></w:r>"
    kind = chance.randrange(9)
    if kind == 0:
        return f'<w:ins w:id="1" w:author="x">{run}</w:ins>'
    if kind == 1:
        return f"<w:hyperlink>{run}</w:hyperlink>"
    if kind == 2:
        return f"<w:sdt><w:sdtPr/><w:sdtContent>{run}</w:sdtContent></w:sdt>"
    if kind == 3:
        return f"<w:smartTag><w:customXml>{run}</w:customXml></w:smartTag>{run}"
    if kind == 4:
        return f'<w:r><w:tab/></w:r>{run}<w:r><w:br w:type="page"/></w:r>'
    if kind == 5:
        return f'<w:fldSimple w:instr=" PAGE ">{run}</w:fldSimple>'
    if kind == 6 and depth:
        box = f"<w:txbxContent>{_block(chance, depth - 1)}</w:txbxContent>"
        return f"<w:r><w:pict><v:shape><v:textbox>{box}</v:textbox></v:shape></w:pict></w:r>"
    if kind == 7:
        begin, middle, end = (f'<w:r><w:fldChar w:fldCharType="{t}"/></w:r>' for t in ("begin", "separate", "end"))
        return f"{begin}<w:r><w:instrText> REF x </w:instrText></w:r>{middle}{run}{end}"
    return run


LOOKS = ("", "", "<w:rPr><w:b/></w:rPr>", "<w:rPr><w:vanish/></w:rPr>", '<w:rPr><w:highlight w:val="red"/></w:rPr>')


ABOUT = ("", "", '<w:vMerge w:val="restart"/>', "<w:vMerge/>", '<w:shd w:val="clear" w:fill="FFC000"/>')


def _block(chance: random.Random, depth: int) -> str:
    kind = chance.randrange(5) if depth else 3
    if kind == 0:
        return f"<w:sdt><w:sdtContent>{_block(chance, depth - 1)}</w:sdtContent></w:sdt>"
    if kind <= 2:
        return _table(chance, depth - 1)
    style = chance.choice(("Heading1", "ListNumber", "ListBullet2", "Normal"))
    return p(*(_inline(chance, depth) for _ in range(chance.randrange(3))), about=f'<w:pStyle w:val="{style}"/>')


def _table(chance: random.Random, depth: int) -> str:
    width = chance.randint(1, 4)
    rows = []
    for _ in range(chance.randint(1, 4)):
        cells, left = [], width
        while left:
            span = chance.randint(1, left)
            left -= span
            about = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
            about += chance.choice(ABOUT)
            blocks = [_block(chance, depth) for _ in range(chance.randrange(3))]
            cell = tc(*blocks, "<w:p/>", about=about)
            cells.append(cell if chance.random() < 0.9 else f"<w:sdt><w:sdtContent>{cell}</w:sdtContent></w:sdt>")
        row = "<w:tr>" + "".join(cells) + "</w:tr>"
        rows.append(row if chance.random() < 0.9 else f"<w:sdt><w:sdtContent>{row}</w:sdtContent></w:sdt>")
    return tbl(*rows)
