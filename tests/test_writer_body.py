"""The body of a table: what is put together here is what XlsxWriter would have written, byte for byte."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import writer_books as books
from workflow import writer
from workflow.model import Book, Column, Content, Kind, Mark, Profile, Sheet
from workflow.writer import sheets, values
from workflow.writer.formats import Worksheet
from workflow.writer.grid import Grid

VALUES = st.one_of(
    st.text(max_size=60),
    st.integers(-(10**18), 10**18),
    st.floats(),
    st.decimals(allow_nan=False),
    st.dates(),
    st.booleans(),
    st.none(),
    st.sampled_from(("=1+1", "_x0041_x0042_", "<r>x</r>", "x" * 33_000, "long words " * 400, "<&>", 1, 1.0, True)),
)
MARKS = st.builds(
    Mark,
    VALUES,
    fill=st.sampled_from(("", "FFC000")),
    bold=st.booleans(),
    note=st.sampled_from(("", "A note.")),
    attention=st.booleans(),
)
MORE = st.sampled_from(
    (
        Mark("Actions", link="#'Actions'!A1"),
        Mark(3, formula="=6/2"),
        Mark("x", formula='=HYPERLINK("#Actions!A1","x")'),
    )
)
ROWS = st.lists(st.tuples(*[st.one_of(VALUES, MARKS, MORE)] * 4), min_size=0, max_size=25)


def by_xlsxwriter(pen: sheets.Pen, tab: Worksheet, grid: Grid) -> None:
    """The body cell by cell."""
    for row, (contents, cells) in enumerate(zip(grid.rows, grid.drawn, strict=True)):
        for col, what in enumerate(zip(contents, cells, strict=True)):
            content, cell = what[0], (grid.first_row + row, col)
            sheets._put(tab, cell, what, sheets._style(pen, grid, what, (col > 0, grid.typed_in(row, col))), pen.names)
            if isinstance(content, Mark) and content.note and pen.profile is Profile.RETURN:
                sheets._draw_note(tab, cell, values.clip(values.clean(content.note), values.LONGEST_TEXT))


def drawn_both_ways(book: Book) -> None:
    here = writer.render(book)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheets, "_draw_body", by_xlsxwriter)
        assert writer.render(book) == here


@pytest.mark.parametrize("profile", Profile)
def test_good_books(profile: Profile) -> None:
    drawn_both_ways(books.BOOKS[profile])


@settings(deadline=None, max_examples=60)
@given(ROWS, st.sampled_from(Profile), st.integers(0, 20))
def test_whatever_stands_in_the_cells(rows: list[tuple[Content, ...]], profile: Profile, lines: int) -> None:
    columns = (
        Column("Key", key=True),
        Column("Long", Kind.LONG_TEXT, answer=True),
        Column("When", Kind.DATE, answer=True),
        Column("How many", Kind.WHOLE),
    )
    first = Sheet("Actions", "Actions", ("A line.",) * lines, columns, tuple(rows), "Actions")
    second = Sheet("Again", "Again", ("A line.",), columns, tuple(rows), "Again", spare_from=1)
    record = Sheet(
        "One",
        "One",
        (),
        (),
        tuple((str(n), row[1]) for n, row in enumerate(rows)),
        "One",
        layout="record",
        line_columns=(Column("What", answer=True),),
    )
    book = books.published(first, second, record)
    drawn_both_ways(replace(book, profile=profile))
