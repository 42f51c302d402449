"""The accessibility list can fail: a good workbook passes it, and each way of spoiling it is reported by its own check."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from copy import copy
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.chart import BarChart
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from tests import writer_books as books
from workflow import accessible, writer
from workflow.accessible.page import OURS, THEIRS, Most
from workflow.model import Mark, Profile, Sheet

Workbook = openpyxl.Workbook
Spoil = Callable[[Workbook], object]
P, R, W = Profile.PUBLISHED, Profile.RETURN, Profile.WORKING
FIRST = 4  # the first body row of the published table: title, line, headings
NAME = "csp-performance-2023-24-Q2-public.xlsx"
TEXT = st.one_of(
    st.text(st.characters(), min_size=1, max_size=300),  # a blank is for `outputs` to put into words
    st.sampled_from((
        "W" * 20, "W" * 20 + " " + "W" * 19, "x\n" * 60, "TOTAL", "Total", "[note 7]", "36.4%", "31/10/2023", "1,234",
        "†", "HERE", "word " * 700, "=1+1", "CONFIDENTIAL INFORMATION",
    )),
)
# A table's alternative text, which openpyxl loses when it saves a workbook; a person's Excel keeps it.
ALT_TEXT = (
    b'<extLst><ext uri="{504A1905-F514-4f6f-8877-14C23A59335A}"'
    b' xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
    b'<x14:table altTextSummary="Rows"/></ext></extLst>'
)
SAMPLES = Path(__file__).parents[2] / "shared" / "samples" / "sheets"


@pytest.fixture(scope="module")
def good() -> dict[Profile, bytes]:
    return {profile: writer.render(book) for profile, book in books.BOOKS.items()}


def respoiled(data: bytes, spoil: Spoil) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    spoil(book)
    out = io.BytesIO()
    book.save(out)
    return rewritten(out.getvalue(), "xl/tables/", lambda part: part.replace(b"</table>", ALT_TEXT + b"</table>"))


def codes(failed: tuple[str, ...]) -> set[str]:
    return {match[1] for text in failed if (match := re.search(r"\((X\d\d)\)$", text))}


def actions(book: Workbook) -> Worksheet:
    return book["Actions"]


def styled(book: Workbook, cell: str, **changes: object) -> None:
    target = actions(book)[cell]
    for name, value in changes.items():
        setattr(target, name, value)


def font(cell: str, **changes: object) -> Spoil:
    def spoil(book: Workbook) -> None:
        new = copy(actions(book)[cell].font)
        styled(book, cell, font=Font(**{"name": new.name, "sz": new.sz, **changes}))

    return spoil


def value(cell: str, new: object) -> Spoil:
    return lambda book: styled(book, cell, value=new)


def fill(cell: str, colour: str) -> Spoil:
    return lambda book: styled(book, cell, fill=PatternFill("solid", fgColor=colour))


def width(letters: str, characters: float) -> Spoil:
    return lambda book: put(actions(book).column_dimensions[letters], "width", characters)


def colour_rule(book: Workbook) -> None:
    red = PatternFill("solid", bgColor="FFC00000")
    actions(book).conditional_formatting.add("B4:B9", CellIsRule("equal", ["1"], fill=red))  # type: ignore[no-untyped-call]


def both(*spoils: Spoil) -> Spoil:
    def spoil(book: Workbook) -> None:
        for one in spoils:
            one(book)

    return spoil


def on(change: Callable[[Worksheet], object]) -> Spoil:
    return lambda book: change(actions(book))


def put(target: object, name: str, new: object) -> None:
    setattr(target, name, new)


def table_of(book: Workbook) -> Table:
    found: Table = next(iter(actions(book).tables.values()))
    return found


def second_table(book: Workbook) -> None:
    extra = Table(displayName="Second_table", ref="A40:B41")
    actions(book)["A40"], actions(book)["B40"] = "One", "Two"
    actions(book).add_table(extra)


def move_table_right(book: Workbook) -> None:
    found = table_of(book)
    found.ref = found.ref.replace("A", "B", 1)
    found.tableColumns = found.tableColumns[1:]


def same_table_name(book: Workbook) -> None:
    sheet = book["Cover"]
    sheet["A20"], sheet["A21"] = "One", "x"
    sheet.add_table(Table(displayName="another", ref="A20:A21"))
    put(sheet.tables["another"], "displayName", "actions_q2_2023_24")


def without_table(book: Workbook) -> None:
    actions(book).tables.clear()


def link_words(book: Workbook) -> None:
    cell = next(cell for row in book["Cover"].iter_rows() for cell in row if cell.hyperlink)
    cell.value = "click here"


def no_links(book: Workbook) -> None:
    for row in book["Cover"].iter_rows():
        for cell in row:
            cell.hyperlink = None
            cell.font = Font(name="Arial", sz=12)


def notes_out_of_order(book: Workbook) -> None:
    actions(book)["A2"] = "See [note 2] and [note 1]"
    notes = book.create_sheet("Notes", 2)
    notes["A1"] = "Notes: note 1, note 2"


def picture(book: Workbook) -> None:
    pixel = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8ffff3f0005fe02fea7d6059b"
        "0000000049454e44ae426082"
    )
    actions(book).add_image(Image(io.BytesIO(pixel)), "J1")


def chart(book: Workbook) -> None:
    actions(book).add_chart(BarChart(), "J1")


SPOILED: list[tuple[str, Profile, Spoil]] = [
    ("X01", P, without_table), ("X01", W, without_table), ("X01", R, without_table),
    ("X01", P, lambda book: put(table_of(book), "headerRowCount", 0)),
    ("X02", P, lambda book: put(table_of(book), "displayName", "Table1")), ("X02", W, same_table_name),
    ("X03", P, on(lambda sheet: sheet.merge_cells("B5:C5"))), ("X03", R, on(lambda sheet: sheet.merge_cells("B6:C6"))),
    ("X03", W, on(lambda sheet: sheet.merge_cells("B5:C5"))),
    ("X04", P, both(*(value(f"{letter}6", None) for letter in "ABCDEFGH"))),
    ("X04", P, both(*(value(f"C{row}", None) for row in range(FIRST, FIRST + 12)))),
    ("X04", R, both(*(value(f"{letter}6", None) for letter in "ABCDEFGHIJKL"))),
    ("X05", P, value("C3", None)), ("X05", R, value("C5", "REF")), ("X05", W, value("C3", 2023)),
    ("X06", P, on(lambda sheet: put(sheet.row_dimensions[8], "height", 20))),
    ("X06", R, on(lambda sheet: put(sheet.row_dimensions[6], "height", 30))),
    ("X06", P, lambda book: styled(book, "H8", alignment=Alignment(wrap_text=False))),
    ("X06", P, value("G5", 123456789012)), ("X06", P, value("A2", "word " * 60)),
    ("X06", P, both(value("A2", "word " * 20), value("B2", "in its way"))),
    ("X07", P, on(lambda sheet: put(sheet, "freeze_panes", "A4"))),
    ("X07", P, lambda book: put(table_of(book), "autoFilter", AutoFilter(ref="A3:H15"))),
    ("X07", R, on(lambda sheet: put(sheet.auto_filter, "ref", "A5:C8"))),
    ("X08", P, value("C5", None)),
    ("X09", P, lambda book: put(actions(book), "sheet_state", "hidden")),
    ("X09", P, lambda book: put(book.create_sheet("Lists"), "sheet_state", "veryHidden")),
    ("X09", R, lambda book: put(book["Guide"], "sheet_state", "hidden")),
    ("X09", P, on(lambda sheet: put(sheet.row_dimensions[6], "hidden", True))),
    ("X09", R, on(lambda sheet: put(sheet.column_dimensions["D"], "hidden", True))),
    ("X10", P, width("H", 90)), ("X10", R, width("B", 3)),
    ("X10", P, both(*(width(letter, 30) for letter in "ABCDEFG"))),
    ("X11", P, value("A2", "The count is partial [note 1]")), ("X11", P, notes_out_of_order), ("X11", P, value("A2", "Part†")),
    ("X12", P, value("A1", None)), ("X12", R, on(lambda sheet: put(sheet["A1"], "style", "Normal"))),
    ("X12", W, value("A1", 7)),
    ("X13", P, value("A30", "Source: the partners")), ("X13", P, value("J5", "beside it")), ("X13", R, value("C2", "above it")),
    ("X14", P, move_table_right), ("X14", W, move_table_right),
    ("X15", P, second_table), ("X15", R, second_table),
    ("X16", P, lambda book: put(actions(book), "title", "Sheet1")), ("X16", W, lambda book: book.create_sheet("Spare")),
    ("X17", P, on(lambda sheet: put(sheet, "oddFooter", HeaderFooterItem(center=_HeaderFooterPart("Page &P"))))),
    ("X17", R, on(lambda sheet: put(sheet, "oddHeader", HeaderFooterItem(left=_HeaderFooterPart("Official"))))),
    ("X17", P, on(lambda sheet: put(sheet["A4"], "comment", Comment("a note", "")))),
    ("X18", P, fill("A3", "FFDDDDDD")), ("X18", P, fill("H5", "FFFFFFCC")), ("X18", R, fill("A2", "FFFFFFCC")),
    ("X19", P, both(value("E5", None), fill("E5", "FFC00000"))), ("X19", R, value("F4", None)),
    ("X19", P, both(value("B5", None), colour_rule)),
    ("X20", P, font("B5", color="FF999999")), ("X20", R, font("C6", color="FF999999")),
    ("X20", W, both(fill("B5", "FFFF0000"), font("B5", color="FFFFFFFF"))),
    ("X21", P, picture), ("X21", R, picture), ("X21", R, chart), ("X21", P, chart),
    ("X23", P, font("B5", name="Times New Roman")), ("X23", W, font("B5", sz=8)), ("X23", R, font("C6", i=True)),
    ("X23", P, font("B5", u="single")), ("X23", P, lambda book: styled(book, "B5", alignment=Alignment(textRotation=90))),
    ("X23", P, value("A2", "ACTIONS AND PROGRESS")), ("X24", P, link_words),
    *[("X25", profile, lambda book, name=name: put(book.properties, name, "")) for profile, name in (
        (P, "title"), (R, "subject"), (P, "keywords"), (W, "creator"), (P, "language"))],
    ("X25", P, lambda book: put(book.properties, "lastModifiedBy", "an editor")),
    ("X26", P, lambda book: put(book, "active", 1)),
    ("X26", R, on(lambda sheet: put(sheet.sheet_view.selection[-1], "activeCell", "D9"))),
    ("X26", P, on(lambda sheet: put(sheet.sheet_view.selection[0], "activeCell", "D9"))),
    ("X27", P, value("F5", "36.4%")), ("X27", P, lambda book: styled(book, "F5", alignment=Alignment(horizontal="left"))),
    ("X27", P, lambda book: styled(book, "C5", alignment=Alignment(horizontal="right", wrap_text=True))),
    ("X27", P, lambda book: styled(book, "G5", number_format="0")),
    ("X28", P, lambda book: styled(book, "F5", number_format="0%")), ("X28", P, value("A6", "Total")),
    ("X29", P, value("D5", "31/10/2023")), ("X29", P, lambda book: styled(book, "D5", number_format="mm-dd-yy")),
    ("X29", W, value("D5", "31 Oct 2023")),
    ("X31", P, on(lambda sheet: put(sheet.page_setup, "paperSize", 1))),
    ("X31", R, on(lambda sheet: put(sheet, "print_area", None))),
    ("X31", W, on(lambda sheet: put(sheet.page_setup, "orientation", "portrait"))),
    ("X31", P, on(lambda sheet: put(sheet, "print_title_rows", "1:1"))),
    ("X31", P, on(lambda sheet: put(sheet.page_setup, "fitToHeight", 1))),
    ("X32", P, no_links), ("X32", P, lambda book: put(book["Cover"]["A2"], "value", "Made with care")),
    ("X32", R, both(*(lambda book, name=name: book.remove(book[name]) for name in ("Guide", "About this return")))),
    ("X34", P, lambda book: book.defined_names.add(DefinedName("gone", attr_text="#REF!$A$1"))),
    ("X34", W, on(lambda sheet: sheet.defined_names.add(DefinedName("gone", attr_text="Actions!#REF!")))),
]


@pytest.mark.parametrize("profile", Profile)
def test_a_good_workbook_passes_even_when_another_program_saved_it(good: dict[Profile, bytes], profile: Profile) -> None:
    assert accessible.check(good[profile], profile, NAME) == ()
    assert accessible.check(respoiled(good[profile], lambda book: None), profile, NAME) == ()


@pytest.mark.parametrize("case", range(len(SPOILED)), ids=[f"{code}-{profile}" for code, profile, _ in SPOILED])
def test_each_fault_is_reported(good: dict[Profile, bytes], case: int) -> None:
    code, profile, spoil = SPOILED[case]
    failed = accessible.check(respoiled(good[profile], spoil), profile, NAME)
    assert code in codes(failed), failed


@pytest.mark.parametrize(
    ("part", "profile"),
    [("xl/vbaProject.bin", P), ("xl/externalLinks/externalLink1.xml", R), ("xl/embeddings/oleObject1.bin", W),
     ("xl/activeX/activeX1.xml", P), ("xl/pivotCache/pivotCacheDefinition1.xml", W), ("xl/connections.xml", P)],
)
def test_parts_that_do_or_hide_things_are_reported(good: dict[Profile, bytes], part: str, profile: Profile) -> None:
    assert codes(accessible.check(with_part(good[profile], part), profile)) == {"X22"}


def with_part(data: bytes, name: str, content: bytes = b"x") -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as package:
        package.writestr(name, content)
    return out.getvalue()


def test_text_boxes_are_reported(good: dict[Profile, bytes]) -> None:
    assert codes(accessible.check(with_part(good[P], "xl/drawings/drawing9.xml", b"<xdr:sp macro=''/>"), P)) == {"X17"}


@pytest.mark.parametrize("name", ["final v3.xlsx", "x" * 120 + ".xlsx", "résumé.xlsx"])
def test_file_names_are_short_and_plain(good: dict[Profile, bytes], name: str) -> None:
    assert codes(accessible.check(good[P], P, f"outbox/{name}")) == {"X35"}
    assert accessible.check(good[P], P, f"out box/{NAME}") == ()  # only the file's own name counts


def test_a_large_file_is_reported(good: dict[Profile, bytes]) -> None:
    noise = b"".join(n.to_bytes(4, "big") for n in range(0, 2_000_000_000, 3_001))
    assert codes(accessible.check(with_part(good[P], "docProps/thumbnail.bin", noise), P)) == {"X35"}


def test_tables_without_alternative_text_are_reported(good: dict[Profile, bytes]) -> None:
    """openpyxl, as most programs, loses it; so the part itself is spoiled here."""
    for profile in (P, R):
        bare = rewritten(good[profile], "xl/tables/", lambda part: re.sub(rb' altText(Summary)?="[^"]*"', b"", part))
        assert codes(accessible.check(bare, profile)) == {"X33"}
        empty = rewritten(good[profile], "xl/tables/", lambda part: re.sub(rb'(altText(?:Summary)?)="[^"]*"', rb'\1=""', part))
        assert codes(accessible.check(empty, profile)) == {"X33"}
    assert accessible.check(rewritten(good[W], "xl/tables/", lambda part: part.replace(b"altText", b"other")), W) == ()


def rewritten(data: bytes, start: str, change: Callable[[bytes], bytes]) -> bytes:
    """The package with every part changed whose name begins so."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name.startswith(start) else old.read(name))
    return out.getvalue()


