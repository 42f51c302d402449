"""What we filled in, changed by a partner: our own texts and last time's answers, and what only looks changed (V05)."""

from __future__ import annotations

import io
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import small as s
from workflow.model import Severity
from workflow.pipeline.verdict import Verdict
from workflow.validate import comparable

pytestmark = pytest.mark.usefixtures("no_packs")

LAST = "Progress last time"
TOLD = "The earlier position, as agreed."


@pytest.fixture
def small(tmp_path: Path) -> s.Small:
    return s.issued(tmp_path / "small")


def typed(small: s.Small, more: dict[s.Box, Any], partner: str = "police") -> Verdict:
    small.returns(partner, {**s.good(partner), **more})
    return small.collate(dry_run=True)


def changed(verdict: Verdict) -> list[str]:
    return [c for c in s.codes(verdict) if c in ("previous-changed", "previous-changed-rows", "context-changed")]


def test_last_times_answer_that_was_overtyped(small: s.Small) -> None:
    verdict = typed(small, {("Actions", "A-1", LAST): "We met twice in August and agreed terms."})
    assert s.told(verdict, "previous-changed").endswith(
        '(Progress last time for 1.1): last time\'s answer now reads "We met twice in August and agreed terms."; '
        f'ours reads "{TOLD}". Ours was kept. Put what is new in the yellow boxes; if the earlier answer was wrong, '
        "tell us under Comments to the coordinator."
    )
    (found,) = [f for f in verdict.quarter.findings if f.code == "previous-changed"]
    assert (found.severity, found.items, found.places[0].sheet) == (Severity.QUERY, ("A-1",), "Actions")
    assert verdict.quarter.before["actions", "A-1", "progress"].value == TOLD
    assert ("actions", "A-1", "previous_progress") not in verdict.quarter.now


def test_an_answer_in_the_column_of_last_time_where_there_was_none(small: s.Small) -> None:
    verdict = typed(small, {("Actions", "A-2", LAST): "All visits were made."})
    assert 'now reads "All visits were made."; ours reads "blank"' in s.told(verdict, "previous-changed")


def test_a_column_that_was_changed_on_many_rows_is_one_matter(small: s.Small) -> None:
    verdict = typed(small, {("Actions", key, LAST): f"Other words for {key}" for key in ("A-1", "A-2")})
    assert changed(verdict) == ["previous-changed-rows"]
    (found,) = [f for f in verdict.quarter.findings if f.code == "previous-changed-rows"]
    assert found.items == ("A-1", "A-2")
    assert len(found.places) == 2
    assert "(Progress last time for 1.1, 1.2)" in found.message


def test_two_columns_are_two_matters(small: s.Small) -> None:
    verdict = typed(small, {("Actions", "A-1", LAST): "Other words", ("Actions", "A-1", "RAG last time"): "Green"})
    assert changed(verdict) == ["previous-changed", "previous-changed"]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {("Actions", "A-1", LAST): f"  {TOLD.replace(' ', '  ')}\n"},  # other white space
        {("Actions", "A-1", LAST): None},  # emptied: nothing is claimed
        {("Actions", "A-1", "Status last time"): "on track"},
        {("Actions", "A-1", "Due date"): datetime(2024, 6, 30)},  # noqa: DTZ001 - as a spreadsheet stores a day
        {("Actions", "A-1", "Due date"): "30/06/2024"},
    ],
)  # fmt: skip
def test_what_only_looks_changed_is_not_asked_about(small: s.Small, more: dict[s.Box, Any]) -> None:
    assert changed(typed(small, more)) == []


@pytest.mark.parametrize(
    "more",
    [
        {}, {("Measures", "M-1", "Value last time"): 36.4}, {("Measures", "M-1", "Value last time"): "36.40"},
        {("Measures", "M-1", "Period end last time"): datetime(2023, 6, 30)},  # noqa: DTZ001 - as a spreadsheet stores a day
        {("Measures", "M-1", "Period end last time"): "30 June 2023"},
    ],
)  # fmt: skip
def test_figures_and_dates_saved_in_another_way_are_the_same(small: s.Small, more: dict[s.Box, Any]) -> None:
    assert changed(typed(small, more, "yos")) == []


def test_a_figure_of_last_time_that_was_changed(small: s.Small) -> None:
    verdict = typed(small, {("Measures", "M-1", "Value last time"): 34.6}, "yos")
    assert 'last time\'s answer now reads "34.6"; ours reads "36.4"' in s.told(verdict, "previous-changed")


