"""The reader against openpyxl and calamine: the same cells, on workbooks that other programs wrote.

Where an oracle is known to differ (field-notes.md section 7, last table), the difference is one named function here, and
nothing else is forgiven. Each is marked with who is right.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
import python_calamine

from tests import office
from tests.random_books import NUMBER_FORMATS, Maker, by_openpyxl, by_xlsxwriter
from workflow.errors import Unreadable
from workflow.model import Cell, CellType
from workflow.reader import Workbook, read_bytes
from workflow.reader.refusal import REFUSALS

SAMPLES = Path(__file__).parents[2] / "shared" / "samples" / "sheets"
Cells = Mapping[tuple[str, int, int], object]
SEEDS = range(100)  # the ordinary tests look at every third


# --- what the oracles say, and how they are known to differ


def opened(data: bytes, data_only: bool) -> openpyxl.Workbook:
    """By openpyxl, without its warnings of dates out of range."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(io.BytesIO(data), data_only=data_only)


def openpyxl_cells(data: bytes) -> Cells:
    """Every value, as openpyxl (normal mode, saved results) gives it."""
    book = opened(data, data_only=True)
    return {
        (sheet.title, cell.row, cell.column): cell.value
        for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None
    }  # fmt: skip


def calamine_cells(data: bytes) -> Cells:
    """Every value, as calamine gives it; its blanks are empty texts."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {
        (meta.name, row, col): value
        for meta in book.sheets_metadata if meta.typ is python_calamine.SheetTypeEnum.WorkSheet
        for row, line in enumerate(book.get_sheet_by_name(meta.name).to_python(skip_empty_area=False), 1)
        for col, value in enumerate(line, 1) if value != ""
    }  # fmt: skip


def a_whole_day_is_a_date(value: object) -> object:
    """openpyxl gives every day a time (a matter of taste)."""
    return value.date() if isinstance(value, datetime) and value.time() == time() else value


def a_number_is_a_float(value: object) -> object:
    """openpyxl gives whole numbers as int (a matter of taste: the file does not say)."""
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def escapes_are_decoded(value: object) -> object:
    """openpyxl leaves `_x000D_` as it stands; we are right."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), value) if isinstance(value, str) else value


def a_duration_is_whole_seconds(value: object) -> object:
    """Both oracles round durations to other fractions of a second than we do; below the second nobody types them."""
    return timedelta(seconds=round(value.total_seconds())) if isinstance(value, timedelta) else value


def a_moment_is_whole_milliseconds(value: object) -> object:
    """calamine keeps the microseconds that a serial number's last binary digits make; the format has milliseconds."""
    if isinstance(value, datetime):
        return (value + timedelta(microseconds=500)).replace(microsecond=0)
    return value


def an_empty_text_is_a_blank(value: object) -> object:
    """openpyxl gives a shared text of no length as ""; the cell looks blank and counts as blank."""
    return None if value == "" else value


def outer_spaces_are_gone(value: object) -> object:
    """calamine strips texts whose XML does not say that spaces count; Excel and we keep them."""
    return (value.strip() or None) if isinstance(value, str) else value


Change = Callable[[object], object]
COMMON: tuple[Change, ...] = (an_empty_text_is_a_blank, a_duration_is_whole_seconds)
FOR_OPENPYXL: tuple[Change, ...] = (a_whole_day_is_a_date, a_number_is_a_float, escapes_are_decoded, *COMMON)
FOR_CALAMINE: tuple[Change, ...] = (a_moment_is_whole_milliseconds, outer_spaces_are_gone, *COMMON)


def not_a_day(cell: Cell) -> bool:
    """A number under a date format that no day answers to. openpyxl gives an error text or a day before 1900, calamine a
    time of day or the number, both take serial 60 for 28 February 1900; we keep the number."""
    if cell.type is not CellType.NUMBER or not isinstance(cell.value, float) or cell.format in NUMBER_FORMATS:
        return False
    return cell.value < 0 or 60 <= cell.value < 61 or cell.value >= 2_957_004  # the first past 9999 by either calendar


def under_a_merge(cell: Cell) -> bool:
    """openpyxl drops what lies under merged cells; we keep it and flag it."""
    return cell.merged


def without_result(cell: Cell) -> bool:
    """Both oracles give a formula never calculated as a blank; we say what it is."""
    return cell.type is CellType.UNCALCULATED


def an_error(cell: Cell) -> bool:
    """calamine gives every error as a blank; we give its code, as openpyxl does."""
    return cell.type is CellType.ERROR


NOT_FOR_OPENPYXL = (under_a_merge, without_result, not_a_day)
NOT_FOR_CALAMINE = (an_error, without_result, not_a_day)


def ours(book: Workbook) -> Iterator[tuple[tuple[str, int, int], Cell]]:
    for sheet in book.sheets:
        for (row, col), cell in sheet.cells.items():
            yield (sheet.name, row, col), cell


def changed(value: object, changes: tuple[Change, ...]) -> object:
    for change in changes:
        value = change(value)
    return value


def agree(book: Workbook, theirs: Cells, changes: tuple[Change, ...], left_out: tuple[Callable[[Cell], bool], ...]) -> int:
    """Assert that every cell agrees but for the known differences; the number of cells compared."""
    skip = {at for at, cell in ours(book) if any(test(cell) for test in left_out)}
    mine = {at: changed(cell.value, changes) for at, cell in ours(book) if at not in skip}
    other = {at: changed(value, changes) for at, value in theirs.items() if at not in skip}
    mine = {at: (type(value), value) for at, value in mine.items() if value is not None}
    other = {at: (type(value), value) for at, value in other.items() if value is not None}
    differ = {at: (mine.get(at), other.get(at)) for at in mine.keys() | other.keys() if mine.get(at) != other.get(at)}
    assert not differ, "cells on which we (first) and the oracle disagree"
    return len(mine)


