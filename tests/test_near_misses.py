"""Did you mean: what is nearly right is suggested and never taken, for headings, sheets, keys, partners and periods."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.workbook import Workbook

from tests import small as s
from tests.test_identity import Change, forget, said
from tests.test_reader_tables import HEADINGS, ROWS, Sheets, codes, told
from workflow import config, periods
from workflow.errors import WorkflowError
from workflow.model import Period
from workflow.pipeline import ask
from workflow.pipeline.issue import issue
from workflow.pipeline.state import Asked
from workflow.pipeline.verdict import Verdict

pytestmark = pytest.mark.usefixtures("no_packs")

@pytest.fixture
def small(tmp_path: Path) -> s.Small:
    return s.issued(tmp_path / "small")


def judged(small: s.Small, *changes: Change) -> Verdict:
    """A good return of the police whose workbook was changed in other ways than by typing into its boxes."""
    book = openpyxl.load_workbook(io.BytesIO(small.filled("police")))
    for change in changes:
        change(book)
    small.arrive("police.xlsx", s.saved(book))
    return small.collate(dry_run=True)


# --- headings


def with_heading(old: str, new: str) -> Sheets:
    return Sheets().put("Actions", [tuple(new if h == old else h for h in HEADINGS), *ROWS])


def test_a_needed_column_under_a_strange_heading_is_asked_about_once_and_not_read() -> None:
    read = with_heading("Progress this quarter", "Our progress, in short").rows()
    found = told(read, "heading-missing")
    assert codes(read) == ["heading-missing"]
    assert found.message == (
        'Actions, cell E1: the column "Progress this quarter" is not there, but there is one headed "Our progress, in short". '
        "Put it back with its heading, as it was in the template we sent."
    )
    assert "progress" not in read.headings


def test_a_strange_column_is_told_the_heading_that_it_may_be() -> None:
    read = with_heading("Evidence or link", "Minutes as evidence").rows()
    found = told(read, "heading-unknown")
    assert codes(read) == ["heading-unknown"]
    assert found.suggestion == "Evidence or link"
    assert found.message.endswith("put it in the form's own column. Did you mean Evidence or link?")


def test_headings_that_are_nothing_alike_are_two_matters() -> None:
    read = with_heading("Progress this quarter", "Initials").rows()
    assert sorted(codes(read)) == ["heading-missing", "heading-unknown"]
    assert told(read, "heading-missing").places[0].cell == ""
    assert told(read, "heading-unknown").suggestion == ""
    extra = Sheets().put("Actions", [(*HEADINGS, "Progress of the others"), (*ROWS[0], "x")]).rows()
    assert told(extra, "heading-unknown").suggestion == ""  # nothing is missing that it could be


# --- sheets


def headless(sheet: str, name: str = "", first: str = "Row key") -> Change:
    """A sheet without its row of headings, which begins with `first`; under another name, if one is given."""

    def change(book: Workbook) -> None:
        ws = book[sheet]
        line = next(r for r in range(1, ws.max_row + 1) if ws.cell(r, 1).value == first)
        for table in list(ws.tables):
            del ws.tables[table]
        for defined in [n for n, d in book.defined_names.items() if sheet in str(d.attr_text)]:
            del book.defined_names[defined]
        ws.delete_rows(line)
        ws.title = name or sheet

    return change


@pytest.mark.parametrize("name", ["", "Action", "actions (2)"])
def test_a_sheet_whose_headings_are_gone_is_told_from_one_that_is_not_there(small: s.Small, name: str) -> None:
    verdict = judged(small, headless("Actions", name))
    assert s.told(verdict, "table-unread").endswith(
        f"{name or 'Actions'}: the headings of Actions were not found on this sheet, so nothing on it was read. "
        "Put its row of headings back, or send the answers in the template we sent you."
    )
    assert "form-missing" not in s.codes(verdict)  # one cause, one message
    assert s.states(verdict)["police"] == "part returned"


def test_a_sheet_of_another_name_is_not_taken_for_one_that_is_gone(small: s.Small) -> None:
    def replace_by_notes(book: Workbook) -> None:
        book.remove(book["Actions"])
        book.create_sheet("My notes")["A1"] = "Remember the annex"

    verdict = judged(small, replace_by_notes)
    assert "table-unread" not in s.codes(verdict)
    assert "the sheet Actions is not in the file" in s.told(verdict, "form-missing")


def test_a_sheet_of_the_register_that_lost_its_headings(small: s.Small) -> None:
    path = small.root / "config/register.xlsx"
    book = openpyxl.load_workbook(path)
    forms = config.load_forms(small.root / "templates/register")
    headless("Plans", "Plan", forms["plans"].fields[0].heading)(book)
    book.save(path)
    register, (first, *_) = config.load_register(path.read_bytes(), forms, "config/register.xlsx")
    assert register is None
    assert first.message.startswith("Plan: the sheet Plans was not found (there is a sheet Plan, but not with its headings), ")


# --- row keys


def rekeyed(**keys: str) -> Change:
    def change(book: Workbook) -> None:
        ws = book["Actions"]
        lines = {ws.cell(r, 1).value: r for r in range(1, ws.max_row + 1)}
        for old, new in keys.items():
            line = lines[old.replace("_", "-")]
            ws.cell(line, 1).value = new
            for column in range(2, ws.max_column + 1):  # nor does anything else say which row it was
                if str(ws.cell(line, column).value).endswith(("1.1", "1.2")):
                    ws.cell(line, column).value = None

    return change


@pytest.mark.parametrize("typed", ["A2", "a-2", "A--2", "A-2.", "A - 2"])
def test_a_mistyped_key_is_told_the_row_that_is_lost(small: s.Small, typed: str) -> None:
    verdict = judged(small, rekeyed(A_2=typed))
    (found,) = [f for f in verdict.quarter.findings if f.code == "row-key-unknown"]
    assert found.suggestion == "A-2"


def test_a_key_whose_row_is_there_is_not_the_one_that_was_meant(small: s.Small) -> None:
    def invent(book: Workbook) -> None:
        ws = book["Actions"]
        line = next(r for r in range(1, ws.max_row + 1) if ws.cell(r, 1).value == "NEW-01")
        ws.cell(line, 1).value = "A-2x"
        s.box(book, ("Actions", "A-2x", "RAG now")).value = "Green"

    (found,) = [f for f in judged(small, invent).quarter.findings if f.code == "row-key-unknown"]
    assert found.suggestion == ""
    assert found.remedy.endswith("For a new row use one of the NEW rows at the end.")


# --- whose and which


def test_a_partner_and_a_period_that_are_nearly_known(small: s.Small) -> None:
    verdict = judged(small, forget, said(Partner="Pollice"))
    assert s.told(verdict, "identity-partner-unknown").endswith("Did you mean Police?")
    (small.root / "inbox/police.xlsx").unlink()
    verdict = judged(small, forget, said(Period="Quarter 3 of 2023-24"))
    assert s.told(verdict, "identity-period-unknown").endswith("Did you mean Q3 2023/24?")


def test_a_period_of_another_year_is_not_suggested(small: s.Small) -> None:
    verdict = judged(small, forget, said(Period="Q2 2024/25"))
    assert s.told(verdict, "identity-period-unknown").endswith("Use the template that we sent you for this quarter.")


def quarter(key: str, calendar: str = "april") -> Period:
    day = date(2023, 1, 1)
    return Period(key, periods.label(key), calendar, day, day, day, day, day, "open", int(key[-1]))


QUARTERS = [quarter(key) for key in ("2022-23-Q4", "2023-24-Q1", "2023-24-Q2", "2023-24-Q3")]


@given(st.sampled_from(QUARTERS), st.sampled_from(["Q{q} {y}/{z}", "{y}-{z} Q{q}", "Quarter {q}, {y} - {z}", "q{q} {z2}/{z}"]))
def test_a_period_otherwise_written_is_the_one_suggested(period: Period, written: str) -> None:
    year = int(period.key[:4])
    text = written.format(q=period.quarter, y=year, z=(year + 1) % 100, z2=year % 100)
    assert periods.near(text, QUARTERS) == period.label


@pytest.mark.parametrize("text", ["", "this quarter", "Q5 2023/24", "2023", "Q1 2024/25"])
def test_no_period_is_guessed(text: str) -> None:
    assert periods.near(text, QUARTERS) == ""


# --- the command line


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(WorkflowError) as error:
        act()
    return str(error.value)


def test_commands_suggest_what_was_meant(small: s.Small) -> None:
    today = s.COLLATED[s.Q2]
    assert refused(lambda: ask.status(Asked(small.root, "Q2-2023-2024x", today))).endswith("Did you mean Q2 2023/24?")
    assert refused(lambda: ask.status(Asked(small.root, "next", today))).endswith(f"It has {s.Q2}, {s.Q3}, {s.Q4}.")
    asked = Asked(small.root, s.Q2, today)
    assert refused(lambda: issue(asked, ("hosing",))).endswith("It has police, housing, yos. Did you mean housing?")
    assert refused(lambda: issue(asked, ("rotary",))).endswith("It has police, housing, yos.")
    assert refused(lambda: ask.history(asked, "A1")).endswith("Did you mean A-1?")


def test_a_partner_is_named_by_any_name_it_goes_by(small: s.Small) -> None:
    issued = issue(Asked(small.root, s.Q2, s.ISSUED[s.Q2]), ("Housing Service", "housing", "YOS"))
    assert issued.partners == ("Housing Service", "Youth Offending Service")


def test_a_quarter_of_a_calendar_year_is_suggested_too() -> None:
    assert periods.near("Quarter 2 of 2023", [quarter("2023-Q2", "calendar"), quarter("2022-Q2", "calendar")]) == "Q2 2023"
