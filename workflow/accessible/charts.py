"""Checks on charts: each alone on a sheet of words, drawn from a table of the same workbook, readable in black and white."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from workflow.accessible.page import Area, Fault, Page
from workflow.accessible.parts import File

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook

_SMALLEST = 1000  # hundredths of a point (domain.md X23)
_REFERENCE = re.compile(r"(?:'(?P<quoted>(?:[^']|'')+)'|(?P<bare>[^'!]+))!(?P<cells>\$?[A-Z]+\$?\d+(?::\$?[A-Z]+\$?\d+)?)")
_SERIES = re.compile(rb"<(?:\w+:)?ser>.*?</(?:\w+:)?ser>", re.DOTALL)
_SHAPE = re.compile(rb"<(?:\w+:)?spPr>(.*?)</(?:\w+:)?spPr>", re.DOTALL)
_SANS = re.compile(rb"arial|calibri|aptos|verdana|tahoma|helvetica|liberation sans|carlito", re.IGNORECASE)


def stands_alone(page: Page) -> Iterator[Fault]:
    """X13: a chart stands below the lines of a sheet that has no table, so nothing is below or right of a table."""
    charts = _charts(page)
    if charts and page.area:
        yield page.fault("a chart stands on the sheet of a table. Give it a sheet of its own, with a link to the table.")
    if len(charts) > 1:
        yield page.fault("there is more than one chart. Put each on a sheet of its own.")
    last = max((cell.row for cell in page.cells), default=0)
    for chart in charts:
        corner = getattr(chart.anchor, "_from", None)
        if corner is None or corner.col != 0 or corner.row < last:
            yield page.fault("a chart does not stand at the left below the last line of text. Move it there.")


def has_its_table(book: Workbook, found: Sequence[Page]) -> Iterator[Fault]:
    """X21: the table that a chart draws is in the workbook, and the chart's sheet leads to it."""
    tables = {page.name: page.area for page in found if page.area}
    for page in found:
        for chart in _charts(page):
            drawn = [_cells(reference) for reference in _references(chart)]
            if not drawn or any(where is None or not _inside(where[1], tables.get(where[0])) for where in drawn):
                yield page.fault("a chart draws cells that are in no table of the workbook. Draw it from a table.")
            linked = " ".join(page.given.links.values())
            for sheet in sorted({where[0] for where in drawn if where}):
                if f"{sheet}'!" not in linked and f"{sheet}!" not in linked:
                    yield page.fault(f"the chart's sheet has no link to its table on the sheet {sheet}. Add one.")


def _charts(page: Page) -> list[Any]:
    return list(getattr(page.sheet, "_charts", ()))


def _references(chart: Any) -> Iterator[str]:
    """The cells that its series and their names of bars are taken from, of all charts that are laid over one another."""
    for part in getattr(chart, "_charts", (chart,)):
        for series in part.series:
            for source in (series.val, series.cat):
                for kind in ("numRef", "strRef", "multiLvlStrRef"):
                    reference = getattr(source, kind, None)
                    if reference is not None:
                        yield str(reference.f)


def _cells(reference: str) -> tuple[str, Area] | None:
    """The sheet and the cells of a reference; None where it is no plain range of one sheet of this workbook."""
    from openpyxl.utils.cell import range_boundaries  # noqa: PLC0415 - heavy

    found = _REFERENCE.fullmatch(reference)
    if not found or "[" in reference:
        return None
    left, top, right, bottom = (int(edge or 0) for edge in range_boundaries(found["cells"]))
    return (found["quoted"] or found["bare"]).replace("''", "'"), Area(top, left, bottom, right)


def _inside(cells: Area, table: Area | None) -> bool:
    return table is not None and (
        table.top < cells.top and cells.bottom <= table.bottom and table.left <= cells.left and cells.right <= table.right
    )


def readable(file: File) -> Iterator[Fault]:
    """X23: a chart's text is sans-serif and of 10 points or more, as in cells."""
    for part in _drawn(file):
        sizes = [int(size) for size in re.findall(rb'<a:(?:defRPr|rPr|endParaRPr)[^>]* sz="(\d+)"', part)]
        faces = re.findall(rb'<a:latin typeface="([^"]*)"', part)
        if any(size < _SMALLEST for size in sizes) or not all(_SANS.search(face) for face in faces):
            yield Fault("", "", "a chart has text that is not sans-serif or is smaller than 10 points. Use Arial, 10 or more.")


def differ_without_colour(file: File) -> Iterator[Fault]:
    """X19: no two series of a chart differ by colour alone: each has a pattern or a dash of its own. And none has depth."""
    for part in _drawn(file):
        looks = [_look(series) for series in _SERIES.findall(part)]
        if len(set(looks)) != len(looks):
            yield Fault("", "", "two series of a chart differ by colour alone. Give each its own pattern or dash.")
        if b"view3D>" in part or b"3DChart>" in part:
            yield Fault("", "", "a chart is drawn with depth, which hides what it shows. Draw it flat.")


def _drawn(file: File) -> Iterator[bytes]:
    yield from (part for name, part in file.parts.items() if re.fullmatch(r"xl/charts/chart\d*\.xml", name))


def _look(series: bytes) -> tuple[str, bytes]:
    """What a series looks like to somebody who sees no colour: its pattern, plain white, plain something, or its dash."""
    found = _SHAPE.search(series)
    shape = found[1] if found else b""
    fill = shape.partition(b"<a:ln")[0]
    if pattern := re.search(rb'<a:pattFill prst="(\w+)"', fill):
        return "pattern", pattern[1]
    if solid := re.search(rb'<a:solidFill>.*?val="(\w+)"', fill, re.DOTALL):
        return "plain", b"white" if solid[1].upper() == b"FFFFFF" else b""
    dash = re.search(rb'<a:prstDash val="(\w+)"', shape)
    return "line", dash[1] if dash else b""