def check(data: bytes) -> int:
    """Both oracles on one workbook; the number of cells compared."""
    book = read_bytes(data)
    count = agree(book, openpyxl_cells(data), FOR_OPENPYXL, NOT_FOR_OPENPYXL)
    return count + agree(book, calamine_cells(data), FOR_CALAMINE, NOT_FOR_CALAMINE)


@pytest.mark.parametrize("make", [by_xlsxwriter, by_openpyxl])
def test_every_cell_agrees_with_both_oracles(make: Maker) -> None:
    assert sum(check(make(seed)) for seed in SEEDS[::3]) > 1_300


@pytest.mark.long
@pytest.mark.parametrize("make", [by_xlsxwriter, by_openpyxl])
def test_every_cell_of_all_agrees_with_both_oracles(make: Maker) -> None:
    assert sum(check(make(seed)) for seed in SEEDS) > 4_000


@pytest.mark.parametrize("make", [by_xlsxwriter, by_openpyxl])
def test_what_stands_beside_values_agrees_with_openpyxl(make: Maker) -> None:
    """Number formats, formulas, merges, hidden rows, columns and sheets, the calendar."""
    for seed in range(0, len(SEEDS), 3):
        data = make(seed)
        book, other = read_bytes(data), opened(data, data_only=False)
        assert [(s.name, s.state) for s in book.sheets] == [(s.title, s.sheet_state) for s in other.worksheets]
        assert book.date1904 == (other.epoch.year == 1904)
        for sheet, theirs in zip(book.sheets, other.worksheets, strict=True):
            ranges = {(r.min_row, r.min_col, r.max_row, r.max_col) for r in theirs.merged_cells.ranges}
            assert set(sheet.merged) == ranges
            assert sheet.hidden_rows == {row for row, d in theirs.row_dimensions.items() if d.hidden}
            hidden = [d for d in theirs.column_dimensions.values() if d.hidden]
            assert sheet.hidden_cols == {col for d in hidden for col in range(d.min or 1, (d.max or 1) + 1)}
            for (row, col), cell in sheet.cells.items():
                twin = theirs.cell(row, col)
                assert (cell.formula is not None) == (twin.data_type == "f")
                assert cell.formula is None or f"={cell.formula}" == twin.value
                assert cell.format == twin.number_format or cell.format.startswith("dd/mm/yyyy")
                assert cell.hidden == (row in sheet.hidden_rows or col in sheet.hidden_cols)


@pytest.mark.libreoffice
@pytest.mark.skipif(not office.available(), reason="LibreOffice is not here")
def test_what_libreoffice_saves_agrees_with_both_oracles(tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    paths = []
    for seed in range(20):
        make: Maker = by_openpyxl if seed % 2 else by_xlsxwriter
        path = tmp_path / f"{seed}.xlsx"
        path.write_bytes(make(seed))
        paths.append(path)
    office.convert(paths, "xlsx", folder)
    found = [check((folder / path.name).read_bytes()) for path in paths]
    assert sum(found) > 500


# --- the samples that other programs wrote


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are not here")
def test_every_sample_is_read_or_refused_with_a_code() -> None:
    refused = {}
    for path in sorted(SAMPLES.iterdir()):
        try:
            book = read_bytes(path.read_bytes())
        except Unreadable as error:
            refused[path.name] = error.code
        else:
            assert path.suffix == ".xlsx"
            assert book.sheets
    assert set(refused.values()) <= REFUSALS.keys()
    assert {name: code for name, code in refused.items() if name.endswith(".xlsx")} == {
        "e35a96f0f0-agile_AES256_SHA512_CBC_pwd_password.xlsx": "encrypted",
    }
    assert all(code == "old-excel" for name, code in refused.items() if name.endswith(".xls"))


def asked(oracle: Callable[[bytes], Cells], data: bytes) -> Cells | None:
    """What an oracle says, None where it cannot open the workbook; both raise a dozen types of exception."""
    try:
        return oracle(data)
    except Exception:
        return None


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are not here")
def test_samples_agree_with_both_oracles_where_those_read_them() -> None:
    compared = strict = 0
    for path in sorted(SAMPLES.glob("*.xlsx")):
        data = path.read_bytes()
        spreadsheet, other = asked(openpyxl_cells, data), asked(calamine_cells, data)
        if other is not None:
            compared += agree(read_bytes(data), other, FOR_CALAMINE, NOT_FOR_CALAMINE)
        if spreadsheet is not None and read_bytes(data).strict:
            strict += not spreadsheet  # openpyxl finds nothing in a Strict workbook, and says nothing
        elif spreadsheet is not None:
            compared += agree(read_bytes(data), spreadsheet, FOR_OPENPYXL, NOT_FOR_OPENPYXL)
    assert compared > 2_000
    assert strict >= 5


def test_the_comparison_sees_dates() -> None:
    data = by_xlsxwriter(1)
    assert any(isinstance(value, date) for value in openpyxl_cells(data).values())
    assert any(isinstance(value, date) for value in calamine_cells(data).values())
