"""Workbooks of every kind of cell, made at random by the two libraries that write most of what we will meet."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
import xlsxwriter  # type: ignore[import-untyped]
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import PatternFill
from openpyxl.utils.datetime import CALENDAR_MAC_1904

TEXTS = (
    "On track", "1.10", "3", "1.3.1", "0012", "  two spaces  ", " ", "line\nbreak", "tab\there", "a & b < c > \"d\" 'e'",
    "=1+1", "-bullet", "+44", "@home", "None", "N/A", "TRUE", "#REF!", "31/10/2023", "36.4%", "£5m – “quoted” é 漢字 😀",
    "_x0041_", "_x005F_", "]]>", "&amp;", "x" * 400,
)  # fmt: skip
DATE_FORMATS = ("dd/mm/yyyy", "d mmm yy", "[$-809]dd mmmm yyyy;@", "yyyy-mm-dd hh:mm:ss", "mmm-yy", "h:mm AM/PM")
NUMBER_FORMATS = ("General", "0", "0.00", "0.0%", "#,##0", '0.00 "days"', "[Red]0.00", '"Month" 0', "£#,##0.00", "0.00E+00")
HOURS = "[h]:mm"
ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")

Maker = Callable[[int], bytes]


def place(chance: random.Random) -> tuple[int, int]:
    """A cell, most of them near the top left, some far out."""
    far = chance.random() < 0.03
    return chance.randrange(300 if far else 40), chance.randrange(60 if far else 14)


def moment(chance: random.Random) -> datetime:
    """A day from 1 March 1900 on, with or without a time, to the second."""
    day = datetime.fromisoformat("1905-01-01") + timedelta(days=chance.randrange(60_000))
    return day + timedelta(seconds=chance.choice([0, chance.randrange(86_400)]))


def number(chance: random.Random) -> float:
    """A number of any size and sign."""
    kinds = (chance.randrange(-50, 5000), round(chance.uniform(-1, 1), 3), chance.uniform(-1e6, 1e6), 1.5e-300, 1e200, 0)
    return chance.choice(kinds)


def by_xlsxwriter(seed: int) -> bytes:
    """One to three sheets by XlsxWriter; dates in the calendar of 1904 for every fourth seed."""
    chance = random.Random(seed)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"date_1904": seed % 4 == 3, "default_date_format": "dd/mm/yyyy"})
    formats = {code: book.add_format({"num_format": code}) for code in (*DATE_FORMATS, *NUMBER_FORMATS, HOURS)}
    plain = book.add_format({"bg_color": "#EEEEEE"})
    formats |= {"bold": book.add_format({"bold": True}), "plain": plain}
    for n in range(chance.randint(1, 3)):
        sheet = book.add_worksheet(f"Sheet {n} é")
        if n and chance.random() < 0.5:
            sheet.very_hidden() if chance.random() < 0.5 else sheet.hide()
        used: set[tuple[int, int]] = set()
        for _ in range(chance.randint(0, 80)):
            at = place(chance)
            if at not in used:
                used.add(at)
                _write(sheet, at, chance, formats)
        if chance.random() < 0.5:
            sheet.merge_range(50, 1, 52, 3, chance.choice(TEXTS), plain)
            sheet.merge_range(60, 1, 60, 20, "", plain)
        if chance.random() < 0.5:
            sheet.set_row(chance.randrange(40), None, None, {"hidden": True})
            sheet.set_column(2, 4, None, None, {"hidden": True})
        if chance.random() < 0.3:
            sheet.add_table(70, 0, 73, 2, {"columns": [{"header": h} for h in ("Row key", "RAG", "Progress")]})
    book.close()
    return buffer.getvalue()


def _write(sheet: Any, at: tuple[int, int], chance: random.Random, formats: dict[str, Any]) -> None:
    bold, plain = formats["bold"], formats["plain"]
    date_format, number_format = formats[chance.choice(DATE_FORMATS)], formats[chance.choice(NUMBER_FORMATS)]
    kind = chance.randrange(13)
    if kind <= 2:
        sheet.write_string(*at, chance.choice(TEXTS), chance.choice([None, plain]))
    elif kind <= 4:
        sheet.write_number(*at, number(chance), number_format)
    elif kind == 5:
        sheet.write_datetime(*at, moment(chance), date_format)
    elif kind == 6:
        sheet.write_datetime(*at, time(chance.randrange(24), chance.randrange(60)), date_format)
    elif kind == 7:
        sheet.write_datetime(*at, timedelta(minutes=chance.randrange(10_000)), formats[HOURS])
    elif kind == 8:
        sheet.write_boolean(*at, chance.random() < 0.5)
    elif kind == 9:
        sheet.write_formula(*at, "=A1&B1", plain, chance.choice(["text & more", "", 5, 0.25, True, chance.choice(ERRORS)]))
    elif kind == 10:
        sheet.write_rich_string(*at, "On ", bold, "track", " & <so> on ")
    elif kind == 11:
        sheet.write_number(*at, chance.choice([59, 60, 61, -5, 2958465, 2958466, 0, 0.5, 1e10]), date_format)
    else:
        sheet.write_blank(*at, None, plain)


def by_openpyxl(seed: int) -> bytes:
    """One to three sheets by openpyxl: inline texts, attributes in another order, formulas without a saved result."""
    chance = random.Random(seed)
    book = openpyxl.Workbook()
    if seed % 4 == 3:
        book.epoch = CALENDAR_MAC_1904
    for n in range(chance.randint(1, 3)):
        sheet: Any = book.active if n == 0 else book.create_sheet(f"Sheet {n} é")
        if n:
            sheet.sheet_state = chance.choice(["visible", "hidden", "veryHidden"])
        for _ in range(chance.randint(0, 80)):
            row, col = place(chance)
            cell = sheet.cell(row + 1, col + 1)
            cell.value = _value(chance)
            if cell.data_type == "f" and chance.random() < 0.5:
                cell.data_type = "s"
            if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
                # calamine stops at a duration of millions of years, so those are not made here
                hours = (HOURS,) if abs(cell.value) < 1e6 else ()
                cell.number_format = chance.choice((*NUMBER_FORMATS, *DATE_FORMATS, *hours))
            if chance.random() < 0.2:
                cell.fill = PatternFill("solid", fgColor="EEEEEE")
        if chance.random() < 0.5:
            sheet.merge_cells("B52:D54")
            sheet.cell(52, 2).value = "merged"
            sheet.row_dimensions[chance.randrange(1, 40)].hidden = True
            sheet.column_dimensions["C"].hidden = True
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _value(chance: random.Random) -> object:
    rich = CellRichText("On ", TextBlock(InlineFont(b=True), "track "), " & on")
    serial = chance.choice([59, 60, 61, -5, 2958465, 2958466, 0, 0.5, 1e10])
    stamp = moment(chance)
    clock, hours = time(chance.randrange(24), chance.randrange(60)), timedelta(minutes=chance.randrange(10_000))
    kinds: tuple[object, ...] = (
        chance.choice(TEXTS), chance.choice(TEXTS), number(chance), number(chance), stamp, date(2023, 10, 31), clock, hours,
        True, False, "=A1+1", chance.choice(ERRORS), rich, serial, None,
    )  # fmt: skip
    return chance.choice(kinds)
