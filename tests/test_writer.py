"""The writer: what stands in a book stands in the file, exactly, as what it is, and nothing else does."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from tests import writer_books as books
from workflow import accessible, reader, writer
from workflow.model import Book, Column, Content, Kind, Mark, Profile, Sheet
from workflow.writer import values

NASTY = (
    "=1+1", "+44 20", "-1", "@SUM(A1)", "=cmd|'/c calc'!A1", "{=1+1}", "http://bad.example", "mailto:a@b.example",
    "internal:'Actions'!A1", "external:c:\\x.xlsx", "file:///c:/x", "1.10", "007", "2-1", "1E2", "31/10/2023", "TRUE", "#REF!",
    "<r><t>x</t></r>", "<r></r>", "</t></si><si><t>x", "&amp;", "_x0041_", "_x0041_x0042_", "_x000D_", "a\x00b\x0bc\x7f",
    "\ud800", "￾", "line one\nline two", "a\r\nb\rc", "\ttab", " leading and trailing ", "'", '"', "👩‍👩‍👧 family",
    "\u202eright to left\u202c", "Ａ＝１", "–  dash", "x" * 32_767, "é" * 300, "A" * 5000,
)


def sheet_of(texts: list[str]) -> Sheet:
    columns = (Column("Row key", width=10), Column("Text", Kind.LONG_TEXT, 40))
    return Sheet("Texts", "Texts", (), columns, tuple((f"T-{n}", text) for n, text in enumerate(texts)), "texts")


def book_of(texts: list[str], profile: Profile = Profile.WORKING) -> Book:
    return replace(books.working(sheet_of(texts)), profile=profile)


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def column(sheet: Worksheet, heading: str) -> list[object]:
    row, col = next((cell.row, cell.column) for line in sheet.iter_rows() for cell in line if cell.value == heading)
    return [sheet.cell(number, col).value for number in range(row + 1, sheet.max_row + 1)]


def parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name).decode() for name in package.namelist()}


def read_back(data: bytes) -> list[object]:
    """The Text column as openpyxl, calamine and our own reader see it: they must agree."""
    ours = next(sheet for sheet in reader.read_bytes(data).sheets if sheet.name == "Texts")
    heading = next(cell for cell in ours.cells.values() if cell.value == "Text")
    mine = [cell.value for (row, col), cell in sorted(ours.cells.items()) if col == heading.col and row > heading.row]
    calamine = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("Texts")
    other = [row[1] for row in calamine.to_python(skip_empty_area=False)][heading.row :]
    theirs = column(opened(data)["Texts"], "Text")
    assert theirs == [str(text).replace("x005F_", "") for text in mine]  # openpyxl drops these characters anywhere
    assert [str(text).strip() for text in other] == [str(text).strip() for text in mine]  # calamine strips some
    return list(mine)


def test_nasty_texts_come_back_as_they_were() -> None:
    data = writer.render(book_of(list(NASTY)))
    assert read_back(data) == [values.clean(text) for text in NASTY]


def test_what_a_workbook_cannot_hold_becomes_visible_and_nothing_else_changes() -> None:
    assert values.clean("a\x00b\x7f\ud800") == "a\u2400b\u2421\ufffd"
    kept = [text for text in NASTY if not re.search("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe]", text)]
    assert [values.clean(text) for text in kept] == kept


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(), min_size=1, max_size=60), min_size=1, max_size=8))
@example(["_x0041_x0042_x0043_"])
@example(["<r>\n</r>", "<r>_x0041_</r>"])
def test_any_text_comes_back(texts: list[str]) -> None:
    data = writer.render(book_of(texts))
    assert read_back(data) == [values.clean(text) for text in texts]
    assert_inert(data)


def assert_inert(data: bytes) -> None:
    """Law 7: no formula, no link and no markup came from a text."""
    for name, part in parts(data).items():
        if name.startswith("xl/worksheets/"):
            assert not re.search(r"<f[ >/]", part)
            links = re.findall(r"<hyperlink [^>]*>", part)
            assert all('location="\'Texts\'!A1"' in link and "r:id" not in link for link in links)
        assert "TargetMode" not in part


@pytest.mark.parametrize("profile", Profile)
def test_no_text_becomes_anything_else_in_any_profile(profile: Profile) -> None:
    texts = [text for text in NASTY if len(text) < 400]
    sheet = sheet_of(texts)
    sheet = replace(sheet, columns=(sheet.columns[0], replace(sheet.columns[1], answer=True)))
    data = writer.render(replace(book_of(texts), sheets=(books.published(sheet).sheets[0], sheet), profile=profile))
    assert_inert(data)
    assert read_back(data) == [values.clean(text) for text in texts]


def test_dangerous_texts_keep_their_quote() -> None:
    data = writer.render(book_of(["=1+1", "+1", "-1", "@x", "plain"]))
    cells = [opened(data)["Texts"].cell(row, 2) for row in range(3, 8)]
    assert [cell.quotePrefix for cell in cells] == [True, True, True, True, False]
    assert all(cell.number_format == "@" and cell.data_type == "s" for cell in cells)


def test_every_text_of_a_book_is_inert() -> None:
    """Titles, lines, headings, notes, drop-downs, help, properties and sheet names too, not only cells."""
    evil = "=HYPERLINK(\"http://bad.example\",\"x\")<b>&\x07\ud800"
    wanted = Column("Answer " + evil, Kind.CHOICE, answer=True, choices=(evil, "b"), help=evil * 20)
    problem = Mark(evil, attention=True, note=evil)
    lines, columns = (evil, Mark(evil, bold=True)), (Column("Row key"), wanted)
    sheet = Sheet("A/b:[c]*?" + "x" * 40, evil, lines, columns, ((evil, problem),), "t_1", description=evil)
    book = replace(books.to_return(sheet), title=evil * 10, subject=evil, creator=evil, keywords=evil)
    data = writer.render(replace(book, properties=(("return_id", evil),)))
    opened(data)
    assert_inert(data)
    again = next(sheet for sheet in reader.read_bytes(data).sheets if "c" in sheet.name)
    assert len(again.name) <= 31
    assert {cell.value for cell in again.cells.values()} >= {values.clean(evil), "Answer " + values.clean(evil)}


@pytest.mark.parametrize("profile", Profile)
def test_the_same_book_gives_the_same_bytes(profile: Profile) -> None:
    book = books.BOOKS[profile]
    assert writer.render(book) == writer.render(book)
    later = writer.render(replace(book, when=date(2024, 1, 1)))
    changed = {name for name, part in parts(later).items() if part != parts(writer.render(book))[name]}
    assert changed == {"docProps/core.xml"}
    with zipfile.ZipFile(io.BytesIO(later)) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_values_are_stored_as_what_they_are() -> None:
    whole, pct = Column("Whole", Kind.WHOLE), Column("Per cent (%)", Kind.PERCENT)
    given = (
        ("Key", "K"), (whole, 1234567), (Column("Big", Kind.WHOLE), 2**53 + 1), (pct, Decimal("36.4")),
        (Column("Fixed", Kind.RATE, decimals=2), Decimal("7")), (Column("When", Kind.DATE), date(2023, 10, 31)),
        (Column("Old", Kind.DATE), date(1899, 1, 2)), (Column("Sure", Kind.YES_NO), False), (Column("None"), None),
        (Column("Exact", Kind.DECIMAL), Decimal("0.12345678901234567890")),
        (Column("Not a number", Kind.DECIMAL), Decimal("NaN")),
    )
    columns = tuple(c if isinstance(c, Column) else Column(c) for c, _ in given)
    sheet = Sheet("Texts", "Values", (), columns, (tuple(value for _, value in given),), "t")
    cells = {}
    tab = opened(writer.render(books.working(sheet)))["Texts"]
    for n, c in enumerate(columns, 1):
        cells[c.heading] = tab.cell(3, n)
    assert (cells["Whole"].value, cells["Whole"].number_format) == (1234567, "#,##0")
    assert cells["Big"].value == "9007199254740993"
    assert (cells["Per cent (%)"].value, cells["Per cent (%)"].number_format) == (36.4, "#,##0.0")
    assert cells["Fixed"].number_format == "#,##0.00"
    assert (cells["When"].value, cells["When"].number_format) == (datetime(2023, 10, 31), "dd mmm yyyy")  # noqa: DTZ001
    assert cells["Old"].value == "02 Jan 1899"
    assert cells["Sure"].value == "No"
    assert cells["None"].value is None
    assert cells["Exact"].value == "0.12345678901234567890"
    assert cells["Not a number"].value == "NaN"
    assert {cells[name].alignment.horizontal for name in ("Whole", "Fixed")} == {"right"}


@settings(max_examples=200)
@given(st.decimals(allow_nan=False, allow_infinity=False) | st.integers())
def test_a_number_is_stored_exactly_or_as_text(value: Decimal | int) -> None:
    drawn = values.draw(value, Column("n", Kind.DECIMAL))
    if drawn.kind == "number":
        assert Decimal(repr(float(f"{drawn.value:.16G}"))) == Decimal(str(value))
    else:
        assert drawn.value == str(value)


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("text", ["word " * 20_000, "x" * 70_000, "👩" * 40_000, "line\n" * 900])
def test_nothing_of_a_text_is_lost(profile: Profile, text: str) -> None:
    """What no cell can hold or show stands in parts on the sheet Long texts, and its own cell says so."""
    data = writer.render(book_of(["short", text], profile))
    book = opened(data)
    own = column(book["Texts"], "Text")[1]
    assert isinstance(own, str)
    if own == text:
        assert len(text) <= 32_767
        return
    assert own.endswith("[continues: the whole text is on the sheet Long texts]")
    assert "".join(str(part) for part in column(book["Long texts"], "Text")) == text
    assert set(column(book["Long texts"], "Row")) == {"T-1"}
    assert text.startswith(own.split(" … [")[0])


def test_an_answer_that_fits_a_cell_is_never_shortened_in_a_return() -> None:
    """It is read back from there."""
    first, second = books.asking().rows[:2]
    sheet = replace(books.asking(), rows=(first, (*second[:6], "word " * 6_000, *(None,) * 5)), spare_from=None)
    book = opened(writer.render(books.to_return(sheet)))
    assert column(book["Actions"], "Progress this quarter")[1] == "word " * 6_000


def test_a_table_carries_its_name_and_a_record_its_anchor() -> None:
    book = opened(writer.render(books.to_return()))
    assert "ret_actions" in book["Actions"].tables
    assert "ret_about" not in book["About this return"].tables
    where = book.defined_names["ret_about"].attr_text
    sheet, cell = where.replace("'", "").replace("$", "").split("!")
    assert book[sheet][cell].value == "Return ID"
    assert "ret_actions" not in book.defined_names


def test_the_reader_finds_what_the_writer_wrote() -> None:
    found = reader.read_bytes(writer.render(books.to_return()))
    assert "ret_actions" in {table.name for table in found.tables}
    assert "ret_about" in found.names
    assert found.custom["return_id"] == "police-2023-24-Q2"


SHEETS = (books.asking(), books.table(), books.about(), replace(books.asking(), lines=(books.progress(9),)))


@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize("profile", Profile)
def test_heading_row_says_where_the_headings_stand(sheet: Sheet, profile: Profile) -> None:
    book = opened(writer.render(replace(books.to_return(sheet), sheets=(sheet,), profile=profile)))
    tab = book[sheet.name]
    top = int(re.findall(r"\d+", next(iter(tab.tables.values())).ref)[0])
    assert writer.heading_row(sheet, profile) == top


def test_links_lead_into_the_workbook_and_only_there() -> None:
    book = opened(writer.render(books.published()))
    link = next(cell.hyperlink for row in book["Cover"].iter_rows() for cell in row if cell.hyperlink)
    assert (link.location, link.target) == ("'Actions'!A1", None)
    for target in ("#'Missing'!A1", "http://bad.example", "#'Actions'!A1 OR 1"):
        bad = Sheet("Bad", "Bad", (Mark("go", link=target),), layout="text")
        with pytest.raises(ValueError, match="not a place in this workbook"):
            writer.render(books.working(books.table(), bad))


def test_mistakes_of_ours_are_refused() -> None:
    twice = Sheet("Bad", "Bad", (), (Column("A"), Column("a")), (("x", "y"),), "t")
    short = Sheet("Bad", "Bad", (), (Column("A"), Column("B")), (("x",),), "t")
    spaced = Sheet("Bad", "Bad", (), (Column("A"),), (("x",),), "a b")
    for sheet in (twice, short):
        with pytest.raises(ValueError, match="sheet Bad"):
            writer.render(books.working(sheet))
    with pytest.warns(UserWarning, match="spaces"), pytest.raises(ValueError, match="the table a b"):
        writer.render(books.working(spaced))
    with pytest.raises(ValueError, match="same name"):
        writer.render(books.working(books.table(), books.table()))
    with pytest.raises(ValueError, match="same table name"):
        writer.render(books.working(books.table(), replace(books.table(), name="Other")))


def test_the_document_says_whose_it_is_and_in_what_language() -> None:
    about = opened(writer.render(books.published())).properties
    assert (about.title, about.creator) == ("Community safety performance, Q2 2023/24", books.published().creator)
    assert about.language == "en-GB"
    assert not about.lastModifiedBy
    assert about.created is not None
    assert about.created.date() == books.WHEN


def test_profiles_differ_as_they_should() -> None:
    shown = {profile: opened(writer.render(book))["Actions"] for profile, book in books.BOOKS.items()}
    assert [bool(shown[p].freeze_panes) for p in (Profile.PUBLISHED, Profile.WORKING, Profile.RETURN)] == [False, True, True]
    filters = {p: bool(next(iter(tab.tables.values())).autoFilter) for p, tab in shown.items()}
    assert filters == {Profile.PUBLISHED: False, Profile.WORKING: True, Profile.RETURN: False}
    assert shown[Profile.WORKING].freeze_panes == "B4"
    assert shown[Profile.PUBLISHED].page_setup.paperSize == 9
    assert not any(tab.merged_cells.ranges for tab in shown.values())


def test_a_published_sheet_without_rows_says_so() -> None:
    sheet = replace(books.table(), rows=(), empty="Nothing was returned.")
    tab = opened(writer.render(books.published(sheet)))["Actions"]
    assert not tab.tables
    assert tab["A3"].value == "Nothing was returned."


def test_a_long_line_is_split_at_words_and_none_is_lost() -> None:
    said = books.progress(8)
    tab = opened(writer.render(books.published(replace(books.table(), lines=(said,)))))["Actions"]
    top = int(re.findall(r"\d+", next(iter(tab.tables.values())).ref)[0])
    assert " ".join(str(tab.cell(row, 1).value) for row in range(2, top)) == said
    assert top > 4


def test_marks_are_readable_and_never_colour_alone() -> None:
    grey = Mark("Amber", fill="FFC000", ink="FFFFFF")  # 1.6:1
    columns = (Column("Row key"), Column("RAG"))
    sheet = Sheet("Texts", "Marks", (), columns, (("a", grey), ("b", Mark(None, fill="C00000"))), "t")
    tab = opened(writer.render(books.working(sheet)))["Texts"]
    assert (tab["B3"].fill.fgColor.rgb, tab["B3"].font.color.rgb if tab["B3"].font.color.type == "rgb" else "black") == (
        "FFFFC000", "black",
    )
    assert tab["B4"].fill.fill_type is None


def test_formulas_are_ours_and_carry_their_result() -> None:
    rows: tuple[tuple[Content, ...], ...] = ((Mark("To do", formula='=IF(1=1,"To do","Done")'), Mark(3, formula="1+2")),)
    columns = (Column("State"), Column("n", Kind.WHOLE))
    sheet = Sheet("Checks", "Checks", (Mark("Ready", formula='"Ready"'),), columns, rows, "checks")
    data = writer.render(books.working(sheet))
    saved = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["Checks"]
    assert (saved["A2"].value, saved["A4"].value, saved["B4"].value) == ("Ready", "To do", 3)
    tab = opened(data)["Checks"]
    assert tab["A4"].value == '=IF(1=1,"To do","Done")'
    assert tab["A4"].number_format == tab["A2"].number_format == "General"  # "@" would show the formula


@pytest.mark.parametrize("profile", Profile)
def test_every_profile_passes_the_accessibility_list(profile: Profile) -> None:
    name = "csp-performance-2023-24-Q2-public.xlsx"
    assert accessible.check(writer.render(books.BOOKS[profile]), profile, name) == ()
