"""The reader on parts made by hand: each row of field-notes.md's last table that no program would write on demand."""

from __future__ import annotations

import pickle
from datetime import date, datetime, time, timedelta

import pytest

from tests import raw_books as raw
from tests.raw_books import MAIN, cell, only, read, sheet, strings, styles
from workflow.model import Cell, CellType, RawValue
from workflow.reader import read_bytes

at = datetime.fromisoformat
TEXT, NUMBER, DATE, ERROR = CellType.TEXT, CellType.NUMBER, CellType.DATE, CellType.ERROR


def found(rows: str, **other: str | bytes) -> tuple[CellType, RawValue]:
    """Type and value of A1."""
    one = only(rows, **other)
    assert one is not None
    return one.type, one.value


# --- texts


def test_texts_keep_their_spaces_and_lose_their_escapes() -> None:
    assert found(cell("<is><t>  a  </t></is>", ' t="inlineStr"')) == (TEXT, "  a  ")
    assert found(cell("<v>0</v>", ' t="s"'), strings=strings("<si><t> b </t></si>")) == (TEXT, " b ")
    assert found(cell("<v> c </v>", ' t="str"')) == (TEXT, " c ")
    for attrs, inside in ((' t="inlineStr"', "<is><t>{}</t></is>"), (' t="str"', "<v>{}</v>")):
        assert found(cell(inside.format("a_x000D_&#10;_x0007_"), attrs)) == (TEXT, "a\r\n\x07")
        assert found(cell(inside.format("_x005F_x0041_ _x0041_ _xZZZZ_"), attrs)) == (TEXT, "_x0041_ A _xZZZZ_")
        assert found(cell(inside.format("_xD83D__xDE00_ _xD83D_"), attrs)) == (TEXT, "😀 �")


def test_rich_text_is_joined_and_phonetic_text_left_out() -> None:
    rich = "<r><t>On </t></r><r><rPr><b/></rPr><t>track</t></r><rPh sb='0' eb='1'><t>PHONETIC</t></rPh><phoneticPr fontId='1'/>"
    assert found(cell("<v>0</v>", ' t="s"'), strings=strings(f"<si>{rich}</si>")) == (TEXT, "On track")
    assert found(cell(f"<is>{rich}</is>", ' t="inlineStr"')) == (TEXT, "On track")


@pytest.mark.parametrize("text", ["1.10", "3", "1.3.1", "007", "1E2", "2-1", "=1+1", "TRUE", "#REF!", "36.4%", "31/10/2023"])
def test_text_stays_text(text: str) -> None:
    assert found(cell(f"<v>{text}</v>", ' t="str"')) == (TEXT, text)
    assert found(cell(f"<is><t>{text}</t></is>", ' t="inlineStr"')) == (TEXT, text)


def test_an_inline_text_counts_whatever_its_type_says() -> None:
    assert found(cell("<is><t>kept</t></is>")) == (TEXT, "kept")
    assert found(cell("<v>kept</v>", ' t="inlineStr"')) == (TEXT, "kept")


# --- blanks and formulas


@pytest.mark.parametrize(
    "row",
    [
        cell("", ' s="3"'),
        '<row r="1"><c r="A1" s="3"/></row>',
        cell("<v/>"),
        cell("<v> </v>"),
        cell("<v></v>", ' t="s"'),
        cell("<v></v>", ' t="str"'),
        cell("<is><t/></is>", ' t="inlineStr"'),
        cell("<f>A2</f><v></v>", ' t="str"'),
        cell("<f>A2</f>", ' t="str"'),
        '<row r="1"/>',
        "",
    ],
)
def test_a_blank_is_never_stored(row: str) -> None:
    assert only(row) is None


def test_an_empty_shared_string_is_a_blank() -> None:
    assert only(cell("<v>0</v>", ' t="s"'), strings=strings("<si/>")) is None
    assert only(cell("<v>0</v>", ' t="s"'), strings=strings("<si><t></t></si>")) is None


@pytest.mark.parametrize("inside", ["<f>1+1</f>", "<f>1+1</f><v/>", "<f>1+1</f><v></v>", "<f>1+1</f><v> </v>"])
@pytest.mark.parametrize("attrs", ["", ' t="n"', ' t="e"', ' t="b"', ' t="s"', ' s="1"'])
def test_a_formula_never_calculated_is_no_blank(inside: str, attrs: str) -> None:
    one = only(cell(inside, attrs))
    assert one is not None
    assert (one.type, one.value, one.formula) == (CellType.UNCALCULATED, None, "1+1")


