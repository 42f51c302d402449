"""The two ways to a workbook's cells: the quick one reads what the ordinary one reads, or leaves the file to it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import astuple
from typing import NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import writer_books as books
from workflow import accessible, writer
from workflow.accessible import opened, plain
from workflow.accessible.page import Page
from workflow.model import Column, Kind, Mark, Profile, Sheet
from workflow.reader import NotPlainError

SHEETS, STRINGS = r"xl/worksheets/sheet\d+\.xml", r"xl/sharedStrings\.xml"
Change = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def good() -> dict[Profile, bytes]:
    return {profile: writer.render(book) for profile, book in books.BOOKS.items()}


def changed(data: bytes, part: str, change: Change) -> bytes:
    """The package with the parts of that name changed, of which at least one does change."""
    out, done = io.BytesIO(), False
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            before = old.read(name)
            after = change(before) if re.fullmatch(part, name) else before
            done = done or after != before
            new.writestr(name, after)
    assert done
    return out.getvalue()


def seen(page: Page) -> tuple[object, ...]:
    """All that the checks take from a page, in a form that compares."""
    cells = [(*cell[:3], type(cell.value), astuple(cell.look)) for cell in page.cells]
    body = [(*cell[:3], astuple(cell.look)) for cell in page.body]
    hidden = [row for row, shape in page.sheet.row_dimensions.items() if shape.hidden or shape.height == 0]
    return page.name, page.area, page.widths, cells, body, dict(page.given.heights), dict(page.given.links), hidden


def both(data: bytes, profile: Profile) -> list[tuple[object, ...]]:
    quick = [seen(page) for page in plain.opened(data, profile)[1]]
    assert quick == [seen(page) for page in opened.opened(data, profile)[1]]
    return quick


@pytest.mark.parametrize("profile", Profile)
def test_our_own_workbooks_are_read_the_quick_way(good: dict[Profile, bytes], profile: Profile) -> None:
    assert len(both(good[profile], profile)) > 1


def test_links_made_by_formulas() -> None:
    link = Mark("To the actions", formula='=HYPERLINK("#Actions!A1","To the actions")')
    number = Mark(12, formula="=3*4")
    sheet = Sheet("Actions", "Actions", (link,), (Column("What"), Column("How many")), (("One", number), (link, 2)), "Actions")
    pages = both(writer.render(books.published(sheet)), Profile.PUBLISHED)
    assert pages[1][6] == {(2, 1): "", (5, 1): ""}


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=60),
            st.sampled_from(("_x0041_", "_x005F_", "a_x0041_x0042_b", "<r>x</r>", "&lt;", "x" * 33_000, " a ", "]]>")),
            st.integers(-(10**9), 10**9),
            st.floats(allow_nan=False, allow_infinity=False),
            st.dates(),
            st.booleans(),
            st.none(),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_whatever_stands_in_the_cells(values: list[object]) -> None:
    body = tuple((value, Mark(value, fill="FFC000"), None) for value in values)  # type: ignore[arg-type]
    columns = (Column("What"), Column("Marked", Kind.LONG_TEXT), Column("Nothing", Kind.DATE))
    sheet = Sheet("Actions", "Actions", ("A line.",), columns, body, "Actions")  # type: ignore[arg-type]
    data = writer.render(books.published(sheet))
    try:
        quick = [seen(page) for page in plain.opened(data, Profile.PUBLISHED)[1]]
    except NotPlainError:
        assert any(isinstance(value, str) and ("_x" in value or value.startswith("<r>") or "]]>" in value) for value in values)
        return
    assert quick == [seen(page) for page in opened.opened(data, Profile.PUBLISHED)[1]]


# Faults that leave a file plain: each is told as the ordinary way tells it.
SPOILED: list[tuple[str, str, Change]] = [
    ("X06", SHEETS, lambda part: re.sub(rb' ht="[0-9.]+"', b' ht="5"', part)),
    ("X06", SHEETS, lambda part: part.replace(b"<v>36.4</v>", b"<v>123456789123456789</v>")),
    ("X05", SHEETS, lambda part: re.sub(rb'<c r="C3"( s="\d+") t="s"><v>\d+</v></c>', rb'<c r="C3"\1/>', part)),
    ("X08", SHEETS, lambda part: re.sub(rb'<c r="C5"( s="\d+") t="s"><v>\d+</v></c>', rb'<c r="C5"\1/>', part)),
    ("X08", SHEETS, lambda part: re.sub(rb'<c r="C5" s="\d+" t="s"><v>\d+</v></c>', b"", part)),
    ("X04", SHEETS, lambda part: re.sub(rb'<row r="9".*?</row>', b"", part)),
    ("X12", SHEETS, lambda part: re.sub(rb'<c r="A1" s="\d+"', b'<c r="A1" s="2"', part)),
    ("X13", SHEETS, lambda part: re.sub(rb'(<row r="5".*?)</row>', rb'\1<c r="Z5" s="2" t="s"><v>1</v></c></row>', part)),
    ("X27", r"xl/styles\.xml", lambda part: part.replace(b'horizontal="right"', b'horizontal="center"')),
    ("X29", r"xl/styles\.xml", lambda part: part.replace(b'"dd mmm yyyy"', b'"dd/mm/yy"')),
    ("X24", STRINGS, lambda part: part.replace(b"Actions: the table", b"click here")),
    ("X11", STRINGS, lambda part: part.replace(b"Position as at", b"[note 2] as at")),
    ("X23", STRINGS, lambda part: re.sub(rb"This sheet has[^<]*", b"CONFIDENTIAL INFORMATION", part)),
    ("X32", STRINGS, lambda part: part.replace(b"Next update", b"Nothing")),
    ("X20", r"xl/styles\.xml", lambda part: part.replace(b"FF006100", b"FFFFFF00")),
    ("X23", r"xl/styles\.xml", lambda part: part.replace(b'<sz val="10"/>', b'<sz val="7"/>')),
    (
        "X07",
        SHEETS,
        lambda part: part.replace(b"<sheetView ", b'<sheetView showGridLines="1" ').replace(
            b"</sheetData>", b'</sheetData><autoFilter ref="A3:H9"/>'
        ),
    ),
]


@pytest.mark.parametrize("case", range(len(SPOILED)))
def test_a_fault_is_told_alike(good: dict[Profile, bytes], case: int, monkeypatch: pytest.MonkeyPatch) -> None:
    code, part, change = SPOILED[case]
    data = changed(good[Profile.PUBLISHED], part, change)
    both(data, Profile.PUBLISHED)
    quick = accessible.failures(data, Profile.PUBLISHED)
    monkeypatch.setattr(plain, "opened", not_plain)
    assert accessible.failures(data, Profile.PUBLISHED) == quick
    assert code in {failed.code for failed in quick}


def not_plain(*_: object) -> NoReturn:
    raise NotPlainError


# What is not plain, and whether the ordinary way can open it.
OTHERWISE: list[tuple[str, Change, bool]] = [
    (SHEETS, lambda part: part.replace(b'<row r="4"', b'<row hidden="1" r="4"'), True),
    (SHEETS, lambda part: re.sub(rb'<row r="4"([^>]*) ht="[0-9.]+"', rb'<row r="4"\1 ht="0"', part), True),
    (SHEETS, lambda part: part.replace(b"<v>36.4</v>", b"<v>36.4</v><!-- -->"), True),
    (SHEETS, lambda part: part.replace(b"<v>36.4</v>", b"<v>36&#46;4</v>"), True),
    (
        SHEETS,
        lambda part: part.replace(b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="B5:C5"/></mergeCells>'),
        True,
    ),
    (SHEETS, lambda part: part.replace(b' s="2" t="s"><v>', b' t="s" s="2"><v>'), True),
    (SHEETS, lambda part: re.sub(rb'(<row r="5".*?</row>)(<row r="6".*?</row>)', rb"\2\1", part), True),
    (SHEETS, lambda part: re.sub(rb'(<c r="B5".*?</c>)(<c r="C5".*?</c>)', rb"\2\1", part), True),
    (SHEETS, lambda part: part.replace(b"<v>36.4</v>", b"<v>thirty</v>"), False),
    (SHEETS, lambda part: part.replace(b"<v>36.4</v>", b"<v>36.4</w>"), False),
    (SHEETS, lambda part: part.replace(b"</row></sheetData>", b"</sheetData>"), False),
    (SHEETS, lambda part: part.replace(b' s="2" t="s"><v>', b' s="2" t="s"><v>999'), False),
    (SHEETS, lambda part: part.replace(b'<c r="A2" s="2"', b'<c r="A2" s="999"'), False),
    (STRINGS, lambda part: part.replace(b"Position", b"Pos\x01ition"), False),
    (STRINGS, lambda part: part.replace(b"Position", b"Pos\xffition"), False),
    (STRINGS, lambda part: part.replace(b"Position", b"Pos&nothing;ition"), False),
    (STRINGS, lambda part: part.replace(b"Position", b"Pos<b>ition"), False),
    (
        STRINGS,
        lambda part: part.replace(b"<si><t>Position", b"<si><r><t>Position").replace(
            b"<si><t>TR-1.1</t></si>", b"<si><r><t>TR-</t></r><r><t>1.1</t></r></si>"
        ),
        True,
    ),
]


@pytest.mark.parametrize("case", range(len(OTHERWISE)))
def test_what_is_not_plain_goes_the_ordinary_way(good: dict[Profile, bytes], case: int) -> None:
    part, change, opens = OTHERWISE[case]
    data = changed(good[Profile.PUBLISHED], part, change)
    with pytest.raises(NotPlainError):
        list(plain.opened(data, Profile.PUBLISHED)[1])
    if opens:
        assert isinstance(accessible.failures(data, Profile.PUBLISHED), tuple)
    else:
        with pytest.raises(accessible.CannotCheckError, match="could not be opened"):
            accessible.failures(data, Profile.PUBLISHED)