NUMBERS = {f"X{n:02d}" for n in range(1, 36)}  # domain.md C1


def test_every_number_of_the_list_is_tested_or_is_left_to_a_person() -> None:
    by_program = {code for profile in Profile for code in accessible.tested(profile)}
    assert by_program | set(accessible.BY_PERSON) == NUMBERS == set(accessible.CHECKLIST)
    assert not by_program & set(accessible.BY_PERSON)
    assert {code for codes_of in accessible.JUDGED for code in codes_of.split(", ")} <= by_program


def test_every_check_can_fail() -> None:
    """X22, X33 and X35 have tests of their own."""
    by_program = {code for profile in Profile for code in accessible.tested(profile)}
    assert {code for code, _, _ in SPOILED} | {"X22", "X33", "X35"} == by_program


def test_each_profile_is_checked_for_what_its_kind_needs() -> None:
    published, returned, working = map(accessible.tested, (P, R, W))
    assert set(working) < set(returned) < set(published)
    assert (len(published), len(published)) == (34, len(set(published)))


def test_the_tracker_is_held_to_what_makes_sense_for_it(good: dict[Profile, bytes]) -> None:
    """It has filters and frozen panes, long texts and blanks."""
    for spoil in (value("C5", None), on(lambda sheet: put(sheet.row_dimensions[8], "height", 30))):
        assert accessible.check(respoiled(good[W], spoil), W, NAME) == ()