def test_a_formula_stands_beside_its_saved_value() -> None:
    one = only(cell("<f>1+1</f><v>1000000</v>"))
    assert one is not None
    assert (one.type, one.value, one.formula) == (NUMBER, 1_000_000, "1+1")
    assert only(cell("<f>A2&amp;&quot;x&quot;</f><v>yx</v>", ' t="str"')) == Cell(1, 1, TEXT, "yx", formula='A2&"x"')
    assert only(cell("<f/><v>2</v>")) == Cell(1, 1, NUMBER, 2.0, formula="")


def test_followers_of_a_formula_are_formulas() -> None:
    shared = (
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1*2</f><v>2</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/><v>4</v></c></row>'
    )
    array = '<row r="3"><c r="A3"><f t="array" ref="A3:B4">B1:C2</f><v>1</v></c><c r="B3"><v>2</v></c></row>'
    array += '<row r="4"><c r="B4"><v>3</v></c><c r="C4"><v>4</v></c></row>'
    cells = read(sheet(shared + array)).sheets[0].cells
    formulas = {cell.ref: cell.formula for cell in cells.values()}
    assert formulas == {"A1": "B1*2", "A2": "B1*2", "A3": "B1:C2", "B3": "B1:C2", "B4": "B1:C2", "C4": None}


# --- numbers, booleans, errors


@pytest.mark.parametrize(
    ("text", "value"), [("5", 5), (" 7 ", 7), ("-0.5", -0.5), ("1E3", 1000), ("1.0000000000000002", 1.0000000000000002)]
)
def test_numbers(text: str, value: float) -> None:
    assert found(cell(f"<v>{text}</v>")) == (NUMBER, value)
    assert isinstance(only(cell(f"<v>{text}</v>")).value, float)  # type: ignore[union-attr]


def test_a_percentage_can_be_told_by_its_format() -> None:
    one = only(cell("<v>0.364</v>", ' s="0"'), styles=styles(["0.0%"]))
    assert one == Cell(1, 1, NUMBER, 0.364, "0.0%")


@pytest.mark.parametrize(("text", "value"), [("0", False), ("1", True), ("false", False), ("true", True), (" 1 ", True)])
def test_booleans(text: str, value: bool) -> None:
    kind, read_value = found(cell(f"<v>{text}</v>", ' t="b"'))
    assert kind is CellType.BOOLEAN
    assert read_value is value


@pytest.mark.parametrize("code", ["#REF!", "#N/A", "#DIV/0!", "#SPILL!", "#CALC!", "#GETTING_DATA", "#BUSY!", "#ANYTHING"])
def test_errors_keep_their_code(code: str) -> None:
    assert found(cell(f"<v>{code}</v>", ' t="e"')) == (ERROR, code)
    assert found(cell(f"<f>1/0</f><v>{code}</v>", ' t="e" s="9" vm="1"')) == (ERROR, code)


# --- dates

DAY, HOURS = styles(["dd/mm/yyyy"]), styles(["[h]:mm"])
NEW_CALENDAR = raw.workbook(properties='<workbookPr date1904="1"/>')


@pytest.mark.parametrize(
    ("serial", "value"),
    [
        ("45230", date(2023, 10, 31)),
        ("45230.5", at("2023-10-31T12:00")),
        ("45230.99999999999", date(2023, 11, 1)),
        ("0.5", time(12)),
        ("0", time(0)),
        ("1", date(1900, 1, 1)),
        ("59", date(1900, 2, 28)),
        ("61", date(1900, 3, 1)),
        ("2958465", date(9999, 12, 31)),
    ],
)
def test_dates(serial: str, value: RawValue) -> None:
    assert found(cell(f"<v>{serial}</v>", ' s="0"'), styles=DAY) == (DATE, value)


@pytest.mark.parametrize("serial", ["60", "60.5", "-1", "2958466", "1e300", "2958465.9999999999", "-0.5"])
def test_a_serial_without_a_day_stays_a_number(serial: str) -> None:
    assert found(cell(f"<v>{serial}</v>", ' s="0"'), styles=DAY) == (NUMBER, float(serial))


