"""Checks on one worksheet: its table, its title, its shape and its page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workflow.accessible.page import Fault, Page, at
from workflow.model import Profile, column_letters

_A4 = "9"
_NARROWEST, _WIDEST, _TOTAL = 8, 60, 150
_ROUNDING = 1.0
_EMPTY_SAID = re.compile(r"\b(?:blank|empty)\b", re.IGNORECASE)
_VAGUE = re.compile(r"(?:click )?here|link|more|read more|https?:.*|www\..*|[A-Z]{1,3}\d+", re.IGNORECASE)


def has_table(page: Page) -> Iterator[Fault]:
    """X01: data stands in an Excel table with a heading row."""
    data = None if page.table else next((cell for cell in page.cells if cell.column > 1), None)
    if data:
        yield page.fault("the data is not an Excel table. Use Insert, Table.", data.coordinate)
    if page.table and page.table.headerRowCount == 0:
        yield page.fault("the table has no heading row. Switch it on.", page.table.ref)


def merged(page: Page) -> Iterator[Fault]:
    """X03: no merged cells."""
    for area in page.sheet.merged_cells.ranges:
        yield page.fault("cells are merged. Unmerge them.", str(area.coord))


def blank_rows(page: Page) -> Iterator[Fault]:
    """X04: no blank rows or columns inside the table. A return's answer columns are blank by nature."""
    if not page.area:
        return
    filled = [cell for cell in page.body if cell.value is not None]
    rows, cols = {cell.row for cell in filled}, {cell.column for cell in filled}
    for row in range(page.area.top + 1, page.area.bottom + 1):
        if row not in rows:
            yield page.fault("a row of the table is blank. Delete it.", f"{row}:{row}")
    for col in range(page.area.left, page.area.right + 1):
        if col not in cols and page.profile is Profile.PUBLISHED:
            letters = column_letters(col)
            yield page.fault("a column of the table is blank. Delete it.", f"{letters}:{letters}")


def headings(page: Page) -> Iterator[Fault]:
    """X05: every column has a heading, in words, of its own."""
    seen: set[str] = set()
    for cell in page.headings():
        text = cell.value
        if not isinstance(text, str) or not text.strip():
            yield page.fault("a column has no heading in words. Give it one.", cell.coordinate)
        elif text.casefold() in seen:
            yield page.fault(f"the heading {text} is used twice. Change one.", cell.coordinate)
        else:
            seen.add(text.casefold())


def panes(page: Page) -> Iterator[Fault]:
    """X07: no filter buttons, and in a published file no frozen panes."""
    filtered = page.sheet.auto_filter.ref or any(table.autoFilter for table in page.sheet.tables.values())
    if filtered:
        yield page.fault("there are filter buttons. Switch them off.")
    if page.profile is Profile.PUBLISHED and page.sheet.freeze_panes:
        yield page.fault("panes are frozen. Unfreeze them.")


def empty_cells(page: Page) -> Iterator[Fault]:
    """X08: an empty cell is explained above the table, or says [x], [z] or [c]."""
    top = page.area.top if page.area else 0
    if any(cell.row < top and cell.row > 1 and _EMPTY_SAID.search(str(cell.value)) for cell in page.around):
        return
    for cell in page.body:
        if cell.value in (None, ""):
            words = "an empty cell is not explained. Write [x], [z] or [c], or say above the table what it means."
            yield page.fault(words, cell.coordinate)


def widths(page: Page) -> Iterator[Fault]:
    """X10: columns of 8 to 60 characters, in a published file about 150 together."""
    cols = range(page.area.left, page.area.right + 1) if page.area else range(1, 2)
    for col in cols:
        if not _NARROWEST - _ROUNDING <= page.width(col) <= _WIDEST + _ROUNDING:
            words = f"a column is {page.width(col):.0f} characters wide. Make it {_NARROWEST} to {_WIDEST}."
            yield page.fault(words, f"{column_letters(col)}:{column_letters(col)}")
    total = sum(page.width(col) for col in cols)
    if page.profile is Profile.PUBLISHED and total > _TOTAL * 1.05:
        yield page.fault(f"the table is {total:.0f} characters wide. Keep it to about {_TOTAL}.")


