"""Draws a `model.Book` as an .xlsx workbook. This is the room's one door, and the only one that knows XlsxWriter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from io import BytesIO

from workflow.model import Book, Profile, Sheet, column_letters
from workflow.writer import charts, fit, values
from workflow.writer import grid as layout
from workflow.writer.charts import BLANK_LOOK, MOST_LOOKS
from workflow.writer.entry import LISTS, Lists
from workflow.writer.formats import NORMAL, Formats, Workbook, contrast
from workflow.writer.grid import INDENT, TITLE_SIZE
from workflow.writer.measure import column_px, line_count, text_px
from workflow.writer.package import NO_SEAL, SEAL, finish, is_sealed, seal, taken_parts
from workflow.writer.sheets import Pen, checked, draw_sheet, quoted_sheet

__all__ = [
    "BLANK_LOOK", "INDENT", "LISTS", "MOST_LOOKS", "column_px", "contrast", "heading_row",
    "is_sealed", "line_count", "render", "render_sealed", "text_px",
]

_NOT_IN_TABS = re.compile(r"[\[\]:*?/\\]")
_NOT_IN_NAMES = re.compile(r"[^0-9A-Za-z_.]+")
_LONGEST_TAB = 31
_PROPERTY = 255


def render(book: Book) -> bytes:
    """The workbook as bytes: the same book gives the same bytes.

    Raises ValueError where the book itself is wrong (repeated headings, a link to a sheet it lacks): our mistake.
    """
    import xlsxwriter  # type: ignore[import-untyped] # noqa: PLC0415 - heavy, and carries no types

    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "default_format_properties": dict(NORMAL), "default_row_height": 17,
    }
    workbook = xlsxwriter.Workbook(BytesIO(), options)
    pen = Pen(workbook, Formats(workbook, layout.LOOKS[book.profile].size), book.profile, {}, Lists())
    _draw_sheets(pen, book)
    _draw_lists(pen)
    _describe(workbook, book)
    return finish(taken_parts(workbook), grow=book.profile is not Profile.PUBLISHED)


def _draw_sheets(pen: Pen, book: Book) -> None:
    """One sheet after another, of which only those that a chart draws are kept until the end."""
    charted = {sheet.chart.sheet for sheet in book.sheets if sheet.chart}
    kept = {sheet.name: fit.lay(sheet, book.profile) for sheet in book.sheets if sheet.name in charted}
    pen.names |= _tab_names([sheet.name for sheet in book.sheets])
    moved: list[layout.LongText] = []
    for sheet, table in zip(book.sheets, _table_names(book.sheets), strict=True):
        grid = kept.get(sheet.name) or fit.lay(sheet, book.profile)
        tab = draw_sheet(pen, grid, table)
        charts.draw(pen.workbook, tab, grid, kept, pen.names)
        moved += grid.long_texts
    if moved:
        more = fit.long_texts(moved, book.profile)
        pen.names |= _tab_names([*(sheet.name for sheet in book.sheets), more.name])
        draw_sheet(pen, fit.lay(more, book.profile), _table_names([*book.sheets, more])[-1])


def render_sealed(book: Book) -> bytes:
    """The workbook as bytes, marked so that `is_sealed` tells whether anybody has saved it since. Raises as `render` does."""
    return seal(render(replace(book, properties=(*book.properties, (SEAL, NO_SEAL)))))


def heading_row(sheet: Sheet, profile: Profile) -> int:
    """The spreadsheet row (from 1) in which a sheet's headings will stand, for formulas that point into its table."""
    return layout.outline(sheet, profile).heading_row + 1


def _tab_names(wanted: list[str]) -> dict[str, str]:
    """Tab names that Excel takes: at most 31 characters, none of `[]:*?/\\`, no two alike."""
    if len(set(wanted)) != len(wanted):
        raise ValueError("two sheets of the book have the same name")
    names: dict[str, str] = {}
    taken = {LISTS.casefold(), "history"}
    for name in wanted:
        base = _NOT_IN_TABS.sub(" ", values.clean(name).replace("\n", " ")).strip(" '") or "Untitled"
        tab, number = _cut(base, _LONGEST_TAB), 1
        while tab.casefold() in taken:
            number += 1
            tab = f"{_cut(base, _LONGEST_TAB - len(str(number)) - 1)} {number}"
        taken.add(tab.casefold())
        names[name] = tab
    return names


def _cut(text: str, limit: int) -> str:
    while values.units(text) > limit:
        text = text[:-1]
    return text.rstrip(" '")


def _table_names(sheets: Sequence[Sheet]) -> list[str]:
    """A table name for each sheet: its own where it is a table's, else one made from it, since Excel wants the names of
    tables and the defined names that anchor records to differ."""
    anchors = {sheet.table.casefold() for sheet in sheets if sheet.table}
    made: list[str] = []
    for sheet in sheets:
        if sheet.table and sheet.layout == "table":
            made.append(sheet.table)
            continue
        base = f"{sheet.table or _NOT_IN_NAMES.sub('_', sheet.name).strip('_.') or 'sheet'}_table"
        if not re.match(r"[A-Za-z_]", base):
            base = f"_{base}"
        name, number = base, 1
        while name.casefold() in anchors:
            number += 1
            name = f"{base}_{number}"
        anchors.add(name.casefold())
        made.append(name)
    if len({name.casefold() for name in made}) != len(made):
        raise ValueError("two sheets of the book have the same table name")
    return made


def _draw_lists(pen: Pen) -> None:
    """The hidden sheet of drop-down lists, the only one a return may hide (X09). It holds no personal data."""
    if not pen.lists.named:
        return
    tab = pen.workbook.add_worksheet(LISTS)
    checked(tab.write_string(0, 0, "Lists for the drop-downs", pen.formats.title(TITLE_SIZE)), "a title")
    text = pen.formats.get(num_format="@")
    for col, (choices, name) in enumerate(pen.lists.named.items()):
        checked(tab.set_column(col, col, 30), "a column width")
        for row, choice in enumerate(choices, start=1):
            checked(tab.write_string(row, col, choice, text), "a choice")
        letters = column_letters(col + 1)
        where = f"={quoted_sheet(LISTS)}!${letters}$2:${letters}${len(choices) + 1}"
        checked(pen.workbook.define_name(name, where), f"the name {name}")
    tab.hide()


def _describe(workbook: Workbook, book: Book) -> None:
    """Document properties and defined names."""
    when = datetime(book.when.year, book.when.month, book.when.day)  # noqa: DTZ001 - a day from --today, no clock
    texts = {"title": book.title, "subject": book.subject, "author": book.creator, "keywords": book.keywords}
    shown = {key: values.clip(values.clean(text), _PROPERTY) for key, text in texts.items()}
    workbook.set_properties({**shown, "created": when})
    for name, text in book.properties:
        value = values.clip(values.clean(text), _PROPERTY)
        checked(workbook.set_custom_property(name, value, "text"), f"the property {name}")
    for name, reference in book.names:
        target = reference if reference.startswith("=") else f"={reference}"
        checked(workbook.define_name(name, target), f"the name {name}")