def test_every_template_comes_back_as_it_went_out(small: s.Small) -> None:
    for partner in ("police", "housing", "yos"):
        small.arrive(f"{partner}.xlsx", s.saved(openpyxl.load_workbook(io.BytesIO(small.template(partner)))))
    assert changed(small.collate(dry_run=True)) == []


def test_a_file_is_held_against_what_its_issue_showed(small: s.Small) -> None:
    """An earlier answer that was corrected after the template went out is no change of the partner's."""
    small.issue(s.Q3)
    sent = small.filled("police", s.good("police"), s.Q3)  # it shows the opening position: Q2 has not come yet
    small.returns("police")
    small.collate(s.Q2)
    small.arrive("police Q3.xlsx", sent)
    verdict = small.collate(s.Q3, dry_run=True)
    assert verdict.quarter.before["actions", "A-1", "progress"].value != TOLD
    assert changed(verdict) == []


def test_where_the_issue_is_lost_anything_that_ever_stood_there_will_do(small: s.Small) -> None:
    filled = small.filled("police", {**s.good("police"), ("Actions", "A-1", LAST): "Other words"})
    book = openpyxl.load_workbook(io.BytesIO(filled))
    book.custom_doc_props["issue"].value = "another"  # type: ignore[attr-defined] # openpyxl's types do not know them
    small.arrive("police.xlsx", s.saved(book))
    assert changed(small.collate(dry_run=True)) == ["previous-changed"]
    book["Actions"].cell(*_at(book, "A-1", LAST)).value = TOLD
    small.arrive("police.xlsx", s.saved(book))
    assert changed(small.collate(dry_run=True)) == []


def _at(book: Any, key: str, heading: str) -> tuple[int, int]:
    cell = s.box(book, ("Actions", key, heading))
    return cell.row, cell.column


def test_a_later_file_that_left_it_alone_closes_the_question(small: s.Small) -> None:
    small.returns("police", {**s.good("police"), ("Actions", "A-1", LAST): "Other words"})
    small.collate()
    small.returns("police", s.good("police"), s.SENT.replace(day=17), "again.xlsx")
    assert changed(small.collate(dry_run=True)) == []


def test_the_marked_up_copy_of_a_changed_return_raises_no_more(small: s.Small) -> None:
    """It shows last time's answers as we have them, and comes back as such."""
    small.returns("police", {**s.good("police"), ("Actions", "A-1", LAST): "Other words"})
    small.collate()
    marked = (small.root / f"outbox/{s.Q2}/marked-up/police-{s.Q2}-queries.xlsx").read_bytes()
    small.arrive("corrected.xlsx", marked, s.SENT.replace(day=17))
    assert changed(small.collate(dry_run=True)) == []


# --- what says the same


SAME: dict[str, tuple[Any, Any]] = {
    "amount": (Decimal("90.0"), 90), "exponent": (Decimal("1E+2"), Decimal(100)), "white space": ("a  b\n", "A b"),
    "none": (None, ""),
}  # fmt: skip


@pytest.mark.parametrize("pair", SAME.values(), ids=SAME)
def test_values_that_say_the_same(pair: tuple[Any, Any]) -> None:
    assert comparable(pair[0]) == comparable(pair[1])


AMOUNTS = st.one_of(st.integers(), st.decimals(allow_nan=False, allow_infinity=False, places=2))


@given(st.one_of(st.tuples(AMOUNTS, AMOUNTS), st.tuples(st.dates(), st.dates()), st.tuples(AMOUNTS, st.dates())))
def test_what_is_equal_says_the_same_and_what_is_not_does_not(pair: tuple[Any, Any]) -> None:
    one, other = pair
    assert (comparable(one) == comparable(other)) == (one == other)


def test_the_beginning_of_a_text_that_is_too_long_for_its_cell_is_not_compared(small: s.Small) -> None:
    long = "We met and agreed the next steps with every partner. " * 120
    rows = s.register_rows()
    rows["items"] = [{**row, "opening_progress": long} if row["key"] == "A-1" else row for row in rows["items"]]
    small.write_register(rows)
    small.issue()
    assert any(t.endswith("is on the sheet Long texts]") for t in s.texts(small.template("police")))
    assert changed(typed(small, {})) == []

