"""The return template as a partner lead meets it: what stands in it, what it asks for, and what it says of itself."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests import small as s
from tests.small import Q2, Q3, Q4, Small
from workflow import accessible
from workflow.model import Profile
from workflow.pipeline.issue import issue
from workflow.pipeline.state import Asked

# Characters across: what A4 landscape still shows in about 7 points is 240. The Actions sheet has 22 columns, each at least
# as wide as a date or a heading's longest word, and cannot be narrower; docs/partner-lead.md says to print it on A3.
WIDEST = {"Actions": 310}
USUAL_WIDEST = 262
ISSUE = {
    "Type": "Risk",
    "Title": "Agency funding ends",
    "Detail": "The grant for the joint post ends in March.",
    "Likelihood (1 to 5)": 4,
    "Impact (1 to 5)": 3,
    "Safe to publish?": "No",
    "Why not published": "It names a bidder.",
}


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """Templates of the example's first quarter: many rows and few, every form, shared rows, measures alone."""
    root = tmp_path_factory.mktemp("example") / "example"
    shutil.copytree(s.ROOT / "templates", root / "templates")
    (root / "config").mkdir()
    for name in ("workflow.toml", "register.xlsx"):
        shutil.copyfile(s.ROOT / "config" / name, root / "config" / name)
    issue(Asked(root, Q2, s.ISSUED[Q2]), ("police", "lscp", "housing", "pfcc", "acute"))
    return {path.name: path.read_bytes() for path in sorted((root / f"outbox/{Q2}/templates").glob("*.xlsx"))}


@pytest.fixture(scope="session")
def books(example: Mapping[str, bytes]) -> Mapping[str, Workbook]:
    return {name: openpyxl.load_workbook(io.BytesIO(data)) for name, data in example.items()}


pytestmark = pytest.mark.xdist_group("templates")  # one worker: the example's templates are made once


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return s.issued(tmp_path / "small")


def _sheets(books: Mapping[str, Workbook]) -> Iterator[tuple[str, Worksheet]]:
    for name, book in books.items():
        yield from ((name, ws) for ws in book.worksheets if ws.sheet_state == "visible")


# --- the workbook as it is


def test_every_template_passes_the_accessibility_list(example: Mapping[str, bytes]) -> None:
    assert len(example) == 5
    for name, data in example.items():
        assert accessible.check(data, Profile.RETURN, name) == ()


def test_sheets_are_no_wider_than_paper_and_screen_allow(books: Mapping[str, Workbook]) -> None:
    for name, ws in _sheets(books):
        wide = sum((d.width - 0.71) * ((d.max or 0) - (d.min or 0) + 1) for d in ws.column_dimensions.values())
        assert wide <= WIDEST.get(ws.title, USUAL_WIDEST), (name, ws.title, wide)


def test_drop_downs_enforce_and_their_words_fit(books: Mapping[str, Workbook]) -> None:
    """openpyxl reads what Excel will do: a list that does not say showErrorMessage enforces nothing (domain.md finding 7)."""
    lists = 0
    for name, ws in _sheets(books):
        for rule in ws.data_validations.dataValidation:
            where = (name, ws.title, str(rule.sqref))
            assert len(rule.prompt or "") <= 255 and len(rule.promptTitle or "") <= 32, where
            assert len(rule.error or "") <= 255, where
            if rule.type is None:
                continue  # a message and no rule
            assert rule.showErrorMessage and rule.error, where
            assert rule.type != "list" or rule.showDropDown in (None, False), where  # True would hide the arrow
            lists += int(rule.type == "list")
    assert lists > 60


def test_locked_sheets_have_no_password_let_columns_be_widened_and_are_the_ones_the_guide_names(
    books: Mapping[str, Workbook],
) -> None:
    for name, book in books.items():
        locked = [ws.title for ws in book.worksheets if ws.protection.sheet and ws.title != "Guide"]
        said = next(str(c.value) for c in book["Guide"]["A"] if str(c.value).startswith("Locked"))
        assert said == f"Locked, to stop accidents only: {', '.join(locked)} and this sheet. There is no password.", name
        for ws in book.worksheets:
            if ws.protection.sheet:
                assert ws.protection.password is None and ws.protection.hashValue is None
                assert not ws.protection.formatColumns and not ws.protection.formatRows  # False: not forbidden
        assert not any(str(c.value).startswith("Locked") for ws in book.worksheets if ws.title != "Guide" for c in ws["A"])


def test_the_first_sheet_says_what_to_do_in_a_few_ordered_lines(books: Mapping[str, Workbook]) -> None:
    """Fifteen minutes, no manual: who asks, by when, how much, the steps in order, whom to ask."""
    for name, book in books.items():
        ws = book["About this return"]
        assert book.active is ws and ws.protection.sheet, name
        headed = next(c.row for c in ws["A"] if c.value == "About")
        lines = [str(ws.cell(row, 1).value) for row in range(2, headed)]
        assert len(lines) <= 11 and all(len(line) <= 140 for line in lines), (name, lines)
        steps = [line for line in lines if re.match(r"\d\. ", line)]
        assert [line[0] for line in steps] == [str(n) for n in range(1, len(steps) + 1)]
        assert "20 Oct 2023" in lines[0] and "@council.estuary.example" in lines[-1]
        asked = next(line for line in lines if line.startswith("You are asked about"))
        assert re.search(r"about \d+ [a-z]+.*about \d+ minutes", asked), asked
        headings = {str(c.value) for sheet in book.worksheets for row in sheet.iter_rows() for c in row}
        assert ("No change this quarter" in " ".join(steps)) == ("No change this quarter" in headings), name
        assert "Nothing to report this quarter" in headings


