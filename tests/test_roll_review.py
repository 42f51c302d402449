"""What a person decides in a year's review is what the proposed register gets; what nobody decided on stays as it is."""

from __future__ import annotations

import io
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import small as s
from tests.rolling import (
    FORMS,
    REGISTER,
    REVIEW,
    SHEETS,
    TODAY,
    By,
    adopt,
    decide,
    give,
    laid_out,
    nothing,
    proposed_register,
    read,
    rolled,
)
from tests.small import Q4, Small
from tests.test_import_story import boxes
from workflow import config
from workflow.errors import WorkflowError
from workflow.model import Item, Place, Register
from workflow.pipeline.proposed import PROPOSED

pytestmark = pytest.mark.usefixtures("drawn_once")


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return laid_out(tmp_path)


@pytest.fixture(scope="module")
def review() -> bytes:
    """The review as it is first written."""
    with TemporaryDirectory() as folder:
        small = laid_out(Path(folder))
        rolled(small)
        return (small.root / REVIEW).read_bytes()


def item(small: Small, key: str) -> Item:
    found = read(small).item(key)
    assert found is not None
    return found


def told(register: Register) -> list[list[object]]:
    """What a register says, wherever it says it."""
    parts = ("items", "themes", "plans", "periods", "partners", "boards")
    return [[replace(row, place=Place()) for row in getattr(register, name)] for name in parts]


