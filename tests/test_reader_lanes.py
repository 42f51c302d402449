"""The quick way through plain XML and the full way through expat give the same cells, and values come back as written."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, time, timedelta

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import raw_books as raw
from tests.random_books import Maker, by_openpyxl, by_xlsxwriter
from workflow.errors import Unreadable
from workflow.model import Cell, CellType
from workflow.reader import Workbook, plain, read_bytes
from workflow.reader.book import Limits
from workflow.reader.cells import Collector, Found
from workflow.reader.parts import Shared
from workflow.reader.plaincells import read_cells


def outcome(data: bytes) -> Workbook | str:
    """The workbook, or the code and sentence of its refusal."""
    try:
        return read_bytes(data)
    except Unreadable as error:
        return f"{error.code} {error}"


def the_full_way(data: bytes) -> Workbook | str:
    """The same, with nothing taken by the quick way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain, "MOST_BYTES", -1)
        return outcome(data)


@pytest.mark.parametrize("make", [by_xlsxwriter, by_openpyxl])
def test_both_ways_agree_on_ordinary_workbooks(make: Maker) -> None:
    for seed in range(200, 260):
        data = make(seed)
        assert outcome(data) == the_full_way(data)


@pytest.mark.parametrize("make", [by_xlsxwriter, by_openpyxl])
def test_ordinary_workbooks_do_go_the_quick_way(make: Maker) -> None:
    for seed in range(200, 230):
        with zipfile.ZipFile(io.BytesIO(make(seed))) as container:
            for name in container.namelist():
                data = container.read(name)
                if name.startswith("xl/worksheets/sheet") and b"<sheetData>" in data and b"<is><r>" not in data:
                    # two thousand texts, so that the shared strings of any of these books are there
                    shared = Shared(["x"] * 2_000, {}, False, Limits())
                    assert b"<row" not in read_cells(data, Collector("", shared, 10_000), Found())


# Pieces of which a worksheet's rows may be made: most of them right, some odd, some wrong.
PIECES = st.lists(
    st.sampled_from(
        [
            '<row r="1">', '<row r="2" spans="1:3" hidden="1">', '<row r="3"/>', "<row>", "</row>", "</row>", "</row>", " ",
            "\n", '<c r="A1"><v>1</v></c>', '<c r="B1" s="1" t="s"><v>0</v></c>', '<c r="C1" s="0"/>',
            '<c r="A2" t="b"><v>1</v></c>', '<c r="A2" t="s"><v>9</v></c>', '<c r="B2"><f>1+1</f><v>2</v></c>',
            '<c r="C2"><f>1+1</f></c>', '<c r="A1" t="inlineStr"><is><t>a &amp; b</t></is></c>',
            '<c r="A2" t="inlineStr" s="1"><is><t> _x0041_ </t></is></c>',
            '<c r="B2" t="str"><f t="shared" ref="B2:C2" si="0">A1</f><v>x&#10;y</v></c>', '<c r="D1" t="e"><v>#N/A</v></c>',
            '<c r="C2"><f t="shared" si="0"/><v>1</v></c>', '<c r="D2"><f t="array" ref="D2:E3">A1</f><v>1</v></c>',
            '<c r="E2" s="1"><v>45230</v></c>', '<c r="E1" s="7"><v>45230.5</v></c>', "<c><v>7</v></c>",
            '<c t="s"><v>1</v></c>', "<c r='F1'><v>1</v></c>", '<c r="F2" cm="1"><v>1</v></c>',
            '<c r="G1"><v>1</v><extLst/></c>', "<!-- x -->", "<?x y?>", '<c r="G2" t="str"><v>a]]>b</v></c>',
            '<c r="H1" t="str"><v>\r\n</v></c>', '<c r="H2"><v>bad</v></c>', "<c/>", "</c>",
            '<c r="I1" t="str"><v>\ufffd é 😀</v></c>', '<c r="I2" r="I3"><v>1</v></c>', "<x>", "</x>", "&amp;", "&", "<",
            '<c r="XFE1"><v>1</v></c>', '<c r="J1" t="str"><f>&quot;a&quot;</f><v></v></c>', '<c r="J2"><v></v></c>',
        ]
    ),
    max_size=14,
).map("".join)  # fmt: skip
ROW = st.tuples(st.integers(1, 3), PIECES).map(lambda pair: f'<row r="{pair[0]}">{pair[1]}</row>')