def test_what_a_partner_types_is_not_ours_to_judge(good: dict[Profile, bytes]) -> None:
    spoil = both(value("G6", "word " * 2000), value("K6", "31/10/2023"), value("I6", "about 12"), value("J6", 12345.678))
    assert accessible.check(respoiled(good[R], spoil), R, NAME) == ()


def test_a_sentence_says_where_what_and_what_to_do(good: dict[Profile, bytes]) -> None:
    spoil = both(*(value(f"C{row}", None) for row in range(4, 12)))
    assert accessible.check(respoiled(good[P], spoil), P) == (
        "Actions (C4, C5, C6, C7, C8 and 3 more): an empty cell is not explained. "
        "Write [x], [z] or [c], or say above the table what it means. (X08)",
    )


def test_blanks_may_be_explained_in_words() -> None:
    sheet = replace(books.table(), lines=("Blank cells mean that nothing was reported.",))
    sheet = replace(sheet, rows=(*sheet.rows, ("TR-99.1", "x", *(None,) * 6)))
    assert accessible.check(writer.render(books.published(sheet)), P, NAME) == ()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"%PDF-1.7", b"\xd0\xcf\x11\xe0"])
def test_what_is_no_workbook_is_one_failed_check(data: bytes) -> None:
    assert accessible.check(data, P) == ("The file could not be opened as an Excel workbook (.xlsx), so nothing was checked.",)