def test_the_calendar_of_1904() -> None:
    for serial, value in (("1", date(1904, 1, 2)), ("60", date(1904, 3, 1)), ("43768.25", at("2023-10-31T06:00"))):
        assert found(cell(f"<v>{serial}</v>", ' s="0"'), styles=DAY, workbook=NEW_CALENDAR) == (DATE, value)
    assert found(cell("<v>2957004</v>", ' s="0"'), styles=DAY, workbook=NEW_CALENDAR) == (NUMBER, 2957004.0)
    assert read(sheet(""), workbook=NEW_CALENDAR).date1904


@pytest.mark.parametrize(
    ("serial", "value"), [("1.5", timedelta(hours=36)), ("0", timedelta()), ("-0.25", timedelta(hours=-6))]
)
def test_durations(serial: str, value: timedelta) -> None:
    assert found(cell(f"<v>{serial}</v>", ' s="0"'), styles=HOURS) == (DATE, value)
    assert found(cell("<v>1e300</v>", ' s="0"'), styles=HOURS) == (NUMBER, 1e300)


@pytest.mark.parametrize(
    "code",
    [
        "d", "mmm-yy", "[$-809]dd mmmm yyyy;@", "yyyy\\-mm\\-dd", "h:mm AM/PM", 'd "of" mmmm', "mm:ss.0",
        "[$-F800]dddd, mmmm dd, yyyy", "[Red]dd/mm/yy", "dd/mm/yyyy;;;@", "[<1]hh:mm;dd/mm/yyyy",
    ],
)  # fmt: skip
def test_formats_that_are_dates(code: str) -> None:
    assert found(cell("<v>45230</v>", ' s="0"'), styles=styles([code]))[0] is DATE


@pytest.mark.parametrize(
    "code",
    [
        "General", "0", "0.00", "#,##0", "0.00E+00", "0%", "@", '0.00 "days"', '#,##0 "Dh"', '"Month" 0', "[Red]0.00",
        "General;[Red]-General", "[$£-809]#,##0.00", "#,##0_d", "0\\d", "[Cyan]0", '"d;m";0', "*s0", "[>=1000]0.0", "",
        "GENERAL", '0;"d"', "0;dd/mm/yyyy",
    ],
)  # fmt: skip
def test_formats_that_are_numbers(code: str) -> None:
    assert found(cell("<v>45230</v>", ' s="0"'), styles=styles([code])) == (NUMBER, 45230.0)


def test_formats_by_their_builtin_number() -> None:
    builtin = f'<styleSheet xmlns="{MAIN}"><cellXfs>' + "".join(f'<xf numFmtId="{n}"/>' for n in range(60)) + "</cellXfs>"
    dxf = '<dxfs count="1"><dxf><numFmt numFmtId="14" formatCode="0.00"/></dxf></dxfs></styleSheet>'
    dates = {14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 46, 47, *range(27, 37), *range(50, 59)}
    for number in range(60):
        kind, _ = found(cell("<v>5</v>", f' s="{number}"'), styles=builtin + dxf)
        assert (kind is DATE) == (number in dates), number
    assert found(cell("<v>5</v>", ' s="999"'), styles=builtin + dxf) == (NUMBER, 5.0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2023-10-31", date(2023, 10, 31)),
        ("2023-10-31T00:00:00", date(2023, 10, 31)),
        ("2023-10-31T12:30:00Z", at("2023-10-31T12:30")),
        ("2023-10-31T12:30:00.250", at("2023-10-31T12:30:00.250")),
        ("12:30:00", time(12, 30)),
        ("T12:30:00", time(12, 30)),
        ("PT36H", timedelta(hours=36)),
    ],
)
def test_iso_dates(text: str, value: RawValue) -> None:
    assert found(cell(f"<v>{text}</v>", ' t="d"')) == (DATE, value)


# --- addresses, hidden things, merges


def test_cells_stand_where_the_file_says() -> None:
    rows = '<row r="5"><c r="C5"><v>1</v></c><c r="A5"><v>2</v></c><c><v>3</v></c></row><row><c><v>4</v></c></row>'
    rows += '<row r="2"><c r="XFD2"><v>5</v></c></row><row r="1048576"><c r="XFD1048576"><v>6</v></c></row>'
    cells = read(sheet(rows)).sheets[0].cells
    found = {one.ref: one.value for one in cells.values()}
    assert found == {"C5": 1, "A5": 2, "B5": 3, "A6": 4, "XFD2": 5, "XFD1048576": 6}
    assert all(at == (one.row, one.col) for at, one in cells.items())