def test_an_empty_long_text_box_is_tall_enough_to_type_in(books: Mapping[str, Workbook]) -> None:
    for name, ws in _sheets(books):
        if not ws.title.startswith("Actions"):
            continue
        top = next(c.row for c in ws["A"] if c.value == "Row key")
        for row in range(top + 1, ws.max_row + 1):
            assert (ws.row_dimensions[row].height or 0) >= 3 * 14, (name, row)


def test_what_is_typed_in_says_please_complete_and_what_is_not_says_filled_in_for_you(books: Mapping[str, Workbook]) -> None:
    for _, ws in _sheets(books):
        top = next((c.row for c in ws["A"] if c.value == "Row key"), 0)
        if not top:
            continue
        for col in range(1, ws.max_column + 1):
            cell = ws.cell(top + 1, col)
            assert ws.cell(top - 1, col).value == ("Filled in for you" if cell.protection.locked else "Please complete") or (
                str(ws.cell(top + 1, 1).value).startswith("NEW-")
            )


def test_spare_rows_do_not_ask_for_last_times_answers(small: Small) -> None:
    """A box there would invite words that nobody reads: it is no answer of this quarter."""
    ws = openpyxl.load_workbook(io.BytesIO(small.template("police")))["Actions"]
    top = next(c.row for c in ws["A"] if c.value == "Row key")
    line = next(c.row for c in ws["A"] if c.value == "NEW-01")
    for col in range(1, ws.max_column + 1):
        heading, cell = str(ws.cell(top, col).value), ws.cell(line, col)
        asks = heading != "Row key" and not heading.endswith("last time")
        assert (cell.value is None) == asks and cell.protection.locked != asks, heading


# --- rows that partners added come back


def _with_issue(small: Small) -> None:
    """Police adds a risk in the second quarter; the third quarter's templates are issued."""
    typed = {**s.good("police"), **{("Issues", "NEW-01", heading): value for heading, value in ISSUE.items()}}
    small.returns("police", typed)
    assert s.codes(small.collate(), "police") == []
    small.issue(Q3)


def test_a_row_that_was_added_comes_back_with_what_was_said_of_it(small: Small) -> None:
    _with_issue(small)
    key = f"police-{Q2}-issue-01"
    for heading, value in ISSUE.items():
        assert s.shown(small.template("police", Q3), ("Issues", key, heading)) == value


def test_an_added_row_left_as_it_was_sent_changes_nothing_and_asks_nothing(small: Small) -> None:
    _with_issue(small)
    about = {(s.ABOUT, "", "Nothing to report this quarter"): "Yes", **s.signed()}
    small.arrive("police.xlsx", small.filled("police", about, Q3), sent=s.SENT.replace(year=2024, month=1))
    verdict = small.collate(Q3)
    assert s.states(verdict)["police"] == "nil return"
    assert s.codes(verdict, "police") == []
    assert s.counts(verdict) == (len(about), len(ISSUE), 0, 0)


def test_one_changed_box_of_an_added_row_is_one_change(small: Small) -> None:
    """Closing a risk must not ask for its title again: it stands in its box."""
    _with_issue(small)
    key = f"police-{Q2}-issue-01"
    small.arrive("police.xlsx", small.filled("police", s.row("Issues", key, Status="Closed"), Q3), s.SENT.replace(year=2024))
    verdict = small.collate(Q3)
    assert s.counts(verdict) == (1, len(ISSUE), 0, 0)
    assert not [f for f in verdict.quarter.findings if f.partner == "police" and f.form == "issues"]
    assert s.value(verdict, ("issues", key, "title")) == ISSUE["Title"]
    small.issue(Q4)
    assert key not in set(s.texts(small.template("police", Q4)))


@pytest.mark.long
def test_an_added_action_comes_back_as_an_action(small: Small) -> None:
    """Its context is ours by then: sent back as it is, it is no answer of the new quarter."""
    new = {"Recommendation": "Share the contact list", "Action": "Send it to every lead", "Lead": "the desk",
           "Due date": date(2024, 9, 30), "Status now": "On track", "RAG now": "Green",
           "Progress this quarter": "The list was begun and has forty names."}  # fmt: skip
    small.returns("police", {**s.good("police"), **{("Actions", "NEW-01", h): v for h, v in new.items()}})
    small.collate()
    small.issue(Q3)
    key = f"police-{Q2}-action-01"
    template = small.template("police", Q3)
    assert s.shown(template, ("Actions", key, "Recommendation")) == new["Recommendation"]
    assert s.shown(template, ("Actions", key, "Progress last time")) == new["Progress this quarter"]
    assert s.shown(template, ("Actions", key, "Progress this quarter")) is None
    small.arrive("police.xlsx", small.filled("police", s.signed(), Q3), s.SENT.replace(year=2024, month=1))
    verdict = small.collate(Q3)
    assert s.counts(verdict)[0] == len(s.signed())
    assert not [slot for slot in verdict.quarter.merged.standing if slot[1] == key]
