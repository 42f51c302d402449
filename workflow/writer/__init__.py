"""Draws a `model.Book` as an .xlsx workbook. This is the room's one door, and the only one that knows XlsxWriter."""

from __future__ import annotations

import re
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
from workflow.writer.package import NO_SEAL, SEAL, finish, is_sealed, seal
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

    out = BytesIO()
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "default_format_properties": dict(NORMAL), "default_row_height": 17,
    }
    workbook = xlsxwriter.Workbook(out, options)
    grids = [fit.lay(sheet, book.profile) for sheet in book.sheets]
    moved = [long for grid in grids for long in grid.long_texts]
    if moved:
        grids.append(fit.lay(fit.long_texts(moved, book.profile), book.profile))
    names = _tab_names([grid.sheet.name for grid in grids])
    pen = Pen(workbook, Formats(workbook, layout.LOOKS[book.profile].size), book.profile, names, Lists())
    tables = _table_names([grid.sheet for grid in grids])
    drawn = {grid.sheet.name: grid for grid in grids}
    for grid, table in zip(grids, tables, strict=True):
        tab = draw_sheet(pen, grid, table)
        charts.draw(workbook, tab, grid, drawn, names)
    _draw_lists(pen)
    _describe(workbook, book)
    workbook.close()
    return finish(out.getvalue(), grow=book.profile is not Profile.PUBLISHED)


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


def _table_names(sheets: list[Sheet]) -> list[str]:
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