def test_a_false_dimension_is_not_believed() -> None:
    for claim in ("A1", "A1:XFD1048576"):
        book = read(sheet('<row r="9"><c r="K9"><v>1</v></c></row>', before=f'<dimension ref="{claim}"/>'))
        assert list(book.sheets[0].cells) == [(9, 11)]


def test_hidden_rows_columns_and_sheets_are_read_and_flagged() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="C1"><v>2</v></c></row><row r="2" hidden="1"><c r="A2"><v>3</v></c></row>'
    hidden = '<cols><col min="2" max="4" width="9" hidden="1"/><col min="9" max="16384" hidden="0"/></cols>'
    tabs = (("One", ""), ("Two", ' state="hidden"'), ("Three", ' state="veryHidden"'))
    book = read(sheet(rows, before=hidden), sheet(""), sheet(rows), workbook=raw.workbook(tabs))
    assert [s.state for s in book.sheets] == ["visible", "hidden", "veryHidden"]
    assert (book.sheets[0].hidden_rows, book.sheets[0].hidden_cols) == (frozenset({2}), frozenset({2, 3, 4}))
    assert {one.ref: one.hidden for one in book.sheets[0].cells.values()} == {"A1": False, "C1": True, "A2": True}


def test_values_under_merged_cells_are_kept_and_flagged() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c><c r="C1"><v>3</v></c></row>'
    merges = '<mergeCells><mergeCell ref="A1:B2"/><mergeCell ref="E1:E1048576"/><mergeCell ref="F1:XFD1048576"/></mergeCells>'
    found = read(sheet(rows, after=merges)).sheets[0]
    assert found.merged == ((1, 1, 2, 2), (1, 5, 1048576, 5), (1, 6, 1048576, 16384))
    assert {one.ref: (one.value, one.merged) for one in found.cells.values()} == {
        "A1": (1, False), "B1": (2, True), "C1": (3, False),
    }  # fmt: skip


# --- names, tables, properties


def test_names_of_the_workbook_but_not_of_a_sheet() -> None:
    names = (
        "<definedNames><definedName name='ret_actions'>'My Sheet'!$A$4:$H$30</definedName>"
        "<definedName name='Print_Area' localSheetId='0'>Sheet1!$A$1</definedName></definedNames>"
    )
    assert read(sheet(""), workbook=raw.workbook(inside=names)).names == {"ret_actions": "'My Sheet'!$A$4:$H$30"}


def test_tables_and_properties() -> None:
    parts = raw.parts(sheet("", after='<tableParts count="1"><tablePart r:id="rId1"/></tableParts>'))
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = raw.relations(("rId1", "table", "../tables/table1.xml")).encode()
    parts["xl/tables/table1.xml"] = (
        f'<table xmlns="{MAIN}" id="1" name="ret_actions" displayName="ret_actions" ref="A4:C30"><autoFilter ref="A4:C30"/>'
        '<tableColumns><tableColumn id="1" name="Row key"/><tableColumn id="2" name="RAG_x000a_now"/></tableColumns></table>'
    ).encode()
    parts["docProps/core.xml"] = (
        b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        b'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"><dc:title>Return</dc:title>'
        b"<dc:creator></dc:creator><dcterms:modified>2024-01-02T03:04:05Z</dcterms:modified></cp:coreProperties>"
    )
    parts["docProps/custom.xml"] = (
        b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        b'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"><property pid="2" name="return_id">'
        b'<vt:lpwstr>police-Q2</vt:lpwstr></property><property pid="3" name="count"><vt:i4>5</vt:i4></property></Properties>'
    )
    book = read_bytes(raw.packed(parts))
    (table,) = book.tables
    assert (table.name, table.sheet, table.ref, table.area) == ("ret_actions", "Sheet1", "A4:C30", (4, 1, 30, 3))
    assert (table.columns, table.header_rows) == (("Row key", "RAG\nnow"), 1)
    assert book.core == {"title": "Return", "modified": "2024-01-02T03:04:05Z"}
    assert book.custom == {"return_id": "police-Q2", "count": "5"}


# --- other ways of writing the same


