"""What becomes of rows that a partner changed the shape of: keys, deleted rows and sheets, our own texts, new rows."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests import small as s
from tests.small import Q2, Q3, Small
from workflow.pipeline.verdict import Verdict

pytestmark = pytest.mark.usefixtures("no_packs")

SPARE_ISSUE = f"police-{Q2}-issue-01"
SPARE_ACTION = f"police-{Q2}-action-01"


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return s.issued(tmp_path / "small")


def judged(small: Small) -> Verdict:
    return small.collate(dry_run=True)


def edited(small: Small, partner: str, change: Callable[[Workbook], None]) -> None:
    """A good return arrives whose workbook was changed in another way than by typing into its boxes."""
    book = openpyxl.load_workbook(io.BytesIO(small.filled(partner)))
    change(book)
    small.arrive(f"{partner}.xlsx", s.saved(book))


def line_of(ws: Worksheet, key: str) -> int:
    return next(r for r in range(1, ws.max_row + 1) if ws.cell(r, 1).value == key)


def rekey(key: str, new: str | None) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        ws = book["Actions"]
        ws.cell(line_of(ws, key), 1).value = new

    return change


# --- keys


def test_a_row_without_its_key_is_held_with_the_key_that_was_meant(small: Small) -> None:
    edited(small, "police", rekey("A-2", None))
    verdict = judged(small)
    assert s.counts(verdict)[3] == 3
    assert s.told(verdict, "row-key-missing").endswith(
        "the row key is blank, so its answers were not taken. Put the row's key back, as it was in the template we sent."
        " Did you mean A-2?"
    )
    assert ("actions", "A-2", "status") not in verdict.quarter.merged.standing
    assert s.value(verdict, ("actions", "A-1", "status")) == "On track"


def test_a_row_with_an_unknown_key_is_held_with_a_suggestion(small: Small) -> None:
    edited(small, "police", rekey("A-2", "A-2x"))
    verdict = judged(small)
    words = s.told(verdict, "row-key-unknown")
    assert 'the row key "A-2x" is not one of yours' in words
    assert words.endswith("Did you mean A-2?")
    assert s.counts(verdict)[3] == 3
    assert not {"row-unanswered", "row-missing"} & set(s.codes(verdict))  # one cause, one message


def test_a_key_that_stands_twice_holds_both_rows(small: Small) -> None:
    edited(small, "police", rekey("A-2", "A-1"))
    verdict = judged(small)
    assert s.counts(verdict)[3] == 6
    assert s.told(verdict, "row-key-repeated").endswith(
        '(Row key): the key "A-1" stands on more than one row, so we cannot tell which answers are meant.'
        " Keep one row for each key. Did you mean A-2?"
    )
    assert ("actions", "A-1", "progress") not in verdict.quarter.merged.standing


def test_a_new_row_has_one_key_however_it_is_written(small: Small) -> None:
    def rewrite(book: Workbook) -> None:
        ws = book["Actions"]
        for old, new in (("NEW-01", "new-1"), ("NEW-02", "NEW-001"), ("NEW-03", "NEW-²")):
            line = line_of(ws, old)
            ws.cell(line, 1).value = new
            s.box(book, ("Actions", new, "Recommendation")).value = f"Written as {new}"
            s.box(book, ("Actions", new, "RAG now")).value = "Green"

    edited(small, "police", rewrite)
    verdict = judged(small)
    held = [a.raw for sub in verdict.quarter.submissions for a in sub.answers if a.held == "row-key-repeated"]
    assert held == ["Green", "Green"]
    assert s.counts(verdict)[3] == 3  # NEW-² is no number: its RAG is held as an unknown key's
    assert s.codes(verdict, "police").count("row-key-unknown") == 1


def test_a_row_of_another_agency_is_held(small: Small) -> None:
    edited(small, "police", rekey("A-2", "A-3"))
    verdict = judged(small)
    assert 'the row "A-3" belongs to another agency' in s.told(verdict, "row-key-not-yours")
    assert s.counts(verdict)[3] == 3
    assert ("actions", "A-3", "status") not in verdict.quarter.merged.standing


# --- rows and sheets taken out


def test_deleted_rows_are_named(small: Small) -> None:
    def delete(book: Workbook) -> None:
        ws = book["Actions"]
        ws.delete_rows(line_of(ws, "A-2"))

    edited(small, "police", delete)
    verdict = judged(small)
    assert "some of your rows were taken out of the file (1.2)" in s.told(verdict, "row-missing")
    assert s.states(verdict)["police"] == "part returned"
    assert s.value(verdict, ("actions", "A-1", "status")) == "On track"


def test_a_deleted_sheet_is_named_once(small: Small) -> None:
    edited(small, "police", lambda book: book.remove(book["Actions"]))
    verdict = judged(small)
    assert "the sheet Actions is not in the file" in s.told(verdict, "form-missing")
    assert "row-missing" not in s.codes(verdict)
    assert s.value(verdict, ("commitments", "C-1", "status")) == "On track"


def test_our_own_text_stays_ours(small: Small) -> None:
    small.returns("police", {**s.good("police"), ("Actions", "A-1", "Recommendation"): "Something easier"})
    verdict = judged(small)
    words = s.told(verdict, "context-changed")
    assert 'this filled-in text now reads "Something easier"; ours reads "Recommendation 1.1"' in words
    small.collate()
    assert "Recommendation 1.1" in set(s.texts(small.tracker()))


# --- new rows


def new_action() -> dict[s.Box, object]:
    new = s.row("Actions", "NEW-01", Recommendation="An extra action, not listed", Action="Run a second workshop", Ref="X1")
    return {**new, **s.action("NEW-01", "Green")}


def test_a_new_row_shows_in_the_tracker_with_what_it_says_it_is(small: Small) -> None:
    small.returns("police", {**s.good("police"), **new_action()})
    verdict = small.collate()
    assert s.value(verdict, ("actions", SPARE_ACTION, "title")) == "An extra action, not listed"
    texts = set(s.texts(small.tracker()))
    assert {SPARE_ACTION, "An extra action, not listed", "Run a second workshop"} <= texts
    assert s.action("NEW-01")["Actions", "NEW-01", "Progress this quarter"] in texts
    assert not {"row-key-unknown", "context-changed"} & set(s.codes(verdict))


def issue(**more: str) -> dict[s.Box, object]:
    return s.row("Issues", "NEW-01", Type="Risk", Title="Fewer drivers", Detail="Two of five drivers left us.", **more)


def test_an_issue_comes_back_in_the_next_template_until_it_is_closed(small: Small) -> None:
    levels: dict[s.Box, object] = {("Issues", "NEW-01", f"{name} (1 to 5)"): 3 for name in ("Likelihood", "Impact")}
    small.returns("police", {**s.good("police"), **issue(Status="Open"), **levels})
    verdict = small.collate()
    assert s.codes(verdict) == []
    assert SPARE_ISSUE in set(s.texts(small.tracker()))
    small.issue(Q3)
    third = small.template("police", Q3)
    assert SPARE_ISSUE in set(s.texts(third))
    closed = s.type_in(third, s.row("Issues", SPARE_ISSUE, Status="Closed"))
    small.arrive("third quarter.xlsx", closed, datetime(2024, 1, 15, 9, 0, tzinfo=UTC))
    verdict = small.collate(Q3)
    assert s.value(verdict, ("issues", SPARE_ISSUE, "status")) == "Closed"
    assert s.value(verdict, ("issues", SPARE_ISSUE, "title")) == "Fewer drivers"
    small.issue(s.Q4)
    assert SPARE_ISSUE not in set(s.texts(small.template("police", s.Q4)))


def test_a_new_action_comes_back_in_the_next_template(small: Small) -> None:
    small.returns("police", {**s.good("police"), **new_action()})
    small.collate()
    small.issue(Q3)
    third = small.template("police", Q3)
    assert s.shown(third, ("Actions", SPARE_ACTION, "Recommendation")) == "An extra action, not listed"
    assert s.shown(third, ("Actions", SPARE_ACTION, "RAG last time")) == "Green"


# --- the shape of a table


def test_moved_columns_and_inserted_rows_still_read(small: Small) -> None:
    def move(book: Workbook) -> None:
        ws = book["Actions"]
        ws.insert_rows(line_of(ws, "A-2"), 2)
        ws.insert_cols(5, 3)
        ws.tables.clear()
        ws.title = "Our actions"

    small.returns("police")
    as_issued = s.counts(judged(small))
    edited(small, "police", move)
    verdict = judged(small)
    assert s.counts(verdict) == as_issued
    assert s.states(verdict)["police"] == "returned"


@pytest.mark.parametrize(("typed", "code"), [("Ambar", "choice-unknown"), ("#REF!", "cell-error"), ("Red!", "choice-unknown")])
def test_a_held_cell_holds_only_itself(small: Small, typed: str, code: str) -> None:
    def spoil(book: Workbook) -> None:
        cell = s.box(book, ("Actions", "A-1", "RAG now"))
        cell.value = typed
        cell.data_type = "e" if typed.startswith("#") else "s"

    edited(small, "police", spoil)
    verdict = judged(small)
    assert s.counts(verdict)[3] == 1
    assert s.codes(verdict, "police") == [code]
    assert s.value(verdict, ("actions", "A-1", "progress")) == s.good("police")["Actions", "A-1", "Progress this quarter"]


def test_one_cause_is_told_once_with_all_its_cells(small: Small) -> None:
    typed = s.good("police")
    wrong = {p: "Ambar" for p in typed if p[2] == "RAG now"}
    small.returns("police", {**typed, **wrong})
    verdict = judged(small)
    words = s.told(verdict, "choice-unknown")
    assert words.startswith("Actions, cells ")
    assert words.endswith('(RAG now for 1.1, 1.2): you entered "Ambar". Enter Red, Amber or Green. Did you mean Amber?')
