"""Checks on cells: whether text shows in full, and its fonts, colours, numbers and dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from workflow.accessible.looks import Cell, Look
from workflow.accessible.page import Fault, Page, number_of, text_of
from workflow.model import ASKS_WHOM, Profile
from workflow.writer import INDENT, column_px, contrast, line_count, text_px

_SANS = re.compile(r"arial|calibri|aptos|verdana|tahoma|helvetica|trebuchet|segoe ui|open sans|liberation sans|carlito", re.I)
_SMALLEST = 10
_LONGEST_MARK = 120  # a coloured cell holds a word and its meaning, not a paragraph
_DATE = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d\d-\d\d|\d{1,2}(?:st|nd|rd|th)? [A-Za-z]{3,9} \d{2,4}")
_NUMBER = re.compile(r"[£€]?\s*[-+]?\d{1,3}(?:,?\d{3})*(?:\.\d+)?\s*%?")
_SHOWN, _TYPED = "dd mmm yyyy", "dd/mm/yyyy"
_TOTALS = re.compile(r"(?:sub-?|grand )?totals?", re.IGNORECASE)
_EXACT_DIGITS = 15  # beyond it a spreadsheet cannot hold a number, so text is right


def _reports(page: Page, cell: Cell) -> bool:
    """Whether a cell is ours to lay out: in a return what is typed in is not."""
    return page.profile is not Profile.RETURN or cell.look.locked


def nothing_cut_off(page: Page) -> Iterator[Fault]:
    """X06: text wraps and its row is high enough; a number is not wider than its column; a line of text has room."""
    top = page.area.top if page.area else 0
    needs: dict[tuple[str, int, Look], float] = {}  # a text comes again in its column
    for cell in page.cells:
        look = cell.look
        if top and cell.row >= top:
            if _reports(page, cell) and not _shows(page, cell, needs):
                words = "the cell does not show all it holds. Wrap its text, or make its row higher or its column wider."
                yield page.fault(words, cell.coordinate)
        elif not look.wrapped and cell.column == 1 and not _runs_free(page, cell, look.size, look.bold):
            yield page.fault("the line is cut off at the edge of the page. Split it in two.", cell.coordinate)


def _shows(page: Page, cell: Cell, needs: dict[tuple[str, int, Look], float]) -> bool:
    row, column, value, look = cell
    if isinstance(value, str) and look.wrapped:
        height = page.given.heights.get(row)
        if height is None:
            return True
        need = needs.get((value, column, look))
        if need is None:
            lines = line_count(value, _room(page, cell), look.size, look.bold)
            need = needs[value, column, look] = lines * look.size * 1.15
        return need <= height + 1
    if isinstance(value, str):
        return "\n" not in value and text_px(value, look.size, look.bold) <= column_px(_room(page, cell))
    number = None if look.number_format == "General" else number_of(cell)  # General shortens a number by itself
    shown = f"{value:%d %b %Y}" if isinstance(value, date) else "" if number is None else f"{number:,}"
    return text_px(shown, look.size, look.bold) <= column_px(_room(page, cell))


def _room(page: Page, cell: Cell) -> float:
    return page.width(cell.column) - INDENT * cell.look.indent


def _runs_free(page: Page, cell: Cell, size: float, bold: bool) -> bool:
    from openpyxl.utils.cell import column_index_from_string  # noqa: PLC0415 - heavy

    reach = re.search(r":\$?([A-Z]+)\$?\d+", str(page.sheet.print_area or ""))
    need, room, col = text_px(str(cell.value), size, bold), 0, 1
    last = column_index_from_string(reach[1]) if reach else 0
    while room < need:
        blocked = col > 1 and page.at(cell.row, col).value is not None
        if blocked or (last and col > last):
            return False
        room += column_px(page.width(col))
        col += 1
    return True


def no_structural_fill(page: Page) -> Iterator[Fault]:
    """X18: no background colour for structure; a word such as a RAG rating may have one, and so may a return's boxes."""
    for cell in page.looking(_filled):
        if not page.inside(cell) and not (page.profile is Profile.RETURN and page.area and cell.row >= page.area.top):
            yield page.fault("a background colour marks structure. Take it out.", cell.coordinate)
        elif page.profile is Profile.PUBLISHED and len(str(cell.value)) > _LONGEST_MARK:
            yield page.fault("a background colour lies behind a long text. Take it out.", cell.coordinate)


def words_with_colour(page: Page) -> Iterator[Fault]:
    """X19: what colour says, a word says too."""
    for cell in page.looking(_filled, page.body):
        if cell.value is None and not _words_beside(page, cell):
            yield page.fault("colour alone means something here. Write the word too.", cell.coordinate)
    for rule in page.sheet.conditional_formatting:
        for area in rule.sqref.ranges:
            left, top, right, bottom = area.bounds
            if any(cell.value is None for cell in page.between(top, left, bottom, right)):
                yield page.fault("a rule colours cells that have no word. Write the word too.", str(area.coord))