def test_a_sheet_formatted_to_its_last_corner_does_not_take_for_ever(good: dict[Profile, bytes]) -> None:
    spoil = on(lambda sheet: put(sheet["XFD1048576"], "font", Font(name="Arial")))
    assert accessible.check(respoiled(good[P], spoil), P)[0].startswith("The file is too large to check: Actions is in use")


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are not here")
@pytest.mark.filterwarnings("ignore")
def test_any_workbook_gets_an_answer() -> None:
    for path in sorted(SAMPLES.iterdir()):
        for profile in Profile:
            assert isinstance(accessible.check(path.read_bytes(), profile, path.name), tuple), path.name


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT, st.dates(), st.decimals(-(10**9), 10**9, places=2)), min_size=1, max_size=6))
def test_nothing_that_partners_write_can_fail_a_published_file(rows: list[tuple[str, str, date, Decimal]]) -> None:
    """Or one partner's text would stop everybody's papers (design law 6)."""
    sheet = books.table()
    amber = books.rag(books.AMBER)
    body = tuple((f"T-{n}", text, other, day, amber, value, n, text) for n, (text, other, day, value) in enumerate(rows))
    book = books.published(replace(sheet, rows=body))
    assert accessible.check(writer.render(book), P, NAME) == ()


def test_dates_may_stand_in_words_of_a_text() -> None:
    """A date inside a sentence, or a reference that looks like one, is no date."""
    extra = ("TR-98.1", "Review by 31/10/2023", "2-1", date(2023, 1, 10), books.rag(books.RED), 1, 2, "None yet.")
    sheet = replace(books.table(), rows=(*books.table().rows, extra))
    assert accessible.check(writer.render(books.published(sheet)), P, NAME) == ()


