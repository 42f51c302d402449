"""Row 17: workbooks that hold something that could act by itself. Their values are read, and what they hold is told."""

from __future__ import annotations

import re

from tests.hostile_books.base import MAIN, OFFICE, SPREADSHEET, TYPES, WORKBOOK, Good, Parts, case, cases, packed

_BINARY = b"\xd0\xcf\x11\xe0" + bytes(200)
_LINK = f'<externalLink xmlns="{MAIN}" xmlns:r="{OFFICE}">%s</externalLink>'
_EXCEL = "application/vnd.ms-excel"
_MICROSOFT = "http://schemas.microsoft.com/office/2006/relationships"


def typed(parts: Parts, name: str, kind: str) -> Parts:
    """The parts, one of them with a content type of its own."""
    override = f'<Override PartName="/{name}" ContentType="{kind}"/></Types>'
    return {**parts, TYPES: parts[TYPES].replace(b"</Types>", override.encode())}


def holding(good: Good, kind: str, name: str, data: bytes, content_type: str = "") -> Parts:
    """A workbook with one more part, related to the workbook, of a content type if one is given."""
    parts = good.related(kind, name.removeprefix("xl/"), {name: data})
    return typed(parts, name, content_type) if content_type else parts


def linking(good: Good, inside: str, external: str = "") -> Parts:
    """A workbook with a link to the outside."""
    parts = holding(good, "externalLink", "xl/externalLinks/externalLink1.xml", (_LINK % inside).encode())
    if external:
        relation = f'<Relationship Id="rId1" Type="{OFFICE}/{external}" Target="file:///C:/x.xlsx" TargetMode="External"/>'
        rels = f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relation}</Relationships>'
        parts["xl/externalLinks/_rels/externalLink1.xml.rels"] = rels.encode()
    return parts


def drawn(good: Good, kind: str, target: str, mode: str = "", more: Parts | None = None) -> Parts:
    """A workbook with a drawing that is related to something."""
    relation = f'<Relationship Id="rId1" Type="{OFFICE}/{kind}" Target="{target}"{mode}/>'
    rels = f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relation}</Relationships>'
    parts = {"xl/drawings/drawing9.xml": b"<x/>", "xl/drawings/_rels/drawing9.xml.rels": rels.encode(), **(more or {})}
    return {**good.parts, **parts}


@case("macros-in-an-xlsm")
def _xlsm(good: Good) -> bytes:
    parts = holding(good, "vbaProject", "xl/vbaProject.bin", _BINARY, "application/vnd.ms-office.vbaProject")
    types = parts[TYPES].decode().replace(f"{SPREADSHEET}.sheet.main+xml", f"{_EXCEL}.sheet.macroEnabled.main+xml")
    return packed({**parts, TYPES: types.encode()})


@case("old-macro-sheet")
def _macro_sheet(good: Good) -> bytes:
    """A sheet of Excel 4 macros, hidden; the sheets with answers are read beside it."""
    sheet = f'<xm:macrosheet xmlns:xm="{_EXCEL}" xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><f>EXEC("calc")</f></c></row>'
    kind = f"{_MICROSOFT}/xlMacrosheet"
    parts = good.related(
        kind, "macrosheets/sheet1.xml", {"xl/macrosheets/sheet1.xml": f"{sheet}</sheetData></xm:macrosheet>".encode()}
    )
    listed = '<sheet name="Macro1" sheetId="91" state="veryHidden" r:id="rIdX"/></sheets>'
    names = '<definedName name="_xlnm.Auto_Open">Macro1!$A$1</definedName></definedNames>'
    book = parts[WORKBOOK].decode().replace("</sheets>", listed).replace("</definedNames>", names)
    return packed({**parts, WORKBOOK: book.encode()})


@case("macros-under-another-name")
def _renamed(good: Good) -> bytes:
    """Only the relationship says what the part is."""
    return packed(holding(good, "vbaProject", "xl/media/picture.png", _BINARY))