def _filled(look: Look) -> bool:
    return look.fill not in ("", "FFFFFF")


def _words_beside(page: Page, cell: Cell) -> bool:
    """A return's shading has its words above the headings, or in a record at the end of the line."""
    if page.profile is not Profile.RETURN or not page.area:
        return False
    above = page.at(page.area.top - 1, cell.column).value if page.area.top > 1 else None
    return {above, page.at(cell.row, page.area.right).value} & ASKS_WHOM != set()


def contrasts(page: Page) -> Iterator[Fault]:
    """X20: text stands out from what is behind it by at least 4.5 to 1."""
    for cell in page.looking(lambda look: _contrast(look) < 4.5):
        words = f"the text's contrast is {_contrast(cell.look):.1f} to 1. Choose colours with at least 4.5."
        yield page.fault(words, cell.coordinate)


def _contrast(look: Look) -> float:
    return contrast(look.colour, look.fill or "FFFFFF")


def fonts(page: Page) -> Iterator[Fault]:
    """X23: a sans-serif font of 10 points or more, upright, level, underlined only where it is a link; no shouting."""
    for cell in page.looking(lambda look: not _SANS.search(look.font) or look.size < _SMALLEST):
        shown = f"{cell.look.font} {cell.look.size:g}"
        yield page.fault(f"the font is {shown}. Use Arial, 10 points or larger.", cell.coordinate)
    for cell in page.looking(lambda look: not look.plain):
        yield page.fault("the text is in italics, struck out or turned. Make it plain.", cell.coordinate)
    for cell in page.looking(lambda look: look.underlined):
        if not page.is_link(cell):
            yield page.fault("the text is underlined but not a link. Take the line out.", cell.coordinate)
    for cell in page.around:
        words = re.findall(r"[^\W\d_]{6,}", text_of(cell))  # shorter ones may be initials
        if len(words) > 1 and all(word.isupper() for word in words):
            yield page.fault("the text is all in capitals. Write it in sentence case.", cell.coordinate)


def numbers(page: Page) -> Iterator[Fault]:
    """X27: numbers are numbers, with thousands separators, to the right; text is to the left."""
    for cells in page.columns():
        filled = [cell for cell in cells if cell.value is not None and _reports(page, cell)]
        numeric = any(number_of(cell) is not None for cell in filled)
        for cell in filled:
            side, text, number = cell.look.side, text_of(cell), number_of(cell)
            if numeric and _NUMBER.fullmatch(text.strip()) and sum(char.isdigit() for char in text) <= _EXACT_DIGITS:
                yield page.fault("a number is kept as text. Enter it as a number, its unit in the heading.", cell.coordinate)
            elif text and side not in (None, "general", "left"):
                yield page.fault("text is not aligned to the left. Align it.", cell.coordinate)
            elif number is not None and side not in (None, "general", "right"):
                yield page.fault("a number is not aligned to the right. Align it.", cell.coordinate)
            elif number is not None and abs(number) >= 1000 and "#,##" not in cell.look.number_format:
                yield page.fault("a number has no thousands separator. Format it as #,##0.", cell.coordinate)


def units(page: Page) -> Iterator[Fault]:
    """X28: a number's unit stands in its heading, and no total in the middle of the rows."""
    for cell in page.body:
        if number_of(cell) is not None and re.search(r'[%£€$"]', cell.look.number_format):
            yield page.fault("a number's unit is in its format. Put the unit in the heading.", cell.coordinate)
        total = cell.column == 1 and _TOTALS.fullmatch(text_of(cell).strip())
        if total and page.area and cell.row != page.area.bottom:
            yield page.fault("a total stands between the rows. Move it to the end.", cell.coordinate)


def dates(page: Page) -> Iterator[Fault]:
    """X29: dates are dates, shown as dd mmm yyyy; a cell that a person types into may show dd/mm/yyyy.

    A text that is a date is a fault in a column of dates, unless no spreadsheet can hold it because it lies before 1901.
    """
    for cells in page.columns():
        expected = any(isinstance(cell.value, date) for cell in cells)
        for cell in cells if expected else ():
            if isinstance(cell.value, date):
                formats = {_SHOWN} if _reports(page, cell) else {_SHOWN, _TYPED}
                if cell.look.number_format.casefold() not in formats:
                    yield page.fault(f"a date is not shown as {_SHOWN}. Format it so.", cell.coordinate)
            elif _DATE.fullmatch(text_of(cell).strip()) and _reports(page, cell) and not _old(cell):
                yield page.fault("a date is kept as text. Enter it as a date.", cell.coordinate)


def _old(cell: Cell) -> bool:
    years = [int(digits) for digits in re.findall(r"\d{4}", text_of(cell))]
    return bool(years) and years[0] <= 1900
