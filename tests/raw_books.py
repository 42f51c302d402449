"""Workbooks made by hand, part by part, for what no program would write."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from workflow.errors import Unreadable
from workflow.model import Cell
from workflow.reader import Limits, Workbook, read_bytes

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def sheet(rows: str, before: str = "", after: str = "", declaration: str = DECLARATION) -> str:
    """A worksheet part around the XML of its rows."""
    start = f'{declaration}<worksheet xmlns="{MAIN}" xmlns:r="{RELATION}">'
    return f"{start}{before}<sheetData>{rows}</sheetData>{after}</worksheet>"


def cell(inside: str, attrs: str = "") -> str:
    """Row 1 with the one cell A1."""
    return f'<row r="1"><c r="A1"{attrs}>{inside}</c></row>'


def strings(items: str) -> str:
    """A shared strings part around the XML of its items."""
    return f'{DECLARATION}<sst xmlns="{MAIN}">{items}</sst>'


def styles(codes: Sequence[str]) -> str:
    """A styles part in which cell style number n has the format code `codes[n]`."""
    formats = "".join(f'<numFmt numFmtId="{164 + n}" formatCode={quoteattr(code)}/>' for n, code in enumerate(codes))
    xfs = "".join(f'<xf numFmtId="{164 + n}"/>' for n in range(len(codes)))
    return f'{DECLARATION}<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts><cellXfs>{xfs}</cellXfs></styleSheet>'


def relations(*targets: tuple[str, str, str]) -> str:
    """A relationships part of (id, kind, target)."""
    lines = "".join(f'<Relationship Id="{id_}" Type="{RELATION}/{kind}" Target="{target}"/>' for id_, kind, target in targets)
    return f'{DECLARATION}<Relationships xmlns="{PACKAGE}">{lines}</Relationships>'


def workbook(tabs: Sequence[tuple[str, str]] = (("Sheet1", ""),), inside: str = "", properties: str = "") -> str:
    """A workbook part with tabs of (name, further attributes), whose relationships are rId1, rId2 ..."""
    lines = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"{attrs}/>' for n, (name, attrs) in enumerate(tabs, 1)
    )
    start = f'{DECLARATION}<workbook xmlns="{MAIN}" xmlns:r="{RELATION}">'
    return f"{start}{properties}<sheets>{lines}</sheets>{inside}</workbook>"


def parts(*sheets: str, **other: str | bytes) -> dict[str, bytes]:
    """The parts of a whole workbook with the given worksheets, named Sheet1, Sheet2 ...

    Other parts by keyword: `strings`, `styles`, `workbook`.
    """
    names = [f"worksheets/sheet{n}.xml" for n in range(1, len(sheets) + 1)]
    kinds = {key: kind for key, kind in (("strings", "sharedStrings"), ("styles", "styles")) if key in other}
    shared = [(f"rId_{key}", kind, f"{kind}.xml") for key, kind in kinds.items()]
    found: dict[str, str | bytes] = {
        "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": other.get("workbook") or workbook([(f"Sheet{n}", "") for n in range(1, len(sheets) + 1)]),
        "xl/_rels/workbook.xml.rels": relations(*((f"rId{n}", "worksheet", name) for n, name in enumerate(names, 1)), *shared),
    }
    found |= {f"xl/{name}": text for name, text in zip(names, sheets, strict=True)}
    found |= {f"xl/{kind}.xml": other[key] for key, kind in kinds.items()}
    return {name: data.encode() if isinstance(data, str) else data for name, data in found.items()}


def packed(entries: Mapping[str, bytes] | Sequence[tuple[str, bytes]]) -> bytes:
    """A zip file of these entries, in this order; a name may stand twice."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as container:
        for name, data in entries.items() if isinstance(entries, Mapping) else entries:
            container.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def book(*sheets: str, **other: str | bytes) -> bytes:
    """The bytes of a whole workbook; see `parts`."""
    return packed(parts(*sheets, **other))


def read(*sheets: str, **other: str | bytes) -> Workbook:
    """The workbook, read."""
    return read_bytes(book(*sheets, **other))


def only(rows: str, **other: str | bytes) -> Cell | None:
    """The cell A1 of a workbook with these rows, None where it is blank."""
    return read(sheet(rows), **other).sheets[0].cells.get((1, 1))


def refusal(data: bytes, limits: Limits = Limits()) -> Unreadable:  # noqa: B008 - frozen
    """How a file is refused. Fails where it is read."""
    try:
        found = read_bytes(data, limits)
    except Unreadable as error:
        return error
    raise AssertionError(f"read: {found}")


def text(value: str) -> str:
    """An inline text as a cell's inside."""
    return f'<is><t xml:space="preserve">{escape(value)}</t></is>'