@case("table-of-a-query")
def _query(good: Good) -> bytes:
    """A table that fills itself from the web each time that somebody opens the file."""
    web = f'<connections xmlns="{MAIN}"><connection id="1" type="4" refreshOnLoad="1"><webPr url="http://canary.example/"/>'
    parts = holding(good, "connections", "xl/connections.xml", f"{web}</connection></connections>".encode())
    rels = "xl/worksheets/_rels/sheet2.xml.rels"
    line = f'<Relationship Id="rIdQ" Type="{OFFICE}/queryTable" Target="../queryTables/queryTable1.xml"/></Relationships>'
    parts[rels] = re.sub(rb"</Relationships>", line.encode(), parts[rels])
    return packed({**parts, "xl/queryTables/queryTable1.xml": f'<queryTable xmlns="{MAIN}" connectionId="1"/>'.encode()})


@case("everything-at-once")
def _everything(good: Good) -> bytes:
    parts = linking(good, "<ddeLink ddeService='cmd' ddeTopic='/c calc'/>")
    parts |= {
        "xl/vbaProject.bin": _BINARY,
        "xl/embeddings/oleObject1.bin": _BINARY,
        "xl/activeX/activeX1.xml": b"<x/>",
        "xl/connections.xml": b"<x/>",
    }
    return packed(parts)


cases(
    {
        "macros-in-an-xlsx": lambda good: packed(holding(good, "vbaProject", "xl/vbaProject.bin", _BINARY)),
        "dialog-sheet": lambda good: packed(
            typed({**good.parts, "xl/x/1.xml": b"<x/>"}, "xl/x/1.xml", f"{SPREADSHEET}.dialogsheet+xml")
        ),
        "link-to-another-workbook": lambda good: packed(linking(good, '<externalBook r:id="rId1"/>', "externalLinkPath")),
        "link-of-dde": lambda good: packed(linking(good, '<ddeLink ddeService="cmd" ddeTopic="/c calc"/>')),
        "link-to-another-program": lambda good: packed(
            linking(good, '<oleLink progId="Word.Document" r:id="rId1"/>', "oleObject")
        ),
        "data-connection": lambda good: packed(holding(good, "connections", "xl/connections.xml", b"<x/>")),
        "data-model": lambda good: packed(holding(good, f"{_MICROSOFT}/powerPivotData", "xl/model/item.data", _BINARY)),
        "embedded-document": lambda good: packed(
            drawn(good, "package", "../embeddings/Letter.docx", more={"xl/embeddings/Letter.docx": b"PK\x03\x04"})
        ),
        "embedded-object": lambda good: packed(
            drawn(good, "oleObject", "../media/object.dat", more={"xl/media/object.dat": _BINARY})
        ),
        "controls": lambda good: packed({**good.parts, "xl/activeX/activeX1.bin": _BINARY, "xl/activeX/activeX1.xml": b"<x/>"}),
        "check-boxes": lambda good: packed({**good.parts, "xl/ctrlProps/ctrlProp1.xml": b"<formControlPr/>"}),
        "add-in": lambda good: packed({**good.parts, "xl/webextensions/webextension1.xml": b"<x/>"}),
        "picture-from-the-web": lambda good: packed(
            drawn(good, "image", "http://canary.example/pixel.png", ' TargetMode="External"')
        ),
        "object-from-elsewhere": lambda good: packed(drawn(good, "oleObject", "file:///x.doc", ' TargetMode="External"')),
        "ordinary-picture-link-and-label": lambda good: packed(
            {
                **drawn(good, "hyperlink", "https://www.example/", ' TargetMode="External"'),
                "xl/media/image1.png": b"\x89PNG",
                "xl/printerSettings/printerSettings1.bin": bytes(100),
                "customXml/item1.xml": b"<x/>",
                "customXml/itemProps1.xml": b"<x/>",
            }
        ),
        "relationships-that-cannot-be-read": lambda good: packed(
            {**good.parts, "xl/vbaProject.bin": _BINARY, "xl/drawings/_rels/drawing9.xml.rels": b"<Relationships"}
        ),
    }
)