def test_long_texts_pass_too() -> None:
    row = books.table().rows[0]
    sheet = replace(books.table(), rows=((*row[:7], books.progress(40)), *books.table().rows[1:]))
    book = books.published(sheet)
    assert "Long texts" in openpyxl.load_workbook(io.BytesIO(writer.render(book))).sheetnames
    assert accessible.check(writer.render(book), P, NAME) == ()


def test_many_sheets_each_need_their_link() -> None:
    hidden_one = Sheet("Measures", "Measures", (), books.table().columns, books.table().rows, "Measures")
    full = books.published(books.table(), hidden_one)
    cover = replace(full.sheets[0], lines=(*full.sheets[0].lines[:-1], Mark("Measures")))
    failed = accessible.check(writer.render(replace(full, sheets=(cover, *full.sheets[1:]))), P, NAME)
    assert failed == ("Cover (A1): the cover has no link to the sheet Measures. Add one to its contents. (X32)",)


def test_our_own_papers_may_be_as_large_as_the_partnership_is(good: dict[Profile, bytes]) -> None:
    small = Most(cells=10, size=10_000_000)
    with pytest.raises(accessible.CannotCheckError, match=r"too large to check: .* is in use down to cell"):
        accessible.failures(good[P], P, most=small)
    with pytest.raises(accessible.CannotCheckError, match="unpacked it is more than 0 MB"):
        accessible.failures(good[P], P, most=Most(cells=1_000_000, size=10))
    assert OURS.cells > THEIRS.cells
    assert OURS.size > THEIRS.size
    assert not accessible.check(good[P], P)
