"""A register that is written anew from its own rows says the same, and keeps what its coordinator has added."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from tests import small as s
from tests.rolling import FORMS, REGISTER, TODAY, collated, laid_out, proposed_register, rolled
from tests.small import Small
from workflow import config, reader, writer
from workflow.errors import WorkflowError
from workflow.model import Register
from workflow.pipeline.proposed import PROPOSED

pytestmark = pytest.mark.usefixtures("drawn_once")


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return laid_out(tmp_path)


def _same(one: Register, other: Register) -> None:
    """Two registers say the same, wherever it stands."""
    parts = ("calendars", "periods", "partners", "contacts", "aliases", "plans", "themes", "items", "boards", "rag", "waivers")
    for name in (*parts, "partnership", "glossary"):
        first, second = getattr(one, name), getattr(other, name)
        if isinstance(first, tuple):
            first, second = ([replace(r, place=one.items[0].place) for r in rows] for rows in (first, second))
        assert first == second, name


def _again(data: bytes) -> bytes:
    register, found = config.load_register(data, FORMS, REGISTER, today=TODAY)
    assert register is not None
    assert found == ()
    kept = config.keep_register(data, FORMS, register, REGISTER, TODAY)
    assert kept.lost == ()
    return writer.render(config.register_book(FORMS, kept.rows, "Register", TODAY, kept.own))


@pytest.mark.parametrize("which", ["small", "example"])
def test_a_register_written_from_its_rows_says_the_same(which: str) -> None:
    data = collated()[REGISTER] if which == "small" else (s.ROOT / REGISTER).read_bytes()
    once = _again(data)
    first, second = (config.load_register(d, FORMS, REGISTER, today=TODAY)[0] for d in (data, once))
    assert first and second
    _same(first, second)
    assert _again(once) == once


def test_columns_of_the_coordinators_own_are_kept_and_sheets_are_named(small: Small) -> None:
    path = small.root / REGISTER
    book = openpyxl.load_workbook(path)
    ws = book["Items"]
    top = next(r for r in range(1, 20) if ws.cell(r, 1).value == "Row key")
    last = ws.max_column
    for n, heading in enumerate(("Funding", "Lead", "Funding"), 1):
        ws.cell(top, last + n).value = heading
        ws.cell(top + 1, last + n).value = f"{heading} {n}"
    book.create_sheet("My jottings")["A1"] = "Ask housing."
    book.save(path)
    done = proposed_register(small)
    assert any("My jottings" in note for note in done.notes)
    sheet = reader.read_bytes((small.root / PROPOSED).read_bytes()).sheet("Items")
    assert sheet
    top = next(r for (r, col), c in sheet.cells.items() if (col, c.value) == (1, "Row key"))
    by_heading = {str(c.value): col for (r, col), c in sheet.cells.items() if r == top}
    line = next(r for (r, col), c in sheet.cells.items() if col == 1 and c.value == "A-1")
    assert [sheet.cells[line, by_heading[h]].value for h in ("Funding", "Lead (2)", "Funding (2)")] == [
        "Funding 1", "Lead 2", "Funding 3",
    ]  # fmt: skip
    register, _ = config.load_register((small.root / PROPOSED).read_bytes(), FORMS, PROPOSED, today=TODAY)
    assert register is not None
    assert register.item("A-1").lead == "police"  # type: ignore[union-attr]


def test_what_cannot_be_read_stops_it_because_it_would_be_lost(small: Small) -> None:
    path = small.root / REGISTER
    book = openpyxl.load_workbook(path)
    s.box(book, ("Items", "CP23-R1-1", "Due date")).value = "the end of March"
    book.save(path)
    with pytest.raises(WorkflowError, match=r"Items, cell [A-Z]+\d+ cannot be read, and a new register would lose it"):
        rolled(small)
    assert not (small.root / PROPOSED).exists()