@settings(max_examples=400, deadline=None)
@given(st.one_of(PIECES, st.lists(ROW, max_size=3).map("".join)))
def test_both_ways_agree_on_odd_rows(rows: str) -> None:
    data = raw.book(raw.sheet(rows), strings=raw.strings("<si><t>zero</t></si>"), styles=raw.styles(["General", "dd/mm/yyyy"]))
    assert outcome(data) == the_full_way(data)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<si><t>a</t></si>", "<si><t/></si>", '<si><t xml:space="preserve"> b </t></si>', "<si/>",
                "<si><t>a&amp;b</t></si>", "<si><t>_x0041__x005F_</t></si>", "<si><r><t>a</t></r><r><t>b</t></r></si>",
                "<si><t>a&#65;</t></si>", "\n", "&", "x", "<si><t>a</t><rPh><t>b</t></rPh></si>", "<si><t>a]]>b</t></si>",
                "<si><t>\r</t></si>", "<si><t>a<!-- b -->c</t></si>",
            ]
        ),
        max_size=5,
    ).map("".join)
)  # fmt: skip
def test_both_ways_agree_on_odd_strings(items: str) -> None:
    rows = '<row r="1">' + "".join(f'<c r="{col}1" t="s"><v>{n}</v></c>' for n, col in enumerate("ABC")) + "</row>"
    data = raw.book(raw.sheet(rows), strings=raw.strings(items))
    assert outcome(data) == the_full_way(data)


# --- what is written comes back

# XlsxWriter escapes the first of two escapes that share an underscore but not the second, and writes `<r>` as markup.
OVERLAP = re.compile("_x[0-9A-Fa-f]{4}(?=_x[0-9A-Fa-f]{4}_)")
XML_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=60).filter(
    lambda text: not OVERLAP.search(text) and not text.startswith("<r>")
)
NASTY = st.sampled_from(
    [
        "=1+1", "{=1}", "+1", "-1", "@x", "\tx", "\r\n", "a\rb", "_x0041_", "\x00\x07\x1b[31m", "\u202e",
        " ", "'x", "1.10",
    ]
)  # fmt: skip


def written(values: list[object]) -> list[Cell]:
    """Values down column A by XlsxWriter, and the cells read back, in order."""
    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    sheet = book.add_worksheet()
    formats = {
        time: book.add_format({"num_format": "hh:mm:ss.000"}),
        timedelta: book.add_format({"num_format": "[h]:mm:ss"}),
        date: book.add_format({"num_format": "dd/mm/yyyy"}),
        datetime: book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
    }
    for row, value in enumerate(values):
        sheet.write(row, 0, value, formats.get(type(value)))
    book.close()
    cells = read_bytes(buffer.getvalue()).sheets[0].cells
    return [cells[row, 1] for row in range(1, len(values) + 1)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(XML_TEXT, NASTY), max_size=8))
def test_texts_come_back(texts: list[str]) -> None:
    assert [(cell.type, cell.value) for cell in written(list(texts))] == [(CellType.TEXT, text) for text in texts]


MOMENTS = st.datetimes(datetime.fromisoformat("1900-03-01"), datetime.fromisoformat("9999-12-31T23:59:59")).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
NUMBERS = st.one_of(
    st.floats(-9.99e307, 9.99e307),  # Excel's own range
    st.integers(-(2**53), 2**53).map(float),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(NUMBERS, st.booleans(), st.dates(date(1900, 3, 1)), MOMENTS), max_size=8))
def test_numbers_booleans_and_dates_come_back(values: list[object]) -> None:
    for cell, value in zip(written(values), values, strict=True):
        if isinstance(value, datetime):
            whole = value.time() == time()
            assert cell.value == (value.date() if whole else value)
        elif isinstance(value, float):
            # XlsxWriter writes 16 digits, as Excel does
            assert cell.value == float(f"{value:.16G}")
        else:
            assert cell.value == value
            assert type(cell.value) is type(value)


HOURS = st.integers(0, 9_999 * 86_400).map(lambda seconds: timedelta(seconds=seconds))


@settings(max_examples=30, deadline=None)
@given(st.lists(HOURS, max_size=5))
def test_durations_come_back(values: list[object]) -> None:
    assert [cell.value for cell in written(values)] == values


@pytest.mark.parametrize("value", [time(0, 0, 1), time(12, 30), time(23, 59, 59, 999_000)])
def test_times_come_back(value: time) -> None:
    assert [cell.value for cell in written([value])] == [value]