def rows_of(data: bytes) -> dict[str, dict[str, Any]]:
    """The values of the commitments in a review by key, else title."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    rows = [{h: c.value for h, c in r.items()} for r in boxes(book, "Commitments")]
    return {str(r["Row key"] or r["Title"]): r for r in rows}


# --- what it shows


def test_every_live_row_is_shown_with_what_was_said_and_the_doubtful_stand_first(review: bytes) -> None:
    rows = rows_of(review)
    assert [(k, r["What it is"], r["Decision"]) for k, r in rows.items()] == [
        ("CP24-R2-1", "New", None), ("Hold 12 drop-ins for parents", "New", None), ("CP23-R1-5", "Carried", None),
        ("CP23-R1-6", "Carried", None), ("CP24-R1-1", "New", "Take"), ("CP23-R1-2", "Closed", "Take"),
        ("CP23-R1-3", "Closed", "Take"), ("CP23-R1-4", "Closed", "Take"), ("CP23-R1-1", "Carried", "Take"),
    ]  # fmt: skip
    dropped = rows["CP23-R1-4"]
    assert dropped["What was said"].startswith("What happens next year: Drop\nReason for next year's choice: The grant ended")
    assert dropped["Where it stands"].startswith("inbox/police.xlsx, Commitments: ")
    assert dropped["Note"] == "Dropped at the end of Q4 2023/24: The grant ended"
    assert "Rotary Club" in rows["CP24-R2-1"]["Please settle"]
    assert "it names no theme" in rows["Hold 12 drop-ins for parents"]["Please settle"]


def test_the_first_sheet_counts_what_stands_on_the_others(review: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(review))
    table = [r for r in book["Start here"].iter_rows(values_only=True) if isinstance(r[1], int)]
    assert [r[0] for r in table] == ["Actions", "Commitments", "Plans", "Themes", "Periods"]
    for name, rows, *states, waiting in table:
        there = boxes(book, str(name))
        assert rows == len(there) == sum(n for n in states if isinstance(n, int))
        assert states == [sum(r["What it is"].value == w for r in there) for w in ("Carried", "Closed", "New")]
        assert waiting == sum(1 for r in there if not r["Decision"].value)


def test_the_same_year_makes_the_same_bytes(small: Small, review: bytes) -> None:
    rolled(small)
    assert (small.root / REVIEW).read_bytes() == review


# --- what is decided


def test_without_any_decision_nothing_of_the_register_changes(small: Small) -> None:
    def change(rows: By) -> None:
        for row in rows.values():
            row["Decision"].value = None

    before = read(small, REGISTER)
    rolled(small)
    decide(small.root / REVIEW, change)
    done = give(small)
    assert told(read(small)) == told(before)
    (counts,) = (line for line in done.lines if line.startswith("20 rows in the review = "))
    assert counts.endswith(" 0 taken + 0 left out + 20 without a decision + 0 not taken + 0 no longer there.")


def test_left_out_is_the_opposite_of_what_was_proposed(small: Small) -> None:
    def change(rows: By) -> None:
        for key in ("CP23-R1-1", "CP23-R1-2", "CP24-R1-1", "2024-25-Q4"):
            rows[key]["Decision"].value = "Leave out"

    before = read(small, REGISTER)
    done = proposed_register(small, change)
    carried, over = item(small, "CP23-R1-1"), item(small, "CP23-R1-2")
    assert (carried.text("state"), carried.text("closed_after")) == ("Closed", Q4)
    assert carried.text("note") == "Closed at the end of Q4 2023/24: left out of the coming year."
    assert over.values == before.item("CP23-R1-2").values  # type: ignore[union-attr]
    assert read(small).item("CP24-R1-1") is None
    assert [p.key for p in read(small).periods][-1] == "2024-25-Q3"
    assert "20 rows in the review = 15 taken + 5 left out + 0 without" in "\n".join(done.lines)


@pytest.mark.parametrize("decision", ["Take", "Change", "changed"])
def test_what_was_typed_into_a_row_is_what_it_gets(small: Small, decision: str) -> None:
    def change(rows: By) -> None:
        for key, heading, value in (
            ("CP23-R1-1", "Title", "Share more"), ("CP23-R1-1", "Due date", "31 March 2025"),
            ("CP23-R1-4", "Note", "Dropped: no money"), ("CP24-R2-1", "Lead", "housing"), ("A-1", "Joint leads", None),
            ("2024-25-Q1", "Due date", date(2024, 7, 26)),
        ):  # fmt: skip
            rows[key]["Decision"].value, rows[key][heading].value = decision, value

    proposed_register(small, change)
    first, dropped = item(small, "CP23-R1-1"), item(small, "CP23-R1-4")
    assert (first.text("title"), first.day("due"), first.text("year")) == ("Share more", date(2025, 3, 31), "2023/24")
    assert (dropped.text("state"), dropped.text("note")) == ("Closed", "Dropped: no money")
    assert item(small, "CP24-R2-1").lead == "housing"
    assert item(small, "A-1").joint_leads == ()
    assert item(small, "A-1").text("opening_progress") == "The earlier position, as agreed."  # what a review has no column for
    assert next(p for p in read(small).periods if p.key == "2024-25-Q1").due_date == date(2024, 7, 26)


def test_a_theme_that_is_called_otherwise_keeps_its_old_name(small: Small) -> None:
    def change(rows: By) -> None:
        rows["R1"]["Number"].value, rows["R1"]["Theme title"].value = "3", "Data in common"
        rows["R1"]["Formerly"].value = "Talking"
        rows["R2"]["Decision"].value = "Leave out"

    proposed_register(small, change)
    one, two = read(small).themes
    assert (one.label, one.former) == ("3 Data in common", ("Talking", "1 Information sharing"))
    assert (two.label, two.former) == ("2 Early help", ())


def test_a_proposal_that_lacks_something_can_be_completed(small: Small) -> None:
    def change(rows: By) -> None:
        row = rows["Hold 12 drop-ins for parents"]
        row["Decision"].value, row["Plan"].value, row["Theme"].value = "Take", "REVIEW", "R2"

    done = proposed_register(small, change)
    (note,) = (n for n in done.notes if "not taken" in n)
    assert "it needs Row key" in note
    shutil.copyfile(small.root / PROPOSED, small.root / REGISTER)
    decide(small.root / REVIEW, lambda rows: rows["Hold 12 drop-ins for parents"]["Row key"].__setattr__("value", "CP24-R2-2"))
    give(small)
    made = item(small, "CP24-R2-2")
    assert (made.theme, made.lead, made.text("detail")) == ("R2", "police", "Staff trained")
    assert f"(police-{Q4}-next-03)" in made.text("note")
    shutil.copyfile(small.root / PROPOSED, small.root / REGISTER)
    assert f"    police-{Q4}-next-03 -> CP24-R2-2" in rolled(small, dry_run=True).lines  # known by its note


def test_rows_may_be_added_and_copied(small: Small) -> None:
    rolled(small)
    book = openpyxl.load_workbook(small.root / REVIEW)
    for name, copied, key in (("Plans", "REVIEW", "PLAN24"), ("Commitments", "CP23-R1-1", "CP24-R1-9")):
        tab: Any = book[name]
        (row,) = (r for r in boxes(book, name) if copied in (c.value for c in r.values()))
        last = max(c.row for r in boxes(book, name) for c in r.values())
        for heading, cell in row.items():
            tab.cell(last + 1, cell.column).value = key if cell.value == copied and heading != "Plan" else cell.value
    book.save(small.root / REVIEW)
    done = give(small)
    assert "Rows added in the review: 2 taken, 0 not." in done.lines
    assert [p.id for p in read(small).plans] == ["REVIEW", "PLAN24"]
    assert item(small, "CP24-R1-9").text("title") == "Commitment 1"


# --- what goes wrong


def test_what_is_not_as_it_should_be_is_told_and_costs_only_itself(small: Small) -> None:
    def change(rows: By) -> None:
        rows["CP23-R1-1"]["Row key"].value = "CP24-R1-7"
        rows["CP23-R1-2"]["What it is"].value = "over"
        rows["CP23-R1-5"]["Title"].value = None
        rows["CP23-R1-6"]["Due date"].value = "31/02/2025"
        rows["CP24-R2-1"]["Row key"].value = "A-1"

    before = read(small, REGISTER)
    done = proposed_register(small, change)
    notes = "\n".join(done.notes)
    for words in (
        "(CP24-R1-7): not taken, because the register has no such row", "What it is should say Carried, Closed or New",
        "(Title) is empty, so the register's stays", 'you entered "31/02/2025"', "another row bears that Row key already",
    ):  # fmt: skip
        assert words in notes
    for n in (1, 2, 5, 6):
        assert item(small, f"CP23-R1-{n}").values == before.item(f"CP23-R1-{n}").values  # type: ignore[union-attr]
    assert any(" 16 taken + 1 left out + 0 without a decision + 3 not taken + 0 no longer there." in x for x in done.lines)


def test_rows_that_were_deleted_from_the_review_stay_on_the_register(small: Small) -> None:
    rolled(small)
    decide(small.root / REVIEW)
    book = openpyxl.load_workbook(small.root / REVIEW)
    tab: Any = book["Commitments"]
    tab.delete_rows(boxes(book, "Commitments")[-1]["Decision"].row)
    book.save(small.root / REVIEW)
    done = give(small)
    assert item(small, "CP23-R1-1").text("state") == ""
    assert any("1 row no longer in the review: P013" in note for note in done.notes)


def test_a_register_that_has_changed_since_is_not_put_back(small: Small) -> None:
    rolled(small)

    def change(rows: By) -> None:
        rows["CP23-R1-5"]["Decision"].value, rows["CP23-R1-5"]["Title"].value = "Change", "From the review"
        rows["CP23-R1-6"]["Title"].value = "From the review"

    decide(small.root / REVIEW, change)
    path = small.root / REGISTER
    typed: dict[s.Box, Any] = {
        ("Items", "CP23-R1-1", "Title"): "Put right in May", ("Items", "CP23-R1-2", "Note"): "Seen by the board.",
        ("Items", "CP23-R1-6", "Title"): "Put right, too",
    }  # fmt: skip
    path.write_bytes(s.type_in(path.read_bytes(), typed))
    done = give(small)
    assert [item(small, f"CP23-R1-{n}").text("title") for n in (1, 5, 6)] == [
        "Put right in May", "From the review", "Put right, too",
    ]  # fmt: skip
    assert item(small, "CP23-R1-2").text("note") == "Seen by the board.\nCompleted at the end of Q4 2023/24."
    assert sum("which has changed since the review was made" in note for note in done.notes) == 2


def test_given_back_after_it_was_adopted_nothing_is_there_twice(small: Small) -> None:
    proposed_register(small)
    adopt(small)
    before = read(small, REGISTER)
    give(small)
    assert told(read(small)) == told(before)


def test_a_review_that_lost_its_properties_is_known_by_its_first_sheet(small: Small) -> None:
    rolled(small)
    decide(small.root / REVIEW)
    book = openpyxl.load_workbook(small.root / REVIEW)
    properties: Any = book
    for name in list(properties.custom_doc_props.names):
        del properties.custom_doc_props[name]
    book.save(small.root / REVIEW)
    give(small)
    assert item(small, "CP23-R1-2").text("closed_after") == Q4
    del book["Periods"]
    book.save(small.root / REVIEW)
    with pytest.raises(WorkflowError, match="does not say any more which year it is for"):
        give(small)


@pytest.mark.long
@settings(max_examples=12, deadline=None)
@given(st.data())
def test_whatever_is_decided_nothing_is_lost_and_the_counts_balance(review: bytes, data: st.DataObject) -> None:
    words = st.sampled_from([None, "Take", "Change", "Leave out", "perhaps"])
    with TemporaryDirectory() as folder:
        small = laid_out(Path(folder))
        path = small.root / REVIEW
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(review)
        chosen: dict[str, str | None] = {}

        def choose(rows: By) -> None:
            for key, row in rows.items():
                row["Decision"].value = chosen[key] = data.draw(words)

        decide(path, choose)
        done = give(small)
        (counts,) = (line for line in done.lines if " in the review = " in line)
        total, *parts = [int(w) for w in counts.replace("=", " ").split() if w.isdecimal()]
        assert total == sum(parts) == len(chosen) == 20
        before, _ = config.load_register((small.root / REGISTER).read_bytes(), FORMS, REGISTER, today=TODAY)
        after, _ = config.load_register((small.root / PROPOSED).read_bytes(), FORMS, PROPOSED, today=TODAY)
        assert before and after
        keys = [i.key for i in before.items]
        assert [i.key for i in after.items][: len(keys)] == keys
        proposal = {k: r["What it is"] for k, r in rows_of(review).items()}
        for i in before.items:
            said = chosen[i.key]
            takes = said in ("Take", "Change")
            state = proposal.get(i.key, "Carried")
            over = takes if state == "Closed" else said == "Leave out"
            assert (after.item(i.key).text("state") == "Closed") is over, i.key  # type: ignore[union-attr]
        new = {k for k, w in proposal.items() if w == "New" and k.startswith("CP24") and chosen[k] in ("Take", "Change")}
        assert {i.key for i in after.items} - set(keys) == new


def test_the_helpers_know_every_sheet_of_the_review(review: bytes) -> None:
    assert {n for n in openpyxl.load_workbook(io.BytesIO(review)).sheetnames if n != "Start here"} <= set(SHEETS)
    nothing({})


def test_a_copied_row_that_kept_its_key_is_told_and_takes_nothing_over(small: Small) -> None:
    rolled(small)
    book = openpyxl.load_workbook(small.root / REVIEW)
    tab: Any = book["Commitments"]
    (row,) = (r for r in boxes(book, "Commitments") if r["Row key"].value == "CP24-R1-1")
    last = max(c.row for r in boxes(book, "Commitments") for c in r.values())
    for heading, cell in row.items():
        tab.cell(last + 1, cell.column).value = "Other words" if heading == "Title" else cell.value
    book.save(small.root / REVIEW)
    done = give(small)
    assert any("(CP24-R1-1): not taken, because another row bears that Row key already" in note for note in done.notes)
    assert [i.text("title") for i in read(small).items if i.key == "CP24-R1-1"] == [row["Title"].value]
