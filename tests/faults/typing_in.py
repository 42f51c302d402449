"""Typing into a workbook of ours by changing the stored cells themselves: real bytes, in a hundredth of a second.

What changes more than cells (inserted rows, moved columns, merged cells) is done with openpyxl in `changes`.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.faults.answers import Box, Typed

_KEYS = ("Row key", "Query")  # the heading of what tells the rows of a table apart
_EPOCH = date(1899, 12, 30)
Address = tuple[str, str]  # sheet, cell


@dataclass(frozen=True)
class Formula:
    """A formula as it is stored: with its saved result, or without one (`None`)."""

    text: str
    saved: float | None = None


@dataclass(frozen=True)
class Broken:
    """The error that a formula left in its cell."""

    code: str


@lru_cache(maxsize=64)
def addresses(data: bytes) -> Mapping[Box, Address]:
    """Where every box of a workbook stands, found as a person finds it: by sheet, row key and heading."""
    return places(openpyxl.load_workbook(io.BytesIO(data)))


def places(book: Workbook) -> dict[Box, Address]:
    """The same of a workbook that openpyxl has open. The row as a whole has the heading ""."""
    found: dict[Box, Address] = {}
    for ws in book.worksheets:
        tops = [c.row for c in ws["A"] if c.value in _KEYS] or [
            c.row for column in ws.iter_cols() for c in column if c.value in _KEYS
        ]
        found.update(_table(ws, tops[0]) if tops else _record(ws))
    return found


def _table(ws: Worksheet, top: int) -> dict[Box, Address]:
    headings = {c.column: str(c.value) for c in ws[top] if c.value}
    keys = next(column for column, heading in headings.items() if heading in _KEYS)
    found: dict[Box, Address] = {(ws.title, "", ""): (ws.title, "")}
    seen: set[str] = set()
    for column, heading in list(headings.items()):
        if heading in seen:
            headings[column] = f"{heading} again"
        seen.add(heading)
        found[ws.title, "", headings[column]] = (ws.title, ws.cell(top, column).coordinate)
    for row in range(top + 1, ws.max_row + 1):
        key = ws.cell(row, keys).value
        if key:
            found[ws.title, str(key), ""] = (ws.title, "")
            for column, heading in headings.items():
                found[ws.title, str(key), heading] = (ws.title, ws.cell(row, column).coordinate)
    return found


def _record(ws: Worksheet) -> dict[Box, Address]:
    lines = [row for row in range(1, ws.max_row + 1) if ws.cell(row, 1).value]
    found = {(ws.title, "", str(ws.cell(row, 1).value)): (ws.title, ws.cell(row, 2).coordinate) for row in lines}
    return {(ws.title, "", ""): (ws.title, ""), **found}


def type_in(data: bytes, typed: Typed, where: Mapping[Box, Address] | None = None) -> bytes:
    """The workbook with some boxes typed in. A text is stored as text, whatever it begins with; None empties a box."""
    where = where or addresses(data)
    by_sheet: dict[str, dict[str, Any]] = {}
    for box, value in typed.items():
        assert box in where, f"there is no box {box}"
        sheet, cell = where[box]
        by_sheet.setdefault(sheet, {})[cell] = value
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        parts = _parts(old)
        changed = {parts[sheet]: cells for sheet, cells in by_sheet.items()}
        for info in old.infolist():
            part = old.read(info)
            if info.filename in changed:
                part = _typed(part.decode(), changed[info.filename]).encode()
            new.writestr(zipfile.ZipInfo(info.filename, (2023, 9, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _parts(book: zipfile.ZipFile) -> dict[str, str]:
    """The part of each sheet. Our writer numbers them in order."""
    names = re.findall(r'<sheet name="([^"]*)"', book.read("xl/workbook.xml").decode())
    return {name.replace("&amp;", "&"): f"xl/worksheets/sheet{n}.xml" for n, name in enumerate(names, 1)}


def _typed(xml: str, cells: Mapping[str, Any]) -> str:
    for cell, value in cells.items():
        pattern = re.compile(rf'<c r="{cell}"( s="\d+")?(?: t="\w+")?(?:/>|>.*?</c>)', re.DOTALL)
        xml, found = pattern.subn(lambda m, c=cell, v=value: _cell(c, m[1] or "", v), xml, count=1)  # type: ignore[misc]
        assert found, f"no cell {cell} is stored"
    return xml


def _cell(ref: str, style: str, value: Any) -> str:
    """One stored cell, in the style that it has."""
    start = f'<c r="{ref}"{style}'
    match value:
        case None:
            rest = "/>"
        case Formula(text, saved):
            rest = f"><f>{escape(text)}</f>{'' if saved is None else f'<v>{saved}</v>'}</c>"
        case Broken(code):
            rest = f' t="e"><v>{code}</v></c>'
        case bool():
            rest = f' t="b"><v>{int(value)}</v></c>'
        case date():
            rest = f"><v>{(value - _EPOCH).days}</v></c>"
        case int() | float():
            rest = f"><v>{value}</v></c>"
        case _:
            rest = f' t="inlineStr"><is><t xml:space="preserve">{_xml(str(value))}</t></is></c>'
    return start + rest


def _xml(text: str) -> str:
    """Text as a workbook stores it: what XML cannot hold as _xHHHH_."""
    safe = re.sub(r"[\x00-\x08\x0b-\x1f]", lambda m: f"_x{ord(m[0]):04X}_", text)
    return escape(safe)


def changed(data: bytes, change: Any) -> tuple[bytes, Mapping[Box, Address]]:
    """The workbook after something was done to it in openpyxl, and where its boxes stand now."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue(), places(book)