ROWS = '<row r="1"><c r="A1" t="inlineStr"><is><t>é</t></is></c><c r="B1"><v>2</v></c></row>'
EXPECTED = [("A1", "é"), ("B1", 2.0)]


def listed(data: bytes) -> list[tuple[str, RawValue]]:
    return [(one.ref, one.value) for one in read_bytes(data).sheets[0].cells.values()]


def test_strict_workbooks_read_like_any_other() -> None:
    purl = "http://purl.oclc.org/ooxml"
    parts = {}
    for name, data in raw.parts(sheet(ROWS)).items():
        text = data.decode().replace(MAIN, f"{purl}/spreadsheetml/main")
        parts[name] = text.replace(raw.RELATION, f"{purl}/officeDocument/relationships").encode()
    assert listed(raw.packed(parts)) == EXPECTED
    assert read_bytes(raw.packed(parts)).strict
    assert not read(sheet(ROWS)).strict


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "iso-8859-1", "windows-1252"])
def test_any_encoding(codec: str) -> None:
    named = {"utf-16-le": "utf-16", "utf-16-be": "utf-16", "utf-8-sig": "utf-8"}.get(codec, codec)
    text = sheet(ROWS, declaration=f'<?xml version="1.0" encoding="{named}"?>')
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(codec, b"")
    parts = raw.parts(sheet(ROWS)) | {"xl/worksheets/sheet1.xml": mark + text.encode(codec)}
    assert listed(raw.packed(parts)) == EXPECTED


def test_prefixed_names_comments_and_spaces_between_tags() -> None:
    prefixed = sheet(ROWS).replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?").replace("xmlns=", "xmlns:x=")
    spaced = sheet(ROWS.replace("><", ">\n  <"))
    remarked = sheet(ROWS.replace("<v>", "<!-- <v>9</v> --><v>").replace("</row>", "<?pi x?></row>"))
    marked = sheet(ROWS.replace("é", "<![CDATA[é]]>"))
    quoted = sheet(ROWS).replace('"', "'")
    for text in (prefixed, spaced, remarked, marked, quoted):
        assert listed(raw.packed(raw.parts(sheet("")) | {"xl/worksheets/sheet1.xml": text.encode()})) == EXPECTED


def test_elements_of_another_namespace_are_not_ours() -> None:
    foreign = '<row r="1"><c r="A1"><v>1</v></c><y:c xmlns:y="urn:other" r="B1"><y:v>2</y:v></y:c></row>'
    assert [one.ref for one in read(sheet(foreign)).sheets[0].cells.values()] == ["A1"]


def test_part_names_may_differ_in_case_and_slashes() -> None:
    parts = raw.parts(sheet(ROWS))
    assert listed(raw.packed({name.upper(): data for name, data in parts.items()})) == EXPECTED
    assert listed(raw.packed({name.replace("/", "\\"): data for name, data in parts.items()})) == EXPECTED
    absolute = {
        **parts,
        "_rels/.rels": raw.relations(("rId1", "officeDocument", "/xl/workbook.xml")).encode(),
        "xl/_rels/workbook.xml.rels": raw.relations(("rId1", "worksheet", "/xl/worksheets/./x/../sheet1.xml")).encode(),
    }
    assert listed(raw.packed(absolute)) == EXPECTED
    assert listed(b"some bytes before" + raw.packed(parts) + b"some bytes after") == EXPECTED


def test_tabs_without_cells_are_left_out() -> None:
    """Chart sheets, and the module sheets of Excel 5, whose relationship is empty."""
    module = '<sheet name="Module1" sheetId="9" r:id=""/></sheets>'
    tabs = raw.workbook([("Chart", ""), ("Data", "")]).replace("</sheets>", module)
    parts = raw.parts(sheet(""), sheet(ROWS), workbook=tabs)
    rels = raw.relations(("rId1", "chartsheet", "worksheets/sheet1.xml"), ("rId2", "worksheet", "worksheets/sheet2.xml"))
    book = read_bytes(raw.packed(parts | {"xl/_rels/workbook.xml.rels": rels.encode()}))
    assert [s.name for s in book.sheets] == ["Data"]


def test_a_workbook_survives_the_way_back_from_another_process() -> None:
    book = read(sheet(cell("<v>45230</v>", ' s="0"')), styles=DAY)
    assert pickle.loads(pickle.dumps(book)) == book