def title(page: Page) -> Iterator[Fault]:
    """X12: A1 says what the sheet holds, in the cell style "Heading 1"."""
    first = page.first
    if not isinstance(first.value, str) or len(first.value.strip()) < 3:
        yield page.fault("there is no title. Say in A1 what the sheet holds.", "A1")
    elif first.look.style != "Heading 1":
        yield page.fault('the title does not have the cell style "Heading 1". Apply it.', "A1")


def nothing_outside(page: Page) -> Iterator[Fault]:
    """X13: lines of text stand above the table in column A; nothing stands below or right of it. A return's words over
    its columns (who fills them in) stand directly above the headings."""
    if not page.area:
        return
    for cell in page.around:
        above = cell.row < page.area.top
        words = page.profile is Profile.RETURN and cell.row == page.area.top - 1 and cell.column <= page.area.right
        if above and cell.column > 1 and not words:
            yield page.fault("text above the table is not in column A. Move it there.", cell.coordinate)
        elif cell.row > page.area.bottom or (not above and cell.column > page.area.right):
            yield page.fault("something stands below or right of the table. Move it above.", cell.coordinate)


def starts_left(page: Page) -> Iterator[Fault]:
    """X14: the table starts in column A."""
    if page.area and page.area.left != 1:
        yield page.fault("the table does not start in column A. Move it.", at(page.area.top, page.area.left))


def one_table(page: Page) -> Iterator[Fault]:
    """X15: one table on a sheet."""
    if len(page.sheet.tables) > 1:
        yield page.fault("there is more than one table. Put each on a sheet of its own.")


def no_header_footer(page: Page) -> Iterator[Fault]:
    """X17: nothing in the page header or footer, which screen readers do not read."""
    sheet = page.sheet
    kinds = (sheet.oddHeader, sheet.oddFooter, sheet.evenHeader, sheet.evenFooter, sheet.firstHeader, sheet.firstFooter)
    if any(part.text for kind in kinds if kind for part in (kind.left, kind.center, kind.right)):
        yield page.fault("there is text in the page header or footer. Put it into cells.")


def link_words(page: Page) -> Iterator[Fault]:
    """X24: a link says where it leads."""
    for cell in page.cells if page.given.links else ():
        if page.is_link(cell) and (_VAGUE.fullmatch(str(cell.value).strip()) or len(str(cell.value).strip()) < 3):
            yield page.fault("a link does not say where it leads. Put that in words.", cell.coordinate)


def printing(page: Page) -> Iterator[Fault]:
    """X31: A4 landscape, one page wide, with a print area and the headings repeated."""
    setup, sheet = page.sheet.page_setup, page.sheet
    if str(setup.paperSize or "") != _A4:
        yield page.fault("the paper is not A4. Choose A4 in the page set-up.")
    if setup.orientation != "landscape":
        yield page.fault("the page is not landscape. Turn it in the page set-up.")
    fits = sheet.sheet_properties.pageSetUpPr and sheet.sheet_properties.pageSetUpPr.fitToPage
    if not fits or (setup.fitToWidth or 1) != 1 or setup.fitToHeight != 0:
        yield page.fault("the sheet is not fitted to one page wide and any number tall. Choose that in the page set-up.")
    if not sheet.print_area:
        yield page.fault("there is no print area. Set it.")
    if page.area:
        rows = [int(number) for number in re.findall(r"\d+", str(sheet.print_title_rows or ""))]
        if len(rows) != 2 or not rows[0] <= page.area.top <= rows[1]:
            yield page.fault("the heading row is not repeated on each page. Set the rows to repeat at the top.")
