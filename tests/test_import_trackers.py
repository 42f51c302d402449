"""Twenty trackers, each laid out its own way: every row comes in as a person reads it, every cell is placed or asked about."""

from __future__ import annotations

from functools import cache

import pytest

from tests.importing import as_rows, read
from tests.old import truth
from tests.old.trackers import SEEDS, Truth, tracker
from workflow.importing import Imported, balances
from workflow.model import Aside

ASIDE = {  # what the truth calls a cell that is no row's, and what the review calls it
    "title": {Aside.TITLE, Aside.OUTSIDE}, "heading": {Aside.HEADING, Aside.REPEATED}, "total": {Aside.TOTAL},
    "key": {Aside.TITLE, Aside.OUTSIDE, Aside.UNKNOWN}, "column": {Aside.COLUMN},
}  # fmt: skip


@cache
def brought(seed: int) -> tuple[Imported, Truth]:
    """A tracker's import, and what is true of it."""
    data, true = tracker(seed)
    return read({f"{true.name}.xlsx": data}), true


@pytest.mark.parametrize("seed", SEEDS)
def test_every_row_is_as_a_person_reads_it_or_asked_about(seed: int) -> None:
    told, true = brought(seed)
    assert truth.tracker_errors(as_rows(told, true.form), true) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_every_cell_is_placed_or_set_aside_with_its_reason(seed: int) -> None:
    told, true = brought(seed)
    (balance,) = balances(told)
    assert balance.holds
    data, _ = tracker(seed)
    assert balance.read == len(truth.cells_in_xlsx(data))
    placed = {(c.place.sheet, c.place.cell) for p in told.proposals for c in p.cells}
    for row in true.rows:
        lacking = {c for c in row.cells.values() if (row.sheet, c) not in placed}
        assert lacking <= {c for n, c in row.cells.items() if not row.values[n]}, row.values["title"]
    aside = {(a.cell.place.sheet, a.cell.place.cell): a.why for a in told.aside}
    wrong = {at: aside.get(at) for at, why in true.aside.items() if why in ASIDE and aside.get(at) not in ASIDE[why]}
    assert not wrong


@pytest.mark.parametrize("seed", SEEDS)
def test_a_row_that_is_sure_has_nothing_to_ask_of_what_is_written(seed: int) -> None:
    told, true = brought(seed)
    asked = {str(r.values["title"]) for r in true.rows if r.ask}
    for p in told.of(true.form):
        if str(p.values.get("title")) in asked:
            assert p.questions
