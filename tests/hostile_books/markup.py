"""Rows 4 to 7 and 13: XML made to deceive, to be slow or to be large; Strict; parts that are listed and not there."""

from __future__ import annotations

import random
import re
from dataclasses import replace

from tests.hostile_books.base import MAIN, OFFICE, PROGRESS, RELS, TYPES, WORKBOOK, Good, Parts, case, cases, inline, packed

ACTIONS = "xl/worksheets/sheet2.xml"
ENTITIES = (
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///tmp/hostile-books-canary.txt"><!ENTITY w SYSTEM "http://canary.example/x">'
    '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
)
PARAMETER = '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://canary.example/x.dtd"> %p;]>'


def noise(size: int) -> str:
    """Text that no method packs much smaller, so that a bomb's ratio looks harmless."""
    return random.Random(size).randbytes(size // 2).hex()


def with_doctype(text: str, doctype: str = ENTITIES) -> str:
    """An XML part with a document type, whose entities stand in a text."""
    at = text.find("?>") + 2 if text.startswith("<?xml") else 0
    return text[:at] + doctype + re.sub("</t>|</v>", r"&b;&e;&w;\g<0>", text[at:], count=2)


def after_rows(text: str, more: str) -> str:
    return text.replace("</sheetData>", f"</sheetData>{more}")


def before_rows(text: str, more: str) -> str:
    return text.replace("<sheetData>", f"{more}<sheetData>")


def more_rows(text: str, rows: str) -> str:
    return text.replace("</sheetData>", f"{rows}</sheetData>")


def in_part(good: Good, part: str, data: bytes) -> bytes:
    return packed({**good.parts, part: data})


# --- row 4

cases(
    {
        "doctype-in-a-sheet": lambda good: good.changed(ACTIONS, with_doctype),
        "doctype-with-an-outer-subset": lambda good: good.changed(ACTIONS, lambda t: with_doctype(t, PARAMETER)),
        "doctype-in-the-workbook": lambda good: good.changed(WORKBOOK, with_doctype),
        "doctype-in-relationships": lambda good: good.changed("_rels/.rels", with_doctype),
        "doctype-in-content-types": lambda good: good.changed(TYPES, with_doctype),
        "doctype-in-the-texts": lambda good: good.changed("xl/sharedStrings.xml", with_doctype),
        "doctype-in-properties": lambda good: good.changed("docProps/core.xml", with_doctype),
        "doctype-in-a-part-nobody-needs": lambda good: good.changed("xl/theme/theme1.xml", with_doctype),
        "doctype-in-utf-16": lambda good: in_part(
            good, ACTIONS, with_doctype(good.text(ACTIONS)).replace("UTF-8", "UTF-16").encode("utf-16")
        ),
        "doctype-in-utf-16-in-a-part-nobody-needs": lambda good: in_part(
            good, "docProps/app.xml", b"\xfe\xff" + with_doctype("<Properties/>").encode("utf-16-be")
        ),
        "doctype-in-a-part-of-an-odd-name": lambda good: packed(_odd_name(good, with_doctype(good.text(ACTIONS)))),
        "doctype-in-a-part-that-only-its-type-calls-xml": lambda good: packed(_typed(good, with_doctype("<x/>"))),
        "doctype-in-a-drawn-picture": lambda good: packed(_picture(good)),
        "doctype-in-a-relationship-of-a-drawing": lambda good: in_part(
            good, "xl/drawings/_rels/drawing9.xml.rels", with_doctype("<Relationships/>").encode()
        ),
    }
)


def _odd_name(good: Good, text: str) -> Parts:
    """A sheet whose part is called as no XML file is."""
    parts = {"xl/media/picture.png" if name == ACTIONS else name: data for name, data in good.parts.items()}
    parts["xl/media/picture.png"] = text.encode()
    for name in (RELS, TYPES):
        parts[name] = parts[name].replace(b"/xl/worksheets/sheet2.xml", b"/xl/media/picture.png")
    return parts


def _typed(good: Good, text: str) -> Parts:
    override = '<Override PartName="/xl/odd.bin" ContentType="application/vnd.example+xml"/></Types>'
    types = good.text(TYPES).replace("</Types>", override)
    return {**good.parts, TYPES: types.encode(), "xl/odd.bin": text.encode()}


def _picture(good: Good) -> Parts:
    """Drawing programs write a document type in good faith, and spreadsheet programs keep such pictures as they are."""
    svg = (
        '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd"><svg xmlns="http://www.w3.org/2000/svg"/>'
    )
    types = good.text(TYPES).replace("</Types>", '<Default Extension="svg" ContentType="image/svg+xml"/></Types>')
    return {**good.parts, TYPES: types.encode(), "xl/media/image1.svg": svg.encode()}


# --- row 5

cases(
    {
        "nested-5000-deep": lambda good: good.changed(ACTIONS, lambda t: after_rows(t, "<a>" * 5_000 + "</a>" * 5_000)),
        "nested-deep-in-a-part-of-relationships": lambda good: in_part(
            good, "xl/drawings/_rels/drawing9.xml.rels", ("<a>" * 5_000 + "</a>" * 5_000).encode()
        ),
        "tag-not-closed": lambda good: good.changed(ACTIONS, lambda t: t.replace("</row>", "", 1)),
        "sheet-cut-short": lambda good: in_part(good, ACTIONS, good.parts[ACTIONS][:-500]),
        "sheet-empty": lambda good: in_part(good, ACTIONS, b""),
        "encoding-nobody-knows": lambda good: in_part(good, ACTIONS, _declared(good, "x-nobody-knows")),
        "encoding-utf-7": lambda good: in_part(good, ACTIONS, _declared(good, "utf-7")),
        "encoding-lies": lambda good: in_part(good, ACTIONS, _declared(good, "utf-16")),
        "bytes-of-no-encoding": lambda good: in_part(
            good, ACTIONS, good.cell_bytes(PROGRESS, b"<is><t>caf\xe9 caf\xff</t></is>", ' t="inlineStr"')
        ),
        "sheet-of-another-namespace": lambda good: good.changed(ACTIONS, lambda t: t.replace(MAIN, "urn:example:other")),
        "two-roots": lambda good: good.changed(ACTIONS, lambda t: t + "<worksheet/>"),
        "entity-never-declared": lambda good: good.cell(PROGRESS, *inline("on &track;")),
        "sheet-in-utf-16": lambda good: in_part(good, ACTIONS, _declared(good, "utf-16", "utf-16")),
        "sheet-in-latin-1": lambda good: in_part(good, ACTIONS, _declared(good, "iso-8859-1", "iso-8859-1")),
        "prefixed-spaced-and-remarked": lambda good: good.changed(ACTIONS, _prefixed),
        "broken-part-nobody-needs": lambda good: in_part(good, "xl/theme/theme1.xml", b"<theme"),
    }
)


def _declared(good: Good, encoding: str, codec: str = "utf-8") -> bytes:
    text = re.sub(r"^<\?xml[^>]*\?>", "", good.text(ACTIONS))
    return f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(codec, "xmlcharrefreplace")


def _prefixed(text: str) -> str:
    """The same sheet in another spelling: a prefix on every element, white space and remarks between them."""
    text = re.sub(r"<(/?)(?=[a-zA-Z])(?!\w+:)", r"<\1x:", text).replace("xmlns=", "xmlns:x=")
    return text.replace("<x:row", "<!-- <x:row r='1'> -->\n  <x:row").replace("</x:v>", "<!-- 9 --></x:v>")


# --- row 6


def _far(text: str) -> str:
    return more_rows(text, '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>').replace(
        "<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>', 1
    )


def _styled(good: Good, each: str, rows: int) -> bytes:
    lines = "".join(f'<row r="{n}"{each.replace("@", str(n))}</row>' for n in range(1_000, 1_000 + rows))
    return good.changed(ACTIONS, lambda t: more_rows(t, lines))


def _numbers(good: Good) -> bytes:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    row = "".join(f'<c r="{c}@"><v>@</v></c>' for c in letters)
    lines = "".join(f'<row r="{n}">{row.replace("@", str(n))}</row>' for n in range(1_000, 80_000))
    return good.changed(ACTIONS, lambda t: more_rows(t, lines))


def _merges(count: int) -> str:
    return "<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * count + f"</mergeCells><!--{noise(count // 4)}-->"


def _flood(good: Good, xml: str, where: str = "rows") -> bytes:
    """Much XML that says nothing, beside noise so that it is not suspiciously well packed."""
    more = f"{xml}<!--{noise(len(xml) // 200)}-->"
    return good.changed(ACTIONS, lambda t: (more_rows if where == "rows" else before_rows)(t, more))


cases(
    {
        "value-in-the-last-cell": lambda good: good.changed(ACTIONS, _far),
        "merge-over-everything": lambda good: good.changed("xl/worksheets/sheet8.xml", lambda t: after_rows(t, _merges(1))),
        "merges-made-to-be-slow": lambda good: good.changed(ACTIONS, lambda t: after_rows(t, _merges(90_000))),
        "merges-beyond-counting": lambda good: good.changed(ACTIONS, lambda t: after_rows(t, _merges(200_000))),
        "rule-over-everything": lambda good: good.changed(
            ACTIONS,
            lambda t: t.replace("</dataValidations>", '<dataValidation sqref="A1:XFD1048576"/></dataValidations>'),
        ),
        "million-empty-styled-cells": lambda good: _styled(good, '><c r="A@" s="1"/>', 1_000_000),
        "million-hidden-rows": lambda good: _styled(good, ' hidden="1">', 1_000_000),
        "two-million-cells": _numbers,
        "cells-without-end": lambda good: _flood(good, "<row>" + "</row><row>".join(["<c/>" * 16_000] * 2_000) + "</row>"),
        "rows-without-end": lambda good: _flood(good, '<row r="900"/>' * 10_000_000),
        "columns-without-end": lambda good: _flood(good, '<col min="1" max="16384" hidden="1"/>' * 3_000_000, "before"),
        "tag-without-end": lambda good: _flood(good, f'<row r="900" spans="{noise(300_000)}{" " * 60_000_000}"/>'),
        "remark-without-end": lambda good: _flood(good, f"<!--{noise(300_000)}{' ' * 60_000_000}-->"),
        "text-without-end": lambda good: _flood(
            good, f'<row r="900"><c r="A900" t="str"><v>{noise(300_000)}{"a" * 60_000_000}</v></c></row>'
        ),
        "names-without-end": lambda good: _flood(good, "".join(f"<e{n}/>" for n in range(1_500_000))),
        "cells-never-closed": lambda good: _flood(good, '<row r="900">' + "<c " * 4_000_000 + "</row>"),
        "texts-never-closed": lambda good: good.changed(
            "xl/sharedStrings.xml", lambda t: t.replace("</sst>", "<a" * 7_000_000 + f"{noise(100_000)}</sst>")
        ),
        "formats-made-to-be-slow": lambda good: good.changed(
            "xl/styles.xml", lambda t: re.sub(r'formatCode="[^"]*"', f'formatCode="{"[" * 500_000}"', t, count=1)
        ),
        "one-table-a-hundred-thousand-times": lambda good: good.changed(
            ACTIONS, lambda t: re.sub(r"<tablePart [^>]*/>", lambda m: m[0] * 100_000 + f"<!--{noise(100_000)}-->", t)
        ),
    }
)

# --- row 7

_STRICT = {
    MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
    OFFICE: "http://purl.oclc.org/ooxml/officeDocument/relationships",
    "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties": (
        "http://purl.oclc.org/ooxml/officeDocument/customProperties"
    ),
    "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes": (
        "http://purl.oclc.org/ooxml/officeDocument/docPropsVTypes"
    ),
    "http://schemas.openxmlformats.org/drawingml/2006/main": "http://purl.oclc.org/ooxml/drawingml/main",
}


def strict(good: Good) -> Parts:
    """What Excel's "Strict Open XML Workbook" is: other namespaces, and relationships of other types."""
    found: Parts = {}
    for name, data in good.parts.items():
        text = data.decode().replace("relationships/custom-properties", "relationships/customProperties")
        for old, new in _STRICT.items():
            text = text.replace(old, new)
        found[name] = text.encode()
    return found


@case("strict")
def _strict(good: Good) -> bytes:
    return packed(strict(good))


@case("strict-with-dates-as-words")
def _strict_dates(good: Good) -> bytes:
    """The day of approval as Excel's Strict has it: not a number, but 2023-10-13."""
    about = good.sheets["About this return"]
    box = ("About this return", "", "Approved on")
    changed = good.put(good.text(about), box, "<v>2023-10-13</v>", ' t="d"')
    return packed(strict(replace(good, parts={**good.parts, about: changed.encode()})))


# --- row 13


def without(good: Good, part: str) -> bytes:
    assert part in good.parts
    return packed({name: data for name, data in good.parts.items() if name != part})


def _relation(text: str, target: str, new: str) -> str:
    """A relationships part with the relationship to `target` written anew; "" takes it out."""
    return re.sub(rf"<Relationship [^>]*{re.escape(target)}[^>]*/>", new, text)


cases(
    {
        "sheet-part-missing": lambda good: without(good, ACTIONS),
        "sheet-relationship-missing": lambda good: good.changed(RELS, lambda t: _relation(t, "sheet2.xml", "")),
        "sheet-outside-the-file": lambda good: good.changed(
            RELS, lambda t: t.replace('Target="/xl/worksheets/sheet2.xml"', 'Target="file:///x.xml" TargetMode="External"')
        ),
        "texts-missing": lambda good: without(good, "xl/sharedStrings.xml"),
        "styles-missing": lambda good: without(good, "xl/styles.xml"),
        "table-part-missing": lambda good: without(good, "xl/tables/table1.xml"),
        "workbook-part-missing": lambda good: without(good, WORKBOOK),
        "sheet-listed-twice": lambda good: good.changed(
            WORKBOOK, lambda t: re.sub(r'<sheet [^>]*name="Actions"[^>]*/>', lambda m: m[0] * 2, t)
        ),
        "module-sheet-of-excel-5": lambda good: good.changed(
            WORKBOOK, lambda t: t.replace("</sheets>", '<sheet name="Module1" sheetId="99" r:id=""/></sheets>')
        ),
    }
)
